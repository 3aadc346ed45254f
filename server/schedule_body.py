"""What a fleet is asked to fly, as a request gives it."""

from dataclasses import dataclass, replace
from typing import Annotated, Any

from pydantic import Field

from missions.files.fleet_state_document import fleet_state_of
from missions.files.places import wanted_of_document
from missions.files.station_document import station_of_document
from missions.fleet.equipment import FleetEquipment, unpictured_turns_m
from missions.fleet.fleet_patrol import FleetRequest
from missions.fleet.fleet_replan import FleetChanges, ReportedFleet
from missions.fleet.patrol_window import PatrolWindow, parse_window
from missions.fleet.station import Station
from missions.fleet.wanted import Wanted, WantedPattern, refuse_too_many, wanted_of
from missions.payload.payload_file import payload_from_document
from missions.refusal import MissionError
from missions.vehicle.stock_profiles import QUAD_30, stock_profile
from missions.vehicle.wind import CALM
from server.pattern_body import Body, Metres, PatternBody, pattern_of
from server.wind_body import WindBody

DRONES_MAX = 50
_USUAL_WINDOW = PatrolWindow(0.0, 7_200.0)

Name = Annotated[str, Field(max_length=200)]


class WantedPatternBody(Body):
    """An area or another pattern to be shared, and how much it matters."""

    pattern: PatternBody
    name: Name = ""
    priority: Annotated[float, Field(ge=0, le=1000, allow_inf_nan=False)] = 1.0
    needs: Annotated[tuple[Name, ...], Field(max_length=20)] = ()
    window: Name | None = None

    @property
    def wanted(self) -> tuple[Wanted | WantedPattern, ...]:
        """In the planner's words."""
        return tuple(
            replace(one, priority=self.priority, needs=frozenset(self.needs), window=self.window)
            for one in wanted_of(pattern_of(self.pattern), self.name)
        )


@dataclass(frozen=True, slots=True)
class FleetQuestion:
    """A request in the planner's words."""

    station: Station
    wanted: tuple[Wanted | WantedPattern, ...]
    request: FleetRequest


class ScheduleRequestBody(Body):
    """Pads and drones, what they are to fly, and when; the first two, and the payload, as docs/fleet.md tells of files."""

    station: dict[str, Any]
    wanted: dict[str, Any] | None = None
    patterns: Annotated[tuple[WantedPatternBody, ...], Field(max_length=50)] = ()
    window: Name | None = None
    alt_rel_m: Metres
    alt_step_m: Annotated[float, Field(gt=0, le=100, allow_inf_nan=False)] | None = None
    margin_m: Annotated[float, Field(ge=0, le=1000, allow_inf_nan=False)] | None = None
    allow_above_120: bool = False
    home_alt_amsl_m: Annotated[float, Field(ge=-1000, le=10_000, allow_inf_nan=False)] | None = None
    dwell_s: Annotated[float, Field(ge=0, le=3600, allow_inf_nan=False)] = 10.0
    vehicle: Annotated[str, Field(max_length=100)] | None = None
    wind: WindBody | None = None
    payload: dict[str, Any] | None = None
    pictures_every_m: Annotated[float, Field(ge=0.1, le=1000, allow_inf_nan=False)] | None = None
    pictures_in_turns: bool = True

    def question(self) -> FleetQuestion:
        """Read it.

        Raises
        ------
        MissionError
        """
        vehicle = QUAD_30 if self.vehicle is None else stock_profile(self.vehicle)
        station = station_of_document(self.station, source="station", vehicle=vehicle)
        lines = (
            ()
            if self.wanted is None
            else wanted_of_document(self.wanted, source="wanted", dwell_s=self.dwell_s)
        )
        wanted = (*lines, *(one for body in self.patterns for one in body.wanted))
        _refuse_too_many("drones", len(station.drones), DRONES_MAX)
        refuse_too_many(len(wanted))
        if not wanted:
            raise MissionError(
                "nothing is to be flown", place="wanted", remedy="Give lines, points or patterns"
            )
        request = FleetRequest(
            self.alt_rel_m,
            _USUAL_WINDOW if self.window is None else parse_window(self.window, place="window"),
            margin_m=self.margin_m,
            allow_above_120=self.allow_above_120,
            home_alt_amsl_m=self.home_alt_amsl_m,
            wind=CALM if self.wind is None else self.wind.wind,
            equipment=FleetEquipment(
                None if self.payload is None else payload_from_document(self.payload, source="payload"),
                self.pictures_every_m,
                0.0 if self.pictures_in_turns else unpictured_turns_m(wanted),
            ),
        )
        if self.alt_step_m is not None:
            request = replace(request, alt_step_m=self.alt_step_m)
        return FleetQuestion(station, wanted, request)


class ReplanBody(Body):
    """What is other than it was planned, and what is known of drones that the service does not see flying."""

    time_s: Annotated[float, Field(ge=0, le=86_400, allow_inf_nan=False)]
    drones: Annotated[tuple[dict[str, Any], ...], Field(max_length=DRONES_MAX)] = ()
    done: Annotated[tuple[Name, ...], Field(max_length=5_000)] | None = None
    lost: Annotated[tuple[Name, ...], Field(max_length=DRONES_MAX)] = ()
    add: dict[str, Any] | None = None
    patterns: Annotated[tuple[WantedPatternBody, ...], Field(max_length=50)] = ()
    withdraw: Annotated[tuple[Name, ...], Field(max_length=5_000)] = ()
    dwell_s: Annotated[float, Field(ge=0, le=3600, allow_inf_nan=False)] = 10.0
    wind: WindBody | None = None

    @property
    def told(self) -> ReportedFleet:
        """What the request itself says of drones.

        Raises
        ------
        MissionError
        """
        done = None if self.done is None else list(self.done)
        state = {"time_s": self.time_s, "drones": list(self.drones), "done": done}
        return fleet_state_of(state, source="state")

    @property
    def changes(self) -> FleetChanges:
        """In the planner's words.

        Raises
        ------
        MissionError
        """
        lines = () if self.add is None else wanted_of_document(self.add, source="add", dwell_s=self.dwell_s)
        added = (*lines, *(one for body in self.patterns for one in body.wanted))
        refuse_too_many(len(added))
        return FleetChanges(self.lost, added, self.withdraw, None if self.wind is None else self.wind.wind)


def _refuse_too_many(what: str, count: int, most: int) -> None:
    if count > most:
        raise MissionError(
            f"{count} {what} are too many", remedy=f"Plan for {most} at most, in several schedules"
        )
