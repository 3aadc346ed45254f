import math
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from pymavlink.dialects.v20 import ardupilotmega as dialect

from missions.payload.action import Switch
from missions.payload.action_items import action_items
from missions.payload.payload import Payload, Relay, Servo
from missions.plan.item import Command, MissionItem
from simulator.copter import Copter
from simulator.home import Home
from simulator.payload.video_stream import VideoStream
from simulator.world.air.traffic import AircraftSettings
from simulator.world.air.wind_field import WindSettings
from simulator.world.events import LightSwitched, SpeakerHeard, WorldEvent
from simulator.world.ground.river import RiverSettings
from simulator.world.ground.terrain import TerrainSettings, ValleySettings
from simulator.world.people.people import GroupSettings, PeopleSettings
from simulator.world.sight.detector import DetectorSettings
from simulator.world.sight.picture import draw, ground_at_pixel, jpeg
from simulator.world.time_table import TimeTable
from simulator.world.vehicles_in_world import VehiclesInWorld
from simulator.world.world import World
from simulator.world.world_frame import WorldFrame
from simulator.world.world_settings import Output, WorldSettings

FRAME = WorldFrame(36.0925, 103.7080)
STEP_S = 0.02
FITTED = {"MNT1_TYPE": 1.0, "CAM1_TYPE": 1.0, "RNGFND1_TYPE": 1.0, "ADSB_TYPE": 1.0}


def place(north_m: float, east_m: float) -> tuple[float, float]:
    lat_deg, lon_deg = FRAME.to_degrees(north_m, east_m)
    return float(lat_deg), float(lon_deg)


AXIS = (place(0.0, -900.0), place(0.0, 900.0))
HILLS = WorldSettings(
    (36.0925, 103.7080),
    terrain=TerrainSettings(
        valley=ValleySettings(AXIS, 1500.0, 1505.0, 60.0, plain_width_m=20.0, hill_amsl_m=1560.0),
        extent_m=400.0,
    ),
    river=RiverSettings(AXIS, TimeTable.steady(1502.0)),
)


class Joined:
    """A station with a copter in a world, in lock-step."""

    def __init__(self, make_station: Callable[..., Any], settings: WorldSettings, *where_m: float) -> None:
        north_m, east_m = where_m or (100.0, 0.0)
        self.world = World(settings)
        self.events: list[WorldEvent] = []
        self.world.listen(self.events.append)
        lat_deg, lon_deg = place(north_m, east_m)
        home = Home(lat_deg, lon_deg, self.world.ground_amsl_m_at(lat_deg, lon_deg))
        self.station = make_station(home=home, parameters=FITTED)
        self.copter: Copter = self.station.copter
        self.vehicles = VehiclesInWorld(self.world, [self.copter])
        step = self.copter.step

        def step_both(dt: float, link_dt: float | None = None) -> None:
            self.vehicles.step(dt)
            step(dt, link_dt)

        self.copter.step = step_both  # type: ignore[method-assign]
        self.station.run(2)

    def fly_to(self, north_m: float, east_m: float) -> None:
        """Go there at the present height above home."""
        lat_deg, lon_deg = place(north_m, east_m)
        assert self.station.command_int(
            dialect.MAV_CMD_DO_REPOSITION, -1, 1, 0, 0,
            x=round(lat_deg * 1e7), y=round(lon_deg * 1e7), z=self.copter.autopilot.alt_rel_m, frame=6,
        ) == 0  # fmt: skip
        self.station.run_until(
            lambda: math.dist(self.vehicles.onlooker(0).eye.place_m[:2], (north_m, east_m)) < 1.0, 120
        )

    @property
    def place_m(self) -> tuple[float, float, float]:
        """In the world's frame, by what the vehicle says of itself."""
        self.station.command(dialect.MAV_CMD_REQUEST_MESSAGE, dialect.MAVLINK_MSG_ID_GLOBAL_POSITION_INT)
        message = self.station.messages("GLOBAL_POSITION_INT")[-1]
        north_m, east_m = FRAME.to_metres(message.lat * 1e-7, message.lon * 1e-7)
        return float(north_m), float(east_m), message.alt * 1e-3


@pytest.fixture
def join(make_station: Callable[..., Any]) -> Callable[..., Joined]:
    return lambda settings=HILLS, *where_m: Joined(make_station, settings, *where_m)


def test_a_copter_lands_on_the_hill_where_that_is(join: Callable[..., Joined]) -> None:
    joined = join()
    home_m = joined.place_m[2]
    assert home_m == pytest.approx(1_505.0)
    joined.station.take_off(60.0)
    joined.fly_to(230.0, 0.0)
    north_m, east_m, alt_amsl_m = joined.place_m
    ground_m = joined.world.ground_amsl_m_at(*place(north_m, east_m))
    assert ground_m > home_m + 15.0
    joined.station.command(dialect.MAV_CMD_REQUEST_MESSAGE, dialect.MAVLINK_MSG_ID_RANGEFINDER)
    (sensed,) = joined.station.messages("RANGEFINDER")
    assert joined.copter.autopilot.ground is not None
    assert joined.copter.autopilot.ground(*place(north_m, east_m)) == pytest.approx(ground_m)
    assert sensed.distance == pytest.approx(min(alt_amsl_m - ground_m, 40.0), abs=0.5)
    assert joined.station.command(dialect.MAV_CMD_NAV_LAND) == 0
    joined.station.run_until(lambda: not joined.copter.autopilot.is_armed, 120)
    north_m, east_m, alt_amsl_m = joined.place_m
    assert alt_amsl_m == pytest.approx(joined.world.ground_amsl_m_at(*place(north_m, east_m)), abs=0.1)
    assert not any("Hit ground" in text and float(text.split()[-2]) > 1.0 for _, text in joined.station.texts)


