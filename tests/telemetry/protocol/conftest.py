"""Two ends of a wire in memory: a machine of ours, an autopilot that answers as the recordings show, and bad weather between."""

import asyncio
import heapq
import itertools
import random
from dataclasses import replace

import pytest

from telemetry.bus import Bus
from telemetry.clock import SystemClock
from telemetry.flight.flight import Flight
from telemetry.links.address import Address
from telemetry.protocol.mission_item_wire import WireItem
from telemetry.vehicle.vehicle import Vehicle
from telemetry.wire.message import Message
from tests.telemetry.protocol.flown_plan import FIELD, PLAN, QUICK

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
        self.takes_parts = True

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
                    self.out.append(
                        Message.new(
                            "STATUSTEXT", severity=4, text=f"Only {self.capacity} items are supported"
                        )
                    )
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
            case "MISSION_WRITE_PARTIAL_LIST":
                if not self.takes_parts:
                    return
                if not 0 <= message.start_index <= message.end_index <= len(self.items):
                    self._ack(1)
                    return
                self.heard_s = now_s
                self.expected, self.count = message.start_index, message.end_index + 1
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
                elif message.seq >= len(self.items):
                    self._ack(1)
                else:
                    item = self.items[message.seq]
                    if self.mission_type == 0 and item.seq == 0:
                        item = self.home
                    self.out.append(self._message_of(item))
            case "MISSION_CLEAR_ALL":
                self.items = []
                self._ack(0)

    def _message_of(self, item):
        return item.to_message(Address(*OURS), self.mission_type)

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


class Copter:
    """A disarmed ArduCopter on the ground, in memory: lists, parameters, commands, heartbeats on demand."""

    def __init__(self):
        self.lists = {kind: ArduCopterStorage(kind) for kind in (0, 1, 2)}
        self.parameters = {
            "FENCE_ENABLE": (0.0, 2),
            "FENCE_TYPE": (7.0, 2),
            "FENCE_ALT_MAX": (100.0, 9),
            "FENCE_ACTION": (1.0, 2),
            "FENCE_RADIUS": (150.0, 9),
            "FENCE_MARGIN": (2.0, 9),
            "FENCE_AUTOENABLE": (0.0, 2),
            "FENCE_ALT_MIN": (-10.0, 9),
            "RTL_ALT": (1500.0, 6),
            "RTL_ALT_TYPE": (0.0, 2),
            "RTL_ALT_FINAL": (0.0, 4),
            "RTL_CLIMB_MIN": (0.0, 4),
            "RTL_CONE_SLOPE": (3.0, 9),
            "RALLY_TOTAL": (0.0, 2),
            "RALLY_LIMIT_KM": (0.3, 9),
            "RALLY_INCL_HOME": (1.0, 2),
            "FS_GCS_ENABLE": (0.0, 2),
            "FS_THR_ENABLE": (1.0, 2),
            "FS_OPTIONS": (16.0, 6),
            "BATT_FS_LOW_ACT": (0.0, 2),
            "BATT_FS_CRT_ACT": (0.0, 2),
            "SRTL_POINTS": (300.0, 4),
            "SRTL_ACCURACY": (2.0, 9),
            "SYSID_MYGCS": (255.0, 4),
        }
        self.mode = 0
        self.is_armed = False
        self.status = 3
        self.deny = {}
        self.silent = set()
        self.clamp = {}
        self.texts_after = True
        self.heard = []
        self.out = []
        self.script = []
        """What it says after MISSION_START, step by step; a callable is called."""
        self.is_flying_script = False
        self.pace_s = 0.002

    def at(self, time_s, lat_deg=36.0925, lon_deg=103.708, alt_m=0.0):
        """Say where it is."""
        return Message.new(
            "GLOBAL_POSITION_INT",
            time_boot_ms=round(time_s * 1e3),
            lat=round(lat_deg * 1e7),
            lon=round(lon_deg * 1e7),
            alt=round((1520 + alt_m) * 1e3),
            relative_alt=round(alt_m * 1e3),
        )

    def become(self, *, mode=None, is_armed=None, status=None):
        """Change, and say so."""

        def change():
            self.mode = self.mode if mode is None else mode
            self.is_armed = self.is_armed if is_armed is None else is_armed
            self.status = self.status if status is None else status
            return self.heartbeat()

        return change

    def step(self):
        """Say the next line of the script."""
        if self.is_flying_script and self.script:
            line = self.script.pop(0)
            self.out.append(line() if callable(line) else line)

    def heartbeat(self):
        return Message.new(
            "HEARTBEAT",
            type=2,
            autopilot=3,
            base_mode=81 | (128 if self.is_armed else 0),
            custom_mode=self.mode,
            system_status=self.status,
            mavlink_version=3,
        )

    def get_timer(self):
        timers = [kept.get_timer() for kept in self.lists.values()]
        return min((timer for timer in timers if timer is not None), default=None)

    def handle_timer(self, now_s):
        for kept in self.lists.values():
            kept.handle_timer(now_s)
        self._gather()

    def _gather(self):
        for kept in self.lists.values():
            self.out += kept.out
            kept.out = []

    def receive_message(self, message, now_s):
        self.heard.append(message)
        if message.name in self.silent or message.fields.get("command") in self.silent:
            return
        match message.name:
            case "COMMAND_LONG" | "COMMAND_INT":
                self._command(message)
            case "PARAM_REQUEST_READ" | "PARAM_SET":
                self._parameter(message)
            case _:
                for kept in self.lists.values():
                    kept.receive_message(message, now_s)
                self._gather()

    def _command(self, message):
        result, texts = self.deny.get(message.command, (0, ()))
        ack = Message.new(
            "COMMAND_ACK", command=message.command, result=result, target_system=255, target_component=190
        )
        said = [Message.new("STATUSTEXT", severity=2, text=text) for text in texts]
        self.out += [ack, *said] if self.texts_after else [*said, ack]
        if result:
            return
        match message.command:
            case 176:
                self.mode = round(message.param2)
            case 400:
                self.is_armed = message.param1 == 1
            case 20:
                self.mode = 6
            case 21:
                self.mode = 9
            case 22:
                self.status = 4
            case 300:
                self.is_flying_script = True
        self.out.append(self.heartbeat())

    def _parameter(self, message):
        if message.param_id not in self.parameters:
            return
        value, kind = self.parameters[message.param_id]
        if message.name == "PARAM_SET":
            value = self.clamp.get(message.param_id, message.param_value)
            self.parameters[message.param_id] = (value, kind)
        self.out.append(
            Message.new(
                "PARAM_VALUE", param_id=message.param_id, param_value=value, param_type=kind, param_count=1392
            )
        )


