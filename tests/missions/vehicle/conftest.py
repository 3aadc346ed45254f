"""Plans over a made-up field."""

from dataclasses import replace

import pytest

from missions.plan.item import Command, Frame, MissionItem
from missions.plan.plan import Plan

RETURN = MissionItem(0, Command.NAV_RETURN_TO_LAUNCH, Frame.MISSION)


@pytest.fixture(scope="session")
def to(fields):
    """An item flown to, metres east and north of home."""

    def make(x_m, y_m=0.0, alt_m=30.0, command=Command.NAV_WAYPOINT, params=()):
        filled = tuple(float(value) for value in (*params, *(0.0,) * (4 - len(params))))
        return MissionItem(0, command, position=fields.at(x_m, y_m), alt_m=alt_m, params=filled)

    return make


@pytest.fixture(scope="session")
def plan_of(fields):
    """A plan that takes off to 30 m, does the items, and returns; home lies at 1520 m as the simulator's."""

    def make(*items, speed_m_s=None, ends=(RETURN,), **changes):
        begins = [MissionItem(0, Command.NAV_TAKEOFF, alt_m=30.0)]
        if speed_m_s is not None:
            begins.append(order(Command.DO_CHANGE_SPEED, 1.0, speed_m_s, -1.0))
        numbered = tuple(replace(item, seq=seq) for seq, item in enumerate((*begins, *items, *ends), start=1))
        known = {"home_alt_amsl_m": 1520.0, "speed_m_s": speed_m_s, **changes}
        return Plan("test", fields.at(0.0, 0.0), numbered, **known)

    return make


def order(command, *params):
    """A do-command."""
    filled = (*params, *(0.0,) * (4 - len(params)))
    return MissionItem(0, command, Frame.MISSION, params=filled)


@pytest.fixture(scope="session")
def order_of():
    return order
