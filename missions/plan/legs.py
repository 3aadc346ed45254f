"""From mission items to the legs that a copter flies for them."""

from dataclasses import dataclass

from geofence.terrain import Terrain
from geofence.verification.finding import Finding
from geofence.verification.leg import Leg, SweptArea
from missions.plan.plan import Plan
from missions.ways.copter_motion import CopterMotion
from missions.ways.flight_step import FlightStep
from missions.ways.item_steps import ItemSteps
from missions.ways.plan_ground import PlanGround
from missions.ways.step_times import State, StepTimes
from missions.ways.turns import Turn


@dataclass(frozen=True, slots=True)
class PlanWays:
    """All ways that a plan's items can lead a copter.

    Parameters
    ----------
    legs : tuple of Leg
        With their times after departure.
    turns : tuple of Turn
        Where legs meet, and where it takes off and lands.
    areas : tuple of SweptArea
        Where it may be anywhere.
    findings : tuple of Finding
        On items that cannot be followed.
    """

    legs: tuple[Leg, ...]
    turns: tuple[Turn, ...]
    areas: tuple[SweptArea, ...]
    findings: tuple[Finding, ...]


def legs_of(plan: Plan) -> tuple[list[Leg], list[Finding]]:
    """Every leg that the items can lead to over level ground, and findings on items that cannot be followed."""
    ways = ways_of(plan)
    return list(ways.legs), list(ways.findings)


def ways_of(plan: Plan, *, motion: CopterMotion | None = None, terrain: Terrain | None = None) -> PlanWays:
    """Follow the items from home, both ways at every jump.

    Parameters
    ----------
    plan : Plan
    motion : CopterMotion, optional
        By default ArduCopter's as shipped.
    terrain : Terrain, optional
    """
    motion = motion if motion is not None else CopterMotion()
    items = ItemSteps(plan, motion, PlanGround(plan, terrain))
    start: State = (0, items.start())
    steps: dict[State, list[FlightStep]] = {}
    waiting = [start]
    while waiting:
        state = waiting.pop()
        if state in steps or state[0] >= len(plan.items):
            continue
        steps[state] = items.steps(*state)
        waiting += [(step.next_index, step.end) for step in steps[state]]
    times = StepTimes(start, steps, start_s=motion.start_s, pause_s=motion.pause_s)
    legs: list[Leg] = []
    turns: list[Turn] = []
    areas: list[SweptArea] = []
    for state in sorted(steps, key=lambda known: (known[0], known[1].seq)):
        for step in steps[state]:
            of_step = times.timed(state, step)
            legs += of_step[0]
            turns += of_step[1]
            areas += of_step[2]
    return PlanWays(tuple(legs), tuple(turns), tuple(areas), items.findings)
