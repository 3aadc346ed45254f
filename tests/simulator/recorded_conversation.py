"""A recorded conversation of a ground station with a real ArduCopter, and the same one with the simulator."""

from __future__ import annotations

import bisect
import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulator.copter import Copter
from simulator.home import Home
from simulator.protocol.channel import Channel, MessageReader

STEP_S = 0.02
LOOP_S = 0.0025
"""The real autopilot's loop; no step is shorter."""
PAD = Home(36.0925, 103.7080, 1520.09, 0.0)
"""Where the recorded vehicles stood, as they told it themselves."""
PATIENCE_S = 60.0
"""A station that waited for the vehicle to disarm waits so much longer for the simulated one."""

ANSWERS = frozenset(
    {
        "COMMAND_ACK",
        "MISSION_REQUEST",
        "MISSION_REQUEST_INT",
        "MISSION_ACK",
        "MISSION_COUNT",
        "MISSION_ITEM",
        "MISSION_ITEM_INT",
        "TIMESYNC",
        "PING",
        "AUTOPILOT_VERSION",
        "MESSAGE_INTERVAL",
        "FILE_TRANSFER_PROTOCOL",
    }
)
STATES = frozenset(
    {
        "HEARTBEAT",
        "MISSION_CURRENT",
        "MISSION_ITEM_REACHED",
        "FENCE_STATUS",
        "HOME_POSITION",
        "GPS_GLOBAL_ORIGIN",
        "EXTENDED_SYS_STATE",
    }
)
REPEATED = frozenset({"HEARTBEAT", "MISSION_CURRENT", "FENCE_STATUS", "EXTENDED_SYS_STATE"})
"""Told once a second; only what changes counts."""
UNCOMPARED_FIELDS = frozenset({"time_usec", "time_boot_ms", "breach_time", "tc1", "q", "mavpackettype"})
"""Moments, which the simulator has its own of; and what is NaN throughout."""
TOLERANCES: dict[tuple[str, str], float] = {
    ("HOME_POSITION", "latitude"): 50,
    ("HOME_POSITION", "longitude"): 50,
    ("HOME_POSITION", "altitude"): 100,
    ("HOME_POSITION", "x"): 0.5,
    ("HOME_POSITION", "y"): 0.5,
    ("HOME_POSITION", "z"): 0.1,
    ("MISSION_ITEM_INT", "x"): 50,
    ("MISSION_ITEM_INT", "y"): 50,
    ("MISSION_ITEM_INT", "z"): 0.1,
}
"""By how much a measured number may differ: half a metre on the ground."""
MEASURED_PARAMETERS = {
    "STAT_FLTTIME": 3.0,
    "STAT_RUNTIME": 3.0,
    "BARO1_GND_PRESS": 5.0,
    "BARO2_GND_PRESS": 5.0,
    "MOT_THST_HOVER": 0.03,
}
MEASURING_TEXT = re.compile(r"SIM Hit ground|Battery \d is")
NUMBER = re.compile(r"\d+\.\d+|\d+(?= mAh)")
TEXT_TOLERANCE = 0.15


@dataclass(frozen=True, slots=True)
class Said:
    """One thing a vehicle said, at its own time since power-on."""

    at_s: float
    kind: str
    fields: dict[str, Any]

    def __str__(self) -> str:
        told = " ".join(f"{name}={value}" for name, value in self.fields.items())
        return f"{self.kind} {told}"

    def equals(self, other: Said) -> bool:
        """Whether a ground station would take both for the same."""
        if self.kind != other.kind or self.fields.keys() != other.fields.keys():
            return False
        if self.kind == "STATUSTEXT" and MEASURING_TEXT.search(self.fields["text"]):
            return self.fields["severity"] == other.fields["severity"] and _same_measure(
                self.fields["text"], other.fields["text"]
            )
        return all(
            _same(value, other.fields[name], self._tolerance(name)) for name, value in self.fields.items()
        )

    def _tolerance(self, name: str) -> float:
        if self.kind == "PARAM_VALUE" and name == "param_value":
            least = MEASURED_PARAMETERS.get(self.fields["param_id"], 0.0)
            return max(least, abs(self.fields["param_value"]) * 1e-6)
        if self.kind == "streamed":
            return max(2.0, 0.03 * abs(self.fields["count"])) if name == "count" else 0.0
        return TOLERANCES.get((self.kind, name), 0.0)


