"""A picture of who flew where: small, without anything from outside, to go with a report."""

from collections.abc import Iterator, Sequence
from html import escape
from math import cos, hypot, radians

from shapely.geometry import MultiPolygon, Polygon

from geofence.zone import ZoneKind
from geofence.zone_set import ZoneSet
from server.scenario.area_body import AreaBody
from server.scenario.judgement import Verdict, clock_text
from server.scenario.record import Record

WIDTH, HEIGHT, MARGIN = 720, 480, 40
HEAD = 24
STEP_PX = 1.0
COLOURS = ("#1f77b4", "#d62728", "#2ca02c", "#9467bd", "#ff7f0e", "#17becf", "#8c564b", "#e377c2")
LINE = 100

_XY = tuple[float, float]


def track_picture(zones: ZoneSet, record: Record, verdict: Verdict, area: AreaBody | None = None) -> str:
    """Draw zones, the area that was expected, tracks, homes, and where each vehicle was at the moment of a verdict, as SVG."""
    scale = _Scale(
        [(at.position.lon_deg, at.position.lat_deg) for track in record.tracks.values() for at in track]
    )
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        *(f'<g fill-rule="evenodd">{part}</g>' for part in _zones(zones, scale)),
        *(_area(area, scale) if area is not None else ()),
        *_tracks(record, verdict, scale),
        f'<text x="8" y="16">{escape(clock_text(verdict.at_s))}: {escape(verdict.words[:LINE])}</text>',
        scale.bar(),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


class _Scale:
    """From degrees to pixels, the same both ways."""

    def __init__(self, places: Sequence[_XY]) -> None:
        lons, lats = ([place[axis] for place in places] or [0.0] for axis in (0, 1))
        self._lon, self._lat = (min(lons) + max(lons)) / 2.0, (min(lats) + max(lats)) / 2.0
        self._east_m = 111_320.0 * cos(radians(self._lat))
        wide_m = max((max(lons) - min(lons)) * self._east_m, 40.0)
        high_m = max((max(lats) - min(lats)) * 111_320.0, 40.0)
        self.px_per_m = min((WIDTH - 2 * MARGIN) / wide_m, (HEIGHT - HEAD - 2 * MARGIN) / high_m)

    def xy(self, lon: float, lat: float) -> _XY:
        x = WIDTH / 2 + (lon - self._lon) * self._east_m * self.px_per_m
        y = HEAD + (HEIGHT - HEAD) / 2 - (lat - self._lat) * 111_320.0 * self.px_per_m
        return round(x, 1), round(y, 1)

    def bar(self) -> str:
        length_m = next(
            m for m in (10_000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 0) if m * self.px_per_m < 200
        )
        end = 12 + length_m * self.px_per_m
        y = HEIGHT - 12
        return f'<path d="M12 {y}H{end:.1f}" stroke="#000" stroke-width="2"/><text x="12" y="{y - 6}">{length_m} m</text>'


def _path(points: Sequence[_XY]) -> str:
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in points)


def _zones(zones: ZoneSet, scale: _Scale) -> Iterator[str]:
    for zone in zones:
        is_inclusion = zone.kind is ZoneKind.INCLUSION
        fill, stroke = ("#2ca02c18", "#2ca02c") if is_inclusion else ("#d6272830", "#d62728")
        for volume in zone.volumes:
            shape = volume.area
            pieces = shape.geoms if isinstance(shape, MultiPolygon) else [shape]
            rings = [
                ring
                for piece in pieces
                if isinstance(piece, Polygon)
                for ring in (piece.exterior, *piece.interiors)
            ]
            drawn = "".join(_path([scale.xy(*at[:2]) for at in ring.coords]) + "Z" for ring in rings)
            yield f'<path d="{drawn}" fill="{fill}" stroke="{stroke}"><title>{escape(zone.zone_id)}</title></path>'


def _area(area: AreaBody, scale: _Scale) -> Iterator[str]:
    look = 'fill="none" stroke="#ff7f0e" stroke-width="2" stroke-dasharray="6 4"'
    if area.circle is not None:
        x, y = scale.xy(area.circle.lon_deg, area.circle.lat_deg)
        yield f'<circle cx="{x}" cy="{y}" r="{area.circle.radius_m * scale.px_per_m:.1f}" {look}/>'
    if area.polygon is not None:
        yield f'<path d="{_path([scale.xy(at.lon_deg, at.lat_deg) for at in area.polygon])}Z" {look}/>'


def _tracks(record: Record, verdict: Verdict, scale: _Scale) -> Iterator[str]:
    for number, name in enumerate(record.names):
        colour = COLOURS[number % len(COLOURS)]
        points: list[_XY] = []
        for sample in record.tracks.get(name, ()):
            point = scale.xy(sample.position.lon_deg, sample.position.lat_deg)
            if not points or hypot(point[0] - points[-1][0], point[1] - points[-1][1]) >= STEP_PX:
                points.append(point)
        if not points:
            continue
        yield f'<path d="{_path(points)}" fill="none" stroke="{colour}" stroke-width="1.5"/>'
        yield f'<circle cx="{points[0][0]}" cy="{points[0][1]}" r="3" fill="{colour}"/>'
        yield f'<text x="{WIDTH - 8}" y="{16 + 14 * number}" text-anchor="end" fill="{colour}">{escape(name)}</text>'
        at = record.sample_at(name, verdict.at_s)
        if at is not None:
            x, y = scale.xy(at.position.lon_deg, at.position.lat_deg)
            label = f"{name}, {at.alt_rel_m:.0f} m"
            yield f'<circle cx="{x}" cy="{y}" r="7" fill="none" stroke="{colour}" stroke-width="2"/>'
            yield f'<text x="{x + 9}" y="{y - 6}">{escape(label)}</text>'
