"""Who does what when: drones or pads and their bars of time, as plain data."""

from dataclasses import dataclass
from enum import StrEnum


class BarKind(StrEnum):
    """What a bar stands for."""

    TAKEOFF = "takeoff"
    FLIGHT = "flight"
    """All of a flight, where its parts are not told apart."""
    TRANSIT = "transit"
    TASK = "task"
    LANDING = "landing"
    SWAP = "swap"
    """The battery is changed."""
    WAIT = "wait"
    WINDOW = "window"
    """The time within which something has to be done; drawn behind the others."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar.

    Parameters
    ----------
    row : str
        Name of the drone or the pad.
    kind : BarKind
    begins_s, ends_s : float
        After the beginning of the chart.
    label : str
    """

    row: str
    kind: BarKind
    begins_s: float
    ends_s: float
    label: str = ""


@dataclass(frozen=True, slots=True)
class Gantt:
    """A chart; its rows are in the order of their first bars.

    Parameters
    ----------
    bars : tuple of Bar
    begins_clock_s : float or None
        Time of the day at its zero; None counts from there.
    """

    bars: tuple[Bar, ...]
    begins_clock_s: float | None = None

    @property
    def rows(self) -> tuple[str, ...]:
        """Names of the rows."""
        return tuple(dict.fromkeys(bar.row for bar in self.bars))
