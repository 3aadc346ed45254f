"""What is typed into MAVProxy."""

import asyncio
from pathlib import Path

from tests.mavproxy_console import MavproxyConsole, mavproxy, needs_mavproxy

pytestmark = needs_mavproxy

HOME = (36.0925, 103.708)
MISSION = [
    (16, 0, (0, 0, 0, 0), 0.0, 0.0, 1520),
    (22, 3, (0, 0, 0, 0), 0.0, 0.0, 20),
    (16, 3, (0, 0, 0, 0), 4e-4, 0.0, 20),
    (82, 3, (0, 0, 0, 0), 4e-4, 4e-4, 20),
    (178, 3, (1, 5, -1, 0), 0.0, 0.0, 0),
    (19, 3, (3, 0, 0, 0), 0.0, 4e-4, 20),
    (20, 3, (0, 0, 0, 0), 0.0, 0.0, 0),
]
FENCE = [
    *[(5001, 3, (4, 0, 0, 0), north, east, 0) for north, east in ((-2e-3, -2e-3), (-2e-3, 3e-3))],
    *[(5001, 3, (4, 0, 0, 0), north, east, 0) for north, east in ((3e-3, 3e-3), (3e-3, -2e-3))],
    (5004, 3, (30, 0, 0, 0), 1e-3, 1e-3, 0),
]
RALLY = [(5100, 3, (0, 0, 0, 0), 1e-4, 1e-4, 20), (5100, 3, (0, 0, 0, 0), 2e-4, 2e-4, 25)]

Rows = list[tuple[int, int, tuple[float, float, float, float], float, float, float]]


def write(path: Path, rows: Rows) -> None:
    """Write the waypoint file that ground stations share."""
    lines = ["QGC WPL 110"]
    for seq, (command, frame, params, north, east, alt_m) in enumerate(rows):
        is_place = command in (16, 82, 19) or command > 5000
        place = [HOME[0] + north, HOME[1] + east] if is_place else [0, 0]
        lines.append("\t".join(map(str, (seq, 0, frame, command, *params, *place, alt_m, 1))))
    path.write_text("\n".join(lines) + "\n")


async def ready(console: MavproxyConsole) -> None:
    await console.until("online system")
    await console.until("Received 1392 parameters (ftp)")


async def test_parameters_mission_and_flight(address: str, tmp_path: Path) -> None:
    write(tmp_path / "mission.txt", MISSION)
    async with mavproxy(address, tmp_path, "ftp,wp,param,arm,mode,misc,cmdlong") as console:
        await ready(console)
        await console.ask("param show WPNAV_SPEED", "WPNAV_SPEED      1000.0")
        console.say("param set WPNAV_SPEED 800")
        await console.ask("wp load mission.txt", "Got MISSION_ACK: TYPE_MISSION: ACCEPTED")
        await console.ask("wp save back.txt", "Saved 7 waypoints to back.txt")
        await console.ask("wp list", "Saved 7 waypoints")
        listed = [line.split() for line in console.said if " cur=" in line]
        assert [int(row[-11]) for row in listed] == [command for command, *_ in MISSION]

        await console.ask("param fetch WPNAV_SPEED", "WPNAV_SPEED = 800.0")
        diff = await console.ask("param diff", "WPNAV_SPEED")
        assert [float(value) for value in diff.split()[1:]] == [800.0, 1000.0]

        await console.ask("mode GUIDED", "DO_SET_MODE: ACCEPTED")
        await console.ask("arm throttle", "ARMED")
        await console.ask("takeoff 15", "NAV_TAKEOFF: ACCEPTED")
        await console.until("height 1")
        await console.ask("mode AUTO", "Mission: 1 Takeoff")
        await console.until("Reached command #3")
        await console.until("Mission: 6 RTL")
        await console.until("DISARMED")
        await console.ask("wp set 2", "DO_SET_MISSION_CURRENT: ACCEPTED")

        await console.ask("arm throttle", "COMPONENT_ARM_DISARM: FAILED")
        await console.ask("wp clear", "Got MISSION_ACK: TYPE_MISSION: ACCEPTED")
        await console.ask("wp list", "Requesting 0 waypoints")


