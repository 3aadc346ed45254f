"""A recorded flight, and the same flown again: what the station said then, at the same times after power-on."""

import math
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from pymavlink import mavutil

from simulator.copters import Copters
from simulator.lock_step import LockStep
from simulator.protocol.channel import MessageReader

STATION_ID = 255
Place = tuple[float, float, float]
_M_PER_E7 = 0.0111318845
_HOME_E7 = (360925000, 1037080000)


@dataclass
class Flight:
    """What a vehicle showed of a flight, in seconds since power-on and metres from where it stood."""

    track: list[tuple[float, Place]] = field(default_factory=list)
    reached: list[tuple[float, int]] = field(default_factory=list)
    targets: list[tuple[float, Place]] = field(default_factory=list)
    """Of DO_REPOSITION."""
    armed_s: float = 0.0
    disarmed_s: float = 0.0
    consumed_mah: float = 0.0

    def note(self, message: Any, time_s: float) -> None:
        """Take in a message of the vehicle."""
        match message.get_type():
            case "GLOBAL_POSITION_INT" if message.lat:
                self.track.append((time_s, _place(message.lat, message.lon, message.relative_alt / 1e3)))
            case "MISSION_ITEM_REACHED":
                self.reached.append((time_s, message.seq))
            case "STATUSTEXT" if message.text == "Arming motors":
                self.armed_s = time_s
            case "STATUSTEXT" if message.text == "Disarming motors":
                self.disarmed_s = time_s
            case "BATTERY_STATUS":
                self.consumed_mah = message.current_consumed

    def note_target(self, message: Any, time_s: float) -> None:
        """Take in what the station said."""
        if message.get_type() == "COMMAND_INT" and message.command == 192:
            self.targets.append((time_s, _place(message.x, message.y, message.z)))

    def item_times_s(self) -> list[float]:
        """How long each item of the mission took, the first from arming on."""
        ends = [time_s for time_s, _ in self.reached]
        return [end_s - begun_s for begun_s, end_s in zip([self.armed_s, *ends], ends, strict=False)]

    def leg_times_s(self, within_m: float = 2.0) -> list[float]:
        """How long each reposition took until the vehicle was there; those that never were there are left out."""
        times = []
        ends = [*(time_s for time_s, _ in self.targets[1:]), math.inf]
        for (begun_s, target), end_s in zip(self.targets, ends, strict=False):
            there = [
                time_s
                for time_s, place in self.track
                if begun_s < time_s <= end_s + 3.0 and math.dist(place, target) < within_m
            ]
            if there:
                times.append(there[0] - begun_s)
        return times

    def off_track_rms_m(self, other: "Flight") -> float:
        """How far these places are from the other's track, wherever it was nearest within 15 s."""
        squares = []
        for time_s, place in self.track:
            if self.armed_s < time_s < self.disarmed_s:
                near = [each for at_s, each in other.track if abs(at_s - time_s) < 15.0]
                squares.append(min(_to_stretch_m(place, *pair) for pair in pairwise(near)) ** 2)
        return math.sqrt(sum(squares) / len(squares))


def _place(lat_e7: int, lon_e7: int, alt_rel_m: float) -> Place:
    scale = _M_PER_E7 * math.cos(math.radians(_HOME_E7[0] * 1e-7))
    return (lat_e7 - _HOME_E7[0]) * _M_PER_E7, (lon_e7 - _HOME_E7[1]) * scale, alt_rel_m


def _to_stretch_m(place: Place, begin: Place, end: Place) -> float:
    along = tuple(b - a for a, b in zip(begin, end, strict=True))
    length = sum(each * each for each in along)
    share = 0.0
    if length > 0.0:
        share = sum((p - a) * b for p, a, b in zip(place, begin, along, strict=True)) / length
    share = min(max(share, 0.0), 1.0)
    return math.dist(place, [a + share * b for a, b in zip(begin, along, strict=True)])


def read_and_fly_again(path: Path, seed: int = 4) -> tuple[Flight, Flight]:
    """Give the recorded flight and ours; the seed stands in for gusts that nobody recorded."""
    recorded, flown = Flight(), Flight()
    said: list[tuple[float, bytes, Any]] = []
    heard: list[tuple[float, Any]] = []
    boot_s = math.inf
    log = mavutil.mavlink_connection(str(path))
    while (message := log.recv_msg()) is not None:
        if message.get_srcSystem() == STATION_ID:
            said.append((message._timestamp, bytes(message.get_msgbuf()), message))
        else:
            heard.append((message._timestamp, message))
            boot_ms = getattr(message, "time_boot_ms", 0)
            if boot_ms:
                boot_s = min(boot_s, message._timestamp - boot_ms * 1e-3)
    log.close()
    for at_s, message in heard:
        recorded.note(message, at_s - boot_s)
    world = LockStep(Copters(1, seed=seed))
    reader = MessageReader()

    def hear(time_s: float, data: bytes) -> None:
        for message in reader.feed(data):
            flown.note(message, time_s)

    link = world.connect(hear)
    for at_s, frame, message in said:
        recorded.note_target(message, at_s - boot_s)
        flown.note_target(message, at_s - boot_s)
        link.send(frame, at_s - boot_s)
    world.run_until(recorded.disarmed_s + 30.0, lambda: flown.disarmed_s > 0.0)
    return recorded, flown
