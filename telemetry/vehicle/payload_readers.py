"""What gimbals and cameras say, the autopilot's own or components beside it; of several the first counts.

https://mavlink.io/en/services/gimbal_v2.html, https://mavlink.io/en/services/camera.html
"""

import math

from telemetry.vehicle.flight_readers import Values, by_number
from telemetry.vehicle.gimbal_angles import gimbal_angles_deg
from telemetry.wire.message import Message

_RETRACT, _NEUTRAL, _YAW_LOCK, _BY_STICKS = 1, 2, 16, 256
_CAMERA_MODES = ("image", "video", "survey")


def _gimbal_mode(flags: int) -> str:
    if flags & _RETRACT:
        return "retracted"
    if flags & _NEUTRAL:
        return "neutral"
    if flags & _BY_STICKS:
        return "sticks"
    return "lock" if flags & _YAW_LOCK else "follow"


def _read_gimbal(values: Values, message: Message) -> None:
    angles_deg = gimbal_angles_deg(message.q, message.flags, values.get("heading_deg"))
    values["gimbal_pitch_deg"], values["gimbal_yaw_deg"] = angles_deg or (None, None)
    values["gimbal_mode"] = _gimbal_mode(message.flags)


def _read_mount(values: Values, message: Message) -> None:
    """MOUNT_STATUS, in hundredths of degrees, of a vehicle that says nothing newer."""
    if values.get("gimbal_mode"):
        return
    heading_deg = values.get("heading_deg")
    values["gimbal_pitch_deg"] = message.pointing_a / 100.0
    values["gimbal_yaw_deg"] = (
        None if heading_deg is None else (message.pointing_c / 100.0 + heading_deg) % 360.0
    )


def _read_gimbal_manager(values: Values, message: Message) -> None:
    if values.setdefault("gimbal_component", message.component_id) == message.component_id:
        values["gimbal_device_id"] = message.gimbal_device_id


def _read_gimbal_control(values: Values, message: Message) -> None:
    if values.setdefault("gimbal_component", message.component_id) == message.component_id:
        values["gimbal_controller"] = (message.primary_control_sysid, message.primary_control_compid)


def _is_camera(values: Values, message: Message) -> bool:
    component_id: int = values.setdefault("camera_component", message.component_id)
    return component_id == message.component_id


def _read_camera(values: Values, message: Message) -> None:
    if _is_camera(values, message):
        names = (bytes(name).split(b"\0")[0] for name in (message.vendor_name, message.model_name))
        values["camera_name"] = b" ".join(names).decode("ascii", "replace").strip()


def _read_camera_settings(values: Values, message: Message) -> None:
    if _is_camera(values, message):
        is_known = message.mode_id < len(_CAMERA_MODES)
        values["camera_mode"] = _CAMERA_MODES[message.mode_id] if is_known else ""
        values["zoom_pct"] = message.zoomLevel if math.isfinite(message.zoomLevel) else None


def _read_capture(values: Values, message: Message) -> None:
    if _is_camera(values, message):
        # 0 idle, 1 taking, 2 waiting for the next, 3 both.
        values["is_taking_images"] = message.image_status != 0
        values["is_recording"] = message.video_status == 1
        values["storage_free_mib"] = (
            message.available_capacity if math.isfinite(message.available_capacity) else None
        )


def _read_remote_id(values: Values, message: Message) -> None:
    values["remote_id_ok"] = message.status == 0
    values["remote_id_problem"] = "" if message.status == 0 else message.error


PAYLOAD_READERS = by_number(
    {
        "GIMBAL_DEVICE_ATTITUDE_STATUS": _read_gimbal,
        "MOUNT_STATUS": _read_mount,
        "GIMBAL_MANAGER_INFORMATION": _read_gimbal_manager,
        "GIMBAL_MANAGER_STATUS": _read_gimbal_control,
        "CAMERA_INFORMATION": _read_camera,
        "CAMERA_SETTINGS": _read_camera_settings,
        "CAMERA_CAPTURE_STATUS": _read_capture,
        "OPEN_DRONE_ID_ARM_STATUS": _read_remote_id,
    }
)
"""Of any component; only the newest of each message counts."""
