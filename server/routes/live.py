"""The live stream, one WebSocket a viewer."""

import asyncio
from collections import deque
from collections.abc import Callable

import orjson
from fastapi import APIRouter, WebSocket
from starlette.websockets import WebSocketDisconnect

from server.errors import InvalidError, refusal_response
from server.live_stream import RATE_HZ, RATE_MAX_HZ, RATE_MIN_HZ, LiveStream, frame, next_tick_s
from server.routes.station_of import station_of

router = APIRouter()

ERRORS_MAX = 16
"""A client that sends nonsense faster than it reads the answers is told only the first ones."""


@router.websocket("/ws/live")
async def live(websocket: WebSocket) -> None:
    """Serve one viewer until it leaves."""
    try:
        rate_hz = rate_from(websocket.query_params.get("rate_hz", RATE_HZ))
    except InvalidError as refusal:
        await websocket.send_denial_response(refusal_response(refusal))
        return
    await websocket.accept()
    viewer = Viewer(websocket, lambda: station_of(websocket).live, rate_hz)
    writing = asyncio.create_task(viewer.write(), name="viewer")
    try:
        await viewer.read()
    finally:
        writing.cancel()
        await asyncio.gather(writing, return_exceptions=True)


def rate_from(value: object) -> float:
    """Read a rate or raise `InvalidError`."""
    try:
        rate_hz = (
            float(value) if isinstance(value, (int, float, str)) and not isinstance(value, bool) else None
        )
    except ValueError:
        rate_hz = None
    if rate_hz is None or not RATE_MIN_HZ <= rate_hz <= RATE_MAX_HZ:
        raise InvalidError(f"rate_hz {value!r} is no rate", remedy=f"Give {RATE_MIN_HZ:g} to {RATE_MAX_HZ:g}")
    return rate_hz


class Viewer:
    """One connection of the live stream.

    Parameters
    ----------
    websocket : WebSocket
    stream_now : callable
        Gives what is shown; a replay that goes elsewhere shows another stream.
    rate_hz : float
    """

    def __init__(self, websocket: WebSocket, stream_now: Callable[[], LiveStream], rate_hz: float) -> None:
        self._websocket = websocket
        self._stream_now = stream_now
        self._rate_hz = rate_hz
        self._seq = 0
        self._errors: deque[str] = deque()
        self._wake = asyncio.Event()

    async def read(self) -> None:
        """Take the client's messages until it leaves; what makes no sense is answered, never raised."""
        while True:
            message = await self._websocket.receive()
            if message["type"] == "websocket.disconnect":
                return
            try:
                self._rate_hz = self._rate_in(message)
            except InvalidError as refusal:
                if len(self._errors) < ERRORS_MAX:
                    self._errors.append(str(refusal))
            self._wake.set()

    async def write(self) -> None:
        """Send a snapshot, then updates; waits for this viewer alone where it is slow."""
        try:
            stream = self._stream_now()
            body, mark = stream.snapshot()
            await self._send("snapshot", body)
            while True:
                await self._until_next_tick()
                while self._errors:
                    detail = orjson.dumps(self._errors.popleft()).decode()
                    await self._send("error", f'"detail":{detail}')
                if stream is not self._stream_now():
                    stream = self._stream_now()
                    body, mark = stream.snapshot()
                    await self._send("snapshot", body)
                    continue
                update, mark = stream.update(mark)
                if update is not None:
                    await self._send("update", update)
        except WebSocketDisconnect:
            return

    async def _until_next_tick(self) -> None:
        loop = asyncio.get_running_loop()
        self._wake.clear()
        if self._errors:
            return
        try:
            async with asyncio.timeout_at(next_tick_s(loop.time(), self._rate_hz)):
                await self._wake.wait()
        except TimeoutError:
            return

    async def _send(self, kind: str, body: str) -> None:
        await self._websocket.send_text(frame(kind, self._seq, body))
        self._seq += 1

    @staticmethod
    def _rate_in(message: object) -> float:
        remedy = 'Send {"rate_hz": 2}'
        text = message.get("text") if isinstance(message, dict) else None
        if text is None:
            raise InvalidError("binary frames are not understood", remedy=remedy)
        try:
            document = orjson.loads(text)
        except orjson.JSONDecodeError as error:
            raise InvalidError(f"the frame is no JSON ({error})", remedy=remedy) from None
        if not isinstance(document, dict) or set(document) != {"rate_hz"}:
            raise InvalidError("the frame is not understood", remedy=remedy)
        return rate_from(document["rate_hz"])
