"""What is expected of a scenario."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from server.pattern_body import Body, LineBody, PositionBody
from server.scenario.area_body import AreaBody
from server.scenario.event_match import EventMatch, Second, VehicleName
from server.scenario.one_of import OneOf

Distance = Annotated[float, Field(ge=0, le=100_000, allow_inf_nan=False)]


class SeenBody(EventMatch):
    """An event is seen, so often at least; `after` bounds it to what follows the first such event, `within_s` of it."""

    at_least: Annotated[int, Field(ge=1, le=100_000)] = 1
    after: EventMatch | None = None
    within_s: Second | None = None


class PresenceBody(AreaBody):
    """A vehicle is there: all the time from `after_s` to `before_s`, or at some moment."""

    all_the_time: bool = False


class LandsBody(Body):
    """A vehicle is on the ground and disarmed in the end, near its home or a place."""

    within_m: Distance = 2.0
    of: PositionBody | Literal["home"] = "home"


class SeparationBody(Body):
    """Vehicles in the air keep that far from each other, in space."""

    least_m: Distance


class ClearanceBody(Body):
    """Vehicles in the air keep to the zones in force, and that far from their sides."""

    least_m: Distance = 0.0


class FlownBody(Body):
    """Lines are flown along from end to end in the air, by whichever vehicles."""

    lines: Annotated[list[LineBody], Field(min_length=1, max_length=1000)]
    within_m: Distance = 5.0


class BatteryBody(Body):
    """That much is left in the end."""

    least_pct: Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]


class ExpectationBody(OneOf):
    """One thing that is expected, of one vehicle or of all; times are of the scenario."""

    choices: ClassVar = (
        "seen",
        "never",
        "inside",
        "outside",
        "lands",
        "separation",
        "zones_kept",
        "battery",
        "flown",
    )

    vehicle: VehicleName | None = None
    after_s: Second = 0.0
    before_s: Second | None = None
    seen: SeenBody | None = None
    never: EventMatch | None = None
    inside: PresenceBody | None = None
    outside: AreaBody | None = None
    lands: LandsBody | None = None
    separation: SeparationBody | None = None
    zones_kept: ClearanceBody | None = None
    battery: BatteryBody | None = None
    flown: FlownBody | None = None
