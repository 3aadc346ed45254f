"""The fastest way through legal space at several altitudes."""

import itertools
import math

from geofence.local_frame import LocalFrame
from geofence.zone_set import ZoneSet
from missions.refusal import MissionError
from missions.transit.layered_path import LayeredPath, Place
from missions.transit.layered_search import LayeredSearch
from missions.transit.legal_columns import LegalColumns
from missions.transit.tower import Levels, Tower
from missions.transit.transit import named
from missions.ways.copter_motion import CopterMotion

LOWEST_REL_M = 10.0
HIGHEST_REL_M = 120.0
ALT_MARGIN_M = 3.0

_LEVELS_AT_MOST = 24
_TOWERS_KEPT = 16


class LayeredTransit:
    """Fastest legal paths of level and vertical legs.

    Legal space changes only at the floors and ceilings of zones. A level leg can be moved up or down, whichever
    makes the climbs shorter, until it meets one of these, less the margin, or an altitude of its neighbours: only
    such altitudes are flown. Ways at one altitude are exact; where the altitude changes in the middle of a path,
    places along the border of what is open to it are tried, and the best is moved until no move helps.

    Parameters
    ----------
    zones : ZoneSet
    frame : LocalFrame
        Should lie near the zones.
    margin_m, alt_margin_m : float
        Kept from everything forbidden aside, and from floors and ceilings of zones.
    lowest_rel_m, highest_rel_m : float
        Level flight keeps between these; below it is only taken off and landed.
    motion : CopterMotion, optional
        How fast it cruises, climbs and descends.
    home_alt_amsl_m : float, optional
        Without it exclusion zones with limits above mean sea level hold at all altitudes.
    """

    def __init__(
        self,
        zones: ZoneSet,
        frame: LocalFrame,
        *,
        margin_m: float,
        alt_margin_m: float = ALT_MARGIN_M,
        lowest_rel_m: float = LOWEST_REL_M,
        highest_rel_m: float = HIGHEST_REL_M,
        motion: CopterMotion | None = None,
        home_alt_amsl_m: float | None = None,
    ) -> None:
        if not 0.0 <= lowest_rel_m <= highest_rel_m < math.inf:
            raise MissionError(
                f"level flight from {lowest_rel_m:g} m to {highest_rel_m:g} m is not possible",
                remedy="Give a lowest altitude of 0 m or more, not above the highest",
            )
        self.frame = frame
        self.lowest_rel_m, self.highest_rel_m = lowest_rel_m, highest_rel_m
        self.motion = motion if motion is not None else CopterMotion()
        columns = LegalColumns(
            zones, frame, margin_m=margin_m, alt_margin_m=alt_margin_m, home_alt_amsl_m=home_alt_amsl_m
        )
        limits_m = columns.limits_rel_m()
        self._limits_rel_m = limits_m[(limits_m > lowest_rel_m) & (limits_m <= highest_rel_m)].tolist()
        self._levels = Levels(columns)
        self._towers: dict[tuple[float, ...], Tower] = {}

    def path(self, start: Place, end: Place) -> LayeredPath:
        """Fastest path, both ends included.

        Raises
        ------
        MissionError
            An end is not legal, or there is no way between them at any altitude: says where and why.
        """
        for place in (start, end):
            self._refuse_altitude(place)
        tower = self._tower(start, end)
        return LayeredSearch(tower, start, end, self.motion, self.frame).path()

    def _tower(self, start: Place, end: Place) -> Tower:
        given = {self.lowest_rel_m}
        given |= {place.alt_rel_m for place in (start, end) if place.alt_rel_m >= self.lowest_rel_m}
        alts_rel_m = tuple(_thinned(sorted(given | set(self._limits_rel_m)), given))
        if alts_rel_m not in self._towers:
            if len(self._towers) >= _TOWERS_KEPT:
                self._towers.pop(next(iter(self._towers)))
            self._towers[alts_rel_m] = Tower(self._levels, alts_rel_m)
        return self._towers[alts_rel_m]

    def _refuse_altitude(self, place: Place) -> None:
        if not 0.0 <= place.alt_rel_m <= self.highest_rel_m:
            raise MissionError(
                f"{place.alt_rel_m:g} m is not between the ground and {self.highest_rel_m:g} m",
                place=named(place.xy_m, self.frame),
                remedy=f"Take an altitude of at most {self.highest_rel_m:g} m",
            )


def _thinned(alts_rel_m: list[float], kept: set[float]) -> list[float]:
    """Leave out altitudes close to the next until few are left; all that are flown stay legal."""
    while len(alts_rel_m) > max(_LEVELS_AT_MOST, len(kept)):
        gaps = [
            (high_m - low_m, low_m) for low_m, high_m in itertools.pairwise(alts_rel_m) if low_m not in kept
        ]
        if not gaps:
            break
        alts_rel_m = [alt_m for alt_m in alts_rel_m if alt_m != min(gaps)[1]]
    return alts_rel_m
