"""From a flight of a schedule to a verified plan."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from geofence.terrain import Terrain
from geofence.verification.return_policy import ReturnPolicy
from geofence.verification.return_verification import ReturnVerification
from geofence.verification.verification import Verification
from geofence.zone_set import ZoneSet
from missions.fleet.drone import Drone, Pad
from missions.fleet.equipment import Equipping, action_seconds
from missions.fleet.fleet_ground import FleetGround
from missions.fleet.problem import stand_of
from missions.fleet.schedule import Flight, Schedule, TrackPoint
from missions.plan.check import LEGAL_LIMIT_AGL_M, check_plan, motion_of
from missions.plan.corner_stops import with_stops
from missions.plan.item import Command
from missions.plan.legs import ways_of
from missions.plan.plan import Plan, RouteKind
from missions.plan.return_choice import choose_returns
from missions.plan.route_items import items_of, rounded, routes_of
from missions.plan.waypoint import Waypoint
from missions.transit import XY, Transit
from missions.vehicle.wind import CALM, Wind
from missions.ways.copter_motion import CopterMotion
from missions.ways.leg_wind import leg_drift_m


@dataclass(frozen=True, slots=True)
class FlightPlan:
    """A plan with the flight it is for.

    Parameters
    ----------
    flight : Flight
    plan : Plan
        Verified; its findings are inside.
    first_seq : int
        Item to begin with: 1, or where the flight goes on in the air the first item ahead.
    """

    flight: Flight
    plan: Plan
    first_seq: int


def flight_waypoints(flight: Flight, ground_m: float) -> list[Waypoint]:
    """Give the waypoints of a flight, from above the pad (or from where it is) to above the pad.

    Parameters
    ----------
    flight : Flight
    ground_m : float
        Height of its pad above the level that its altitudes are counted from.
    """
    track = list(flight.track)
    level = track[:-1] if track[-1].xy_m == track[-2].xy_m else track
    if not flight.is_airborne:
        level = level[1:]
    return list(_merged(level, ground_m))


def _merged(track: Sequence[TrackPoint], ground_m: float) -> Iterator[Waypoint]:
    """Stays become the hold of the waypoint before."""
    waiting: Waypoint | None = None
    since_s = 0.0

    def held(waypoint: Waypoint) -> Waypoint:
        """Take the time of its actions out of its hold."""
        acting_s = action_seconds(waypoint.actions)
        return (
            replace(waypoint, hold_s=max(round(waypoint.hold_s - acting_s, 6), 0.0)) if acting_s else waypoint
        )

    for point in track:
        alt_rel_m = point.alt_m - ground_m
        if waiting is not None and waiting.xy_m == point.xy_m and waiting.alt_rel_m == alt_rel_m:
            held_s = waiting.hold_s + point.time_s - since_s
            waiting = replace(waiting, hold_s=held_s, actions=(*waiting.actions, *point.actions))
        else:
            if waiting is not None:
                yield held(waiting)
            waiting = Waypoint(point.xy_m, point.kind, alt_rel_m, actions=point.actions)
        since_s = point.time_s
    if waiting is not None:
        yield held(waiting)


def plan_flights(
    schedule: Schedule,
    zones: ZoneSet,
    ground: FleetGround,
    transit: Transit,
    *,
    start_utc_s: float | None = None,
    terrain: Terrain | None = None,
    motions: Mapping[str, CopterMotion] | None = None,
    wind: Wind = CALM,
    equipping: Equipping | None = None,
) -> list[FlightPlan]:
    """Make a verified plan of every flight, but of drones that are over their pads and only come down.

    Parameters
    ----------
    schedule : Schedule
    zones : ZoneSet
    ground : FleetGround
        In whose plane the schedule was planned.
    transit : Transit
    start_utc_s : float, optional
        The schedule's zero; zones with hours are verified for the time of each flight.
    terrain : Terrain, optional
    motions : mapping, optional
        How drones fly, by their ids; by default ArduCopter's settings as shipped.
    wind : Wind
        Stated in every plan as strong as it is at its layer.
    equipping : Equipping, optional
        What the schedule was planned with.
    """
    pads = {pad.pad_id: pad for pad in schedule.pads}
    drones = {drone.drone_id: drone for drone in schedule.drones}
    numbers: dict[str, int] = {}
    plans = []
    for flight in schedule.flights:
        number = numbers[flight.drone_id] = numbers.get(flight.drone_id, 0) + 1
        pad, drone = pads[flight.pad_id], drones[flight.drone_id]
        waypoints = flight_waypoints(flight, pad.ground_m)
        skipped = 0
        if flight.is_airborne and len({waypoint.xy_m for waypoint in waypoints}) == 1 and not flight.visits:
            continue
        if flight.is_airborne:
            ahead = _way_there(
                transit, stand_of(drone, pad), waypoints[0], alt_rel_m=flight.layer_m - pad.ground_m
            )
            if equipping is not None and equipping.follows_ground:
                ahead = _over_ground([*ahead, waypoints[0]], equipping, flight, drone, pad)[:-1]
            skipped = len(ahead)
            waypoints = [*ahead, *waypoints]
        home = rounded(ground.frame.position(*stand_of(drone, pad)))
        routes = routes_of(waypoints, ground.frame, home)
        items = items_of(waypoints, routes, drone.speed_m_s)
        plan = Plan(
            name=f"{flight.drone_id} flight {number}",
            home=home,
            items=items,
            routes=routes,
            home_alt_amsl_m=(
                None if ground.home_alt_amsl_m is None else ground.home_alt_amsl_m + pad.ground_m
            ),
            speed_m_s=drone.speed_m_s,
            margin_m=ground.margin_m,
            pattern="fleet",
            max_wind_m_s=wind.stated_m_s(flight.layer_m),
        )
        slack_s = schedule.settings.separation.slack_s
        departure_utc_s = (
            None
            if start_utc_s is None
            else (start_utc_s + flight.departure_s - slack_s, start_utc_s + flight.departure_s + slack_s)
        )
        plan = _Verifier(
            zones, ground, (motions or {}).get(flight.drone_id), terrain, departure_utc_s
        ).verified(plan)
        plans.append(FlightPlan(flight, plan, _first_seq(plan, skipped)))
    return plans


def _way_there(transit: Transit, home: XY, first: Waypoint, *, alt_rel_m: float) -> list[Waypoint]:
    """Legal way from the pad, at the flight's layer, to where a drone is: its plan is verified whole, and begun behind it."""
    way = [home, *transit.path(transit.nearest_point(home), transit.nearest_point(first.xy_m))]
    points = [point for point, before in zip(way, [None, *way[:-1]], strict=True) if point != before]
    if points[-1] == first.xy_m and first.alt_rel_m == alt_rel_m and len(points) > 1:
        points.pop()
    return [Waypoint(point, RouteKind.TRANSIT, alt_rel_m) for point in points]


