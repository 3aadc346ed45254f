"""What a recording says was flown, read by pymavlink alone."""

import itertools
import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pymavlink import mavutil
from pymavlink.dialects.v20 import ardupilotmega as dialect

EARTH_RADIUS_M = 6_371_008.8
READ = ["GLOBAL_POSITION_INT", "HEARTBEAT", "STATUSTEXT"]


@dataclass(frozen=True, slots=True)
class Flown:
    """One flight, until the motors stopped; length along the ground, time by the vehicle's own clock.

    It counts from the start of the mission: from arming to there goes what a link takes, times the speed-up.
    """

    length_m: float
    duration_s: float


def flown_in(recordings: Iterable[Path], system_id: int) -> Flown:
    """Measure the only flight of a vehicle in recordings that follow one another."""
    track: list[tuple[float, float, float]] = []
    now_s = begun_s = ended_s = math.nan
    for path in recordings:
        recording = mavutil.mavlink_connection(str(path))
        while (message := recording.recv_match(type=READ)) is not None:
            if (message.get_srcSystem(), message.get_srcComponent()) != (system_id, 1):
                continue
            match message.get_type():
                case "GLOBAL_POSITION_INT":
                    now_s = message.time_boot_ms / 1000.0
                    track.append((now_s, message.lat / 1e7, message.lon / 1e7))
                case "STATUSTEXT" if message.text.startswith("Mission: 1 "):
                    assert math.isnan(begun_s), f"{path} holds two flights"
                    begun_s = now_s
                case "HEARTBEAT" if message.base_mode & dialect.MAV_MODE_FLAG_SAFETY_ARMED:
                    ended_s = now_s
        recording.close()
    flown = [place for place in track if begun_s <= place[0] <= ended_s]
    length_m = math.fsum(_apart_m(*a[1:], *b[1:]) for a, b in itertools.pairwise(flown))
    return Flown(length_m, ended_s - begun_s)


def _apart_m(lat_deg: float, lon_deg: float, to_lat_deg: float, to_lon_deg: float) -> float:
    lat, to_lat = math.radians(lat_deg), math.radians(to_lat_deg)
    half = math.sin((to_lat - lat) / 2) ** 2
    half += math.cos(lat) * math.cos(to_lat) * math.sin(math.radians(to_lon_deg - lon_deg) / 2) ** 2
    return 2.0 * EARTH_RADIUS_M * math.asin(math.sqrt(half))
