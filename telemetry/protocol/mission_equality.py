"""Whether what came back is what was sent, by what an autopilot keeps of each command.

ArduPilot stores an item in 12 bytes: a place, or a few numbers, never both whole (AP_Mission.cpp,
`mavlink_int_to_mission_cmd` and back). What it has no room for comes back as zero; that is a loss of what the
vehicle never uses, not a difference.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from telemetry.protocol.mission_item_wire import WireItem, as_float32
from telemetry.protocol.mission_type import MissionType

ALT_TOLERANCE_M = 0.011
"""ArduPilot keeps altitudes in whole centimetres, cut off."""
RALLY_ALT_TOLERANCE_M = 1.0
"""Rally altitudes are kept in whole metres."""
_SAME_FRAME = {5: 0, 6: 3, 11: 10}


@dataclass(frozen=True, slots=True)
class KeptFields:
    """What an autopilot keeps of one command.

    Parameters
    ----------
    exact : tuple of int
        Parameters (1..4) kept as single-precision numbers.
    whole : tuple of int
        Parameters kept as whole numbers, cut off.
    has_place : bool
        Latitude, longitude, altitude and frame are kept; otherwise the frame comes back as 0.
    """

    exact: tuple[int, ...] = ()
    whole: tuple[int, ...] = ()
    has_place: bool = False


_PLACE = KeptFields(has_place=True)
KEPT: dict[int, KeptFields] = {
    16: KeptFields(whole=(1,), has_place=True),  # NAV_WAYPOINT: delay
    17: _PLACE,  # NAV_LOITER_UNLIM
    18: KeptFields(whole=(1,), has_place=True),  # NAV_LOITER_TURNS
    19: KeptFields(whole=(1,), has_place=True),  # NAV_LOITER_TIME
    20: KeptFields(),  # NAV_RETURN_TO_LAUNCH
    21: _PLACE,  # NAV_LAND
    22: _PLACE,  # NAV_TAKEOFF: pitch and yaw mean nothing to a copter
    82: KeptFields(whole=(1,), has_place=True),  # NAV_SPLINE_WAYPOINT: delay
    92: KeptFields(whole=(1,)),  # NAV_GUIDED_ENABLE
    93: KeptFields(exact=(1,), whole=(2, 3, 4)),  # NAV_DELAY
    112: KeptFields(exact=(1,)),  # CONDITION_DELAY
    114: KeptFields(exact=(1,)),  # CONDITION_DISTANCE
    115: KeptFields(exact=(1, 2), whole=(3, 4)),  # CONDITION_YAW
    177: KeptFields(whole=(1, 2)),  # DO_JUMP
    178: KeptFields(exact=(1, 2)),  # DO_CHANGE_SPEED
    179: KeptFields(whole=(1,), has_place=True),  # DO_SET_HOME
    181: KeptFields(whole=(1, 2)),  # DO_SET_RELAY
    183: KeptFields(whole=(1, 2)),  # DO_SET_SERVO
    189: _PLACE,  # DO_LAND_START
    195: _PLACE,  # DO_SET_ROI_LOCATION
    197: KeptFields(),  # DO_SET_ROI_NONE
    201: _PLACE,  # DO_SET_ROI
    206: KeptFields(exact=(1,), whole=(3,)),  # DO_SET_CAM_TRIGG_DIST
    207: KeptFields(whole=(1,)),  # DO_FENCE_ENABLE
    1000: KeptFields(whole=(1, 2, 3, 4)),  # DO_GIMBAL_MANAGER_PITCHYAW
    2000: KeptFields(exact=(2,), whole=(1, 3, 4)),  # IMAGE_START_CAPTURE
}
_FENCE_KEPT = KeptFields(exact=(1,))


def differences(
    sent: Sequence[WireItem], received: Sequence[WireItem], mission_type: MissionType
) -> list[str]:
    """Say in clauses where the list on board is not the one that was sent; empty if it is."""
    if len(sent) != len(received):
        return [f"{len(received)} items on board instead of {len(sent)}"]
    found = []
    for ours, theirs in zip(sent, received, strict=True):
        if mission_type is MissionType.MISSION and ours.seq == 0:
            continue  # ArduCopter puts its home there
        found += [f"item {ours.seq}: {clause}" for clause in _item_differences(ours, theirs, mission_type)]
    return found


def _item_differences(ours: WireItem, theirs: WireItem, mission_type: MissionType) -> list[str]:
    if ours.seq != theirs.seq:
        return [f"number {theirs.seq}"]
    if ours.command != theirs.command:
        return [f"command {theirs.command} instead of {ours.command}"]
    if mission_type is MissionType.FENCE:
        return _param_differences(ours, theirs, _FENCE_KEPT) + _place_differences(ours, theirs, None, None)
    if mission_type is MissionType.RALLY:
        return _place_differences(ours, theirs, RALLY_ALT_TOLERANCE_M, None)
    kept = KEPT.get(ours.command)
    if kept is None:
        return _unknown_differences(ours, theirs)
    found = _param_differences(ours, theirs, kept)
    if kept.has_place:
        frame = _SAME_FRAME.get(ours.frame, ours.frame)
        found += _place_differences(ours, theirs, ALT_TOLERANCE_M, frame)
    return found


def _param_differences(ours: WireItem, theirs: WireItem, kept: KeptFields) -> list[str]:
    found = []
    for number in (*kept.exact, *kept.whole):
        wanted, got = as_float32(ours.params[number - 1]), theirs.params[number - 1]
        if number in kept.whole:
            wanted, got = math.trunc(wanted), math.trunc(got) if math.isfinite(got) else math.nan
        if not (wanted == got or math.isclose(wanted, got, rel_tol=1e-6, abs_tol=1e-6)):
            found.append(f"parameter {number} is {got:g} instead of {wanted:g}")
    return found


def _place_differences(
    ours: WireItem, theirs: WireItem, alt_tolerance_m: float | None, frame: int | None
) -> list[str]:
    found = []
    if (ours.x, ours.y) != (theirs.x, theirs.y):
        found.append(
            f"position {theirs.x / 1e7:.7f},{theirs.y / 1e7:.7f} instead of {ours.x / 1e7:.7f},{ours.y / 1e7:.7f}"
        )
    if alt_tolerance_m is not None and not abs(as_float32(ours.z) - theirs.z) <= alt_tolerance_m:
        found.append(f"altitude {theirs.z:g} m instead of {ours.z:g} m")
    if frame is not None and _SAME_FRAME.get(theirs.frame, theirs.frame) != frame:
        found.append(f"frame {theirs.frame} instead of {ours.frame}")
    return found


def _unknown_differences(ours: WireItem, theirs: WireItem) -> list[str]:
    """Compare a command whose storage is not known: what came back as zero counts as not kept."""
    found = []
    for number, (wanted, got) in enumerate(zip(ours.params, theirs.params, strict=True), start=1):
        if got != 0 and not math.isclose(as_float32(wanted), got, rel_tol=1e-6, abs_tol=1.0):
            found.append(f"parameter {number} is {got:g} instead of {wanted:g}")
    if (theirs.x, theirs.y) not in ((0, 0), (ours.x, ours.y)):
        found.append("another position")
    return found
