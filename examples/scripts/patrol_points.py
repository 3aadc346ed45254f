"""Fly to points one after the other, round by round, come home; nobody verifies the way but the guard of the service.

    python examples/scripts/patrol_points.py --link tcp:127.0.0.1:5760 --who Li --why patrol \
        --point 36.0929,103.7080 --point 36.0929,103.7085 --rounds 2

`take_off_and_look.py` says what `--link` and `--service` are.
"""

import argparse
import math
from typing import Any

from asked_vehicle import add_vehicle_options, asked_vehicle, dronekit, flown, until

NEAR_M = 3.0
M_PER_DEG = 111_195.0


def point(text: str) -> tuple[float, float]:
    """Read LAT,LON."""
    lat_deg, lon_deg = (float(part) for part in text.split(","))
    return lat_deg, lon_deg


def distance_m(vehicle: Any, lat_deg: float, lon_deg: float) -> float:
    """Give how far it still is, over a patch of ground small enough to be flat."""
    here = vehicle.location.global_relative_frame
    east_deg = (lon_deg - here.lon) * math.cos(math.radians(lat_deg))
    return M_PER_DEG * math.hypot(lat_deg - here.lat, east_deg)


def visit(vehicle: Any, name: str, place: tuple[float, float], alt_rel_m: float) -> None:
    """Fly to a point."""
    vehicle.simple_goto(dronekit.LocationGlobalRelative(*place, alt_rel_m))
    until(lambda: distance_m(vehicle, *place) < NEAR_M, f"at {name}")


def main() -> None:
    """Fly."""
    parser = argparse.ArgumentParser(description="Fly to points, round by round, come home.")
    add_vehicle_options(parser)
    parser.add_argument(
        "--point", type=point, action="append", required=True, help="LAT,LON, may be repeated"
    )
    parser.add_argument("--alt", type=float, default=20.0, help="height above home in metres")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--speed", type=float, help="ground speed in m/s")
    options = parser.parse_args()
    with asked_vehicle(options) as vehicle, flown(vehicle, options.alt):
        if options.speed is not None:
            vehicle.groundspeed = options.speed
        for turn in range(1, options.rounds + 1):
            for number, place in enumerate(options.point, start=1):
                visit(vehicle, f"point {number}, round {turn}", place, options.alt)


if __name__ == "__main__":
    main()
