"""When each step of a plan may be flown."""

import heapq
import math
from collections.abc import Iterator
from dataclasses import replace

from geofence.verification.leg import Leg, SweptArea
from missions.ways.flight_step import FlightStep, Place
from missions.ways.turns import Turn

State = tuple[int, Place]
"""The next item's index in the plan, and where the drone is."""


class StepTimes:
    """The earliest and the latest time at which the drone turns from each state to its next item.

    The earliest is that of the shortest way there. The latest is that of the longest, where no jump leads
    back to it. Of a state that a jump back leads to: each pass between two jumps flies no item twice, so that the
    whole flight takes no longer than all steps together, as often as jumps are taken and once more.

    Parameters
    ----------
    start : (int, Place)
    steps : dict
        The steps that each state may lead to.
    start_s, pause_s : float
        At most lost before the first step, and before each step that flies.
    """

    def __init__(
        self, start: State, steps: dict[State, list[FlightStep]], *, start_s: float, pause_s: float
    ) -> None:
        self._steps = steps
        self._start_s, self._pause_s = start_s, pause_s
        self._earliest_s = self._shortest(start)
        self._latest_s = self._longest(start)

    def timed(self, state: State, step: FlightStep) -> tuple[list[Leg], list[Turn], list[SweptArea]]:
        """Give the legs, turns and areas of a step their times."""
        earliest_s, latest_s = self._earliest_s[state], self._latest_s[state] + self._pause_s
        begin_s = earliest_s
        legs: list[Leg] = []
        for part in step.parts:
            shortest_s, longest_s = part.duration_s
            end_s = earliest_s + shortest_s, latest_s + longest_s
            if len(part.legs) == 1:
                legs.append(replace(part.legs[0], start_s=(earliest_s, latest_s), end_s=end_s))
            else:
                span_s = earliest_s, latest_s + longest_s
                legs += [replace(leg, start_s=span_s, end_s=span_s) for leg in part.legs]
            earliest_s, latest_s = end_s
        span_s = begin_s, latest_s
        turns = [replace(turn, span_s=span_s) for turn in step.turns]
        return legs, turns, [replace(area, span_s=span_s) for area in step.areas]

    def _edges(self) -> Iterator[tuple[State, FlightStep, State]]:
        for state, steps in self._steps.items():
            for step in steps:
                yield state, step, (step.next_index, step.end)

    def _longest_s(self, step: FlightStep) -> float:
        return step.duration_s[1] + (self._pause_s if step.parts else 0.0)

    def _shortest(self, start: State) -> dict[State, float]:
        earliest_s: dict[State, float] = {}
        waiting: list[tuple[float, int, State]] = [(0.0, 0, start)]
        count = 0
        while waiting:
            now_s, _, state = heapq.heappop(waiting)
            if state in earliest_s:
                continue
            earliest_s[state] = now_s
            for step in self._steps.get(state, ()):
                count += 1
                heapq.heappush(waiting, (now_s + step.duration_s[0], count, (step.next_index, step.end)))
        return earliest_s

    def _longest(self, start: State) -> dict[State, float]:
        latest_s = {start: self._start_s}
        for state in sorted(self._earliest_s, key=lambda known: known[0]):
            if state not in latest_s:
                continue
            for step in self._steps.get(state, ()):
                following = (step.next_index, step.end)
                if step.next_index > state[0]:
                    reached_s = latest_s[state] + self._longest_s(step)
                    latest_s[following] = max(latest_s.get(following, 0.0), reached_s)
        jumps = [(state, step) for state, step, _ in self._edges() if step.next_index <= state[0]]
        if jumps:
            repeats = {state[0]: step.repeats for state, step in jumps}
            passes = math.inf if min(repeats.values()) < 0 else 1 + sum(repeats.values())
            all_s = self._start_s + sum(self._longest_s(step) for _, step, _ in self._edges())
            for state in self._reached_from([(step.next_index, step.end) for _, step in jumps]):
                latest_s[state] = passes * all_s
        return latest_s

    def _reached_from(self, states: list[State]) -> set[State]:
        reached: set[State] = set()
        waiting = list(states)
        while waiting:
            state = waiting.pop()
            if state not in reached:
                reached.add(state)
                waiting += [(step.next_index, step.end) for step in self._steps.get(state, ())]
        return reached
