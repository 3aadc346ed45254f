"""Refusals before a flight, and a flight flown whole, against a copter in memory."""

import asyncio
import math
from dataclasses import replace

import pytest
from shapely import Polygon

from geofence.altitude_band import AltitudeBand, AltitudeDatum
from geofence.latlon import LatLon
from geofence.verification.return_policy import RallyPoint, ReturnPolicy
from geofence.zone import Zone, ZoneKind
from geofence.zone_set import ZoneSet
from telemetry.clock import SystemClock
from telemetry.events import (
    FenceUploaded,
    FlightEnded,
    MissionUploaded,
    ParametersChanged,
)
from telemetry.flight.flight import Flight, FlightPhase, FlightRefused, demand_flyable
from telemetry.protocol.mission_type import MissionResult, MissionType
from telemetry.refusal import TelemetryError
from tests.telemetry.protocol.flown_plan import (
    FIELD,
    HOME,
    PLAN,
    QUICK,
    box,
    current,
    good_flight,
    north,
)


async def test_a_flight_flown_whole(fly, copter):
    copter.script = good_flight(copter)
    flight = await fly()
    result = flight.outcome
    assert result.completed, result.reason
    assert (result.items, result.reached, result.violations) == (3, 3, 0)
    assert result.length_m == pytest.approx(100, abs=1)
    assert result.takeoff_s == pytest.approx(1, abs=0.1)
    assert result.landed_s == pytest.approx(50, abs=0.1)
    assert result.min_zone_clearance_m == pytest.approx(250, abs=1)
    assert flight.phase is FlightPhase.COMPLETED
    kinds = [type(event) for event in flight.events]
    assert kinds.index(MissionUploaded) < kinds.index(FenceUploaded) < kinds.index(FlightEnded)
    orders = [message.command for message in copter.heard if message.name == "COMMAND_LONG"]
    assert orders == [176, 400, 176, 300]


async def test_the_fence_is_on_board_before_it_is_switched_on(fly, copter):
    copter.script = good_flight(copter)
    flight = await fly()
    set_names = [message.param_id for message in copter.heard if message.name == "PARAM_SET"]
    assert set_names[-1] == "FENCE_ENABLE"
    fence_item = max(
        number for number, message in enumerate(copter.heard) if message.name == "MISSION_ITEM_INT"
    )
    assert fence_item < copter.heard.index(
        next(message for message in copter.heard if message.name == "PARAM_SET")
    )
    parameters = {name: value for name, (value, _) in copter.parameters.items()}
    assert parameters["FENCE_TYPE"] == 5
    assert parameters["FENCE_ACTION"] == 1
    assert 33 <= parameters["FENCE_ALT_MAX"] <= 100
    assert parameters["FENCE_ENABLE"] == 1
    assert {item.command for item in copter.lists[1].items} == {5001}
    assert any("circular fence of 150 m" in note for note in flight.notes)


async def test_without_a_fence_nothing_of_it_is_touched(fly, copter):
    copter.script = good_flight(copter)
    assert (await fly(with_fence=False)).outcome.completed
    assert not any(message.name == "PARAM_SET" for message in copter.heard)
    assert copter.lists[1].items == []


async def test_a_vehicle_without_a_fence(fly, copter, monkeypatch):
    from telemetry.protocol.machine import Retry

    monkeypatch.setattr(Retry, "delay_s", lambda self, attempt: 0.05)
    copter.parameters.clear()
    with pytest.raises(TelemetryError, match=r"has no fence.*--no-fence"):
        await fly()
    assert not copter.is_armed


async def test_a_way_back_that_cannot_be_set_is_refused_by_name(fly, copter, monkeypatch):
    from telemetry.protocol.machine import Retry

    monkeypatch.setattr(Retry, "delay_s", lambda self, attempt: 0.05)
    del copter.parameters["RTL_CONE_SLOPE"]
    with pytest.raises(
        FlightRefused, match=r"way back \(rtl\) cannot be set: the vehicle has no RTL_CONE_SLOPE"
    ):
        await fly(replace(PLAN, returns=ReturnPolicy(alt_rel_m=40.0)))
    assert copter.lists[0].items == []
    assert not any(message.name == "PARAM_SET" for message in copter.heard)


