"""Values out of a plan document; what is not as it should be is refused with its place."""

import difflib
import math
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from geofence.formats.qgc.fence import OWN_KEY
from geofence.latlon import LatLon
from geofence.refusal import GeofenceError
from missions.files.item_values import VALUE_AT_MOST
from missions.plan.route_items import rounded
from missions.refusal import MissionError

_SHOWN_AT_MOST = 120


class DocumentReader:
    """Takes values out of one document.

    Parameters
    ----------
    source : str
        Where it came from, for refusals.
    remedy : str
        What to do where a whole part is missing.
    """

    def __init__(self, source: str, remedy: str = "Save the plan again from a ground station") -> None:
        self.source = source
        self._remedy = remedy

    def refuse(self, field: str, what: str, remedy: str) -> MissionError:
        """Make a refusal; the caller raises it."""
        shown = what if len(what) <= _SHOWN_AT_MOST else what[: _SHOWN_AT_MOST - 3] + "..."
        return MissionError(f"{field} {shown}", place=self.source, remedy=remedy)

    def mapping(self, value: Any, field: str) -> Mapping[str, Any]:
        """Read an object."""
        if not isinstance(value, dict):
            raise self.refuse(field, "is missing or not an object", self._remedy)
        return value

    def known_object(self, value: Any, field: str, known: Collection[str]) -> Mapping[str, Any]:
        """Read an object that has no other fields than these."""
        found = self.mapping(value, field)
        for name in found:
            if name not in known:
                near = difflib.get_close_matches(name, known, 1)
                remedy = f"Did you mean {near[0]}?" if near else f"Known are {', '.join(known)}"
                raise self.refuse(f"{field}.{name}", "is not known", remedy)
        return found

    def sequence(self, value: Any, field: str) -> Sequence[Any]:
        """Read a list."""
        if not isinstance(value, list):
            raise self.refuse(field, "is missing or not a list", self._remedy)
        return value

    def numbers(
        self, value: Any, field: str, lengths: tuple[int, ...], *, unset: Collection[int] = ()
    ) -> list[float]:
        """Read numbers; null, which QGroundControl writes for NaN, is 0 at the places `unset` and refused at others."""
        values = self.sequence(value, field)
        if len(values) not in lengths:
            raise self.refuse(field, f"holds {len(values)} values", f"Give {lengths[-1]} values")
        return [
            0.0 if v is None and n in unset else self.finite(v, f"{field}[{n}]") for n, v in enumerate(values)
        ]

    def finite(self, value: Any, field: str) -> float:
        """Read a number that a MAVLink float can hold."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.refuse(field, f"is {'null' if value is None else repr(value)}", "Give a number")
        if not (math.isfinite(value) and abs(value) <= VALUE_AT_MOST):
            raise self.refuse(field, f"is {value!r}", "Give a finite number")
        return float(value)

    def number(self, values: Mapping[str, Any], key: str, *, least: float = -math.inf) -> float | None:
        """Read a number of our own part of the document; None where it is not given."""
        value = values.get(key)
        if value is None:
            return None
        number = self.finite(value, f"{OWN_KEY}.{key}")
        if number < least:
            raise self.refuse(f"{OWN_KEY}.{key}", f"is {number:g}", f"Give {least:g} or more")
        return number

    def text(self, values: Mapping[str, Any], key: str, default: str) -> str:
        """Read a text of our own part of the document."""
        value = values.get(key, default)
        if not isinstance(value, str):
            raise self.refuse(f"{OWN_KEY}.{key}", f"is {value!r}", "Give a text")
        return value

    def whole(self, value: Any, field: str, most: int) -> int:
        """Read a whole number from 0 to `most`."""
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
            raise self.refuse(field, f"is {value!r}", f"Give a whole number from 0 to {most}")
        return value

    def position(self, lat_deg: float, lon_deg: float, field: str) -> LatLon | None:
        """Read a position; 0, 0 stands for none."""
        if lat_deg == 0.0 and lon_deg == 0.0:
            return None
        try:
            return rounded(LatLon(lat_deg, lon_deg))
        except GeofenceError as error:
            raise self.refuse(field, f"is no position: {error.what}", "Correct it in the file") from None

    def place(self, value: Any, field: str) -> LatLon:
        """Read a position written as `lat_deg` and `lon_deg`."""
        found = self.known_object(value, field, ("lat_deg", "lon_deg"))
        lat_deg, lon_deg = (
            self.finite(found.get(name), f"{field}.{name}") for name in ("lat_deg", "lon_deg")
        )
        try:
            return LatLon(lat_deg, lon_deg)
        except GeofenceError as error:
            raise self.refuse(field, f"is no position: {error.what}", "Give degrees of WGS-84") from None