def test_a_copter_that_comes_down_on_the_river_swims(join: Callable[..., Joined]) -> None:
    joined = join()
    joined.station.take_off(10.0)
    joined.fly_to(0.0, 0.0)
    assert joined.station.command(dialect.MAV_CMD_NAV_LAND) == 0
    joined.station.run_until(lambda: not joined.copter.autopilot.is_armed, 120)
    assert joined.place_m[2] == pytest.approx(1_502.0, abs=0.05)


def test_the_worlds_wind_is_leant_into_more_higher_up(join: Callable[..., Joined]) -> None:
    wind = WindSettings(TimeTable.steady(-6.0), TimeTable.steady(0.0), exponent=0.25)
    joined = join(replace(HILLS, wind=wind))
    leans_deg = []
    for height_m in (8.0, 60.0):
        if not leans_deg:
            joined.station.take_off(height_m)
        else:
            lat_deg, lon_deg = place(100.0, 0.0)
            where = {"x": round(lat_deg * 1e7), "y": round(lon_deg * 1e7), "z": height_m, "frame": 6}
            assert joined.station.command_int(dialect.MAV_CMD_DO_REPOSITION, -1, 1, 0, 0, **where) == 0
        joined.station.run(40)
        leans_deg.append(-math.degrees(joined.copter.autopilot.body.pitch_rad))
    assert leans_deg[0] > 5.0  # the wind is from ahead
    # The wind grows with the fourth root of the height here, and drag with the wind and its square.
    assert (60.0 / 8.0) ** 0.25 < leans_deg[1] / leans_deg[0] < (60.0 / 8.0) ** 0.5


def test_loudspeaker_and_light_do_what_the_planner_writes(join: Callable[..., Joined]) -> None:
    payload = Payload({"loudspeaker": Servo(9), "light": Relay(2)})
    on = action_items([Switch("loudspeaker", is_on=True), Switch("light", is_on=True)], payload)
    off = action_items([Switch("light", is_on=False), Switch("loudspeaker", is_on=False)], payload)
    settings = replace(
        HILLS,
        starts_unix_s=1_784_394_000.0,  # at night
        devices={"loudspeaker": Output(servo=9), "light": Output(relay=2)},
        people=PeopleSettings(groups=(GroupSettings("anglers", place(100.0, 40.0), 3),)),
    )
    joined = join(settings)
    dark = draw(*joined.vehicles.view(0)[:2]).mean()
    hover = MissionItem(0, Command.NAV_DELAY, params=(3.0, -1.0, -1.0, -1.0))
    mission = (
        MissionItem(0, Command.NAV_TAKEOFF, alt_m=15.0),
        *on,
        hover,
        *off,
        MissionItem(0, Command.NAV_LAND),
    )
    joined.station.start_mission(mission)
    joined.station.run_until(lambda: len(joined.events) == 2, 60)
    speaker, light = joined.events
    assert isinstance(speaker, SpeakerHeard)
    assert (speaker.is_on, speaker.people, speaker.system_id, speaker.number) == (True, 3, 1, 1900)
    assert (speaker.lat_deg, speaker.lon_deg) == pytest.approx(place(100.0, 0.0), abs=1e-5)
    assert isinstance(light, LightSwitched)
    assert draw(*joined.vehicles.view(0)[:2]).mean() > 3.0 * dark
    joined.station.run_until(lambda: not joined.copter.autopilot.is_armed, 120)
    assert {type(event).__name__ for event in joined.events[2:]} == {"LightSwitched", "SpeakerHeard"}
    assert not any(event.is_on for event in joined.events[2:])  # type: ignore[union-attr]


def test_another_pulse_is_another_message_and_a_tune_is_heard_by_its_text(
    join: Callable[..., Joined],
) -> None:
    joined = join(replace(HILLS, devices={"loudspeaker": Output(servo=9, on_us=1_900, off_us=1_000)}))
    for pulse_us in (1_600, 1_800, 1_100):
        assert joined.station.command(dialect.MAV_CMD_DO_SET_SERVO, 9, pulse_us) == 0
        joined.station.run(0.3)
    joined.station.send(dialect.MAVLink_play_tune_message(1, 1, b"MFT200L4CDE"))
    joined.station.run(0.3)
    heard = [event for event in joined.events if isinstance(event, SpeakerHeard)]
    assert [(event.is_on, event.number, event.text) for event in heard] == [
        (True, 1_600, ""),
        (True, 1_800, ""),
        (False, 1_100, ""),
        (True, 0, "MFT200L4CDE"),
    ]


