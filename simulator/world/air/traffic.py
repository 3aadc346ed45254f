"""Other aircraft on their routes."""

from dataclasses import dataclass

import numpy as np

from simulator.world.world_frame import Floats, WorldFrame


@dataclass(frozen=True, slots=True)
class AircraftSettings:
    """One aircraft that says where it is.

    Parameters
    ----------
    icao_address : int
        24 bits.
    callsign : str
        Up to 8 letters and digits.
    route : tuple of (lat_deg, lon_deg, alt_amsl_m)
    speed_m_s : float
    starts_s : float
        It is not there before.
    does_loop : bool
        From the end of the route it flies back to the first place, and on.
    emitter_type : int
        ADSB_EMITTER_TYPE.
    """

    icao_address: int
    callsign: str
    route: tuple[tuple[float, float, float], ...]
    speed_m_s: float
    starts_s: float = 0.0
    does_loop: bool = False
    emitter_type: int = 1


@dataclass(frozen=True, slots=True)
class Aircraft:
    """Where one is, in metres of the world's frame and above sea level."""

    settings: AircraftSettings
    north_m: float
    east_m: float
    alt_amsl_m: float
    velocity_north_m_s: float
    velocity_east_m_s: float
    velocity_up_m_s: float


class _Route:
    def __init__(self, settings: AircraftSettings, frame: WorldFrame) -> None:
        self.settings = settings
        route = settings.route + settings.route[:1] * settings.does_loop
        xy_m = frame.xy_m([(lat_deg, lon_deg) for lat_deg, lon_deg, _ in route])
        self._points: Floats = np.column_stack(
            (xy_m[:, 1], xy_m[:, 0], [alt_amsl_m for *_, alt_amsl_m in route])
        )
        self._along_m = np.concatenate(
            ([0.0], np.cumsum(np.linalg.norm(np.diff(self._points, axis=0), axis=1)))
        )

    def at(self, now_s: float) -> Aircraft | None:
        flown_m = (now_s - self.settings.starts_s) * self.settings.speed_m_s
        length_m = float(self._along_m[-1])
        if flown_m < 0.0 or (flown_m > length_m and not self.settings.does_loop):
            return None
        flown_m = flown_m % length_m if self.settings.does_loop else flown_m
        leg = min(int(np.searchsorted(self._along_m, flown_m, "right")) - 1, len(self._along_m) - 2)
        way = (self._points[leg + 1] - self._points[leg]) / (self._along_m[leg + 1] - self._along_m[leg])
        place = self._points[leg] + way * (flown_m - self._along_m[leg])
        return Aircraft(self.settings, *map(float, place), *map(float, way * self.settings.speed_m_s))


class Traffic:
    """Every aircraft's place is a function of time alone."""

    def __init__(self, aircraft: tuple[AircraftSettings, ...], frame: WorldFrame) -> None:
        self._routes = [_Route(settings, frame) for settings in aircraft]

    def __len__(self) -> int:
        return len(self._routes)

    def at(self, now_s: float) -> list[Aircraft]:
        """Give those that are there."""
        return [aircraft for route in self._routes if (aircraft := route.at(now_s)) is not None]
