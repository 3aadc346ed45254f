import itertools
import math

from geofence.latlon import LatLon
from geofence.local_frame import LocalFrame
from server.track import POINTS_MAX, SPACING_M, Track


def test_points_closer_than_the_spacing_are_left_out() -> None:
    frame = LocalFrame(LatLon(36.0, 103.0))
    track = Track()
    for step in range(1001):
        track.add(frame.position(0.1 * step, 0.0))
    xy_m = [frame.point_xy_m(LatLon(*point)) for point in track.points]
    gaps_m = [math.dist(a, b) for a, b in itertools.pairwise(xy_m)]
    assert min(gaps_m) >= SPACING_M - 0.02
    assert max(gaps_m) <= SPACING_M + 0.2


def test_a_long_flight_is_kept_whole_in_few_points() -> None:
    frame = LocalFrame(LatLon(36.0, 103.0))
    track = Track()
    for step in range(20_000):
        track.add(frame.position(2.5 * step, 0.0))
    assert POINTS_MAX / 2 <= len(track.points) <= POINTS_MAX
    assert LatLon(*track.points[0]) == frame.position(0.0, 0.0)
    last_x_m, _ = frame.point_xy_m(LatLon(*track.points[-1]))
    assert last_x_m > 2.5 * 20_000 - 100.0


def test_hovering_adds_nothing() -> None:
    track = Track()
    for _ in range(10):
        track.add(LatLon(36.0, 103.0))
    assert track.points == [(36.0, 103.0)]
