"""Several flights in order of departure, one a row."""

import html
from collections.abc import Sequence
from dataclasses import dataclass

from missions.report.flight_profile import FlightProfile
from missions.report.gantt import BarKind, Gantt
from missions.report.track import Track
from missions.report.words import clock, moment, say


@dataclass(frozen=True, slots=True)
class Departure:
    """A flight of the table.

    Parameters
    ----------
    section : str
        Where the page tells more of it.
    row : str
        Its row of the chart.
    name : str
    departs_s : float
    track : Track
    profile : FlightProfile or None
    """

    section: str
    row: str
    name: str
    departs_s: float
    track: Track
    profile: FlightProfile | None


def flights_table(departures: Sequence[Departure], gantt: Gantt) -> str:
    """Give take-off, landing and what is left in the battery of each flight, with the tasks of the chart."""
    tasks = [bar for bar in gantt.bars if bar.kind is BarKind.TASK]
    numbers = ["takes_off", "lands", "duration", "altitude", "length"]
    if tasks:
        numbers.append("tasks")
    if any(_left(one) for one in departures):
        numbers.append("left_at_landing")
    rows = []
    for one in sorted(departures, key=lambda one: one.departs_s):
        lands_s = one.departs_s + one.track.duration_s
        flown = sum(one.departs_s <= bar.begins_s < lands_s for bar in tasks if bar.row == one.row)
        shown = {
            "takes_off": moment(gantt, one.departs_s),
            "lands": moment(gantt, lands_s),
            "duration": clock(one.track.duration_s),
            "altitude": f"{max(point.alt_rel_m for point in one.track.points):g} m",
            "length": f"{one.track.length_m / 1000.0:.2f} km",
            "tasks": f"{flown}",
            "left_at_landing": _left(one),
        }
        cells = "".join(f'<td class="number">{shown[key]}</td>' for key in numbers)
        rows.append(f'<tr><td><a href="#{one.section}">{html.escape(one.name)}</a></td>{cells}</tr>')
    titles = "".join(f'<th class="number">{say(key)}</th>' for key in numbers)
    return (
        f'<div class="scroll flights"><table><thead><tr><th>{say("flight")}</th>{titles}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _left(one: Departure) -> str:
    """Say what is left at landing, of what the battery gives."""
    used_wh, profile = one.track.points[-1].used_wh, one.profile
    if used_wh is None or profile is None or not profile.battery_wh:
        return ""
    return f"{100.0 * (1.0 - used_wh / profile.battery_wh):.0f} %"
