"""A zone: an area, a band of altitudes, and what it means."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from shapely import MultiPolygon, Polygon
from shapely.validation import explain_validity

from geofence.refusal import GeofenceError


class ZoneKind(StrEnum):
    """What a zone asks of a drone."""

    INCLUSION = "inclusion"
    """Fly only inside the union of these."""
    EXCLUSION = "exclusion"
    """Never enter."""
    ADVISORY = "advisory"
    """Say so, and let pass."""


class AltitudeDatum(StrEnum):
    """What an altitude is counted from."""

    AGL = "agl"
    """The ground below."""
    REL = "rel"
    """The home position."""
    AMSL = "amsl"
    """Mean sea level."""


@dataclass(frozen=True, slots=True)
class AltitudeBand:
    """Altitudes from `floor_m` to `ceiling_m` over `datum`, both included; None is unbounded."""

    floor_m: float | None = None
    ceiling_m: float | None = None
    datum: AltitudeDatum = AltitudeDatum.AGL

    def __post_init__(self) -> None:
        for name, value in (("floor_m", self.floor_m), ("ceiling_m", self.ceiling_m)):
            if value is not None and not math.isfinite(value):
                raise GeofenceError(f"{name} {value} is not a finite number")
        if self.floor_m is not None and self.ceiling_m is not None and self.floor_m >= self.ceiling_m:
            raise GeofenceError(
                f"the floor {self.floor_m:g} m is not below the ceiling {self.ceiling_m:g} m",
                remedy="Give a floor_m that is smaller than ceiling_m",
            )

    def limits_rel_m(self, home_alt_amsl_m: float | None = None) -> tuple[float, float]:
        """Floor and ceiling above home: infinite where unbounded, NaN where nobody can say.

        Altitudes above ground are taken as altitudes above home, i.e. the ground is assumed level with the
        home position. Nothing lies below the ground: a floor of 0 m AGL or less is no floor. Altitudes above
        mean sea level are unknown (NaN) until `home_alt_amsl_m` is.
        """
        floor_m = -math.inf if self.floor_m is None else self.floor_m
        ceiling_m = math.inf if self.ceiling_m is None else self.ceiling_m
        if self.datum is AltitudeDatum.AGL:
            return (-math.inf if floor_m <= 0.0 else floor_m), ceiling_m
        if self.datum is AltitudeDatum.AMSL:
            home_m = math.nan if home_alt_amsl_m is None else home_alt_amsl_m
            return (
                floor_m if math.isinf(floor_m) else floor_m - home_m,
                ceiling_m if math.isinf(ceiling_m) else ceiling_m - home_m,
            )
        return floor_m, ceiling_m


@dataclass(frozen=True, slots=True)
class Zone:
    """One zone.

    Parameters
    ----------
    zone_id : str
        Unique in its set.
    name : str
        For people.
    kind : ZoneKind
    area : shapely.Polygon or shapely.MultiPolygon
        Longitude, latitude in degrees, WGS-84; valid and not empty. Edges are straight in longitude and
        latitude; an area across the antimeridian is cut there into a MultiPolygon (RFC 7946, 3.1.9).
    band : AltitudeBand
        Inclusion: where flight is allowed. Exclusion: where it is forbidden.
    properties : mapping
        Everything else the source said, kept for the way back.

    Raises
    ------
    GeofenceError
        For an empty id, or an area that is empty, invalid or no polygon.
    """

    zone_id: str
    name: str
    kind: ZoneKind
    area: Polygon | MultiPolygon
    band: AltitudeBand = AltitudeBand()
    properties: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.zone_id:
            raise GeofenceError("a zone has no id", remedy="Give every zone an id of its own")
        place = f"zone {self.zone_id}"
        if not isinstance(self.area, Polygon | MultiPolygon) or self.area.is_empty:
            raise GeofenceError("the area is not a polygon that encloses anything", place=place)
        if not self.area.is_valid:
            raise GeofenceError(f"the area is not valid: {explain_validity(self.area)}", place=place)