async def test_a_rally_point_between_whole_metres_is_refused(fly, copter):
    policy = ReturnPolicy(alt_rel_m=30.0, rally_points=(RallyPoint(north(40), 30.5),))
    with pytest.raises(FlightRefused, match="keeps whole metres"):
        await fly(replace(PLAN, returns=policy))
    assert copter.lists[2].items == []


async def test_a_return_altitude_that_does_not_stay_is_refused(fly, copter, monkeypatch):
    from telemetry.protocol.machine import Retry

    monkeypatch.setattr(Retry, "delay_s", lambda self, attempt: 0.05)
    copter.clamp["RTL_ALT"] = 3000.0
    with pytest.raises(TelemetryError, match="RTL_ALT stays 3000 and does not become 4000"):
        await fly(replace(PLAN, returns=ReturnPolicy(alt_rel_m=40.0)))
    assert not copter.is_armed


async def test_it_is_verified_for_the_altitude_the_vehicle_says(fly, copter):
    lid = Zone.of_area(
        "lid", "lid", ZoneKind.EXCLUSION, FIELD.zones[0].area, AltitudeBand(1550.0, None, AltitudeDatum.AMSL)
    )
    plan = replace(PLAN, home_alt_amsl_m=1500.0)
    demand_flyable(plan, ZoneSet([*FIELD, lid]))
    with pytest.raises(FlightRefused, match="lid"):
        await fly(plan, ZoneSet([*FIELD, lid]))
    assert copter.heard == []


@pytest.mark.parametrize("is_told", [True, False])
async def test_a_fence_that_does_not_fit_is_made_simpler(fly, copter, is_told):
    circle = [
        (HOME.lon_deg + 0.004 * math.cos(angle / 30), HOME.lat_deg + 0.003 * math.sin(angle / 30))
        for angle in range(188)
    ]
    zones = ZoneSet([Zone.of_area("round", "round", ZoneKind.INCLUSION, Polygon(circle))])
    store = copter.lists[1]
    if is_told:
        store.capacity = 50
    else:
        # Where only the bytes are too many it answers with an error.
        store.refuse = lambda item: MissionResult.ERROR if item.params[0] > 50 else 0
    copter.script = good_flight(copter)
    flight = await fly(zones=zones)
    assert flight.outcome.completed
    assert 3 <= len(store.items) <= 38
    assert any("a smaller one is on board" in note for note in flight.notes)


async def test_returns_of_newer_firmware_are_set_in_metres(fly, copter, monkeypatch):
    from telemetry.protocol.machine import Retry

    monkeypatch.setattr(Retry, "delay_s", lambda self, attempt: 0.05)
    for name in ("RTL_ALT", "RTL_ALT_FINAL", "RTL_CLIMB_MIN"):
        del copter.parameters[name]
        copter.parameters[f"{name}_M"] = (5.0, 9)
    copter.parameters["MAV_GCS_SYSID"] = copter.parameters.pop("SYSID_MYGCS")
    copter.script = good_flight(copter)
    assert (await fly(replace(PLAN, returns=ReturnPolicy(alt_rel_m=40.5)))).outcome.completed
    set_to = {name: value for name, (value, _) in copter.parameters.items()}
    assert (set_to["RTL_ALT_M"], set_to["RTL_ALT_FINAL_M"], set_to["RTL_CLIMB_MIN_M"]) == (40.5, 0.0, 0.0)


async def test_an_altitude_of_return_in_metres_is_verified(fly, copter, monkeypatch):
    from telemetry.protocol.machine import Retry

    monkeypatch.setattr(Retry, "delay_s", lambda self, attempt: 0.05)
    del copter.parameters["RTL_ALT"]
    copter.parameters["RTL_ALT_M"] = (110.0, 9)
    with pytest.raises(FlightRefused, match="field"):
        await fly()


@pytest.mark.parametrize("name", ["SYSID_MYGCS", "MAV_GCS_SYSID"])
async def test_a_vehicle_that_heeds_another_station_is_refused(fly, copter, monkeypatch, name):
    from telemetry.protocol.machine import Retry

    monkeypatch.setattr(Retry, "delay_s", lambda self, attempt: 0.05)
    del copter.parameters["SYSID_MYGCS"]
    copter.parameters[name] = (77.0, 4)
    with pytest.raises(FlightRefused, match=f"listens to ground station 77.*Set {name} to 255"):
        await fly(replace(PLAN, returns=ReturnPolicy(alt_rel_m=40.0)))
    assert copter.lists[0].items == []


