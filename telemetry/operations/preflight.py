"""The check list before a flight: what is well, what to look at, and what forbids it. Nothing on board is changed."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from missions.plan.plan import Plan
from telemetry.flight.parameter_changes import read_if_known
from telemetry.operations.guided_flight import distance_m
from telemetry.protocol.mission_equality import differences
from telemetry.protocol.mission_item_wire import items_of_plan
from telemetry.protocol.mission_type import MissionType
from telemetry.refusal import TelemetryError
from telemetry.vehicle.vehicle import Vehicle
from telemetry.vehicle.vehicle_state import VehicleState

HOME_TOLERANCE_M = 5.0
HOME_DISTANCE_M = 100.0
LINK_AGE_S = 1.5
FIX_3D = 3
SATELLITES = 8
HDOP = 1.5
RESERVE_PCT = 20.0
"""Left in the battery on landing."""
LOW_PCT = 30
CHECKED_PARAMETERS = ("ARMING_CHECK", "FS_GCS_ENABLE", "FS_THR_ENABLE", "BATT_FS_LOW_ACT")
"""Settings that switch a safeguard off where they are 0."""


class Verdict(StrEnum):
    """What a check comes to."""

    OK = "ok"
    WARNING = "warning"
    BLOCKING = "blocking"


class CheckName(StrEnum):
    """What is checked."""

    LINK = "link"
    POSITION = "position"
    HOME = "home"
    BATTERY = "battery"
    PREARM = "prearm"
    HEALTH = "health"
    STORAGE = "storage"
    FENCE = "fence"
    PARAMETERS = "parameters"
    MISSION = "mission"


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the list."""

    name: CheckName
    verdict: Verdict
    words: str


async def check_before_flight(
    vehicle: Vehicle, plan: Plan | None = None, *, battery_need_pct: float | None = None
) -> tuple[Check, ...]:
    """Go through the list.

    Parameters
    ----------
    vehicle : Vehicle
    plan : Plan or None
        The one to be flown; without it only the vehicle is looked at.
    battery_need_pct : float or None
        What the plan is predicted to take of a full battery.

    Raises
    ------
    VehicleSilent
        If it stops answering meanwhile.
    """
    state = vehicle.state
    checks = [*_link(vehicle, state)]
    if not state.is_connected:
        return tuple(checks)
    checks += _position(state)
    checks += _home(state, plan)
    checks += _battery(state, battery_need_pct)
    checks += _prearm(state, plan)
    checks += _health(state)
    checks += await _fence(vehicle, state)
    if _is_ardupilot(state):
        checks += await _parameters(vehicle)
    if plan is not None:
        checks += await _mission(vehicle, plan)
    return tuple(checks)


def _link(vehicle: Vehicle, state: VehicleState) -> Iterator[Check]:
    age_s = vehicle.clock.utc_s() - state.updated_s
    if not state.is_connected:
        yield Check(CheckName.LINK, Verdict.BLOCKING, "The vehicle is not heard")
    elif age_s > LINK_AGE_S:
        yield Check(CheckName.LINK, Verdict.WARNING, f"Last heard {age_s:.1f} s ago")
    else:
        yield Check(CheckName.LINK, Verdict.OK, f"Heard over {state.link}")


def _position(state: VehicleState) -> Iterator[Check]:
    satellites = "" if state.gps_satellites is None else f", {state.gps_satellites} satellites"
    if state.position is None or (state.gps_fix is not None and state.gps_fix < FIX_3D):
        yield Check(CheckName.POSITION, Verdict.BLOCKING, f"No position{satellites}")
    elif (state.gps_satellites or SATELLITES) < SATELLITES or (state.gps_hdop or 0.0) > HDOP:
        hdop = "" if state.gps_hdop is None else f", HDOP {state.gps_hdop:.1f}"
        yield Check(CheckName.POSITION, Verdict.WARNING, f"A weak position{satellites}{hdop}")
    else:
        yield Check(CheckName.POSITION, Verdict.OK, f"The position is known{satellites}")


def _home(state: VehicleState, plan: Plan | None) -> Iterator[Check]:
    if state.home is None:
        yield Check(CheckName.HOME, Verdict.BLOCKING, "Home is not set: it would not know where to return to")
        return
    if plan is not None:
        away_m = distance_m(state.position or state.home, plan.home)
        if away_m > HOME_DISTANCE_M:
            yield Check(CheckName.HOME, Verdict.BLOCKING, f"It stands {away_m:.0f} m from the plan's home")
            return
        if away_m > HOME_TOLERANCE_M:
            yield Check(CheckName.HOME, Verdict.WARNING, f"It stands {away_m:.0f} m from the plan's home")
            return
    yield Check(CheckName.HOME, Verdict.OK, "Home is set")


