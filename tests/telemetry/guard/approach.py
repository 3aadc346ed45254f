"""Flights towards boundaries in the simulator, in wind, watched by the monitor and guarded or not."""

import math
import random
from dataclasses import dataclass, field

import shapely
from pymavlink.dialects.v20 import ardupilotmega as dialect
from shapely import Polygon

from geofence.altitude_band import AltitudeBand
from geofence.latlon import LatLon
from geofence.monitor.alert import AlertColour
from geofence.monitor.observation import Observation
from geofence.monitor.zone_monitor import ZoneMonitor
from geofence.zone import Zone, ZoneAction, ZoneKind
from geofence.zone_set import ZoneSet
from simulator.copter import Copter
from simulator.home import DEFAULT_HOME
from telemetry.flight.zone_guard import Acted, GuardOrder, ZoneGuard
from tests.simulator.conftest import STEP_S, Station

POSITION_PERIOD_S = 0.25
ORDER_DELAY_S = 0.3
"""From an order to its arrival on board."""
_VELOCITY_ONLY = 0b0000111111000111
_POSITION_ONLY = 0b0000111111111000
_MODES = {GuardOrder.HOLD: 17, GuardOrder.RETURN: 6, GuardOrder.LAND: 9}
_NAMES = {17: "BRAKE", 6: "RTL", 9: "LAND", 4: "GUIDED"}


