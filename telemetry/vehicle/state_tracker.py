"""What one vehicle says, kept as its state and told as events.

Messages that only move a value are kept and read when a snapshot is wanted; those that can tell an event are read at once.
Meaning and unknown values of the fields: https://mavlink.io/en/messages/common.html
"""

import math
from collections.abc import Callable
from typing import Any

from pymavlink.dialects.v20 import ardupilotmega

from telemetry.bus import Bus
from telemetry.clock import Clock
from telemetry.events import (
    Armed,
    Disarmed,
    FenceBreached,
    ItemReached,
    ItemStarted,
    Landed,
    ModeChanged,
    TextReported,
    TookOff,
)
from telemetry.vehicle.battery_time import BatteryTime
from telemetry.vehicle.flight_mode import AUTOPILOT_ARDUPILOT, AUTOPILOT_PX4, mode_name
from telemetry.vehicle.flight_readers import FLIGHT_READERS
from telemetry.vehicle.health import FENCE_BIT, unhealthy_systems
from telemetry.vehicle.payload_readers import PAYLOAD_READERS
from telemetry.vehicle.prearm_reasons import PrearmReasons
from telemetry.vehicle.statustext import StatusTextAssembler
from telemetry.vehicle.vehicle_state import VehicleState
from telemetry.wire.dialect import definition_of
from telemetry.wire.message import Message

SILENCE_S = 3.0

_UINT16_MAX = 0xFFFF
_ARMED_FLAG = ardupilotmega.MAV_MODE_FLAG_SAFETY_ARMED
_PREARM_BIT = ardupilotmega.MAV_SYS_STATUS_PREARM_CHECK
_GROUPS: dict[str, tuple[str, ...]] = {
    "mode_heard_s": ("HEARTBEAT",),
    "position_heard_s": ("GLOBAL_POSITION_INT",),
    "velocity_heard_s": ("GLOBAL_POSITION_INT", "VFR_HUD"),
    "attitude_heard_s": ("ATTITUDE",),
    "gps_heard_s": ("GPS_RAW_INT",),
    "battery_heard_s": ("SYS_STATUS", "BATTERY_STATUS"),
    "mission_heard_s": ("MISSION_CURRENT",),
    "home_heard_s": ("HOME_POSITION",),
    "health_heard_s": ("SYS_STATUS",),
    "fence_heard_s": ("FENCE_STATUS",),
    "gimbal_heard_s": ("GIMBAL_DEVICE_ATTITUDE_STATUS", "MOUNT_STATUS"),
    "camera_heard_s": ("CAMERA_CAPTURE_STATUS", "CAMERA_SETTINGS", "CAMERA_INFORMATION"),
    "terrain_heard_s": ("TERRAIN_REPORT",),
    "remote_id_heard_s": ("OPEN_DRONE_ID_ARM_STATUS",),
}
"""The messages that each group of fields is read from: the first of these that the vehicle says at all."""
_HEARD = {
    name: tuple(definition_of(message).msg_id for message in messages) for name, messages in _GROUPS.items()
}


