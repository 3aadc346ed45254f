"""Pictures, payload orders and heights above ground of fleets, judged by the items of their plans and by samples."""

import itertools
import json
import math
from dataclasses import replace

import numpy as np
import pytest
from shapely import Point, box

from geofence.altitude_band import AltitudeBand
from geofence.latlon import LatLon
from geofence.local_frame import LocalFrame
from geofence.terrain import GridTerrain
from geofence.zone import Zone, ZoneKind
from geofence.zone_set import ZoneSet
from missions.files.standing_document import StandingReader, standing_document
from missions.fleet.equipment import FleetEquipment
from missions.fleet.fleet_patrol import FleetPatrol, FleetRequest, plan_fleet_patrol
from missions.fleet.fleet_replan import FleetChanges, ReportedDrone, ReportedFleet, replan_fleet_patrol
from missions.fleet.patrol_window import PatrolWindow
from missions.fleet.station import Station, StationDrone, StationPad
from missions.fleet.wanted import Wanted
from missions.payload.action import Hover, LookAt, StartPictures, Switch, TakePicture
from missions.payload.payload import Payload, Relay, Servo
from missions.payload.payload_document import payload_document
from missions.payload.payload_file import payload_from_document
from missions.payload.payload_orders import AreaOrder, PayloadOrders, PointOrder
from missions.plan.item import Command
from missions.plan.route_items import rounded
from missions.refusal import MissionError
from missions.vehicle.stock_profiles import QUAD_30
from tests.missions.fleet.simulated import disagreements, fly_all, too_near

ORIGIN = LatLon(36.09, 103.70)
FRAME = LocalFrame(ORIGIN)
WINDOW = PatrolWindow(75_600.0, 7_200.0)
FIELD = box(-500.0, -400.0, 500.0, 400.0)
QUIET = box(-100.0, -400.0, 60.0, 400.0)
CALL_M = (150.0, 100.0)
HOVER_S = 40.0
LOWEST_M, TOLERANCE_M = 50.0, 5.0


def at(x_m, y_m):
    return rounded(FRAME.position(x_m, y_m))


ZONES = ZoneSet(
    [
        Zone.of_area("field", "field", ZoneKind.INCLUSION, FRAME.unproject(FIELD), AltitudeBand(None, 120.0)),
    ]
)
WANTED = [Wanted(f"row {n}", (at(-400.0, y), at(400.0, y))) for n, y in enumerate(range(-300, 301, 100))]
ORDERS = PayloadOrders(
    Payload({"horn": Servo(9), "lamp": Relay(1)}),
    (PointOrder(at(*CALL_M), (Switch("horn", True), Hover(HOVER_S), Switch("horn", False))),),
    (
        AreaOrder(
            tuple(at(x, y) for x, y in zip(*QUIET.exterior.coords.xy, strict=True))[:-1],
            (Switch("lamp", True),),
        ),
    ),
    mass_kg=0.2,
    power_w=8.0,
)


def station(*drones):
    pads = (StationPad("west", at(-450.0, 0.0)), StationPad("east", at(450.0, -50.0)))
    return Station(
        pads,
        tuple(StationDrone(name, pad, QUAD_30) for name, pad in zip(drones, ("west", "east"), strict=False)),
    )


def planned(equipment, *, terrain=None, wanted=WANTED, **options):
    request = FleetRequest(LOWEST_M, WINDOW, iterations=120, terrain=terrain, equipment=equipment, **options)
    return plan_fleet_patrol(ZONES, station("red", "blue"), wanted, request)


def hills(x_m, y_m):
    return 1_500.0 + 14.0 * np.sin(x_m / 90.0) * np.cos(y_m / 120.0)


def terrain_of(rise) -> GridTerrain:
    step = 2e-4
    lats = ORIGIN.lat_deg + 0.01 - step * np.arange(101)
    lons = ORIGIN.lon_deg - 0.01 + step * np.arange(101)
    x_m = np.array([FRAME.point_xy_m(LatLon(ORIGIN.lat_deg, lon))[0] for lon in lons])
    y_m = np.array([FRAME.point_xy_m(LatLon(lat, ORIGIN.lon_deg))[1] for lat in lats])
    return GridTerrain(
        rise(*np.meshgrid(x_m, y_m)),
        north_deg=float(lats[0]),
        west_deg=float(lons[0]),
        lat_step_deg=step,
        lon_step_deg=step,
    )


def ways_of(patrol: FleetPatrol):
    """Rows of east, north, metres above sea, of each plan's waypoints, as its items have them."""
    for made in patrol.flights:
        rows = [
            (*FRAME.point_xy_m(item.position), made.plan.home_alt_amsl_m + item.alt_m)
            for item in made.plan.items
            if item.command == Command.NAV_WAYPOINT
        ]
        yield made, np.array(rows)


