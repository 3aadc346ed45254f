"""What commands ask about the vehicle and the wind, to predict flights by."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from missions.refusal import MissionError
from missions.vehicle.profile import VehicleProfile
from missions.vehicle.profile_file import find_profile
from missions.vehicle.stock_profiles import QUAD_30, STOCK_PROFILES
from missions.vehicle.wind import CALM, Wind

VEHICLE_PANEL = "Vehicle, wind and battery"
_OPTIONS = {"wind": "--wind", "vehicle": "--vehicle"}

VehicleOption = Annotated[
    str | None,
    typer.Option(
        "--vehicle",
        metavar="NAME|FILE",
        rich_help_panel=VEHICLE_PANEL,
        help=f"Vehicle to predict time and energy of: {', '.join(STOCK_PROFILES)}, or a .toml or .json file; "
        f"{QUAD_30.name} is assumed where not given.",
        show_default=False,
    ),
]
WindOption = Annotated[
    str | None,
    typer.Option(
        "--wind",
        metavar="SPEED,FROM",
        rich_help_panel=VEHICLE_PANEL,
        help="Wind, m/s, and where it blows from, degrees; a third number is how much stronger its gusts are.",
        show_default=False,
    ),
]


def vehicle_of(name: str | None) -> VehicleProfile | None:
    """Find the vehicle that was named.

    Raises
    ------
    MissionError
    """
    if name is None:
        return None
    with refusals_by_option():
        return find_profile(name)


def wind_of(text: str | None) -> Wind:
    """Read a wind from `SPEED,FROM` or `SPEED,FROM,GUSTS`.

    Raises
    ------
    MissionError
    """
    if text is None:
        return CALM
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) not in (2, 3):
        raise MissionError(
            f"{text!r} is no wind: two or three numbers with commas between are expected",
            place="--wind",
            remedy="Write how fast it blows and where from, for example 6,270",
        )
    with refusals_by_option():
        return Wind(*numbers)


@contextmanager
def refusals_by_option() -> Iterator[None]:
    """Let refusals about the vehicle or the wind name the option."""
    try:
        yield
    except MissionError as refusal:
        option = _OPTIONS.get(refusal.place.split(".")[0])
        if option is None:
            raise
        raise MissionError(refusal.what, place=option, remedy=refusal.remedy) from None
