"""What a plan knows beside its items, as a document that every format of ours carries in its own way."""

from collections.abc import Mapping
from typing import Any

from geofence.formats.qgc.fence import OWN_KEY
from geofence.latlon import LatLon
from geofence.refusal import GeofenceError
from missions.files.document_reader import DocumentReader
from missions.files.return_document import returns_document, returns_from_document
from missions.plan.item import MissionItem
from missions.plan.plan import Plan, Route, RouteKind
from missions.plan.route_items import ground_length_m


def own_document(plan: Plan) -> dict[str, Any]:
    """Give everything but items, home and routes."""
    return {
        "version": 1,
        "name": plan.name,
        "pattern": plan.pattern,
        "zone_id": plan.zone_id,
        "margin_m": plan.margin_m,
        "swath_m": plan.swath_m,
        "coverage": plan.coverage,
        "speed_m_s": plan.speed_m_s,
        **({} if plan.max_wind_m_s is None else {"max_wind_m_s": plan.max_wind_m_s}),
        "home_alt_amsl_m": plan.home_alt_amsl_m,
        "returns": returns_document(plan.returns),
    }


def plan_of_document(
    reader: DocumentReader,
    own: Mapping[str, Any],
    *,
    name: str,
    home: LatLon,
    items: tuple[MissionItem, ...],
    routes: tuple[Route, ...],
    home_alt_amsl_m: float | None,
    rally: Any,
) -> Plan:
    """Make a plan of what was read.

    Parameters
    ----------
    reader : DocumentReader
    own : mapping
        As `own_document` gives it; empty for a file of another program.
    name, home_alt_amsl_m
        Taken where `own` says nothing.
    home, items, routes
    rally : Any
        QGroundControl's rally points; see `rally_points_document`.

    Raises
    ------
    MissionError
        Names the field at fault.
    """
    return Plan(
        name=reader.text(own, "name", name),
        home=home,
        items=items,
        routes=routes,
        home_alt_amsl_m=reader.number(own, "home_alt_amsl_m")
        if "home_alt_amsl_m" in own
        else home_alt_amsl_m,
        speed_m_s=reader.number(own, "speed_m_s"),
        margin_m=reader.number(own, "margin_m", least=0.0),
        pattern=reader.text(own, "pattern", ""),
        zone_id=reader.text(own, "zone_id", ""),
        swath_m=reader.number(own, "swath_m"),
        coverage=reader.number(own, "coverage"),
        returns=returns_from_document(reader, own.get("returns"), rally),
        max_wind_m_s=reader.number(own, "max_wind_m_s", least=0.0),
    )


def route_of(
    reader: DocumentReader,
    field: str,
    *,
    kind: Any,
    positions_deg: Any,
    alts_rel_m: Any,
    length_m: Any,
) -> Route:
    """Read one route.

    Parameters
    ----------
    positions_deg : Any
        Pairs of latitude and longitude.

    Raises
    ------
    MissionError
        Names the field at fault.
    """
    try:
        known_kind = RouteKind(str(kind))
    except ValueError:
        known = ", ".join(kind.value for kind in RouteKind)
        raise reader.refuse(f"{field}.kind", f"is {kind!r}", f"Known are {known}") from None
    positions = []
    for place, pair in enumerate(reader.sequence(positions_deg, f"{field}.positions")):
        where = f"{field}.positions[{place}]"
        lat_deg, lon_deg = reader.numbers(pair, where, (2,))
        try:
            positions.append(LatLon(lat_deg, lon_deg))
        except GeofenceError as error:
            raise reader.refuse(where, f"is no position: {error.what}", "Correct it in the file") from None
    if len(positions) < 2:
        raise reader.refuse(
            f"{field}.positions", f"holds {len(positions)} positions", "A route has two or more"
        )
    run = tuple(positions)
    alts = reader.numbers(alts_rel_m, f"{field}.alts_rel_m", (len(run),))
    length = ground_length_m(run) if length_m is None else reader.finite(length_m, f"{field}.length_m")
    return Route(known_kind, run, tuple(alts), length)


def routes_from_document(reader: DocumentReader, value: Any) -> tuple[Route, ...]:
    """Read routes of our own part of a plan file."""
    routes = []
    for number, entry in enumerate(reader.sequence(value, f"{OWN_KEY}.routes")):
        field = f"{OWN_KEY}.routes[{number}]"
        route = reader.mapping(entry, field)
        routes.append(
            route_of(
                reader,
                field,
                kind=route.get("kind"),
                positions_deg=route.get("positions"),
                alts_rel_m=route.get("alts_rel_m"),
                length_m=route.get("length_m"),
            )
        )
    return tuple(routes)


def routes_document(plan: Plan) -> list[dict[str, Any]]:
    """Give the routes of a plan."""
    return [
        {
            "kind": route.kind.value,
            "alts_rel_m": list(route.alts_rel_m),
            "length_m": route.length_m,
            "positions": [[p.lat_deg, p.lon_deg] for p in route.positions],
        }
        for route in plan.routes
    ]
