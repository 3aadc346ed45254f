"""Who of the stations on a link gets what (https://mavlink.io/en/guide/routing.html)."""

from telemetry.wire.frame import Frame
from telemetry.wire.target import target_of


class Stations:
    """The stations heard on one link, by where they speak from.

    What is meant for everybody goes to all, what is meant for a station goes where that was heard, and nothing goes back to where it
    came from.
    """

    def __init__(self) -> None:
        self._peers: dict[tuple[int, int], set[str]] = {}
        self._systems: dict[int, set[str]] = {}
        self._all: set[str] = set()

    def hear(self, frame: Frame, peer: str) -> None:
        """Learn where a station speaks from."""
        self._all.add(peer)
        self._peers.setdefault((frame.system_id, frame.component_id), set()).add(peer)
        self._systems.setdefault(frame.system_id, set()).add(peer)

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
