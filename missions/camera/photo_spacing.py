"""How far apart lines are flown and pictures taken, and how fast."""

import math
from dataclasses import dataclass
from typing import Self

from missions.camera.view import View
from missions.refusal import MissionError

DEFAULT_FORWARD_OVERLAP, DEFAULT_SIDE_OVERLAP = 0.75, 0.65
"""What photogrammetry usually asks for."""

DEFAULT_EXPOSURE_S = 1.0 / 500.0
DEFAULT_BLUR_PX = 1.0


@dataclass(frozen=True, slots=True)
class PhotoSpacing:
    """Spacing of pictures and lines for a view and overlaps.

    Parameters
    ----------
    view : View
    swath_spacing_m : float
        Between neighbouring lines.
    trigger_distance_m : float
        From picture to picture.
    """

    view: View
    swath_spacing_m: float
    trigger_distance_m: float

    @classmethod
    def of(
        cls,
        view: View,
        forward_overlap: float = DEFAULT_FORWARD_OVERLAP,
        side_overlap: float = DEFAULT_SIDE_OVERLAP,
    ) -> Self:
        """Reckon from the share of each picture that the next one, and the next line, shows again.

        Raises
        ------
        MissionError
            An overlap is not from 0 to below 1.
        """
        for name, overlap in (("forward", forward_overlap), ("side", side_overlap)):
            if not 0.0 <= overlap < 1.0:
                raise MissionError(
                    f"a {name} overlap of {overlap:g} is no share of a picture",
                    remedy="Give 0 or more, below 1, such as 0.7",
                )
        return cls(view, (1.0 - side_overlap) * view.swath_m, (1.0 - forward_overlap) * view.length_m)

    def fastest_m_s(
        self, *, exposure_s: float = DEFAULT_EXPOSURE_S, blur_px: float = DEFAULT_BLUR_PX
    ) -> float:
        """Fastest speed at which the camera keeps up and its pictures are sharp."""
        return min(self.fastest_for_interval_m_s, self.fastest_for_blur_m_s(exposure_s, blur_px))

    @property
    def fastest_for_interval_m_s(self) -> float:
        """Fastest speed at which the camera is ready again for the next picture."""
        return self.trigger_distance_m / self.view.camera.shortest_interval_s

    def fastest_for_blur_m_s(self, exposure_s: float, blur_px: float = DEFAULT_BLUR_PX) -> float:
        """Fastest speed at which a picture moves by so many pixels at most while it is exposed.

        Raises
        ------
        MissionError
            Exposure or blur is not positive.
        """
        if not (0.0 < exposure_s < math.inf and 0.0 < blur_px < math.inf):
            raise MissionError(
                f"an exposure of {exposure_s:g} s with a blur of {blur_px:g} pixels limits no speed",
                remedy="Give both above 0, such as 0.002 s and 1 pixel",
            )
        return blur_px * self.view.gsd_m / exposure_s

    def interval_s(self, speed_m_s: float) -> float:
        """Time between pictures at a speed.

        Raises
        ------
        MissionError
            The camera is not that fast; says how fast may be flown.
        """
        if not 0.0 < speed_m_s < math.inf:
            raise MissionError(f"{speed_m_s:g} m/s is no speed", remedy="Give metres a second above 0")
        interval_s = self.trigger_distance_m / speed_m_s
        shortest_s = self.view.camera.shortest_interval_s
        if interval_s < shortest_s:
            raise MissionError(
                f"a picture every {self.trigger_distance_m:.1f} m at {speed_m_s:g} m/s is one every {interval_s:.2f} s, "
                f"and it takes one every {shortest_s:g} s at most",
                place=f"camera {self.view.camera.name}",
                remedy=f"Fly at {math.floor(10.0 * self.fastest_for_interval_m_s) / 10.0:g} m/s or slower, higher, or with less "
                "forward overlap",
            )
        return interval_s
