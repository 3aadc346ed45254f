"""The map of a report: zones, what the legs are flown for, the pads; the page draws what is flown by time over it."""

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import branca.element
import folium
import shapely
from branca.element import Figure

from geofence.zone import Zone, ZoneKind
from geofence.zone_set import ZoneSet
from missions.plan.plan import Plan, RouteKind
from missions.refusal import MissionError
from missions.report.words import ROUTES, WORDS, ZONES, both, say

_ASSETS = Path(__file__).with_name("assets")
_MAX_ZOOM = 20
_MARGIN_PX = 36

_ZONE_COLOURS = {ZoneKind.INCLUSION: "#23713f", ZoneKind.EXCLUSION: "#b3261e", ZoneKind.ADVISORY: "#b7791f"}
_ROUTE_COLOURS = {
    "transit": "#f0944d",
    "coverage": "#5b9bea",
    "perimeter": "#a05bc4",
    "corridor": "#2fa3b0",
    "line": "#5b9bea",
    "visit": "#9a7768",
    "orbit": "#d4588f",
    "search": "#7d66c9",
}
_ROUTE_COLOUR = "#5b9bea"

_NO_DEFAULT_ICON = 'L.Marker.prototype.options.icon = L.divIcon({className: "mark"});'
"""Leaflet's own marker is an image that it fetches, if only until it is given another."""

_NOT_IN_TEMPLATES = {ord(mark): f"&#{ord(mark)};" for mark in "`$\\{}"}
_LOADED = re.compile(
    r"""<(?:script|link|img|iframe|source|audio|video|embed|object)\b[^>]*\b(?:src|href|data)\s*=\s*["']?(?:https?:)?//[^"'\s>]*"""
    r"""|url\(\s*["']?(?:https?:)?//[^)]*|@import\s[^;]*""",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class RouteMap:
    """A map as pieces of a page.

    Parameters
    ----------
    name : str
        Of the JavaScript variable that holds it.
    head, body, script : str
    legend : str
        HTML.
    """

    name: str
    head: str
    body: str
    script: str
    legend: str


def route_map(plans: Sequence[Plan], *, zones: ZoneSet | None = None) -> RouteMap:
    """Draw zones, routes and pads on a plain ground.

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
    for plan in plans:
        _draw_plan(chart, plan)
    chart.fit_bounds(_bounds(plans, zones), padding=(_MARGIN_PX, _MARGIN_PX))
    return _without_network(chart, _legend(plans, zones))


def _safe(text: str) -> str:
    """Text for HTML inside a JavaScript template literal."""
    return html.escape(text).translate(_NOT_IN_TEMPLATES)


def _safe_both(pair: tuple[str, str]) -> str:
    return both(pair).translate(_NOT_IN_TEMPLATES)


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
            tooltip=f"{_safe(zone.name)} · {_safe_both(ZONES[zone.kind])}",
        ).add_to(chart)


def _draw_plan(chart: folium.Map, plan: Plan) -> None:
    for route in plan.routes:
        words = _route_words(route.kind)
        folium.PolyLine(  # type: ignore[no-untyped-call]
            [(p.lat_deg, p.lon_deg) for p in route.positions],
            color=_ROUTE_COLOURS.get(route.kind.value, _ROUTE_COLOUR),
            weight=9,
            opacity=0.4,
            tooltip=f"{_safe(plan.name)} · {_safe_both(words)} · {route.length_m:.0f} m",
        ).add_to(chart)
    folium.CircleMarker(
        (plan.home.lat_deg, plan.home.lon_deg),
        radius=8,
        color="#fff",
        weight=3,
        fill=True,
        fill_color="#111",
        fill_opacity=1.0,
        tooltip=f"{_safe_both(WORDS['home'])} · {_safe(str(plan.home))}",
    ).add_to(chart)


def _route_words(kind: RouteKind) -> tuple[str, str]:
    return ROUTES.get(kind.value, (kind.value, kind.value))


def _bounds(plans: Sequence[Plan], zones: ZoneSet | None) -> list[list[float]]:
    """Everything flown, and the zones it is flown for."""
    lats_deg: list[float] = []
    lons_deg: list[float] = []
    for plan in plans:
        points = [plan.home, *(item.position for item in plan.items if item.position is not None)]
        points += [position for route in plan.routes for position in route.positions]
        lats_deg += [p.lat_deg for p in points]
        lons_deg += [p.lon_deg for p in points]
        if zones is not None and plan.zone_id in zones:
            west_deg, south_deg, east_deg, north_deg = zones.get(plan.zone_id).area.bounds
            lats_deg += [south_deg, north_deg]
            lons_deg += [west_deg, east_deg]
    return [[min(lats_deg), min(lons_deg)], [max(lats_deg), max(lons_deg)]]


def _legend(plans: Sequence[Plan], zones: ZoneSet | None) -> str:
    kinds = {zone.kind for zone in zones or ()}
    keys = [
        f'<span class="key area"><i style="border-color:{_ZONE_COLOURS[kind]};background:{_ZONE_COLOURS[kind]}33"></i>'
        f"{both(ZONES[kind])}</span>"
        for kind in ZoneKind
        if kind in kinds
    ]
    for kind in dict.fromkeys(route.kind for plan in plans for route in plan.routes):
        colour = _ROUTE_COLOURS.get(kind.value, _ROUTE_COLOUR)
        keys.append(
            f'<span class="key"><i style="border-color:{colour};border-top-width:8px;opacity:.6"></i>'
            f"{both(_route_words(kind))}</span>"
        )
    keys.append(f'<span class="key pad"><i></i>{say("home")}</span>')
    return "".join(keys)


def _asset(name: str) -> str:
    try:
        return (_ASSETS / name).read_text(encoding="utf-8")
    except OSError:
        raise MissionError(
            f"the map library ({name}) is not part of this installation, so no report can be written",
            place=str(_ASSETS),
            remedy="Run `make`, or `pip install .`, which builds it, or choose another ending than .html",
        ) from None


def _without_network(chart: folium.Map, legend: str) -> RouteMap:
    """Render with everything inline; what folium would fetch is left out or replaced."""
    root = chart.get_root()
    assert isinstance(root, Figure)
    script, style = _asset("leaflet.js"), _asset("leaflet.css")
    chart.default_js, chart.default_css = [], []
    root.render()
    for name, child in list(root.header._children.items()):
        if isinstance(child, branca.element.JavascriptLink | branca.element.CssLink):
            del root.header._children[name]
    # The page has its own height; folium's sheet for the whole window would cut it off.
    head = re.sub(r"<style>\s*html, body \{.*?</style>", "", root.header.render(), flags=re.DOTALL)
    made = RouteMap(
        chart.get_name(),
        f"<style>{style}</style><script>{script}\n{_NO_DEFAULT_ICON}</script>{head}",
        root.html.render(),
        root.script.render(),
        legend,
    )
    for piece in (made.head, made.body, made.script):
        remote = _LOADED.search(piece)
        if remote is not None:
            raise MissionError(
                f"the report would load {remote.group()[:120]!r} from the network",
                remedy="The installed folium is newer than this program knows; install the version in requirements.lock",
            )
    return made
