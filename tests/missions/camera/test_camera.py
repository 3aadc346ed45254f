import json
import math

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from missions.camera.camera import Camera
from missions.camera.camera_file import read_camera
from missions.camera.photo_spacing import PhotoSpacing
from missions.camera.presets import PRESETS, preset
from missions.camera.view import View, alt_of_gsd_m
from missions.refusal import MissionError

CAMERAS = st.sampled_from(sorted(PRESETS)).map(preset)


@pytest.mark.parametrize(
    ("name", "fov_deg"),
    [
        ("dji-mavic-3e-wide", 84.0),
        ("dji-m30t-wide", 84.0),
        ("dji-phantom-4-rtk", 84.0),
        ("dji-zenmuse-p1-35", 63.5),
        ("sony-rx1r-ii", 63.0),
    ],
)
def test_angles_of_view_are_the_published_ones(name, fov_deg):
    assert preset(name).diagonal_fov_deg == pytest.approx(fov_deg, abs=1.5)


@pytest.mark.parametrize(
    ("name", "metres_for_a_centimetre"), [("dji-phantom-4-rtk", 36.5), ("dji-zenmuse-p1-35", 80.0)]
)
def test_ground_sample_distance_is_the_published_one(name, metres_for_a_centimetre):
    """The makers give it as height over a number, in centimetres."""
    for alt_m in (40.0, 100.0):
        assert 100.0 * View(preset(name), alt_m).gsd_m == pytest.approx(
            alt_m / metres_for_a_centimetre, rel=0.005
        )


def test_a_published_worked_example():
    """Pix4D's calculator: 13.125 mm, 4608 x 3456 pixels, 15.4 mm, from 100 m: 1.85 cm, 85 x 64 m."""
    view = View(Camera("example", 13.125, 9.84375, 4608, 3456, 15.4), 100.0)
    assert 100.0 * view.gsd_m == pytest.approx(1.85, abs=0.005)
    assert (view.swath_m, view.length_m) == (pytest.approx(85.0, abs=0.5), pytest.approx(64.0, abs=0.5))


@given(CAMERAS, st.floats(5.0, 400.0))
def test_straight_down_height_and_resolution_are_one_the_others_reverse(camera, alt_m):
    view = View(camera, alt_m)
    assert alt_of_gsd_m(camera, view.gsd_m) == pytest.approx(alt_m)
    assert view.swath_m == pytest.approx(
        2.0 * alt_m * math.tan(math.radians(camera.horizontal_fov_deg / 2.0))
    )
    assert view.length_m == pytest.approx(2.0 * alt_m * math.tan(math.radians(camera.vertical_fov_deg / 2.0)))
    turned = View(camera.turned(), alt_m)
    assert (turned.swath_m, turned.length_m) == (pytest.approx(view.length_m), pytest.approx(view.swath_m))


@given(CAMERAS, st.floats(10.0, 120.0), st.floats(-90.0, -50.0), st.floats(0.0, 360.0), st.integers(0, 1000))
def test_what_is_in_the_footprint_is_in_the_picture(camera, alt_m, pitch_deg, heading_deg, seed):
    """Points of the ground, looked at from the drone by rotation matrices."""
    footprint = View(camera, alt_m, pitch_deg).footprint((30.0, -20.0), heading_deg)
    pitch, heading = math.radians(pitch_deg), math.radians(heading_deg)
    ahead = np.array((math.sin(heading), math.cos(heading), 0.0))
    right = np.array((math.cos(heading), -math.sin(heading), 0.0))
    axis = math.cos(pitch) * ahead + math.sin(pitch) * np.array((0.0, 0.0, 1.0))
    above = np.cross(right, axis)
    rng = np.random.default_rng(seed)
    west, south, east, north = shapely.buffer(footprint, 20.0).bounds
    places = np.column_stack((rng.uniform(west, east, 200), rng.uniform(south, north, 200), np.zeros(200)))
    rays = places - np.array((30.0, -20.0, alt_m))
    depth = rays @ axis
    u = camera.focal_length_mm * (rays @ right) / depth
    v = camera.focal_length_mm * (rays @ above) / depth
    is_seen = (depth > 0.0) & (abs(u) <= camera.sensor_width_mm / 2) & (abs(v) <= camera.sensor_height_mm / 2)
    points = shapely.points(places[:, :2])
    is_clear = shapely.distance(points, footprint.exterior) > 1e-6
    assert (shapely.covers(footprint, points) == is_seen)[is_clear].all()


def test_looking_ahead_sees_farther_and_coarser():
    camera = preset("dji-mavic-3e-wide")
    down, ahead = View(camera, 60.0), View(camera, 60.0, -45.0)
    assert ahead.length_m > 2.0 * down.length_m
    assert ahead.gsd_m == pytest.approx(down.gsd_m * math.sqrt(2.0))
    # The near edge, at 45 + 27.9 degrees, is what is covered without gaps.
    near = 60.0 / math.sin(math.radians(45.0 + camera.vertical_fov_deg / 2.0))
    on_axis = near * math.cos(math.radians(camera.vertical_fov_deg / 2.0))
    assert ahead.swath_m == pytest.approx(on_axis * camera.sensor_width_mm / camera.focal_length_mm)


