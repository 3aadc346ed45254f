"""`feiying demo`: simulated patrols over the example, live in the browser."""

import asyncio
import contextlib
from typing import TYPE_CHECKING, Annotated

import typer

from server.cli import app
from server.cli.console import errors, print_json
from server.cli.serve import announce
from server.until_stopped import until_stopped

if TYPE_CHECKING:
    from server.demo import DemoOutcome

DRONES_MAX = 30


@app.command()
def demo(
    drones: Annotated[int, typer.Option(min=1, max=DRONES_MAX, help="How many drones fly.")] = 3,
    headless: Annotated[bool, typer.Option("--headless", help="End by itself when all have landed.")] = False,
    speedup: Annotated[float, typer.Option(min=0.1, max=50.0, help="Simulated seconds a second.")] = 1.0,
    port: Annotated[int, typer.Option(help="Port of the page; 0 takes any free one.")] = 8000,
    json: Annotated[bool, typer.Option("--json", help="Print the outcome as JSON.")] = False,
) -> None:
    """Fly simulated patrols over the example precinct and show them in the browser.

    Exits 0 if every item was reached and no zone was violated, else 1.
    """
    from server.example import example_folder, read_example
    from server.ground import read_ground
    from server.run_until_stopped import run_until_stopped
    from server.settings import Settings
    from server.web_server import bind

    settings = Settings(port=port)
    folder = example_folder()
    example = read_example(folder)
    listener = bind(settings.host, settings.port)

    async def main(stop: asyncio.Event) -> "DemoOutcome | None":
        from server.app import create_app
        from server.cli.demo_progress import DemoProgress
        from server.demo import Demo
        from server.simulator_process import simulator_process
        from server.station import Station
        from server.web_server import serving, url_of
        from telemetry.bridge import Bridge

        async def fly() -> "DemoOutcome":
            errors.print(f"规划 Planning {drones} flights over {folder.name} ...", highlight=False)
            plans = await asyncio.to_thread(example.plans_for, drones)
            simulator = await stack.enter_async_context(
                simulator_process(
                    drones, home=example.pad, home_alt_amsl_m=example.pad_alt_amsl_m, speedup=speedup
                )
            )
            flown = Demo(station, plans, simulator, speedup=speedup)
            with DemoProgress(flown, station) as progress:
                return await flown.fly(progress.show)

        async with contextlib.AsyncExitStack() as stack:
            bridge = await stack.enter_async_context(Bridge())
            station = await stack.enter_async_context(
                Station(bridge, zones=example.zones, ground=read_ground(folder / "ground.geojson"))
            )
            station.start()
            await stack.enter_async_context(serving(create_app(station, settings), listener))
            announce(url_of(listener))
            outcome = await until_stopped(fly(), stop)
            if outcome is not None:
                _judge(outcome)
            if outcome is not None and json:
                print_json(outcome)
            if outcome is not None and not headless:
                errors.print(
                    "全部降落 All flights have ended; the page goes on. (Ctrl-C 结束 ends)", highlight=False
                )
                await stop.wait()
            return outcome

    outcome = run_until_stopped(main)
    if outcome is None:
        errors.print("中断 Interrupted before all had landed.", highlight=False)
        raise typer.Exit(1 if headless else 0)
    if not outcome["ok"]:
        raise typer.Exit(1)


def _judge(outcome: "DemoOutcome") -> None:
    for drone in outcome["drones"]:
        clearance_m = drone["min_zone_clearance_m"]
        errors.print(
            f"{drone['id']}  {drone['plan']}: {drone['reached']}/{drone['items']} waypoints, {drone['length_m'] / 1000:.2f} km,"
            f" least clearance {'-' if clearance_m is None else f'{clearance_m:.1f} m'} (margin {drone['margin_m']:g} m),"
            f" {drone['violations']} violations{': ' + drone['reason'] if drone['reason'] else ''}",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )
    if outcome["ok"]:
        errors.print("合格 Passed: every item reached, no zone violated.", style="green", highlight=False)
    else:
        errors.print("不合格 Failed.", style="red", highlight=False)