class StateTracker:
    """Follows one autopilot.

    Parameters
    ----------
    vehicle_id : str
    system_id, component_id : int
    link : str
        Name of the link.
    bus : Bus
        Takes the events.
    clock : Clock
    """

    def __init__(
        self, vehicle_id: str, system_id: int, component_id: int, link: str, bus: Bus, clock: Clock
    ) -> None:
        self.vehicle_id = vehicle_id
        self._bus = bus
        self._clock = clock
        self._monotonic_s = clock.monotonic_s
        self._values: dict[str, Any] = {
            "vehicle_id": vehicle_id,
            "system_id": system_id,
            "component_id": component_id,
            "link": link,
        }
        self._heard_s: float | None = None
        self._unread: dict[int, Message] = {}
        self._snapshot: VehicleState | None = None
        self._stale_at_s = math.inf
        self._texts = StatusTextAssembler()
        self._prearm = PrearmReasons()
        self._battery = BatteryTime()
        self._heard_at_s: dict[int, float] = {}
        """By message number."""
        self._autopilot_version = ""
        self.autopilot: int | None = None
        """MAV_AUTOPILOT; None before the first heartbeat."""
        self.vehicle_type: int | None = None
        """MAV_TYPE; None before the first heartbeat."""
        self.capabilities: int | None = None
        """MAV_PROTOCOL_CAPABILITY; None before the vehicle told its version."""
        self._says_landed_state = False
        self._says_paused = False
        self._image_sayer: tuple[int, int] | None = None

    def handle_message(self, message: Message) -> None:
        """Take any message of this autopilot."""
        self._heard_s = heard_s = self._monotonic_s()
        self._snapshot = None
        msg_id = message.definition.msg_id
        self._heard_at_s[msg_id] = heard_s
        if msg_id in _KEPT:
            self._unread[msg_id] = message
            return
        reader = _READ_AT_ONCE.get(msg_id)
        if reader is not None:
            reader(self, message)

    def handle_part(self, message: Message) -> None:
        """Take a message of another component of the vehicle; that the autopilot is heard it does not prove."""
        msg_id = message.definition.msg_id
        if msg_id in PAYLOAD_READERS:
            # Beside what the autopilot, or another component, says by the same message.
            self._unread[message.component_id << 24 | msg_id] = message
            self._heard_at_s[msg_id] = self._monotonic_s()
            self._snapshot = None
        elif msg_id in _IMAGES:
            self._read_image(message)
            self._snapshot = None

    def note_heard(self, now_s: float) -> None:
        """Take note that the autopilot said something that its state is not made of."""
        self._heard_s = now_s
        self._snapshot = None

    def set_link(self, link: str) -> None:
        """Take note of the link that the vehicle is spoken to over."""
        self._values["link"] = link
        self._snapshot = None

    def pause(self, *, is_paused: bool) -> None:
        """Take note that the vehicle accepted our pause, or our resumption: ArduCopter does not tell by itself."""
        self._values["is_paused"] = is_paused
        self._snapshot = None

    def snapshot(self) -> VehicleState:
        """All that is known now; the same object while nothing has changed."""
        now_s = self._clock.monotonic_s()
        if self._snapshot is not None and now_s < self._stale_at_s:
            return self._snapshot
        if self._unread:
            for message in self._unread.values():
                _KEPT[message.definition.msg_id](self._values, message)
            self._unread.clear()
        values = self._values
        heard_s = self._heard_s
        self._stale_at_s = math.inf
        if heard_s is not None:
            lag_s = self._clock.utc_s() - now_s
            values["updated_s"] = lag_s + heard_s
            self._read_ages(values, lag_s)
            values["is_connected"] = now_s - heard_s <= SILENCE_S
            if values["is_connected"]:
                self._stale_at_s = math.nextafter(heard_s + SILENCE_S, math.inf)
        values["battery_time_left_s"] = self._battery.left_s(now_s)
        values["prearm_reasons"] = self._prearm.reasons(now_s)
        self._stale_at_s = min(self._stale_at_s, self._prearm.next_expiry_s)
        self._snapshot = VehicleState(**values)
        return self._snapshot

    def _read_ages(self, values: dict[str, Any], lag_s: float) -> None:
        heard_at_s = self._heard_at_s
        for name, numbers in _HEARD.items():
            for msg_id in numbers:
                if msg_id in heard_at_s:
                    values[name] = lag_s + heard_at_s[msg_id]
                    break

    def _read_heartbeat(self, message: Message) -> None:
        values = self._values
        self.autopilot, self.vehicle_type = message.autopilot, message.type
        values["autopilot"] = self._autopilot_name()
        mode = mode_name(message.autopilot, message.type, message.custom_mode)
        if mode != values.get("mode"):
            values["mode"] = mode
            values["is_paused"] = False
            self._bus.publish(ModeChanged(time_s=self._clock.utc_s(), vehicle_id=self.vehicle_id, mode=mode))
        is_armed = bool(message.base_mode & _ARMED_FLAG)
        was_armed = values.get("is_armed")
        values["is_armed"] = is_armed
        if is_armed and not was_armed:
            self._prearm.clear()
        # What was so when first heard did not happen now.
        if is_armed and was_armed is False:
            values["reached_seq"] = None
            self._bus.publish(Armed(time_s=self._clock.utc_s(), vehicle_id=self.vehicle_id))
        elif was_armed and not is_armed:
            values["is_paused"] = False
            self._bus.publish(Disarmed(time_s=self._clock.utc_s(), vehicle_id=self.vehicle_id))
        if not self._says_landed_state:
            # Until the vehicle says more: ArduPilot is ACTIVE in the air and STANDBY on the ground.
            if not is_armed or message.system_status == ardupilotmega.MAV_STATE_STANDBY:
                self._read_flying(is_flying=False)
            elif message.system_status == ardupilotmega.MAV_STATE_ACTIVE:
                self._read_flying(is_flying=True)
        self._report_texts([])

    def _autopilot_name(self) -> str:
        names = {AUTOPILOT_ARDUPILOT: "ArduPilot", AUTOPILOT_PX4: "PX4"}
        name = names.get(self.autopilot or 0, f"MAV_AUTOPILOT {self.autopilot}")
        return f"{name} {self._autopilot_version}".rstrip()

    def _read_version(self, message: Message) -> None:
        self.capabilities = message.capabilities
        version = message.flight_sw_version
        if version:
            self._autopilot_version = f"{version >> 24}.{version >> 16 & 0xFF}.{version >> 8 & 0xFF}"
            if self.autopilot is not None:
                self._values["autopilot"] = self._autopilot_name()

    def _read_landed_state(self, message: Message) -> None:
        if message.landed_state == ardupilotmega.MAV_LANDED_STATE_UNDEFINED:
            return
        self._says_landed_state = True
        self._read_flying(is_flying=message.landed_state != ardupilotmega.MAV_LANDED_STATE_ON_GROUND)

    def _read_flying(self, *, is_flying: bool) -> None:
        was_flying = self._values.get("is_flying")
        if is_flying == was_flying:
            return
        self._values["is_flying"] = is_flying
        if is_flying and was_flying is False:
            self._bus.publish(TookOff(time_s=self._clock.utc_s(), vehicle_id=self.vehicle_id))
        elif not is_flying and was_flying:
            self._bus.publish(Landed(time_s=self._clock.utc_s(), vehicle_id=self.vehicle_id))

    def _read_system_status(self, message: Message) -> None:
        values = self._values
        if message.voltage_battery not in (0, _UINT16_MAX):
            values["battery_v"] = message.voltage_battery / 1e3
        if message.current_battery != -1:
            values["battery_a"] = message.current_battery / 100.0
        if message.battery_remaining >= 0:
            values["battery_pct"] = message.battery_remaining
        if message.onboard_control_sensors_present & _PREARM_BIT:
            is_ok = bool(message.onboard_control_sensors_health & _PREARM_BIT)
            if is_ok and not values.get("prearm_ok"):
                self._prearm.clear()
            values["prearm_ok"] = is_ok
        present, enabled = message.onboard_control_sensors_present, message.onboard_control_sensors_enabled
        values["unhealthy"] = unhealthy_systems(present, enabled, message.onboard_control_sensors_health)
        values["fence_enabled"] = bool(enabled & FENCE_BIT) if present & FENCE_BIT else None

    def _read_battery(self, message: Message) -> None:
        if message.id != 0:
            return
        values = self._values
        self._battery.receive(message.battery_remaining, message.time_remaining, self._monotonic_s())
        cells_mv = [
            *(cell for cell in message.voltages if cell != _UINT16_MAX),
            *(cell for cell in message.voltages_ext if cell),
        ]
        if any(cells_mv):
            values["battery_v"] = sum(cells_mv) / 1e3
        if message.current_battery != -1:
            values["battery_a"] = message.current_battery / 100.0
        if message.battery_remaining >= 0:
            values["battery_pct"] = message.battery_remaining

    def _read_current_item(self, message: Message) -> None:
        values = self._values
        before = values.get("mission_seq")
        values["mission_seq"] = message.seq
        is_said = message.mission_state == ardupilotmega.MISSION_STATE_PAUSED
        # A mission that is held does not go on to another item.
        if is_said != self._says_paused or before != message.seq:
            values["is_paused"] = is_said
        self._says_paused = is_said
        # Firmware older than the field leaves it 0.
        if message.total != _UINT16_MAX and (message.total or not message.seq):
            values["mission_count"] = message.total
        if before is not None and before != message.seq:
            self._bus.publish(
                ItemStarted(time_s=self._clock.utc_s(), vehicle_id=self.vehicle_id, seq=message.seq)
            )

    def _read_reached_item(self, message: Message) -> None:
        self._values["reached_seq"] = message.seq
        self._bus.publish(
            ItemReached(time_s=self._clock.utc_s(), vehicle_id=self.vehicle_id, seq=message.seq)
        )

    def _read_fence(self, message: Message) -> None:
        is_breached = message.breach_status != 0
        was_breached = self._values.get("fence_breached")
        self._values["fence_breached"] = is_breached
        if is_breached and not was_breached:
            breach = ardupilotmega.enums["FENCE_BREACH"].get(message.breach_type)
            word = breach.name.removeprefix("FENCE_BREACH_").lower() if breach else str(message.breach_type)
            self._bus.publish(
                FenceBreached(time_s=self._clock.utc_s(), vehicle_id=self.vehicle_id, breach=word)
            )

    def _read_image(self, message: Message) -> None:
        """Count an image once, though autopilot and camera may both say that it was taken."""
        sayer = message.definition.msg_id, message.component_id
        self._image_sayer = self._image_sayer or sayer
        if sayer == self._image_sayer:
            self._values["images_taken"] = (self._values.get("images_taken") or 0) + 1

    def _read_text(self, message: Message) -> None:
        self._report_texts([message])

    def _report_texts(self, messages: list[Message]) -> None:
        now_s = self._clock.monotonic_s()
        texts = self._texts.handle_timer(now_s)
        for message in messages:
            texts += self._texts.receive_message(message, now_s)
        for text in texts:
            self._prearm.receive_text(text.text, now_s)
            self._bus.publish(
                TextReported(
                    time_s=self._clock.utc_s(),
                    vehicle_id=self.vehicle_id,
                    severity=text.severity,
                    text=text.text,
                )
            )


