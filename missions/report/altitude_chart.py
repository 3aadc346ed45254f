"""The altitudes of a flight against the ground and against what zones allow along its way."""

import numpy as np
import shapely
from numpy.typing import NDArray

from geofence.altitude_band import AltitudeBand, AltitudeDatum
from geofence.terrain import Terrain
from geofence.zone import ZoneKind
from geofence.zone_set import ZoneSet
from missions.plan.check import LEGAL_LIMIT_AGL_M
from missions.plan.plan import Plan
from missions.report.axes import Axes, ticks
from missions.report.track import Track
from missions.report.words import WORDS, say

_SAMPLES = 600
_MIN_SPAN_M = 30.0
_Floats = NDArray[np.float64]


def altitude_chart(
    plan: Plan, track: Track, *, zones: ZoneSet | None = None, terrain: Terrain | None = None
) -> str:
    """Draw altitude above home over distance as HTML: picture and legend.

    The ground is level where no terrain is given. Zones hold here as if always; times are not looked at.
    """
    along_m, _, lats_deg, lons_deg, _ = track.sampled(_SAMPLES)
    ground_m = _ground_rel_m(plan, lats_deg, lons_deg, terrain)
    level_m = np.nan_to_num(ground_m)
    forbidden, floor_m, ceiling_m = _limits(plan, zones, lats_deg, lons_deg, level_m)
    flown_m = [point.alt_rel_m for point in track.points]
    limit_m = level_m + LEGAL_LIMIT_AGL_M
    high_m = max(*flown_m, float(limit_m.max()), _MIN_SPAN_M)
    low_m = min(*flown_m, float(level_m.min()))
    axes = Axes(
        (0.0, max(track.length_m, 1.0)), (low_m - 0.08 * (high_m - low_m), high_m + 0.06 * (high_m - low_m))
    )
    xs = along_m.tolist()
    bottom = [axes.y_range[0]] * len(xs)
    parts = [f'<path class="ground" d="{axes.band(xs, bottom, level_m.tolist())}"/>']
    for run, lows_m, highs_m in forbidden:
        d = axes.band(along_m[run].tolist(), lows_m.tolist(), highs_m.tolist())
        parts.append(f'<path class="forbidden" d="{d}"/>')
    kinds = []
    if forbidden:
        kinds.append(("forbidden", "forbidden"))
    for name, values in (("ceiling", ceiling_m), ("floor", floor_m)):
        runs = _runs(np.isfinite(values) & (values <= axes.y_range[1]) & (values > axes.y_range[0]))
        if runs:
            kinds.append((name, name))
        parts += [
            f'<path class="line {name}" d="{axes.path(along_m[r].tolist(), values[r].tolist())}"/>'
            for r in runs
        ]
    parts.append(f'<path class="line limit" d="{axes.path(xs, limit_m.tolist())}"/>')
    parts.append(
        axes.frame(
            x_words=(f"{WORDS['distance'][0]}（km）", f"{WORDS['distance'][1]} (km)"),
            y_words=("高度（m）", "Altitude (m)"),
            x_text=lambda value: f"{value / 1000.0:g}",
            x_ticks=ticks(*axes.x_range, 10),
        )
    )
    line = axes.path([point.distance_m for point in track.points], flown_m)
    parts.append(f'<path class="line flown" d="{line}"/>')
    legend = [("flown", "flight_line"), *kinds, ("limit", "limit"), ("ground", "ground")]
    words = "".join(f'<span class="key {css}"><i></i>{say(key)}</span>' for css, key in legend)
    note = "" if terrain is not None else f'<span class="note">{say("ground_unknown")}</span>'
    return (
        axes.picture("".join(parts), title=WORDS["profile"], cursor="distance")
        + f'<div class="legend">{words}{note}</div>'
    )


def _ground_rel_m(plan: Plan, lats_deg: _Floats, lons_deg: _Floats, terrain: Terrain | None) -> _Floats:
    if terrain is None:
        return np.zeros(len(lats_deg))
    home_m = plan.home_alt_amsl_m
    if home_m is None:
        home_m = float(terrain.ground_alt_amsl_m(plan.home.lat_deg, plan.home.lon_deg)[0])
    return terrain.ground_alt_amsl_m(lats_deg, lons_deg) - home_m


def _limits(
    plan: Plan, zones: ZoneSet | None, lats_deg: _Floats, lons_deg: _Floats, ground_m: _Floats
) -> tuple[list[tuple[slice, _Floats, _Floats]], _Floats, _Floats]:
    """Give what is forbidden, run by run, and the lowest floor and the highest ceiling of what is allowed."""
    forbidden: list[tuple[slice, _Floats, _Floats]] = []
    floor_m, ceiling_m = np.full(len(lats_deg), np.inf), np.full(len(lats_deg), -np.inf)
    for zone in zones or ():
        if zone.kind is ZoneKind.ADVISORY:
            continue
        for volume in zone.volumes:
            is_inside = shapely.contains_xy(volume.area, lons_deg, lats_deg)
            if not is_inside.any():
                continue
            lows_m, highs_m = _band_rel_m(volume.band, plan.home_alt_amsl_m, ground_m)
            if zone.kind is ZoneKind.EXCLUSION:
                # What nobody can say is forbidden at all altitudes.
                lows_m, highs_m = np.nan_to_num(lows_m, nan=-np.inf), np.nan_to_num(highs_m, nan=np.inf)
                forbidden += [(run, lows_m[run], highs_m[run]) for run in _runs(is_inside)]
            else:
                floor_m[is_inside] = np.fmin(floor_m, lows_m)[is_inside]
                ceiling_m[is_inside] = np.fmax(ceiling_m, highs_m)[is_inside]
    return forbidden, floor_m, ceiling_m


def _band_rel_m(
    band: AltitudeBand, home_alt_amsl_m: float | None, ground_m: _Floats
) -> tuple[_Floats, _Floats]:
    limits_m = band.limits_rel_m(home_alt_amsl_m)
    low_m, high_m = (
        limit_m + (ground_m if datum is AltitudeDatum.AGL else np.zeros(len(ground_m)))
        for limit_m, datum in zip(limits_m, band.datums, strict=True)
    )
    return low_m, high_m


def _runs(mask: NDArray[np.bool_]) -> list[slice]:
    """Give the stretches where it holds; one sample beside each, so that short ones are seen."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], mask, [False])).astype(np.int8)))
    return [
        slice(int(first), int(min(max(end, first + 2), len(mask))))
        for first, end in zip(edges[::2], edges[1::2], strict=True)
    ]
