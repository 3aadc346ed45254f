"""What is left in the battery over the time of a flight."""

from missions.report.axes import Axes, time_ticks
from missions.report.flight_profile import FlightProfile
from missions.report.track import Track
from missions.report.words import WORDS, clock, say


def battery_chart(track: Track, profile: FlightProfile | None) -> str:
    """Draw energy over time as HTML; empty where nothing is known of it.

    Where the battery is not known, the energy that is used is drawn instead.
    """
    known = [(point.time_s, point.used_wh) for point in track.points if point.used_wh is not None]
    if profile is None or not known:
        return ""
    battery_wh = profile.battery_wh
    times_s = [time_s for time_s, _ in known]
    values_wh = [used_wh if battery_wh is None else battery_wh - used_wh for _, used_wh in known]
    reserve_wh = profile.reserve_wh if battery_wh is not None else None
    high_wh = max(*values_wh, battery_wh or 0.0, 1.0)
    axes = Axes((0.0, max(track.duration_s, 1.0)), (min(0.0, *values_wh), 1.05 * high_wh), height=200.0)
    parts = []
    keys = [("left", "left" if battery_wh is not None else "energy")]
    if reserve_wh is not None:
        xs = list(axes.x_range)
        parts.append(
            f'<path class="reserve-area" d="{axes.band(xs, [axes.y_range[0]] * 2, [reserve_wh] * 2)}"/>'
        )
        parts.append(f'<path class="line reserve" d="{axes.path(xs, [reserve_wh] * 2)}"/>')
        keys.append(("reserve", "reserve"))
    parts.append(
        axes.frame(
            x_words=WORDS["time"],
            y_words=("电量（Wh）", "Energy (Wh)"),
            x_text=clock,
            x_ticks=time_ticks(*axes.x_range, 10),
        )
    )
    is_short = reserve_wh is not None and values_wh[-1] < reserve_wh
    parts.append(
        f'<path class="line left{" short" if is_short else ""}" d="{axes.path(times_s, values_wh)}"/>'
    )
    legend = "".join(f'<span class="key {css}"><i></i>{say(key)}</span>' for css, key in keys)
    return (
        axes.picture("".join(parts), title=WORDS["battery"], cursor="time")
        + f'<div class="legend">{legend}</div>'
    )
