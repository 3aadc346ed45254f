"""`feiying replay`: a recording through bridge, page and WebSocket."""

import asyncio
import contextlib
from pathlib import Path
from typing import Annotated

import typer

from server.cli import app
from server.cli.console import errors, print_json
from server.cli.serve import HostOption, PortOption, TokenFileOption, announce
from server.until_stopped import until_stopped


@app.command()
def replay(
    file: Annotated[Path, typer.Argument(help="Recording (.tlog) as any ground station writes it.")],
    speed: Annotated[
        float, typer.Option(min=0.0, help="Recorded seconds a second; 0 is as fast as possible.")
    ] = 1.0,
    host: HostOption = "127.0.0.1",
    port: PortOption = 8000,
    token_file: TokenFileOption = None,
    json: Annotated[
        bool, typer.Option("--json", help="End with the recording and print what was in it.")
    ] = False,
) -> None:
    """Play a recording on the page; its drones cannot be commanded.

    Goes on serving after the end until interrupted. Exits 1 where the recording is not whole.
    """
    from server.replay import ReplaySummary, first_moment_s, summary_of
    from server.run_until_stopped import run_until_stopped
    from server.settings import Settings, read_token
    from server.web_server import bind
    from telemetry.links.replay_link import ReplayLink

    settings = Settings(host=host, port=port, token=read_token(token_file))
    link = ReplayLink(file, speed=speed)
    first_s = first_moment_s(file)
    listener = bind(host, port)

    async def main(stop: asyncio.Event) -> ReplaySummary | None:
        from server.app import create_app
        from server.station import Station
        from server.web_server import serving, url_of
        from telemetry.bridge import Bridge

        async with contextlib.AsyncExitStack() as stack:
            bridge = await stack.enter_async_context(Bridge(clock=link.clock, is_passive=True))
            station = await stack.enter_async_context(Station(bridge, is_replay=True))
            station.start()
            await stack.enter_async_context(serving(create_app(station, settings), listener))
            announce(url_of(listener))
            await bridge.add_link(link)
            if await until_stopped(link.done.wait(), stop) is None:
                return None
            summary = summary_of(file, bridge, first_s=first_s, problem=link.problem)
            if link.problem:
                errors.print(
                    f"{file}: the recording is not whole: {link.problem}. What is whole was played.",
                    style="red",
                    markup=False,
                    highlight=False,
                    soft_wrap=True,
                )
            if json:
                print_json(summary)
            else:
                errors.print(
                    "回放结束 The recording has ended; the page goes on. (Ctrl-C 结束 ends)", highlight=False
                )
                await stop.wait()
            return summary

    summary = run_until_stopped(main)
    if summary is not None and summary["problem"]:
        raise typer.Exit(1)
