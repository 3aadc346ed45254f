"""Faults on real ArduCopters, by their SIM_ parameters."""

import math
from collections.abc import Callable
from typing import assert_never

from missions.vehicle.wind import Wind
from simulator.faults.fault import (
    BatteryJump,
    BatterySag,
    ClockJump,
    CompassFault,
    Fault,
    GpsGlitch,
    GpsLoss,
    LinkFault,
    MotorLoss,
    Reboot,
    StuckGimbal,
    WindGust,
)
from simulator.local_frame import METRES_PER_DEGREE, longitude_scale
from telemetry.refusal import TelemetryError
from telemetry.vehicle.vehicle import Vehicle

Setting = tuple[tuple[str, ...], float]
"""Names of a parameter, in newer and older versions, and a value."""


def why_not(fault: Fault) -> str:
    """Say why ArduPilot's simulation cannot have a fault; nothing where it can."""
    match fault:
        case CompassFault(error_deg=error_deg):
            return "" if error_deg is None else "no parameter turns the compass"
        case BatteryJump():
            return "no parameter takes charge away"
        case ClockJump():
            return "no parameter sets the clock"
        case StuckGimbal():
            return "no parameter holds the gimbal"
        case Reboot():
            return "it is not restarted in flight"
        case _:
            return ""


class ArduPilotFaults:
    """Sets and gives back parameters of one vehicle.

    Parameters
    ----------
    vehicle : callable
        Gives the vehicle, once it is known.
    wind : Wind
        That blows anyway.
    """

    def __init__(self, vehicle: Callable[[], Vehicle | None], wind: Wind) -> None:
        self._vehicle = vehicle
        self._wind = wind
        self._before: dict[str, float] = {}

    async def begin(self, fault: Fault) -> None:
        """Let a fault act.

        Raises
        ------
        TelemetryError
            If the vehicle does not take a parameter.
        """
        vehicle = self._vehicle()
        if vehicle is None:
            return
        for names, value in await self._settings(vehicle, fault):
            await self._set_first(vehicle, names, value)

    async def end(self, fault: Fault) -> None:
        """Give back what a fault has set."""
        vehicle = self._vehicle()
        if vehicle is None:
            return
        names = {name for each, _ in await self._settings(vehicle, fault) for name in each}
        for name in sorted(names & self._before.keys()):
            await vehicle.set_parameter(name, self._before.pop(name))

    async def _set_first(self, vehicle: Vehicle, names: tuple[str, ...], value: float) -> None:
        for at, name in enumerate(names):
            try:
                before = await vehicle.read_parameter(name)
            except TelemetryError:
                if at + 1 == len(names):
                    raise
                continue
            self._before.setdefault(name, before)
            await vehicle.set_parameter(name, value)
            return

    async def _settings(self, vehicle: Vehicle, fault: Fault) -> list[Setting]:
        match fault:
            case GpsLoss():
                # Which of the two there is depends on the version, and they mean the opposite of each other.
                try:
                    await vehicle.read_parameter("SIM_GPS_DISABLE")
                except TelemetryError:
                    return [(("SIM_GPS1_ENABLE",), 0.0)]
                return [(("SIM_GPS_DISABLE",), 1.0)]
            case GpsGlitch():
                position = vehicle.state.position
                scale = 1.0 if position is None else longitude_scale(position.lat_deg)
                return [
                    (("SIM_GPS_GLITCH_X", "SIM_GPS1_GLTCH_X"), fault.north_m / METRES_PER_DEGREE),
                    (("SIM_GPS_GLITCH_Y", "SIM_GPS1_GLTCH_Y"), fault.east_m / METRES_PER_DEGREE / scale),
                ]
            case CompassFault():
                return [((f"SIM_MAG{number}_FAIL",), 1.0) for number in (1, 2, 3)]
            case MotorLoss():
                return [(("SIM_ENGINE_MUL",), 0.0), (("SIM_ENGINE_FAIL",), float(1 << fault.motor - 1))]
            case BatterySag():
                full_v = self._before.get("SIM_BATT_VOLTAGE") or await vehicle.read_parameter(
                    "SIM_BATT_VOLTAGE"
                )
                return [(("SIM_BATT_VOLTAGE",), full_v - fault.drop_v)]
            case WindGust():
                speed_m_s, from_deg = _together(self._wind, fault)
                return [(("SIM_WIND_SPD",), speed_m_s), (("SIM_WIND_DIR",), from_deg)]
            case LinkFault() | BatteryJump() | ClockJump() | StuckGimbal() | Reboot():
                return []
            case _:
                assert_never(fault)


def _together(wind: Wind, gust: WindGust) -> tuple[float, float]:
    north = east = 0.0
    for speed_m_s, from_deg in ((wind.speed_m_s, wind.from_deg), (gust.speed_m_s, gust.from_deg)):
        north += speed_m_s * math.cos(math.radians(from_deg))
        east += speed_m_s * math.sin(math.radians(from_deg))
    return math.hypot(north, east), math.degrees(math.atan2(east, north)) % 360.0
