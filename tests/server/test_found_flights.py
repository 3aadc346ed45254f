"""A service that is started anew in mid-flight, in this process: the one that is killed stands in `test_killed_in_flight.py`."""

from pathlib import Path
from typing import Any

import pytest

from geofence.latlon import LatLon
from server.simulator_process import simulator_process

HOME = {"lat_deg": 36.0942, "lon_deg": 103.7063}
SPEEDUP = 30.0


async def test_a_flight_taken_up_knows_for_how_long_it_flies(
    run_service: Any, precinct: Any, until: Any, tmp_path: Path
) -> None:
    home = LatLon(HOME["lat_deg"], HOME["lon_deg"])
    async with simulator_process(1, home=home, home_alt_amsl_m=1520.0, speedup=SPEEDUP) as simulator:
        options = {"zones": precinct, "links": simulator.addresses, "records": tmp_path}
        async with run_service(**options) as service:
            drones, flights = service.station.fleet.drones, service.station.flights
            await until(lambda: "1-1" in drones and drones["1-1"].state.prearm_ok)
            points = [{**HOME, "lat_deg": HOME["lat_deg"] + 0.0005, "dwell_s": 300}]
            request = {"pattern": {"name": "points", "points": points}, "alt_rel_m": 12, "home": HOME}
            (plan,) = (await service.client.post("/api/plans", json=request)).json()["plans"]
            begun = await service.client.post(
                "/api/drones/1-1/flights", json={"plan_id": plan["id"], "who": "Li"}
            )
            assert begun.status_code == 202, begun.text
            first = flights.newest_of("1-1").flight
            await until(lambda: (first.elapsed_s or 0.0) > 5.0)
            await until(lambda: b'"begun_boot_s": null' not in (tmp_path / "running/1-1.json").read_bytes())
            before_s = first.elapsed_s
        async with run_service(**options) as service:
            flights = service.station.flights
            await until(
                lambda: flights.newest_of("1-1") and flights.newest_of("1-1").flight.elapsed_s is not None
            )
            flight = flights.newest_of("1-1").flight
            assert flight.begun_boot_s == pytest.approx(first.begun_boot_s, abs=1e-3)
            assert before_s < flight.elapsed_s < before_s + 120.0
