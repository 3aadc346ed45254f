"""Plans as GeoJSON (RFC 7946), for maps and other programs."""

from typing import Any

from geofence.formats.geojson import zone_to_feature
from geofence.zone_set import ZoneSet
from missions.plan.plan import Plan


def plan_to_geojson(plan: Plan, *, zones: ZoneSet | None = None) -> dict[str, Any]:
    """Routes as lines, home and waypoints as points, then the zones.

    Altitudes are properties: they count from home, a third coordinate would count from the ellipsoid.
    """
    features: list[dict[str, Any]] = [
        _feature(
            "LineString",
            [[p.lon_deg, p.lat_deg] for p in route.positions],
            {
                "role": "route",
                "kind": route.kind.value,
                "alts_rel_m": list(route.alts_rel_m),
                "length_m": route.length_m,
            },
        )
        for route in plan.routes
    ]
    home = [plan.home.lon_deg, plan.home.lat_deg]
    features.append(_feature("Point", home, {"role": "home", "seq": 0, "alt_amsl_m": plan.home_alt_amsl_m}))
    features += [
        _feature(
            "Point",
            [item.position.lon_deg, item.position.lat_deg],
            {
                "role": "waypoint",
                "seq": item.seq,
                "command": item.command,
                "frame": int(item.frame),
                "alt_m": item.alt_m,
                "params": list(item.params),
            },
        )
        for item in plan.items
        if item.position is not None
    ]
    if zones is not None:
        features += [zone_to_feature(zone, draw_circles=True) for zone in zones]
    return {
        "type": "FeatureCollection",
        "name": plan.name,
        "zone_id": plan.zone_id,
        "pattern": plan.pattern,
        "swath_m": plan.swath_m,
        "margin_m": plan.margin_m,
        "speed_m_s": plan.speed_m_s,
        "length_m": plan.length_m,
        "features": features,
    }


def _feature(kind: str, coordinates: list[Any], properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": {"type": kind, "coordinates": coordinates},
        "properties": properties,
    }
