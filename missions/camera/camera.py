"""A camera: its sensor, its lens, and how fast it is."""

import math
from dataclasses import dataclass, replace
from typing import Self

from missions.refusal import MissionError

_SIDE_AT_MOST_MM, _SIDE_AT_MOST_PX, _FOCAL_LENGTH_AT_MOST_MM = 100.0, 50_000, 2_000.0


@dataclass(frozen=True, slots=True)
class Camera:
    """A camera as its data sheet has it.

    Parameters
    ----------
    name : str
    sensor_width_mm, sensor_height_mm : float
        Width lies across the flight when the camera looks straight down.
    width_px, height_px : int
        Of its pictures.
    focal_length_mm : float
        The true one, not that of a 35 mm equivalent.
    shortest_interval_s : float
        Between two pictures.

    Raises
    ------
    MissionError
        A number that no camera has; names it.
    """

    name: str
    sensor_width_mm: float
    sensor_height_mm: float
    width_px: int
    height_px: int
    focal_length_mm: float
    shortest_interval_s: float = 1.0

    def __post_init__(self) -> None:
        limits = {
            "sensor_width_mm": _SIDE_AT_MOST_MM,
            "sensor_height_mm": _SIDE_AT_MOST_MM,
            "width_px": _SIDE_AT_MOST_PX,
            "height_px": _SIDE_AT_MOST_PX,
            "focal_length_mm": _FOCAL_LENGTH_AT_MOST_MM,
            "shortest_interval_s": 3600.0,
        }
        for field, most in limits.items():
            value = getattr(self, field)
            if not 0.0 < value <= most:
                raise MissionError(
                    f"{field} is {value:g}",
                    place=f"camera {self.name}",
                    remedy=f"Give a number above 0, up to {most:g}, from its data sheet",
                )

    @property
    def pixel_mm(self) -> float:
        """The longer side of a pixel on the sensor."""
        return max(self.sensor_width_mm / self.width_px, self.sensor_height_mm / self.height_px)

    @property
    def horizontal_fov_deg(self) -> float:
        """Angle of view across its width."""
        return self._fov_deg(self.sensor_width_mm)

    @property
    def vertical_fov_deg(self) -> float:
        """Angle of view along its height."""
        return self._fov_deg(self.sensor_height_mm)

    @property
    def diagonal_fov_deg(self) -> float:
        """Angle of view from corner to corner."""
        return self._fov_deg(math.hypot(self.sensor_width_mm, self.sensor_height_mm))

    def turned(self) -> Self:
        """Return the camera mounted a quarter turn round: its width along the flight."""
        return replace(
            self,
            sensor_width_mm=self.sensor_height_mm,
            sensor_height_mm=self.sensor_width_mm,
            width_px=self.height_px,
            height_px=self.width_px,
        )

    def _fov_deg(self, side_mm: float) -> float:
        return 2.0 * math.degrees(math.atan(0.5 * side_mm / self.focal_length_mm))
