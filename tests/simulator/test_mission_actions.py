"""Plans with pictures, loudspeaker, gimbal and ground to follow: taken on board, read back, carried out."""

from typing import Any

import numpy as np
import pytest
from pymavlink.dialects.v20 import ardupilotmega as dialect
from shapely import box

from geofence.latlon import LatLon
from geofence.local_frame import LocalFrame
from geofence.terrain import GridTerrain
from missions.payload.action import (
    Face,
    Hover,
    LookAhead,
    LookAt,
    PitchGimbal,
    Switch,
    TakePicture,
)
from missions.payload.bound_actions import AreaActions, with_area_actions, with_pictures, with_point_actions
from missions.payload.payload import Payload, Relay, Servo
from missions.plan.item import MissionItem
from missions.plan.plan import RouteKind
from missions.plan.route_items import items_of, routes_of
from missions.plan.waypoint import Waypoint
from missions.terrain.follow_terrain import TerrainHeight, follow_terrain
from missions.terrain.terrain_frame import in_terrain_frame
from simulator.home import DEFAULT_HOME

HOME = LatLon(DEFAULT_HOME.lat_deg, DEFAULT_HOME.lon_deg)
FRAME = LocalFrame(HOME)
PAYLOAD = Payload({"loudspeaker": Relay(1), "light": Servo(9)})
AREA = box(40.0, -20.0, 90.0, 20.0)


def flight() -> list[Waypoint]:
    pad = Waypoint((0.0, 0.0), RouteKind.TRANSIT, 20.0)
    return [
        pad,
        Waypoint((20.0, 0.0), RouteKind.TRANSIT, 20.0),
        Waypoint((120.0, 0.0), RouteKind.COVERAGE, 20.0),
        Waypoint((120.0, 60.0), RouteKind.TRANSIT, 20.0),
        pad,
    ]


def equipped() -> tuple[Waypoint, ...]:
    there = [
        PitchGimbal(-60.0),
        LookAt(FRAME.position(160.0, 60.0), 5.0),
        Switch("light", is_on=True),
        TakePicture(),
        Hover(6.0),
        LookAhead(),
        Face(270.0),
        Switch("light", is_on=False),
    ]
    waypoints = with_point_actions(with_pictures(flight(), 12.3, PAYLOAD), (120.0, 60.0), there, PAYLOAD)
    return with_area_actions(
        waypoints, [AreaActions.during(AREA, Switch("loudspeaker", is_on=True))], PAYLOAD
    )


def items(waypoints: Any) -> tuple[MissionItem, ...]:
    return items_of(waypoints, routes_of(waypoints, FRAME, HOME), 8.0)


def upload(station: Any, mission: tuple[MissionItem, ...]) -> None:
    home = {"command": 16, "x": 360925000, "y": 1037080000, "z": 1520.0, "frame": 0}
    wire = [
        {
            "command": int(item.command),
            "params": item.params,
            "frame": int(item.frame),
            "x": 0 if item.position is None else round(item.position.lat_deg * 1e7),
            "y": 0 if item.position is None else round(item.position.lon_deg * 1e7),
            "z": item.alt_m,
        }
        for item in mission
    ]
    assert station.upload([home, *wire]) == dialect.MAV_MISSION_ACCEPTED
    for sent, kept in zip(wire, station.download()[1:], strict=True):
        assert kept.command == sent["command"]
        assert (kept.param1, kept.param2, kept.param3, kept.param4) == pytest.approx(sent["params"], rel=1e-6)
        if sent["x"] or sent["z"]:
            assert (kept.x, kept.y, kept.frame) == (sent["x"], sent["y"], sent["frame"])
            assert kept.z == pytest.approx(sent["z"], abs=0.011)


def test_every_action_is_stored_whole(station: Any) -> None:
    mission = items(equipped())
    upload(station, mission)
    assert {item.command for item in mission} >= {93, 115, 181, 183, 195, 197, 206, 1000, 2000}


def test_actions_are_carried_out_where_they_are_bound_to(station: Any) -> None:
    mission = items(equipped())
    upload(station, mission)
    station.arm_guided()
    assert station.command(dialect.MAV_CMD_DO_SET_MODE, 1, 3) == 0
    station.run(0.04)
    assert station.command(dialect.MAV_CMD_MISSION_START) == 0
    body, told = station.copter.autopilot.body, []
    known = len(station.texts)

    def is_down() -> bool:
        nonlocal known
        for _, text in station.texts[known:]:
            told.append((text, body.east_m, body.north_m, station.now_s))
        known = len(station.texts)
        return not station.copter.autopilot.is_armed

    station.run_until(is_down, 200)
    done = [(text.split()[-1], east_m, north_m, t) for text, east_m, north_m, t in told if "Mission:" in text]
    relays = [(east_m, north_m) for name, east_m, north_m, _ in done if name == "SetRelay"]
    assert relays == [pytest.approx((40.0, 0.0), abs=2.5), pytest.approx((90.0, 0.0), abs=2.5)]
    names = [name for name, *_ in done]
    assert names.count("SetCamTrigDst") == 2
    start = names.index("PitchYaw")
    assert names[start : start + 5] == ["PitchYaw", "Delay", "SetROI", "SetServo", "ImageStartCapture"]
    lights_s = [t for name, *_, t in done if name == "SetServo"]
    assert lights_s[1] - lights_s[0] == pytest.approx(6.0, abs=0.5)


