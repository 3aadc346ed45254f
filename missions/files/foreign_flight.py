"""A flight along places that a file names, where the file knows of places alone and not of commands."""

from collections.abc import Sequence
from dataclasses import dataclass

from geofence.latlon import LatLon
from missions.files.account import Account
from missions.files.item_values import ITEMS_AT_MOST, numbered
from missions.plan.item import Command, Frame, MissionItem
from missions.plan.route_items import rounded
from missions.refusal import MissionError

_ALT_M_AT_MOST = 10_000.0


@dataclass(frozen=True, slots=True)
class Unsaid:
    """What is taken where a file says nothing of it.

    Parameters
    ----------
    home : LatLon or None
    alt_rel_m : float or None
        Above home; for places without an altitude.

    Raises
    ------
    MissionError
        The altitude is none to fly at.
    """

    home: LatLon | None = None
    alt_rel_m: float | None = None

    def __post_init__(self) -> None:
        if self.alt_rel_m is not None and not 0.0 < self.alt_rel_m <= _ALT_M_AT_MOST:
            raise MissionError(
                f"an altitude of {self.alt_rel_m:g} m is none to fly at",
                place="--alt",
                remedy=f"Give more than 0 m and at most {_ALT_M_AT_MOST:g} m above home",
            )

    def home_for(self, source: str) -> LatLon:
        """Give home; refuse where nobody says where it is."""
        if self.home is None:
            raise MissionError(
                "names no place of take-off", place=source, remedy="Give it: feiying convert --home LAT,LON"
            )
        return rounded(self.home)


@dataclass(frozen=True, slots=True)
class Place:
    """Where to fly to.

    Parameters
    ----------
    position : LatLon
    alt_m : float or None
        In `frame`; None where the file says none.
    frame : Frame
    where : str
        Its element in the file.
    """

    position: LatLon
    alt_m: float | None
    frame: Frame
    where: str


def flight_along(places: Sequence[Place], unsaid: Unsaid, account: Account) -> tuple[MissionItem, ...]:
    """Take off, fly from place to place, return.

    Raises
    ------
    MissionError
        For no place, too many, and a place whose altitude nobody says.
    """
    if len(places) > ITEMS_AT_MOST - 2:
        raise MissionError(
            f"holds {len(places)} places",
            place=places[0].where,
            remedy=f"MAVLink counts to {ITEMS_AT_MOST}; cut it in pieces",
        )
    waypoints = []
    for place in places:
        alt_m, frame = place.alt_m, place.frame
        if alt_m is None:
            if unsaid.alt_rel_m is None:
                raise MissionError(
                    "says no altitude to fly at",
                    place=place.where,
                    remedy="Give one for all such places: feiying convert --alt METRES, above home",
                )
            alt_m, frame = unsaid.alt_rel_m, Frame.GLOBAL_RELATIVE_ALT
        waypoints.append(MissionItem(0, Command.NAV_WAYPOINT, frame, rounded(place.position), alt_m))
    account.note("take-off and return to launch were put round the places of the file")
    first = waypoints[0]
    return numbered(
        (
            MissionItem(0, Command.NAV_TAKEOFF, first.frame, alt_m=first.alt_m),
            *waypoints,
            MissionItem(0, Command.NAV_RETURN_TO_LAUNCH, Frame.MISSION),
        )
    )
