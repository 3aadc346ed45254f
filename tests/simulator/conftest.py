import asyncio
import contextlib
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pymavlink.dialects.v20 import ardupilotmega as dialect

from simulator.copter import Copter
from simulator.fleet import SimulatorFleet
from simulator.home import DEFAULT_HOME, Home
from simulator.protocol.channel import Channel, MessageReader

STEP_S = 0.02


class Station:
    """A ground station in lock-step with one vehicle, without sockets; keeps all it hears with the time."""

    def __init__(self, copter: Copter, system_id: int = 255, channel: Channel | None = None) -> None:
        self.copter = copter
        self.system_id = system_id
        self._packer = dialect.MAVLink(None, system_id, 190)
        self._to_copter = MessageReader()
        self._from_copter = MessageReader()
        self.heard: list[tuple[float, Any]] = []
        self._shared = channel is not None
        self.channel = channel or Channel(self._hear)
        if channel is None:
            copter.attach(self.channel)

    def _hear(self, data: bytes) -> None:
        self.heard.extend((self.copter.autopilot.now_s, message) for message in self._from_copter.feed(data))

    def send(self, message: Any) -> list[Any]:
        """Send, and return what comes back at once."""
        before = len(self.heard)
        for received in self._to_copter.feed(message.pack(self._packer)):
            self.copter.handle_message(received, self.channel)
        self.copter.flush()
        return [message for _, message in self.heard[before:]]

    def send_bytes(self, data: bytes) -> None:
        for received in self._to_copter.feed(data):
            self.copter.handle_message(received, self.channel)
        self.copter.flush()

    def command(self, number: int, *params: float) -> int:
        """Send COMMAND_LONG; return the result."""
        filled = [*params, *[0.0] * (7 - len(params))]
        answers = self.send(dialect.MAVLink_command_long_message(1, 1, number, 0, *filled))
        return next(m.result for m in answers if m.get_type() == "COMMAND_ACK" and m.command == number)

    def command_int(self, number: int, *params: float, x: int, y: int, z: float, frame: int = 3) -> int:
        filled = [*params, *[0.0] * (4 - len(params))]
        answers = self.send(dialect.MAVLink_command_int_message(1, 1, frame, number, 0, 0, *filled, x, y, z))
        return next(m.result for m in answers if m.get_type() == "COMMAND_ACK" and m.command == number)

    def run(self, seconds: float) -> None:
        for _ in range(round(seconds / STEP_S)):
            self.copter.step(STEP_S)
            self.copter.flush()

    def run_until(self, condition: Callable[[], bool], limit_s: float) -> float:
        """Step until the condition holds; return how long it took."""
        start_s = self.now_s
        while not condition():
            assert self.now_s - start_s < limit_s, f"not within {limit_s} s; texts: {self.texts[-8:]}"
            self.copter.step(STEP_S)
            self.copter.flush()
        return self.now_s - start_s

    @property
    def now_s(self) -> float:
        return self.copter.autopilot.now_s

    @property
    def texts(self) -> list[tuple[int, str]]:
        return [(m.severity, m.text) for _, m in self.heard if m.get_type() == "STATUSTEXT"]

    def messages(self, name: str) -> list[Any]:
        return [m for _, m in self.heard if m.get_type() == name]

    def parameter(self, name: str, value: float) -> None:
        answers = self.send(
            dialect.MAVLink_param_set_message(1, 1, name.encode(), value, dialect.MAV_PARAM_TYPE_REAL32)
        )
        assert any(m.get_type() == "PARAM_VALUE" and m.param_id == name for m in answers)

    def item(
        self,
        seq: int,
        command: int,
        *params: float,
        x: int = 0,
        y: int = 0,
        z: float = 0.0,
        frame: int = 3,
        kind: int = 0,
    ) -> list[Any]:
        """Send one MISSION_ITEM_INT."""
        filled = [*params, *[0.0] * (4 - len(params))]
        return self.send(
            dialect.MAVLink_mission_item_int_message(1, 1, seq, frame, command, 0, 1, *filled, x, y, z, kind)
        )

    def count(self, count: int, kind: int = 0) -> list[Any]:
        return self.send(dialect.MAVLink_mission_count_message(1, 1, count, kind))

    def upload(self, items: list[dict[str, Any]], kind: int = 0) -> int:
        """Send a whole list; return the result of the acknowledgement."""
        answers = self.count(len(items), kind)
        for seq, item in enumerate(items):
            if not any(m.get_type() == "MISSION_REQUEST" for m in answers):
                break
            rest = dict(item)
            params = rest.pop("params", ())
            answers = self.item(seq, rest.pop("command"), *params, kind=kind, **rest)
        return next(m.type for m in answers if m.get_type() == "MISSION_ACK")

    def download(self, kind: int = 0) -> list[Any]:
        answers = self.send(dialect.MAVLink_mission_request_list_message(1, 1, kind))
        total = next(m.count for m in answers if m.get_type() == "MISSION_COUNT")
        items = []
        for seq in range(total):
            answers = self.send(dialect.MAVLink_mission_request_int_message(1, 1, seq, kind))
            items.append(next(m for m in answers if m.get_type() == "MISSION_ITEM_INT"))
        return items

    def start_mission(self, mission: Iterable[Any], *, shift_e7: tuple[int, int] = (0, 0)) -> float:
        """Upload items that a planner made, arm, and start them in AUTO; return when it was armed."""
        items: list[dict[str, Any]] = [
            {"command": 16, "frame": 0, "x": 360925000, "y": 1037080000, "z": 1520.0},
        ]
        for item in mission:
            wire = {
                "command": int(item.command),
                "frame": int(item.frame),
                "z": item.alt_m,
                "params": item.params,
            }
            if item.position is not None:
                wire["x"] = round(1e7 * item.position.lat_deg) + shift_e7[0]
                wire["y"] = round(1e7 * item.position.lon_deg) + shift_e7[1]
            items.append(wire)
        assert self.upload(items) == 0
        self.arm_guided()
        armed_s = self.now_s
        assert self.command(dialect.MAV_CMD_DO_SET_MODE, 1, 3) == 0
        self.run(STEP_S)
        assert self.command(dialect.MAV_CMD_MISSION_START) == 0
        return armed_s

    def arm_guided(self) -> None:
        assert self.command(dialect.MAV_CMD_DO_SET_MODE, 1, 4) == 0
        assert self.command(dialect.MAV_CMD_COMPONENT_ARM_DISARM, 1) == 0

    def take_off(self, alt_rel_m: float) -> None:
        self.arm_guided()
        assert self.command(dialect.MAV_CMD_NAV_TAKEOFF, 0, 0, 0, 0, 0, 0, alt_rel_m) == 0
        self.run_until(lambda: self.copter.autopilot.alt_rel_m > alt_rel_m - 0.5, 120)


