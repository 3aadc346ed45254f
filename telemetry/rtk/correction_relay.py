"""From the source of RTK corrections to all vehicles of a bridge."""

import asyncio
import contextlib
import logging
from typing import Self

from telemetry.bridge import Bridge
from telemetry.events import CorrectionsLost, CorrectionsStarted
from telemetry.network.source import OpenLink
from telemetry.refusal import TelemetryError
from telemetry.rtk.correction_source import CorrectionSource
from telemetry.rtk.corrections import SILENCE_S, Corrections, CorrectionsState, StreamBegan

_FIRST_PAUSE_S = 0.5
_LONGEST_PAUSE_S = 8.0

_log = logging.getLogger(__name__)


class CorrectionRelay:
    """Reads a source for as long as it is entered, and opens it again where it breaks.

    What is sent goes once over each link that a vehicle is spoken to over.

    Parameters
    ----------
    bridge : Bridge
    source : CorrectionSource
    """

    def __init__(self, bridge: Bridge, source: CorrectionSource) -> None:
        self.source = source
        self._bridge = bridge
        self._corrections = Corrections()
        self._task: asyncio.Task[None] | None = None
        self._problem = ""

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._run(), name=f"RTK corrections from {self.source.name}")
        return self

    async def __aexit__(self, *exception: object) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self.source.close()

    @property
    def state(self) -> CorrectionsState:
        """What came."""
        return self._corrections.state(self._bridge.clock.monotonic_s())

    async def _run(self) -> None:
        pause_s = 0.0
        while True:
            await asyncio.sleep(pause_s)
            pause_s = min(max(pause_s * 2.0, _FIRST_PAUSE_S), _LONGEST_PAUSE_S)
            try:
                await self.source.open()
                while True:
                    await self._read()
                    pause_s, self._problem = 0.0, ""
            except TelemetryError as error:
                self._tell_lost(str(error))
            except (OSError, EOFError) as error:
                self._tell_lost(getattr(error, "strerror", None) or str(error))
            except Exception:  # noqa: BLE001 - vehicles fly on without corrections
                _log.exception("%s: reading failed", self.source.name)
                self._tell_lost("reading it failed")
            self._corrections.reset()

    async def _read(self) -> None:
        clock, corrections = self._bridge.clock, self._corrections
        timer_s = corrections.get_timer()
        delay_s = None if timer_s is None else max(0.0, timer_s - clock.monotonic_s())
        reading = asyncio.ensure_future(self.source.read())
        try:
            done, _ = await asyncio.wait({reading}, timeout=delay_s)
            if not done:
                corrections.handle_timer(clock.monotonic_s())
                self._tell()
            for data, _ in await reading:
                corrections.receive_data(data, clock.monotonic_s())
        finally:
            reading.cancel()
        self._send()
        self._tell()

    def _send(self) -> None:
        messages = self._corrections.messages_to_send()
        if not messages:
            return
        links: list[OpenLink] = []
        for network in self._bridge.networks.values():
            for paths in network.paths.values():
                if paths.active.link not in links:
                    links.append(paths.active.link)
        for link in links:
            for message in messages:
                with contextlib.suppress(TelemetryError):
                    link.send(message)

    def _tell(self) -> None:
        while (event := self._corrections.next_event()) is not None:
            if isinstance(event, StreamBegan):
                self._bridge.bus.publish(
                    CorrectionsStarted(time_s=self._bridge.clock.utc_s(), source=self.source.name)
                )
            else:
                self._tell_lost(f"nothing came for {SILENCE_S:g} s")

    def _tell_lost(self, reason: str) -> None:
        if reason != self._problem:
            self._problem = reason
            self._bridge.bus.publish(
                CorrectionsLost(time_s=self._bridge.clock.utc_s(), source=self.source.name, reason=reason)
            )
