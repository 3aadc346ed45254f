"""What a recording says was flown, read by pymavlink alone."""

import itertools
import math
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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


def flown_in(records: Path) -> dict[int, Flown]:
    """Measure the only flight of each vehicle, by system id, from the recordings of all links of a run."""
    logs: dict[int, _Log] = defaultdict(_Log)
    for path in sorted(records.glob("2*/*.tlog")):
        recording = mavutil.mavlink_connection(str(path))
        while (message := recording.recv_match(type=READ)) is not None:
            if message.get_srcComponent() == 1:
                logs[message.get_srcSystem()].take_in(message)
        recording.close()
    return {system_id: log.flown for system_id, log in logs.items()}


class _Log:
    def __init__(self) -> None:
        self._track: list[tuple[float, float, float]] = []
        self._now_s = self._begun_s = self._ended_s = math.nan

    def take_in(self, message: Any) -> None:
        match message.get_type():
            case "GLOBAL_POSITION_INT":
                self._now_s = message.time_boot_ms / 1000.0
                self._track.append((self._now_s, message.lat / 1e7, message.lon / 1e7))
            case "STATUSTEXT" if message.text.startswith("Mission: 1 "):
                assert math.isnan(self._begun_s), "there are two flights"
                self._begun_s = self._now_s
            case "HEARTBEAT" if message.base_mode & dialect.MAV_MODE_FLAG_SAFETY_ARMED:
                self._ended_s = self._now_s

    @property
    def flown(self) -> Flown:
        flown = [place for place in self._track if self._begun_s <= place[0] <= self._ended_s]
        length_m = math.fsum(_apart_m(*a[1:], *b[1:]) for a, b in itertools.pairwise(flown))
        return Flown(length_m, self._ended_s - self._begun_s)


def _apart_m(lat_deg: float, lon_deg: float, to_lat_deg: float, to_lon_deg: float) -> float:
    lat, to_lat = math.radians(lat_deg), math.radians(to_lat_deg)
    half = math.sin((to_lat - lat) / 2) ** 2
    half += math.cos(lat) * math.cos(to_lat) * math.sin(math.radians(to_lon_deg - lon_deg) / 2) ** 2
    return 2.0 * EARTH_RADIUS_M * math.asin(math.sqrt(half))