async def test_fence_and_rally_points(address: str, tmp_path: Path) -> None:
    write(tmp_path / "fence.txt", FENCE)
    write(tmp_path / "rally.txt", RALLY)
    async with mavproxy(address, tmp_path, "ftp,param,fence,rally,arm,mode,misc,cmdlong") as console:
        await ready(console)
        await console.ask("fence load fence.txt", "Got MISSION_ACK: TYPE_FENCE: ACCEPTED")
        await console.ask("fence list", "Saved 5 fence items")
        listed = [line.split() for line in console.said if " cur=" in line]
        assert [int(row[-11]) for row in listed] == [5001] * 4 + [5004]
        await console.ask("rally load rally.txt", "Got MISSION_ACK: TYPE_RALLY: ACCEPTED")
        await console.ask("rally list", "Saved 2 rally items")
        console.say("param set FENCE_TYPE 4")
        await console.ask("fence enable", "DO_FENCE_ENABLE: ACCEPTED")
        await console.until("fence enabled")

        await console.ask("mode GUIDED", "DO_SET_MODE: ACCEPTED")
        await console.ask("arm throttle", "ARMED")
        console.say("takeoff 15")
        await console.until("height 1")
        await console.ask(f"guided {HOME[0] + 1e-3} {HOME[1] + 1e-3} 20", "DO_REPOSITION: FAILED")
        # Only the end of a way is looked at, not what it leads through.
        console.say(f"guided {HOME[0] + 2e-3} {HOME[1] + 2e-3} 20")
        await console.until("Polygon fence breached")
        await console.until("DISARMED")
        await console.ask("fence disable", "DO_FENCE_ENABLE: ACCEPTED")
        await console.ask("fence clear", "Got MISSION_ACK: TYPE_FENCE: ACCEPTED")
        await console.ask("rally clear", "Got MISSION_ACK: TYPE_RALLY: ACCEPTED")


async def test_maintenance(address: str, tmp_path: Path) -> None:
    async with mavproxy(
        address, tmp_path, "ftp,param,log,calibration,relay,misc,cmdlong,link,output,mode,arm"
    ) as console:
        await ready(console)
        await console.ask("log list", "No logs")
        await console.ask("ftp list @SYS", "threads.txt")
        await console.ask("ftp list", "@SYS")
        await console.ask("gyrocal", "Calibrated")
        await console.ask("magcal start", "DO_START_MAG_CAL: ACCEPTED")
        await console.ask("magcal cancel", "DO_CANCEL_MAG_CAL: ACCEPTED")
        await console.ask("link list", "1 links")
        await console.ask("output list", "0 outputs")
        await console.ask("status GPS_RAW_INT", "fix_type : 6")
        await console.ask("mode GUIDED", "DO_SET_MODE: ACCEPTED")
        await console.ask("arm throttle", "ARMED")
        await console.ask("gyrocal", "Calibration failed")
        await console.ask("magcal start", "DO_START_MAG_CAL: FAILED")
        await console.ask("log list", "Disarm for log download")
        await console.ask("disarm", "DISARMED")
        await console.ask("reboot", "EOF on TCP socket")
        await console.until("ArduPilot Ready")


async def test_two_stations_come_and_go(address: str, tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("one", "two")]
    for folder in folders:
        folder.mkdir()
    modules = "ftp,param,mode,arm,wp,misc,cmdlong"
    async with mavproxy(address, folders[0], modules) as first:
        await ready(first)
        async with mavproxy(address, folders[1], modules) as second:
            await ready(second)
            await second.ask("mode GUIDED", "DO_SET_MODE: ACCEPTED")
            await first.ask("arm throttle", "ARMED")
            await second.until("ARMED")
            await second.ask("takeoff 15", "NAV_TAKEOFF: ACCEPTED")
            await asyncio.gather(first.until("height 1"), second.until("height 1"))
        async with mavproxy(address, folders[1], modules) as again:
            await again.until("online system")
            await again.ask("mode RTL", "DO_SET_MODE: ACCEPTED")
            await first.until("DISARMED")
