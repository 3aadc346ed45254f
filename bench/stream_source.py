"""A process of its own that serves the stream over TCP, whole, to each that connects."""

import os
import socket
import subprocess
import sys
from typing import Self

from bench.copter_stream import copter_stream


class StreamSource:
    """Starts the process; use it as a context manager.

    Parameters
    ----------
    vehicles, messages : int

    Attributes
    ----------
    address : str
        "tcp:127.0.0.1:PORT"
    """

    def __init__(self, vehicles: int, messages: int) -> None:
        self.address = ""
        self._arguments = [str(vehicles), str(messages)]
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-c", "from bench.stream_source import serve; serve()", *self._arguments],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(path or "." for path in sys.path)},
        )
        assert self._process.stdout is not None
        port = int(self._process.stdout.readline())
        self.address = f"tcp:127.0.0.1:{port}"
        return self

    def __exit__(self, *exception: object) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            if self._process.stdout is not None:
                self._process.stdout.close()


def serve() -> None:
    """Print the port, then serve one connection after the other until killed."""
    data = b"".join(copter_stream(int(sys.argv[1]), int(sys.argv[2])))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        print(listener.getsockname()[1], flush=True)
        while True:
            connection, _ = listener.accept()
            with connection:
                try:
                    connection.sendall(data)
                    connection.shutdown(socket.SHUT_WR)
                    while connection.recv(65536):
                        pass
                except OSError:
                    pass
