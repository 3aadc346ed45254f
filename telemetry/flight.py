"""A plan flown whole: verified, put on board, armed, started, watched until disarmed."""

import asyncio
import contextlib
from collections.abc import Callable

from pyproj import Geod

from geofence.clearance import ZoneClearance
from geofence.refusal import Refusal
from geofence.zone_set import ZoneSet
from missions.plan import Plan
from telemetry.clock import Clock
from telemetry.events import FlightEnded, MissionUploaded, ZoneViolated
from telemetry.fence_upload import install_fence
from telemetry.flight_result import FlightLimits, FlightPhase, FlightResult
from telemetry.flight_verification import FlightRefused, demand_flyable
from telemetry.flight_watch import FlightWatch, ItemCounted, ZoneEntered
from telemetry.message import Message
from telemetry.mission_item_wire import items_of_plan
from telemetry.mission_transaction import Progress
from telemetry.mission_type import MissionType
from telemetry.refusal import CommandRefused, TelemetryError
from telemetry.standing_fence import demand_standing_fence_allows
from telemetry.stopwatch import VehicleStopwatch
from telemetry.vehicle import Vehicle

__all__ = ["Flight", "FlightLimits", "FlightPhase", "FlightRefused", "FlightResult", "demand_flyable"]

LEGAL_LIMIT_M = 120.0
_RETURN_MODES = ("RTL", "SMART_RTL", "LAND", "AUTO_RTL")
_ARM = 400


