"""A long flight cut into flights of one battery each."""

from collections.abc import Sequence

from geofence.local_frame import LocalFrame
from geofence.terrain import Terrain
from missions.plan.plan import Plan
from missions.plan.waypoint import Waypoint
from missions.vehicle.flight_parts import BatteryFlight, FlightParts, LegalWay, Shaping
from missions.vehicle.prediction import FlightPrediction, plan_of_waypoints, predict_flight
from missions.vehicle.profile import VehicleProfile
from missions.vehicle.wind import CALM, Wind


def as_it_is(flight: tuple[Waypoint, ...]) -> tuple[Waypoint, ...]:
    """Add nothing."""
    return flight


def split_by_battery(
    waypoints: Sequence[Waypoint],
    profile: VehicleProfile,
    way: LegalWay,
    *,
    wind: Wind = CALM,
    speed_m_s: float | None = None,
    home_alt_amsl_m: float | None = None,
    frame: LocalFrame | None = None,
    terrain: Terrain | None = None,
    shaped: Shaping = as_it_is,
) -> tuple[BatteryFlight, ...]:
    """Cut a flight into as few flights as keep the reserve, each from the pad and back to it.

    Cut is at waypoints only, but for legs that are too long for one battery; of the ways to cut into as few the one that
    takes the least energy is taken, without cuts in straight lines where others cost little more. What is in force at a
    cut (speed, camera trigger, where to look) is in force again after it.

    Parameters
    ----------
    waypoints : sequence of Waypoint
        Pad to pad.
    profile : VehicleProfile
    way : callable
        Legal ways between places, such as `Transit.path`; they are flown at the altitude of the place they lead to from the
        pad, or back from.
    wind : Wind
    speed_m_s : float, optional
    home_alt_amsl_m : float, optional
    frame : LocalFrame, optional
        Where the plane lies; needed with terrain.
    terrain : Terrain, optional
        For altitudes above ground.
    shaped : callable
        Gives each part what it needs besides its way out and home, such as altitudes over ground.

    Raises
    ------
    MissionError
        For the first place that cannot be reached and returned from on one battery, or stayed at as long as asked.
    """

    def plan(flight: Sequence[Waypoint]) -> Plan:
        return plan_of_waypoints(flight, speed_m_s=speed_m_s, home_alt_amsl_m=home_alt_amsl_m, frame=frame)

    def predict(made: Plan) -> FlightPrediction:
        return predict_flight(made, profile, wind, terrain=terrain)

    whole = predict(plan(waypoints))
    if whole.keeps_reserve:
        return (BatteryFlight(tuple(waypoints), whole),)
    parts = FlightParts(waypoints, way, plan, predict, shaped)
    flight_wh = profile.battery.flight_wh
    while (too_long := parts.first_too_long(flight_wh)) is not None:
        parts = parts.halved(too_long)
    return parts.fewest_flights(flight_wh)