@dataclass(frozen=True)
class Approach:
    """One seeded flight: what is forbidden, and how it is flown at."""

    seed: int
    boundary: str
    style: str
    action: ZoneAction
    speed_m_s: float
    distance_m: float
    oblique_deg: float
    course_deg: float
    climb_m_s: float
    wind_m_s: float
    wind_from_deg: float
    gusts_m_s: float

    @classmethod
    def of(cls, seed: int) -> "Approach":
        dice = random.Random(seed)
        boundary = ("exclusion", "inclusion", "exclusion", "inclusion", "ceiling")[seed % 5]
        style = ("straight", "straight", "straight", "to a place", "bent", "straight", "beside", "stopping")[
            seed // 5 % 8
        ]
        if boundary == "ceiling" and style in ("bent", "beside", "stopping", "to a place"):
            style = "straight"
        return cls(
            seed,
            boundary,
            style,
            (ZoneAction.HOLD, ZoneAction.RETURN)[seed // 40 % 2 ^ seed % 2],
            dice.uniform(3.0, 15.0),
            dice.uniform(50.0, 250.0),
            dice.uniform(-75.0, 75.0),
            dice.uniform(0.0, 360.0),
            dice.uniform(0.8, 2.5),
            dice.uniform(0.0, 6.5),
            dice.uniform(0.0, 360.0),
            dice.uniform(0.3, 1.0),
        )

    @property
    def course(self) -> tuple[float, float]:
        """East and north."""
        angle = math.radians(self.course_deg)
        return math.sin(angle), math.cos(angle)

    @property
    def steered_m_s(self) -> float:
        """The speed asked for: one that can be flown in any wind where the place matters that is reached by it."""
        if self.boundary == "ceiling" or self.style in ("to a place", "beside", "stopping"):
            return min(self.speed_m_s, 8.0)
        return self.speed_m_s

    @property
    def front(self) -> tuple[float, float, float, float]:
        """A point of the boundary, and the direction across it, away from home."""
        turn = math.radians(90.0 if self.style == "beside" else self.oblique_deg)
        (east, north), (sine, cosine) = self.course, (math.sin(turn), math.cos(turn))
        across = east * cosine + north * sine, north * cosine - east * sine
        if self.style == "beside":
            away_m = 5.0 + self.distance_m / 100.0
            return across[0] * away_m, across[1] * away_m, *across
        return east * self.distance_m, north * self.distance_m, *across

    @property
    def shape_en_m(self) -> Polygon:
        """What is forbidden, or allowed, metres east and north of home."""
        x, y, across_x, across_y = self.front
        along_x, along_y = -across_y, across_x
        if self.boundary == "ceiling":
            return shapely.box(-2000.0, -2000.0, 2000.0, 2000.0)
        deep_m = 400.0 if self.boundary == "exclusion" else -1500.0
        return Polygon(
            [
                (x + along_x * s * 1500.0 + across_x * d, y + along_y * s * 1500.0 + across_y * d)
                for s, d in ((-1, 0.0), (1, 0.0), (1, deep_m), (-1, deep_m))
            ]
        )

    @property
    def ceiling_m(self) -> float:
        return 15.0 + 5.0 * self.climb_m_s + self.distance_m / 8.0


@dataclass
class Outcome:
    """What became of an approach."""

    approach: Approach
    begun_s: float = 0.0
    announced_s: float | None = None
    red_s: float | None = None
    breached_s: float | None = None
    acted: GuardOrder | None = None
    orders: int = 0
    deepest_m: float = -math.inf
    colours: list[tuple[float, str]] = field(default_factory=list)

    @property
    def warned_s(self) -> float:
        """How long before the breach it was announced."""
        assert self.breached_s is not None
        return -math.inf if self.announced_s is None else self.breached_s - self.announced_s


def fly(approach: Approach, *, is_guarded: bool, limit_s: float = 110.0) -> Outcome:
    """Fly an approach; guarded until 20 s after the order, else until the drone has broken the zone."""
    copter = Copter(
        1,
        DEFAULT_HOME,
        is_quick_boot=True,
        seed=approach.seed,
        parameters={
            "WPNAV_SPEED": round(100.0 * approach.steered_m_s),
            "WPNAV_SPEED_UP": 300,
            "SIM_WIND_T": 1,
            "SIM_WIND_SPD": approach.wind_m_s,
            "SIM_WIND_DIR": approach.wind_from_deg,
            "SIM_WIND_TURB": approach.gusts_m_s,
        },
    )
    station = Station(copter)
    station.run(2)
    station.take_off(8.0)
    frame, body = copter.autopilot.frame, copter.autopilot.body
    shape = approach.shape_en_m
    corners = [frame.to_e7(north, east) for east, north in shape.exterior.coords]
    area = Polygon([(lon_e7 / 1e7, lat_e7 / 1e7) for lat_e7, lon_e7 in corners])
    is_exclusion = approach.boundary == "exclusion"
    zone = Zone.of_area(
        "zone",
        "zone",
        ZoneKind.EXCLUSION if is_exclusion else ZoneKind.INCLUSION,
        area,
        AltitudeBand(ceiling_m=approach.ceiling_m) if approach.boundary == "ceiling" else AltitudeBand(),
        stated_action=approach.action,
    )
    monitor, guard = ZoneMonitor(ZoneSet([zone])), ZoneGuard()
    outcome = Outcome(approach, begun_s=station.now_s)
    station.command(
        dialect.MAV_CMD_SET_MESSAGE_INTERVAL,
        dialect.MAVLINK_MSG_ID_GLOBAL_POSITION_INT,
        POSITION_PERIOD_S * 1e6,
    )
    shapely.prepare(shape)
    order: GuardOrder | None = None
    order_at_s = steered_s = math.inf
    ended_s = station.now_s + limit_s
    steered_s = station.now_s
    while station.now_s < ended_s:
        if station.now_s >= steered_s and copter.autopilot.mode.number == 4:
            station.send(_steering(approach, station.now_s - outcome.begun_s, copter))
            steered_s = station.now_s + (0.5 if approach.style in ("straight", "bent", "beside") else 1e9)
        before = len(station.heard)
        copter.step(STEP_S)
        copter.flush()
        depth_m = _depth_m(approach, shape, body)
        outcome.deepest_m = max(outcome.deepest_m, depth_m)
        if depth_m > 0.0 and outcome.breached_s is None:
            outcome.breached_s = station.now_s
            if not is_guarded:
                return outcome
        for _, message in station.heard[before:]:
            if message.get_type() != "GLOBAL_POSITION_INT":
                continue
            observation = Observation(
                position=LatLon(message.lat / 1e7, message.lon / 1e7),
                time_s=message.time_boot_ms / 1e3,
                alt_rel_m=message.relative_alt / 1e3,
                alt_amsl_m=message.alt / 1e3,
                east_m_s=message.vy / 100.0,
                north_m_s=message.vx / 100.0,
                climb_m_s=-message.vz / 100.0,
            )
            for said in monitor.observe_one("drone", observation, None):
                colour = said.alert.colour
                outcome.colours.append((station.now_s, colour.value))
                if outcome.announced_s is None and colour is not AlertColour.CLEARED:
                    outcome.announced_s = station.now_s
                if outcome.red_s is None and colour is AlertColour.RED:
                    outcome.red_s = station.now_s
            if is_guarded:
                mode = _NAMES[int(copter.autopilot.mode.number)]
                guard.observe(monitor.alerts_of("drone"), mode, station.now_s)
                if order is None:
                    order = guard.next_order(station.now_s)
                    order_at_s = station.now_s + ORDER_DELAY_S
        if order is not None and station.now_s >= order_at_s:
            result = station.command(dialect.MAV_CMD_DO_SET_MODE, 1, _MODES[order])
            guard.handle_result("" if result == 0 else "refused", station.now_s)
            outcome.orders += 1
            order = None
            ended_s = min(ended_s, station.now_s + 20.0)
        while (event := guard.next_event()) is not None:
            if isinstance(event, Acted):
                outcome.acted = event.order
    return outcome


def _depth_m(approach: Approach, shape: Polygon, body: object) -> float:
    if approach.boundary == "ceiling":
        return body.up_m - approach.ceiling_m
    x, y, across_x, across_y = approach.front
    depth_m = (body.east_m - x) * across_x + (body.north_m - y) * across_y
    if approach.boundary == "exclusion" and not shapely.contains_xy(shape, body.east_m, body.north_m):
        return min(depth_m, 0.0)
    return depth_m


def _steering(approach: Approach, since_s: float, copter: Copter) -> object:
    east, north = approach.course
    if approach.style in ("to a place", "stopping"):
        away_m = approach.distance_m + 150.0
        if approach.style == "stopping":
            away_m = approach.distance_m - 12.0 / math.cos(math.radians(approach.oblique_deg))
        lat_e7, lon_e7 = copter.autopilot.frame.to_e7(north * away_m, east * away_m)
        return dialect.MAVLink_set_position_target_global_int_message(
            0, 1, 1, 6, _POSITION_ONLY, lat_e7, lon_e7, 8.0, 0, 0, 0, 0, 0, 0, 0, 0
        )
    if approach.style == "bent":
        turn = math.radians(max(0.0, 40.0 - 4.0 * since_s)) * (1 if approach.seed % 2 else -1)
        east, north = (
            east * math.cos(turn) + north * math.sin(turn),
            north * math.cos(turn) - east * math.sin(turn),
        )
    climb = approach.climb_m_s if approach.boundary == "ceiling" else 0.0
    speed = approach.steered_m_s
    return dialect.MAVLink_set_position_target_local_ned_message(
        0, 1, 1, 1, _VELOCITY_ONLY, 0, 0, 0, north * speed, east * speed, -climb, 0, 0, 0, 0, 0
    )
