"""A plan as one HTML page that opens without a network."""

import html
import re
from collections.abc import Sequence
from pathlib import Path

import branca.element
import folium
import shapely
from branca.element import Figure

from geofence.zone import Zone, ZoneKind
from geofence.zone_set import ZoneSet
from missions.patterns.pattern import PatternName
from missions.plan.item import Command
from missions.plan.plan import Plan, RouteKind
from missions.refusal import MissionError

_ASSETS = Path(__file__).with_name("assets")
_NUMBERED_AT_MOST = 600
_MAX_ZOOM = 20

_ZONE_COLOURS = {ZoneKind.INCLUSION: "#2e7d4f", ZoneKind.EXCLUSION: "#c62828", ZoneKind.ADVISORY: "#b7791f"}
_ZONE_WORDS = {
    ZoneKind.INCLUSION: "允许区 Inclusion zone",
    ZoneKind.EXCLUSION: "禁飞区 Exclusion zone",
    ZoneKind.ADVISORY: "提示区 Advisory zone",
}
_ROUTE_COLOURS = {
    RouteKind.COVERAGE: "#1565c0",
    RouteKind.PERIMETER: "#6a1b9a",
    RouteKind.CORRIDOR: "#00838f",
    RouteKind.LINE: "#283593",
    RouteKind.VISIT: "#5d4037",
    RouteKind.ORBIT: "#ad1457",
    RouteKind.SEARCH: "#4527a0",
    RouteKind.TRANSIT: "#ef6c00",
}
_ROUTE_WORDS = {
    RouteKind.COVERAGE: "覆盖航线 Coverage",
    RouteKind.PERIMETER: "周界航线 Perimeter",
    RouteKind.CORRIDOR: "走廊航线 Corridor",
    RouteKind.LINE: "巡线航线 Patrol line",
    RouteKind.VISIT: "巡点航线 To a point",
    RouteKind.ORBIT: "环绕航线 Orbit",
    RouteKind.SEARCH: "搜索航线 Search",
    RouteKind.TRANSIT: "转场航线 Transit",
}
_PATTERN_WORDS: dict[str, str] = {
    PatternName.AREA: "区域巡逻 Area patrol",
    PatternName.PERIMETER: "周界巡逻 Perimeter patrol",
    PatternName.CORRIDOR: "走廊巡逻 Corridor patrol",
    PatternName.LINES: "巡线 Patrol lines",
    PatternName.POINTS: "巡点 Points of interest",
    PatternName.ORBIT: "环绕 Orbit",
    PatternName.SPIRAL: "螺旋 Spiral",
    PatternName.EXPANDING_SQUARE: "扩展方形搜索 Expanding square search",
    PatternName.SECTOR_SEARCH: "扇形搜索 Sector search",
}
_HOME_WORDS = "起降点 Take-off and landing"

_TOP_PX, _SIDE_PX, _BOTTOM_PX = 96, 40, 72
"""Kept free for the panels."""

_NO_DEFAULT_ICON = 'L.Marker.prototype.options.icon = L.divIcon({className: "waypoint"});'
"""Leaflet's own marker is an image that it fetches, if only until folium gives it another."""

_LOADED = re.compile(
    r"""<(?:script|link|img|iframe|source|audio|video|embed|object)\b[^>]*\b(?:src|href|data)\s*=\s*["']?(?:https?:)?//[^"'\s>]*"""
    r"""|url\(\s*["']?(?:https?:)?//[^)]*|@import\s[^;]*""",
    re.IGNORECASE,
)

_STYLE = """
.leaflet-container { background: #eef1ec; font: 13px/1.4 system-ui, "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; }
.panel { position: absolute; z-index: 1000; background: rgba(255,255,255,.94); border-radius: 6px; padding: 10px 14px;
  box-shadow: 0 1px 5px rgba(0,0,0,.3); font: 13px/1.5 system-ui, "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; color: #1f2a30; }
.panel h1 { font-size: 17px; margin: 0 0 2px; }
.panel .facts { color: #46545c; }
.panel .bad { color: #c62828; font-weight: 600; }
.panel .facts span { white-space: nowrap; margin-right: 14px; }
#title { top: 12px; left: 56px; max-width: calc(100% - 96px); }
#legend { bottom: 12px; right: 12px; max-width: calc(100% - 150px); display: flex; flex-wrap: wrap; gap: 2px 18px; }
#legend div { display: flex; align-items: center; gap: 8px; white-space: nowrap; }
.leaflet-control-scale-line:not(:first-child) { display: none; }
#legend i { width: 22px; height: 0; border-top: 4px solid; flex: none; }
#legend i.area { height: 12px; border: 2px solid; box-sizing: border-box; }
#legend i.home { width: 12px; height: 12px; border: 2px solid #fff; outline: 2px solid #111; border-radius: 50%; background: #111; margin: 0 5px; }
.waypoint { width: 18px !important; height: 18px !important; margin: -9px 0 0 -9px !important; border-radius: 9px; background: #fff;
  border: 1.5px solid #1f2a30; font: 600 9px/15px system-ui, sans-serif; text-align: center; color: #1f2a30; }
"""