def _battery(state: VehicleState, need_pct: float | None) -> Iterator[Check]:
    left_pct = state.battery_pct
    if left_pct is None:
        yield Check(CheckName.BATTERY, Verdict.WARNING, "The vehicle does not say how full its battery is")
    elif need_pct is not None and left_pct < need_pct:
        yield Check(
            CheckName.BATTERY, Verdict.BLOCKING, f"{left_pct} % are left, and the plan takes {need_pct:.0f} %"
        )
    elif need_pct is not None and left_pct < need_pct + RESERVE_PCT:
        yield Check(
            CheckName.BATTERY,
            Verdict.WARNING,
            f"{left_pct} % are left, the plan takes {need_pct:.0f} %: less than {RESERVE_PCT:.0f} % stay in reserve",
        )
    elif need_pct is None and left_pct < LOW_PCT:
        yield Check(CheckName.BATTERY, Verdict.WARNING, f"{left_pct} % are left")
    else:
        yield Check(CheckName.BATTERY, Verdict.OK, f"{left_pct} % are left")


def _prearm(state: VehicleState, plan: Plan | None) -> Iterator[Check]:
    reasons = "; ".join(state.prearm_reasons)
    if state.is_armed:
        # No plan is put on board of one that somebody else may be flying.
        verdict = Verdict.WARNING if plan is None else Verdict.BLOCKING
        yield Check(CheckName.PREARM, verdict, "It is armed already")
    elif state.prearm_ok is False:
        yield Check(
            CheckName.PREARM, Verdict.BLOCKING, f"It will not arm: {reasons or 'it does not say why'}"
        )
    elif state.prearm_ok is None:
        yield Check(CheckName.PREARM, Verdict.WARNING, "It does not say whether it would arm")
    else:
        yield Check(CheckName.PREARM, Verdict.OK, "It would arm")


def _health(state: VehicleState) -> Iterator[Check]:
    unwell = [name for name in state.unhealthy if name != "logging"]
    if unwell:
        yield Check(CheckName.HEALTH, Verdict.WARNING, f"Not well: {', '.join(unwell)}")
    else:
        yield Check(CheckName.HEALTH, Verdict.OK, "No system says that it is unwell")
    if "logging" in state.unhealthy:
        yield Check(CheckName.STORAGE, Verdict.WARNING, "It cannot write its own log: card full or missing")
    else:
        yield Check(CheckName.STORAGE, Verdict.OK, "It has not said that its log fails")


def _is_ardupilot(state: VehicleState) -> bool:
    return state.autopilot.startswith("ArduPilot")


async def _fence(vehicle: Vehicle, state: VehicleState) -> list[Check]:
    if state.fence_breached:
        return [Check(CheckName.FENCE, Verdict.BLOCKING, "Its fence is breached where it stands")]
    # Asked of others than ArduPilot it is only silence, for as long as silence takes.
    is_enabled = await read_if_known(vehicle, "FENCE_ENABLE") if _is_ardupilot(state) else state.fence_enabled
    if is_enabled is None:
        return [Check(CheckName.FENCE, Verdict.WARNING, "It has no fence of its own")]
    if not is_enabled:
        return [
            Check(CheckName.FENCE, Verdict.WARNING, "Its fence is switched off; a flight puts one on board")
        ]
    return [Check(CheckName.FENCE, Verdict.OK, "Its fence is switched on")]


async def _parameters(vehicle: Vehicle) -> list[Check]:
    off = [name for name in CHECKED_PARAMETERS if await read_if_known(vehicle, name) == 0.0]
    if off:
        return [
            Check(CheckName.PARAMETERS, Verdict.WARNING, f"Safeguards are switched off: {', '.join(off)}")
        ]
    return [Check(CheckName.PARAMETERS, Verdict.OK, "No safeguard is switched off")]


async def _mission(vehicle: Vehicle, plan: Plan) -> list[Check]:
    try:
        on_board = await vehicle.download(MissionType.MISSION)
    except TelemetryError as refusal:
        return [Check(CheckName.MISSION, Verdict.WARNING, str(refusal))]
    found = differences(items_of_plan(plan), on_board, MissionType.MISSION)
    if found:
        return [
            Check(CheckName.MISSION, Verdict.WARNING, "Another mission is on board; a flight replaces it")
        ]
    return [Check(CheckName.MISSION, Verdict.OK, f"The plan is on board ({len(plan.items)} items)")]
