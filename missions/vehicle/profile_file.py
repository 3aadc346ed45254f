"""Drones described in a file, TOML or JSON."""

import dataclasses
import difflib
import json
import math
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from missions.refusal import MissionError
from missions.vehicle.battery import Battery
from missions.vehicle.lift import Lift
from missions.vehicle.profile import VehicleProfile
from missions.vehicle.stock_profiles import STOCK_PROFILES, stock_profile
from missions.ways.copter_motion import CopterMotion

_PARTS: dict[str, type[Lift] | type[Battery] | type[CopterMotion]] = {
    "lift": Lift,
    "battery": Battery,
    "motion": CopterMotion,
}
_WHOLE_NUMBERS = {"rotors"}
_EXTRAS = {"base", "hover_w"}
_MAY_BE_NOTHING = {"overshoot_s", "swing_s", "drift_m", "pause_s", "start_s"}
_LARGEST_FILE = 1_000_000


def find_profile(name: str) -> VehicleProfile:
    """Give a drone that comes with the planner by its name, or one from a file by its path.

    Raises
    ------
    MissionError
    """
    if name in STOCK_PROFILES:
        return STOCK_PROFILES[name]
    path = Path(name)
    if path.suffix.lower() in (".toml", ".json"):
        return read_profile(path)
    return stock_profile(name)


def read_profile(path: Path) -> VehicleProfile:
    """Read a drone from a TOML or JSON file.

    Its keys are the fields of `VehicleProfile`, with tables `lift`, `battery` and `motion`; `base` names a drone that comes
    with the planner and fills what is left out, `hover_w` a measured power in the hover that sets the drive efficiency.

    Raises
    ------
    MissionError
        With the file and the field, where it cannot be read or a value cannot be.
    """
    document = _document(path)
    try:
        return profile_of(document)
    except MissionError as error:
        place = f"{path}, {error.place}" if error.place else str(path)
        raise MissionError(error.what, place=place, remedy=error.remedy) from None


def profile_of(document: Mapping[str, Any]) -> VehicleProfile:
    """Make a drone of a document's content.

    Raises
    ------
    MissionError
        With the field.
    """
    fields = {field.name for field in dataclasses.fields(VehicleProfile)}
    _refuse_unknown(document, fields | _EXTRAS, "")
    base = None
    if "base" in document:
        base = stock_profile(_text(document["base"], "base"))
    values: dict[str, Any] = {}
    for name in fields & document.keys():
        if name == "name":
            values[name] = _text(document[name], name)
        elif name in _PARTS:
            values[name] = _part(document[name], name, base)
        else:
            values[name] = _number(document[name], name)
    if base is not None:
        profile = dataclasses.replace(base, **values)
    else:
        for name in ("name", "empty_mass_kg", "lift", "battery"):
            if name not in values:
                raise MissionError(
                    "is missing", place=name, remedy=f"Give it, or a base: {', '.join(STOCK_PROFILES)}"
                )
        profile = VehicleProfile(**values)
    if "hover_w" in document:
        profile = profile.with_hover_w(_number(document["hover_w"], "hover_w"))
    return profile


def _document(path: Path) -> Mapping[str, Any]:
    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise MissionError("is too large for a drone", place=str(path), remedy="Name another file")
        text = path.read_text("utf-8")
    except OSError as error:
        raise MissionError(
            f"cannot be read: {error.strerror}", place=str(path), remedy="Name another file"
        ) from None
    except UnicodeDecodeError:
        raise MissionError("is no text in UTF-8", place=str(path), remedy="Save it as UTF-8") from None
    try:
        document = json.loads(text) if path.suffix.lower() == ".json" else tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise MissionError(
            f"cannot be understood: {error}", place=str(path), remedy="Correct it, as TOML or JSON"
        ) from None
    if not isinstance(document, dict):
        raise MissionError("holds no table of fields", place=str(path), remedy="Write one field a line")
    return document


def _part(value: Any, part: str, base: VehicleProfile | None) -> Lift | Battery | CopterMotion:
    kind = _PARTS[part]
    if not isinstance(value, dict):
        raise MissionError("is no table", place=part, remedy="Write its fields below it")
    fields = dataclasses.fields(kind)
    _refuse_unknown(value, {field.name for field in fields}, f"{part}.")
    numbers: dict[str, Any] = {}
    for name, given in value.items():
        number = _number(given, f"{part}.{name}")
        if kind is CopterMotion and not (number > 0.0 or (number == 0.0 and name in _MAY_BE_NOTHING)):
            raise MissionError(
                f"{number:g} cannot be", place=f"{part}.{name}", remedy="Give a number above 0"
            )
        if name in _WHOLE_NUMBERS and number != int(number):
            raise MissionError(f"{number:g} is no whole number", place=f"{part}.{name}", remedy="Count them")
        numbers[name] = int(number) if name in _WHOLE_NUMBERS else number
    if base is not None:
        known: Lift | Battery | CopterMotion = getattr(base, part)
        return dataclasses.replace(known, **numbers)
    for field in fields:
        if field.default is dataclasses.MISSING and field.name not in numbers:
            raise MissionError("is missing", place=f"{part}.{field.name}", remedy="Give it")
    return kind(**numbers)


def _refuse_unknown(given: Mapping[str, Any], known: set[str], prefix: str) -> None:
    for name in given:
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            what = f"Did you mean {near[0]}?" if near else f"Known are {', '.join(sorted(known))}"
            raise MissionError("is no field of a drone", place=f"{prefix}{name}", remedy=what)


def _number(value: Any, place: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise MissionError(f"{value!r} is no number", place=place, remedy="Give a number")
    number = float(value) if abs(value) < 1e300 else math.inf
    if not math.isfinite(number):
        raise MissionError(f"{value!r} is no finite number", place=place, remedy="Give a finite number")
    return number


def _text(value: Any, place: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise MissionError(f"{value!r} is no name", place=place, remedy="Give a name in quotes")
    return value
