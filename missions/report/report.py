"""A report of one flight or several: one page in Chinese and English that opens without a network, and prints."""

import html
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from geofence.terrain import Terrain
from geofence.zone_set import ZoneSet
from missions.fleet.schedule import Unserved
from missions.plan.plan import Plan
from missions.refusal import MissionError
from missions.report.altitude_chart import altitude_chart
from missions.report.battery_chart import battery_chart
from missions.report.flight_profile import FlightProfile
from missions.report.flights_table import Departure, flights_table
from missions.report.gantt import Bar, BarKind, Gantt
from missions.report.gantt_chart import gantt_chart
from missions.report.items_table import findings_list, items_table
from missions.report.route_map import route_map
from missions.report.track import Track, track_of
from missions.report.words import PATTERNS, WORDS, Language, both, clock, command_words, moment, say

_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Flight:
    """One flight of a report.

    Parameters
    ----------
    plan : Plan
        Its findings are shown.
    profile : FlightProfile, optional
        What is predicted of it; without one, times are estimated from the speed.
    is_verified : bool or None
        Whether its findings are all that a verification found. None says nothing of it.
    departs_s : float
        When it takes off, on the clock of the schedule.
    drone : str
        Who flies it, where several flights have one; they share a colour.
    """

    plan: Plan
    profile: FlightProfile | None = None
    is_verified: bool | None = None
    departs_s: float = 0.0
    drone: str = ""

    @property
    def key(self) -> str:
        """Its name in the legend."""
        return self.drone or self.plan.name


def report_to_html(
    flights: Sequence[Flight],
    *,
    zones: ZoneSet | None = None,
    terrain: Terrain | None = None,
    gantt: Gantt | None = None,
    unserved: Sequence[Unserved] = (),
    language: Language = "zh",
    title: str = "",
) -> str:
    """Write the page.

    Parameters
    ----------
    flights : sequence of Flight
        At least one.
    zones, terrain : optional
        Drawn round and under the flights.
    gantt : Gantt, optional
        By default of the flights alone, where there are several.
    unserved : sequence of Unserved
        What nobody flies, and why.
    language : "zh" or "en"
        The page opens in it, and can be switched.
    title : str
        By default the name of the first plan.

    Raises
    ------
    MissionError
        There is no flight, or the map library was not built into this installation.
    """
    if not flights:
        raise MissionError("there is no flight to report of", remedy="Give a plan")
    tracks = [track_of(flight.plan, profile=flight.profile, terrain=terrain) for flight in flights]
    if gantt is None and len(flights) > 1:
        gantt = _together(flights, tracks)
    chart = route_map([flight.plan for flight in flights], zones=zones)
    ends_s = [flight.departs_s + track.duration_s for flight, track in zip(flights, tracks, strict=True)]
    last_s = max(*ends_s, *(bar.ends_s for bar in (gantt.bars if gantt is not None else ())), 1.0)
    name = title or flights[0].plan.name
    schedule = gantt_chart(gantt) if gantt is not None else ""
    parts = [
        '<!DOCTYPE html>\n<html lang="',
        "zh" if language == "zh" else "en",
        f'" data-lang="{language}"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{html.escape(name)}</title>{chart.head}<style>{_part('page.css')}</style></head><body>",
        f'<header><div><p class="kind">飞鹰 Feiying · {say("report")}</p><h1>{html.escape(name)}</h1></div>',
        f'<nav><button id="print" type="button">{say("print")}</button>',
        '<button id="language" type="button"><span lang="zh">English</span><span lang="en">中文</span></button></nav></header>',
        f'<main><section><h2>{say("map")}</h2><div class="map-frame">{chart.body}</div>',
        f'<div class="time"><button id="play" type="button" aria-pressed="false">{say("play")}</button>',
        f'<input id="clock" type="range" min="0" max="{last_s:.2f}" step="any" value="0"',
        f' aria-label="{" / ".join(WORDS["time"])}"><output id="clock-text">{_moment(gantt)}</output></div>',
        f'<div class="legend">{_scale(flights, last_s)}{chart.legend}</div></section>',
        f'<section id="schedule"><h2>{say("schedule")}</h2>{schedule}{_flights_table(flights, tracks, gantt)}'
        f"{_unserved_list(unserved)}</section>"
        if schedule or unserved
        else "",
    ]
    parts += [
        _flight_section(number, flight, track, zones, terrain)
        for number, (flight, track) in enumerate(zip(flights, tracks, strict=True))
    ]
    parts += [
        "</main>",
        f'<script id="tracks" type="application/json" data-map="{chart.name}"{_zero(gantt)}>{_tracks(flights, tracks)}</script>',
        f"<script>{chart.script}</script><script>{_part('page.js')}</script></body></html>\n",
    ]
    return "".join(parts)


def plan_to_html(plan: Plan, *, zones: ZoneSet | None = None, profile: FlightProfile | None = None) -> str:
    """Write the page of one plan; see `report_to_html`."""
    return report_to_html([Flight(plan, profile)], zones=zones)


def _flight_section(
    number: int, flight: Flight, track: Track, zones: ZoneSet | None, terrain: Terrain | None
) -> str:
    plan = flight.plan
    battery = battery_chart(track, flight.profile)
    findings = ""
    if plan.findings:
        findings = f"<h3>{say('findings')}</h3>{findings_list(plan.findings, zones)}"
    return (
        f'<section id="flight-{number}"><h2>{html.escape(plan.name)}</h2>{_facts(flight, track)}{findings}'
        f"<h3>{say('profile')}</h3>{altitude_chart(plan, track, zones=zones, terrain=terrain)}"
        + (f"<h3>{say('battery')}</h3>{battery}" if battery else "")
        + f"<h3>{say('table')}</h3>{items_table(plan, track)}</section>"
    )


