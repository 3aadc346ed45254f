"""`feiying zones at`: which zones hold a place, and how far their boundaries are."""

from pathlib import Path
from typing import Annotated, Any

import typer

from geofence.formats.zone_files import read_zones
from geofence.index.altitude_span import AltitudeSpan
from geofence.index.utc_span import UtcSpan
from geofence.index.zone_index import ZoneIndex
from geofence.latlon import LatLon
from geofence.refusal import Refusal
from geofence.verification.verification_document import position_document
from server.cli.console import print_json, say
from server.cli.moment import parse_moment
from server.cli.pattern_options import parse_position
from server.cli.zone_options import CrsOption, KindOption
from server.cli.zones import zones_app
from server.cli.zones.said import refused, say_each


@zones_app.command()
def at(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Zones.", show_default=False)],
    position: Annotated[str, typer.Argument(metavar="LAT,LON", help="Degrees.", show_default=False)],
    alt_rel_m: Annotated[
        float | None,
        typer.Option(
            "--alt-rel",
            metavar="M",
            help="Altitude above home, over level ground; all altitudes if left out.",
            show_default=False,
        ),
    ] = None,
    moment: Annotated[
        str | None,
        typer.Option("--time", metavar="TIME", help="All times if left out.", show_default=False),
    ] = None,
    crs: CrsOption = None,
    kind: KindOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Say which zones hold a place, and the distance and bearing to the nearest boundary of each and of all.

    What is not known is read strictly: without an altitude above mean sea level a forbidden zone that counts from there holds.
    """
    try:
        place = parse_position(position, "LAT,LON")
        utc_s = None if moment is None else parse_moment(moment, place="--time")
        index = ZoneIndex(read_zones(file, crs=crs, unsaid_kind=kind))
        document = {
            "file": str(file),
            "position": position_document(place),
            "alt_rel_m": alt_rel_m,
            "utc_s": utc_s,
            **_held(index, place, alt_rel_m=alt_rel_m, utc_s=utc_s),
        }
    except Refusal as refusal:
        refused(refusal, as_json=as_json, file=str(file))
        raise typer.Exit(1) from None
    _say(document)
    if as_json:
        print_json(document)


def _held(index: ZoneIndex, place: LatLon, *, alt_rel_m: float | None, utc_s: float | None) -> dict[str, Any]:
    hits = index.volumes_at(
        place.lat_deg,
        place.lon_deg,
        altitudes=None if alt_rel_m is None else AltitudeSpan.at(rel_m=alt_rel_m, agl_m=alt_rel_m),
        times=None if utc_s is None else UtcSpan.at(utc_s),
    )
    held = {index.zone_of(volume).zone_id: index.zone_of(volume) for volume in hits.volumes}
    zones = [
        {
            "zone_id": zone.zone_id,
            "name": zone.name,
            "kind": zone.kind.value,
            "severity": zone.severity.value,
            **_nearest(ZoneIndex([zone]), place),
        }
        for zone in held.values()
    ]
    return {"zones": zones, "nearest": _nearest(index, place)}


def _nearest(index: ZoneIndex, place: LatLon) -> dict[str, Any]:
    """Give the nearest boundary, inside or outside of its zone, at any altitude and time."""
    found = index.nearest_boundaries(place.lat_deg, place.lon_deg)
    return {
        "boundary_of": index.zone_of(int(found.volumes[0])).zone_id,
        "distance_m": round(float(found.distances_m[0]), 2),
        "bearing_deg": round(float(found.bearings_deg[0]), 1) % 360.0,
    }


def _say(document: dict[str, Any]) -> None:
    zones, nearest = document["zones"], document["nearest"]
    say(f"{len(zones)} zone{'' if len(zones) == 1 else 's'} hold{'s' if len(zones) == 1 else ''} it")
    say_each(
        zones,
        lambda zone: (
            f"{zone['kind']} zone {zone['zone_id']} ({zone['name']}, {zone['severity']}): {_way(zone)} to its boundary"
        ),
    )
    say(f"nearest boundary: {_way(nearest)}, of {nearest['boundary_of']}")


def _way(nearest: dict[str, Any]) -> str:
    return f"{nearest['distance_m']:,.1f} m at {nearest['bearing_deg']:03.0f} degrees"
