"""All links to other ground stations, opened together."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from telemetry.bridge import Bridge
from telemetry.forwarding.forwarder import Forwarder
from telemetry.links.link_address import network_of, open_link_for
from telemetry.links.replay_link import ReplayLink
from telemetry.refusal import TelemetryError


def refuse_bad_addresses(addresses: Sequence[str], networks: Sequence[str] | None = None) -> None:
    """Refuse what no station can be reached at, and, where `networks` are given, others than these.

    Raises
    ------
    TelemetryError
    """
    for address in addresses:
        if isinstance(open_link_for(address), ReplayLink):
            raise TelemetryError(
                "nobody looks on over a recording",
                place=address,
                remedy="Give udpout:HOST:PORT, tcp-listen:HOST:PORT or another link",
            )
        network = network_of(address)
        if network and networks is not None and network not in networks:
            raise TelemetryError(
                f"there is no network {network!r} to pass on",
                place=address,
                remedy=f"Name one of {', '.join(dict.fromkeys(networks)) or 'those of --connect'}, or none to pass all on",
            )


@asynccontextmanager
async def attached_stations(
    bridge: Bridge, readers: Sequence[str], orderers: Sequence[str] = (), *, may_upload: bool = False
) -> AsyncIterator[list[Forwarder]]:
    """Let other ground stations in for as long as the block lasts.

    Parameters
    ----------
    bridge : Bridge
    readers : sequence of str
        Addresses of links to stations that may read; NETWORK=ADDRESS passes one network on.
    orderers : sequence of str
        The same, of stations that may order, too, where they have the control.
    may_upload : bool
        Whether what these put on board (missions, fences, rally points, files) passes; nobody verifies it.

    Raises
    ------
    TelemetryError
        If an address is none, or its link cannot be opened.
    """
    refuse_bad_addresses([*readers, *orderers])
    async with AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(
                Forwarder(
                    open_link_for(address),
                    bridge,
                    may_order=may_order,
                    may_upload=may_upload,
                    network=network_of(address),
                )
            )
            for may_order, addresses in ((False, readers), (True, orderers))
            for address in dict.fromkeys(addresses)
        ]
