"""Drones that come with the planner."""

from missions.refusal import MissionError
from missions.vehicle.battery import Battery
from missions.vehicle.lift import Lift
from missions.vehicle.profile import VehicleProfile

QUAD_30 = VehicleProfile(
    "quad-30",
    empty_mass_kg=1.39,
    lift=Lift(rotors=4, rotor_diameter_m=0.24, drag_area_m2=0.05, avionics_w=12.0),
    battery=Battery(89.0),
)
"""A patrol quadcopter of 1.4 kg that hovers for half an hour."""

ARDUCOPTER_SITL = VehicleProfile(
    "arducopter-sitl",
    empty_mass_kg=3.0,
    # 0.052 per metre of deceleration, 27 degrees of lean at 9.8 m/s in the recordings; 343 W in the hover.
    lift=Lift(rotors=4, rotor_diameter_m=0.36, drag_area_m2=0.2956, avionics_w=5.0),
    battery=Battery(41.6, usable_share=1.0),
    max_wind_m_s=10.0,
)
"""The quadcopter "+" of ArduPilot's SITL as recorded with 4.6.2: 3 kg, 3.3 Ah at 12.6 V, much drag."""

QUAD_50 = VehicleProfile(
    "quad-50",
    empty_mass_kg=6.3,
    lift=Lift(
        rotors=4,
        rotor_diameter_m=0.533,
        drag_area_m2=0.146,
        figure_of_merit=0.65,
        drive_efficiency=0.85,
        avionics_w=20.0,
    ),
    battery=Battery(548.0),
    max_wind_m_s=12.0,
)
"""A quadcopter of 6.3 kg with two batteries that hovers for fifty minutes and carries 2.7 kg."""

STOCK_PROFILES = {profile.name: profile for profile in (QUAD_30, ARDUCOPTER_SITL, QUAD_50)}


def stock_profile(name: str) -> VehicleProfile:
    """Give a drone by its name.

    Raises
    ------
    MissionError
    """
    if name not in STOCK_PROFILES:
        raise MissionError(
            f"no drone is called {name!r}",
            place="vehicle",
            remedy=f"Take {', '.join(STOCK_PROFILES)}, or a file",
        )
    return STOCK_PROFILES[name]
