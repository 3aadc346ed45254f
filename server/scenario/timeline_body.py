"""What is done in the course of a scenario, and when."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from missions.patrol.request import PatrolRequest
from missions.vehicle.stock_profiles import stock_profile
from missions.vehicle.wind import CALM
from server.drone_command import CommandName
from server.operation_body import OperationBody
from server.pattern_body import Body, Metres, PatternBody, PositionBody, pattern_of
from server.scenario.area_body import HomeBody
from server.scenario.event_match import EventMatch, Second, VehicleName
from server.scenario.one_of import OneOf
from server.schedule_body import ScheduleRequestBody, WantedPatternBody
from server.wind_body import WindBody

FileName = Annotated[str, Field(min_length=1, max_length=1000)]


class PatrolBody(Body):
    """What the planner is asked for; the pad is the home of the first vehicle that flies it."""

    pattern: PatternBody
    alt_rel_m: Metres
    speed_m_s: Annotated[float, Field(gt=0, le=50, allow_inf_nan=False)] | None = None
    margin_m: Annotated[float, Field(ge=0, le=1000, allow_inf_nan=False)] | None = None
    alt_step_m: Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)] = 0.0
    profile: Annotated[str, Field(max_length=100)] | None = None
    wind: WindBody | None = None
    keeps_level: bool = False

    def request(self, home: HomeBody, drones: int) -> PatrolRequest:
        """Give it in the planner's words."""
        return PatrolRequest(
            pattern=pattern_of(self.pattern),
            alt_rel_m=self.alt_rel_m,
            home=home.position,
            drones=drones,
            speed_m_s=self.speed_m_s,
            margin_m=self.margin_m,
            alt_step_m=self.alt_step_m,
            home_alt_amsl_m=home.alt_amsl_m,
            vehicle=None if self.profile is None else stock_profile(self.profile),
            wind=CALM if self.wind is None else self.wind.wind,
            keeps_level=self.keeps_level,
        )


class AlarmBody(PositionBody):
    """A place to be looked at: the nearest vehicle that is free flies there and holds."""

    alt_rel_m: Annotated[float, Field(ge=2, le=120, allow_inf_nan=False)] = 40.0


class ScheduleBody(Body):
    """What the drones of a station share, each from its home; as POST /api/schedules takes it, without the station."""

    patterns: Annotated[tuple[WantedPatternBody, ...], Field(min_length=1, max_length=50)]
    alt_rel_m: Metres
    alt_step_m: Annotated[float, Field(gt=0, le=100, allow_inf_nan=False)] | None = None
    margin_m: Annotated[float, Field(ge=0, le=1000, allow_inf_nan=False)] | None = None
    profile: Annotated[str, Field(max_length=100)] | None = None
    wind: WindBody | None = None

    def request(self, homes: Mapping[str, HomeBody]) -> ScheduleRequestBody:
        """Give it as the service takes it, for drones by name."""
        station = {
            "pads": [
                {"id": name, "position": {"lat_deg": home.lat_deg, "lon_deg": home.lon_deg}}
                for name, home in homes.items()
            ],
            "drones": [{"id": name, "pad": name} for name in homes],
        }
        return ScheduleRequestBody(
            station=station,
            patterns=self.patterns,
            alt_rel_m=self.alt_rel_m,
            alt_step_m=self.alt_step_m,
            margin_m=self.margin_m,
            home_alt_amsl_m=next(iter(homes.values())).alt_amsl_m,
            vehicle=self.profile,
            wind=self.wind,
        )


class ReplanScheduleBody(Body):
    """The schedule that is flown is planned anew for the drones that are left."""

    lost: Annotated[list[VehicleName], Field(max_length=50)] = Field(default_factory=list)


class SwitchBody(Body):
    """Loudspeaker or light of a vehicle goes on or off, at the output that the world's `devices` say.

    `pulse_us` chooses what a loudspeaker at a servo output says.
    """

    device: Literal["loudspeaker", "light"]
    is_on: bool = True
    pulse_us: Annotated[int, Field(ge=500, le=2500)] | None = None


class EntryBody(OneOf):
    """One thing that is done, at a time or on an event.

    Parameters are those of ArduCopter, by name. `zones` takes the place of all zones in force, `add_zones` of none. `again` lets an
    entry answer every such event instead of the first.
    """

    choices: ClassVar = (
        "patrol",
        "fly",
        "upload",
        "command",
        "operation",
        "parameters",
        "zones",
        "add_zones",
        "remove_zone",
        "alarm",
        "switch",
        "schedule",
        "replan",
    )
    triggers: ClassVar = ("at_s", "when")

    at_s: Second | None = None
    when: EventMatch | None = None
    after_s: Second = 0.0
    again: bool = False
    vehicle: VehicleName | Annotated[list[VehicleName], Field(min_length=1, max_length=50)] | None = None
    patrol: PatrolBody | None = None
    fly: FileName | None = None
    upload: FileName | PatrolBody | None = None
    command: CommandName | None = None
    operation: OperationBody | None = None
    parameters: dict[str, float] | None = None
    zones: FileName | None = None
    add_zones: FileName | None = None
    remove_zone: str | None = None
    alarm: AlarmBody | None = None
    switch: SwitchBody | None = None
    schedule: ScheduleBody | None = None
    replan: ReplanScheduleBody | None = None

    @property
    def vehicles(self) -> tuple[str, ...]:
        """Whom it is about; empty where nobody is named."""
        if self.vehicle is None:
            return ()
        return (self.vehicle,) if isinstance(self.vehicle, str) else tuple(self.vehicle)

    def words(self) -> str:
        """Say what is done."""
        whom = f" of {', '.join(self.vehicles)}" if self.vehicles else ""
        detail = self.command or self.fly or self.zones or self.add_zones or self.remove_zone
        if self.operation is not None:
            detail = self.operation.operation
        if self.switch is not None:
            detail = f"{self.switch.device} {'on' if self.switch.is_on else 'off'}"
        return f"{self.choice}{f' {detail}' if detail else ''}{whom}"
