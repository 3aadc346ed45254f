"""The line where longitudes jump from 180 to -180 degrees."""

import shapely
from shapely import MultiPolygon, Polygon
from shapely.affinity import translate


def cut_at_antimeridian(area: Polygon | MultiPolygon) -> Polygon | MultiPolygon:
    """Bring an area whose longitudes run on beyond 180 degrees into range, cut where it crosses (RFC 7946, 3.1.9)."""
    west_deg, _, east_deg, _ = area.bounds
    if area.is_empty or (west_deg >= -180.0 and east_deg <= 180.0):
        return area
    parts = []
    for turn_deg in (-360.0, 0.0, 360.0):
        box = shapely.box(-180.0 + turn_deg, -90.0, 180.0 + turn_deg, 90.0)
        within = shapely.intersection(area, box)
        parts += [
            translate(part, -turn_deg)
            for part in shapely.get_parts(within)
            if isinstance(part, Polygon) and not part.is_empty
        ]
    return parts[0] if len(parts) == 1 else MultiPolygon(parts)
