"""Two ends of a wire in memory: a machine of ours, an autopilot that answers as the recordings show, and bad weather between."""

import heapq
import itertools
import random
from dataclasses import replace

import pytest

from telemetry.address import Address
from telemetry.message import Message
from telemetry.mission_item_wire import WireItem

VEHICLE = Address(1, 1)
OURS = (255, 190)


class ArduCopterStorage:
    """The item list of one MAV_MISSION_TYPE, as ArduCopter 4.6.2 SITL answers (recordings 02 and 03)."""

    REPEAT_S = 1.0
    PATIENCE_S = 8.0

    def __init__(self, mission_type=0, capacity=650, refuse=None):
        self.mission_type = mission_type
        self.capacity = capacity
        self.items = []
        self.home = WireItem(0, 0, 16, x=360925000, y=1037080000, z=1520.09)
        self.refuse = refuse or (lambda item: 0)
        self.out = []
        self.expected = None
        self.count = 0
        self.pending = []
        self.asked_s = self.heard_s = 0.0
        self.corrupt = lambda item: item

    def _send(self, name, **fields):
        self.out.append(
            Message.new(
                name,
                target_system=OURS[0],
                target_component=OURS[1],
                mission_type=self.mission_type,
                **fields,
            )
        )

    def _ack(self, result):
        self._send("MISSION_ACK", type=result)

    def get_timer(self):
        return (
            None
            if self.expected is None
            else min(self.asked_s + self.REPEAT_S, self.heard_s + self.PATIENCE_S)
        )

    def handle_timer(self, now_s):
        if self.expected is None:
            return
        if now_s >= self.heard_s + self.PATIENCE_S:
            self.expected = None
            self._ack(15)
        elif now_s >= self.asked_s + self.REPEAT_S:
            self._ask(now_s)

    def _ask(self, now_s):
        self.asked_s = now_s
        self._send("MISSION_REQUEST", seq=self.expected)

    def receive_message(self, message, now_s):
        if message.fields.get("mission_type") != self.mission_type:
            return
        match message.name:
            case "MISSION_COUNT":
                if message.count > self.capacity:
                    self._ack(4)
                    return
                self.heard_s = now_s
                self.count = message.count
                self.pending = []
                if self.mission_type != 1:
                    del self.items[self.count :]
                if self.count == 0:
                    self.items = []
                    self.expected = None
                    self._ack(0)
                else:
                    self.expected = 0
                    self._ask(now_s)
            case "MISSION_ITEM_INT":
                self._receive_item(WireItem.from_message(message), now_s)
            case "MISSION_REQUEST_LIST":
                if self.expected is not None:
                    self._ack(14)
                else:
                    self._send("MISSION_COUNT", count=len(self.items))
            case "MISSION_REQUEST_INT":
                if self.expected is not None:
                    self._ack(14)
                elif message.fields["seq"] >= len(self.items):
                    self._ack(1)
                else:
                    item = self.items[message.fields["seq"]]
                    if self.mission_type == 0 and item.seq == 0:
                        item = self.home
                    self.out.append(self._message_of(item))
            case "MISSION_CLEAR_ALL":
                self.items = []
                self._ack(0)

    def _message_of(self, item):
        message = item.to_message(Address(*OURS), self.mission_type)
        return message

    def _receive_item(self, item, now_s):
        if self.expected is None:
            self._ack(1)
            return
        if item.seq != self.expected:
            self._ack(13)
            return
        refusal = self.refuse(item)
        if refusal and self.mission_type != 1:
            self.expected = None
            self._ack(refusal)
            return
        self.heard_s = now_s
        stored = self.corrupt(self._stored(item))
        if self.mission_type == 1:
            self.pending.append(stored)
        elif item.seq < len(self.items):
            self.items[item.seq] = stored
        else:
            self.items.append(stored)
        self.expected += 1
        if self.expected < self.count:
            self._ask(now_s)
            return
        self.expected = None
        if self.mission_type == 1:
            if any(self.refuse(kept) for kept in self.pending):
                self._ack(1)
                return
            self.items = self.pending
        self._ack(0)

    def _stored(self, item):
        if self.mission_type == 1:
            return replace(item, frame=0, autocontinue=False)
        has_place = item.command in (16, 17, 18, 19, 21, 22, 82, 195, 201)
        z = int(item.z * 100) / 100 if has_place else 0.0
        frame = item.frame if has_place else 0
        params = {
            22: (0.0, 0.0, 0.0, 0.0),
            16: (float(int(item.params[0])), 0.0, 0.0, 0.0),
            20: (0.0, 0.0, 0.0, 0.0),
        }.get(item.command, item.params)
        x, y = (item.x, item.y) if has_place else (0, 0)
        return replace(item, frame=frame, params=params, x=x, y=y, z=z)


class Weather:
    """A wire that loses, repeats and reorders, in time of its own; carries on until nothing is under way."""

    def __init__(self, seed=0, loss=0.0, duplication=0.0, delay_s=0.003, spread_s=0.0):
        self.random = random.Random(seed)
        self.loss = loss
        self.duplication = duplication
        self.delay_s = delay_s
        self.spread_s = spread_s
        self.now_s = 1000.0
        self.under_way = []
        self.number = itertools.count()
        self.carried = []

    def put(self, message, to):
        copies = 1 + (self.random.random() < self.duplication)
        for _ in range(copies):
            if self.random.random() >= self.loss:
                due_s = self.now_s + self.delay_s + self.random.random() * self.spread_s
                heapq.heappush(self.under_way, (due_s, next(self.number), to, message))

    def run(self, machine, peer, limit_s=600.0):
        """Run a machine to its end against a peer; gives all its events."""
        events = []
        end_s = self.now_s + limit_s
        machine.start(self.now_s)
        while self.now_s < end_s:
            for message in machine.messages_to_send():
                self.carried.append(message)
                self.put(message, peer)
            for message in peer.out:
                self.put(message, machine)
            peer.out = []
            while (event := machine.next_event()) is not None:
                events.append(event)
            if machine.is_done:
                return events
            timers = [timer for timer in (machine.get_timer(), peer.get_timer()) if timer is not None]
            due_s = min([*timers, *(entry[0] for entry in self.under_way[:1])], default=end_s)
            self.now_s = max(self.now_s, due_s)
            while self.under_way and self.under_way[0][0] <= self.now_s:
                _, _, to, message = heapq.heappop(self.under_way)
                to.receive_message(message, self.now_s)
            for end in (machine, peer):
                timer = end.get_timer()
                if timer is not None and timer <= self.now_s:
                    end.handle_timer(self.now_s)
        raise AssertionError(f"not done after {limit_s} s")


@pytest.fixture
def storage():
    return ArduCopterStorage


@pytest.fixture
def weather():
    return Weather


@pytest.fixture
def survey():
    """Make a mission: home, take-off, n waypoints, return."""

    def make(count, alt_m=30.0):
        middle = [
            WireItem(seq, 3, 16, x=360926797 + 1347 * seq, y=1037075553 + 13 * seq, z=alt_m)
            for seq in range(2, count + 2)
        ]
        return [
            WireItem(0, 0, 16, x=360925000, y=1037080000, z=1520.0),
            WireItem(1, 3, 22, z=alt_m),
            *middle,
            WireItem(count + 2, 3, 20),
        ]

    return make


@pytest.fixture
def vehicle_address():
    return VEHICLE
