"""A flight on the terminal: transfer and flight as they go on, and what the vehicle says."""

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from server.cli.console import without_controls
from server.event_text import text_of
from telemetry.bus import Bus
from telemetry.events import RecordingFailed, RecordingResumed, SigningMismatched, TextReported
from telemetry.flight.flight import Flight, FlightPhase

_WORDS = {
    FlightPhase.VERIFYING: "verifying",
    FlightPhase.UPLOADING: "uploading",
    FlightPhase.WAITING_TO_ARM: "waiting to arm",
    FlightPhase.ARMING: "arming",
    FlightPhase.TAKING_OFF: "taking off",
    FlightPhase.FLYING: "flying",
    FlightPhase.RETURNING: "returning",
    FlightPhase.LANDED: "landed",
    FlightPhase.COMPLETED: "completed",
    FlightPhase.ABORTED: "aborted",
}


_TOLD_OTHERWISE = ("Mission: ", "Reached command", "Arm: ", "PreArm: ")
"""The bar tells of waypoints, and notes of the flight what keeps it from arming."""


class FlightDisplay:
    """Bars where there is a terminal, plain lines where there is none.

    Parameters
    ----------
    console : Console
        Standard error.
    bus : Bus
        Brings the vehicle's texts.
    """

    def __init__(self, console: Console, bus: Bus) -> None:
        self._console = console
        self._texts = bus.subscribe()
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.completed:.0f}/{task.total:.0f} {task.fields[status]}"),
            TimeElapsedColumn(),
            console=console,
            disable=not console.is_terminal,
        )
        self._transfers: dict[str, TaskID] = {}
        self._flying: TaskID | None = None
        self._phase: FlightPhase | None = None
        self._said = ""

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()
        self._texts.close()

    def note(self, sentence: str) -> None:
        """Say a sentence above the bars."""
        self._progress.console.print(
            without_controls(sentence), markup=False, highlight=False, soft_wrap=True
        )

    def show_transfer(self, what: str, done: int, total: int) -> None:
        """Show how far a transfer is."""
        if what not in self._transfers:
            self._transfers[what] = self._progress.add_task(what, total=total, status="")
        self._progress.update(self._transfers[what], completed=done, total=total)
        if not self._console.is_terminal and done == total:
            # Item 0 of a mission is home; no plan counts it.
            is_mission = what.endswith("mission")
            self.note(
                f"{what}: {max(0, total - 1)} mission items" if is_mission else f"{what}: {total} items"
            )

    def show_flight(self, flight: Flight) -> None:
        """Show where the flight is, and what the vehicle has said since."""
        for event in self._texts.pending():
            if isinstance(event, RecordingFailed | RecordingResumed | SigningMismatched):
                self.note(f"{text_of(event)}.")
            elif (
                isinstance(event, TextReported)
                and event.vehicle_id == flight.vehicle.vehicle_id
                and not event.text.startswith(_TOLD_OTHERWISE)
            ):
                self.note(f"vehicle {flight.vehicle.address.system_id}: {event.text}")
        if flight.phase is not self._phase:
            self._phase = flight.phase
            if not self._console.is_terminal:
                self.note(f"{_WORDS[flight.phase]} ({flight.reached} of {flight.items} waypoints reached)")
        if flight.phase in (FlightPhase.VERIFYING, FlightPhase.UPLOADING):
            return
        if self._flying is None:
            self._flying = self._progress.add_task("flight", total=flight.items, status="")
        self._progress.update(
            self._flying,
            description=_WORDS[flight.phase],
            completed=flight.reached,
            status=f"waypoints  {_status_words(flight)}",
        )


def _status_words(flight: Flight) -> str:
    state = flight.vehicle.state
    words = [state.mode or "?"]
    if state.alt_rel_m is not None:
        words.append(f"{state.alt_rel_m:.0f} m")
    if state.ground_speed_m_s is not None:
        words.append(f"{state.ground_speed_m_s:.1f} m/s")
    if state.battery_pct is not None:
        words.append(f"battery {state.battery_pct} %")
    if not state.is_connected:
        words.append("NO LINK")
    return "  ".join(words)
