"""From the flights of a patrol to plans: split by battery, verified, predicted."""

from dataclasses import dataclass, replace

from geofence.verification.return_policy import ReturnPolicy
from geofence.verification.return_verification import ReturnVerification
from geofence.verification.verification import Verification
from geofence.zone_set import ZoneSet
from missions.patrol.equipment import Flight, over_ground
from missions.patrol.ground import PatrolGround
from missions.patrol.request import PatrolRequest
from missions.patterns.flights import PatternFlights
from missions.patterns.space import PatternSpace
from missions.plan.check import LEGAL_LIMIT_AGL_M, check_plan
from missions.plan.corner_stops import with_stops
from missions.plan.legs import ways_of
from missions.plan.plan import Plan
from missions.plan.return_choice import choose_returns
from missions.plan.route_items import items_of, rounded, routes_of
from missions.transit import XY
from missions.vehicle.battery_split import split_by_battery
from missions.vehicle.prediction import FlightPrediction, predict_flight
from missions.vehicle.profile import VehicleProfile
from missions.vehicle.reserve_check import reserve_findings

_SPLITS_AT_MOST = 4
_SPARE_SHARE = 0.005
"""Of a battery, kept over what a split was found to lack."""


@dataclass(frozen=True, slots=True)
class PatrolFlight:
    """One flight of a patrol: one drone, one battery.

    Parameters
    ----------
    plan : Plan
        Verified, its findings inside.
    prediction : FlightPrediction
    drone, battery : int
        Counted from 1.
    """

    plan: Plan
    prediction: FlightPrediction
    drone: int = 1
    battery: int = 1


@dataclass(frozen=True, slots=True)
class FlightPlanner:
    """Makes plans of a patrol's flights.

    Parameters
    ----------
    zones : ZoneSet
    request : PatrolRequest
    ground : PatrolGround
    space : PatternSpace
    flown : PatternFlights
        With the altitudes and actions that are asked for.
    """

    zones: ZoneSet
    request: PatrolRequest
    ground: PatrolGround
    space: PatternSpace
    flown: PatternFlights

    def flights_of_drone(self, number: int) -> list[PatrolFlight]:
        """Plan what one drone flies: one flight, or several where it is split by battery.

        Raises
        ------
        MissionError
            The vehicle cannot fly in the wind, or a place cannot be reached and returned from on one battery.
        """
        whole = self._planned([self.flown.flights[number]], number)
        is_search = bool(self.flown.datum_track)
        if not self.request.splits_by_battery or is_search or whole[0].prediction.keeps_reserve:
            return whole
        # Stops at corners are added after a split, and take energy too.
        profile = self.request.profile
        reserve_share = profile.battery.reserve_share
        flights = whole
        for _ in range(_SPLITS_AT_MOST):
            flights = self._planned(self._split(number, profile), number)
            lacking = reserve_share - min(flight.prediction.state_of_charge for flight in flights)
            spared = profile.battery.reserve_share + lacking + _SPARE_SHARE
            if lacking <= 0.0 or spared >= 1.0:
                break
            profile = replace(profile, battery=replace(profile.battery, reserve_share=spared))
        return flights

    def _split(self, number: int, profile: VehicleProfile) -> list[Flight]:
        request = self.request
        step_m = number * request.alt_step_m

        def shaped(flight: Flight) -> Flight:
            return over_ground(flight, request, self.zones, self.ground.frame, step_m=step_m)

        parts = split_by_battery(
            self.flown.flights[number],
            profile,
            self._way,
            wind=request.wind,
            speed_m_s=request.speed_m_s,
            home_alt_amsl_m=request.home_alt_amsl_m,
            frame=self.ground.frame,
            terrain=request.terrain,
            shaped=shaped,
        )
        return [part.waypoints for part in parts]

    def _way(self, start: XY, end: XY) -> list[XY]:
        """Bends of a legal way; the pad may lie closer to a border than all of it."""
        path = self.space.transit.path(*(self.space.transit.nearest_point(place) for place in (start, end)))
        before = [start] if path[0] != start else []
        behind = [end] if path[-1] != end else []
        return [*before, *path, *behind]

    def _planned(self, parts: list[Flight], number: int) -> list[PatrolFlight]:
        flights = []
        for battery, part in enumerate(parts, start=1):
            of_drones = f"{number + 1}/{self.request.drones}" if self.request.drones > 1 else ""
            of_batteries = f"flight {battery}/{len(parts)}" if len(parts) > 1 else ""
            plan = self._plan(part, of_drones, of_batteries)
            prediction = self._predicted(plan)
            found = reserve_findings(prediction, is_assumed=self.request.vehicle is None)
            plan = replace(plan, findings=(*plan.findings, *found))
            flights.append(PatrolFlight(plan, prediction, number + 1, battery))
        return flights

    def _predicted(self, plan: Plan) -> FlightPrediction:
        request = self.request
        return predict_flight(plan, request.profile, request.wind, terrain=request.terrain)

    def _plan(self, waypoints: Flight, *which: str) -> Plan:
        request, ground = self.request, self.ground
        home = rounded(request.home)
        routes = routes_of(waypoints, ground.frame, home)
        pattern = request.pattern.name.value
        zone_id = "" if ground.zone is None else ground.zone.zone_id
        plan = Plan(
            name=" ".join(filter(None, (zone_id, pattern, *which))),
            home=home,
            items=items_of(waypoints, routes, request.speed_m_s),
            routes=routes,
            home_alt_amsl_m=request.home_alt_amsl_m,
            speed_m_s=request.speed_m_s,
            margin_m=ground.margin_m,
            pattern=pattern,
            zone_id=zone_id,
            swath_m=request.swath_m,
            coverage=self.flown.coverage,
            datum_track=self.flown.datum_track,
            max_wind_m_s=request.max_wind_m_s,
        )
        plan = replace(plan, returns=self._choose_returns(plan))
        checked = self._checked(plan)
        stopping = with_stops(plan, checked)
        if stopping is not plan:
            plan = stopping
            checked = self._checked(plan)
        return replace(plan, findings=(*self.flown.findings, *checked.findings))

    def _checked(self, plan: Plan) -> Verification:
        return check_plan(
            plan,
            self.zones,
            allow_above_120=self.request.allow_above_120,
            terrain=self.request.terrain,
            motion=self.request.profile.motion,
        )

    def _choose_returns(self, plan: Plan) -> ReturnPolicy | None:
        """Choose a legal way back; None where there is none, and the findings say why."""
        request = self.request
        ways = ways_of(plan, motion=request.profile.motion, terrain=request.terrain)
        verification = ReturnVerification(
            ways.legs,
            self.zones,
            plan.home,
            margin_m=self.ground.margin_m + request.drift_m,
            legal_limit_agl_m=None if request.allow_above_120 else LEGAL_LIMIT_AGL_M,
            home_alt_amsl_m=request.home_alt_amsl_m,
            terrain=request.terrain,
        )
        return choose_returns(verification)
