"""Waypoints at which a copter has to stop, because its cut corner would leave legal space."""

from dataclasses import replace

from geofence.verification.finding import FindingCode
from geofence.verification.verification import Verification
from missions.plan.item import Command
from missions.plan.plan import Plan

_STOP_S = 1.0
"""ArduCopter stops at a waypoint with a delay, which it keeps in whole seconds."""


def with_stops(plan: Plan, verification: Verification) -> Plan:
    """Let the copter stop at every waypoint whose turn was found to be cut too far; the plan itself where none was."""
    cut = {finding.item_seq for finding in verification.findings if finding.code is FindingCode.CORNER}
    if not cut:
        return plan
    items = tuple(
        replace(item, params=(_STOP_S, *item.params[1:]))
        if item.seq in cut and item.command == Command.NAV_WAYPOINT
        else item
        for item in plan.items
    )
    return replace(plan, items=items)
