"""A ground station made with MAVSDK that reads, loads, flies and lands; it prints what it saw as JSON."""

import json
import math
import sys
import time
from collections.abc import Callable
from typing import Any

from mavsdk import ComponentType, Configuration, Mavsdk
from mavsdk.plugins.action import Action
from mavsdk.plugins.follow_me.follow_me import FollowMe
from mavsdk.plugins.geofence.geofence import Circle, FenceType, Geofence, GeofenceData, Point, Polygon
from mavsdk.plugins.info.info import Info
from mavsdk.plugins.log_files.log_files import LogFiles
from mavsdk.plugins.mission.mission import Mission, MissionPlan
from mavsdk.plugins.mission.mission import MissionItem as PlanItem
from mavsdk.plugins.mission_raw.mission_raw import MissionItem, MissionRaw
from mavsdk.plugins.offboard.offboard import (
    Attitude,
    Offboard,
    PositionGlobalYaw,
    PositionNedYaw,
    VelocityBodyYawspeed,
    VelocityNedYaw,
)
from mavsdk.plugins.param import Param
from mavsdk.plugins.telemetry import Telemetry

PATIENCE_S = 30.0
seen: dict[str, Any] = {}


def until(condition: Callable[[], bool], what: str) -> None:
    deadline_s = time.monotonic() + PATIENCE_S
    while not condition():
        if time.monotonic() > deadline_s:
            sys.exit(f"not within {PATIENCE_S} s: {what}; {seen}")
        time.sleep(0.01)


def refusal_of(order: Callable[..., Any], *arguments: Any) -> str:
    """Give what is said against it, or nothing."""
    try:
        order(*arguments)
    except Exception as refusal:  # noqa: BLE001
        return str(refusal).split(";")[0]
    return ""


def row(seq: int, command: int, lat_deg: float, lon_deg: float, alt_m: float, *params: float) -> MissionItem:
    filled = [*params, 0.0, 0.0, 0.0, 0.0][:4]
    e7 = round(lat_deg * 1e7), round(lon_deg * 1e7)
    kind = 0 if command < 5000 else (2 if command == 5100 else 1)
    return MissionItem(seq, 3, command, 1 if seq == 0 else 0, 1, *filled, *e7, alt_m, kind)


def plan_item(lat_deg: float, lon_deg: float, alt_rel_m: float) -> PlanItem:
    nothing = math.nan
    return PlanItem(
        lat_deg,
        lon_deg,
        alt_rel_m,
        5.0,
        True,
        nothing,
        nothing,
        PlanItem.CameraAction.NONE,
        nothing,
        1.0,
        2.0,
        nothing,
        0.0,
        PlanItem.VehicleAction.NONE,
    )


