import io
import math
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from simulator.world.ground.river import RiverSettings
from simulator.world.ground.terrain import IslandSettings, TerrainSettings, ValleySettings
from simulator.world.people.people import GroupSettings, PeopleSettings
from simulator.world.sight.detector import visible
from simulator.world.sight.eye import CameraSettings, Eye, axes, mounted_axes
from simulator.world.sight.picture import Picture, draw, ground_at_pixel, jpeg
from simulator.world.time_table import TimeTable
from simulator.world.world import Onlooker, World
from simulator.world.world_frame import WorldFrame
from simulator.world.world_settings import WorldSettings
from simulator.world.zone_outline import ZoneOutline

FRAME = WorldFrame(36.0, 103.0)
NOON, NIGHT = 1_784_350_800.0, 1_784_394_000.0
"""UTC of 13:00 and 1:00 in Lanzhou, 2026-07-18 and 19."""


def place(north_m: float, east_m: float) -> tuple[float, float]:
    lat_deg, lon_deg = FRAME.to_degrees(north_m, east_m)
    return float(lat_deg), float(lon_deg)


AXIS = (place(0.0, -900.0), place(0.0, 900.0))
HILLY = TerrainSettings(
    valley=ValleySettings(
        AXIS, 100.0, 110.0, bed_width_m=120.0, plain_width_m=60.0, hill_slope=0.3, hill_amsl_m=190.0
    ),
    extent_m=600.0,
    spacing_m=8.0,
)
FLAT = TerrainSettings(flat_amsl_m=100.0, extent_m=400.0)


def world_of(
    terrain: TerrainSettings, *people: tuple[float, float], starts: float = NOON, **more: object
) -> World:
    groups = tuple(GroupSettings(f"{number}", place(*each)) for number, each in enumerate(people))
    settings = WorldSettings(
        (36.0, 103.0),
        starts,
        terrain=terrain,
        people=PeopleSettings(groups=groups),
        **more,  # type: ignore[arg-type]
    )
    return World(settings)


def eye_at(
    north_m: float,
    east_m: float,
    up_m: float,
    yaw_deg: float,
    pitch_deg: float,
    roll_deg: float = 0.0,
    camera: CameraSettings | None = None,
) -> Eye:
    camera = camera or CameraSettings()
    turned = axes(*map(math.radians, (yaw_deg, pitch_deg, roll_deg)))
    return Eye(
        np.array((north_m, east_m, up_m)), turned, camera.focal_px(), camera.width_px, camera.height_px
    )


def expected_pixel(
    eye_m: tuple[float, float, float],
    angles_deg: tuple[float, float, float],
    place_m: tuple[float, float, float],
    fov_deg: float,
    size: tuple[int, int],
) -> tuple[float, float]:
    """Project by turning the world step by step: yaw, pitch, roll, then a pinhole."""
    yaw, pitch, roll = map(math.radians, angles_deg)
    north, east, up = (there - here for there, here in zip(place_m, eye_m, strict=True))
    ahead = north * math.cos(yaw) + east * math.sin(yaw)
    right = -north * math.sin(yaw) + east * math.cos(yaw)
    forward = ahead * math.cos(pitch) + up * math.sin(pitch)
    rising = -ahead * math.sin(pitch) + up * math.cos(pitch)
    side = right * math.cos(roll) - rising * math.sin(roll)
    lift = right * math.sin(roll) + rising * math.cos(roll)
    half = math.tan(math.radians(fov_deg / 2.0))
    width, height = size
    return (0.5 + side / forward / half / 2.0) * width, height / 2.0 - lift / forward / half / 2.0 * width


def differing(one: Picture, other: Picture) -> tuple[float, float, int]:
    """Middle of the pixels in which two pictures differ, and their number."""
    rows, columns = np.nonzero((one != other).any(axis=2))
    return float(columns.mean() + 0.5), float(rows.mean() + 0.5), len(rows)


@pytest.mark.parametrize(
    ("eye_m", "angles_deg", "person_m"),
    [
        ((0.0, 0.0, 140.0), (0.0, -45.0, 0.0), (45.0, 10.0)),
        ((-30.0, 20.0, 130.0), (300.0, -30.0, 0.0), (-5.0, -25.0)),
        ((10.0, -40.0, 125.0), (100.0, -60.0, 15.0), (8.0, -25.0)),
        ((10.0, 12.0, 135.0), (45.0, -90.0, 0.0), (12.0, 5.0)),
    ],
)
def test_a_person_appears_where_an_independent_projection_says(
    eye_m: tuple[float, float, float], angles_deg: tuple[float, float, float], person_m: tuple[float, float]
) -> None:
    world, empty = world_of(FLAT, person_m), world_of(FLAT)
    eye = eye_at(*eye_m, *angles_deg)
    x_px, y_px, count = differing(draw(world.scene(eye), eye), draw(empty.scene(eye), eye))
    expected = expected_pixel(eye_m, angles_deg, (*person_m, 100.85), 73.74, (640, 360))
    assert count > 3
    assert (x_px, y_px) == pytest.approx(expected, abs=1.5)


