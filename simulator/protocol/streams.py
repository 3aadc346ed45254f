"""When each message is due on a channel."""

import math
from collections.abc import Callable

from pymavlink.dialects.v20 import ardupilotmega as dialect

from simulator.autopilot.autopilot import Autopilot
from simulator.protocol.channel import STREAM_BACKLOG_BYTES, Channel
from simulator.protocol.state_messages import StateMessages, message_id_of

HEARTBEAT_S = 1.0
UPLOAD_SLOWING = 4.0
"""Intervals grow so much on a channel on which items are being asked for, or parameters listed."""
PHASE = (math.sqrt(5.0) - 1.0) / 2.0
"""Of an interval, by which the streams of vehicles that follow one another are apart: a fleet does not speak at once."""

GROUPS: dict[int, tuple[str, tuple[str, ...]]] = {
    dialect.MAV_DATA_STREAM_RAW_SENSORS: (
        "RAW_SENS",
        ("RAW_IMU", "SCALED_IMU2", "SCALED_IMU3", "SCALED_PRESSURE", "SCALED_PRESSURE2"),
    ),
    dialect.MAV_DATA_STREAM_EXTENDED_STATUS: (
        "EXT_STAT",
        (
            "SYS_STATUS",
            "POWER_STATUS",
            "MEMINFO",
            "MISSION_CURRENT",
            "GPS_RAW_INT",
            "NAV_CONTROLLER_OUTPUT",
            "FENCE_STATUS",
            "POSITION_TARGET_GLOBAL_INT",
        ),
    ),
    dialect.MAV_DATA_STREAM_RC_CHANNELS: ("RC_CHAN", ("SERVO_OUTPUT_RAW", "RC_CHANNELS")),
    dialect.MAV_DATA_STREAM_POSITION: ("POSITION", ("GLOBAL_POSITION_INT", "LOCAL_POSITION_NED")),
    dialect.MAV_DATA_STREAM_EXTRA1: ("EXTRA1", ("ATTITUDE", "SIMSTATE", "AHRS2")),
    dialect.MAV_DATA_STREAM_EXTRA2: ("EXTRA2", ("VFR_HUD",)),
    dialect.MAV_DATA_STREAM_EXTRA3: (
        "EXTRA3",
        (
            "AHRS",
            "SYSTEM_TIME",
            "WIND",
            "TERRAIN_REPORT",
            "BATTERY_STATUS",
            "EKF_STATUS_REPORT",
            "VIBRATION",
        ),
    ),
}
"""REQUEST_DATA_STREAM group: the end of its SR0_ parameter, and its messages."""
_GROUP_OF = {message_id_of(name): group for group, (_, names) in GROUPS.items() for name in names}


class Streams:
    """Sends the vehicle's messages at the rates that each channel asked for.

    Parameters
    ----------
    autopilot : Autopilot
    messages : StateMessages
    is_uploading : callable
        Whether items are being asked for on a channel.
    """

    def __init__(
        self, autopilot: Autopilot, messages: StateMessages, is_uploading: Callable[[Channel], bool]
    ) -> None:
        self._autopilot = autopilot
        self.messages = messages
        self._is_uploading = is_uploading

    def set_interval(self, channel: Channel, message_id: int, interval_us: float) -> None:
        """SET_MESSAGE_INTERVAL: -1 silences, 0 gives the default back."""
        if interval_us == 0:
            channel.intervals_s.pop(message_id, None)
        elif interval_us < 0:
            channel.intervals_s[message_id] = 0.0
        else:
            channel.intervals_s[message_id] = max(interval_us * 1e-6, 0.02)
        channel.schedule_revision = -1

    def set_group_rate(self, channel: Channel, group: int, rate_hz: float) -> None:
        """REQUEST_DATA_STREAM; group 0 is all of them."""
        for number in GROUPS if group == dialect.MAV_DATA_STREAM_ALL else (group,):
            channel.group_rates_hz[number] = rate_hz
        channel.schedule_revision = -1

    @staticmethod
    def has_default(message_id: int) -> bool:
        """Whether a message is streamed at a rate of its own, or of its group."""
        return message_id == dialect.MAVLINK_MSG_ID_HEARTBEAT or message_id in _GROUP_OF

    def interval_s(self, channel: Channel, message_id: int) -> float:
        """Interval of a message on a channel; 0 where it is not streamed."""
        if message_id in channel.intervals_s:
            return channel.intervals_s[message_id]
        if message_id == dialect.MAVLINK_MSG_ID_HEARTBEAT:
            return HEARTBEAT_S
        group = _GROUP_OF.get(message_id)
        if group is None:
            return 0.0
        rate = channel.group_rates_hz.get(group)
        if rate is None:
            rate = self._autopilot.parameters[f"SR0_{GROUPS[group][0]}"]
        return 1.0 / min(rate, 50.0) if rate > 0 else 0.0

    def send_due(self, channel: Channel) -> None:
        """Send what is due on this channel now."""
        now_s = self._autopilot.now_s
        if channel.schedule_revision != self._autopilot.parameters.revision:
            self._reschedule(channel)
        if now_s < channel.next_due_s:
            return
        soonest = math.inf
        may_send = channel.queued_bytes <= STREAM_BACKLOG_BYTES
        slowing = UPLOAD_SLOWING if self._is_uploading(channel) else 1.0
        if channel.parameters_from is not None:
            slowing *= UPLOAD_SLOWING
        for message_id, due_s in channel.due_s.items():
            if due_s <= now_s:
                interval = channel.periods_s[message_id]
                if message_id != dialect.MAVLINK_MSG_ID_HEARTBEAT:
                    interval *= slowing
                due_s += interval
                if due_s <= now_s:
                    due_s = now_s + interval
                channel.due_s[message_id] = due_s
                message = self.messages.build(message_id) if may_send else None
                if message is not None:
                    channel.send(message)
            if due_s < soonest:
                soonest = due_s
        channel.next_due_s = soonest

    def _reschedule(self, channel: Channel) -> None:
        now_s = self._autopilot.now_s
        channel.schedule_revision = self._autopilot.parameters.revision
        kept = channel.due_s
        intervals = {message_id: self.interval_s(channel, message_id) for message_id in self.messages}
        channel.periods_s = {
            message_id: interval for message_id, interval in intervals.items() if interval > 0
        }
        channel.due_s = {}
        phase = (self._autopilot.parameters["SYSID_THISMAV"] - 1.0) * PHASE % 1.0
        for message_id, interval in channel.periods_s.items():
            is_beat = message_id == dialect.MAVLINK_MSG_ID_HEARTBEAT
            first_s = now_s if is_beat else now_s + phase * interval
            channel.due_s[message_id] = min(kept.get(message_id, first_s), now_s + interval)
        channel.next_due_s = min(channel.due_s.values(), default=math.inf)
