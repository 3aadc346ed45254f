"""Flights towards boundaries in simulated wind: announced in time, hardly ever red for nothing, and kept out."""

import pytest

from tests.telemetry.guard.approach import Approach, Outcome, fly

FLOWN = 200
FLOWN_ALWAYS = 60
WARNING_S = 10.0
BEGUN_S = 2.0
"""A flight that begins closer than the warning time is announced as soon as it is seen to move there."""
KEPT_OUT_BY_M = 0.2


def judge(outcomes: list[tuple[Outcome, Outcome]]) -> None:
    free = [outcome for outcome, _ in outcomes]
    for outcome in free:
        if outcome.breached_s is not None:
            assert outcome.announced_s is not None, outcome
            is_at_once = outcome.announced_s - outcome.begun_s <= BEGUN_S
            assert outcome.warned_s >= WARNING_S or is_at_once, outcome
            assert outcome.red_s is not None, outcome
            assert outcome.red_s < outcome.breached_s, outcome
    false_reds = [outcome for outcome in free if outcome.red_s is not None and outcome.breached_s is None]
    assert len(false_reds) < 0.01 * len(free), false_reds
    for _, guarded in outcomes:
        assert guarded.breached_s is None, guarded
        assert guarded.deepest_m <= -KEPT_OUT_BY_M, guarded
        assert guarded.orders == (0 if guarded.red_s is None else 1), guarded
        if guarded.red_s is not None:
            assert guarded.acted is not None, guarded
            assert guarded.acted.value == guarded.approach.action.value, guarded


@pytest.mark.parametrize(
    "seeds",
    [
        pytest.param(range(FLOWN_ALWAYS), id="some"),
        pytest.param(range(FLOWN_ALWAYS, FLOWN), id="rest", marks=pytest.mark.soak),
    ],
)
def test_approaches(seeds: range) -> None:
    approaches = [Approach.of(seed) for seed in seeds]
    outcomes = [(fly(approach, is_guarded=False), fly(approach, is_guarded=True)) for approach in approaches]
    judge(outcomes)
    assert sum(free.breached_s is not None for free, _ in outcomes) >= 0.75 * len(outcomes)