class Flight:
    """One plan on one vehicle.

    Parameters
    ----------
    vehicle : Vehicle
    plan : Plan
    zones : ZoneSet or None
        Verified against, watched and put on board as the fence; None or empty does none of it.
    with_fence : bool
        False leaves the vehicle's fence alone.
    clock : Clock
    allow_above_120 : bool
        Lifts the legal limit of 120 m.
    limits : FlightLimits
    on_note : callable, optional
        Takes sentences for people.
    on_progress : callable, optional
        Takes what is transferred, items done, items in all.
    """

    def __init__(
        self,
        vehicle: Vehicle,
        plan: Plan,
        zones: ZoneSet | None,
        *,
        with_fence: bool = True,
        clock: Clock,
        allow_above_120: bool = False,
        limits: FlightLimits | None = None,
        on_note: Callable[[str], None] = lambda _: None,
        on_progress: Progress | None = None,
    ) -> None:
        self.vehicle = vehicle
        self.plan = plan
        self.phase = FlightPhase.VERIFYING
        self.reason = ""
        self._zones = zones if zones is not None and len(zones) else None
        self._with_fence = with_fence
        self._clock = clock
        self._allow_above_120 = allow_above_120
        self._limits = limits or FlightLimits()
        self._note = on_note
        self._on_progress = on_progress
        self._is_connected = True
        self._mode = ""
        clearance = (
            None if self._zones is None else ZoneClearance(self._zones, home_alt_amsl_m=plan.home_alt_amsl_m)
        )
        self._watch = FlightWatch(plan, clearance)
        self._attention = asyncio.Event()
        self._causes: list[str] = []

    @property
    def items(self) -> int:
        """Navigation items of the plan."""
        return self._watch.items

    @property
    def reached(self) -> int:
        """Navigation items reached so far."""
        return self._watch.reached

    @property
    def is_airborne(self) -> bool:
        """Whether the vehicle flies, or may be about to."""
        return self.phase in (FlightPhase.TAKING_OFF, FlightPhase.FLYING, FlightPhase.RETURNING)

    def result(self) -> FlightResult:
        """Sum up what the flight has come to so far."""
        watch = self._watch
        return FlightResult(
            completed=self.phase is FlightPhase.COMPLETED,
            reason=self.reason,
            items=watch.items,
            reached=watch.reached,
            takeoff_s=watch.takeoff_s,
            landed_s=watch.landed_s,
            length_m=watch.length_m,
            min_zone_clearance_m=watch.min_clearance_m,
            violations=watch.violations,
        )

    async def run(self) -> FlightResult:
        """Fly the plan.

        Raises
        ------
        Refusal
            If it could not be begun; the vehicle then stands disarmed where it stood.
        """
        remove_listener = self.vehicle.add_listener(self._receive_message)
        try:
            await self._prepare()
            await self._start()
            await self._supervise()
        except Refusal as refusal:
            self._end(FlightPhase.ABORTED, str(refusal))
            raise
        except asyncio.CancelledError:
            self.reason = "the supervision was stopped"
            raise
        finally:
            remove_listener()
        return self.result()

    async def leave(self) -> str:
        """Give the vehicle its last order after `run` was cancelled: home if it flies, disarm if not; says which."""
        vehicle = self.vehicle
        try:
            if not vehicle.state.is_armed:
                said = "the vehicle is disarmed"
            elif self._watch.is_flying or vehicle.state.is_flying:
                await vehicle.return_to_launch()
                said = "the vehicle was told to return to launch and land"
            else:
                await vehicle.disarm()
                said = "the vehicle was disarmed on the ground"
        except TelemetryError as refusal:
            said = f"the vehicle's last order failed: {refusal}"
        self._end(FlightPhase.ABORTED, f"interrupted; {said.rstrip('.')}")
        return f"Interrupted: {said.rstrip('.')}."

    async def _prepare(self) -> None:
        await asyncio.to_thread(demand_flyable, self.plan, self._zones, allow_above_120=self._allow_above_120)
        await self._demand_ready_place()
        self.phase = FlightPhase.UPLOADING
        if self.vehicle.state.mode == "AUTO":
            # A mission changed in AUTO begins to run at once.
            await self.vehicle.set_mode("GUIDED")
        items = items_of_plan(self.plan)
        await self.vehicle.upload(MissionType.MISSION, items, self._on_progress)
        self.vehicle.bus.publish(
            MissionUploaded(
                time_s=self._clock.utc_s(),
                vehicle_id=self.vehicle.vehicle_id,
                plan_name=self.plan.name,
                count=len(items),
            )
        )
        if self._with_fence and self._zones is not None:
            await install_fence(
                self.vehicle,
                self.plan,
                self._zones,
                legal_limit_m=None if self._allow_above_120 else LEGAL_LIMIT_M,
                on_progress=self._on_progress,
                on_note=self._note,
            )
        else:
            await demand_standing_fence_allows(self.vehicle, self.plan)

    async def _demand_ready_place(self) -> None:
        vehicle = self.vehicle
        if not vehicle.has_mode("GUIDED") or not vehicle.has_mode("AUTO"):
            raise FlightRefused(
                f"plans are flown on ArduPilot copters, and this is {vehicle.state.autopilot or 'unknown'}",
                place=vehicle.place,
            )
        if vehicle.state.is_armed:
            raise FlightRefused(
                "the vehicle is armed already", place=vehicle.place, remedy="Land and disarm it first"
            )
        stopwatch = VehicleStopwatch(vehicle)
        if vehicle.state.position is None:
            self._note("Waiting for the vehicle's position.")
        while vehicle.state.position is None:
            await vehicle.wait_until(lambda state: state.position is not None, 1.0)
            self._demand_heard()
            if stopwatch.elapsed_s > self._limits.position_s:
                raise FlightRefused(
                    "the vehicle does not know its position",
                    place=vehicle.place,
                    remedy="Wait until its GPS has a fix, in the open sky",
                )
        position = vehicle.state.position
        home = self.plan.home
        _, _, distance_m = Geod(ellps="WGS84").inv(
            position.lon_deg, position.lat_deg, home.lon_deg, home.lat_deg
        )
        if distance_m > self._limits.home_distance_m:
            raise FlightRefused(
                f"the plan is for another place: its home {home} is {_distance_words(distance_m)} from the vehicle at {position}",
                place=vehicle.place,
                remedy=f"Bring the vehicle there or plan with --home {position.lat_deg:.6f},{position.lon_deg:.6f}",
            )

    def _demand_heard(self) -> None:
        """Refuse to begin with a vehicle that has fallen silent."""
        state = self.vehicle.state
        if not state.is_connected and self._clock.utc_s() - state.updated_s > self._limits.silence_s:
            raise FlightRefused(
                "the vehicle has fallen silent",
                place=self.vehicle.place,
                remedy="Check its power and the link",
            )

    async def _start(self) -> None:
        for attempt in range(1, self._limits.starts + 1):
            self.phase = FlightPhase.WAITING_TO_ARM
            await self._arm()
            self.phase = FlightPhase.ARMING
            self._watch.begin()
            try:
                # An armed copter that is told nothing disarms itself after 10 s of its own time.
                await self.vehicle.request_mode("AUTO")
                await self.vehicle.start_mission()
            except TelemetryError:
                await self._disarm_quietly()
                raise
            self.phase = FlightPhase.TAKING_OFF
            if await self._take_off():
                return
            if attempt < self._limits.starts:
                self._note("The vehicle disarmed before it took off; trying again.")
        raise FlightRefused("the vehicle disarms before it takes off", place=self.vehicle.place)

    async def _arm(self) -> None:
        vehicle = self.vehicle
        stopwatch = VehicleStopwatch(vehicle)
        said: tuple[str, ...] = ()
        while True:
            try:
                if vehicle.state.mode != "GUIDED":
                    # AUTO is not an armable mode.
                    await vehicle.request_mode("GUIDED")
                await vehicle.command(_ARM, 1)
            except CommandRefused as refusal:
                reasons = refusal.reasons or (refusal.what,)
                self.reason = "; ".join(reasons)
                if reasons != said:
                    said = reasons
                    self._note(f"Waiting to arm: {self.reason}")
                if stopwatch.elapsed_s > self._limits.arm_s:
                    raise FlightRefused(
                        f"the vehicle could not be armed within {self._limits.arm_s:g} s: {self.reason}",
                        place=vehicle.place,
                    ) from None
            else:
                self.reason = ""
                return
            await self._wait_for_readiness()

    async def _wait_for_readiness(self) -> None:
        """Let a while pass before arming is tried again, less where the vehicle says that it could be armed."""
        stopwatch = VehicleStopwatch(self.vehicle)
        was_ready = self.vehicle.state.prearm_ok is True
        while stopwatch.elapsed_s < self._limits.arm_interval_s:
            is_ready = await self.vehicle.wait_until(lambda state: state.prearm_ok is True, 0.2)
            if is_ready and not was_ready:
                return
            if was_ready:
                await asyncio.sleep(0.1)

    async def _take_off(self) -> bool:
        """Wait until it flies; False where it disarmed instead."""
        stopwatch = VehicleStopwatch(self.vehicle)
        was_armed = False
        while self._watch.takeoff_s is None:
            await self._next_moment()
            was_armed = was_armed or self._watch.is_armed
            if was_armed and not self._watch.is_armed:
                return False
            if stopwatch.elapsed_s > self._limits.takeoff_s:
                await self._disarm_quietly()
                raise FlightRefused(
                    f"the vehicle did not take off within {self._limits.takeoff_s:g} s of the start of its mission",
                    place=self.vehicle.place,
                    remedy="See its messages for the reason",
                )
        return True

    async def _disarm_quietly(self) -> None:
        try:
            await self.vehicle.disarm()
        except TelemetryError as refusal:
            self._note(str(refusal))

    async def _supervise(self) -> None:
        self.phase = FlightPhase.FLYING
        self._mode = "AUTO"
        progress = VehicleStopwatch(self.vehicle)
        moved_m, seq = 0.0, 0
        lost_s: float | None = None
        while self._watch.is_armed:
            await self._next_moment()
            self._follow_mode()
            lost_s = self._follow_link(lost_s)
            if lost_s is not None and self._clock.monotonic_s() - lost_s > self._limits.link_lost_s:
                self._end(
                    FlightPhase.ABORTED,
                    f"the link is lost for {self._limits.link_lost_s:g} s; the autopilot carries on by itself",
                )
                return
            is_held = self._mode != "AUTO" and self._mode not in _RETURN_MODES
            if (
                self._watch.moved_m > moved_m + 5.0
                or self._watch.current_seq != seq
                or self._watch.is_paused
                or is_held
            ):
                moved_m, seq = self._watch.moved_m, self._watch.current_seq
                progress.restart()
            elif lost_s is None and progress.elapsed_s > self._patience_s():
                await self._return("it made no progress")
                progress.restart()
        self._watch.finish()
        self._handle_events()
        self.phase = FlightPhase.LANDED
        if self._watch.reached == self._watch.items:
            self._end(FlightPhase.COMPLETED, "")
        else:
            causes = "; ".join(dict.fromkeys(self._causes)) or "the mission ended early"
            self._end(
                FlightPhase.ABORTED,
                f"landed after {self._watch.reached} of {self._watch.items} items: {causes}",
            )

    def _patience_s(self) -> float:
        """Longest stay without moving: the plan's own delays on top of the limit."""
        delays_s = [item.params[0] for item in self.plan.items if item.command in (16, 19, 93)]
        return self._limits.no_progress_s + max(delays_s, default=0.0)

    def _follow_mode(self) -> None:
        mode = self.vehicle.state.mode
        if mode != self._mode:
            self._mode = mode
            self._note(f"Mode {mode} at item {self._watch.current_seq}.")
            if mode != "AUTO":
                self._causes.append(f"mode {mode} at item {self._watch.current_seq}")
        is_returning = self._watch.is_returning or mode in _RETURN_MODES
        self.phase = FlightPhase.RETURNING if is_returning else FlightPhase.FLYING

    def _follow_link(self, lost_s: float | None) -> float | None:
        if self.vehicle.state.is_connected:
            if lost_s is not None:
                self._note("The vehicle is heard again.")
            return None
        if lost_s is None:
            self._note("The link is lost; the autopilot carries on by itself.")
            return self._clock.monotonic_s()
        return lost_s

    async def _return(self, why: str) -> None:
        self._causes.append(why)
        if self.vehicle.state.mode in _RETURN_MODES:
            return
        self._note(f"Return to launch: {why}.")
        try:
            await self.vehicle.return_to_launch()
        except TelemetryError as refusal:
            self._note(str(refusal))

    async def _next_moment(self) -> None:
        """Let time pass until something wants attention, a tenth of a second at most."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0.1):
                await self._attention.wait()
        self._attention.clear()
        for entered in self._handle_events():
            await self._return(f"it entered forbidden space of {entered.zone_id or 'the zones'}")

    def _handle_events(self) -> list[ZoneEntered]:
        entered = []
        while (event := self._watch.next_event()) is not None:
            match event:
                case ItemCounted():
                    pass
                case ZoneEntered(zone_id, clearance_m):
                    entered.append(event)
                    self.vehicle.bus.publish(
                        ZoneViolated(
                            time_s=self._clock.utc_s(),
                            vehicle_id=self.vehicle.vehicle_id,
                            zone_id=zone_id,
                            clearance_m=clearance_m,
                        )
                    )
        return entered

    def _receive_message(self, message: Message) -> None:
        if message.component_id == self.vehicle.address.component_id:
            watch = self._watch
            before = (watch.is_armed, watch.is_flying)
            watch.receive_message(message)
            if watch.has_events or (watch.is_armed, watch.is_flying) != before:
                self._attention.set()

    def _end(self, phase: FlightPhase, reason: str) -> None:
        self.phase = phase
        self.reason = reason
        self.vehicle.bus.publish(
            FlightEnded(
                time_s=self._clock.utc_s(),
                vehicle_id=self.vehicle.vehicle_id,
                completed=phase is FlightPhase.COMPLETED,
                reason=reason,
            )
        )


def _distance_words(distance_m: float) -> str:
    return f"{distance_m:.0f} m" if distance_m < 2000 else f"{distance_m / 1000:.1f} km"
