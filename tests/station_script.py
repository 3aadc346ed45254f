"""A ground station that is a script of its own, since its library takes the whole process: it prints JSON."""

import asyncio
import importlib.util
import json
import sys
from pathlib import Path
from typing import Any

import pytest

needs_mavsdk = pytest.mark.skipif(
    importlib.util.find_spec("mavsdk") is None, reason="MAVSDK is not installed; `make stations` does it"
)
LIMIT_S = 90.0


async def run_station(script: Path, *arguments: str) -> Any:
    """Run it to its end; give what its last line says."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(script),
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(LIMIT_S):
            said, grumbled = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode == 0, (said.decode()[-2000:], grumbled.decode()[-2000:])
    return json.loads(said.decode().splitlines()[-1])
