"""Whole transfers over bad links in simulated time: whatever is reported as on board, is on board.

The vehicle at the other end keeps lists as ArduCopter was recorded to do; some refuse an item, some keep an item wrongly, some fall silent.
"""

import asyncio
import random
from collections import Counter

import pytest

from simulator.simulated_time import SimulatedClock, run_simulated
from telemetry.links.address import Address
from telemetry.protocol.conversation import Conversation
from telemetry.protocol.mission_item_wire import WireItem
from telemetry.protocol.mission_transaction import MissionTransaction
from telemetry.protocol.mission_type import MissionType
from telemetry.refusal import TelemetryError
from tests.telemetry.protocol.conftest import ArduCopterStorage

VEHICLE = Address(1, 1)
SEEDS = 10_000
CHEAP = 250


class Storage(ArduCopterStorage):
    """Keeps rally points, too, as they are sent."""

    def _stored(self, item):
        return item if self.mission_type == MissionType.RALLY else super()._stored(item)


class Wire:
    """Loses, repeats and reorders what passes between a conversation of ours and a vehicle's storage."""

    def __init__(self, chance, storage):
        self.loop = asyncio.get_running_loop()
        self.chance = chance
        self.storage = storage
        self.loss = chance.choice([0.0, 0.05, 0.15, 0.3])
        self.duplication = chance.choice([0.0, 0.1, 0.3])
        self.spread_s = chance.choice([0.0, 0.05, 0.4])
        self.silent_from_s = chance.uniform(0.0, 5.0) if chance.random() < 0.08 else float("inf")
        self.conversation = Conversation(self.send, SimulatedClock(self.loop))
        self.timer = None

    def send(self, message):
        self.carry(lambda: self.hand_over(message))

    def carry(self, deliver):
        for _ in range(1 + (self.chance.random() < self.duplication)):
            if self.chance.random() >= self.loss and self.loop.time() < self.silent_from_s:
                self.loop.call_later(0.003 + self.spread_s * self.chance.random(), deliver)

    def hand_over(self, message):
        self.storage.receive_message(message, self.loop.time())
        self.flush()

    def flush(self):
        out, self.storage.out = self.storage.out, []
        for message in out:
            self.carry(lambda message=message: self.conversation.handle_message(message))
        if self.timer is not None:
            self.timer.cancel()
        due_s = self.storage.get_timer()
        self.timer = None if due_s is None else self.loop.call_at(due_s, self.tick)

    def tick(self):
        self.storage.handle_timer(self.loop.time())
        self.flush()


def items_for(chance, mission_type, most):
    """Give a list of the type."""
    if mission_type is MissionType.MISSION:
        commands = [16] + [chance.choice([16, 16, 16, 22, 20]) for _ in range(chance.randint(0, most))]
    elif mission_type is MissionType.RALLY:
        commands = [5100] * chance.randint(0, most)
    else:
        commands = [5003] * chance.randint(0, most)
    return [
        WireItem(
            seq,
            0 if mission_type is MissionType.FENCE else 3,
            command,
            (0.0 if command == 5100 else float(chance.randint(1, 90)), 0.0, 0.0, 0.0),
            x=chance.randint(360_000_000, 361_000_000),
            y=chance.randint(1_037_000_000, 1_038_000_000),
            z=0.0 if mission_type is MissionType.FENCE else float(chance.randint(10, 120)),
        )
        for seq, command in enumerate(commands)
    ]


def kept(storage, items):
    """Give what a vehicle that took a list right would hold, but for home."""
    stored = [storage._stored(item) for item in items]
    return stored[1:] if storage.mission_type == MissionType.MISSION else stored


def on_board(storage):
    return storage.items[1:] if storage.mission_type == MissionType.MISSION else storage.items


async def transfer(seed):
    """Upload a list in the place of another; gives what became of it, having judged that by what is on board."""
    chance = random.Random(seed)
    mission_type = chance.choice(
        [MissionType.MISSION, MissionType.MISSION, MissionType.FENCE, MissionType.RALLY]
    )
    former, wanted = items_for(chance, mission_type, 8), items_for(chance, mission_type, 14)
    storage = Storage(int(mission_type))
    storage.items = [storage._stored(item) for item in former]
    bad = chance.randint(0, 14) if chance.random() < 0.2 else None
    if bad is not None:
        # What was on board before is not refused when it is put back.
        storage.refuse = lambda item: 5 if item.seq == bad and item not in former else 0
    garbled = chance.randint(1, 14) if chance.random() < 0.15 else None
    lapses = chance.choice([1, 2, 99])

    def corrupt(item):
        nonlocal lapses
        if item.seq != garbled or lapses == 0 or not item.x:
            return item
        lapses -= 1
        return WireItem(item.seq, item.frame, item.command, item.params, item.x + 1000, item.y, item.z)

    storage.corrupt = corrupt
    wire = Wire(chance, storage)
    transaction = MissionTransaction(wire.conversation, VEHICLE, mission_type)
    try:
        async with asyncio.timeout(3600):
            await transaction.upload(wanted)
    except TelemetryError as failure:
        said = str(failure)
        if "on board again" in said or "still on board" in said:
            assert on_board(storage) == kept(storage, former), (seed, said)
            return "restored"
        if "there is none on board" in said:
            assert storage.items == [], (seed, said)
            return "emptied"
        return "unknown"
    assert on_board(storage) == kept(storage, wanted), seed
    # Who reads it later reads the same.
    if wire.silent_from_s == float("inf"):
        try:
            read = await transaction.download()
        except TelemetryError:
            return "uploaded, unread"
        held = [item for item in read if item.seq or mission_type is not MissionType.MISSION]
        assert [(item.command, item.x, item.y) for item in held] == [
            (item.command, item.x, item.y) for item in on_board(storage)
        ], seed
    return "uploaded"


def campaign(seeds):
    async def run_all():
        return Counter([await transfer(seed) for seed in seeds])

    return run_simulated(run_all())


def test_a_share_of_the_campaign():
    ends = campaign(range(CHEAP))
    assert ends["uploaded"] > 0.5 * CHEAP
    assert ends["restored"] > 0.05 * CHEAP


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_ten_thousand_transfers_never_report_a_wrong_list_as_right():
    ends = campaign(range(SEEDS))
    print(dict(ends))
    assert ends.total() == SEEDS
    assert ends["uploaded"] > 0.5 * SEEDS
