"""Operations against what a real ArduCopter answered and then did: its recorded messages, played after each order."""

import asyncio
from pathlib import Path

import pytest

from geofence.latlon import LatLon
from telemetry.bus import Bus
from telemetry.clock import SystemClock
from telemetry.events import CommandAnswered, OperationEnded
from telemetry.operations.attitude_and_speed import ChangeSpeed, LookAt
from telemetry.operations.guided_flight import GoTo, TakeOff
from telemetry.operations.stopping import Abort, Continue, Land, Pause
from telemetry.vehicle.vehicle import Vehicle
from telemetry.wire.codec import decode
from telemetry.wire.tlog import TlogReader

FILE = Path(__file__).resolve().parents[4] / "shared" / "ardupilot" / "04-guided-and-mission-control.tlog"
COMMANDS = ("COMMAND_LONG", "COMMAND_INT")
TELLING = {193: "param1", 176: "param2", 22: "param7"}
"""Commands whose meaning is in a parameter."""

pytestmark = [
    pytest.mark.recorded,
    pytest.mark.skipif(not FILE.is_file(), reason="the recordings are not beside this repository"),
]


class RecordedCopter:
    """Answers an order as was recorded, and goes on as was recorded until the next one that did not follow at once."""

    AT_ONCE_S = 2.0

    def __init__(self):
        recorded = [(time_s, decode(frame)) for time_s, frame in TlogReader(FILE) if frame.definition]
        self.times_s = [time_s for time_s, _ in recorded]
        self.messages = [message for _, message in recorded]
        self.cursor, self.order, self.limit = 0, -1, 0
        self.vehicle = None
        self.playing = None

    def send(self, order):
        numbers = range(self.order + 1, len(self.messages))
        at = self.order = next(
            number
            for number in numbers
            if self._is_order(self.messages[number]) and self._key(self.messages[number]) == self._key(order)
        )
        answer = next(
            message
            for message in self.messages[at:]
            if message.name == "COMMAND_ACK" and message.command == order.command
        )
        asyncio.get_running_loop().call_soon(self.vehicle.handle_message, answer)
        self.limit = next(
            (
                number
                for number in range(at + 1, len(self.messages))
                if self._is_order(self.messages[number])
                and self.times_s[number] > self.times_s[at] + self.AT_ONCE_S
            ),
            len(self.messages),
        )
        self.play()

    def play(self):
        if self.playing is None or self.playing.done():
            self.playing = asyncio.create_task(self._play())

    async def _play(self):
        while self.cursor < self.limit:
            message = self.messages[self.cursor]
            self.cursor += 1
            if message.system_id == 1 and message.name != "COMMAND_ACK":
                self.vehicle.handle_message(message)
                await asyncio.sleep(0)

    @staticmethod
    def _is_order(message):
        return message.name in COMMANDS and message.system_id == 255 and message.command not in (511, 512)

    @staticmethod
    def _key(message):
        telling = TELLING.get(message.command)
        return message.name, message.command, telling and message.fields[telling]


async def test_what_a_real_one_did_proves_each_operation():
    copter = RecordedCopter()
    vehicle = copter.vehicle = Vehicle(
        "1-1", 1, 1, "recorded", send=copter.send, bus=Bus(), clock=SystemClock()
    )
    copter.limit = next(number for number, message in enumerate(copter.messages) if copter._is_order(message))
    copter.play()
    await copter.playing
    with vehicle.bus.subscribe() as events:
        async with asyncio.timeout(60):
            await TakeOff(vehicle, 30).perform()
            await GoTo(vehicle, LatLon(36.0938474, 103.708), 30).perform()
            await ChangeSpeed(vehicle, 3).perform()
            await GoTo(vehicle, LatLon(36.0933983, 103.708), 30).perform()
            # The recorded turn was broken off by the next order.
            await vehicle.command(115, 90, 20)
            await LookAt(vehicle, LatLon(36.0925, 103.7085558)).perform()
            await LookAt(vehicle, None).perform()
            await vehicle.set_mode("AUTO")
            await Pause(vehicle).perform()
            await Continue(vehicle).perform()
            await Abort(vehicle).perform()
            await Land(vehicle).perform()
        said = events.pending()
    await vehicle.close()
    ended = [event for event in said if isinstance(event, OperationEnded)]
    assert len(ended) == 10
    assert all(event.completed for event in ended), ended
    assert all(event.accepted for event in said if isinstance(event, CommandAnswered))
    assert not vehicle.state.is_armed