def test_aircraft_are_heard_within_range_with_a_receiver_only(join: Callable[..., Joined]) -> None:
    def flying(icao: int, north_m: float) -> AircraftSettings:
        return AircraftSettings(
            icao, f"N{icao}", ((*place(north_m, 0.0), 1_800.0), (*place(north_m, 9e3), 1_800.0)), 40.0
        )

    joined = join(replace(HILLS, traffic=(flying(1, 2_000.0), flying(2, 30_000.0))))
    joined.station.run(3)
    heard = joined.station.messages("ADSB_VEHICLE")
    assert {message.ICAO_address for message in heard} == {1}
    assert len(heard) in (4, 5, 6)
    (aircraft, _) = joined.world.traffic.at(joined.world.now_s)
    _, east_m = FRAME.to_metres(heard[-1].lat * 1e-7, heard[-1].lon * 1e-7)
    assert float(east_m) == pytest.approx(aircraft.east_m, abs=45.0)
    joined.station.parameter("ADSB_TYPE", 0)
    before = len(joined.station.messages("ADSB_VEHICLE"))
    joined.station.run(3)
    assert len(joined.station.messages("ADSB_VEHICLE")) == before


def test_the_gimbal_turns_the_picture_to_where_it_points(join: Callable[..., Joined]) -> None:
    joined = join()
    joined.station.take_off(30.0)
    assert joined.station.command(dialect.MAV_CMD_DO_GIMBAL_MANAGER_PITCHYAW, -30, 90, 0, 0, 0, 0, 0) == 0
    joined.station.run(3)
    scene, eye, caption = joined.vehicles.view(0)
    found = ground_at_pixel(scene, eye, 320.0, 180.0)
    assert found is not None
    north_m, east_m, up_m = joined.place_m
    # East of it, where a line 30 degrees below the horizon meets level ground.
    assert found[1] - east_m == pytest.approx(
        (up_m + 0.25 - found[2]) / math.tan(math.radians(30.0)), abs=0.5
    )
    assert found[0] == pytest.approx(north_m, abs=1.0)
    assert "vehicle 1" in caption[0]
    assert f"{joined.copter.autopilot.alt_rel_m:.1f} m above home" in caption[1]
    assert "camera 090 / -30" in caption[2]
    assert joined.station.command(dialect.MAV_CMD_SET_CAMERA_ZOOM, 2, 50) == 0
    assert joined.vehicles.onlooker(0).eye.focal_px == pytest.approx(5.5 * eye.focal_px)


def test_two_runs_see_the_same_to_the_byte(make_station: Callable[..., Any]) -> None:
    settings = replace(
        HILLS,
        wind=WindSettings(TimeTable.steady(-4.0), gust_m_s=1.0),
        people=PeopleSettings(groups=(GroupSettings("anglers", place(110.0, 5.0), 8),)),
        detectors=DetectorSettings(false_alarms_min=10.0),
    )
    runs = []
    for _ in range(2):
        joined = Joined(make_station, settings)
        joined.station.take_off(15.0)
        scene, eye, caption = joined.vehicles.view(0)
        runs.append((joined.place_m, joined.events, jpeg(draw(scene, eye), caption)))
    assert runs[0] == runs[1]
    assert runs[0][1]


def test_a_camera_tells_where_its_pictures_are_once_it_has_some(join: Callable[..., Joined]) -> None:
    joined = join()
    ask = dialect.MAV_CMD_REQUEST_MESSAGE
    joined.station.command(ask, dialect.MAVLINK_MSG_ID_VIDEO_STREAM_INFORMATION)
    assert joined.station.messages("VIDEO_STREAM_INFORMATION") == []
    joined.copter.show(VideoStream("http://127.0.0.1:8090/1.mjpeg", 10.0, 640, 360, 73.74))
    joined.station.command(ask, dialect.MAVLINK_MSG_ID_VIDEO_STREAM_INFORMATION)
    joined.station.command(ask, dialect.MAVLINK_MSG_ID_CAMERA_INFORMATION)
    (stream,), (camera,) = (
        joined.station.messages(name) for name in ("VIDEO_STREAM_INFORMATION", "CAMERA_INFORMATION")
    )
    assert (stream.uri, stream.resolution_h, stream.resolution_v, stream.hfov) == (
        "http://127.0.0.1:8090/1.mjpeg",
        640,
        360,
        74,
    )
    assert camera.flags & dialect.CAMERA_CAP_FLAGS_HAS_VIDEO_STREAM


def test_many_vehicles_meet_the_world_cheaply() -> None:
    world = World(replace(HILLS, wind=WindSettings(gust_m_s=1.0)), vehicles=50)
    homes = [Home(*place(100.0, 4.0 * number), 1_505.0) for number in range(50)]
    vehicles = VehiclesInWorld(world, [Copter(number + 1, home) for number, home in enumerate(homes)])
    start_s = time.process_time()
    for _ in range(250):
        vehicles.step(STEP_S)
    assert time.process_time() - start_s < 1.0
    assert len({copter.autopilot.wind.field_north_m_s for copter in vehicles.copters}) == 50
