"""Take off, look north, east, south and west, say what is seen, come home.

    python examples/scripts/take_off_and_look.py --link tcp:127.0.0.1:5760 --who Li --why training

flies a vehicle (or `feiying sim`) over a link of its own. With `--service http://127.0.0.1:8000 --link tcp:127.0.0.1:14600` it flies a drone of

    feiying serve --connect ... --forward-control tcp-listen:127.0.0.1:14600
"""

import argparse
from typing import Any

from asked_vehicle import add_vehicle_options, alt_of, asked_vehicle, flown, until

CONDITION_YAW = 115
LOOKS = {"north": 0, "east": 90, "south": 180, "west": 270}
NEAR_DEG = 5.0


def look(vehicle: Any, name: str, heading_deg: float) -> None:
    """Turn the nose, and say what is seen from there."""
    vehicle.send_mavlink(
        vehicle.message_factory.command_long_encode(0, 0, CONDITION_YAW, 0, heading_deg, 0, 0, 0, 0, 0, 0)
    )
    until(
        lambda: abs((vehicle.heading - heading_deg + 180.0) % 360.0 - 180.0) < NEAR_DEG,
        f"looking {name} from {alt_of(vehicle):.0f} m, {vehicle.gps_0.satellites_visible} satellites, {vehicle.battery.voltage} V",
    )


def main() -> None:
    """Fly."""
    parser = argparse.ArgumentParser(description="Take off, look round, come home.")
    add_vehicle_options(parser)
    parser.add_argument("--alt", type=float, default=20.0, help="height above home in metres")
    options = parser.parse_args()
    with asked_vehicle(options) as vehicle, flown(vehicle, options.alt):
        for name, heading_deg in LOOKS.items():
            look(vehicle, name, heading_deg)


if __name__ == "__main__":
    main()
