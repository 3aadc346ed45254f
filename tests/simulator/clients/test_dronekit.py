"""What dronekit's documented examples do: vehicle state, simple goto, mission basic, guided set speed yaw."""

import math
import threading
import time
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest
from pymavlink import mavutil

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning:dronekit"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:past"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:future"),
    pytest.mark.filterwarnings("ignore::SyntaxWarning"),
]

mavlink = mavutil.mavlink
NORTH_DEG = 1.0 / 111_319.5
"""One metre."""


def wait_until(condition: Callable[[], Any], timeout_s: float = 40.0) -> None:
    deadline_s = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline_s
        time.sleep(0.01)


@pytest.fixture
def vehicle(dronekit: ModuleType, address: str) -> Iterator[Any]:
    threads_before = set(threading.enumerate())
    made = dronekit.connect(address, wait_ready=True, heartbeat_timeout=30, timeout=8)
    yield made
    made.close()
    made._handler.master.close()
    wait_until(lambda: set(threading.enumerate()) <= threads_before, 10)


def arm_and_take_off(dronekit: ModuleType, vehicle: Any, alt_rel_m: float) -> Any:
    """Do what all of the examples begin with; give the place reached."""
    wait_until(lambda: vehicle.is_armable)
    vehicle.mode = dronekit.VehicleMode("GUIDED")
    vehicle.armed = True
    wait_until(lambda: vehicle.armed)
    vehicle.simple_takeoff(alt_rel_m)
    wait_until(lambda: vehicle.location.global_relative_frame.alt >= alt_rel_m * 0.95)
    return vehicle.location.global_relative_frame


def metres_between(one: Any, other: Any) -> float:
    return math.hypot(
        (one.lat - other.lat) / NORTH_DEG,
        (one.lon - other.lon) / NORTH_DEG * math.cos(math.radians(one.lat)),
    )


def test_vehicle_state(dronekit: ModuleType, vehicle: Any) -> None:
    wait_until(lambda: vehicle.is_armable)
    assert (vehicle.version.major, vehicle.version.minor, vehicle.version.patch) == (4, 6, 2)
    assert vehicle.version.release_type() == "rc" or vehicle.version.is_stable()
    for capability in ("mission_int", "param_float", "command_int", "ftp", "set_attitude_target_local_ned"):
        assert getattr(vehicle.capabilities, capability), capability
    assert vehicle.location.global_frame.alt == pytest.approx(1520.0, abs=0.5)
    assert vehicle.location.global_relative_frame.alt == pytest.approx(0.0, abs=0.5)
    wait_until(lambda: vehicle.location.local_frame.north is not None)
    assert abs(vehicle.attitude.pitch) < 0.01
    assert vehicle.velocity == pytest.approx([0.0, 0.0, 0.0], abs=0.1)
    assert vehicle.gps_0.fix_type >= 3
    assert vehicle.gps_0.satellites_visible == 10
    assert vehicle.battery.voltage == pytest.approx(12.6, abs=0.1)
    assert vehicle.battery.level == 100
    assert vehicle.ekf_ok
    assert vehicle.last_heartbeat < 5.0
    assert vehicle.heading == 0
    assert vehicle.system_status.state == "STANDBY"
    assert vehicle.mode.name == "STABILIZE"
    assert not vehicle.armed

    vehicle.commands.download()
    vehicle.commands.wait_ready()
    home = vehicle.home_location
    assert home.alt == pytest.approx(1520.0, abs=0.1)
    moved = dronekit.LocationGlobal(home.lat + 5 * NORTH_DEG, home.lon, home.alt + 1.0)
    vehicle.home_location = moved
    vehicle.commands.download()
    vehicle.commands.wait_ready()
    wait_until(lambda: vehicle.home_location is not None)
    assert vehicle.home_location.alt == pytest.approx(1521.0, abs=0.1)
    assert vehicle.home_location.lat == pytest.approx(moved.lat, abs=1e-6)

    heard: list[tuple[str, Any]] = []
    vehicle.parameters.add_attribute_listener("THR_MIN", lambda *change: heard.append(change[1:]))
    vehicle.parameters.add_attribute_listener("WPNAV_SPEED", lambda *change: heard.append(change[1:]))
    assert vehicle.parameters["WPNAV_SPEED"] == 1000
    vehicle.parameters["WPNAV_SPEED"] = 800
    wait_until(lambda: ("WPNAV_SPEED", 800.0) in heard)
    assert len(vehicle.parameters) > 1300
    modes: list[Any] = []
    vehicle.add_attribute_listener("mode", lambda *change: modes.append(change[2].name))
    vehicle.mode = dronekit.VehicleMode("GUIDED")
    wait_until(lambda: "GUIDED" in modes)


def test_simple_goto(dronekit: ModuleType, vehicle: Any) -> None:
    home = arm_and_take_off(dronekit, vehicle, 10)
    vehicle.airspeed = 3
    first = dronekit.LocationGlobalRelative(home.lat + 20 * NORTH_DEG, home.lon, 20)
    vehicle.simple_goto(first)
    speeds: list[float] = []
    vehicle.add_attribute_listener("groundspeed", lambda *change: speeds.append(change[2]))
    wait_until(lambda: metres_between(vehicle.location.global_relative_frame, first) < 1.0)
    assert 2.0 < max(speeds) < 3.6
    vehicle.simple_goto(home, groundspeed=10)
    wait_until(lambda: metres_between(vehicle.location.global_relative_frame, home) < 1.0)
    vehicle.mode = dronekit.VehicleMode("RTL")
    wait_until(lambda: vehicle.mode.name == "RTL")
    wait_until(lambda: not vehicle.armed)
    assert abs(vehicle.location.global_relative_frame.alt) < 0.3