def plan_to_html(plan: Plan, *, zones: ZoneSet | None = None) -> str:
    """Draw zones, routes, the pad and numbered waypoints on a plain ground.

    Raises
    ------
    MissionError
        The map library was not built into this installation.
    """
    chart = folium.Map(
        tiles=None,
        control_scale=True,
        prefer_canvas=True,
        maxZoom=_MAX_ZOOM,
        zoomSnap=0.25,
        attributionControl=False,
    )
    for zone in zones or ():
        _draw_zone(chart, zone)
    for route in plan.routes:
        folium.PolyLine(  # type: ignore[no-untyped-call]
            [(p.lat_deg, p.lon_deg) for p in route.positions],
            color=_ROUTE_COLOURS[route.kind],
            weight=3,
            opacity=0.9,
            dash_array="7 6" if route.kind is RouteKind.TRANSIT else None,
            tooltip=_safe(
                f"{_ROUTE_WORDS[route.kind]} · {route.length_m:.0f} m · {_altitude_words(route.alts_rel_m)}"
            ),
        ).add_to(chart)
    if not plan.routes:
        line = [
            plan.home,
            *(item.position for item in plan.items if item.is_navigation and item.position is not None),
        ]
        folium.PolyLine(  # type: ignore[no-untyped-call]
            [(p.lat_deg, p.lon_deg) for p in line], color=_ROUTE_COLOURS[RouteKind.COVERAGE]
        ).add_to(chart)
    _draw_waypoints(chart, plan)
    folium.CircleMarker(
        (plan.home.lat_deg, plan.home.lon_deg),
        radius=8,
        color="#fff",
        weight=3,
        fill=True,
        fill_color="#111",
        fill_opacity=1.0,
        tooltip=_safe(f"{_HOME_WORDS} · {plan.home}"),
    ).add_to(chart)
    chart.fit_bounds(
        _bounds(plan, zones),
        padding_top_left=(_SIDE_PX, _TOP_PX),
        padding_bottom_right=(_SIDE_PX, _BOTTOM_PX),
    )
    return _without_network(chart, _title(plan) + _legend(plan, zones), plan.name)


def _safe(text: str) -> str:
    """Text for HTML inside a JavaScript template literal."""
    escaped = html.escape(text)
    for mark in "`$\\{}":
        escaped = escaped.replace(mark, f"&#{ord(mark)};")
    return escaped


def _draw_zone(chart: folium.Map, zone: Zone) -> None:
    colour = _ZONE_COLOURS[zone.kind]
    for part in shapely.get_parts(zone.area):
        folium.Polygon(
            [
                [(lat_deg, lon_deg) for lon_deg, lat_deg in shapely.get_coordinates(ring).tolist()]
                for ring in (part.exterior, *part.interiors)
            ],
            color=colour,
            weight=2,
            fill=True,
            fill_color=colour,
            fill_opacity=0.28 if zone.kind is ZoneKind.EXCLUSION else 0.1,
            tooltip=_safe(f"{zone.name} · {_ZONE_WORDS[zone.kind]}"),
        ).add_to(chart)


def _draw_waypoints(chart: folium.Map, plan: Plan) -> None:
    placed = [i for i in plan.items if i.is_navigation and i.position is not None and i.position != plan.home]
    for item in placed:
        assert item.position is not None
        place = (item.position.lat_deg, item.position.lon_deg)
        words = f"{item.seq} · {_command_name(item.command)} · {item.alt_m:g} m · {item.position}"
        if len(placed) <= _NUMBERED_AT_MOST:
            icon = folium.DivIcon(html=str(item.seq), class_name="waypoint")
            folium.Marker(place, icon=icon, tooltip=_safe(words)).add_to(chart)
        else:
            folium.CircleMarker(place, radius=2, color="#1f2a30", tooltip=_safe(words)).add_to(chart)


def _command_name(command: int) -> str:
    return Command(command).name if command in set(Command) else f"MAV_CMD {command}"


