"""What comes before arming: every check while nothing is changed yet, then mission and fence on board."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

from pyproj import Geod

from geofence.altitude_band import AltitudeDatum
from geofence.lowering.account import NotCarried, account_lines
from geofence.verification.return_policy import ReturnPolicy
from geofence.zone_set import ZoneSet
from missions.plan.check import LEGAL_LIMIT_AGL_M
from missions.plan.fence import FENCE_ITEMS
from missions.plan.item import Frame
from missions.plan.plan import Plan
from telemetry.events import MissionUploaded
from telemetry.flight.fence_upload import FenceOrder, demand_fence, install_fence, order_fence
from telemetry.flight.flight_result import FlightLimits
from telemetry.flight.flight_verification import (
    FlightRefused,
    demand_flyable,
    departure_span_utc_s,
    wind_words,
)
from telemetry.flight.return_settings import ReturnSettings, read_return_policy
from telemetry.flight.standing_fence import demand_standing_fence_allows
from telemetry.protocol.mission_item_wire import items_of_plan
from telemetry.protocol.mission_transaction import Progress
from telemetry.protocol.mission_type import MissionType
from telemetry.vehicle.stopwatch import VehicleStopwatch
from telemetry.vehicle.vehicle import Vehicle

HOME_TOLERANCE_M = 5.0
"""A home this far from the plan's moves the first and the last leg by less than GPS itself may."""
HOME_ALT_TOLERANCE_M = 10.0
"""As far GPS may err in altitude."""