def _same(one: Any, other: Any, tolerance: float) -> bool:
    if isinstance(one, float | int) and isinstance(other, float | int):
        if math.isnan(one) or math.isnan(other):
            return math.isnan(one) and math.isnan(other)
        return abs(one - other) <= tolerance
    return bool(one == other)


def _same_measure(one: str, other: str) -> bool:
    if NUMBER.sub("#", one) != NUMBER.sub("#", other):
        return False
    pairs = zip(NUMBER.findall(one), NUMBER.findall(other), strict=True)
    return all(math.isclose(float(a), float(b), rel_tol=TEXT_TOLERANCE) for a, b in pairs)


@dataclass(frozen=True, slots=True)
class Difference:
    """What was recorded beside what the simulator said; one of them may be missing."""

    recorded: Said | None
    simulated: Said | None

    def __str__(self) -> str:
        parts = []
        if self.recorded is not None:
            parts.append(f"recorded {self.recorded} (at {self.recorded.at_s:.1f} s)")
        if self.simulated is not None:
            parts.append(f"simulated {self.simulated} (at {self.simulated.at_s:.1f} s)")
        return "; ".join(parts)


@dataclass(frozen=True, slots=True)
class Comparison:
    """How many things were said alike, and what was not."""

    equal: int
    differences: tuple[Difference, ...]

    @property
    def share(self) -> float:
        """0 to 1."""
        return self.equal / (self.equal + len(self.differences))


class Recording:
    """A .tlog of both directions, by the vehicle's time since power-on."""

    def __init__(self, path: Path, *, vehicle: int = 1) -> None:
        reader = MessageReader()
        self.from_vehicle: list[tuple[float, Any]] = []
        self.to_vehicle: list[tuple[float, Any]] = []
        received: list[tuple[float, Any]] = [
            (at_s, message) for at_s, frame in _frames(path.read_bytes()) for message in reader.feed(frame)
        ]
        clock = [
            (at_s, message.time_boot_ms * 1e-3)
            for at_s, message in received
            if message.get_srcSystem() == vehicle
            and hasattr(message, "time_boot_ms")
            and message.time_boot_ms
        ]
        heard_s = [at_s for at_s, _ in clock]
        for at_s, message in received:
            at, boot_s = clock[max(bisect.bisect_right(heard_s, at_s) - 1, 0)]
            said_s = max(boot_s + at_s - at, 0.0)
            (self.from_vehicle if message.get_srcSystem() == vehicle else self.to_vehicle).append(
                (said_s, message)
            )
        self.end_s = max(said_s for said_s, _ in self.from_vehicle)

    def said(self) -> list[Said]:
        """What the vehicle said that counts."""
        return list(_said(self.from_vehicle, self.end_s))

    def replay(self) -> list[Said]:
        """Say the station's half to a simulated vehicle just switched on; give what that says."""
        copter = Copter(1, PAD)
        reader = MessageReader()
        heard: list[tuple[float, Any]] = []

        def hear(data: bytes) -> None:
            heard.extend((copter.autopilot.now_s, message) for message in reader.feed(data))

        channel = Channel(hear)
        copter.attach(channel)
        disarmed_s = [at_s for at_s, message in self.from_vehicle if _is_landing(message)]
        late_s = 0.0

        def step(limit_s: float = STEP_S) -> None:
            copter.step(min(STEP_S, max(limit_s, LOOP_S)))
            copter.flush()

        for at_s, message in self.to_vehicle:
            while copter.autopilot.now_s < at_s + late_s:
                step(at_s + late_s - copter.autopilot.now_s)
            if message.get_type() != "HEARTBEAT":
                landings = bisect.bisect_right(disarmed_s, at_s)
                begin_s = copter.autopilot.now_s
                while _landings(heard) < landings and copter.autopilot.now_s - begin_s < PATIENCE_S:
                    step()
                late_s += copter.autopilot.now_s - begin_s
            copter.handle_message(message, channel)
            copter.flush()
        while copter.autopilot.now_s < self.end_s + late_s or (
            _landings(heard) < len(disarmed_s) and copter.autopilot.now_s < self.end_s + late_s + PATIENCE_S
        ):
            step()
        return list(_said(heard, self.end_s + late_s))


