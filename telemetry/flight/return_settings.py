"""What makes an ArduCopter come back as a plan wants it: its parameters and rally points."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import assert_never

from geofence.latlon import LatLon
from geofence.verification.return_policy import (
    CONE_SLOPE,
    DEFAULT_RETURN_ALT_M,
    RALLY_REACH_M,
    RETURN_ALT_LEAST_M,
    RallyPoint,
    ReturnMode,
    ReturnPolicy,
)
from missions.plan.item import Frame
from telemetry.flight.flight_verification import FlightRefused
from telemetry.flight.parameter_changes import change_parameters, read_if_known
from telemetry.links.address import GROUND_STATION
from telemetry.protocol.mission_item_wire import WireItem, degrees_e7
from telemetry.protocol.mission_transaction import Progress
from telemetry.protocol.mission_type import MissionType
from telemetry.vehicle.vehicle import Vehicle

NAV_RALLY_POINT = 5100
"""MAV_CMD_NAV_RALLY_POINT."""
CONTINUE_IN_AUTO_AND_GUIDED = 0b111
"""Bits of FS_OPTIONS: go on in AUTO without radio, without ground station, in GUIDED without radio."""
BATTERY_LAND = 1
STATION_NAMES = ("SYSID_MYGCS", "MAV_GCS_SYSID")
"""The ground station whose silence counts, up to ArduCopter 4.6 and from 4.7 on."""


@dataclass(frozen=True, slots=True)
class _Reactions:
    """A mode in the numbers of FS_GCS_ENABLE, FS_THR_ENABLE and BATT_FS_LOW_ACT (ArduCopter 4.6)."""

    station: int
    throttle: int
    battery: int


_REACTIONS = {
    ReturnMode.RTL: _Reactions(1, 1, 2),
    ReturnMode.SMART_RTL: _Reactions(4, 5, 4),
    ReturnMode.LAND: _Reactions(5, 3, BATTERY_LAND),
}


class ReturnSettings:
    """Puts a return policy on board one vehicle.

    Parameters
    ----------
    vehicle : Vehicle
    policy : ReturnPolicy
    """

    def __init__(self, vehicle: Vehicle, policy: ReturnPolicy) -> None:
        self._vehicle = vehicle
        self._policy = policy
        self._wanted: Mapping[str, float] = {}
        self._had_rally_points = 0

    async def check(self) -> None:
        """Find out whether the vehicle can be made to behave so; changes nothing.

        Raises
        ------
        FlightRefused
            Naming what is missing.
        """
        names = ("FS_GCS_ENABLE", "FS_THR_ENABLE", "FS_OPTIONS", "BATT_FS_LOW_ACT", "BATT_FS_CRT_ACT")
        before = {name: await self._demand(name) for name in names}
        await self._demand_our_link_counts()
        reactions = _REACTIONS[self._policy.mode]
        wanted: dict[str, float] = {
            "FS_GCS_ENABLE": reactions.station,
            "FS_OPTIONS": int(before["FS_OPTIONS"]) & ~CONTINUE_IN_AUTO_AND_GUIDED,
            "BATT_FS_LOW_ACT": reactions.battery,
        }
        if before["FS_THR_ENABLE"]:
            # Switched off on vehicles without a receiver, which could not be armed with it.
            wanted["FS_THR_ENABLE"] = reactions.throttle
        if before["BATT_FS_CRT_ACT"] not in (0, BATTERY_LAND):
            wanted["BATT_FS_CRT_ACT"] = reactions.battery
        match self._policy.mode:
            case ReturnMode.RTL:
                wanted |= await self._straight_return()
            case ReturnMode.SMART_RTL:
                await self._demand_path_memory()
            case ReturnMode.LAND:
                pass
            case mode:
                assert_never(mode)
        self._wanted = wanted

    async def install(
        self, *, on_progress: Progress | None = None, on_note: Callable[[str], None] = lambda _: None
    ) -> None:
        """Set it, each parameter and rally point read back.

        Raises
        ------
        TelemetryError
        """
        vehicle = self._vehicle
        if self._policy.mode is ReturnMode.RTL:
            items = rally_items(self._policy)
            if self._had_rally_points:
                former = await vehicle.download(MissionType.RALLY)
                places = ", ".join(f"{item.x / 1e7:.6f},{item.y / 1e7:.6f}" for item in former)
                on_note(
                    f"The vehicle's {len(former)} rally points ({places}) give way to the plan's {len(items)}."
                )
            if items:
                await vehicle.upload(MissionType.RALLY, items, on_progress)
            elif self._had_rally_points:
                await vehicle.clear(MissionType.RALLY)
        await change_parameters(vehicle, self._wanted, purpose="the way back", on_note=on_note)

    async def _straight_return(self) -> dict[str, float]:
        is_in_metres, _ = await _read_return_alt(self._vehicle)
        unit = "_M" if is_in_metres else ""
        alt = self._policy.alt_rel_m if is_in_metres else round(self._policy.alt_rel_m * 100.0)
        wanted = {
            f"RTL_ALT{unit}": alt,
            "RTL_ALT_TYPE": 0.0,
            f"RTL_ALT_FINAL{unit}": 0.0,
            f"RTL_CLIMB_MIN{unit}": 0.0,
            "RTL_CONE_SLOPE": CONE_SLOPE,
        }
        for name in wanted:
            await self._demand(name)
        self._had_rally_points = round(await read_if_known(self._vehicle, "RALLY_TOTAL") or 0.0)
        if self._policy.rally_points:
            for name in ("RALLY_LIMIT_KM", "RALLY_INCL_HOME"):
                await self._demand(name)
            for point in self._policy.rally_points:
                if (
                    point.alt_rel_m != math.floor(point.alt_rel_m)
                    and point.alt_rel_m > self._policy.alt_rel_m
                ):
                    raise FlightRefused(
                        f"the rally point {point.position} at {point.alt_rel_m:g} m cannot be put on board:"
                        " the vehicle keeps whole metres",
                        place=self._vehicle.place,
                        remedy="Give the altitude of rally points in whole metres",
                    )
            wanted |= {"RALLY_LIMIT_KM": RALLY_REACH_M / 1000.0, "RALLY_INCL_HOME": 1.0}
        return wanted

    async def _demand_our_link_counts(self) -> None:
        for name in STATION_NAMES:
            station = await read_if_known(self._vehicle, name)
            if station is None:
                continue
            if round(station) == GROUND_STATION.system_id:
                return
            raise FlightRefused(
                f"the vehicle would not notice the loss of this link: it listens to ground station {station:.0f}",
                place=self._vehicle.place,
                remedy=f"Set {name} to {GROUND_STATION.system_id}, or plan without a way back of its own",
            )

    async def _demand_path_memory(self) -> None:
        if not self._vehicle.has_mode("SMART_RTL"):
            raise FlightRefused(
                "the plan wants the flown path flown back, and the vehicle has no mode SMART_RTL",
                place=self._vehicle.place,
                remedy="Plan with another way back",
            )
        for name in ("SRTL_POINTS", "SRTL_ACCURACY"):
            if not await self._demand(name) > 0.0:
                raise FlightRefused(
                    f"the plan wants the flown path flown back, and {name} 0 lets the vehicle forget it",
                    place=self._vehicle.place,
                    remedy=f"Set {name} above 0 and restart the vehicle, or plan with another way back",
                )

    async def _demand(self, name: str) -> float:
        value = await read_if_known(self._vehicle, name)
        if value is None:
            raise FlightRefused(
                f"the plan's way back ({self._policy.mode}) cannot be set: the vehicle has no {name}",
                place=self._vehicle.place,
                remedy="Plan without a way back of its own, and rely on the vehicle's settings",
            )
        return value


def rally_items(policy: ReturnPolicy) -> list[WireItem]:
    """Make the items of rally points, altitudes above home."""
    return [
        WireItem(
            seq=seq,
            frame=int(Frame.GLOBAL_RELATIVE_ALT),
            command=NAV_RALLY_POINT,
            x=degrees_e7(point.position.lat_deg),
            y=degrees_e7(point.position.lon_deg),
            z=policy.rally_alt_rel_m(point),
        )
        for seq, point in enumerate(policy.rally_points)
    ]


async def _read_return_alt(vehicle: Vehicle) -> tuple[bool, float | None]:
    """Read the return altitude, metres, and whether this firmware keeps it in metres, as ArduCopter does from 4.7 on."""
    alt_cm = await read_if_known(vehicle, "RTL_ALT")
    if alt_cm is not None:
        return False, alt_cm / 100.0
    alt_m = await read_if_known(vehicle, "RTL_ALT_M")
    return alt_m is not None, alt_m


async def read_return_policy(vehicle: Vehicle) -> ReturnPolicy:
    """Read how a vehicle returns by its own settings; what it does not tell counts as ArduCopter ships it."""
    _, alt_m = await _read_return_alt(vehicle)
    alt_rel_m = DEFAULT_RETURN_ALT_M if alt_m is None else max(alt_m, RETURN_ALT_LEAST_M)
    points: tuple[RallyPoint, ...] = ()
    if await read_if_known(vehicle, "RALLY_TOTAL"):
        points = tuple(
            RallyPoint(LatLon(item.x / 1e7, item.y / 1e7), item.z)
            for item in await vehicle.download(MissionType.RALLY)
            if item.command == NAV_RALLY_POINT
        )
    return ReturnPolicy(ReturnMode.RTL, alt_rel_m, points)
