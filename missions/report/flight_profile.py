"""What is predicted of a flight, as plain data."""

from dataclasses import dataclass
from typing import Self

from missions.refusal import MissionError
from missions.vehicle.prediction import FlightPrediction


@dataclass(frozen=True, slots=True)
class FlightProfile:
    """When each item of a plan is done, and what energy is used by then.

    Parameters
    ----------
    item_seqs : tuple of int
        Of the items, in flight order; an item that is flown twice is there twice.
    ends_s : tuple of float
        After departure, one an item; never less than the one before.
    used_wh : tuple of float
        Since departure, one an item; empty where it is not known.
    battery_wh, reserve_wh : float or None
        What is in the battery at departure, and what has to be left at the landing.

    Raises
    ------
    MissionError
        The lengths differ, or times or energies run backwards.
    """

    item_seqs: tuple[int, ...]
    ends_s: tuple[float, ...]
    used_wh: tuple[float, ...] = ()
    battery_wh: float | None = None
    reserve_wh: float | None = None

    def __post_init__(self) -> None:
        if len(self.ends_s) != len(self.item_seqs) or len(self.used_wh) not in (0, len(self.item_seqs)):
            raise MissionError("a flight profile wants one time, and one energy or none, for every item")
        for values in (self.ends_s, self.used_wh):
            if any(not before <= after for before, after in zip((0.0, *values), values, strict=False)):
                raise MissionError("times and energies of a flight profile never grow less")

    @classmethod
    def of(cls, prediction: FlightPrediction) -> Self:
        """Give what is predicted of each item."""
        seqs: list[int] = []
        ends_s: list[float] = []
        used_wh: list[float] = []
        total_wh = 0.0
        for leg in prediction.legs:
            total_wh += leg.energy_wh
            if seqs and seqs[-1] == leg.item_seq:
                ends_s[-1], used_wh[-1] = leg.end_s, total_wh
                continue
            seqs.append(leg.item_seq)
            ends_s.append(leg.end_s)
            used_wh.append(total_wh)
        battery = prediction.profile.battery
        return cls(
            tuple(seqs),
            tuple(ends_s),
            tuple(used_wh),
            battery.usable_wh,
            battery.usable_wh * battery.reserve_share,
        )