def test_a_pixel_leads_back_to_the_place_on_uneven_ground() -> None:
    world = world_of(HILLY)
    eye = eye_at(-40.0, 30.0, 190.0, 25.0, -35.0, -8.0)
    scene = world.scene(eye)
    random = np.random.default_rng(5)
    places = random.uniform((20.0, 0.0), (260.0, 200.0), (400, 2))
    up_m = world.ground_amsl_m(places[:, 0], places[:, 1])
    points = np.column_stack((places, up_m))
    x_px, y_px, _ = eye.pixels(points)
    framed = (x_px > 0) & (x_px < 640) & (y_px > 0) & (y_px < 360) & visible(scene, eye, points)
    assert framed.sum() > 100
    for number in np.flatnonzero(framed):
        found = ground_at_pixel(scene, eye, float(x_px[number]), float(y_px[number]))
        assert found is not None
        assert math.dist(found, points[number]) < 0.5


def test_two_drones_see_the_same_person_at_the_same_place() -> None:
    person_m = (205.0, 30.0)
    world, empty = world_of(HILLY, person_m), world_of(HILLY)
    feet_m = float(world.ground_amsl_m(np.array(person_m[0]), np.array(person_m[1])))
    places = []
    for eye in (
        eye_at(150.0, 0.0, feet_m + 50.0, 30.0, -40.0),
        eye_at(220.0, 85.0, feet_m + 35.0, 255.0, -30.0),
    ):
        scene = world.scene(eye)
        x_px, y_px, _ = differing(draw(scene, eye), draw(empty.scene(eye), eye))
        # The middle of a figure stands over the ground; follow it to its plane.
        ray = eye.ray(x_px, y_px)
        places.append(eye.place_m + ray * (feet_m + 0.85 - eye.place_m[2]) / ray[2])
    for found in places:
        assert math.dist(found[:2], person_m) < 0.5


def test_the_picture_moves_as_the_drone_does() -> None:
    camera = CameraSettings(320, 180)
    world = world_of(FLAT)
    # One metre north from 50 m above is this many pixels: down in a picture whose top is north.
    shift_px = camera.focal_px() / 50.0
    metres = round(20 / shift_px * 1.0)
    eyes = [eye_at(north_m, 0.0, 150.0, 0.0, -90.0, camera=camera) for north_m in (0.0, 20.0 / shift_px)]
    assert metres >= 1
    before, after = (draw(world.scene(eye), eye).astype(float).mean(axis=2) for eye in eyes)
    same = np.abs(after[20:] - before[:-20]).mean()
    assert same < 0.1 * np.abs(after - before).mean()


def test_water_stands_where_the_river_does_and_rises() -> None:
    river = RiverSettings(AXIS, TimeTable.of([(0.0, 101.0), (100.0, 106.0)]))
    world = world_of(HILLY, river=river)
    eye = eye_at(0.0, 0.0, 500.0, 0.0, -90.0)
    shares = []
    for _ in range(2):
        picture = draw(world.scene(eye), eye).astype(int)
        is_water = picture[:, :, 2] > picture[:, :, 0] + 25
        for column, row in ((5, 5), (320, 180), (320, 20), (320, 90), (600, 300)):
            found = ground_at_pixel(world.scene(eye), eye, column + 0.5, row + 0.5)
            assert found is not None
            assert world.river is not None
            depth_m = float(world.river.depth_m(found[0], found[1]))
            if abs(depth_m) > 0.2:
                assert is_water[row, column] == (depth_m > 0.0)
        shares.append(is_water.mean())
        for _ in range(200):
            world.step(0.5)
    assert shares[1] > shares[0] + 0.1


