"""A station's pads and drones out of JSON."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from geofence.formats.json_document import json_document
from geofence.formats.repair_log import RepairLog
from geofence.latlon import LatLon
from missions.files.bounded_file import read_bounded
from missions.files.document_reader import DocumentReader
from missions.fleet.station import Station, StationDrone, StationPad
from missions.refusal import MissionError
from missions.vehicle.profile import VehicleProfile
from missions.vehicle.profile_file import find_profile, profile_of
from missions.vehicle.stock_profiles import QUAD_30

_BATTERIES_AT_MOST = 100
_AT_ONCE_AT_MOST = 100
_ID = re.compile(r"\w(?:[\w-]{0,38}\w)?")
"""Ids become names of files."""

_STATION_FIELDS = ("pads", "drones")
_PAD_FIELDS = ("id", "position", "ground_m", "at_once", "turn_around_s", "swap_s")
_DRONE_FIELDS = ("id", "pad", "vehicle", "payload", "stand", "speed_m_s", "batteries", "capabilities")
_PAYLOAD_FIELDS = ("name", "mass_kg", "power_w")


def read_station(path: Path, *, vehicle: VehicleProfile = QUAD_30) -> Station:
    """Read pads and drones.

    Parameters
    ----------
    path : Path
    vehicle : VehicleProfile
        What a drone is that does not say it.

    Raises
    ------
    MissionError, GeofenceError
        With the file and the field.
    """
    content = read_bounded(path, most_mb=1, remedy="Give pads and drones alone")
    document = json_document(content, source=str(path), log=RepairLog())
    return _StationReader(path, vehicle).station(document)


class _StationReader(DocumentReader):
    def __init__(self, path: Path, vehicle: VehicleProfile) -> None:
        super().__init__(str(path), "Write it as docs/fleet.md tells")
        self._folder, self._vehicle = path.parent, vehicle

    def station(self, document: Any) -> Station:
        root = self.known_object(document, "the document", _STATION_FIELDS)
        pads = [self._pad(value, f"pads[{n}]") for n, value in enumerate(self._list(root, "pads"))]
        self._refuse_same_ids("pads", [pad.pad_id for pad in pads])
        known = [pad.pad_id for pad in pads]
        drones = [
            self._drone(value, f"drones[{n}]", known) for n, value in enumerate(self._list(root, "drones"))
        ]
        self._refuse_same_ids("drones", [drone.drone_id for drone in drones])
        return Station(tuple(pads), tuple(drones))

    def _pad(self, value: Any, field: str) -> StationPad:
        pad = self.known_object(value, field, _PAD_FIELDS)
        usual = StationPad("", LatLon(0.0, 0.0))
        return StationPad(
            self._id(pad, field),
            self.place(pad.get("position"), f"{field}.position"),
            ground_m=(
                None
                if pad.get("ground_m") is None
                else self._number(pad, field, "ground_m", 0.0, least=-1_000.0)
            ),
            at_once=self._count(pad, field, "at_once", usual.at_once, _AT_ONCE_AT_MOST),
            turn_around_s=self._number(pad, field, "turn_around_s", usual.turn_around_s),
            swap_s=self._number(pad, field, "swap_s", usual.swap_s),
        )

    def _drone(self, value: Any, field: str, pads: Sequence[str]) -> StationDrone:
        drone = self.known_object(value, field, _DRONE_FIELDS)
        pad_id = drone.get("pad")
        if pad_id not in pads:
            raise self.refuse(
                f"{field}.pad",
                "is missing" if pad_id is None else f"is {pad_id!r}, and there is no such pad",
                f"Name one of {', '.join(pads)}",
            )
        capabilities = drone.get("capabilities", [])
        if not (isinstance(capabilities, list) and all(isinstance(one, str) for one in capabilities)):
            raise self.refuse(f"{field}.capabilities", f"is {capabilities!r}", "Give a list of texts")
        profile = self._profile(drone, field)
        speed_m_s = None
        if drone.get("speed_m_s") is not None:
            speed_m_s = self._number(drone, field, "speed_m_s", 0.0, least=0.5, most=50.0)
        stand = drone.get("stand")
        return StationDrone(
            self._id(drone, field),
            str(pad_id),
            profile,
            stand=None if stand is None else self.place(stand, f"{field}.stand"),
            speed_m_s=speed_m_s,
            batteries=self._count(drone, field, "batteries", 8, _BATTERIES_AT_MOST),
            capabilities=frozenset(capabilities),
        )

    def _profile(self, drone: Mapping[str, Any], field: str) -> VehicleProfile:
        place, vehicle = f"{field}.vehicle", drone.get("vehicle")
        try:
            if vehicle is None:
                profile = self._vehicle
            elif isinstance(vehicle, str):
                is_file = Path(vehicle).suffix.lower() in (".toml", ".json")
                profile = find_profile(str(self._folder / vehicle) if is_file else vehicle)
            else:
                profile = profile_of(self.mapping(vehicle, place))
            if drone.get("payload") is None:
                return profile
            place = f"{field}.payload"
            payload = self.known_object(drone["payload"], place, _PAYLOAD_FIELDS)
            name = payload.get("name", "payload")
            if not isinstance(name, str):
                raise self.refuse(f"{place}.name", f"is {name!r}", "Give a text")
            return profile.with_payload(
                name,
                self._number(payload, place, "mass_kg", 0.0),
                self._number(payload, place, "power_w", 0.0),
            )
        except MissionError as error:
            if error.place == self.source:
                raise
            inner = f"{error.place}: " if error.place not in (None, "vehicle") else ""
            raise self.refuse(
                place, f"cannot be: {inner}{error.what}", error.remedy or "Correct it"
            ) from None

    def _list(self, root: Mapping[str, Any], name: str) -> Sequence[Any]:
        values = self.sequence(root.get(name), name)
        if not values:
            raise self.refuse(name, "is empty", "Give one or more")
        return values

    def _id(self, found: Mapping[str, Any], field: str) -> str:
        value = found.get("id")
        if not isinstance(value, str) or not _ID.fullmatch(value):
            raise self.refuse(
                f"{field}.id",
                "is missing" if value is None else f"is {value!r}",
                "Give up to 40 letters, digits, - and _",
            )
        return value

    def _refuse_same_ids(self, field: str, ids: Sequence[str]) -> None:
        seen: set[str] = set()
        for number, one in enumerate(ids):
            if one.casefold() in seen:
                raise self.refuse(f"{field}[{number}].id", f"is {one!r} again", "Give each an id of its own")
            seen.add(one.casefold())

    def _number(
        self,
        found: Mapping[str, Any],
        field: str,
        name: str,
        usual: float,
        *,
        least: float = 0.0,
        most: float = 86_400.0,
    ) -> float:
        number = self.finite(found.get(name, usual), f"{field}.{name}")
        if not least <= number <= most:
            raise self.refuse(f"{field}.{name}", f"is {number:g}", f"Give {least:g} to {most:g}")
        return number

    def _count(self, found: Mapping[str, Any], field: str, name: str, usual: int, most: int) -> int:
        count = self.whole(found.get(name, usual), f"{field}.{name}", most)
        if count < 1:
            raise self.refuse(f"{field}.{name}", "is 0", "Give 1 or more")
        return count
