"""The items of a plan as a table, and what a verification found."""

import html

from geofence.verification.finding import Finding, Severity
from geofence.zone_set import ZoneSet
from missions.plan.item import Frame, MissionItem
from missions.plan.plan import Plan
from missions.report.track import Track
from missions.report.words import both, clock, command_words, finding_words, say

_DATUMS = {
    Frame.GLOBAL: "above_sea",
    Frame.GLOBAL_RELATIVE_ALT: "above_home",
    Frame.GLOBAL_TERRAIN_ALT: "above_ground",
}


def items_table(plan: Plan, track: Track) -> str:
    """Write every item: command, place, altitude, and when it is done, how far on and with what energy."""
    ends = track.ends()
    has_energy = any(point.used_wh is not None for point in track.points)
    numbers = ["time", "leg", "distance", *(["energy"] if has_energy else [])]
    head = (
        f'<th class="number">{say("seq")}</th><th>{say("command")}</th><th>{say("place")}</th>'
        f'<th class="number">{say("altitude")}</th>'
    ) + "".join(f'<th class="number">{say(key)}</th>' for key in numbers)
    rows = []
    before_m = 0.0
    for item in plan.items:
        end = ends.get(item.seq)
        cells = [
            f'<td class="number">{item.seq}</td>',
            f"<td>{both(command_words(item.command))}{_details(item)}</td>",
            f'<td class="place">{_place(item)}</td>',
            f'<td class="number">{_altitude(item)}</td>',
        ]
        values = [""] * len(numbers)
        if end is not None:
            leg_m = end.distance_m - before_m
            before_m = end.distance_m
            values[0] = clock(end.time_s)
            values[1] = f"{leg_m:,.0f} m" if leg_m >= 0.5 else ""
            values[2] = f"{end.distance_m / 1000.0:.2f} km"
            if end.used_wh is not None:
                values[3] = f"{end.used_wh:.1f} Wh"
        cells += [f'<td class="number">{value}</td>' for value in values]
        time = "" if end is None else f' tabindex="0" data-time="{end.time_s:.2f}"'
        rows.append(f"<tr{time}>{''.join(cells)}</tr>")
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table></div>'


def findings_list(findings: tuple[Finding, ...], zones: ZoneSet | None) -> str:
    """Write what was found, each once, violations first."""
    once = sorted(dict.fromkeys(findings), key=lambda finding: finding.severity is not Severity.VIOLATION)
    return f'<ul class="findings">{"".join(_finding(finding, zones) for finding in once)}</ul>'


def _finding(finding: Finding, zones: ZoneSet | None) -> str:
    where = []
    if finding.item_seq is not None:
        seqs = (
            f"{finding.from_seq}–{finding.item_seq}"
            if finding.from_seq is not None
            else f"{finding.item_seq}"
        )
        where.append(f"{say('item')} {seqs}")
    if finding.zone_id is not None:
        known = zones is not None and finding.zone_id in zones
        name = zones.get(finding.zone_id).name if zones is not None and known else finding.zone_id
        where.append(html.escape(name))
    if finding.position is not None:
        where.append(html.escape(str(finding.position)))
    remedy = f"<p>{say('remedy')}: {html.escape(finding.remedy)}</p>" if finding.remedy else ""
    return (
        f'<li class="{finding.severity.value}"><div class="head">{say(finding.severity.value)} · '
        f'{both(finding_words(finding.code))} <span class="where">{" · ".join(where)}</span></div>'
        f"<p>{html.escape(finding.message)}</p>{remedy}</li>"
    )


def _details(item: MissionItem) -> str:
    values = list(item.params)
    while values and values[-1] == 0.0:
        values.pop()
    return f" <small>{', '.join(f'{value:g}' for value in values)}</small>" if values else ""


def _place(item: MissionItem) -> str:
    if item.position is not None:
        return f"{item.position.lat_deg:.7f}, {item.position.lon_deg:.7f}"
    return f"<small>{say('here')}</small>" if item.is_navigation else ""


def _altitude(item: MissionItem) -> str:
    if item.frame not in _DATUMS or (item.position is None and item.alt_m == 0.0):
        return ""
    return f"{item.alt_m:g} m <small>{say(_DATUMS[item.frame])}</small>"
