"""What MAVSDK's plugins do: telemetry, param, geofence, mission, mission_raw, action, offboard and what is refused."""

from pathlib import Path

from tests.station_script import needs_mavsdk, run_station

# Three seconds of the simulated clock are too short a breath for a station that is held up for a tenth of a real one.
PARAMETERS = ("GUID_TIMEOUT=100",)


@needs_mavsdk
async def test_reads_loads_flies_and_lands(address: str) -> None:
    script = Path(__file__).with_name("mavsdk_flight.py")
    seen = await run_station(script, f"tcpout://{address.removeprefix('tcp:')}")
    assert seen["version"] == [4, 6, 2]
    assert int(seen["uid"], 16) != 0
    assert seen["read"] == [1000.0, 0, 3000, 180222]
    assert seen["written"] == [750.0, 4, 2500, 176126]
    assert sum(seen["parameters"]) == 1392
    assert seen["fence"] == [[4], 1]
    assert seen["rally"] == [5100]
    assert seen["plan"] == [16, 178, 16, 178]
    assert seen["mission"] == [16, 22, 16, 16, 20]
    # ArduCopter has no such messages, keeps no logs here, and obeys nobody who follows as PX4 is followed.
    assert (seen["altitude"], seen["odometry"]) == ("COMMAND_DENIED", "COMMAND_DENIED")
    assert seen["logs"] == "NO_LOGFILES"
    assert seen["follow"]
    assert seen["bad mission"] == "INVALID_ARGUMENT"
    assert seen["outside"] == "FAILED"
    assert seen["in air"]
    assert seen["after"] == [1, 0]
