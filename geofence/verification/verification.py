"""Whether a route may be flown, leg by leg."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from geofence.latlon import LatLon
from geofence.local_frame import LocalFrame
from geofence.plane.planar_zones import PlanarZones
from geofence.terrain import Terrain
from geofence.verification.altitude_check import AltitudeCheck
from geofence.verification.exclusion_check import CLEARANCE_REACH_M, ExclusionCheck
from geofence.verification.finding import Finding, FindingCode, Severity
from geofence.verification.finding_log import FindingLog
from geofence.verification.flown_route import FlownRoute
from geofence.verification.inclusion_check import InclusionCheck
from geofence.verification.leg import Leg, SweptArea
from geofence.verification.route_rules import GROUND_CLEARANCE_M, RouteRules
from geofence.verification.swept_check import SweptCheck
from geofence.verification.zones_near import zones_near
from geofence.zone_set import ZoneSet


@dataclass(frozen=True, slots=True)
class LegMargin:
    """How far one stretch between two items keeps from what is forbidden.

    Parameters
    ----------
    from_seq, item_seq : int
    clearance_m : float or None
        Least horizontal distance to forbidden space at its altitudes and times, negative where it enters; None
        where nothing is forbidden within `CLEARANCE_REACH_M`.
    zone_id : str or None
        The zone that is nearest.
    position : LatLon or None
        Where on the leg.
    low_alt_rel_m, high_alt_rel_m : float
    ground_clearance_m : float or None
        Least height above the ground, take-off and landing aside; None without terrain.
    """

    from_seq: int
    item_seq: int
    clearance_m: float | None
    zone_id: str | None
    position: LatLon | None
    low_alt_rel_m: float
    high_alt_rel_m: float
    ground_clearance_m: float | None = None


@dataclass(frozen=True, slots=True)
class Verification:
    """What a verification found.

    Parameters
    ----------
    findings : tuple of Finding
        In the order of the legs; empty where there is nothing to say.
    min_clearance_m : float or None
        The smallest distance of any leg to forbidden space, negative where it enters, and of what is flown beside
        legs for certain (cut corners); None where there is none within `CLEARANCE_REACH_M`.
    legs : tuple of LegMargin
        One for each pair of items, in the order of the legs.
    """

    findings: tuple[Finding, ...]
    min_clearance_m: float | None
    legs: tuple[LegMargin, ...] = ()

    @property
    def is_legal(self) -> bool:
        """Whether no finding forbids the flight."""
        return all(finding.severity is not Severity.VIOLATION for finding in self.findings)


def verify_legs(
    legs: Sequence[Leg],
    zones: ZoneSet,
    *,
    margin_m: float,
    legal_limit_agl_m: float | None = 120.0,
    home_alt_amsl_m: float | None = None,
    departure_utc_s: tuple[float, float] | None = None,
    terrain: Terrain | None = None,
    ground_clearance_m: float = GROUND_CLEARANCE_M,
) -> Verification:
    """Verify every leg against every zone, in space and time.

    A climbing leg is inside a banded zone only on the stretch within its band. Bands include their floor and
    their ceiling. Altitudes above ground are counted from terrain, and from home where there is none; those
    above mean sea level need `home_alt_amsl_m`, and without it an exclusion zone holds at all altitudes and
    an inclusion zone gives a finding. Where inclusion zones touch there is no boundary between them. The floor
    of an inclusion zone holds for level and sloping legs, not for vertical ones: take-off and landing pass it.

    An exclusion zone counts where it holds at any time at which the drone may be there, an inclusion zone only
    where it holds all that time. Where the departure or the time of a leg is not known, zones that hold at times
    only are taken as holding where they forbid, and as not holding where they allow.

    Parameters
    ----------
    legs : sequence of Leg
    zones : ZoneSet
    margin_m, legal_limit_agl_m, home_alt_amsl_m, departure_utc_s, terrain, ground_clearance_m
        See `RouteRules`.

    Returns
    -------
    Verification
        One finding for each leg, zone and cause; a zone that is violated gets no finding about its margin.

    Raises
    ------
    GeofenceError
        For a margin that is no distance, and a departure that is no span of time.
    """
    rules = RouteRules(
        margin_m, legal_limit_agl_m, home_alt_amsl_m, departure_utc_s, terrain, ground_clearance_m
    )
    if not legs:
        return Verification((), None)
    return RouteVerifier(legs, zones, rules).verify_legs()


class RouteVerifier:
    """Legs, the zones near them, and the rules they are held to.

    Parameters
    ----------
    legs : sequence of Leg
        At least one.
    zones : ZoneSet
    rules : RouteRules
    """

    def __init__(self, legs: Sequence[Leg], zones: ZoneSet, rules: RouteRules) -> None:
        self._legs = legs
        self._rules = rules
        places = [place for leg in legs for place in (leg.start, leg.end)]
        self._frame = LocalFrame.around(places)
        self._zones = PlanarZones(
            zones_near(zones, places, CLEARANCE_REACH_M + rules.margin_m), self._frame, rules.home_alt_amsl_m
        )

    def verify_legs(self) -> Verification:
        """Verify the legs."""
        route = FlownRoute.of(self._legs, self._frame, self._rules)
        log = FindingLog(self._legs, self._frame, self._rules)
        altitudes = AltitudeCheck(route, self._rules, log)
        altitudes.judge()
        if len(self._zones.exclusions):
            ExclusionCheck(route, self._zones.exclusions, log).judge(self._rules.margin_m)
        if len(self._zones.inclusions):
            InclusionCheck(route, self._zones.inclusions, self._frame, log).judge(self._rules.margin_m)
        if len(self._zones.advisories):
            ExclusionCheck(route, self._zones.advisories, log).note_entries(FindingCode.ADVISORY)
        margins = self._margins(log, altitudes.ground_clearances_m)
        return Verification(log.findings(), log.min_clearance_m, _least_of_each_pair(margins))

    def verify_swept(self, areas: Sequence[SweptArea]) -> tuple[Finding, ...]:
        """Verify that areas near the legs lie outside everything that is forbidden; no margin is asked of them."""
        if not areas:
            return ()
        log = FindingLog(areas, self._frame, self._rules)
        SweptCheck(areas, self._frame, self._rules, log).judge(self._zones)
        return log.findings()

    def swept_clearance_m(self, areas: Sequence[SweptArea], within_m: float) -> float:
        """Give how close areas near the legs come to what is forbidden, as far as that is less than `within_m`."""
        if not areas:
            return within_m
        log = FindingLog(areas, self._frame, self._rules)
        return SweptCheck(areas, self._frame, self._rules, log).least_clearance_m(self._zones, within_m)

    def _margins(self, log: FindingLog, ground_clearances_m: Mapping[int, float]) -> Iterator[LegMargin]:
        nearest = [log.nearest(number) for number in range(len(self._legs))]
        positions = iter(log.positions([found.xy_m for found in nearest if found is not None]))
        for number, (leg, found) in enumerate(zip(self._legs, nearest, strict=True)):
            yield LegMargin(
                leg.from_seq,
                leg.item_seq,
                None if found is None else found.clearance_m,
                None if found is None else found.zone_id,
                None if found is None else next(positions),
                min(leg.start_alt_rel_m, leg.end_alt_rel_m),
                max(leg.start_alt_rel_m, leg.end_alt_rel_m),
                ground_clearances_m.get(number),
            )


def _least_of_each_pair(margins: Iterable[LegMargin]) -> tuple[LegMargin, ...]:
    """Curves, and ways flown for one item in several pieces, have one margin."""
    least: dict[tuple[int, int], LegMargin] = {}
    for margin in margins:
        pair = (margin.from_seq, margin.item_seq)
        known = least.get(pair)
        least[pair] = margin if known is None else _lesser(known, margin)
    return tuple(least.values())


def _lesser(one: LegMargin, other: LegMargin) -> LegMargin:
    is_other = other.clearance_m is not None and (
        one.clearance_m is None or other.clearance_m < one.clearance_m
    )
    heights_m = [
        margin.ground_clearance_m for margin in (one, other) if margin.ground_clearance_m is not None
    ]
    return replace(
        other if is_other else one,
        low_alt_rel_m=min(one.low_alt_rel_m, other.low_alt_rel_m),
        high_alt_rel_m=max(one.high_alt_rel_m, other.high_alt_rel_m),
        ground_clearance_m=min(heights_m, default=None),
    )
