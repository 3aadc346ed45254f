"""Pictures and events of the world over HTTP, on this machine only."""

import asyncio
import contextlib
import dataclasses
import errno
import json
from collections.abc import AsyncIterator

from simulator.network.tcp_server import HOST
from simulator.payload.video_stream import VideoStream
from simulator.refusal import SimulatorError
from simulator.world.events import DetectionReported, WorldEvent
from simulator.world.sight.picture import draw, jpeg
from simulator.world.vehicles_in_world import VehiclesInWorld
from simulator.world.world import warm_up

RATE_HZ, RATE_AT_MOST_HZ = 10.0, 30.0
REQUEST_AT_MOST_BYTES = 8_192
REQUEST_WITHIN_S = 10.0
EVENTS_WAITING = 1_000
BOUNDARY = "frame"


class _Answer(Exception):  # noqa: N818
    def __init__(self, status: str, text: str) -> None:
        self.status = status
        self.text = text
        super().__init__(status)


class CameraServer:
    """Serves `/`, `/N.jpg`, `/N.mjpeg?rate=HZ`, `/N/detections` and `/events`; N is a system id.

    Parameters
    ----------
    vehicles : VehiclesInWorld
    """

    def __init__(self, vehicles: VehiclesInWorld) -> None:
        self._vehicles = vehicles
        self.port = 0
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._drawing = asyncio.Lock()
        self._listeners: set[asyncio.Queue[WorldEvent]] = set()
        self._pictures: dict[int, tuple[float, bytes]] = {}
        vehicles.world.listen(self._hear)

    async def start(self, port: int) -> None:
        """Listen, and tell every copter where its pictures are; port 0 takes a free one.

        Raises
        ------
        SimulatorError
            If the port is taken or may not be used.
        """
        warm_up()
        try:
            self._server = await asyncio.start_server(self._accept, HOST, port, limit=REQUEST_AT_MOST_BYTES)
        except OSError as error:
            reason = "the port is in use" if error.errno == errno.EADDRINUSE else "the port cannot be opened"
            raise SimulatorError(
                reason,
                place=f"http://{HOST}:{port}",
                remedy="Choose another with --cameras, or --cameras 0 for a free one",
            ) from error
        self.port = self._server.sockets[0].getsockname()[1]
        camera = self._vehicles.world.settings.camera
        for copter in self._vehicles.copters:
            uri = f"{self.address}/{copter.system_id}.mjpeg"
            size_px = camera.width_px, camera.height_px
            copter.show(VideoStream(uri, RATE_HZ, *size_px, camera.field_of_view_deg))

    @property
    def address(self) -> str:
        """Where it is reached."""
        return f"http://{HOST}:{self.port}"

    async def stop(self) -> None:
        """Close everything."""
        if self._server is not None:
            self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._server is not None:
            await self._server.wait_closed()
            self._server = None

    def _hear(self, event: WorldEvent) -> None:
        for queue in self._listeners:
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(event)

    # --- requests ----------------------------------------------------------------------------------------------

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            async with asyncio.timeout(REQUEST_WITHIN_S):
                path, query = await _request(reader)
            await self._answer(path, query, writer)
        except _Answer as answer:
            with contextlib.suppress(OSError):
                await _send(writer, "text/plain; charset=utf-8", f"{answer.text}\n".encode(), answer.status)
        except (OSError, EOFError, TimeoutError, asyncio.LimitOverrunError):
            pass  # who asked is gone, or asks no question
        except asyncio.CancelledError:
            pass  # the simulation ends
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _answer(self, path: str, query: dict[str, str], writer: asyncio.StreamWriter) -> None:
        if path == "/":
            await _send(writer, "application/json", self._index())
        elif path == "/events":
            await self._send_events(writer, None)
        elif path.endswith(".jpg"):
            await _send(writer, "image/jpeg", await self._picture(self._number(path[1:-4])))
        elif path.endswith(".mjpeg"):
            await self._send_video(writer, self._number(path[1:-6]), _rate_hz(query))
        elif path.endswith("/detections"):
            number = self._number(path[1 : -len("/detections")])
            await self._send_events(writer, self._vehicles.copters[number].system_id)
        else:
            raise _Answer("404 Not Found", "There is /, /N.jpg, /N.mjpeg, /N/detections and /events.")

    def _number(self, text: str) -> int:
        for number, copter in enumerate(self._vehicles.copters):
            if text == str(copter.system_id) and copter.payload.camera is not None:
                return number
        raise _Answer("404 Not Found", f"No vehicle {text} has a camera.")

    def _index(self) -> bytes:
        cameras = [
            {
                "system_id": copter.system_id,
                "picture": f"{self.address}/{copter.system_id}.jpg",
                "video": f"{self.address}/{copter.system_id}.mjpeg",
                "detections": f"{self.address}/{copter.system_id}/detections",
            }
            for copter in self._vehicles.copters
            if copter.payload.camera is not None
        ]
        return json.dumps({"cameras": cameras, "events": f"{self.address}/events"}).encode()

    async def _picture(self, number: int) -> bytes:
        async with self._drawing:
            now_s = self._vehicles.world.now_s
            drawn_s, picture = self._pictures.get(number, (-1.0, b""))
            if drawn_s != now_s:
                scene, eye, caption = self._vehicles.view(number)
                picture = await asyncio.to_thread(lambda: jpeg(draw(scene, eye), caption))
                self._pictures[number] = now_s, picture
            return picture

    async def _send_video(self, writer: asyncio.StreamWriter, number: int, rate_hz: float) -> None:
        await _begin(writer, f"multipart/x-mixed-replace; boundary={BOUNDARY}")
        loop = asyncio.get_running_loop()
        due_s = loop.time()
        while True:
            picture = await self._picture(number)
            head = f"--{BOUNDARY}\r\nContent-Type: image/jpeg\r\nContent-Length: {len(picture)}\r\n\r\n"
            writer.write(head.encode() + picture + b"\r\n")
            await writer.drain()
            due_s = max(due_s + 1.0 / rate_hz, loop.time())
            await asyncio.sleep(due_s - loop.time())

    async def _send_events(self, writer: asyncio.StreamWriter, system_id: int | None) -> None:
        await _begin(writer, "application/x-ndjson")
        async for event in self._events():
            if system_id is None or (isinstance(event, DetectionReported) and event.system_id == system_id):
                line = {"type": type(event).__name__, **dataclasses.asdict(event)}
                writer.write(json.dumps(line).encode() + b"\n")
                await writer.drain()

    async def _events(self) -> AsyncIterator[WorldEvent]:
        queue: asyncio.Queue[WorldEvent] = asyncio.Queue(EVENTS_WAITING)
        self._listeners.add(queue)
        try:
            while True:
                yield await queue.get()
        finally:
            self._listeners.discard(queue)


