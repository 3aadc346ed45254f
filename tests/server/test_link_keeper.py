"""Links that are kept open for a service."""

import asyncio
import socket

from server.link_keeper import LinkKeeper
from telemetry.bridge import Bridge
from telemetry.wire.codec import Encoder
from telemetry.wire.message import Message


async def test_ids_do_not_depend_on_which_link_opens_first() -> None:
    heartbeat = Encoder(1, 1).encode(Message.new("HEARTBEAT", type=2, autopilot=3, mavlink_version=3))

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(heartbeat)
        await reader.read()
        writer.close()

    with socket.create_server(("127.0.0.1", 0)) as closed:
        dead = closed.getsockname()[1]
    async with await asyncio.start_server(speak, "127.0.0.1", 0) as server, Bridge() as bridge:
        keeper = LinkKeeper(bridge, bridge.clock)
        keeper.keep(f"tcp:127.0.0.1:{dead}")
        keeper.keep(f"tcp:127.0.0.1:{server.sockets[0].getsockname()[1]}")
        await bridge.wait_for_vehicle(5.0)
        assert list(bridge.vehicles) == ["2-1"]
        await keeper.close()
        await bridge.close()
