"""Stands for an ArduCopter SITL binary: our own simulator, started as SITL is, on SITL's ports."""

import argparse
import asyncio
from pathlib import Path

from simulator.fleet import Home, SimulatorFleet


async def fly() -> None:
    parser = argparse.ArgumentParser(allow_abbrev=False)
    for option in ("--model", "--home", "--defaults"):
        parser.add_argument(option, required=True)
    parser.add_argument("--instance", type=int, required=True)
    parser.add_argument("--speedup", type=float, default=1.0)
    parser.add_argument("--wipe", action="store_true")
    asked = parser.parse_args()
    lines = Path(asked.defaults).read_text().split("\n")
    parameters = {name: float(value) for name, value in (line.split() for line in lines if line)}
    home = Home(*map(float, asked.home.split(",")))
    port = 5760 + 10 * asked.instance
    Path("storage").touch()
    async with SimulatorFleet(
        1, home=home, speedup=asked.speedup, port=port, quick_boot=True, parameters=parameters
    ):
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(fly())
