"""Legal space of a fleet: where flight is allowed at all of its altitudes."""

from collections.abc import Iterable, Sequence

import shapely

from geofence.local_frame import LocalFrame
from geofence.plane.legal_space import LegalSpace
from geofence.zone_set import ZoneSet
from missions.fleet.drone import Pad
from missions.refusal import MissionError
from missions.transit import Transit

_TOLERANCE_M = 0.5


def fleet_transit(
    zones: ZoneSet,
    frame: LocalFrame,
    pads: Sequence[Pad],
    alts_m: Iterable[float],
    *,
    clearance_m: float,
    home_alt_amsl_m: float | None = None,
) -> Transit:
    """Shortest ways through what is legal at every altitude that is flown at.

    Parameters
    ----------
    zones : ZoneSet
    frame : LocalFrame
    pads : sequence of Pad
    alts_m : iterable of float
        Layers, and altitudes of tasks that have their own; above the pads' common level.
    clearance_m : float
        Kept from everything forbidden; more than the margin that flights are verified with, for copters cut corners.
    home_alt_amsl_m : float, optional
        Of the pads' common level.

    Raises
    ------
    MissionError
        A pad does not lie in one connected piece with the first.
    """
    area: shapely.geometry.base.BaseGeometry | None = None
    for alt_m in sorted(set(alts_m)):
        space = LegalSpace(
            zones, frame=frame, alt_rel_m=alt_m, margin_m=clearance_m, home_alt_amsl_m=home_alt_amsl_m
        ).area_xy_m
        area = space if area is None else shapely.intersection(area, space)
    if area is None or not pads:
        raise MissionError("a fleet needs pads and altitudes", remedy="Give one of each or more")
    transit = Transit(area, pads[0].xy_m, _TOLERANCE_M)
    for pad in pads:
        gate = transit.nearest_point(pad.xy_m)
        if (
            shapely.distance(shapely.points(gate), shapely.points(pad.xy_m))
            > clearance_m + 2.0 * _TOLERANCE_M
        ):
            raise _refusal(pad, area, clearance_m)
    return transit


def _refusal(pad: Pad, area: shapely.geometry.base.BaseGeometry, clearance_m: float) -> MissionError:
    """Say why a pad cannot be flown from: for where it lies, or for what lies between it and the first."""
    if shapely.distance(area, shapely.points(pad.xy_m)) > clearance_m + 2.0 * _TOLERANCE_M:
        return MissionError(
            "it lies outside of legal space, or less than the margin from a boundary, at one of the layers",
            place=f"pad {pad.pad_id}",
            remedy="Move it into an inclusion zone, clear of exclusion zones, or lower the margin",
        )
    return MissionError(
        "no legal way leads there from the first pad",
        place=f"pad {pad.pad_id}",
        remedy="Plan it as a station of its own, or lower the margin",
    )