def rolling(column: Any) -> Any:
    return 12.0 * (1.0 - np.cos(column))


def walled(column: Any) -> Any:
    return 20.0 * (column % 6 == 5)


def ground(rise_m: Any = rolling) -> GridTerrain:
    _, columns = np.meshgrid(np.arange(30), np.arange(30) - 15, indexing="ij")
    return GridTerrain(
        1520.0 + rise_m(columns),
        north_deg=HOME.lat_deg + 15 * 0.0003,
        west_deg=HOME.lon_deg - 15 * 0.0003,
        lat_step_deg=0.0003,
        lon_step_deg=0.0003,
    )


def test_flights_over_hills_are_stored(station: Any) -> None:
    terrain = ground()
    height = TerrainHeight(40.0, 4.0)
    followed = follow_terrain(flight(), terrain, FRAME, HOME, height, home_alt_amsl_m=1520.0)
    assert len(followed) > len(flight())
    upload(station, items(followed))
    framed = in_terrain_frame(flight(), terrain, FRAME, HOME, TerrainHeight(40.0, 30.0))
    mission = items(framed)
    assert {int(item.frame) for item in mission if item.command == 16} == {10}
    upload(station, mission)


def test_heights_are_kept_in_flight(station: Any) -> None:
    """Corners over hills are cut, and the plan has reckoned with that."""
    terrain = ground(walled)
    places = [(60.0, 0.0), (330.0, 0.0), (330.0, 60.0), (60.0, 60.0)]
    pad = Waypoint((0.0, 0.0), RouteKind.TRANSIT, 40.0)
    given = [pad, *(Waypoint(place, RouteKind.COVERAGE, 40.0) for place in places), pad]
    height = TerrainHeight(40.0, 4.0, speed_m_s=8.0)
    followed = follow_terrain(given, terrain, FRAME, HOME, height, home_alt_amsl_m=1520.0)
    assert len(followed) >= len(given) + 6
    upload(station, items(followed))
    station.arm_guided()
    assert station.command(dialect.MAV_CMD_DO_SET_MODE, 1, 3) == 0
    station.run(0.04)
    assert station.command(dialect.MAV_CMD_MISSION_START) == 0
    body, flown = station.copter.autopilot.body, []

    def is_down() -> bool:
        flown.append((body.east_m, body.north_m, body.up_m))
        return not station.copter.autopilot.is_armed

    station.run_until(is_down, 300)
    places_m = np.array(flown)
    away_m = places_m[places_m[:, 0] > 20.0]
    grounds_m = terrain.ground_alt_amsl_m(*FRAME.latlon_deg(away_m[:, :2]).T) - 1520.0
    assert (away_m[:, 2] - grounds_m).min() >= 36.0


@pytest.mark.parametrize(
    ("command", "sent", "kept"),
    [
        (
            dialect.MAV_CMD_DO_GIMBAL_MANAGER_PITCHYAW,
            (-45.7, 200.4, 0.0, 0.0, 16, 9, 2.0),
            (-45, 200, 0, 0, 16, 0, 2),
        ),
        (dialect.MAV_CMD_DO_DIGICAM_CONTROL, (1.0, 2.0, 3.0, 0.0, 1, 7, 9.0), (1, 2, 3, 0, 1, 7, 0)),
        (dialect.MAV_CMD_IMAGE_START_CAPTURE, (0.0, 2.5, 3.0, 1.0, 5, 5, 5.0), (0, 2.5, 3, 1, 0, 0, 0)),
        (dialect.MAV_CMD_IMAGE_STOP_CAPTURE, (1.0, 1.0, 0.0, 0.0, 0, 0, 0.0), (1, 0, 0, 0, 0, 0, 0)),
        (dialect.MAV_CMD_VIDEO_START_CAPTURE, (1.0, 3.0, 0.0, 0.0, 0, 0, 0.0), (1, 0, 0, 0, 0, 0, 0)),
        (dialect.MAV_CMD_SET_CAMERA_ZOOM, (2.0, 4.5, 0.0, 0.0, 0, 0, 0.0), (2, 4.5, 0, 0, 0, 0, 0)),
        (dialect.MAV_CMD_DO_REPEAT_SERVO, (9.0, 1900.0, 3.0, 1.5, 0, 0, 0.0), (9, 1900, 3, 1.5, 0, 0, 0)),
        (dialect.MAV_CMD_DO_SET_CAM_TRIGG_DIST, (12.5, 9.0, 1.0, 9.0, 0, 0, 0.0), (12.5, 0, 1, 0, 0, 0, 0)),
    ],
)
def test_storage_of_camera_commands(
    station: Any, command: int, sent: tuple[float, ...], kept: tuple[float, ...]
) -> None:
    place = {"command": 16, "x": 360925000, "y": 1037080000, "z": 20.0}
    item = {"command": command, "params": sent[:4], "x": sent[4], "y": sent[5], "z": sent[6]}
    assert station.upload([place, item]) == 0
    m = station.download()[1]
    assert (m.param1, m.param2, m.param3, m.param4, m.x, m.y, m.z) == kept
