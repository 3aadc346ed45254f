"""`feiying replan`: a new schedule for a fleet in flight."""

from pathlib import Path
from typing import Annotated

import typer

from geofence.refusal import Refusal
from missions.files.fleet_state_document import read_fleet_state
from missions.files.places import read_wanted
from missions.files.schedule_document import read_standing, schedule_document
from missions.fleet.change import Move
from missions.fleet.fleet_replan import FleetChanges, ReplannedPatrol, replan_fleet_patrol
from missions.fleet.wanted import Wanted
from server.cli import app
from server.cli.console import print_json, print_refusal, say
from server.cli.equipment_options import read_terrain_option
from server.cli.fleet_plan import refuse_output, summarise, write_patrol
from server.cli.vehicle_options import refusals_by_option, wind_of
from server.cli.zone_options import CrsOption, KindOption, read_zones_to_fly_by

_USUAL_DWELL_S = 10.0


@app.command()
def replan(
    schedule: Annotated[
        Path, typer.Argument(metavar="SCHEDULE", help="Of feiying plan --pads, or of a replan before.")
    ],
    zones: Annotated[
        Path, typer.Option("--zones", metavar="ZONES", help="Zones as they hold now.", show_default=False)
    ],
    state: Annotated[
        Path,
        typer.Option("--state", metavar="STATE", help="Where all drones are, JSON.", show_default=False),
    ],
    out: Annotated[
        Path,
        typer.Option("--output", "-o", metavar="OUT", help="Schedule to write, with its plans beside it."),
    ],
    lost: Annotated[
        list[str] | None,
        typer.Option(
            "--lost", metavar="DRONE", help="It flies no more; may be given again.", show_default=False
        ),
    ] = None,
    add: Annotated[
        Path | None,
        typer.Option(
            "--add", metavar="FILE", help="Lines and points to be flown too, GeoJSON.", show_default=False
        ),
    ] = None,
    withdraw: Annotated[
        list[str] | None,
        typer.Option(
            "--withdraw",
            metavar="TASK",
            help="It is not to be flown any more; may be given again.",
            show_default=False,
        ),
    ] = None,
    wind: Annotated[
        str | None,
        typer.Option(
            "--wind",
            metavar="SPEED,FROM",
            help="Wind now, m/s, and where it blows from, degrees; as planned for where not given.",
            show_default=False,
        ),
    ] = None,
    terrain: Annotated[
        list[Path] | None,
        typer.Option(
            "--terrain", metavar="FILE", help="Ground to verify over; may be given again.", show_default=False
        ),
    ] = None,
    crs: CrsOption = None,
    kind: KindOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Plan anew who flies what from now on; nothing is written where a flight is illegal.

    Plans of drones in the air begin where they are: fly them from the item first_seq of the schedule on.
    """
    try:
        inputs = [schedule, zones, state, *([] if add is None else [add]), *(terrain or ())]
        refuse_output(out, inputs)
        standing = read_standing(schedule)
        reported = read_fleet_state(state)
        added: tuple[Wanted, ...] = () if add is None else read_wanted(add, dwell_s=_USUAL_DWELL_S)
        changes = FleetChanges(
            tuple(lost or ()),
            added,
            tuple(withdraw or ()),
            None if wind is None else wind_of(wind),
        )
        zone_set = read_zones_to_fly_by(zones, crs=crs, kind=kind)
        with refusals_by_option():
            made = replan_fleet_patrol(
                standing, zone_set, reported, changes, terrain=read_terrain_option(tuple(terrain or ()))
            )
        patrol = made.patrol
        files = write_patrol(patrol, zone_set, out) if patrol.is_legal else [None] * len(patrol.flights)
    except Refusal as refusal:
        print_refusal(refusal, {"is_legal": None, "error": str(refusal)} if as_json else None)
        raise typer.Exit(1) from None
    _tell(made)
    summarise(patrol, out)
    if as_json:
        document = schedule_document(patrol, files)
        document["changes"] = {
            "moves": [_move_document(move) for move in made.replanned.moves],
            "reordered": list(made.replanned.reordered_ids),
            "notes": [{"subject": note.subject, "text": note.text} for note in made.replanned.notes],
            "conflicts": [
                {
                    "drones": list(conflict.drone_ids),
                    "time_s": conflict.time_s,
                    "distance_m": conflict.distance_m,
                }
                for conflict in made.replanned.conflicts
            ],
        }
        print_json(document)
    if not patrol.is_legal:
        broken = sorted({plan.flight.drone_id for plan in patrol.flights if not plan.plan.is_legal})
        say(
            f"Nothing was written: flights of {', '.join(broken)} violate the zones. Lead such a drone out by hand, and "
            "replan the others with --lost.",
            "red",
        )
        raise typer.Exit(1)


def _move_document(move: Move) -> dict[str, str | None]:
    return {"task": move.task_id, "from": move.from_drone_id or None, "to": move.to_drone_id or None}


def _tell(made: ReplannedPatrol) -> None:
    """Say what is other than before."""
    replanned = made.replanned
    for move in replanned.moves:
        if move.to_drone_id:
            whose = f" instead of {move.from_drone_id}" if move.from_drone_id else ""
            say(f"{move.task_id}: {move.to_drone_id}{whose}")
    if replanned.reordered_ids:
        say(f"In another order: {', '.join(replanned.reordered_ids)}")
    for note in replanned.notes:
        say(f"{note.subject}: {note.text}.", "yellow")
    for conflict in replanned.conflicts:
        say(
            f"{' and '.join(conflict.drone_ids)} come within {conflict.distance_m:.0f} m at "
            f"{conflict.time_s:.0f} s: they are too near already.",
            "red",
        )
