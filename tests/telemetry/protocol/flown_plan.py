"""A short plan over a field, and the messages of a good flight of it."""

from shapely import Polygon

from geofence.altitude_band import AltitudeBand
from geofence.latlon import LatLon
from geofence.zone import Zone, ZoneKind
from geofence.zone_set import ZoneSet
from missions.plan.item import Command, MissionItem
from missions.plan.plan import Plan
from telemetry.flight.flight import FlightLimits
from telemetry.wire.message import Message

BRAKE = 17

HOME = LatLon(36.0925, 103.708)
QUICK = FlightLimits(
    position_s=0.2,
    arm_s=1.0,
    arm_interval_s=0.05,
    takeoff_s=5.0,
    no_progress_s=60.0,
    link_lost_s=0.3,
    disarm_delay_s=3.0,
)


def north(metres):
    return LatLon(HOME.lat_deg + metres / 110_950, HOME.lon_deg)


def box(zone_id, kind, south_m, north_m, half_width_deg=0.005, ceiling_m=None):
    low, high = north(south_m).lat_deg, north(north_m).lat_deg
    west, east = HOME.lon_deg - half_width_deg, HOME.lon_deg + half_width_deg
    area = Polygon([(west, low), (east, low), (east, high), (west, high)])
    return Zone.of_area(zone_id, zone_id, kind, area, AltitudeBand(ceiling_m=ceiling_m))


PLAN = Plan(
    "there and back",
    HOME,
    (
        MissionItem(1, Command.NAV_TAKEOFF, alt_m=30),
        MissionItem(2, Command.NAV_WAYPOINT, position=north(50), alt_m=30),
        MissionItem(3, Command.NAV_RETURN_TO_LAUNCH),
    ),
)
FIELD = ZoneSet([box("field", ZoneKind.INCLUSION, -300, 300, ceiling_m=100)])


def current(seq, state=3):
    return Message.new("MISSION_CURRENT", seq=seq, mission_state=state, mission_mode=1)


def reached(seq):
    return Message.new("MISSION_ITEM_REACHED", seq=seq)


def good_flight(copter):
    return [
        current(1),
        copter.at(101, alt_m=2),
        copter.become(status=4),
        copter.at(115, alt_m=30),
        reached(1),
        current(2),
        *(copter.at(115 + step, north(10 * step).lat_deg, alt_m=30) for step in range(6)),
        reached(2),
        current(3),
        *(copter.at(121 + step, north(50 - 10 * step).lat_deg, alt_m=30) for step in range(6)),
        copter.at(150, alt_m=0),
        copter.become(status=3),
        reached(3),
        copter.become(is_armed=False),
    ]
