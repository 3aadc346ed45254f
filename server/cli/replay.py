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
    recording: Annotated[
        str,
        typer.Argument(
            help="Recording (.tlog) as any ground station writes it, folder of a run, or flight of the index."
        ),
    ],
    speed: Annotated[
        float, typer.Option(min=0.0, help="Recorded seconds a second; 0 is as fast as possible.")
    ] = 1.0,
    host: HostOption = "127.0.0.1",
    port: PortOption = 8000,
    token_file: TokenFileOption = None,
    record: Annotated[Path, typer.Option(help="Folder of recordings whose index knows the flights.")] = Path(
        "records"
    ),
    json: Annotated[
        bool, typer.Option("--json", help="End with the recording and print what was in it.")
    ] = False,
) -> None:
    """Play a recording on the page, to and fro; its drones cannot be commanded.

    Goes on serving after the end until interrupted. Exits 1 where the recording is not whole.
    """
    from server.replay import ReplaySummary, recordings_of, summary_of
    from server.run_until_stopped import run_until_stopped
    from server.settings import Settings, read_token
    from server.web_server import bind
    from telemetry.links.replay_link import checked_speed
    from telemetry.wire.tlog_index import TlogIndex

    settings = Settings(host=host, port=port, token=read_token(token_file))
    checked_speed(speed, recording)
    index = TlogIndex(recordings_of(recording, record))
    listener = bind(host, port)

    async def main(stop: asyncio.Event) -> ReplaySummary | None:
        from server.app import create_app
        from server.replay_player import ReplayPlayer
        from server.web_server import serving, url_of

        async with contextlib.AsyncExitStack() as stack:
            player = await stack.enter_async_context(ReplayPlayer(recording, index, speed=speed))
            await stack.enter_async_context(
                serving(create_app(player.station, settings, player=player), listener)
            )
            announce(url_of(listener))
            await player.start()
            if await until_stopped(player.ended(), stop) is None:
                return None
            summary = summary_of(
                recording, player.station.bridge, first_s=index.first_s, problem=index.problem
            )
            if index.problem:
                errors.print(
                    f"{recording}: the recording is not whole: {index.problem}. What is whole was played.",
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
