"""The other aircraft as viewers of the live stream see them: what is new since they looked."""

from collections import deque
from dataclasses import dataclass

import orjson

from server.aircraft_document import aircraft_document
from server.revision import Revision
from telemetry.clock import Clock
from telemetry.traffic.aircraft import Aircraft
from telemetry.traffic.traffic_picture import TrafficPicture

GONE_KEPT = 4000
"""More than are heard at once, so that nobody is left with one that is gone."""


@dataclass(frozen=True, slots=True)
class ShownAircraft:
    """An aircraft with its JSON, encoded once a change for all viewers."""

    aircraft: Aircraft
    near: tuple[str, ...]
    changed_at: int
    encoded: bytes


class LiveTraffic:
    """Compares the picture of the traffic with what was shown of it.

    Parameters
    ----------
    picture : TrafficPicture
    clock : Clock
    revision : Revision
    """

    def __init__(self, picture: TrafficPicture, clock: Clock, revision: Revision) -> None:
        self._picture = picture
        self._clock = clock
        self._revision = revision
        self.shown: dict[str, ShownAircraft] = {}
        self.gone: deque[tuple[int, str]] = deque(maxlen=GONE_KEPT)

    def observe(self) -> None:
        """Take in what has changed."""
        aircraft_now, near_now = self._picture.aircraft, self._picture.near()
        now_s = self._clock.monotonic_s()
        for traffic_id, aircraft in aircraft_now.items():
            near = near_now.get(traffic_id, ())
            known = self.shown.get(traffic_id)
            if known is None or known.aircraft is not aircraft or known.near != near:
                document = aircraft_document(aircraft, near, now_s)
                self.shown[traffic_id] = ShownAircraft(
                    aircraft, near, self._revision.advance(), orjson.dumps(document)
                )
        for traffic_id in self.shown.keys() - aircraft_now.keys():
            del self.shown[traffic_id]
            self.gone.append((self._revision.advance(), traffic_id))

    def encoded(self) -> list[bytes]:
        """Give all, as old as they are now: a viewer counts on from there."""
        now_s = self._clock.monotonic_s()
        return [
            orjson.dumps(aircraft_document(shown.aircraft, shown.near, now_s))
            for shown in self.shown.values()
        ]

    def encoded_since(self, seen: int) -> list[bytes]:
        """Give what changed after a revision."""
        return [shown.encoded for shown in self.shown.values() if shown.changed_at > seen]

    def gone_since(self, seen: int) -> list[str]:
        """Give those that went after a revision and have not come back."""
        return [
            traffic_id
            for changed_at, traffic_id in self.gone
            if changed_at > seen and traffic_id not in self.shown
        ]
