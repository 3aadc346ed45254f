"""A drone as a planner knows it."""

import math
from dataclasses import dataclass, field, replace

from missions.refusal import MissionError
from missions.vehicle.battery import Battery
from missions.vehicle.lift import GRAVITY_M_S2, Lift, air_density_kg_m3
from missions.vehicle.wind import Wind
from missions.ways.copter_motion import CopterMotion

_SPEED_STEP_M_S = 0.25
_SLOWEST_M_S = 0.5


@dataclass(frozen=True, slots=True)
class VehicleProfile:
    """A drone: masses, power, battery, motion, limits.

    Parameters
    ----------
    name : str
    empty_mass_kg : float
        With its battery, without payload.
    lift : Lift
    battery : Battery
    motion : CopterMotion
        Speeds, accelerations, corners; by default ArduCopter's as shipped.
    payload_mass_kg, payload_w : float
        What a loudspeaker, lamp or camera weighs and takes.
    max_wind_m_s : float
        Gusts included; in more it does not take off.
    max_lean_deg : float
        ANGLE_MAX: it sets the fastest air speed.
    turn_round_s : float
        From landing to the next take-off, with a full battery.

    Raises
    ------
    MissionError
        For a value that cannot be, with the name of its field.
    """

    name: str
    empty_mass_kg: float
    lift: Lift
    battery: Battery
    motion: CopterMotion = field(default_factory=CopterMotion)
    payload_mass_kg: float = 0.0
    payload_w: float = 0.0
    max_wind_m_s: float = 10.0
    max_lean_deg: float = 30.0
    turn_round_s: float = 180.0

    def __post_init__(self) -> None:
        if not 0.0 < self.empty_mass_kg < math.inf:
            raise MissionError(
                f"{self.empty_mass_kg:g} kg cannot be", place="empty_mass_kg", remedy="Give kilograms above 0"
            )
        for name in ("payload_mass_kg", "payload_w", "max_wind_m_s", "turn_round_s"):
            if not 0.0 <= getattr(self, name) < math.inf:
                raise MissionError(
                    f"{getattr(self, name):g} cannot be", place=name, remedy="Give a number, 0 or more"
                )
        if not 5.0 <= self.max_lean_deg <= 60.0:
            raise MissionError(
                f"{self.max_lean_deg:g} degrees cannot be",
                place="max_lean_deg",
                remedy="Give 5 to 60 degrees",
            )

    @property
    def mass_kg(self) -> float:
        """All that flies."""
        return self.empty_mass_kg + self.payload_mass_kg

    def with_payload(self, name: str, mass_kg: float, power_w: float = 0.0) -> "VehicleProfile":
        """Give the drone that carries something more."""
        return replace(
            self,
            name=f"{self.name} with {name}",
            payload_mass_kg=self.payload_mass_kg + mass_kg,
            payload_w=self.payload_w + power_w,
        )

    def with_hover_w(self, hover_w: float) -> "VehicleProfile":
        """Give the drone with the drive efficiency that its measured power in the hover, at sea level, tells of.

        Raises
        ------
        MissionError
            For less power than its rotors need.
        """
        others_w = self.lift.avionics_w + self.payload_w
        shaft_w = (self.power_w() - others_w) * self.lift.drive_efficiency
        if not others_w + shaft_w <= hover_w < math.inf:
            raise MissionError(
                f"{hover_w:g} W do not lift {self.mass_kg:g} kg on these rotors",
                place="hover_w",
                remedy=f"Give {math.ceil(others_w + shaft_w)} W or more, or correct the masses and rotors",
            )
        return replace(self, lift=replace(self.lift, drive_efficiency=shaft_w / (hover_w - others_w)))

    def power_w(
        self,
        air_speed_m_s: float = 0.0,
        climb_m_s: float = 0.0,
        acceleration_m_s2: float = 0.0,
        *,
        alt_amsl_m: float = 0.0,
    ) -> float:
        """Battery power in flight, payload and all; hover by default."""
        density_kg_m3 = air_density_kg_m3(alt_amsl_m)
        lift_w = self.lift.power_w(
            self.mass_kg, air_speed_m_s, climb_m_s, acceleration_m_s2, density_kg_m3=density_kg_m3
        )
        return lift_w + self.payload_w

    def hover_endurance_s(self, *, alt_amsl_m: float = 0.0) -> float:
        """From full to empty in the hover, without reserve."""
        return 3600.0 * self.battery.usable_wh / self.power_w(alt_amsl_m=alt_amsl_m)

    @property
    def pull_m_s2(self) -> float:
        """Horizontal acceleration at the greatest lean, without drag."""
        return GRAVITY_M_S2 * math.tan(math.radians(self.max_lean_deg))

    def fastest_air_speed_m_s(self, *, alt_amsl_m: float = 0.0) -> float:
        """Air speed at which its lean only just holds against the drag."""
        return math.sqrt(
            self.pull_m_s2 / self.lift.drag_m_s2(self.mass_kg, 1.0, air_density_kg_m3(alt_amsl_m))
        )

    def farthest_speed_m_s(self, headwind_m_s: float = 0.0, *, alt_amsl_m: float = 0.0) -> float:
        """Ground speed at which a metre takes the least energy."""
        fastest_m_s = self.fastest_air_speed_m_s(alt_amsl_m=alt_amsl_m) - headwind_m_s
        speeds = [
            _SLOWEST_M_S + _SPEED_STEP_M_S * n
            for n in range(max(1, int((fastest_m_s - _SLOWEST_M_S) / _SPEED_STEP_M_S)))
        ]
        return min(
            speeds, key=lambda speed: self.power_w(abs(speed + headwind_m_s), alt_amsl_m=alt_amsl_m) / speed
        )

    def refuse_wind(self, wind: Wind, *, alt_rel_m: float = 0.0) -> None:
        """Refuse a wind that it must not fly in at a height.

        Raises
        ------
        MissionError
        """
        strongest_m_s = wind.strongest_m_s(alt_rel_m)
        if strongest_m_s > self.max_wind_m_s:
            raise MissionError(
                f"{self.name} flies in {self.max_wind_m_s:g} m/s at most, "
                f"and at {alt_rel_m:g} m it blows with up to {strongest_m_s:.1f} m/s",
                place="wind",
                remedy="Wait for less wind, or choose a drone for more",
            )
