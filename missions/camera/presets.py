"""Cameras that patrol drones carry, by their makers' data sheets."""

from missions.camera.camera import Camera
from missions.refusal import MissionError

DEFAULT_CAMERA = Camera("1/2.3 inch, 12 MP, 24 mm equivalent", 6.17, 4.55, 4000, 3000, 4.3, 2.0)
"""What a quadcopter of half an hour's flight usually carries."""

PRESETS = {
    "generic": DEFAULT_CAMERA,
    "dji-mavic-3e-wide": Camera("DJI Mavic 3E, wide", 17.3, 13.0, 5280, 3956, 12.29, 0.7),
    "dji-m30t-wide": Camera("DJI M30T, wide", 6.4, 4.8, 4000, 3000, 4.5, 0.7),
    "dji-m30t-thermal": Camera("DJI M30T, thermal", 7.68, 6.144, 640, 512, 9.1, 0.7),
    "dji-phantom-4-rtk": Camera("DJI Phantom 4 RTK", 13.2, 8.8, 5472, 3648, 8.8, 2.5),
    "dji-zenmuse-p1-35": Camera("DJI Zenmuse P1, 35 mm", 35.9, 24.0, 8192, 5460, 35.0, 0.7),
    "sony-rx1r-ii": Camera("Sony RX1R II", 35.9, 24.0, 7952, 5304, 35.0, 1.0),
}


def preset(name: str) -> Camera:
    """Give a camera by its name.

    Raises
    ------
    MissionError
        There is none of that name.
    """
    try:
        return PRESETS[name]
    except KeyError:
        raise MissionError(
            f"no camera is called {name!r}",
            remedy=f"Known are {', '.join(sorted(PRESETS))}; describe another one in a JSON file",
        ) from None