def test_the_horizon_in_the_picture_is_refused_with_what_would_do():
    camera = preset("dji-mavic-3e-wide")
    with pytest.raises(MissionError, match=r"horizon is in the picture.*Pitch it to -31 degrees") as refusal:
        View(camera, 60.0, -20.0)
    assert "Mavic 3E" in str(refusal.value)
    assert View(camera, 60.0, -31.0).length_m < 20.0 * 60.0
    for pitch_deg in (10.0, -120.0, math.nan):
        with pytest.raises(MissionError, match="does not look at the ground"):
            View(camera, 60.0, pitch_deg)
    for alt_m in (0.0, -3.0, math.inf, math.nan):
        with pytest.raises(MissionError, match="sees no ground"):
            View(camera, alt_m)
    with pytest.raises(MissionError, match="no ground sample distance"):
        alt_of_gsd_m(camera, 0.0)


def test_overlaps_space_lines_and_pictures():
    view = View(preset("sony-rx1r-ii"), 100.0)
    spacing = PhotoSpacing.of(view, 0.8, 0.7)
    assert spacing.swath_spacing_m == pytest.approx(0.3 * 35.9 / 35.0 * 100.0)
    assert spacing.trigger_distance_m == pytest.approx(0.2 * 24.0 / 35.0 * 100.0)
    # Every place is in 1 / (1 - 0.8) = 5 pictures of a line.
    line = [view.footprint((0.0, number * spacing.trigger_distance_m)) for number in range(30)]
    assert sum(shapely.covers(picture, shapely.points(0.0, 201.3)) for picture in line) == 5
    for overlap in (-0.1, 1.0, math.nan):
        with pytest.raises(MissionError, match="no share of a picture"):
            PhotoSpacing.of(view, overlap)
        with pytest.raises(MissionError, match="no share of a picture"):
            PhotoSpacing.of(view, 0.5, overlap)


def test_speed_is_limited_by_rate_and_by_blur():
    spacing = PhotoSpacing.of(View(preset("generic"), 40.0), 0.8)
    assert spacing.fastest_for_interval_m_s == pytest.approx(0.2 * 4.55 / 4.3 * 40.0 / 2.0)
    assert spacing.interval_s(4.0) == pytest.approx(spacing.trigger_distance_m / 4.0)
    with pytest.raises(MissionError, match=r"one every 2 s at most.*Fly at 4\.2 m/s or slower"):
        spacing.interval_s(10.0)
    # 1.4 cm pixels: in 1/500 s at 7 m/s one goes by.
    assert spacing.fastest_for_blur_m_s(1.0 / 500.0) == pytest.approx(spacing.view.gsd_m * 500.0)
    assert spacing.fastest_m_s(exposure_s=1.0 / 100.0) == pytest.approx(spacing.view.gsd_m * 100.0)
    assert spacing.fastest_m_s() == pytest.approx(spacing.fastest_for_interval_m_s)
    with pytest.raises(MissionError, match="limits no speed"):
        spacing.fastest_for_blur_m_s(0.0)
    with pytest.raises(MissionError, match="no speed"):
        spacing.interval_s(-1.0)


GOOD = {"name": "own", "sensor_mm": [8.8, 6.6], "image_px": [4000, 3000], "focal_length_mm": 9.0}


def test_a_camera_of_ones_own(tmp_path):
    path = tmp_path / "own.json"
    path.write_text(json.dumps({**GOOD, "shortest_interval_s": 0.5}))
    assert read_camera(path) == Camera("own", 8.8, 6.6, 4000, 3000, 9.0, 0.5)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"focal_length_mm": 0}, "focal_length_mm is 0"),
        ({"focal_length_mm": "9 mm"}, "focal_length_mm is '9 mm'"),
        ({"sensor_mm": [8.8]}, "sensor_mm holds 1 values"),
        ({"sensor_mm": None}, "sensor_mm is missing"),
        ({"image_px": [4000, 3000.5]}, "image_px is 3000.5"),
        ({"image_px": [4000]}, "image_px holds 1 values"),
        ({"shortest_interval_s": -1}, "shortest_interval_s is -1"),
        ({"focal_lenght_mm": 9.0}, "focal_lenght_mm is not known"),
        ({"name": 3}, "name is 3"),
    ],
)
def test_what_describes_no_camera_is_refused(tmp_path, change, said):
    path = tmp_path / "own.json"
    path.write_text(json.dumps({**GOOD, **change}))
    with pytest.raises(MissionError, match=said):
        read_camera(path)


def test_files_and_names_that_are_none(tmp_path):
    path = tmp_path / "own.json"
    path.write_text("[1, 2")
    with pytest.raises(MissionError, match="cannot be read as JSON"):
        read_camera(path)
    path.write_text("[1, 2]")
    with pytest.raises(MissionError, match="the camera is missing or not an object"):
        read_camera(path)
    with pytest.raises(MissionError, match=r"no camera is called 'dji'.*sony-rx1r-ii"):
        preset("dji")
