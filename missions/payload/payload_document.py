"""Payloads and orders as the JSON objects that `payload_file` reads."""

from typing import Any, assert_never

from geofence.latlon import LatLon
from missions.payload.action import (
    Action,
    Face,
    Hover,
    LookAhead,
    LookAt,
    PitchGimbal,
    StartPictures,
    StopPictures,
    Switch,
    TakePicture,
)
from missions.payload.payload import Relay, Servo
from missions.payload.payload_orders import PayloadOrders


def payload_document(orders: PayloadOrders) -> dict[str, Any]:
    """Write a payload, and what is done with it."""
    payload = orders.payload
    return {
        "devices": {name: _device(device) for name, device in payload.devices.items()},
        "has_camera": payload.has_camera,
        "has_gimbal": payload.has_gimbal,
        "mass_kg": orders.mass_kg,
        "power_w": orders.power_w,
        "points": [
            {"position": _place(order.position), "actions": [_action(action) for action in order.actions]}
            for order in orders.points
        ],
        "areas": [
            {
                **(
                    {"zone": order.area}
                    if isinstance(order.area, str)
                    else {"corners": [_place(corner) for corner in order.area]}
                ),
                "actions": [_action(action) for action in order.actions],
            }
            for order in orders.areas
        ],
    }


def _place(position: LatLon) -> dict[str, float]:
    return {"lat_deg": position.lat_deg, "lon_deg": position.lon_deg}


def _device(device: Servo | Relay) -> dict[str, int]:
    match device:
        case Servo(channel, on_us, off_us):
            return {"servo": channel, "on_us": on_us, "off_us": off_us}
        case Relay(number):
            return {"relay": number}
        case _:
            assert_never(device)


def _action(action: Action) -> str | dict[str, Any]:
    match action:
        case TakePicture():
            return "take_picture"
        case StopPictures():
            return "stop_pictures"
        case LookAhead():
            return "look_ahead"
        case StartPictures(distance_m):
            return {"pictures_every_m": distance_m}
        case PitchGimbal(pitch_deg):
            return {"pitch_deg": pitch_deg}
        case LookAt(position, alt_rel_m):
            return {"look_at": _place(position), "alt_rel_m": alt_rel_m}
        case Switch(device, is_on):
            return {"switch_on" if is_on else "switch_off": device}
        case Hover(duration_s):
            return {"hover_s": duration_s}
        case Face(heading_deg):
            return {"face_deg": heading_deg}
        case _:
            assert_never(action)