def test_mission_basic(dronekit: ModuleType, vehicle: Any) -> None:
    mission = vehicle.commands
    mission.download()
    mission.wait_ready()
    mission.clear()
    wait_until(lambda: vehicle.location.global_frame.lat)
    centre = vehicle.location.global_frame

    def add(number: int, north_m: float, east_m: float, alt_m: float) -> None:
        lat_deg = centre.lat + north_m * NORTH_DEG
        lon_deg = centre.lon + east_m * NORTH_DEG / math.cos(math.radians(centre.lat))
        frame = mavlink.MAV_FRAME_GLOBAL_RELATIVE_ALT
        mission.add(dronekit.Command(0, 0, 0, frame, number, 0, 0, 0, 0, 0, 0, lat_deg, lon_deg, alt_m))

    add(mavlink.MAV_CMD_NAV_TAKEOFF, 0, 0, 10)
    corners = [(20, -20, 11), (20, 20, 12), (-20, 20, 13), (-20, -20, 14), (-20, -20, 14)]
    for corner in corners:
        add(mavlink.MAV_CMD_NAV_WAYPOINT, *corner)
    mission.upload()
    mission.download()
    mission.wait_ready()
    assert mission.count == 6
    assert [item.command for item in mission] == [22, 16, 16, 16, 16, 16]
    assert [item.z for item in mission] == [10, 11, 12, 13, 14, 14]

    arm_and_take_off(dronekit, vehicle, 10)
    mission.next = 0
    vehicle.mode = dronekit.VehicleMode("AUTO")
    reached: list[int] = []

    def note(_: Any, __: str, message: Any) -> None:
        reached.append(message.seq)

    vehicle.add_message_listener("MISSION_ITEM_REACHED", note)
    wait_until(lambda: mission.next == 3)
    mission.next = 5
    wait_until(lambda: mission.next >= 5)
    wait_until(lambda: 5 in reached)
    assert 2 in reached
    assert 4 not in reached
    vehicle.mode = dronekit.VehicleMode("RTL")
    wait_until(lambda: not vehicle.armed)


def test_guided_set_speed_yaw(dronekit: ModuleType, vehicle: Any) -> None:
    start = arm_and_take_off(dronekit, vehicle, 5)

    def command(number: int, *params: float) -> None:
        filled = [*params, *[0.0] * (7 - len(params))]
        vehicle.send_mavlink(vehicle.message_factory.command_long_encode(0, 0, number, 0, *filled))

    def target(frame: int, mask: int, *numbers: float) -> None:
        vehicle.send_mavlink(
            vehicle.message_factory.set_position_target_local_ned_encode(
                0, 0, 0, frame, mask, *numbers, *[0] * (11 - len(numbers))
            )
        )

    def target_global(mask: int, lat_e7: float, lon_e7: float, alt_m: float, *velocity: float) -> None:
        vehicle.send_mavlink(
            vehicle.message_factory.set_position_target_global_int_encode(
                0,
                0,
                0,
                mavlink.MAV_FRAME_GLOBAL_RELATIVE_ALT_INT,
                mask,
                round(lat_e7),
                round(lon_e7),
                alt_m,
                *velocity,
                *[0] * (8 - len(velocity)),
            )
        )

    def is_heading(wanted_deg: float) -> Callable[[], bool]:
        return lambda: abs((vehicle.heading - wanted_deg + 180) % 360 - 180) <= 2

    # A square by waypoints; the speed in between; the nose where it is told.
    command(mavlink.MAV_CMD_DO_CHANGE_SPEED, 0, 5, 0)
    north = dronekit.LocationGlobalRelative(start.lat + 15 * NORTH_DEG, start.lon, 5)
    vehicle.simple_goto(north)
    wait_until(lambda: metres_between(vehicle.location.global_relative_frame, north) < 1.0)
    command(mavlink.MAV_CMD_CONDITION_YAW, 90, 0, 1, 0)
    wait_until(is_heading(90))
    command(mavlink.MAV_CMD_CONDITION_YAW, 45, 0, -1, 1)
    wait_until(is_heading(45))
    # A place of interest due south.
    command(mavlink.MAV_CMD_DO_SET_ROI, 0, 0, 0, 0, start.lat - 0.01, start.lon, 0)
    wait_until(is_heading(180))

    target(mavlink.MAV_FRAME_LOCAL_NED, 0b110111111000, 20, 10, -8)
    wait_until(lambda: vehicle.location.local_frame.north > 19 and vehicle.location.local_frame.east > 9)
    wait_until(lambda: vehicle.location.local_frame.down < -7.5)
    lat_e7, lon_e7 = start.lat * 1e7, start.lon * 1e7
    target_global(0b110111111000, lat_e7, lon_e7, 6)
    wait_until(lambda: metres_between(vehicle.location.global_relative_frame, start) < 1.0)

    # Velocities are sent every simulated second; without a new one the copter stops.
    def fly(frame: str, wanted: tuple[float, float, float]) -> None:
        deadline_s = time.monotonic() + 20
        while (
            max(abs(is_ - is_wanted) for is_, is_wanted in zip(vehicle.velocity, wanted, strict=True)) > 0.3
        ):
            if frame == "local":
                target(mavlink.MAV_FRAME_LOCAL_NED, 0b110111000111, 0, 0, 0, *wanted)
            else:
                target_global(0b110111000111, 0, 0, 0, *wanted)
            time.sleep(0.05)
            assert time.monotonic() < deadline_s, vehicle.velocity

    fly("local", (-2, 0, 0))
    fly("local", (0, 2, -0.5))
    fly("global", (2, -2, 0))
    wait_until(lambda: vehicle.groundspeed < 0.2)
    vehicle.mode = dronekit.VehicleMode("LAND")
    wait_until(lambda: not vehicle.armed)
