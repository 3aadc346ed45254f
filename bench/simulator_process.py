"""A simulated copter in a process of its own, which answers as late as a real one."""

import os
import subprocess
import sys
from typing import Self

import orjson


class SimulatorProcess:
    """Starts the process; use it as a context manager.

    Attributes
    ----------
    address : str
        "tcp:127.0.0.1:PORT"
    """

    def __init__(self) -> None:
        self.address = ""
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "server.cli",
                "sim",
                "--port=0",
                "--quick-boot",
                "--paced",
                "--json",
                "--until-eof",
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(path or "." for path in sys.path)},
        )
        assert self._process.stdout is not None
        document = ""
        while not document.endswith("}\n") or document.count("{") > document.count("}"):
            line = self._process.stdout.readline()
            if not line:
                raise RuntimeError("the simulator did not start")
            document += line
        self.address = orjson.loads(document)["vehicles"][0]["address"]
        return self

    def __exit__(self, *exception: object) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()