async def _request(reader: asyncio.StreamReader) -> tuple[str, dict[str, str]]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    words = head[0].split(" ")
    if len(words) != 3 or words[0] != "GET":
        raise _Answer("405 Method Not Allowed", "There is only GET.")
    hosts = [line.partition(":")[2].strip() for line in head[1:] if line.lower().startswith("host:")]
    # A page from elsewhere must not reach this server under a name of its own.
    if any(host.rpartition(":")[0] not in (HOST, "localhost") for host in hosts):
        raise _Answer("403 Forbidden", f"This is {HOST} only.")
    path, _, query = words[1].partition("?")
    return path, dict(pair.split("=", 1) for pair in query.split("&") if "=" in pair)


def _rate_hz(query: dict[str, str]) -> float:
    try:
        rate_hz = float(query.get("rate", RATE_HZ))
    except ValueError:
        rate_hz = 0.0
    if not 0.01 <= rate_hz <= RATE_AT_MOST_HZ:
        raise _Answer("400 Bad Request", f"Give a rate of 0.01 to {RATE_AT_MOST_HZ:g} pictures a second.")
    return rate_hz


async def _begin(writer: asyncio.StreamWriter, kind: str) -> None:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n"
    writer.write(head.encode())
    await writer.drain()


async def _send(writer: asyncio.StreamWriter, kind: str, body: bytes, status: str = "200 OK") -> None:
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
        "Cache-Control: no-store\r\nConnection: close\r\n\r\n"
    )
    writer.write(head.encode() + body)
    await writer.drain()