def main() -> None:
    """Fly."""
    mavsdk = Mavsdk(Configuration.create_with_component_type(ComponentType.GROUND_STATION))
    mavsdk.add_any_connection(sys.argv[1])
    system = mavsdk.first_autopilot(timeout_s=20.0)
    if system is None:
        sys.exit("MAVSDK found no vehicle")
    telemetry, action, raw = Telemetry(system), Action(system), MissionRaw(system)

    version = Info(system).get_version()
    seen["version"] = [version.flight_sw_major, version.flight_sw_minor, version.flight_sw_patch]
    seen["uid"] = Info(system).get_identification().hardware_uid
    for name in [
        "position",
        "in_air",
        "landed_state",
        "home",
        "health",
        "battery",
        "raw_gps",
        "velocity_ned",
        "rc_status",
    ]:
        getattr(telemetry, f"set_rate_{name}")(10.0)
    for name in ["attitude_quaternion", "attitude_euler", "scaled_imu", "raw_imu", "distance_sensor"]:
        getattr(telemetry, f"set_rate_{name}")(5.0)
    seen["altitude"] = refusal_of(telemetry.set_rate_altitude, 5.0)
    seen["odometry"] = refusal_of(telemetry.set_rate_odometry, 5.0)
    until(telemetry.health_all_ok, "health")
    until(lambda: telemetry.battery().remaining_percent == 100.0, "battery")
    until(lambda: telemetry.attitude_quaternion().w > 0.99, "attitude")
    until(lambda: abs(telemetry.scaled_imu().acceleration_frd.down_m_s2 + 9.8) < 0.2, "imu")
    until(lambda: telemetry.raw_gps().latitude_deg != 0.0, "gps")
    home = telemetry.home()
    lat_deg, lon_deg = home.latitude_deg, home.longitude_deg

    parameters = Param(system)
    seen["read"] = [
        parameters.get_param_float("WPNAV_SPEED"),
        *(parameters.get_param_int(name) for name in ("FENCE_ENABLE", "ANGLE_MAX", "LOG_BITMASK")),
    ]
    parameters.set_param_float("WPNAV_SPEED", 750.0)
    for name, value in (("FENCE_TYPE", 4), ("ANGLE_MAX", 2500), ("LOG_BITMASK", 176126)):
        parameters.set_param_int(name, value)
    seen["written"] = [
        parameters.get_param_float("WPNAV_SPEED"),
        *(parameters.get_param_int(name) for name in ("FENCE_TYPE", "ANGLE_MAX", "LOG_BITMASK")),
    ]
    everything = parameters.get_all_params()
    seen["parameters"] = [len(everything.int_params), len(everything.float_params)]

    fence = Geofence(system)
    corners = [(1, 1), (1, -1), (-1, -1), (-1, 1)]
    square = Polygon(
        [Point(lat_deg + 2e-3 * north, lon_deg + 2e-3 * east) for north, east in corners],
        FenceType.INCLUSION,
    )
    tower = Circle(Point(lat_deg + 1e-3, lon_deg + 1e-3), 20.0, FenceType.EXCLUSION)
    fence.upload_geofence(GeofenceData([square], [tower]))
    fenced = fence.download_geofence()
    seen["fence"] = [[len(polygon.points) for polygon in fenced.polygons], len(fenced.circles)]
    raw.upload_rally_points([row(0, 5100, lat_deg + 1e-4, lon_deg, 20.0)])
    seen["rally"] = [item.command for item in raw.download_rallypoints()]
    parameters.set_param_int("FENCE_ENABLE", 1)

    mission = Mission(system)
    mission.upload_mission(MissionPlan([plan_item(lat_deg + north, lon_deg, 15.0) for north in (0.0, 2e-4)]))
    seen["plan"] = [item.command for item in raw.download_mission()]
    items = [
        row(0, 16, lat_deg, lon_deg, 0.0),
        row(1, 22, 0.0, 0.0, 15.0),
        row(2, 16, lat_deg + 3e-4, lon_deg, 15.0),
        row(3, 16, lat_deg + 3e-4, lon_deg + 3e-4, 15.0),
        row(4, 20, 0.0, 0.0, 0.0),
    ]
    raw.upload_mission(items)
    seen["mission"] = [item.command for item in raw.download_mission()]
    seen["bad mission"] = refusal_of(raw.upload_mission, [items[0], row(1, 16, 95.0, lon_deg, 15.0)])
    raw.upload_mission(items)

    seen["logs"] = refusal_of(LogFiles(system).get_entries)
    seen["follow"] = refusal_of(FollowMe(system).start)

    action.arm()
    action.set_takeoff_altitude(12.0)
    action.takeoff()
    until(lambda: telemetry.position().relative_altitude_m > 11.5, "take-off")
    seen["in air"] = telemetry.in_air()
    raw.start_mission()
    until(lambda: raw.mission_progress().current >= 3, "mission")
    raw.pause_mission()
    until(lambda: telemetry.flight_mode().name == "HOLD", "hold")
    raw.set_current_mission_item(2)
    raw.start_mission()
    until(lambda: telemetry.flight_mode().name == "MISSION", "mission again")

    def is_at(north_deg: float, alt_rel_m: float) -> bool:
        position = telemetry.position()
        return (
            abs(position.latitude_deg - lat_deg - north_deg) < 1e-5
            and abs(position.relative_altitude_m - alt_rel_m) < 0.5
        )

    seen["outside"] = refusal_of(action.goto_location, lat_deg + 1e-2, lon_deg, 1540.0, 0.0)
    action.goto_location(lat_deg + 2e-4, lon_deg, home.absolute_altitude_m + 20.0, math.nan)
    until(lambda: is_at(2e-4, 20.0), "goto")
    offboard = Offboard(system)
    offboard.set_velocity_ned(VelocityNedYaw(2.0, 0.0, 0.0, 90.0))
    offboard.start()
    until(lambda: telemetry.velocity_ned().north_m_s > 1.9, "velocity")
    offboard.set_velocity_body(VelocityBodyYawspeed(2.0, 0.0, 0.0, 0.0))
    until(lambda: telemetry.velocity_ned().east_m_s > 1.9, "body velocity")
    offboard.set_position_ned(PositionNedYaw(30.0, 0.0, -25.0, 0.0))
    until(lambda: is_at(30.0 / 111_319.5, 25.0), "position")
    offboard.set_position_global(
        PositionGlobalYaw(lat_deg, lon_deg, 20.0, 0.0, PositionGlobalYaw.AltitudeType.REL_HOME)
    )
    until(lambda: is_at(0.0, 20.0), "global position")
    offboard.set_attitude(Attitude(0.0, -10.0, 0.0, 0.5))
    until(lambda: telemetry.velocity_ned().north_m_s > 2.0, "lean")
    offboard.set_attitude(Attitude(0.0, 10.0, 0.0, 0.8))
    until(lambda: telemetry.velocity_ned().north_m_s < 0.0, "lean back")
    until(lambda: telemetry.velocity_ned().down_m_s < -1.0, "climb by thrust")
    offboard.stop()
    action.hold()
    action.return_to_launch()
    until(lambda: not telemetry.armed(), "landing")
    fence.clear_geofence()
    raw.clear_mission()
    seen["after"] = [len(raw.download_mission()), round(telemetry.position().relative_altitude_m)]
    print(json.dumps(seen), flush=True)


if __name__ == "__main__":
    main()
