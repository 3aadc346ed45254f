"""A plan flown whole: verified, put on board, armed, started, watched until disarmed."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import assert_never

from geofence.latlon import LatLon
from geofence.lowering.account import NotCarried
from geofence.refusal import Refusal
from geofence.zone_set import ZoneSet
from missions.plan.plan import Plan
from telemetry.clock import Clock
from telemetry.control.actor import acting_as
from telemetry.events import FlightEnded
from telemetry.flight.arming import arm_when_ready
from telemetry.flight.control_watch import ControlWatch
from telemetry.flight.device_shutdown import DeviceShutdown
from telemetry.flight.flight_preparation import FlightPreparation
from telemetry.flight.flight_result import FlightLimits, FlightPhase, FlightResult
from telemetry.flight.flight_verification import FlightRefused, demand_flyable
from telemetry.flight.flight_watch import FlightWatch, ItemCounted, ZoneEntered
from telemetry.flight.guarded_vehicle import GuardedVehicle
from telemetry.flight.link_watch import LinkWatch
from telemetry.flight.return_order import RETURN_MODES, order_return
from telemetry.flight.route_watch import RouteWatch
from telemetry.flight.zone_sentry import ZoneSentry
from telemetry.protocol.mission_transaction import Progress
from telemetry.refusal import CommandRefused, TelemetryError, VehicleSilent
from telemetry.vehicle.stopwatch import VehicleStopwatch
from telemetry.vehicle.vehicle import Vehicle
from telemetry.wire.message import Message

__all__ = ["Flight", "FlightLimits", "FlightPhase", "FlightRefused", "FlightResult", "demand_flyable"]

RETURN_INTERVAL_S = 5.0

_MAX_CAUSES = 5
_MOST_CAUSES = 100
"""Texts that are kept for them; a vehicle may say any number."""
_CAUSE_SEVERITY = 4
"""MAV_SEVERITY_WARNING."""


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
    with_guard : bool
        False where somebody else watches the vehicle over the zones, and guards it.
    clock : Clock
    allow_above_120 : bool
        Lifts the legal limit of 120 m.
    max_wind_m_s : float, optional
        The strongest gust that it will be flown in; by default the plan's own.
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
        with_guard: bool = True,
        clock: Clock,
        allow_above_120: bool = False,
        max_wind_m_s: float | None = None,
        limits: FlightLimits | None = None,
        on_note: Callable[[str], None] = lambda _: None,
        on_progress: Progress | None = None,
    ) -> None:
        self.vehicle = vehicle
        self.plan = plan
        self.phase = FlightPhase.VERIFYING
        self.reason = ""
        self._zones = zones if zones is not None and len(zones) else None
        self._clock = clock
        self._limits = limits or FlightLimits()
        self._note = on_note
        self._preparation = FlightPreparation(
            vehicle,
            plan,
            self._zones,
            with_fence=with_fence,
            allow_above_120=allow_above_120,
            max_wind_m_s=max_wind_m_s,
            limits=self._limits,
            on_note=on_note,
            on_progress=on_progress,
        )
        self._mode = ""
        self._sentry = None if self._zones is None else ZoneSentry(self._zones, vehicle.bus)
        self._watch = FlightWatch(plan, None if self._sentry is None else self._clearance_m)
        self._route = RouteWatch(plan, vehicle.bus)
        self._guard = GuardedVehicle(vehicle, self._is_way_home_clear) if with_guard else None
        self._devices = DeviceShutdown(vehicle, plan, clock=clock, on_note=on_note)
        self._attention = asyncio.Event()
        self._causes: dict[str, None] = {}
        self._return_due_s: float | None = None
        self._left_on_board = ""
        self._control = ControlWatch(vehicle)

    @property
    def account(self) -> tuple[NotCarried, ...]:
        """What the fence on board does not carry of the zones; known before anything is sent."""
        return self._preparation.account

    @property
    def items(self) -> int:
        """Navigation items of the plan."""
        return self._watch.items

    @property
    def reached(self) -> int:
        """Navigation items reached so far."""
        return self._watch.reached

    @property
    def elapsed_s(self) -> float | None:
        """Since the mission began, by the vehicle's clock; None where that was not seen."""
        return self._watch.elapsed_s

    @property
    def begun_boot_s(self) -> float | None:
        """When the mission began, by the vehicle's clock; None where that is not known."""
        return self._watch.begun_boot_s

    def result(self) -> FlightResult:
        """Sum up what the flight has come to so far."""
        watch = self._watch
        return FlightResult(
            completed=self.phase is FlightPhase.COMPLETED,
            reason=self.reason,
            items=watch.items,
            reached=watch.reached,
            takeoff_s=_to_hundredths(watch.takeoff_s),
            landed_s=_to_hundredths(watch.landed_s),
            length_m=round(watch.length_m, 2),
            min_zone_clearance_m=_to_hundredths(watch.min_clearance_m),
            violations=watch.violations,
        )

    async def run(self) -> FlightResult:
        """Fly the plan, with the vehicle's control for as long as nobody takes it over.

        Raises
        ------
        Refusal
            If it could not be begun; a vehicle that was armed already is disarmed, or called home if it left the ground.
        """
        return await self._fly(self._run)

    async def take_up(self, seq: int, begun_boot_s: float | None = None) -> FlightResult:
        """Watch over a flight that is at item `seq` already, as `run` does once it is in the air; nothing is sent for that.

        Parameters
        ----------
        seq : int
        begun_boot_s : float, optional
            When its mission began, by the vehicle's clock.

        Raises
        ------
        Refusal
            If somebody else has the vehicle's control.
        """
        self.phase = FlightPhase.FLYING
        self._watch.take_up(seq, begun_boot_s)
        return await self._fly(self._supervise)

    async def _fly(self, fly: Callable[[], Awaitable[None]]) -> FlightResult:
        remove_listener = self.vehicle.add_listener(self._receive_message)
        try:
            async with self.vehicle.control.kept(f"flying the plan {self.plan.name}") as self._control.actor:
                await fly()
        except Refusal as refusal:
            if self.phase not in (FlightPhase.VERIFYING, FlightPhase.UPLOADING):
                with acting_as(self._control.actor):
                    self._note(f"Not begun: {await self._stand_down()}.")
            self._end(FlightPhase.ABORTED, str(refusal))
            raise
        except asyncio.CancelledError as cancelled:
            self.reason = "the supervision was stopped"
            self._left_on_board = str(cancelled)
            raise
        finally:
            remove_listener()
            if self._guard is not None:
                self._guard.stop()
        return self.result()

    async def leave(self) -> str:
        """Give the vehicle its last order after `run` was cancelled: home if it flies, disarm if not; says which."""
        with acting_as(self._control.actor):
            said = await self._stand_down()
        if self._left_on_board:
            said += f"; {self._left_on_board[0].lower()}{self._left_on_board[1:]}"
        self._end(FlightPhase.ABORTED, f"interrupted; {said}")
        return f"Interrupted: {said}."

    async def _run(self) -> None:
        await self._preparation.check()
        self.phase = FlightPhase.UPLOADING
        await self._preparation.load()
        await self._start()
        await self._supervise()

    async def _stand_down(self) -> str:
        vehicle = self.vehicle
        other = self._control.other_holder()
        if other is not None:
            return f"the vehicle is left to {other}, who has its control"
        try:
            if not vehicle.state.is_armed:
                return "the vehicle is disarmed"
            if not (self._watch.is_flying or vehicle.state.is_flying):
                # Refused in the air, where our news of it is late.
                with contextlib.suppress(CommandRefused):
                    await vehicle.disarm()
                    return "the vehicle was disarmed on the ground"
            told = await order_return(vehicle, self.plan.returns)
        except TelemetryError as refusal:
            return f"the vehicle's last order failed: {str(refusal).rstrip('.')}"
        await self._devices.run()
        still_on = self._devices.words
        return f"the vehicle was told {told}" + (f"; {still_on}" if still_on else "")

    async def _start(self) -> None:
        for _ in range(self._limits.starts):
            self.phase = FlightPhase.WAITING_TO_ARM
            await arm_when_ready(self.vehicle, self._limits, self._show_reasons)
            armed = VehicleStopwatch(self.vehicle)
            self.phase = FlightPhase.ARMING
            self._watch.begin()
            try:
                # An armed copter that is told nothing disarms itself after 10 s of its own time.
                await self.vehicle.request_mode("AUTO")
                await self.vehicle.start_mission()
            except VehicleSilent as silence:
                # Perhaps only the answer is lost.
                self._note(f"{silence} Waiting whether it takes off.")
            self.phase = FlightPhase.TAKING_OFF
            if await self._take_off():
                return
            if armed.elapsed_s < self._limits.disarm_delay_s:
                raise FlightRefused(
                    "the vehicle was disarmed before it took off",
                    place=self.vehicle.place,
                    remedy="Fly again once whoever or whatever disarmed it is content",
                )
            self._note("The vehicle disarmed itself before it took off; trying again.")
        raise FlightRefused("the vehicle disarms itself before it takes off", place=self.vehicle.place)

    def _show_reasons(self, reasons: tuple[str, ...]) -> None:
        self.reason = "; ".join(reasons)
        if reasons:
            self._note(f"Waiting to arm: {self.reason}")

    async def _take_off(self) -> bool:
        """Wait until it flies; False where it disarmed instead."""
        stopwatch = VehicleStopwatch(self.vehicle)
        was_armed = False
        # News of the take-off may overtake the heartbeat that says it is armed.
        while self._watch.takeoff_s is None or not was_armed:
            await self._next_moment()
            was_armed = was_armed or self._watch.is_armed
            if was_armed and not self._watch.is_armed:
                return False
            if was_armed and not self.vehicle.state.is_connected:
                return True  # perhaps it flies; supervision waits for lost links
            if stopwatch.elapsed_s > self._limits.takeoff_s:
                raise FlightRefused(
                    f"the vehicle did not take off within {self._limits.takeoff_s:g} s of the start of its mission",
                    place=self.vehicle.place,
                    remedy="See its messages for the reason",
                )
        return True

    async def _supervise(self) -> None:
        self.phase = FlightPhase.FLYING
        self._mode = "AUTO"
        progress = VehicleStopwatch(self.vehicle)
        moved_m, seq = 0.0, 0
        link = LinkWatch(self._clock, self._limits.link_lost_s, self._note)
        while self._watch.is_armed:
            await self._next_moment()
            self._follow_mode()
            self._follow_control()
            await self._repeat_return()
            link.follow(is_connected=self.vehicle.state.is_connected)
            if self._mode in RETURN_MODES and not (link.is_lost or self._control.is_taken_over):
                await self._devices.run()
            if link.is_given_up:
                self._end(
                    FlightPhase.ABORTED,
                    f"the link is lost for {self._limits.link_lost_s:g} s; the autopilot carries on by itself",
                )
                return
            is_held = self._mode != "AUTO" and self._mode not in RETURN_MODES
            if (
                self._watch.moved_m > moved_m + 5.0
                or self._watch.current_seq != seq
                or self.vehicle.state.is_paused
                or is_held
            ):
                moved_m, seq = self._watch.moved_m, self._watch.current_seq
                progress.restart()
            elif not link.is_lost and progress.elapsed_s > self._patience_s():
                await self._return("it made no progress")
                progress.restart()
        self._watch.finish()
        self._handle_events()
        self.phase = FlightPhase.LANDED
        if self._watch.reached == self._watch.items:
            self._end(FlightPhase.COMPLETED, "")
        else:
            causes = "; ".join(list(self._causes)[:_MAX_CAUSES]) or "the mission ended early"
            if self._mode in RETURN_MODES and (still_on := self._devices.words):
                causes += f"; {still_on}"
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
                self._causes[f"mode {mode} at item {self._watch.current_seq}"] = None
        if self._watch.is_flying:
            is_returning = self._watch.is_returning or mode in RETURN_MODES
            self.phase = FlightPhase.RETURNING if is_returning else FlightPhase.FLYING

    def _follow_control(self) -> None:
        other = self._control.follow()
        if other is not None:
            self._causes[f"{other.who} took the control over"] = None
            self._note(f"{other} has the control now; the flight is watched only.")
            self._return_due_s = None

    async def _return(self, why: str) -> None:
        self._causes[why] = None
        if self.vehicle.state.mode in RETURN_MODES or self._control.is_taken_over:
            return
        self._note(f"Return: {why}.")
        self._return_due_s = self._clock.monotonic_s()
        await self._repeat_return()

    async def _repeat_return(self) -> None:
        """Order the return until it was accepted once; an operator who then changes the mode is not fought."""
        if self._return_due_s is None or self._clock.monotonic_s() < self._return_due_s:
            return
        try:
            if self.vehicle.state.mode not in RETURN_MODES:
                await order_return(self.vehicle, self.plan.returns)
        except TelemetryError as refusal:
            self._note(f"{refusal} Trying again.")
            self._return_due_s = self._clock.monotonic_s() + RETURN_INTERVAL_S
        else:
            self._return_due_s = None

    async def _next_moment(self) -> None:
        """Let time pass until something wants attention, a tenth of a second at most."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0.1):
                await self._attention.wait()
        self._attention.clear()
        self._handle_events()

    def _handle_events(self) -> None:
        while (event := self._watch.next_event()) is not None:
            match event:
                case ItemCounted():
                    pass
                case ZoneEntered(zone_id):
                    self._causes[f"it entered forbidden space of {zone_id or 'the zones'}"] = None
                case _:
                    assert_never(event)

    def _clearance_m(self, position: LatLon, alt_rel_m: float, alt_amsl_m: float) -> tuple[float, str | None]:
        assert self._sentry is not None
        return self._sentry.clearance_m(
            position, alt_rel_m=alt_rel_m, alt_amsl_m=alt_amsl_m, utc_s=self._clock.utc_s()
        )

    def _is_way_home_clear(self) -> bool:
        return self._sentry is None or self._sentry.is_way_home_clear(self.vehicle.state, self._clock.utc_s())

    def _guard_vehicle(self) -> None:
        """Judge by the zones where the vehicle is and where it flies, and act on that."""
        if self._guard is None or self._sentry is None:
            return
        now_s = self._clock.utc_s()
        observation = self._route.observe(
            self.vehicle.state, elapsed_s=self._watch.elapsed_s, event_time_s=now_s
        )
        if observation is not None:
            vehicle_id = self.vehicle.vehicle_id
            self._sentry.observe([(vehicle_id, observation)], utc_s=now_s, event_time_s=now_s)
            self._guard.observe(self._sentry.alerts_of(vehicle_id))

    def _receive_message(self, message: Message) -> None:
        if message.component_id == self.vehicle.address.component_id:
            watch = self._watch
            before = (watch.is_armed, watch.is_flying)
            watch.receive_message(message)
            if message.name in ("GLOBAL_POSITION_INT", "HEARTBEAT"):
                self._guard_vehicle()
            if watch.has_events or (watch.is_armed, watch.is_flying) != before:
                self._attention.set()
            is_cause = message.name == "STATUSTEXT" and message.severity <= _CAUSE_SEVERITY
            if watch.is_flying and is_cause and len(self._causes) < _MOST_CAUSES:
                self._causes[message.text] = None

    def _end(self, phase: FlightPhase, reason: str) -> None:
        self.phase = phase
        self.reason = reason
        self.vehicle.bus.publish(
            FlightEnded(
                time_s=self._clock.utc_s(),
                vehicle_id=self.vehicle.vehicle_id,
                who=self._control.actor.who,
                why=self._control.actor.why,
                completed=phase is FlightPhase.COMPLETED,
                reason=reason,
            )
        )


def _to_hundredths(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
