"""Targets that ground stations stream: SET_POSITION_TARGET, SET_ATTITUDE_TARGET and the mission items of older scripts."""

import math
from collections.abc import Sequence
from typing import Any

from pymavlink.dialects.v20 import ardupilotmega as dialect

from simulator.airframe.point_mass import GRAVITY_M_S2
from simulator.autopilot.autopilot import Autopilot
from simulator.autopilot.waypoint_navigation import Place
from simulator.protocol.channel import Channel
from simulator.protocol.mission_item import item_from_message
from simulator.protocol.place_frame import TERRAIN_FRAMES, place_of

_PLACE, _VELOCITY, _ACCELERATION = 0b111, 0b111_000, 0b111_000_000
_FORCE, _NO_YAW, _NO_YAW_RATE = 1 << 9, 1 << 10, 1 << 11
MOST_M_S = 1000.0
_OFFSET_FRAMES = frozenset(
    {
        dialect.MAV_FRAME_LOCAL_OFFSET_NED,
        dialect.MAV_FRAME_BODY_NED,
        dialect.MAV_FRAME_BODY_OFFSET_NED,
    }
)
_BODY_FRAMES = frozenset({dialect.MAV_FRAME_BODY_NED, dialect.MAV_FRAME_BODY_OFFSET_NED})


DRAG_PER_S = 0.38
"""At 30 degrees of lean the air holds the vehicle at 15 m/s."""