def _is_landing(message: Any) -> bool:
    return bool(message.get_type() == "STATUSTEXT" and message.text == "Disarming motors")


def _landings(heard: list[tuple[float, Any]]) -> int:
    return sum(_is_landing(message) for _, message in heard)


def compare(recorded: list[Said], simulated: list[Said]) -> Comparison:
    """Compare direct answers in order; in an order of its own each kind of what comes unasked."""
    equal = 0
    differences: list[Difference] = []
    for group in sorted({_group(said) for said in (*recorded, *simulated)}):
        halves = ([said for said in half if _group(said) == group] for half in (recorded, simulated))
        for one, other in _aligned(*halves):
            if one is not None and other is not None and one.equals(other):
                equal += 1
            else:
                differences.append(Difference(one, other))
    return Comparison(equal, tuple(differences))


def _group(said: Said) -> str:
    return "answers" if said.kind in ANSWERS else said.kind


def _aligned(recorded: list[Said], simulated: list[Said]) -> Iterator[tuple[Said | None, Said | None]]:
    """Pair up along the longest common sequence; between its parts, like kinds are paired in order."""
    rows, columns = len(recorded), len(simulated)
    best = [[0] * (columns + 1) for _ in range(rows + 1)]
    for row in range(rows - 1, -1, -1):
        for column in range(columns - 1, -1, -1):
            best[row][column] = (
                best[row + 1][column + 1] + 1
                if recorded[row].equals(simulated[column])
                else max(best[row + 1][column], best[row][column + 1])
            )
    row = column = 0
    left: list[Said] = []
    right: list[Said] = []
    while row < rows and column < columns:
        if recorded[row].equals(simulated[column]):
            yield from _paired(left, right)
            left, right = [], []
            yield recorded[row], simulated[column]
            row, column = row + 1, column + 1
        elif best[row + 1][column] >= best[row][column + 1]:
            left.append(recorded[row])
            row += 1
        else:
            right.append(simulated[column])
            column += 1
    yield from _paired([*left, *recorded[row:]], [*right, *simulated[column:]])


def _paired(recorded: list[Said], simulated: list[Said]) -> Iterator[tuple[Said | None, Said | None]]:
    rest = list(simulated)
    for one in recorded:
        other = next((said for said in rest if _is_alike(one, said)), None)
        if other is not None:
            rest.remove(other)
        yield one, other
    yield from ((None, other) for other in rest)


def _is_alike(one: Said, other: Said) -> bool:
    names = ("param_id", "command", "name", "text")
    return one.kind == other.kind and all(one.fields.get(name) == other.fields.get(name) for name in names)


def _said(messages: list[tuple[float, Any]], end_s: float) -> Iterator[Said]:
    last: dict[str, dict[str, Any]] = {}
    streamed: Counter[str] = Counter()
    listed: dict[str, float] = {}
    for at_s, message in messages:
        kind = message.get_type()
        fields = {name: value for name, value in message.to_dict().items() if name not in UNCOMPARED_FIELDS}
        if kind == "PARAM_VALUE" and message.param_index != 65535:
            listed[message.param_id] = message.param_value
        elif kind == "TIMESYNC" and message.tc1 == 0:
            streamed[kind] += at_s <= end_s
        elif kind in REPEATED:
            streamed[kind] += at_s <= end_s
            if last.get(kind) != fields:
                last[kind] = fields
                yield Said(at_s, kind, fields)
        elif kind in ANSWERS or kind in STATES or kind in ("STATUSTEXT", "PARAM_VALUE"):
            yield Said(at_s, kind, fields)
        else:
            streamed[kind] += at_s <= end_s
    for kind, count in sorted(streamed.items()):
        yield Said(math.inf, "streamed", {"name": kind, "count": count})
    if listed:
        yield Said(math.inf, "parameter list", listed)


def _frames(log: bytes) -> Iterator[tuple[float, bytes]]:
    position = 0
    while position + 11 <= len(log):
        stamp_us = int.from_bytes(log[position : position + 8], "big")
        start, length, flags = log[position + 8 : position + 11]
        assert start == 0xFD, f"no MAVLink 2 frame at byte {position}"
        size = 12 + length + (13 if flags & 1 else 0)
        yield stamp_us * 1e-6, log[position + 8 : position + 8 + size]
        position += 8 + size
