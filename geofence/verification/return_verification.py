"""Whether a vehicle may come back from every place of its route."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from geofence.latlon import LatLon
from geofence.local_frame import LocalFrame
from geofence.plane.planar_zones import PlanarZones
from geofence.terrain import Terrain
from geofence.verification.finding import Finding
from geofence.verification.leg import Leg
from geofence.verification.planar_route import PlanarRoute
from geofence.verification.return_conflicts import Conflicts, ReturnConflicts
from geofence.verification.return_findings import ReturnFindings
from geofence.verification.return_ground import ReturnGround
from geofence.verification.return_policy import RALLY_REACH_M, ReturnMode, ReturnPolicy
from geofence.verification.return_stretches import CHOICE_M
from geofence.verification.return_times import ReturnTimes
from geofence.verification.return_ways import (
    SMART_ACCURACY_M,
    ReturnWays,
    landing_ways,
    retraced_ways,
    straight_ways,
)
from geofence.verification.smart_return import legs_remembered
from geofence.verification.zones_near import zones_near
from geofence.zone_set import ZoneSet


class ReturnVerification:
    """Judges return policies for one route; a lost link, a low battery and a command all lead to the same return.

    Every place of every leg is judged, not a sample of them: what all straight ways back from a leg fly over is one
    area. A failsafe that waits begins its return from a later place of the same route.

    Parameters
    ----------
    legs : sequence of Leg
    zones : ZoneSet
    home : LatLon
    margin_m : float
        The clearance that ways back keep, like legs.
    legal_limit_agl_m : float or None
    home_alt_amsl_m : float or None
    departure_utc_s : (float, float) or None
        Earliest and latest departure; without it zones that hold at times only are taken the stricter way.
    terrain : Terrain or None
    ground_clearance_m : float
        The least height above terrain on the way back.

    Attributes
    ----------
    has_terrain : bool
    """

    def __init__(
        self,
        legs: Sequence[Leg],
        zones: ZoneSet,
        home: LatLon,
        *,
        margin_m: float,
        legal_limit_agl_m: float | None = 120.0,
        home_alt_amsl_m: float | None = None,
        departure_utc_s: tuple[float, float] | None = None,
        terrain: Terrain | None = None,
        ground_clearance_m: float = 5.0,
    ) -> None:
        self.legs = tuple(legs)
        self.home = home
        self.legal_limit_agl_m = legal_limit_agl_m
        self._margin_m = margin_m
        places = (home, *(place for leg in self.legs for place in (leg.start, leg.end)))
        self._frame = LocalFrame.around(places)
        self._route = PlanarRoute(self.legs, self._frame)
        # Rally points are not known yet; none that is flown to lies farther off.
        reach_m = RALLY_REACH_M + 2.0 * CHOICE_M + max(margin_m, SMART_ACCURACY_M)
        near = zones_near(zones, places, reach_m)
        self.planar = PlanarZones(near, self._frame, home_alt_amsl_m)
        if home_alt_amsl_m is None and terrain is not None:
            home_alt_amsl_m = float(terrain.ground_alt_amsl_m([home.lat_deg], [home.lon_deg])[0])
        ground = (
            ReturnGround(terrain, self._frame, home_alt_amsl_m, ground_clearance_m)
            if terrain is not None and home_alt_amsl_m is not None
            else None
        )
        self.has_terrain = ground is not None
        self._times = ReturnTimes(self.legs, departure_utc_s)
        self._conflicts = ReturnConflicts(self.planar, self._times, ground, legal_limit_agl_m)
        layers = (self.planar.inclusions, self.planar.exclusions)
        self.limits_rel_m: NDArray[np.float64] = np.unique(
            np.concatenate(
                [limits for layer in layers for limits in (layer.floors_rel_m, layer.ceilings_rel_m)]
            )
        )

    def is_legal(self, policy: ReturnPolicy) -> bool:
        """Whether the way back is legal from everywhere."""
        return not self.legs or not any(True for _ in self._found(policy))

    def findings(self, policy: ReturnPolicy) -> tuple[Finding, ...]:
        """Find what breaks the ways back: one finding for each zone and cause, with the first place of the route.

        Violations, and advice on where the vehicle would land in an advisory zone or forgets its path.
        """
        if not self.legs:
            return ()
        words = ReturnFindings(self.legs, self._frame, self.planar, policy, self._margin_m)
        found = [finding for ways, conflicts in self._found(policy) for finding in words.of(ways, conflicts)]
        return (*words.each_once(found), *self._advice(policy, words))

    def _found(self, policy: ReturnPolicy) -> Iterator[tuple[ReturnWays, Conflicts]]:
        for ways, margin_m in self._ways(policy):
            for conflicts in self._conflicts.find(ways, margin_m):
                yield ways, conflicts

    def _ways(self, policy: ReturnPolicy) -> Iterator[tuple[ReturnWays, float]]:
        match policy.mode:
            case ReturnMode.RTL:
                yield (
                    straight_ways(self._route, policy.targets(self.home), self._frame, self.limits_rel_m),
                    self._margin_m,
                )
            case ReturnMode.SMART_RTL:
                retracing_s = self._times.retracing_s()
                yield (
                    retraced_ways(self._route, self.limits_rel_m, retracing_s),
                    max(self._margin_m, SMART_ACCURACY_M),
                )
                yield self._landings(legs_remembered(self._route)), self._margin_m
            case ReturnMode.LAND:
                yield self._landings(0), self._margin_m

    def _landings(self, from_leg: int) -> ReturnWays:
        ways = landing_ways(self._route, self.limits_rel_m)
        return ways.rows(ways.numbers >= from_leg)

    def _advice(self, policy: ReturnPolicy, words: ReturnFindings) -> Iterator[Finding]:
        if policy.mode is ReturnMode.RTL:
            return
        remembered = legs_remembered(self._route) if policy.mode is ReturnMode.SMART_RTL else 0
        if 0 < remembered < len(self.legs):
            yield words.overflow(remembered)
        landings = self._landings(remembered)
        if len(landings) and len(self.planar.advisories):
            yield from words.each_once(words.of(landings, self._conflicts.landed_on(landings)))