def _bounds(plan: Plan, zones: ZoneSet | None) -> list[list[float]]:
    """Everything flown, and the zone it is flown for."""
    points = [plan.home, *(item.position for item in plan.items if item.position is not None)]
    points += [position for route in plan.routes for position in route.positions]
    lats_deg, lons_deg = [p.lat_deg for p in points], [p.lon_deg for p in points]
    if zones is not None and plan.zone_id in zones:
        west_deg, south_deg, east_deg, north_deg = zones.get(plan.zone_id).area.bounds
        lats_deg += [south_deg, north_deg]
        lons_deg += [west_deg, east_deg]
    return [[min(lats_deg), min(lons_deg)], [max(lats_deg), max(lons_deg)]]


def _title(plan: Plan) -> str:
    facts = [_PATTERN_WORDS.get(plan.pattern, ""), f"航点 Items {len(plan.items)}"]
    if plan.routes:
        facts.append(f"航程 Length {plan.length_m / 1000.0:.2f} km")
    if plan.coverage is not None:
        facts.append(f"覆盖 Covered {100.0 * plan.coverage:.1f} %")
    for words, value, unit in (
        ("速度 Speed", plan.speed_m_s, "m/s"),
        ("幅宽 Swath", plan.swath_m, "m"),
        ("边距 Margin", plan.margin_m, "m"),
    ):
        if value is not None:
            facts.append(f"{words} {value:g} {unit}")
    alts_rel_m = tuple(alt_m for route in plan.routes for alt_m in route.alts_rel_m)
    if alts_rel_m:
        facts.append(f"高度 Altitude {_altitude_words(alts_rel_m)}")
    shown = "".join(f"<span>{html.escape(fact)}</span>" for fact in facts if fact)
    legality = "" if plan.is_legal else '<div class="bad">违反空域限制 Violates its zones</div>'
    return (
        f'<div id="title" class="panel"><h1>飞鹰 Feiying · {html.escape(plan.name)}</h1>'
        f'<div class="facts">{shown}</div>{legality}</div>'
    )


def _altitude_words(alts_rel_m: Sequence[float]) -> str:
    low_m, high_m = min(alts_rel_m), max(alts_rel_m)
    return f"{low_m:g} m" if low_m == high_m else f"{low_m:g}–{high_m:g} m"


def _legend(plan: Plan, zones: ZoneSet | None) -> str:
    kinds = {zone.kind for zone in zones or ()}
    lines = [
        f'<div><i class="area" style="border-color:{_ZONE_COLOURS[kind]};background:{_ZONE_COLOURS[kind]}33"></i>'
        f"{_ZONE_WORDS[kind]}</div>"
        for kind in ZoneKind
        if kind in kinds
    ]
    flown = {route.kind for route in plan.routes}
    lines += [
        f'<div><i style="border-color:{_ROUTE_COLOURS[kind]};'
        f'border-top-style:{"dashed" if kind is RouteKind.TRANSIT else "solid"}"></i>{_ROUTE_WORDS[kind]}</div>'
        for kind in RouteKind
        if kind in flown
    ]
    lines.append(f'<div><i class="home"></i>{_HOME_WORDS}</div>')
    return f'<div id="legend" class="panel">{"".join(lines)}</div>'


def _asset(name: str) -> str:
    try:
        return (_ASSETS / name).read_text(encoding="utf-8")
    except OSError:
        raise MissionError(
            f"the map library ({name}) is not part of this installation, so no preview can be written",
            place=str(_ASSETS),
            remedy="Run `make`, or `pip install .`, which builds it, or choose another ending than .html",
        ) from None


def _without_network(chart: folium.Map, panels: str, title: str) -> str:
    """Render with everything inline; what folium would fetch is left out or replaced."""
    root = chart.get_root()
    assert isinstance(root, Figure)
    script, style = _asset("leaflet.js"), _asset("leaflet.css")
    chart.default_js, chart.default_css = [], []
    root.html.add_child(branca.element.Element(panels))
    root.render()
    header = root.header
    for name, child in list(header._children.items()):
        if isinstance(child, branca.element.JavascriptLink | branca.element.CssLink):
            del header._children[name]
    header.add_child(branca.element.Element(f"<title>{html.escape(title)}</title>"), name="title", index=0)
    header.add_child(
        branca.element.Element(f"<style>{_raw(style)}{_raw(_STYLE)}</style>"), name="style", index=1
    )
    header.add_child(
        branca.element.Element(f"<script>{_raw(script)}\n{_NO_DEFAULT_ICON}</script>"),
        name="leaflet",
        index=2,
    )
    page: str = root.render()
    remote = _LOADED.search(page)
    if remote is not None:
        raise MissionError(
            f"the preview would load {remote.group()[:120]!r} from the network",
            remedy="The installed folium is newer than this program knows; install the version in requirements.lock",
        )
    return page


def _raw(text: str) -> str:
    """Protect text from being read as a template."""
    return "{% raw %}" + text + "{% endraw %}"
