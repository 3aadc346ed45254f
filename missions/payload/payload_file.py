"""Payloads and what is done with them, described in JSON files.

`{"devices": {"loudspeaker": {"servo": 9}, "light": {"relay": 1}}, "has_camera": true, "has_gimbal": true,
"mass_kg": 0.2, "power_w": 8, "points": [{"position": {"lat_deg": ..., "lon_deg": ...}, "actions": [...]}],
"areas": [{"zone": "...", "actions": [...]}, {"corners": [{"lat_deg": ..., "lon_deg": ...}, ...], "actions": [...]}]}`;
each part may be left out. Actions: `"take_picture"`, `"stop_pictures"`, `"look_ahead"`, `{"pictures_every_m": 10}`,
`{"pitch_deg": -60}`, `{"look_at": {"lat_deg": ..., "lon_deg": ...}, "alt_rel_m": 0}`, `{"switch_on": "light"}`,
`{"switch_off": "light"}`, `{"hover_s": 10}`, `{"face_deg": 90}`.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from shapely import Polygon

from geofence.latlon import LatLon
from missions.files.document_reader import DocumentReader
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
from missions.payload.payload import Payload, Relay, Servo
from missions.payload.payload_orders import AreaOrder, PayloadOrders, PointOrder
from missions.refusal import MissionError

_KEYS = {"devices", "has_camera", "has_gimbal", "mass_kg", "power_w", "points", "areas"}
_PLAIN: Mapping[str, Callable[[], Action]] = {
    "take_picture": TakePicture,
    "stop_pictures": StopPictures,
    "look_ahead": LookAhead,
}
_OF_NUMBER: Mapping[str, Callable[[float], Action]] = {
    "pictures_every_m": StartPictures,
    "pitch_deg": PitchGimbal,
    "hover_s": Hover,
    "face_deg": Face,
}
_SWITCHES = {"switch_on": True, "switch_off": False}
_NAMED = ", ".join((*_PLAIN, *_OF_NUMBER, "look_at", *_SWITCHES))
_HEAVIEST_KG, _MOST_W = 100.0, 10_000.0
_OUTPUTS_AT_MOST, _PULSE_AT_MOST_US = 32, 2_500
_CORNERS_LEAST = 3
_Made = TypeVar("_Made")


def read_payload(path: Path) -> PayloadOrders:
    """Read a payload from a JSON file.

    Raises
    ------
    MissionError
        The file cannot be read, or describes no payload; names the field.
    """
    try:
        document = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise MissionError(
            f"it cannot be read as JSON: {error}", place=str(path), remedy="Give a JSON object"
        ) from None
    return payload_from_document(document, source=str(path))


def payload_from_document(document: Any, *, source: str) -> PayloadOrders:
    """Read a payload out of a JSON object.

    Raises
    ------
    MissionError
        Names the field at fault.
    """
    reader = _PayloadReader(source, "Describe it as docs/operator-guide.md does")
    values = reader.known(document, "the payload", _KEYS)
    devices = reader.mapping(values.get("devices", {}), "devices")
    points = reader.sequence(values.get("points", []), "points")
    areas = reader.sequence(values.get("areas", []), "areas")
    return PayloadOrders(
        Payload(
            {name: reader.device(value, f"devices.{name}") for name, value in devices.items()},
            reader.flag(values, "has_camera"),
            reader.flag(values, "has_gimbal"),
        ),
        tuple(reader.point(value, f"points[{n}]") for n, value in enumerate(points)),
        tuple(reader.area(value, f"areas[{n}]") for n, value in enumerate(areas)),
        reader.least_zero(values, "mass_kg", _HEAVIEST_KG),
        reader.least_zero(values, "power_w", _MOST_W),
    )


class _PayloadReader(DocumentReader):
    """Takes devices, orders and actions out of a document."""

    def known(self, value: Any, field: str, keys: set[str]) -> Mapping[str, Any]:
        """Read an object that holds nothing else."""
        values = self.mapping(value, field)
        unknown = sorted(set(values) - keys)
        if unknown:
            raise self.refuse(
                f"{field}: {unknown[0]}", "is not known", f"Known are {', '.join(sorted(keys))}"
            )
        return values

    def flag(self, values: Mapping[str, Any], key: str) -> bool:
        """Read yes or no; yes where it is not given."""
        value = values.get(key, True)
        if not isinstance(value, bool):
            raise self.refuse(key, f"is {value!r}", "Give true or false")
        return value

    def least_zero(self, values: Mapping[str, Any], key: str, most: float) -> float:
        """Read a number from 0 up; 0 where it is not given."""
        number = self.finite(values.get(key, 0.0), key)
        if not 0.0 <= number <= most:
            raise self.refuse(key, f"is {number:g}", f"Give 0 to {most:g}")
        return number

    def device(self, value: Any, field: str) -> Servo | Relay:
        """Read the output of a device."""
        values = self.known(value, field, {"servo", "relay", "on_us", "off_us"})
        if ("servo" in values) is ("relay" in values):
            raise self.refuse(
                field,
                "names no output, or two",
                'Give {"servo": N} with on_us and off_us, or {"relay": N}',
            )
        if "relay" in values:
            values = self.known(value, field, {"relay"})
            return self._placed(Relay, field, self.whole(values["relay"], f"{field}.relay", _OUTPUTS_AT_MOST))
        pulses = [
            self.whole(values.get(key, usual), f"{field}.{key}", _PULSE_AT_MOST_US)
            for key, usual in (("on_us", 1_900), ("off_us", 1_100))
        ]
        channel = self.whole(values["servo"], f"{field}.servo", _OUTPUTS_AT_MOST)
        return self._placed(Servo, field, channel, *pulses)

    def point(self, value: Any, field: str) -> PointOrder:
        """Read what is done at a point."""
        values = self.known(value, field, {"position", "actions"})
        return PointOrder(
            self.place(values.get("position"), f"{field}.position"), self.actions(values, field)
        )

    def area(self, value: Any, field: str) -> AreaOrder:
        """Read what is done over an area."""
        values = self.known(value, field, {"zone", "corners", "actions"})
        if ("zone" in values) is ("corners" in values):
            raise self.refuse(field, "names no area, or two", "Give the id of a zone, or corners")
        actions = self.actions(values, field)
        if "zone" in values:
            if not isinstance(values["zone"], str):
                raise self.refuse(f"{field}.zone", f"is {values['zone']!r}", "Give the id of a zone")
            return AreaOrder(values["zone"], actions)
        corners = self.sequence(values["corners"], f"{field}.corners")
        places = tuple(self.place(corner, f"{field}.corners[{n}]") for n, corner in enumerate(corners))
        is_area = len(places) >= _CORNERS_LEAST
        outline = Polygon([(place.lon_deg, place.lat_deg) for place in places]) if is_area else Polygon()
        if outline.area == 0.0 or not outline.is_valid:
            raise self.refuse(
                f"{field}.corners", "make no area", "Give three corners or more, in order round the area"
            )
        return AreaOrder(places, actions)

    def place(self, value: Any, field: str) -> LatLon:
        """Read a position."""
        values = self.known(value, field, {"lat_deg", "lon_deg"})
        lat_deg, lon_deg = (self.finite(values.get(key), f"{field}.{key}") for key in ("lat_deg", "lon_deg"))
        position = self.position(lat_deg, lon_deg, field)
        if position is None:
            raise self.refuse(field, "is 0, 0", "Give a position in degrees")
        return position

    def actions(self, values: Mapping[str, Any], field: str) -> tuple[Action, ...]:
        """Read some actions."""
        listed = self.sequence(values.get("actions"), f"{field}.actions")
        if not listed:
            raise self.refuse(f"{field}.actions", "is empty", f"Give some of {_NAMED}")
        return tuple(self.action(value, f"{field}.actions[{n}]") for n, value in enumerate(listed))

    def action(self, value: Any, field: str) -> Action:
        """Read one action."""
        if isinstance(value, str) and value in _PLAIN:
            return _PLAIN[value]()
        if not isinstance(value, dict) or not value:
            raise self.refuse(field, f"is {value!r}", f"Give one of {_NAMED}")
        key = next(iter(value))
        if key == "look_at":
            values = self.known(value, field, {"look_at", "alt_rel_m"})
            alt_rel_m = self.finite(values.get("alt_rel_m", 0.0), f"{field}.alt_rel_m")
            return self._placed(LookAt, field, self.place(values["look_at"], f"{field}.look_at"), alt_rel_m)
        values = self.known(value, field, {key})
        if key in _OF_NUMBER:
            return self._placed(_OF_NUMBER[key], field, self.finite(values[key], f"{field}.{key}"))
        if key in _SWITCHES and isinstance(values[key], str):
            return Switch(values[key], is_on=_SWITCHES[key])
        raise self.refuse(field, f"is {value!r}", f"Give one of {_NAMED}")

    def _placed(self, make: Callable[..., _Made], field: str, *values: Any) -> _Made:
        """Make something of values; where they cannot be, say where they stand."""
        try:
            return make(*values)
        except MissionError as error:
            raise MissionError(error.what, place=f"{self.source}, {field}", remedy=error.remedy) from None