async def test_a_plan_for_another_place_sends_nothing(fly, copter):
    there = LatLon(31.2304, 121.4737)
    plan = replace(
        PLAN, home=there, items=(PLAN.items[0], replace(PLAN.items[1], position=there), PLAN.items[2])
    )
    with pytest.raises(FlightRefused, match=r"for another place.*km from the vehicle.*--home 36\.0925"):
        await fly(plan, None)
    assert copter.heard == []


async def test_an_illegal_plan_sends_nothing(fly, copter):
    zones = ZoneSet([*FIELD, box("hospital", ZoneKind.EXCLUSION, 30, 80)])
    with pytest.raises(FlightRefused, match="hospital") as caught:
        await fly(zones=zones)
    assert caught.value.findings
    assert copter.heard == []


def test_without_zones_only_altitudes_are_verified():
    demand_flyable(PLAN, None)
    high = replace(PLAN, items=(PLAN.items[0], replace(PLAN.items[1], alt_m=150.0), PLAN.items[2]))
    with pytest.raises(FlightRefused, match="120"):
        demand_flyable(high, None)
    demand_flyable(high, None, allow_above_120=True)
    with pytest.raises(FlightRefused, match="no item to fly to"):
        demand_flyable(replace(PLAN, items=()), None)


async def test_an_armed_vehicle_is_left_alone(fly, copter):
    copter.is_armed = True
    copter.out.append(copter.heartbeat())
    await asyncio.sleep(0.01)
    with pytest.raises(FlightRefused, match="armed already"):
        await fly()
    assert copter.heard == []


async def test_no_position_within_patience(fly, copter, vehicle):
    copter.out.clear()
    with pytest.raises(FlightRefused, match="does not know its position"):
        await fly()


async def test_a_mission_left_in_auto_is_not_overwritten_there(fly, copter):
    copter.mode = 3
    copter.out.append(copter.heartbeat())
    await asyncio.sleep(0.01)
    copter.script = good_flight(copter)
    assert (await fly()).outcome.completed
    changes = [message for message in copter.heard if message.name in ("COMMAND_LONG", "MISSION_COUNT")]
    assert changes[0].command == 176


async def test_reasons_are_told_until_it_can_arm(fly, copter):
    copter.script = good_flight(copter)
    copter.deny[400] = (4, ("Arm: Need Position Estimate",))

    async def recover():
        while copter.deny:
            await asyncio.sleep(0.01)
            copter.out.append(copter.at(next(seconds)))
            if sum(message.fields.get("command") == 400 for message in copter.heard) == 3:
                copter.deny.clear()

    seconds = (100 + number / 100 for number in range(10_000))

    recovering = asyncio.create_task(recover())
    flight = await fly()
    await recovering
    assert flight.outcome.completed
    assert flight.notes.count("Waiting to arm: Arm: Need Position Estimate") == 1


async def test_arming_is_given_up_with_the_reasons(fly, copter):
    copter.deny[400] = (4, ("Arm: Battery failsafe",))

    async def let_time_pass():
        for second in range(1000):
            copter.out.append(copter.at(100 + second / 10))
            await asyncio.sleep(0.01)

    passing = asyncio.create_task(let_time_pass())
    with pytest.raises(FlightRefused, match=r"could not be armed within 1 s: Arm: Battery failsafe"):
        await fly()
    passing.cancel()
    assert not copter.is_armed


async def test_one_that_disarms_on_the_ground_is_started_again(fly, copter):
    flown = good_flight(copter)

    def again():
        copter.script = flown
        return copter.heartbeat()

    copter.script = [current(1), copter.at(104), copter.become(is_armed=False), again]
    flight = await fly()
    assert flight.outcome.completed
    assert any("trying again" in note for note in flight.notes)


async def test_one_that_somebody_disarms_on_the_ground_stays_there(fly, copter):
    copter.script = [current(1), copter.at(102), copter.become(is_armed=False)]
    with pytest.raises(FlightRefused, match="was disarmed before it took off"):
        await fly()
    orders = [message.param1 for message in copter.heard if message.fields.get("command") == 400]
    assert orders == [1]


