"""Who of the stations on a link gets what (https://mavlink.io/en/guide/routing.html)."""

from typing import TypeVar

from telemetry.links.link import MOST_PEERS
from telemetry.wire.frame import Frame
from telemetry.wire.target import target_of

KeyT = TypeVar("KeyT")


class Stations:
    """The stations heard on one link, by where they speak from.

    What is meant for everybody goes to all, what is meant for a station goes where that was heard, and nothing goes back to where it
    came from. Of too many peers the longest silent is forgotten.
    """

    def __init__(self) -> None:
        self._peers: dict[tuple[int, int], set[str]] = {}
        self._systems: dict[int, set[str]] = {}
        self._speakers: dict[str, set[tuple[int, int]]] = {}
        """What each peer speaks as, in the order of the silence, the longest first."""

    def hear(self, frame: Frame, peer: str) -> bool:
        """Learn where a station speaks from; tells whether it is new there."""
        address = frame.system_id, frame.component_id
        spoken_as = self._speakers.pop(peer, None)
        if spoken_as is None:
            spoken_as = set()
            if len(self._speakers) >= MOST_PEERS:
                self._forget(next(iter(self._speakers)))
        self._speakers[peer] = spoken_as
        if address in spoken_as:
            return False
        spoken_as.add(address)
        self._peers.setdefault(address, set()).add(peer)
        self._systems.setdefault(frame.system_id, set()).add(peer)
        return True

    def knows_system(self, system_id: int) -> bool:
        """Whether a station with this system id was heard."""
        return system_id in self._systems

    def peers_for(self, frame: Frame) -> set[str] | None:
        """Give the peers that a vehicle's frame goes to; None is all, known or not."""
        system_id, component_id = target_of(frame)
        if system_id == 0:
            return None
        if component_id == 0:
            return self._systems.get(system_id, set())
        return self._peers.get((system_id, component_id), set())

    def _forget(self, peer: str) -> None:
        for address in self._speakers.pop(peer):
            _leave(self._peers, address, peer)
            _leave(self._systems, address[0], peer)


def _leave(known: dict[KeyT, set[str]], key: KeyT, peer: str) -> None:
    peers = known.get(key, set())
    peers.discard(peer)
    if not peers:
        known.pop(key, None)