@pytest.fixture(scope="module")
def ordered() -> FleetPatrol:
    return planned(FleetEquipment(ORDERS, pictures_m=20.0))


@pytest.fixture(scope="module")
def followed() -> FleetPatrol:
    return planned(FleetEquipment(tolerance_agl_m=TOLERANCE_M), terrain=terrain_of(hills))


def test_a_call_is_made_once_for_each_pass_and_its_hover_counts(ordered):
    assert ordered.is_legal
    hovers = [
        (made, number)
        for made in ordered.flights
        for number, item in enumerate(made.plan.items)
        if item.command == Command.NAV_DELAY
    ]
    assert hovers
    for made, number in hovers:
        items = made.plan.items
        before = next(i for i in items[number::-1] if i.command == Command.NAV_WAYPOINT)
        assert math.dist(FRAME.point_xy_m(before.position), CALL_M) < 0.6
        assert before.params[0] == 0.0, "the hover is not a hold as well"
        assert items[number].params[0] == HOVER_S
        stays = [
            b.time_s - a.time_s
            for a, b in itertools.pairwise(made.flight.track)
            if a.xy_m == b.xy_m and math.dist(a.xy_m, CALL_M) < 0.6
        ]
        assert HOVER_S in [pytest.approx(stay_s) for stay_s in stays]


def test_the_light_is_on_over_its_area_and_off_elsewhere(ordered):
    for made in ordered.flights:
        is_on, before = False, made.plan.home
        for item in made.plan.items:
            if item.command == Command.DO_SET_RELAY:
                is_on = item.params[1] == 1.0
                assert QUIET.buffer(0.2).covers(Point(FRAME.point_xy_m(before)))
            if item.command == Command.NAV_WAYPOINT:
                middle = np.mean([FRAME.point_xy_m(before), FRAME.point_xy_m(item.position)], axis=0)
                assert is_on == QUIET.covers(Point(middle))
                before = item.position


def test_pictures_are_taken_along_rows_and_nowhere_else(ordered):
    for made in ordered.flights:
        is_on, before = False, made.plan.home
        for item in made.plan.items:
            if item.command == Command.DO_SET_CAM_TRIGG_DIST:
                is_on = item.params[0] > 0.0
            if item.command == Command.NAV_WAYPOINT:
                ends = np.array([FRAME.point_xy_m(before), FRAME.point_xy_m(item.position)])
                along_row = (
                    np.ptp(ends[:, 1]) < 0.1 and abs(ends[0, 1] / 100.0 - round(ends[0, 1] / 100.0)) < 0.01
                )
                if abs(ends[:, 0]).max() > 401.0 or not along_row:
                    assert not is_on
                elif np.ptp(ends[:, 0]) > 1.0:
                    assert is_on
                before = item.position


def test_payload_weighs_and_times_and_energies_are_those_of_the_plans(ordered):
    assert all(drone.profile.payload_mass_kg >= 0.2 for drone in ordered.station.drones)
    for made, prediction in zip(ordered.flights, ordered.predictions, strict=True):
        assert prediction.keeps_reserve
        duration_s = made.flight.landing_s - made.flight.departure_s
        assert prediction.duration_s == pytest.approx(duration_s, rel=0.01, abs=2.0)
        assert prediction.energy_wh == pytest.approx(made.flight.energy_wh, rel=0.015)


def test_heights_above_ground_are_kept_within_the_tolerance(followed):
    assert followed.is_legal
    added = 0
    for made, way in ways_of(followed):
        added += len(way) - 2 * len(made.flight.visits)
        for a, b in itertools.pairwise(way):
            samples = np.linspace(a, b, max(2, math.ceil(math.dist(a, b)) + 1))
            heights_m = samples[:, 2] - hills(samples[:, 0], samples[:, 1])
            assert abs(heights_m - made.flight.layer_m).max() <= TOLERANCE_M + 0.5, (
                "grid and formula differ a little"
            )
    assert added > 10


def test_drones_over_hills_stay_apart(followed, samples):
    assert len({flight.drone_id for flight in followed.schedule.flights}) == 2
    assert samples.too_near(followed.schedule) == []
    assert followed.ground.layers_m[1] - followed.ground.layers_m[0] == 18.0


