"""One mapping of a document, read with names, ranges and places of what is wrong."""

import difflib
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from simulator.refusal import SimulatorError
from simulator.world.time_table import TimeTable
from simulator.world.world_frame import LatLon

Value = TypeVar("Value")
ALT_RANGE_M = (-500.0, 9_000.0)
TIME_RANGE_S = (0.0, 1e7)


def place_of(name: str, place: str) -> str:
    """Name a value of a mapping as `river.level_m`."""
    return f"{place}.{name}" if place else name


def number(value: Any, place: str, low: float, high: float, *, is_whole: bool = False) -> float:
    """Read a number within a range.

    Raises
    ------
    SimulatorError
        If it is none.
    """
    remedy = f"Give a {'whole ' if is_whole else ''}number from {low:g} to {high:g}"
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        raise SimulatorError(f"{value!r} is no number", place=place, remedy=remedy)
    if not low <= value <= high:
        raise SimulatorError(f"{str(value)[:20]} is out of range", place=place, remedy=remedy)
    if is_whole and value != int(value):
        raise SimulatorError(f"{value:g} is not whole", place=place, remedy=remedy)
    return float(value)


def sequence(value: Any, place: str, what: str, *, least: int = 0) -> list[Any]:
    """Read a list.

    Raises
    ------
    SimulatorError
        If it is none, or too short.
    """
    if not isinstance(value, list | tuple):
        raise SimulatorError(f"{value!r} is no list", place=place, remedy=f"Give a list of {what}")
    if len(value) < least:
        raise SimulatorError(
            f"there are {len(value)} {what}", place=place, remedy=f"Give {least} or more {what}"
        )
    return list(value)


def lat_lon(value: Any, place: str) -> LatLon:
    """Read [latitude, longitude]."""
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise SimulatorError(
            f"{value!r} is no place", place=place, remedy="Give [latitude, longitude] in degrees"
        )
    return number(value[0], f"{place}[0]", -85.0, 85.0), number(value[1], f"{place}[1]", -180.0, 180.0)


class Section:
    """A mapping whose keys are all known when it is closed.

    Parameters
    ----------
    value : mapping
    place : str
        Of it in the document; empty for all of it.

    Raises
    ------
    SimulatorError
        If it is no mapping.
    """

    def __init__(self, value: Any, place: str = "") -> None:
        self.place = place
        if not isinstance(value, Mapping):
            raise SimulatorError(
                f"{value!r} is no section", place=place or "world", remedy="Give keys with their values"
            )
        self._values = value
        self._known: list[str] = []

    def __contains__(self, name: str) -> bool:
        return self._values.get(name) is not None

    def at(self, name: str) -> str:
        """Where a value of it stands."""
        return place_of(name, self.place)

    def raw(self, name: str, *, needed_as: str = "") -> Any:
        """Give a value as it is, None where there is none.

        Raises
        ------
        SimulatorError
            If it is missing and was needed, as what.
        """
        self._known.append(name)
        value = self._values.get(name)
        if value is None and needed_as:
            raise SimulatorError(f"{name} is missing", place=self.at(name), remedy=f"Give {needed_as}")
        return value

    def number(self, name: str, low: float, high: float, default: float | None = None) -> float:
        """Read a number; without a default it is needed."""
        value = self.raw(name, needed_as=f"a number from {low:g} to {high:g}" if default is None else "")
        return default if value is None and default is not None else number(value, self.at(name), low, high)

    def whole(self, name: str, low: int, high: int, default: int | None = None) -> int:
        """Read a whole number; without a default it is needed."""
        value = self.raw(name, needed_as=f"a whole number from {low} to {high}" if default is None else "")
        if value is None and default is not None:
            return default
        return int(number(value, self.at(name), low, high, is_whole=True))

    def flag(self, name: str) -> bool:
        """Read true or false; false where it is missing."""
        value = self.raw(name)
        if value is not None and not isinstance(value, bool):
            raise SimulatorError(f"{value!r} is neither", place=self.at(name), remedy="Give true or false")
        return bool(value)

    def text(self, name: str, default: str | None = None, *, words: Iterable[str] = ()) -> str:
        """Read a text, or one of some words; without a default it is needed."""
        choice = ", ".join(words)
        value = self.raw(name, needed_as=(choice or "a text") if default is None else "")
        if value is None and default is not None:
            return default
        if not isinstance(value, str) or not value or (choice and value not in choice.split(", ")):
            raise SimulatorError(
                f"{value!r} is no {name}", place=self.at(name), remedy=f"Give {choice or 'a text'}"
            )
        return value

    def lat_lon(self, name: str) -> LatLon:
        """Read a place."""
        return lat_lon(self.raw(name, needed_as="[latitude, longitude]"), self.at(name))

    def places(self, name: str, *, least: int) -> tuple[LatLon, ...]:
        """Read a list of places; the last may repeat the first."""
        value = self.raw(name, needed_as=f"{least} or more places")
        places = [
            lat_lon(each, f"{self.at(name)}[{row}]")
            for row, each in enumerate(sequence(value, self.at(name), "places"))
        ]
        if least >= 3 and len(places) > 1 and places[0] == places[-1]:
            places.pop()
        if len(set(places)) < least:
            raise SimulatorError(
                f"{len(set(places))} different places are too few",
                place=self.at(name),
                remedy=f"Give {least} or more",
            )
        return tuple(places)

    def table(self, name: str, low: float, high: float, default: float | None = None) -> TimeTable:
        """Read a steady value, or [seconds, value] pairs of increasing time."""
        remedy = f"a number from {low:g} to {high:g}, or a list of [seconds, number]"
        value = self.raw(name, needed_as=remedy if default is None else "")
        place = self.at(name)
        if value is None and default is not None:
            return TimeTable.steady(default)
        if not isinstance(value, list | tuple):
            return TimeTable.steady(number(value, place, low, high))
        rows: list[tuple[float, float]] = []
        for row, pair in enumerate(sequence(value, place, "[seconds, number] pairs", least=1)):
            here = f"{place}[{row}]"
            if not isinstance(pair, list | tuple) or len(pair) != 2:
                raise SimulatorError(f"{pair!r} is no pair", place=here, remedy="Give [seconds, number]")
            at_s = number(pair[0], here, *TIME_RANGE_S)
            if rows and at_s <= rows[-1][0]:
                raise SimulatorError(
                    f"{at_s:g} s is not after {rows[-1][0]:g} s", place=here, remedy="Give times in order"
                )
            rows.append((at_s, number(pair[1], here, low, high)))
        return TimeTable.of(rows)

    def section(self, name: str) -> "Section | None":
        """Give a mapping in it, or None where there is none."""
        value = self.raw(name)
        return None if value is None else Section(value, self.at(name))

    def each(self, name: str, read: "Callable[[Section], Value]") -> tuple[Value, ...]:
        """Read a list of mappings; empty where there is none."""
        value = self.raw(name)
        if value is None:
            return ()
        read_ones: list[Value] = []
        for row, item in enumerate(sequence(value, self.at(name), "sections")):
            section = Section(item, f"{self.at(name)}[{row}]")
            read_ones.append(read(section))
            section.close()
        return tuple(read_ones)

    def close(self) -> None:
        """Refuse keys that nobody asked for."""
        for name in self._values:
            if name not in self._known:
                near = difflib.get_close_matches(str(name), self._known, 1)
                known = ", ".join(sorted(self._known))
                raise SimulatorError(
                    f"{name!r} is not known here",
                    place=self.at(str(name)),
                    remedy=f"Did you mean {near[0]}" if near else f"Known are {known}",
                )