def _moment(gantt: Gantt | None) -> str:
    return clock(0.0) if gantt is None else moment(gantt, 0.0)


def _zero(gantt: Gantt | None) -> str:
    """Tell the page's program the time of the day at zero, where it is known."""
    return "" if gantt is None or gantt.begins_clock_s is None else f' data-zero="{gantt.begins_clock_s:g}"'


def _flights_table(flights: Sequence[Flight], tracks: Sequence[Track], gantt: Gantt | None) -> str:
    if len(flights) < 2 or gantt is None:
        return ""
    departures = [
        Departure(f"flight-{number}", flight.key, flight.plan.name, flight.departs_s, track, flight.profile)
        for number, (flight, track) in enumerate(zip(flights, tracks, strict=True))
    ]
    return flights_table(departures, gantt)


def _unserved_list(unserved: Sequence[Unserved]) -> str:
    """Say what nobody flies."""
    items = "".join(
        f'<li class="violation"><span class="head">{html.escape(left.task_id)}</span>'
        f"<p>{html.escape(left.reason)}. {html.escape(left.remedy)}.</p></li>"
        for left in unserved
    )
    return f'<h3>{say("unserved")}</h3><ul class="findings">{items}</ul>' if items else ""


def _colours(flights: Sequence[Flight]) -> dict[str, str]:
    """Give each drone, or each flight without one, its colour."""
    keys = dict.fromkeys(flight.key for flight in flights)
    return {key: _COLOURS[number % len(_COLOURS)] for number, key in enumerate(keys)}


def _facts(flight: Flight, track: Track) -> str:
    plan = flight.plan
    facts: list[tuple[str, str]] = []
    if not plan.is_legal:
        facts.append((say("verdict"), f'<span class="verdict illegal">{say("illegal")}</span>'))
    elif flight.is_verified is not None:
        verdict = "legal" if flight.is_verified else "unchecked"
        facts.append((say("verdict"), f'<span class="verdict {verdict}">{say(verdict)}</span>'))
    note = f" <small>{say('estimated')}</small>" if track.is_estimated else ""
    facts += [
        (say("duration"), f"{clock(track.duration_s)}{note}"),
        (say("length"), f"{track.length_m / 1000.0:.2f} km"),
        (say("items"), f"{len(plan.items)}"),
        (say("altitude"), f"{max(point.alt_rel_m for point in track.points):g} m"),
    ]
    used_wh = track.points[-1].used_wh
    if used_wh is not None:
        facts.append((say("energy"), f"{used_wh:.0f} Wh"))
    if plan.coverage is not None:
        facts.append((say("coverage"), f"{100.0 * plan.coverage:.1f} %"))
    for key, value, unit in (
        ("speed", plan.speed_m_s, "m/s"),
        ("swath", plan.swath_m, "m"),
        ("margin", plan.margin_m, "m"),
    ):
        if value is not None:
            facts.append((say(key), f"{value:g} {unit}"))
    if plan.pattern in PATTERNS:
        facts.append((say("pattern"), both(PATTERNS[plan.pattern])))
    return f'<dl class="facts">{"".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in facts)}</dl>'


_SCALE = ("#3b1f87", "#1557b0", "#0b8085", "#2f7d25", "#a87400", "#c2410c")
"""From the first moment of a flight to the last."""

_COLOURS = ("#1557b0", "#c2410c", "#2f7d25", "#8e24aa", "#0b8085", "#a87400", "#c2185b", "#455a64")
"""One drone each, where there are several flights."""


def _scale(flights: Sequence[Flight], last_s: float) -> str:
    if len(flights) == 1:
        gradient = ",".join(_SCALE)
        return (
            f'<span class="key">{say("time")} 0:00<span class="scale" style="background:linear-gradient(90deg,{gradient})">'
            f"</span>{clock(last_s)}</span>"
        )
    return "".join(
        f'<span class="key"><i style="border-color:{colour}"></i>{html.escape(key)}</span>'
        for key, colour in _colours(flights).items()
    )


def _tracks(flights: Sequence[Flight], tracks: Sequence[Track]) -> str:
    """Give what the page's program draws and moves along, as JSON that cannot end its script element."""
    colours = _colours(flights)
    document = [
        {
            "colours": _SCALE if len(flights) == 1 else [colours[flights[number].key]],
            "departs": flights[number].departs_s,
            "places": [
                [item.position.lat_deg, item.position.lon_deg, f"{item.seq} ·", *command_words(item.command)]
                for item in flights[number].plan.items
                if item.is_navigation and item.position is not None
            ],
            "track": [
                [
                    round(p.time_s, 2),
                    round(p.distance_m, 2),
                    round(p.position.lat_deg, 7),
                    round(p.position.lon_deg, 7),
                    round(p.alt_rel_m, 2),
                ]
                for p in track.points
            ],
        }
        for number, track in enumerate(tracks)
    ]
    return json.dumps(document).replace("<", "\\u003c")


def _together(flights: Sequence[Flight], tracks: Sequence[Track]) -> Gantt:
    return Gantt(
        tuple(
            Bar(
                flight.plan.name,
                BarKind.FLIGHT,
                flight.departs_s,
                flight.departs_s + track.duration_s,
                clock(track.duration_s),
            )
            for flight, track in zip(flights, tracks, strict=True)
        )
    )


def _part(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")