def _by_number(
    readers: dict[str, Callable[[StateTracker, Message], None]],
) -> dict[int, Callable[[StateTracker, Message], None]]:
    return {definition_of(name).msg_id: reader for name, reader in readers.items()}


_KEPT = FLIGHT_READERS | PAYLOAD_READERS
_READ_AT_ONCE = _by_number(
    {
        "HEARTBEAT": StateTracker._read_heartbeat,
        "SYS_STATUS": StateTracker._read_system_status,
        "BATTERY_STATUS": StateTracker._read_battery,
        "EXTENDED_SYS_STATE": StateTracker._read_landed_state,
        "MISSION_CURRENT": StateTracker._read_current_item,
        "MISSION_ITEM_REACHED": StateTracker._read_reached_item,
        "FENCE_STATUS": StateTracker._read_fence,
        "STATUSTEXT": StateTracker._read_text,
        "AUTOPILOT_VERSION": StateTracker._read_version,
        "CAMERA_FEEDBACK": StateTracker._read_image,
        "CAMERA_IMAGE_CAPTURED": StateTracker._read_image,
    }
)
_IMAGES = frozenset(definition_of(name).msg_id for name in ("CAMERA_FEEDBACK", "CAMERA_IMAGE_CAPTURED"))
STATE_MESSAGES = frozenset(_KEPT) | frozenset(_READ_AT_ONCE)
"""Numbers of the messages that the state is made of."""
