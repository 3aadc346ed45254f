"""A vehicle of ours and a simulated copter in memory, with a bad link between."""

import asyncio
import random
from collections.abc import Callable, Sequence

from pymavlink.dialects.v20 import ardupilotmega as dialect

from simulator.copter import Copter
from simulator.home import DEFAULT_HOME
from simulator.network.carrier import Carrier, LinkCondition, frames_of
from simulator.protocol.channel import Channel, MessageReader
from simulator.protocol.mission_item import MissionItem
from simulator.simulated_time import SimulatedClock
from telemetry.bus import Bus
from telemetry.links.address import GROUND_STATION
from telemetry.protocol.mission_item_wire import WireItem
from telemetry.vehicle.vehicle import Vehicle
from telemetry.wire.codec import Encoder, FrameScanner, decode
from telemetry.wire.message import Message

STEP_S = 0.1


class LossyLink:
    """Carries frames both ways; must be made inside a running loop.

    Parameters
    ----------
    seed : int
    loss : float
        Share of frames that never arrive, each way.
    round_trip_s : float
    jitter_s : float
        Added to a frame's way at random, so that frames overtake each other.
    is_heard : callable, optional
        Whether a message of ours is carried at all.

    Attributes
    ----------
    vehicle : Vehicle
    copter : Copter
    """

    def __init__(
        self,
        seed: int,
        *,
        loss: float = 0.0,
        round_trip_s: float = 0.0,
        jitter_s: float = 0.0,
        is_heard: Callable[[Message], bool] = lambda _: True,
    ) -> None:
        loop = asyncio.get_running_loop()
        self._carrier = Carrier(
            loop.call_later,
            random.Random(seed),
            LinkCondition(loss=loss, latency_s=round_trip_s / 2.0, jitter_s=jitter_s),
        )
        self._is_heard = is_heard
        self._encoder = Encoder(*GROUND_STATION)
        self._reader = MessageReader()
        self._scanner = FrameScanner()
        self.copter = Copter(1, DEFAULT_HOME, is_quick_boot=True)
        self._channel = Channel(self._take)
        self.copter.attach(self._channel)
        clock = SimulatedClock(loop)
        self.vehicle = Vehicle("1-1", 1, 1, "memory", send=self._send, bus=Bus(), clock=clock)
        self._stepping = asyncio.create_task(self._step())

    def put_on_board(self, items: Sequence[WireItem]) -> None:
        """Let the copter have a mission from before."""
        for item in items:
            kept = MissionItem(item.seq, item.frame, item.command, *item.params, item.x, item.y, item.z)
            self.copter.mission.put(item.seq, kept)

    async def open(self) -> None:
        """Wait until the vehicle has told what it can, and that it has files."""
        version = self.copter.streams.messages.build(dialect.MAVLINK_MSG_ID_AUTOPILOT_VERSION)
        while not any(map(str.isdigit, self.vehicle.state.autopilot)):
            self._channel.send(version)
            await asyncio.sleep(1.0)

    async def close(self) -> None:
        """Stop the copter's time."""
        self._stepping.cancel()
        await asyncio.gather(self._stepping, return_exceptions=True)
        await self.vehicle.close()

    async def _step(self) -> None:
        while True:
            self.copter.step(STEP_S)
            self.copter.flush()
            await asyncio.sleep(STEP_S)

    @property
    def frames(self) -> int:
        """How many were sent, both ways."""
        return self._carrier.carried

    def _send(self, message: Message) -> None:
        if self._is_heard(message):
            self._carrier.carry_frame(self._encoder.encode(message), self._hand_over)

    def _hand_over(self, data: bytes) -> None:
        for message in self._reader.feed(data):
            self.copter.handle_message(message, self._channel)
        self.copter.flush()

    def _take(self, data: bytes) -> None:
        for frame in frames_of(data):
            self._carrier.carry_frame(frame, self._deliver)

    def _deliver(self, data: bytes) -> None:
        for frame in self._scanner.feed(data):
            self.vehicle.handle_message(decode(frame))
