"""The power that rotors take to lift a drone and to drive it through the air."""

import math
from dataclasses import dataclass

from missions.refusal import MissionError

GRAVITY_M_S2 = 9.80665

_INDUCED_FACTOR = 1.15
_THRUST_COEFFICIENT = 0.013
_NEWTON_STEPS = 6


def air_density_kg_m3(alt_amsl_m: float) -> float:
    """Density of the ICAO standard atmosphere (Doc 7488, troposphere)."""
    share = 1.0 - 2.25577e-5 * min(max(alt_amsl_m, -1_000.0), 10_000.0)
    return float(1.225 * share**4.25588)


@dataclass(frozen=True, slots=True)
class Lift:
    """Rotors, and the body they carry.

    Parameters
    ----------
    rotors : int
        Discs beside each other; two rotors over one another count as one.
    rotor_diameter_m : float
    drag_area_m2 : float
        Drag coefficient times frontal area.
    figure_of_merit : float
        Ideal power over shaft power in hover; 0.5 to 0.7 for small rotors.
    drive_efficiency : float
        Shaft power over battery power: motors and their controllers.
    avionics_w : float
        What autopilot, radio and camera take.

    Raises
    ------
    MissionError
        For a value that cannot be, with the name of its field.

    Notes
    -----
    Momentum theory with the usual corrections (Leishman, Principles of Helicopter Aerodynamics, 2006, ch. 2 and 5), in
    the form that Stolaroff et al. (Nature Communications 9:409, 2018) use for delivery drones and Zeng, Xu and Zhang (IEEE
    Transactions on Wireless Communications 18(4), 2019) for communication drones:

    - induced power 1.15 T v_i, with v_i = v_h^2 / sqrt(V^2 + (V_c + v_i)^2), v_h^2 = T / (2 rho A) (Glauert);
    - blade profile power (1 + 3 V^2 / U_tip^2) times that of hover, which is what the figure of merit leaves beside the
      induced power; fixed-pitch rotors turn as the root of their thrust, so that it grows as T^1.5 too;
    - parasitic power D V with D = rho CdA V^2 / 2, and climb power T V_c;
    - thrust T holds weight, drag and acceleration.

    As V grows induced power falls and parasitic power rises, which gives speeds of longest flight and of farthest flight.
    A descent is counted as level flight: slow ones take 4 % less in theory (Leishman, 2.14), and stir up air that takes
    it back.
    """

    rotors: int
    rotor_diameter_m: float
    drag_area_m2: float
    figure_of_merit: float = 0.6
    drive_efficiency: float = 0.8
    avionics_w: float = 10.0

    def __post_init__(self) -> None:
        if self.rotors < 1:
            raise MissionError(
                f"{self.rotors} rotors lift nothing", place="lift.rotors", remedy="Give 1 or more"
            )
        for name in ("rotor_diameter_m", "drag_area_m2"):
            if not 0.0 < getattr(self, name) < math.inf:
                raise MissionError(
                    f"{getattr(self, name):g} cannot be", place=f"lift.{name}", remedy="Give a number above 0"
                )
        for name, most in (("figure_of_merit", 1.0 / _INDUCED_FACTOR), ("drive_efficiency", 1.0)):
            if not 0.0 < getattr(self, name) <= most:
                raise MissionError(
                    f"{getattr(self, name):g} cannot be",
                    place=f"lift.{name}",
                    remedy=f"Give a share above 0, at most {most:.2f}",
                )
        if not 0.0 <= self.avionics_w < math.inf:
            raise MissionError(
                f"{self.avionics_w:g} W cannot be", place="lift.avionics_w", remedy="Give 0 or more watts"
            )

    @property
    def disc_area_m2(self) -> float:
        """Of all rotors."""
        return 0.25 * math.pi * self.rotors * self.rotor_diameter_m**2

    def drag_m_s2(self, mass_kg: float, air_speed_m_s: float, density_kg_m3: float) -> float:
        """Deceleration by the air."""
        return 0.5 * density_kg_m3 * self.drag_area_m2 * air_speed_m_s**2 / mass_kg

    def power_w(
        self,
        mass_kg: float,
        air_speed_m_s: float,
        climb_m_s: float = 0.0,
        acceleration_m_s2: float = 0.0,
        *,
        density_kg_m3: float = 1.225,
    ) -> float:
        """Battery power in flight.

        Parameters
        ----------
        mass_kg : float
            All that flies.
        air_speed_m_s : float
            Horizontal, through the air.
        climb_m_s : float
            Negative in descent.
        acceleration_m_s2 : float
            Horizontal, along the air speed.
        density_kg_m3 : float
        """
        drag_m_s2 = self.drag_m_s2(mass_kg, air_speed_m_s, density_kg_m3)
        thrust_n = mass_kg * math.hypot(GRAVITY_M_S2, drag_m_s2 + acceleration_m_s2)
        rising_m_s = max(climb_m_s, 0.0)
        square_m2_s2 = thrust_n / (2.0 * density_kg_m3 * self.disc_area_m2)
        induced_m_s = _induced_m_s(square_m2_s2, air_speed_m_s, rising_m_s)
        # U_tip^2 = T / (C_T rho A) = 2 v_h^2 / C_T.
        advance_square = air_speed_m_s**2 * _THRUST_COEFFICIENT / (2.0 * square_m2_s2)
        blades_w = thrust_n * math.sqrt(square_m2_s2) * (1.0 / self.figure_of_merit - _INDUCED_FACTOR)
        shaft_w = (
            _INDUCED_FACTOR * thrust_n * induced_m_s
            + blades_w * (1.0 + 3.0 * advance_square)
            + mass_kg * drag_m_s2 * air_speed_m_s
            + thrust_n * rising_m_s
        )
        return shaft_w / self.drive_efficiency + self.avionics_w


def _induced_m_s(square_m2_s2: float, air_speed_m_s: float, rising_m_s: float) -> float:
    """Solve Glauert's equation v_i sqrt(V^2 + (V_c + v_i)^2) = v_h^2 by Newton's method from above, where it is convex."""
    induced_m_s = math.sqrt(square_m2_s2)
    for _ in range(_NEWTON_STEPS):
        through_m_s = rising_m_s + induced_m_s
        flow_m_s = math.hypot(air_speed_m_s, through_m_s)
        slope = flow_m_s + induced_m_s * through_m_s / flow_m_s
        induced_m_s -= (induced_m_s * flow_m_s - square_m2_s2) / slope
    return induced_m_s