@pytest.fixture
def copter():
    return Copter()


@pytest.fixture
async def vehicle(copter):
    """A vehicle of ours wired to the copter in memory; what the copter says arrives in the next turn of the loop."""
    loop = asyncio.get_running_loop()
    clock = SystemClock()
    timers = set()

    def deliver():
        out, copter.out = copter.out, []
        for message in out:
            message.system_id, message.component_id = 1, 1
            ours.handle_message(message)
        timer = copter.get_timer()
        if timer is not None:
            timers.add(loop.call_later(max(0.0, timer - clock.monotonic_s()), tick))

    def tick():
        copter.handle_timer(clock.monotonic_s())
        deliver()

    def send(message):
        copter.receive_message(message, clock.monotonic_s())
        loop.call_soon(deliver)

    ours = Vehicle("1-1", 1, 1, "memory", send=send, bus=Bus(), clock=clock)

    async def tell():
        while True:
            await asyncio.sleep(copter.pace_s)
            copter.step()
            deliver()

    copter.out.append(copter.heartbeat())
    deliver()
    telling = asyncio.create_task(tell())
    yield ours
    telling.cancel()
    await asyncio.gather(telling, return_exceptions=True)
    await ours.close()
    for timer in timers:
        timer.cancel()


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


@pytest.fixture
def fly(vehicle, copter):
    """Fly a plan; gives the flight, its result and all that was said."""
    copter.out.append(copter.at(100))

    async def fly(plan=PLAN, zones=FIELD, **options):
        notes = []
        flight = Flight(
            vehicle, plan, zones, clock=SystemClock(), limits=QUICK, on_note=notes.append, **options
        )
        flight.notes = notes
        with vehicle.bus.subscribe() as events:
            try:
                flight.outcome = await asyncio.wait_for(flight.run(), 20)
            finally:
                flight.events = events.pending()
        return flight

    return fly
