"""Links by hand: what is said over each, and what is heard on it."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from telemetry.bus import Bus
from telemetry.events import Event
from telemetry.network.bridged_link import BridgedLink
from telemetry.network.network import Network
from telemetry.vehicle.vehicle import Vehicle
from telemetry.wire.codec import Encoder, FrameScanner, decode
from telemetry.wire.message import Message
from telemetry.wire.signing import Verifier


@dataclass
class HandClock:
    now_s: float = 100.0

    def monotonic_s(self) -> float:
        return self.now_s

    def utc_s(self) -> float:
        return self.now_s


class Wire:
    """A link whose other end is held by the test."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.said: list[Message] = []
        self._scanner = FrameScanner()

    async def open(self) -> None: ...

    async def read(self) -> list[tuple[bytes, str]]:
        raise EOFError

    def write(self, data: bytes, peer: str = "") -> None:
        self.said += map(decode, self._scanner.feed(data))

    async def close(self) -> None: ...


@dataclass
class Station:
    """A network, with a vehicle's end of every link to it."""

    clock: HandClock = field(default_factory=HandClock)
    bus: Bus = field(default_factory=Bus)
    vehicles: list[Vehicle] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.network = Network("north", bus=self.bus, clock=self.clock, on_vehicle=self.vehicles.append)
        self.links: dict[str, BridgedLink] = {}
        self.wires: dict[str, Wire] = {}
        self._encoders: dict[str, Encoder] = {}
        self.events = self.bus.subscribe()

    def add(self, name: str, system_id: int = 1, verifier: Verifier | None = None) -> None:
        self.wires[name] = Wire(name)
        self.links[name] = BridgedLink(
            self.wires[name],
            self.network,
            bus=self.bus,
            clock=self.clock,
            recording=None,
            is_passive=False,
            verifier=verifier,
        )
        self._encoders[name] = Encoder(system_id, 1)

    def encode(self, name: str, message: Message) -> bytes:
        return self._encoders[name].encode(message)

    def hear(self, name: str, *messages: Message) -> None:
        """Let the vehicle say something over a link."""
        for message in messages:
            self.hear_bytes(name, self.encode(name, message))

    def hear_bytes(self, name: str, raw: bytes) -> None:
        self.links[name].receive([(raw, "")])

    def pass_time(self, seconds: float, every: Callable[[], None] = lambda: None) -> None:
        """Let the time pass in quarters of a second, as the bridge does."""
        for _ in range(round(seconds * 4)):
            self.clock.now_s += 0.25
            every()
            self.network.handle_timer(self.clock.now_s)

    def told(self, *kinds: type[Event]) -> list[Event]:
        return [event for event in self.events.pending() if isinstance(event, kinds)]

    def commands(self, name: str) -> list[Message]:
        """What the vehicle was told over a link, but for what is asked of it."""
        return [
            message
            for message in self.wires[name].said
            if message.name == "COMMAND_LONG" and message.command not in (511, 512)
        ]


def heartbeat(**fields: int) -> Message:
    return Message.new(
        "HEARTBEAT", **{"type": 2, "autopilot": 3, "system_status": 3, "mavlink_version": 3, **fields}
    )


def position(boot_s: float, lat_deg: float = 36.0925, lon_deg: float = 103.708) -> Message:
    return Message.new(
        "GLOBAL_POSITION_INT",
        time_boot_ms=round(boot_s * 1e3),
        lat=round(lat_deg * 1e7),
        lon=round(lon_deg * 1e7),
        relative_alt=round(boot_s * 1e3),
    )


@pytest.fixture
def station() -> Station:
    return Station()
