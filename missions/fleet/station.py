"""A station as its people describe it: pads and drones on the map, before they have a plane."""

import math
from dataclasses import dataclass, replace

from geofence.latlon import LatLon
from geofence.local_frame import LocalFrame
from geofence.terrain import Terrain
from missions.fleet.drone import Drone, Pad
from missions.payload.payload_orders import PayloadOrders
from missions.plan.route_items import rounded
from missions.refusal import MissionError
from missions.vehicle.profile import VehicleProfile
from missions.vehicle.profile_costs import ProfileCosts
from missions.vehicle.wind import CALM, Wind
from missions.ways.copter_motion import CopterMotion

_FORECAST_SHARE = 0.01
"""So far a schedule's energy may lie from that of the plans made of it; it is kept on top of the reserve."""

_PAD_OFF_AT_MOST_M = 10.0
"""What a pad on a roof or a terrain model's error may make."""


@dataclass(frozen=True, slots=True)
class StationPad:
    """A pad on the map; see `Pad`.

    Parameters
    ----------
    pad_id : str
    position : LatLon
    ground_m : float or None
        Height above the level that altitudes of the schedule are counted from; None takes it from the terrain, or 0 m.
    at_once : int
    turn_around_s : float
        From the end of one take-off or landing to the next.
    swap_s : float
    """

    pad_id: str
    position: LatLon
    ground_m: float | None = None
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

    @property
    def motions(self) -> dict[str, CopterMotion]:
        """How each drone turns and how fast it is, by its id."""
        return {drone.drone_id: drone.profile.motion for drone in self.drones}

    def drone(self, drone_id: str) -> StationDrone:
        """Give a drone by its id."""
        return next(drone for drone in self.drones if drone.drone_id == drone_id)

    def carrying(self, orders: PayloadOrders) -> "Station":
        """Give the station whose drones all carry a payload."""
        drones = tuple(replace(drone, profile=orders.carried_by(drone.profile)) for drone in self.drones)
        return replace(self, drones=drones)

    def over(self, terrain: Terrain) -> tuple["Station", float]:
        """Give the station with the heights of its pads, and their common level above mean sea level.

        The level is that of the first pad, less the height that it says it has over it.

        Raises
        ------
        MissionError
            The ground at a pad is not known, or is not where the pad says it is.
        """
        grounds_amsl_m = [_ground_amsl_m(terrain, pad) for pad in self.pads]
        level_amsl_m = grounds_amsl_m[0] - (self.pads[0].ground_m or 0.0)
        pads = []
        for pad, ground_amsl_m in zip(self.pads, grounds_amsl_m, strict=True):
            over_level_m = ground_amsl_m - level_amsl_m
            if pad.ground_m is not None and abs(pad.ground_m - over_level_m) > _PAD_OFF_AT_MOST_M:
                raise MissionError(
                    f"its ground_m is {pad.ground_m:g} m, and {over_level_m:.1f} m by the terrain",
                    place=f"pad {pad.pad_id}",
                    remedy="Correct it, or leave it out to have it from the terrain",
                )
            pads.append(pad if pad.ground_m is not None else replace(pad, ground_m=over_level_m))
        return replace(self, pads=tuple(pads)), level_amsl_m

    def pads_in(self, frame: LocalFrame, *, slack_s: float = 0.0) -> tuple[Pad, ...]:
        """Put the pads into a plane; a landing that is late by the slack delays no other flight."""
        return tuple(
            Pad(
                pad.pad_id,
                frame.point_xy_m(rounded(pad.position)),
                at_once=pad.at_once,
                gap_s=pad.turn_around_s,
                swap_s=pad.swap_s + slack_s,
                ground_m=pad.ground_m or 0.0,
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


def _ground_amsl_m(terrain: Terrain, pad: StationPad) -> float:
    place = rounded(pad.position)
    ground_amsl_m = float(terrain.ground_alt_amsl_m(place.lat_deg, place.lon_deg)[0])
    if not math.isfinite(ground_amsl_m):
        raise MissionError(
            "the terrain model does not know the ground there",
            place=f"pad {pad.pad_id}",
            remedy="Give terrain that covers all pads and all of the patrol",
        )
    return ground_amsl_m
