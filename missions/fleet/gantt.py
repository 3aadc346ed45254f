"""A schedule as bars of a Gantt chart."""

from dataclasses import dataclass
from enum import StrEnum

from missions.fleet.draft import take_off_and_landing
from missions.fleet.schedule import Schedule


class BarKind(StrEnum):
    """What a drone does."""

    TAKEOFF = "takeoff"
    TRANSIT = "transit"
    TASK = "task"
    LANDING = "landing"
    SWAP = "swap"
    WAIT = "wait"
    """Ready on its pad."""


@dataclass(frozen=True, slots=True)
class GanttBar:
    """One bar.

    Parameters
    ----------
    drone_id : str
    start_s, end_s : float
        From the schedule's zero.
    kind : BarKind
    label : str
        The task's id; else empty.
    """

    drone_id: str
    start_s: float
    end_s: float
    kind: BarKind
    label: str = ""


def gantt_bars(schedule: Schedule) -> tuple[GanttBar, ...]:
    """Give what every drone does when, drone by drone; bars of one drone follow one another without overlap."""
    swap_s = {pad.pad_id: pad.swap_s for pad in schedule.pads}
    bars: list[GanttBar] = []
    for drone in schedule.drones:
        flights = schedule.of_drone(drone.drone_id)
        for number, flight in enumerate(flights):
            spans = take_off_and_landing(flight)
            now_s = flight.departure_s
            if not flight.is_airborne:
                bars.append(GanttBar(drone.drone_id, *spans[0], BarKind.TAKEOFF))
                now_s = spans[0][1]
            for visit in flight.visits:
                if visit.start_s > now_s:
                    bars.append(GanttBar(drone.drone_id, now_s, visit.start_s, BarKind.TRANSIT))
                start_s = max(now_s, visit.start_s)
                bars.append(GanttBar(drone.drone_id, start_s, visit.end_s, BarKind.TASK, visit.task_id))
                now_s = visit.end_s
            landing_s = max(now_s, spans[-1][0])
            if landing_s > now_s:
                bars.append(GanttBar(drone.drone_id, now_s, landing_s, BarKind.TRANSIT))
            bars.append(GanttBar(drone.drone_id, landing_s, flight.landing_s, BarKind.LANDING))
            if number + 1 < len(flights):
                swapped_s = flight.landing_s + swap_s[flight.pad_id]
                bars.append(GanttBar(drone.drone_id, flight.landing_s, swapped_s, BarKind.SWAP))
                departure_s = flights[number + 1].departure_s
                if departure_s > swapped_s:
                    bars.append(GanttBar(drone.drone_id, swapped_s, departure_s, BarKind.WAIT))
    return tuple(bars)
