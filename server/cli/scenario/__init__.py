"""`feiying scenario`: fly scenario files and say whether what they expect was seen."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from server.cli import app
from server.cli.console import say

if TYPE_CHECKING:
    from server.scenario.scenario_run import ScenarioResult

scenario_app = typer.Typer(
    help="Fly scenario files in lock-step and judge what they expect.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(scenario_app, name="scenario")

Files = Annotated[list[Path], typer.Argument(help="Scenario files (YAML).", metavar="FILE...")]


@scenario_app.command("run")
def run_scenarios(
    files: Files,
    seed: Annotated[
        int | None,
        typer.Option(
            min=0, help="Of gusts, links and chances; each file's own by default.", show_default=False
        ),
    ] = None,
    speedup: Annotated[
        float | None,
        typer.Option(
            min=0.01,
            help="Simulated seconds per real second at most; as fast as it goes by default. Changes no result.",
            show_default=False,
        ),
    ] = None,
    junit: Annotated[
        Path | None, typer.Option(metavar="OUT", help="Write the results as JUnit XML.", show_default=False)
    ] = None,
    records: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Keep the recordings of all links, and a picture of each failure.",
            show_default=False,
        ),
    ] = None,
    ardupilot: Annotated[
        Path | None,
        typer.Option(
            metavar="PATH",
            help="Fly on real ArduCopters: instances of this SITL binary, in real time times --speedup.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Run scenarios one after another. Exits 0 where all expectations were met, 1 otherwise."""
    from server.scenario.junit import write_junit
    from server.scenario.refusal import ScenarioError
    from server.scenario.scenario_file import read_scenario
    from server.scenario.scenario_run import ScenarioResult, run_scenario

    results: list[ScenarioResult | ScenarioError] = []
    for file in files:
        try:
            scenario = read_scenario(file)
        except ScenarioError as refusal:
            say(str(refusal), "red")
            results.append(refusal)
            continue
        folder = None if records is None else records / file.stem
        if ardupilot is None:
            result = run_scenario(scenario, seed=seed, speedup=speedup, records=folder)
        else:
            from server.scenario.ardupilot_run import run_on_ardupilot

            result = run_on_ardupilot(scenario, ardupilot, seed=seed, speedup=speedup, records=folder)
        _tell(result)
        results.append(result)
    if junit is not None:
        write_junit(junit, results)
    if not all(isinstance(result, ScenarioResult) and result.is_passed for result in results):
        raise typer.Exit(1)


def _tell(result: "ScenarioResult") -> None:
    name = result.scenario.body.name
    for skipped in result.skipped:
        say(f"{name}: skipped: {skipped}", "yellow")
    for verdict in result.verdicts:
        if not verdict.is_met:
            picture = result.pictures.get(verdict.number)
            say(f"{name}: expectation {verdict.number + 1}: {verdict.reason}", "red")
            if picture is not None:
                say(f"  Track: {picture}")
    met = sum(verdict.is_met for verdict in result.verdicts)
    style = "green" if result.is_passed else "red"
    say(f"{name}: {met} of {len(result.verdicts)} expectations met in {result.record.ended_s:.0f} s.", style)


@scenario_app.command("check")
def check_scenarios(files: Files) -> None:
    """Say what is wrong with scenario files, without flying. Exits 1 where something is."""
    from server.scenario.refusal import ScenarioError
    from server.scenario.scenario_file import read_scenario

    is_good = True
    for file in files:
        try:
            scenario = read_scenario(file)
        except ScenarioError as refusal:
            is_good = False
            say(str(refusal), "red")
        else:
            say(f"{file}: {scenario.body.name}: understood.", "green")
    if not is_good:
        raise typer.Exit(1)


@scenario_app.command("schema")
def print_schema() -> None:
    """Print the JSON schema of scenario files."""
    from server.scenario.schema import schema_text

    typer.echo(schema_text(), nl=False)
