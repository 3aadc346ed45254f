"""How the demonstration goes, on standard error: a live table on a terminal, else a line a phase."""

from types import TracebackType
from typing import Self

from rich.live import Live
from rich.table import Table

from server.cli.console import errors
from server.demo import Demo
from server.fleet import Drone
from server.station import Station

COLUMNS = ("无人机 drone", "计划 plan", "阶段 phase", "航点 waypoints", "高度 m", "电量 %")


class DemoProgress:
    """Shows every drone's phase, waypoints reached, altitude and battery.

    Parameters
    ----------
    demo : Demo
    station : Station
    """

    def __init__(self, demo: Demo, station: Station) -> None:
        self._demo = demo
        self._station = station
        self._live = Live(console=errors, auto_refresh=False) if errors.is_terminal else None
        self._phases: dict[str, str] = {}

    def __enter__(self) -> Self:
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()

    def show(self) -> None:
        """Show how it is now."""
        if self._live is not None:
            self._live.update(self._table(), refresh=True)
            return
        for row in self._rows():
            if self._phases.get(row[0]) != row[2]:
                self._phases[row[0]] = row[2]
                errors.print(
                    f"{row[0]}  {row[1]}: {row[2]}  {row[3]}", markup=False, highlight=False, soft_wrap=True
                )

    def _rows(self) -> list[tuple[str, ...]]:
        rows: list[tuple[str, ...]] = []
        for demo_flight in self._demo.flights:
            flight = demo_flight.flight
            drone: Drone | None = self._station.fleet.drones.get(demo_flight.drone_id)
            state = drone.state if drone is not None else None
            rows.append(
                (
                    demo_flight.drone_id,
                    demo_flight.plan.plan.name,
                    flight.phase if flight is not None else "waiting",
                    f"{flight.flight.reached}/{flight.flight.items}" if flight is not None else "",
                    f"{state.alt_rel_m:.0f}" if state and state.alt_rel_m is not None else "",
                    f"{state.battery_pct}" if state and state.battery_pct is not None else "",
                )
            )
        return rows

    def _table(self) -> Table:
        table = Table(*COLUMNS)
        for row in self._rows():
            table.add_row(*row)
        return table
