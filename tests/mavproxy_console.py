"""MAVProxy in a process of its own: what is typed into it, and what it says."""

import asyncio
import contextlib
import importlib.util
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

IS_INSTALLED = importlib.util.find_spec("MAVProxy") is not None
needs_mavproxy = pytest.mark.skipif(
    not IS_INSTALLED, reason="MAVProxy is not installed; `make stations` does it"
)
PATIENCE_S = 30.0
"""Longest silence."""


class MavproxyConsole:
    """Types and reads."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.said: list[str] = []

    def say(self, words: str) -> None:
        """Type a line."""
        assert self._process.stdin is not None
        self._process.stdin.write(words.encode() + b"\n")

    async def until(self, words: str) -> str:
        """Read on to the line that has these words, and give it."""
        assert self._process.stdout is not None
        line = ""
        while words not in line:
            try:
                async with asyncio.timeout(PATIENCE_S):
                    line = (await self._process.stdout.readline()).decode(errors="replace")
            except TimeoutError:
                line = ""
            assert line, f"MAVProxy did not say {words!r}, but: {''.join(self.said[-20:])}"
            self.said.append(line)
        return line

    async def ask(self, question: str, answer: str) -> str:
        """Type a line and read on to what answers it."""
        self.say(question)
        return await self.until(answer)


@contextlib.asynccontextmanager
async def mavproxy(address: str, folder: Path, modules: str) -> AsyncIterator[MavproxyConsole]:
    """Run MAVProxy at an address, with its files in a folder, until the block ends."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(Path(sys.executable).with_name("mavproxy.py")),
        f"--master={address}",
        f"--logfile={folder / 'mav.tlog'}",
        f"--default-modules={modules}",
        # Once a second of the vehicle's, which may be sped up.
        "--streamrate=1",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        cwd=folder,
        env={"HOME": str(folder), "PATH": "/usr/bin:/bin", "PYTHONUNBUFFERED": "1"},
    )
    try:
        yield MavproxyConsole(process)
    finally:
        process.kill()
        await process.communicate()