class FlightPreparation:
    """Checks and loads one vehicle for one plan.

    Parameters
    ----------
    vehicle : Vehicle
    plan : Plan
    zones : ZoneSet or None
        None verifies altitudes only.
    with_fence : bool
        Whether the zones become the vehicle's fence.
    allow_above_120 : bool
        Lifts the legal limit of 120 m.
    max_wind_m_s : float or None
        The strongest gust that it will be flown in; None for the plan's own.
    limits : FlightLimits
    on_note : callable
        Takes sentences for people.
    on_progress : callable or None
        Takes what is transferred, items done, items in all.
    """

    def __init__(
        self,
        vehicle: Vehicle,
        plan: Plan,
        zones: ZoneSet | None,
        *,
        with_fence: bool,
        allow_above_120: bool,
        max_wind_m_s: float | None,
        limits: FlightLimits,
        on_note: Callable[[str], None],
        on_progress: Progress | None,
    ) -> None:
        self._vehicle = vehicle
        self._plan = plan
        self._zones = zones
        self._with_fence = with_fence and zones is not None
        self._allow_above_120 = allow_above_120
        self._max_wind_m_s = max_wind_m_s
        self._limits = limits
        self._note = on_note
        self._on_progress = on_progress
        self._plan_here = plan
        self._fence: FenceOrder | None = None
        self._returns: ReturnSettings | None = None
        self._departure_utc_s: tuple[float, float] | None = None

    @property
    def account(self) -> tuple[NotCarried, ...]:
        """What the fence does not carry of the zones; known after `check`."""
        return () if self._fence is None else self._fence.fence.account

    async def check(self) -> None:
        """Find out whether the plan may be flown from where the vehicle stands.

        Raises
        ------
        Refusal
            If not; nothing on the vehicle was changed.
        """
        self._departure_utc_s = departure_span_utc_s(self._vehicle.clock.utc_s())
        await self._demand_flyable(self._plan)
        self._note(wind_words(self._plan, self._max_wind_m_s))
        self._demand_copter_at_rest()
        plan = await self._plan_from_here()
        if plan is not self._plan:
            await self._demand_flyable(plan)
        if plan.returns is not None:
            self._returns = ReturnSettings(self._vehicle, plan.returns)
            await self._returns.check()
        elif (policy := await read_return_policy(self._vehicle)) != ReturnPolicy():
            plan = replace(plan, returns=policy)
            await self._demand_flyable(plan)
        self._plan_here = plan
        if self._with_fence:
            await demand_fence(self._vehicle)
            self._fence = await asyncio.to_thread(self._order_fence)
            self._tell_account()
        else:
            await demand_standing_fence_allows(self._vehicle, plan)

    async def load(self) -> None:
        """Put mission and fence on board, each read back.

        Raises
        ------
        Refusal
            If the vehicle does not take one of them.
        """
        vehicle = self._vehicle
        if vehicle.state.mode == "AUTO":
            # A mission changed in AUTO begins to run at once.
            await vehicle.set_mode("GUIDED")
        items = items_of_plan(self._plan)
        await vehicle.upload(MissionType.MISSION, items, self._on_progress)
        vehicle.bus.publish(
            MissionUploaded(
                time_s=vehicle.clock.utc_s(),
                vehicle_id=vehicle.vehicle_id,
                who=vehicle.control.actor().who,
                why=vehicle.control.actor().why,
                plan_name=self._plan.name,
                count=len(self._plan.items),
            )
        )
        if self._returns is not None:
            await self._returns.install(on_progress=self._on_progress, on_note=self._note)
        if self._fence is not None:
            ordered = self._fence
            self._fence = await install_fence(
                vehicle,
                ordered,
                self._order_fence,
                on_progress=self._on_progress,
                on_note=self._note,
            )
            if self._fence is not ordered:
                self._note("The vehicle had no room for this fence; a smaller one is on board.")
                self._tell_account()

    def _tell_account(self) -> None:
        for line in account_lines(self.account):
            self._note(f"Fence: {line}")

    def _order_fence(self, max_items: int = FENCE_ITEMS) -> FenceOrder:
        assert self._zones is not None
        return order_fence(
            self._plan_here,
            self._zones,
            legal_limit_m=self._legal_limit_m,
            departure_utc_s=self._departure_utc_s,
            max_items=max_items,
        )

    @property
    def _legal_limit_m(self) -> float | None:
        return None if self._allow_above_120 else LEGAL_LIMIT_AGL_M

    async def _demand_flyable(self, plan: Plan) -> None:
        await asyncio.to_thread(
            demand_flyable,
            plan,
            self._zones,
            allow_above_120=self._allow_above_120,
            departure_utc_s=self._departure_utc_s,
            max_wind_m_s=self._max_wind_m_s,
        )

    def _demand_copter_at_rest(self) -> None:
        vehicle = self._vehicle
        if not vehicle.has_mode("GUIDED") or not vehicle.has_mode("AUTO"):
            raise FlightRefused(
                f"plans are flown on ArduPilot copters, and this is {vehicle.state.autopilot or 'unknown'}",
                place=vehicle.place,
            )
        if vehicle.state.is_armed:
            raise FlightRefused(
                "the vehicle is armed already", place=vehicle.place, remedy="Land and disarm it first"
            )

    async def _plan_from_here(self) -> Plan:
        """Give the plan with the vehicle's own place and altitude as home where those are others."""
        vehicle, plan = self._vehicle, self._plan
        stopwatch = VehicleStopwatch(vehicle)
        if vehicle.state.position is None:
            self._note("Waiting for the vehicle's position.")
        while (position := vehicle.state.position) is None:
            await vehicle.wait_until(lambda state: state.position is not None, 1.0)
            self._demand_heard()
            if stopwatch.elapsed_s > self._limits.position_s:
                reasons = "; ".join(vehicle.state.prearm_reasons)
                raise FlightRefused(
                    "the vehicle does not know its position" + (f" ({reasons})" if reasons else ""),
                    place=vehicle.place,
                    remedy="Wait until its GPS has a fix, in the open sky",
                )
        _, _, distance_m = Geod(ellps="WGS84").inv(
            position.lon_deg, position.lat_deg, plan.home.lon_deg, plan.home.lat_deg
        )
        if distance_m > self._limits.home_distance_m:
            raise FlightRefused(
                f"the plan is for another place: its home {plan.home} is {_distance_words(distance_m)} from the vehicle at {position}",
                place=vehicle.place,
                remedy=f"Bring the vehicle there or plan with --home {position.lat_deg:.6f},{position.lon_deg:.6f}",
            )
        if distance_m > HOME_TOLERANCE_M:
            plan = replace(plan, home=position)
        alt_amsl_m = vehicle.state.alt_amsl_m
        if alt_amsl_m is not None and self._depends_on_sea_level:
            plan_alt_m = plan.home_alt_amsl_m
            if plan_alt_m is not None and abs(alt_amsl_m - plan_alt_m) > HOME_ALT_TOLERANCE_M:
                self._note(
                    f"Home lies at {plan_alt_m:.0f} m above mean sea level by the plan and at {alt_amsl_m:.0f} m"
                    " by the vehicle; the plan is verified for both."
                )
                plan = replace(plan, home_alt_amsl_m=alt_amsl_m)
        return plan

    @property
    def _depends_on_sea_level(self) -> bool:
        zones = self._zones or ()
        bands = [volume.band for zone in zones for volume in zone.volumes]
        return any(AltitudeDatum.AMSL in band.datums for band in bands) or any(
            item.frame is Frame.GLOBAL for item in self._plan.items
        )

    def _demand_heard(self) -> None:
        """Refuse to begin with a vehicle that has fallen silent."""
        vehicle = self._vehicle
        state = vehicle.state
        if not state.is_connected and vehicle.clock.utc_s() - state.updated_s > self._limits.silence_s:
            raise FlightRefused(
                "the vehicle has fallen silent", place=vehicle.place, remedy="Check its power and the link"
            )


def _distance_words(distance_m: float) -> str:
    return f"{distance_m:.0f} m" if distance_m < 2000 else f"{distance_m / 1000:.1f} km"