async def test_one_that_never_takes_off_is_disarmed(fly, copter):
    copter.script = [current(1), *(copter.at(101 + second) for second in range(20))]
    with pytest.raises(FlightRefused, match="did not take off within 5 s"):
        await fly()
    assert not copter.is_armed


async def test_a_refused_start_disarms(fly, copter):
    copter.deny[300] = (2, ("Mission start refused",))
    with pytest.raises(TelemetryError, match="MISSION_START"):
        await fly()
    assert not copter.is_armed


async def test_a_start_whose_answer_is_lost_is_watched(fly, copter, monkeypatch):
    from telemetry.protocol.machine import Retry

    monkeypatch.setattr(Retry, "delay_s", lambda self, attempt: 0.01)
    copter.silent.add(300)
    copter.is_flying_script = True
    copter.script = [*([copter.heartbeat] * 40), *good_flight(copter)]
    flight = await fly()
    assert flight.outcome.completed
    assert any("Waiting whether it takes off" in note for note in flight.notes)


async def test_a_fence_on_board_that_forbids_the_plan_leaves_the_mission_on_board(
    fly, vehicle, copter, survey
):
    former = survey(4)
    await vehicle.upload(MissionType.MISSION, former)
    copter.heard.clear()
    copter.parameters |= {"FENCE_AUTOENABLE": (3.0, 2), "FENCE_TYPE": (1.0, 2), "FENCE_ALT_MAX": (20.0, 9)}
    with pytest.raises(FlightRefused, match="ceiling of 20 m"):
        await fly(zones=None)
    assert {message.name for message in copter.heard} == {"PARAM_REQUEST_READ"}
    assert len(copter.lists[0].items) == len(former)


async def test_a_ceiling_that_is_raised_is_told(fly, copter):
    copter.script = good_flight(copter)
    copter.parameters["FENCE_ALT_MAX"] = (50.0, 9)
    flight = await fly()
    assert any("for the fence: FENCE_ALT_MAX 50 to 100" in note for note in flight.notes)
    (event,) = [event for event in flight.events if isinstance(event, ParametersChanged)]
    assert event.changes["FENCE_ALT_MAX"] == (50.0, 100.0)


async def test_it_is_verified_from_where_the_vehicle_stands(fly, copter):
    pad = box("pad", ZoneKind.EXCLUSION, -40, -20)
    zones = ZoneSet([*FIELD, pad])
    demand_flyable(PLAN, zones)
    copter.out.append(copter.at(100, north(-60).lat_deg))
    with pytest.raises(FlightRefused, match="pad"):
        await fly(zones=zones)
    assert copter.heard == []


async def test_a_flight_that_is_under_way_is_taken_up_and_nothing_is_sent_for_it(vehicle, copter):
    copter.become(mode=3, is_armed=True, status=4)()
    copter.out += [copter.heartbeat(), copter.at(130, alt_m=30)]
    to_the_waypoint = 6
    copter.script = good_flight(copter)[to_the_waypoint:]
    copter.is_flying_script = True
    flight = Flight(vehicle, PLAN, FIELD, clock=SystemClock(), limits=QUICK)
    result = await asyncio.wait_for(flight.take_up(2), 20)
    assert result.completed, result.reason
    assert (result.items, result.reached, result.takeoff_s, result.landed_s) == (3, 3, None, None)
    assert flight.elapsed_s is None
    assert copter.heard == []


async def test_a_flight_taken_up_counts_from_when_its_mission_began(vehicle, copter):
    copter.become(mode=3, is_armed=True, status=4)()
    copter.out += [copter.heartbeat(), copter.at(130, alt_m=30)]
    copter.script = good_flight(copter)[6:]
    copter.is_flying_script = True
    flight = Flight(vehicle, PLAN, FIELD, clock=SystemClock(), limits=QUICK)
    result = await asyncio.wait_for(flight.take_up(2, 105.0), 20)
    assert flight.elapsed_s == vehicle.boot_time_s - 105.0
    assert (result.takeoff_s, result.landed_s) == (None, flight.elapsed_s)