def test_a_hill_hides_who_stands_behind_it() -> None:
    islands = (
        IslandSettings(
            tuple(place(n, e) for n, e in ((40, -40), (40, 40), (30, 40), (30, -40))), 100.5, 125.0, 4.0
        ),
    )
    terrain = TerrainSettings(flat_amsl_m=100.0, islands=islands, extent_m=200.0, spacing_m=2.0)
    world, empty = world_of(terrain, (60.0, 0.0)), world_of(terrain)
    low, high = eye_at(0.0, 0.0, 105.0, 0.0, 0.0), eye_at(0.0, 0.0, 190.0, 0.0, -55.0)
    person = np.array([[60.0, 0.0, 100.9]])
    for eye, is_seen in ((low, False), (high, True)):
        scene = world.scene(eye)
        assert bool(visible(scene, eye, person)[0]) is is_seen
        assert bool((draw(scene, eye) != draw(empty.scene(eye), eye)).any()) is is_seen


def test_a_gimballess_camera_leans_with_the_body() -> None:
    body = axes(0.3, -0.2, 0.1)
    turned = mounted_axes(body, math.radians(-90.0))
    assert turned[2] == pytest.approx(body[1])  # it looks where the body's down is
    assert turned[1] == pytest.approx(-body[2])
    assert mounted_axes(body, 0.0) == pytest.approx(body)
    assert np.linalg.det(turned) == pytest.approx(np.linalg.det(body))


def test_the_same_moment_gives_the_same_bytes_and_night_is_dark_until_a_light_is_on() -> None:
    eye = eye_at(0.0, 0.0, 140.0, 0.0, -60.0)
    day, night = world_of(FLAT), world_of(FLAT, starts=NIGHT)
    pictures = [draw(world.scene(eye), eye) for world in (day, night)]
    assert jpeg(pictures[1]) == jpeg(draw(world_of(FLAT, starts=NIGHT).scene(eye), eye))
    assert pictures[0].mean() > 80.0
    assert pictures[1].mean() < 12.0
    assert pictures[1].std() > 1.0  # the sensor's noise
    lit = draw(night.scene(eye, [Onlooker(1, eye, 0.0, has_light_on=True)]), eye)
    assert lit[160:200, 300:340].mean() > 60.0
    assert lit[:40, :40].mean() < 20.0


def test_zones_other_drones_and_the_horizon_are_drawn() -> None:
    square = tuple(place(n, e) for n, e in ((20.0, -20.0), (20.0, 20.0), (60.0, 20.0), (60.0, -20.0)))
    eye = eye_at(0.0, 0.0, 140.0, 0.0, -20.0)
    plain = draw(world_of(FLAT).scene(eye), eye)
    zoned = draw(world_of(FLAT, zones=(ZoneOutline("exclusion", square),)).scene(eye), eye)
    rows, columns = np.nonzero((plain != zoned).any(axis=2))
    corner = expected_pixel((0.0, 0.0, 140.0), (0.0, -20.0, 0.0), (60.0, 20.0, 100.4), 73.74, (640, 360))
    assert np.hypot(columns + 0.5 - corner[0], rows + 0.5 - corner[1]).min() < 1.5
    assert tuple(zoned[rows[0], columns[0]]) == (255, 70, 60)
    other = Onlooker(2, eye_at(30.0, 5.0, 138.0, 0.0, 0.0), 0.4)
    x_px, y_px, count = differing(plain, draw(world_of(FLAT).scene(eye, [other]), eye))
    drone = expected_pixel((0.0, 0.0, 140.0), (0.0, -20.0, 0.0), (30.0, 5.0, 138.0), 73.74, (640, 360))
    assert (x_px, y_px) == pytest.approx(drone, abs=2.0)
    assert count > 10
    assert plain[5, 320, 2] > plain[5, 320, 1] > plain[5, 320, 0]  # sky
    assert plain[300, 320, 1] > plain[300, 320, 2]  # grass


def test_the_caption_is_in_the_picture() -> None:
    plain = np.full((360, 640, 3), 90, np.uint8)
    with_caption = np.asarray(Image.open(io.BytesIO(jpeg(plain, ("36.0925 103.7080",)))))
    assert with_caption.shape == plain.shape
    assert with_caption[:22, :200].max() > 200
    assert abs(with_caption[100:].astype(int) - 90).max() <= 2


def test_a_longer_focal_length_sees_less() -> None:
    camera = CameraSettings()
    assert camera.focal_px(100.0) == pytest.approx(10.0 * camera.focal_px())
    # What CAMERA_INFORMATION tells: 13.2 mm of sensor behind 8.8 mm.
    assert camera.focal_px() / 640.0 == pytest.approx(8.8 / 13.2, rel=1e-3)
    assert replace(camera, field_of_view_deg=90.0).focal_px() == pytest.approx(320.0)
