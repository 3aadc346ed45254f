"""A station as its people describe it: pads and drones on the map, before they have a plane."""

from dataclasses import dataclass

from geofence.latlon import LatLon
from geofence.local_frame import LocalFrame
from missions.fleet.drone import Drone, Pad
from missions.plan.route_items import rounded
from missions.vehicle.profile import VehicleProfile
from missions.vehicle.profile_costs import ProfileCosts
from missions.vehicle.wind import CALM, Wind

_FORECAST_SHARE = 0.01
"""So far a schedule's energy may lie from that of the plans made of it; it is kept on top of the reserve."""


@dataclass(frozen=True, slots=True)
class StationPad:
    """A pad on the map; see `Pad`.

    Parameters
    ----------
    pad_id : str
    position : LatLon
    ground_m : float
        Height above the level that altitudes of the schedule are counted from.
    at_once : int
    turn_around_s : float
        From the end of one take-off or landing to the next.
    swap_s : float
    """

    pad_id: str
    position: LatLon
    ground_m: float = 0.0
    at_once: int = 1
    turn_around_s: float = 10.0
    swap_s: float = 180.0


@dataclass(frozen=True, slots=True)
class StationDrone:
    """A drone of a station; see `Drone`.

    Parameters
    ----------
    drone_id, pad_id : str
    profile : VehicleProfile
        With its payload.
    stand : LatLon or None
        Where it stands; None in the middle of its pad.
    speed_m_s : float or None
        None leaves it to the profile.
    batteries : int
    capabilities : frozenset of str
    """

    drone_id: str
    pad_id: str
    profile: VehicleProfile
    stand: LatLon | None = None
    speed_m_s: float | None = None
    batteries: int = 8
    capabilities: frozenset[str] = frozenset()

    @property
    def flown_speed_m_s(self) -> float:
        """What its missions ask for."""
        return self.profile.motion.speed_m_s if self.speed_m_s is None else self.speed_m_s


@dataclass(frozen=True, slots=True)
class Station:
    """Pads, and the drones that fly from them.

    Parameters
    ----------
    pads : tuple of StationPad
    drones : tuple of StationDrone
    """

    pads: tuple[StationPad, ...]
    drones: tuple[StationDrone, ...]

    @property
    def places(self) -> list[LatLon]:
        """Where pads and drones are."""
        stands = [drone.stand for drone in self.drones if drone.stand is not None]
        return [*(pad.position for pad in self.pads), *stands]

    @property
    def endurance_s(self) -> float:
        """How long the one that flies longest hovers until its reserve is touched."""
        profiles = [drone.profile for drone in self.drones]
        return max(3600.0 * profile.battery.flight_wh / profile.power_w() for profile in profiles)

    def drone(self, drone_id: str) -> StationDrone:
        """Give a drone by its id."""
        return next(drone for drone in self.drones if drone.drone_id == drone_id)

    def pads_in(self, frame: LocalFrame, *, slack_s: float = 0.0) -> tuple[Pad, ...]:
        """Put the pads into a plane; a landing that is late by the slack delays no other flight."""
        return tuple(
            Pad(
                pad.pad_id,
                frame.point_xy_m(rounded(pad.position)),
                at_once=pad.at_once,
                gap_s=pad.turn_around_s,
                swap_s=pad.swap_s + slack_s,
                ground_m=pad.ground_m,
            )
            for pad in self.pads
        )

    def drones_in(
        self, frame: LocalFrame, *, alt_m: float, home_alt_amsl_m: float | None = None, wind: Wind = CALM
    ) -> tuple[Drone, ...]:
        """Put the drones into a plane, with what flying costs them at an altitude.

        Raises
        ------
        MissionError
            For wind that a drone must not fly in.
        """
        costs: dict[tuple[VehicleProfile, float], ProfileCosts] = {}
        for drone in self.drones:
            kind = drone.profile, drone.flown_speed_m_s
            if kind not in costs:
                costs[kind] = ProfileCosts(
                    drone.profile,
                    wind,
                    alt_rel_m=alt_m,
                    home_alt_amsl_m=home_alt_amsl_m or 0.0,
                    speed_m_s=drone.flown_speed_m_s,
                )
        return tuple(
            Drone(
                drone.drone_id,
                drone.pad_id,
                battery_wh=drone.profile.battery.usable_wh,
                costs=costs[drone.profile, drone.flown_speed_m_s],
                speed_m_s=drone.flown_speed_m_s,
                reserve_share=1.0 - (1.0 - drone.profile.battery.reserve_share) * (1.0 - _FORECAST_SHARE),
                batteries=drone.batteries,
                capabilities=drone.capabilities,
                stand_xy_m=None if drone.stand is None else frame.point_xy_m(rounded(drone.stand)),
            )
            for drone in self.drones
        )
