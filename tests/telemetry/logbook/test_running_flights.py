"""What is flown outlives the process."""

import json
from dataclasses import replace

import pytest

from geofence.latlon import LatLon
from geofence.verification.return_policy import ReturnPolicy
from missions.plan.item import Command, Frame, MissionItem
from missions.plan.plan import Plan, Route, RouteKind
from telemetry.logbook.running_flights import RUNNING_FOLDER, RunningFlight, RunningFlights
from telemetry.protocol.mission_item_wire import items_of_plan

HOME = LatLon(36.0925, 103.708)
PLACES = tuple(LatLon(36.0925 + 0.0003123 * number, 103.7081234) for number in range(4))
PLAN = Plan(
    "night patrol 夜巡",
    HOME,
    (
        MissionItem(1, Command.NAV_TAKEOFF, alt_m=30),
        MissionItem(2, Command.DO_CHANGE_SPEED, params=(1.0, 7.5, -1.0, 0.0)),
        *(
            MissionItem(3 + number, Command.NAV_WAYPOINT, position=place, alt_m=30)
            for number, place in enumerate(PLACES)
        ),
        MissionItem(
            7, Command.NAV_LOITER_TURNS, position=PLACES[2], alt_m=30.0, params=(2.0, 0.0, 30.0, 0.0)
        ),
        MissionItem(8, Command.NAV_WAYPOINT, position=PLACES[0], alt_m=1550.0, frame=Frame.GLOBAL),
        MissionItem(9, Command.NAV_RETURN_TO_LAUNCH),
    ),
    routes=(Route(RouteKind.LINE, PLACES, (30.0,) * 4, 104.0),),
    home_alt_amsl_m=1520.0,
    speed_m_s=7.5,
    margin_m=5.0,
    returns=ReturnPolicy(),
)
FLIGHT = RunningFlight(vehicle_id="north-1", plan=PLAN, who="李", why="patrol", started_s=1.7e9, plan_id="p7")


def test_a_flight_is_kept_replaced_and_dropped(tmp_path):
    RunningFlights(tmp_path).keep(replace(FLIGHT, who="wang"))
    RunningFlights(tmp_path).keep(FLIGHT)
    RunningFlights(tmp_path).keep(replace(FLIGHT, vehicle_id="2-2"))
    second, first = RunningFlights(tmp_path).all()
    assert (second.vehicle_id, first.vehicle_id) == ("2-2", "north-1")
    assert (first.plan_id, first.who, first.why, first.started_s) == ("p7", "李", "patrol", 1.7e9)
    assert items_of_plan(first.plan) == items_of_plan(PLAN)
    for name in ("name", "home", "home_alt_amsl_m", "speed_m_s", "margin_m", "routes", "returns"):
        assert getattr(first.plan, name) == getattr(PLAN, name), name
    RunningFlights(tmp_path).drop("north-1")
    RunningFlights(tmp_path).drop("north-1")
    assert [flight.vehicle_id for flight in RunningFlights(tmp_path).all()] == ["2-2"]


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"version": 2}', '{"version": 1, "vehicle_id": "1-1"}', "3"]
)
def test_what_cannot_be_read_is_left_out(tmp_path, content):
    RunningFlights(tmp_path).keep(FLIGHT)
    (tmp_path / RUNNING_FOLDER / "bad.json").write_text(content)
    assert [flight.vehicle_id for flight in RunningFlights(tmp_path).all()] == ["north-1"]


def test_a_file_of_an_earlier_version_has_no_plan_id(tmp_path):
    RunningFlights(tmp_path).keep(FLIGHT)
    [path] = (tmp_path / RUNNING_FOLDER).iterdir()
    document = json.loads(path.read_text())
    del document["plan_id"]
    path.write_text(json.dumps(document))
    assert [flight.plan_id for flight in RunningFlights(tmp_path).all()] == [""]


def test_nothing_was_kept_yet(tmp_path):
    assert RunningFlights(tmp_path).all() == []


def test_a_full_disk_leaves_the_former_one(tmp_path, monkeypatch):
    flights = RunningFlights(tmp_path)
    flights.keep(FLIGHT)

    def fail(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(OSError, match="No space"):
        flights.keep(replace(FLIGHT, who="wang"))
    assert [flight.who for flight in flights.all()] == ["李"]
    assert [path.name for path in (tmp_path / RUNNING_FOLDER).iterdir()] == ["north-1.json"]


def test_when_it_began_holds_as_long_as_the_vehicle_was_not_started_anew(tmp_path):
    RunningFlights(tmp_path).keep(replace(FLIGHT, begun_boot_s=50.0, begun_utc_s=1000.0))
    (kept,) = RunningFlights(tmp_path).all()
    assert kept.begun_on_clock(350.0, 1300.0) == 50.0
    assert kept.begun_on_clock(346.0, 1300.0) == 50.0
    # A simulated one may live faster.
    assert kept.begun_on_clock(3000.0, 1300.0) == 50.0
    # The longest that one may live that was started anew just after.
    assert kept.begun_on_clock(300.0, 1300.0) is None
    assert kept.begun_on_clock(20.0, 1300.0) is None
    assert kept.begun_on_clock(None, 1300.0) is None
    assert FLIGHT.begun_on_clock(350.0, 1300.0) is None
