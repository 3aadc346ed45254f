"""When a flight is where, and with how much left in its battery."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from geofence.latlon import LatLon
from geofence.local_frame import LocalFrame
from geofence.terrain import Terrain
from missions.plan.plan import Plan
from missions.plan.route_items import items_of, routes_of
from missions.plan.waypoint import Waypoint
from missions.vehicle.circle_lag import fallen_behind
from missions.vehicle.movement import Phase, movements_of
from missions.vehicle.movement_energy import movement_energy_wh
from missions.vehicle.movement_times import paces_of
from missions.vehicle.profile import VehicleProfile
from missions.vehicle.wind import CALM, Wind

_NOWHERE = LatLon(0.0, 0.0)


@dataclass(frozen=True, slots=True)
class PredictedLeg:
    """One stretch of a predicted flight.

    Parameters
    ----------
    from_seq, item_seq : int
        The items that it begins at and is flown for; 0 is home.
    phase : Phase
    position : LatLon
        Where it ends; of circles where they begin.
    alt_rel_m : float
        There.
    length_m : float
        Along its path.
    start_s, end_s : float
        After arming.
    energy_wh : float
    state_of_charge : float
        Share of the usable energy that is left at its end.
    """

    from_seq: int
    item_seq: int
    phase: Phase
    position: LatLon
    alt_rel_m: float
    length_m: float
    start_s: float
    end_s: float
    energy_wh: float
    state_of_charge: float

    @property
    def duration_s(self) -> float:
        """From its start to its end."""
        return self.end_s - self.start_s


@dataclass(frozen=True, slots=True)
class FlightPrediction:
    """What a flight is expected to take.

    Parameters
    ----------
    profile : VehicleProfile
    wind : Wind
    legs : tuple of PredictedLeg
    """

    profile: VehicleProfile
    wind: Wind
    legs: tuple[PredictedLeg, ...]

    @property
    def duration_s(self) -> float:
        """From arming until the motors stop."""
        return self.legs[-1].end_s if self.legs else 0.0

    @property
    def energy_wh(self) -> float:
        """Taken from the battery."""
        return math.fsum(leg.energy_wh for leg in self.legs)

    @property
    def state_of_charge(self) -> float:
        """Share of the usable energy that is left at the end; negative where it does not suffice."""
        return self.legs[-1].state_of_charge if self.legs else 1.0

    @property
    def keeps_reserve(self) -> bool:
        """Whether it ends before its reserve is touched."""
        return self.reserve_broken_by is None

    @property
    def reserve_broken_by(self) -> PredictedLeg | None:
        """The leg on which the reserve is touched; None where it is not."""
        reserve = self.profile.battery.reserve_share
        return next((leg for leg in self.legs if leg.state_of_charge < reserve - 1e-12), None)

    @property
    def reserve_broken_s(self) -> float | None:
        """When the reserve is touched, after arming; None where it is not."""
        leg = self.reserve_broken_by
        if leg is None:
            return None
        spent = leg.energy_wh / self.profile.battery.usable_wh
        over = self.profile.battery.reserve_share - leg.state_of_charge
        return leg.end_s - leg.duration_s * over / spent

    def state_of_charge_at(self, time_s: float) -> float:
        """Share of the usable energy that is left at a time after arming."""
        before = 1.0
        for leg in self.legs:
            if time_s < leg.end_s:
                share = max(0.0, time_s - leg.start_s) / leg.duration_s
                return before + share * (leg.state_of_charge - before)
            before = leg.state_of_charge
        return before


def predict_flight(
    plan: Plan, profile: VehicleProfile, wind: Wind = CALM, *, terrain: Terrain | None = None
) -> FlightPrediction:
    """Predict the expected times and energies of a plan's flight.

    Parameters
    ----------
    plan : Plan
        Its home altitude, where it has one, sets the density of the air; else that of sea level is taken.
    profile : VehicleProfile
    wind : Wind
        A copter holds its speed over ground: wind costs power, and time only beyond its greatest lean.
    terrain : Terrain, optional
        For altitudes above ground.

    Raises
    ------
    MissionError
        For items whose way is not known or that have no end, and for wind that the drone must not or cannot fly in.

    Notes
    -----
    Yaw costs no time: ArduCopter turns on its way, and CONDITION_YAW holds up no navigation item.
    """
    alt_amsl_m = plan.home_alt_amsl_m or 0.0
    movements = movements_of(plan, profile.motion, terrain=terrain)
    highest_m = max((point[2] for movement in movements for point in movement.points_m), default=0.0)
    profile.refuse_wind(wind, alt_rel_m=highest_m)
    movements = fallen_behind(movements, profile, wind, alt_amsl_m=alt_amsl_m)
    paces = paces_of(movements, profile, wind, alt_amsl_m=alt_amsl_m)
    frame = LocalFrame(plan.home)
    ends = frame.latlon_deg([movement.end_m[:2] for movement in movements])
    legs: list[PredictedLeg] = []
    now_s = used_wh = 0.0
    for movement, pace, (lat_deg, lon_deg) in zip(movements, paces, ends, strict=True):
        energy_wh = movement_energy_wh(movement, pace, profile, wind, alt_amsl_m=alt_amsl_m)
        used_wh += energy_wh
        legs.append(
            PredictedLeg(
                movement.from_seq,
                movement.item_seq,
                movement.phase,
                LatLon(float(lat_deg), float(lon_deg)),
                movement.end_m[2],
                movement.length_m,
                now_s,
                now_s + pace.duration_s,
                energy_wh,
                profile.battery.state_of_charge(used_wh),
            )
        )
        now_s += pace.duration_s
    return FlightPrediction(profile, wind, tuple(legs))


def plan_of_waypoints(
    waypoints: Sequence[Waypoint],
    *,
    speed_m_s: float | None = None,
    home_alt_amsl_m: float | None = None,
    frame: LocalFrame | None = None,
) -> Plan:
    """Make the plan that is flown for a flight in the plane, pad to pad.

    Parameters
    ----------
    waypoints : sequence of Waypoint
    speed_m_s, home_alt_amsl_m : float, optional
    frame : LocalFrame, optional
        Where the plane lies; without it the plan is good for predictions over level ground only.
    """
    frame = frame if frame is not None else LocalFrame(_NOWHERE)
    home = frame.position(*waypoints[0].xy_m)
    items = items_of(waypoints, routes_of(waypoints, frame, home), speed_m_s)
    return Plan("", home, items, home_alt_amsl_m=home_alt_amsl_m)


def predict_waypoints(
    waypoints: Sequence[Waypoint],
    profile: VehicleProfile,
    wind: Wind = CALM,
    *,
    speed_m_s: float | None = None,
    home_alt_amsl_m: float | None = None,
) -> FlightPrediction:
    """Predict a flight in the plane, pad to pad, over level ground; its seqs are those of the items made of it.

    Raises
    ------
    MissionError
        As `predict_flight`.
    """
    plan = plan_of_waypoints(waypoints, speed_m_s=speed_m_s, home_alt_amsl_m=home_alt_amsl_m)
    return predict_flight(plan, profile, wind)