class GuidedTargets:
    """Hands targets to GUIDED, or to the guided part of a mission; other modes do not heed them.

    A target of which any axis is masked counts as masked; what makes no sense stops the vehicle.
    """

    def __init__(self, autopilot: Autopilot) -> None:
        self._autopilot = autopilot

    def receive_item(self, message: Any, channel: Channel) -> None:
        """Fly at once to an item with `current` 2, as older scripts ask for it; 3 changes the altitude only."""
        autopilot = self._autopilot
        item = item_from_message(message)
        place = place_of(autopilot, item.x, item.y, item.z, item.frame)
        result: int = dialect.MAV_MISSION_ERROR
        if place is not None and message.current == 3:
            body = autopilot.body
            place = (body.north_m, body.east_m, place[2])
        if place is not None and autopilot.is_guided and autopilot.fence.allows(*place):
            autopilot.guided.fly_to(place)
            result = dialect.MAV_MISSION_ACCEPTED
        channel.send(
            dialect.MAVLink_mission_ack_message(message.get_srcSystem(), message.get_srcComponent(), result)
        )

    def receive_target(self, message: Any) -> None:
        """SET_POSITION_TARGET_GLOBAL_INT and _LOCAL_NED."""
        autopilot = self._autopilot
        if not autopilot.is_guided or not autopilot.is_armed:
            return
        if not self._follow(message):
            autopilot.guided.stop()
            return
        self._face(message)

    def receive_attitude(self, message: Any) -> None:
        """SET_ATTITUDE_TARGET: lean, turn, and climb as far as the thrust is above a half."""
        autopilot = self._autopilot
        if not autopilot.is_guided or not autopilot.is_armed or autopilot.is_landed:
            return
        mask = message.type_mask
        has_attitude = not mask & dialect.ATTITUDE_TARGET_TYPEMASK_ATTITUDE_IGNORE
        if mask & dialect.ATTITUDE_TARGET_TYPEMASK_THROTTLE_IGNORE or (has_attitude and not any(message.q)):
            autopilot.guided.stop()
            return
        body, parameters = autopilot.body, autopilot.parameters
        roll_rad, pitch_rad, yaw_rad = _angles(message.q) if has_attitude else (0.0, 0.0, body.yaw_rad)
        forward, right = (
            GRAVITY_M_S2 * math.tan(max(-body.max_lean_rad, min(body.max_lean_rad, lean_rad)))
            for lean_rad in (-pitch_rad, roll_rad)
        )
        north, east = self._turned(forward, right)
        share = 2.0 * max(0.0, min(1.0, message.thrust)) - 1.0
        climb_m_s = share * parameters["WPNAV_SPEED_UP" if share > 0 else "WPNAV_SPEED_DN"] * 0.01
        north -= DRAG_PER_S * body.velocity_north_m_s
        east -= DRAG_PER_S * body.velocity_east_m_s
        # The velocity wanted is a second ahead, so that the whole acceleration is asked for at once.
        ahead = body.velocity_north_m_s + north, body.velocity_east_m_s + east, climb_m_s
        autopilot.guided.fly_at(ahead, (north, east, 0.0))
        if has_attitude:
            autopilot.heading.turn_to(yaw_rad)
        elif not mask & dialect.ATTITUDE_TARGET_TYPEMASK_BODY_YAW_RATE_IGNORE:
            autopilot.heading.turn_at(message.body_yaw_rate)

    def _follow(self, message: Any) -> bool:
        """Take the target over; false where it makes no sense."""
        autopilot = self._autopilot
        mask = message.type_mask
        has_place, has_velocity = not mask & _PLACE, not mask & _VELOCITY
        has_acceleration = not mask & _ACCELERATION
        is_local = message.get_type() == "SET_POSITION_TARGET_LOCAL_NED"
        frame = message.coordinate_frame
        if mask & _FORCE and has_acceleration:
            return False
        if is_local and frame not in _OFFSET_FRAMES | {dialect.MAV_FRAME_LOCAL_NED}:
            return False
        velocity = self._vector(message, ("vx", "vy", "vz"), frame)
        acceleration = self._vector(message, ("afx", "afy", "afz"), frame)
        if (has_velocity and velocity is None) or (has_acceleration and acceleration is None):
            return False
        if has_place:
            if has_acceleration and not has_velocity:
                return False
            if has_velocity and not is_local and frame in TERRAIN_FRAMES:
                return False
            place = self._place(message, is_local=is_local)
            if place is None:
                return False
            if autopilot.fence.allows(*place):
                # One outside the fence is dropped without a word.
                autopilot.guided.fly_to(place, velocity if has_velocity else None)
            return True
        if has_velocity:
            assert velocity is not None
            autopilot.guided.fly_at(velocity, acceleration if has_acceleration else None)
            return True
        if has_acceleration:
            assert acceleration is not None
            autopilot.guided.accelerate(acceleration)
            return True
        return False

    def _face(self, message: Any) -> None:
        autopilot = self._autopilot
        mask = message.type_mask
        if not mask & _NO_YAW and math.isfinite(message.yaw):
            yaw_rad = message.yaw
            if (
                message.get_type() == "SET_POSITION_TARGET_LOCAL_NED"
                and message.coordinate_frame in _BODY_FRAMES
            ):
                yaw_rad += autopilot.body.yaw_rad
            autopilot.heading.turn_to(yaw_rad)
        elif not mask & _NO_YAW_RATE and math.isfinite(message.yaw_rate):
            autopilot.heading.turn_at(message.yaw_rate)

    def _vector(
        self, message: Any, names: tuple[str, str, str], frame: int
    ) -> tuple[float, float, float] | None:
        """North, east and up; None where a part is no number or beyond all measure."""
        forward, right, down = (getattr(message, name) for name in names)
        if not all(math.isfinite(part) and abs(part) <= MOST_M_S for part in (forward, right, down)):
            return None
        if message.get_type() == "SET_POSITION_TARGET_LOCAL_NED" and frame in _BODY_FRAMES:
            forward, right = self._turned(forward, right)
        return forward, right, -down

    def _place(self, message: Any, *, is_local: bool) -> Place | None:
        autopilot = self._autopilot
        if not is_local:
            return place_of(
                autopilot, message.lat_int, message.lon_int, message.alt, message.coordinate_frame
            )
        north, east, up = message.x, message.y, -message.z
        if not all(map(math.isfinite, (north, east, up))):
            return None
        if message.coordinate_frame in _BODY_FRAMES:
            north, east = self._turned(north, east)
        if message.coordinate_frame in _OFFSET_FRAMES:
            body = autopilot.body
            return body.north_m + north, body.east_m + east, body.up_m + up
        return north, east, up

    def _turned(self, forward: float, right: float) -> tuple[float, float]:
        yaw = self._autopilot.body.yaw_rad
        return (
            forward * math.cos(yaw) - right * math.sin(yaw),
            forward * math.sin(yaw) + right * math.cos(yaw),
        )


def _angles(quaternion: Sequence[float]) -> tuple[float, float, float]:
    """Roll, pitch and yaw."""
    w, x, y, z = quaternion
    return (
        math.atan2(2.0 * (w * x + y * z), 1.0 - 2.0 * (x * x + y * y)),
        math.asin(max(-1.0, min(1.0, 2.0 * (w * y - z * x)))),
        math.atan2(2.0 * (w * z + x * y), 1.0 - 2.0 * (y * y + z * z)),
    )
