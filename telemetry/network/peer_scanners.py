"""A scanner for each peer on a link: their bytes are never mixed."""

from collections import Counter

from telemetry.links.link import MOST_PEERS
from telemetry.wire.codec import FrameScanner
from telemetry.wire.signing import Verifier

_LATELY_S = 60.0


class PeerScanners:
    """Scanners by peer; the longest silent is forgotten for a new one where there are too many.

    Parameters
    ----------
    verifier : Verifier, optional
        Of a signed link.
    most : int
        How many are kept.

    Attributes
    ----------
    is_crowded : bool
        Whether one was forgotten that had been heard within the last minute.
    """

    def __init__(self, verifier: Verifier | None = None, *, most: int = MOST_PEERS) -> None:
        self.is_crowded = False
        self._verifier = verifier
        self._most = most
        self._scanners: dict[str, FrameScanner] = {}
        self._heard_s: dict[str, float] = {}
        """In the order of the silence, the longest first."""
        self._former: Counter[str] = Counter()

    @property
    def anomalies(self) -> Counter[str]:
        """What came and was no good frame, by cause, of all peers that ever were."""
        counts = self._former.copy()
        for scanner in self._scanners.values():
            counts.update(scanner.anomalies)
        return counts

    def scanner_of(self, peer: str, now_s: float) -> FrameScanner:
        """Give a peer's scanner; it is heard now."""
        self._heard_s.pop(peer, None)
        self._heard_s[peer] = now_s
        scanner = self._scanners.get(peer)
        if scanner is None:
            if len(self._scanners) >= self._most:
                self._forget(now_s)
            scanner = self._scanners[peer] = FrameScanner(self._verifier)
        return scanner

    def finish(self) -> None:
        """Say that the link was interrupted."""
        for scanner in self._scanners.values():
            scanner.finish()

    def _forget(self, now_s: float) -> None:
        peer = next(iter(self._heard_s))
        silence_s = now_s - self._heard_s.pop(peer)
        self.is_crowded = self.is_crowded or silence_s <= _LATELY_S
        self._former.update(self._scanners.pop(peer).anomalies)
