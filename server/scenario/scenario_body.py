"""A scenario as its file says it."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from server.pattern_body import Body
from server.scenario.area_body import HomeBody
from server.scenario.event_match import VehicleName
from server.scenario.expectation_body import ExpectationBody
from server.scenario.fault_body import FaultBody, LinkBody
from server.scenario.timeline_body import EntryBody, FileName
from server.scenario.world_body import WorldBody

VEHICLES_AT_MOST = 50


class VehicleBody(Body):
    """A vehicle, or several beside each other, 4 m apart to the east, that are called NAME-1, NAME-2 and so on."""

    name: VehicleName
    home: HomeBody
    count: Annotated[int, Field(ge=1, le=VEHICLES_AT_MOST)] = 1
    parameters: dict[str, float] = Field(default_factory=dict)
    boot: Literal["quick", "real"] = "quick"
    link: LinkBody = Field(default_factory=LinkBody)

    @property
    def names(self) -> tuple[str, ...]:
        """What they are called."""
        return (self.name,) if self.count == 1 else tuple(f"{self.name}-{at + 1}" for at in range(self.count))


class ScenarioBody(Body):
    """What flies where, what is done, what goes wrong, and what is expected."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    description: Annotated[str, Field(max_length=5000)] = ""
    start: AwareDatetime = datetime(2026, 6, 1, 4, 0, tzinfo=UTC)
    duration_s: Annotated[float, Field(gt=0, le=86_400, allow_inf_nan=False)] = 900.0
    seed: Annotated[int, Field(ge=0, le=2**31)] = 0
    zones: FileName | None = None
    vehicles: Annotated[list[VehicleBody], Field(min_length=1, max_length=VEHICLES_AT_MOST)]
    world: WorldBody | None = None
    timeline: Annotated[list[EntryBody], Field(max_length=1000)] = Field(default_factory=list)
    faults: Annotated[list[FaultBody], Field(max_length=1000)] = Field(default_factory=list)
    expectations: Annotated[list[ExpectationBody], Field(min_length=1, max_length=1000)]
