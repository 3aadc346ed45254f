"""A serial port: a telemetry radio or the autopilot's USB, `/dev/ttyACM0,115200`."""

import asyncio
import contextlib
import errno
import os
from concurrent.futures import ThreadPoolExecutor

import serial

from telemetry.refusal import TelemetryError

_READ_SIZE = 1 << 14
_POLL_S = 0.1


class SerialLink:
    """Reads and writes in threads of its own, for a serial driver may block.

    Parameters
    ----------
    name : str
    device : str
        "/dev/ttyUSB0" or "COM3".
    baud : int
    """

    def __init__(self, name: str, device: str, baud: int) -> None:
        self.name = name
        self._device = device
        self._baud = baud
        self._port: serial.Serial | None = None
        self._reading = ThreadPoolExecutor(1, "serial-read")
        self._writing = ThreadPoolExecutor(1, "serial-write")
        self._unwritten = 0

    async def open(self) -> None:
        """Open the device."""
        await self.close()
        self._reading = ThreadPoolExecutor(1, "serial-read")
        self._writing = ThreadPoolExecutor(1, "serial-write")
        try:
            self._port = await asyncio.get_running_loop().run_in_executor(self._reading, self._open_port)
        except (serial.SerialException, OSError, ValueError) as error:
            await self.close()
            raise TelemetryError(
                f"cannot open the serial port ({_reason(error)})",
                place=self.name,
                remedy="Plug the device in, check its name and your right to use it, end other programs on it",
            ) from None

    def _open_port(self) -> serial.Serial:
        return serial.Serial(self._device, self._baud, timeout=_POLL_S, write_timeout=1.0, exclusive=True)

    async def read(self) -> list[tuple[bytes, str]]:
        """Wait for the next bytes; raises `OSError` when the device is gone."""
        loop = asyncio.get_running_loop()
        while True:
            port = self._port
            if port is None:
                raise ConnectionError("not open")
            data = await loop.run_in_executor(self._reading, _read_some, port)
            if data:
                return [(data, "")]

    def write(self, data: bytes, peer: str = "") -> None:  # noqa: ARG002
        """Send; dropped while more than 64 KiB is unsent."""
        port = self._port
        if port is None or self._unwritten > 1 << 16:
            return
        self._unwritten += len(data)
        loop = asyncio.get_running_loop()
        loop.run_in_executor(self._writing, _write_all, port, data).add_done_callback(
            lambda _: self._count_written(len(data))
        )

    def _count_written(self, size: int) -> None:
        self._unwritten -= size

    async def close(self) -> None:
        """Let go of the device."""
        port, self._port = self._port, None
        if port is not None:
            with contextlib.suppress(OSError):
                port.cancel_read()
        self._writing.shutdown(wait=False, cancel_futures=True)
        self._reading.shutdown(wait=False, cancel_futures=True)
        if port is not None:
            await asyncio.to_thread(_close_port, port)


def _reason(error: Exception) -> str:
    """Give the system's words for it, which pyserial hides in its own."""
    number = getattr(error, "errno", None)
    if number is None and error.__context__ is not None:
        # Where it cannot configure the port, pyserial drops the number.
        number = getattr(error.__context__, "errno", None) or next(iter(error.__context__.args), None)
    if number == errno.ENOTTY:
        return "this is no serial port"
    return os.strerror(number).lower() if isinstance(number, int) else str(error).splitlines()[0]


def _read_some(port: serial.Serial) -> bytes:
    try:
        data: bytes = port.read(1)
        if data and port.in_waiting:
            data += port.read(min(port.in_waiting, _READ_SIZE))
    except (serial.SerialException, TypeError, ValueError) as error:
        # pyserial raises TypeError where the port is closed under a waiting read.
        raise ConnectionError(str(error)) from None
    return data


def _write_all(port: serial.Serial, data: bytes) -> None:
    with contextlib.suppress(serial.SerialException, OSError, TypeError):
        port.write(data)


def _close_port(port: serial.Serial) -> None:
    with contextlib.suppress(OSError):
        port.close()
