"""`feiying zones diff`: what is different between two zone files."""

from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from geofence.formats.zone_files import read_zones
from geofence.refusal import Refusal
from geofence.zone import Zone
from geofence.zone_diff import ZoneChange, diff_zones
from server.cli.console import print_json, say
from server.cli.zone_options import CrsOption, KindOption
from server.cli.zones import zones_app
from server.cli.zones.said import refused, say_each
from server.zone_file_document import diff_document

_VALUE_AT_MOST = 80


@zones_app.command()
def diff(
    old: Annotated[Path, typer.Argument(metavar="A", help="Zones as they were.", show_default=False)],
    new: Annotated[Path, typer.Argument(metavar="B", help="Zones as they are.", show_default=False)],
    crs: CrsOption = None,
    kind: KindOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Compare two zone files of any formats, zone by zone and field by field; --crs and --kind count for both.

    Exits 0 where they say the same, 1 where they do not, 2 where one cannot be read.
    """
    try:
        found = diff_zones(
            read_zones(old, crs=crs, unsaid_kind=kind), read_zones(new, crs=crs, unsaid_kind=kind)
        )
    except Refusal as refusal:
        refused(refusal, as_json=as_json, is_same=None)
        raise typer.Exit(2) from None
    say_each(found.added, lambda zone: f"added {_zone_words(zone)}", "green")
    say_each(found.removed, lambda zone: f"removed {_zone_words(zone)}", "red")
    say_each(found.changed, _change_words, "yellow")
    say(
        "the same"
        if found.is_same
        else f"{len(found.added)} added, {len(found.removed)} removed, {len(found.changed)} changed"
    )
    if as_json:
        print_json(diff_document(found))
    if not found.is_same:
        raise typer.Exit(1)


def _zone_words(zone: Zone) -> str:
    return f"{zone.zone_id}: {zone.kind.value}, {zone.name}"


def _change_words(change: ZoneChange) -> str:
    words = [f"{field.name} {_shown(field.old)} -> {_shown(field.new)}" for field in change.fields]
    if change.area is not None:
        words.append(
            f"area +{change.area.added_m2:,.0f} m2 -{change.area.removed_m2:,.0f} m2 at {change.area.position}"
        )
    return f"changed {change.zone_id}: {'; '.join(words)}"


def _shown(value: Any) -> str:
    text = orjson.dumps(value).decode()
    return text if len(text) <= _VALUE_AT_MOST else text[: _VALUE_AT_MOST - 3] + "..."
