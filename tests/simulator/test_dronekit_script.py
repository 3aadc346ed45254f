"""What an operator's dronekit script does."""

import collections
import collections.abc
import threading
import time
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning:dronekit"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:past"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:future"),
    pytest.mark.filterwarnings("ignore::SyntaxWarning"),
]


@pytest.fixture(scope="module")
def dronekit() -> ModuleType:
    """Import dronekit, which still looks for names that left `collections` in Python 3.10."""
    for name in ("MutableMapping", "Mapping", "Callable"):
        if not hasattr(collections, name):
            setattr(collections, name, getattr(collections.abc, name))
    return pytest.importorskip("dronekit")


def wait_until(condition: Callable[[], Any], timeout_s: float = 40.0) -> None:
    deadline_s = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline_s
        time.sleep(0.02)


def test_dronekit_uploads_arms_flies_and_lands(dronekit: ModuleType, running_fleet: Any) -> None:
    from pymavlink import mavutil

    threads_before = set(threading.enumerate())
    fleet = running_fleet(1, speedup=10)
    vehicle = dronekit.connect(fleet.addresses[0], wait_ready=True, heartbeat_timeout=30, timeout=8)
    try:
        wait_until(lambda: vehicle.version.major == 4)
        assert vehicle.parameters["WPNAV_SPEED"] == 1000
        wait_until(lambda: vehicle.is_armable)
        vehicle.mode = dronekit.VehicleMode("GUIDED")
        wait_until(lambda: vehicle.mode.name == "GUIDED")
        vehicle.armed = True
        wait_until(lambda: vehicle.armed)
        vehicle.simple_takeoff(15)
        wait_until(lambda: vehicle.location.global_relative_frame.alt > 14)
        start = vehicle.location.global_relative_frame
        vehicle.simple_goto(dronekit.LocationGlobalRelative(start.lat + 0.0003, start.lon, 15))
        wait_until(lambda: vehicle.location.global_relative_frame.lat > start.lat + 0.00028)

        mission = vehicle.commands
        mission.download()
        mission.wait_ready()
        mission.clear()
        frame = mavutil.mavlink.MAV_FRAME_GLOBAL_RELATIVE_ALT
        for number, north, alt in (
            (mavutil.mavlink.MAV_CMD_NAV_TAKEOFF, 0.0, 15),
            (mavutil.mavlink.MAV_CMD_NAV_WAYPOINT, 0.0004, 15),
            (mavutil.mavlink.MAV_CMD_NAV_RETURN_TO_LAUNCH, 0.0, 0),
        ):
            mission.add(
                dronekit.Command(0, 0, 0, frame, number, 0, 1, 0, 0, 0, 0, start.lat + north, start.lon, alt)
            )
        mission.upload()
        vehicle.mode = dronekit.VehicleMode("AUTO")
        wait_until(lambda: vehicle.mode.name == "AUTO")
        wait_until(lambda: mission.next == 3)
        wait_until(lambda: not vehicle.armed)
        assert abs(vehicle.location.global_relative_frame.alt) < 0.3
    finally:
        vehicle.close()
        vehicle._handler.master.close()
    wait_until(lambda: not [t for t in set(threading.enumerate()) - threads_before if t.name != "fleet"], 10)
