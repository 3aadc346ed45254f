"""A recording played to the page, from wherever in it one likes.

A seek begins anew with a station that knows nothing, and hands it what was recorded up to there as fast as it goes: so it
shows what it would show had it been played.
"""

import asyncio
import contextlib
import math
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from typing_extensions import TypedDict

from geofence.latlon import LatLon
from geofence.zone_set import ZoneSet
from server.errors import InvalidError
from server.fleet import OBSERVED_AGE_MAX_S
from server.station import Station
from server.track import Track
from telemetry.bridge import Bridge
from telemetry.links.replay_link import ReplayLink
from telemetry.logbook.flight_search import messages_of
from telemetry.wire.dialect import definition_of
from telemetry.wire.tlog_index import IndexedFrames, TlogIndex

TRACK_STEP_S = 0.2
TRACK_POSITIONS = 4000

_POSITION = definition_of("GLOBAL_POSITION_INT").msg_id


class ReplayDocument(TypedDict):
    """Where a replay is; `speed` is 0 for as fast as possible."""

    name: str
    first_s: float
    last_s: float
    time_s: float
    fraction: float
    speed: float
    is_paused: bool
    is_ended: bool
    problem: str


class ReplayPlayer:
    """Plays a recording.

    Parameters
    ----------
    name : str
        Of what is played.
    index : TlogIndex
    speed : float
        As `ReplayLink`.

    Attributes
    ----------
    station : Station
        Another one after every seek.
    link : ReplayLink
        Likewise.
    on_station : callable
        Told of every new station before the former one is closed.
    """

    station: Station
    link: ReplayLink

    def __init__(self, name: str, index: TlogIndex, *, speed: float = 1.0) -> None:
        self.name = name
        self.index = index
        self.on_station: Callable[[Station], None] = lambda _: None
        self._speed = speed
        self._seeking = asyncio.Lock()
        self._stack = contextlib.AsyncExitStack()

    async def __aenter__(self) -> Self:
        # Nothing is played before somebody can watch it.
        self.link = ReplayLink(Path(self.name), speed=self._speed, index=self.index)
        self.station, self._stack = await self._open(self.link, ZoneSet(()))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    async def start(self) -> None:
        """Begin to play."""
        await self.station.bridge.add_link(self.link)

    async def ended(self) -> ReplayLink:
        """Wait until all was played, however one went to and fro; gives the link that ended."""
        while True:
            link = self.link
            await link.done.wait()
            if link is self.link:
                return link

    def document(self) -> ReplayDocument:
        """Tell where it is."""
        index, link = self.index, self.link
        time_s = min(max(link.clock.utc_s(), index.first_s), index.last_s)
        duration_s = index.last_s - index.first_s
        return {
            "name": self.name,
            "first_s": round(index.first_s, 3),
            "last_s": round(index.last_s, 3),
            "time_s": round(time_s, 3),
            "fraction": round((time_s - index.first_s) / duration_s, 6) if duration_s else 1.0,
            "speed": 0.0 if math.isinf(link.speed) else link.speed,
            "is_paused": link.is_paused,
            "is_ended": link.done.is_set(),
            "problem": index.problem,
        }

    async def seek(self, *, time_s: float | None = None, fraction: float | None = None) -> None:
        """Go on from another moment, paused where it is paused.

        Parameters
        ----------
        time_s : float, optional
            UTC in the recording.
        fraction : float, optional
            Instead: 0 is its beginning, 1 its end.

        Raises
        ------
        InvalidError
            If the moment is not in the recording; nothing changes then.
        """
        index = self.index
        if time_s is None:
            if fraction is None or not 0.0 <= fraction <= 1.0:
                raise InvalidError("where to is not given", remedy="Give time_s, or fraction within 0..1")
            time_s = index.first_s + fraction * (index.last_s - index.first_s)
        elif not index.first_s <= time_s <= index.last_s:
            raise InvalidError(
                f"{time_s:.3f} is not in the recording",
                place="time_s",
                remedy=f"Give {index.first_s:.3f} to {index.last_s:.3f}",
            )
        async with self._seeking:
            former_link, former_stack = self.link, self._stack
            link = ReplayLink(
                Path(self.name),
                speed=former_link.speed,
                index=index,
                start_s=time_s,
                is_paused=former_link.is_paused,
            )
            station, stack = await self._open(link, self.station.zones.zones)
            try:
                await station.bridge.add_link(link)
                await link.started.wait()
                # The fleet looks no more often than this; those who listen read meanwhile what was published.
                await asyncio.sleep(OBSERVED_AGE_MAX_S)
                self._lay_tracks(station, time_s)
            except BaseException:
                await stack.aclose()
                raise
            self.station, self.link, self._stack = station, link, stack
            self.on_station(station)
            former_link.done.set()
            await former_stack.aclose()

    def set_speed(self, speed: float) -> None:
        """Go on at another speed; 0 is as fast as possible."""
        self.link.set_speed(speed)

    def pause(self, *, is_paused: bool) -> None:
        """Stop, or go on."""
        if is_paused:
            self.link.pause()
        else:
            self.link.resume()

    @staticmethod
    async def _open(link: ReplayLink, zones: ZoneSet) -> tuple[Station, contextlib.AsyncExitStack]:
        async with contextlib.AsyncExitStack() as stack:
            bridge = await stack.enter_async_context(Bridge(clock=link.clock, is_passive=True))
            station = await stack.enter_async_context(Station(bridge, zones=zones, is_replay=True))
            station.start()
            return station, stack.pop_all()

    def _lay_tracks(self, station: Station, time_s: float) -> None:
        """Give every drone its way up to here: it was played too fast to be followed."""
        station.fleet.observe()
        index = self.index
        count = index.rows_until(time_s)
        frames = IndexedFrames(index)
        try:
            for drone in station.fleet.drones.values():
                rows = np.flatnonzero(
                    (index.msg_id[:count] == _POSITION)
                    & (index.system_id[:count] == drone.state.system_id)
                    & (index.component_id[:count] == drone.state.component_id)
                )
                step_s = max(TRACK_STEP_S, (time_s - index.first_s) / TRACK_POSITIONS)
                steps = (index.play_s[rows] / step_s).astype(np.int64)
                rows = rows[np.unique(steps, return_index=True)[1]]
                drone.track = Track()
                for message in messages_of(frames, rows) if len(rows) else []:
                    if message is not None and (message.lat or message.lon):
                        drone.track.add(LatLon(message.lat / 1e7, message.lon / 1e7))
        finally:
            frames.close()