def _over_ground(
    way: Sequence[Waypoint], equipping: Equipping, flight: Flight, drone: Drone, pad: Pad
) -> list[Waypoint]:
    """Let the way to where a drone is keep its height above ground, too."""
    flown = equipping.over_ground(way, flight.layer_m, drone.drone_id, drone.speed_m_s)
    return [replace(waypoint, alt_rel_m=waypoint.alt_rel_m - pad.ground_m) for waypoint in flown]


def _first_seq(plan: Plan, skipped: int) -> int:
    """Item that leads from where the drone is to the waypoint after."""
    if not skipped:
        return 1
    legs = [item.seq for item in plan.items if item.command == Command.NAV_WAYPOINT]
    # The first waypoint is the take-off's; the one the drone is at is passed already.
    return legs[min(skipped, len(legs) - 1)]


@dataclass(frozen=True, slots=True)
class _Verifier:
    """What one flight's plan is verified with."""

    zones: ZoneSet
    ground: FleetGround
    motion: CopterMotion | None
    terrain: Terrain | None
    departure_utc_s: tuple[float, float] | None

    def verified(self, plan: Plan) -> Plan:
        """Choose how it comes back early, let it stop where it cuts corners too far, and keep what is found."""
        plan = replace(plan, returns=self._returns(plan))
        checked = self._checked(plan)
        stopping = with_stops(plan, checked)
        if stopping is not plan:
            plan, checked = stopping, self._checked(stopping)
        return replace(plan, findings=checked.findings)

    def _checked(self, plan: Plan) -> Verification:
        return check_plan(
            plan,
            self.zones,
            allow_above_120=self.ground.allow_above_120,
            departure_utc_s=self.departure_utc_s,
            terrain=self.terrain,
            motion=self.motion,
        )

    def _returns(self, plan: Plan) -> ReturnPolicy | None:
        motion = motion_of(plan, self.motion)
        drift_m = leg_drift_m(motion, max(plan.speed_m_s or 0.0, motion.speed_m_s))
        return choose_returns(
            ReturnVerification(
                ways_of(plan, motion=motion, terrain=self.terrain).legs,
                self.zones,
                plan.home,
                margin_m=self.ground.margin_m + drift_m,
                legal_limit_agl_m=None if self.ground.allow_above_120 else LEGAL_LIMIT_AGL_M,
                home_alt_amsl_m=plan.home_alt_amsl_m,
                terrain=self.terrain,
            )
        )