def test_climbs_are_counted(followed):
    for made, prediction in zip(followed.flights, followed.predictions, strict=True):
        duration_s = made.flight.landing_s - made.flight.departure_s
        assert prediction.duration_s == pytest.approx(duration_s, rel=0.01, abs=3.0)
        assert prediction.energy_wh == pytest.approx(made.flight.energy_wh, rel=0.015)
        assert prediction.keeps_reserve


def test_the_simulator_flies_hovers_and_hills_as_they_are_scheduled():
    patrol = planned(FleetEquipment(ORDERS, tolerance_agl_m=TOLERANCE_M), terrain=terrain_of(hills))
    flown = fly_all(patrol)
    assert disagreements(patrol, flown) == []
    assert too_near(patrol, flown) == []


def test_layers_too_near_for_their_tolerance_are_kept_apart_by_time(samples):
    patrol = planned(FleetEquipment(tolerance_agl_m=TOLERANCE_M), terrain=terrain_of(hills), alt_step_m=8.0)
    assert patrol.is_legal
    assert samples.too_near(patrol.schedule) == []


def test_a_wall_of_rock_is_named():
    cliff = terrain_of(lambda x, y: 1_500.0 + np.where((abs(x) < 30.0) & (abs(y - 300.0) < 60.0), 160.0, 0.0))
    patrol = planned(FleetEquipment(tolerance_agl_m=TOLERANCE_M), terrain=cliff)
    assert patrol.is_legal
    (left,) = [left for left in patrol.schedule.unserved if left.task_id == "row 6"]
    assert "the ground and the gradients ask for" in left.reason


@pytest.mark.parametrize(
    ("equipment", "words"),
    [
        (replace(FleetEquipment(), tolerance_agl_m=5.0), "the ground is not known"),
        (FleetEquipment(pictures_m=20.0, orders=PayloadOrders(Payload(has_camera=False))), "no camera"),
        (
            FleetEquipment(PayloadOrders(points=(PointOrder(at(0.0, 33.0), (TakePicture(),)),))),
            "passes it no nearer than 33.0 m",
        ),
        (
            FleetEquipment(PayloadOrders(points=(PointOrder(at(0.0, 0.0), (Switch("gong", True),)),))),
            "gong",
        ),
    ],
)
def test_what_cannot_be_done_is_refused(equipment, words):
    with pytest.raises(MissionError, match=words):
        planned(equipment)


def test_replanning_keeps_pictures_orders_and_heights():
    terrain = terrain_of(hills)
    equipment = FleetEquipment(ORDERS, 20.0, 0.0, TOLERANCE_M)
    patrol = planned(equipment, terrain=terrain)
    document = json.loads(json.dumps(standing_document(patrol.standing)))
    standing = StandingReader("night.json").standing(document, WINDOW)
    assert standing.equipment == equipment
    # Half way along its first row, as high as its layer is there.
    flight = patrol.schedule.of_drone("red")[0]
    now_s = 0.5 * (flight.visits[0].start_s + flight.visits[0].end_s)
    x_m, y_m, up_m = (
        float(np.interp(now_s, [p.time_s for p in flight.track], values))
        for values in zip(*((*p.xy_m, p.alt_m) for p in flight.track), strict=True)
    )
    west = patrol.schedule.pads[0]
    red = ReportedDrone("red", FRAME.position(x_m, y_m), up_m - west.ground_m, 0.95)
    reported = ReportedFleet(now_s, (red,), frozenset())
    changes = FleetChanges(lost_ids=("blue",))
    with pytest.raises(MissionError, match="the ground is not known"):
        replan_fleet_patrol(standing, ZONES, reported, changes)
    new = replan_fleet_patrol(standing, ZONES, reported, changes, terrain=terrain, iterations=60).patrol
    assert new.is_legal
    assert new.equipment == equipment
    assert {visit.task_id for flight in new.schedule.flights for visit in flight.visits} == {
        one.name for one in WANTED
    }
    commands = {item.command for made in new.flights for item in made.plan.items}
    assert {Command.NAV_DELAY, Command.DO_SET_RELAY, Command.DO_SET_CAM_TRIGG_DIST} <= commands
    for made, way in ways_of(new):
        heights_m = way[:, 2] - hills(way[:, 0], way[:, 1])
        assert abs(heights_m - made.flight.layer_m).max() <= TOLERANCE_M + 0.5


def test_payloads_are_written_as_they_are_read():
    orders = replace(
        ORDERS,
        points=(*ORDERS.points, PointOrder(at(1.0, 2.0), (LookAt(at(3.0, 4.0), 5.0), StartPictures(7.0)))),
        areas=(*ORDERS.areas, AreaOrder("field", (TakePicture(),))),
    )
    assert payload_from_document(json.loads(json.dumps(payload_document(orders))), source="x") == orders