@pytest.fixture
def station() -> Station:
    """Give a station with a vehicle that is ready to arm."""
    made = Station(Copter(1, DEFAULT_HOME, is_quick_boot=True))
    made.run(2)
    return made


@pytest.fixture
def cold_station() -> Station:
    """Give a station with a vehicle just switched on."""
    return Station(Copter(1, DEFAULT_HOME))


@pytest.fixture
def make_station() -> Callable[..., Station]:
    def make(*, home: Home = DEFAULT_HOME, **options: Any) -> Station:
        made = Station(Copter(1, home, is_quick_boot=True, **options))
        made.run(2)
        return made

    return make


class FleetThread:
    """A fleet in an event loop of its own, for scripts that block."""

    def __init__(self, fleet: SimulatorFleet) -> None:
        self.fleet = fleet
        self.addresses: list[str] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="fleet")

    def start(self) -> None:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self.fleet.start(), self._loop).result(10)
        self.addresses = self.fleet.addresses

    def stop(self) -> None:
        try:
            asyncio.run_coroutine_threadsafe(self.fleet.stop(), self._loop).result(10)
        finally:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(10)
            self._loop.close()
        assert not self._thread.is_alive()


@pytest.fixture
def running_fleet() -> Iterator[Callable[..., FleetThread]]:
    with contextlib.ExitStack() as stack:

        def run(count: int = 1, **options: Any) -> FleetThread:
            options.setdefault("port", 0)
            options.setdefault("quick_boot", True)
            thread = FleetThread(SimulatorFleet(count, **options))
            thread.start()
            stack.callback(thread.stop)
            return thread

        yield run


@pytest.fixture
def recordings() -> Path:
    folder = Path(__file__).parents[3] / "shared" / "ardupilot"
    if not folder.is_dir():
        pytest.skip(f"no recordings of a real ArduCopter at {folder}")
    return folder
