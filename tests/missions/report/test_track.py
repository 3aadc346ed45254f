import numpy as np
import pytest

from geofence.latlon import LatLon
from geofence.terrain import GridTerrain
from geofence.verification.return_policy import ReturnPolicy
from missions.files.item_values import numbered
from missions.plan.item import Command, Frame, MissionItem
from missions.plan.plan import Plan
from missions.refusal import MissionError
from missions.report.flight_profile import FlightProfile
from missions.report.track import track_of

HOME, EAST = LatLon(36.0, 103.0), LatLon(36.0, 103.01109)  # 1 km


def plan(*middle, **more):
    steps = (MissionItem(0, Command.NAV_TAKEOFF, alt_m=50.0), *middle)
    items = numbered((*steps, MissionItem(0, Command.NAV_RETURN_TO_LAUNCH, Frame.MISSION)))
    return Plan("x", HOME, items, speed_m_s=10.0, **more)


def go(alt_m=50.0, hold_s=0.0, frame=Frame.GLOBAL_RELATIVE_ALT):
    return MissionItem(0, Command.NAV_WAYPOINT, frame, EAST, alt_m, (hold_s, 0.0, 0.0, 0.0))


def test_it_ends_on_the_pad_after_the_whole_way():
    track = track_of(plan(go()))
    assert track.length_m == pytest.approx(2000.0, rel=1e-3)
    assert track.duration_s == pytest.approx(25.0 + 102.0 + 102.0 + 25.0, rel=1e-2)
    assert (track.points[-1].position, track.points[-1].alt_rel_m) == (HOME, 0.0)
    assert [p.time_s for p in track.points] == sorted(p.time_s for p in track.points)


def test_it_stays_where_it_is_told_to_and_flies_as_fast_as_it_is_told_to():
    slow = MissionItem(0, Command.DO_CHANGE_SPEED, Frame.MISSION, params=(1.0, 5.0, -1.0, 0.0))
    assert track_of(plan(go(hold_s=60.0))).duration_s == pytest.approx(track_of(plan(go())).duration_s + 60.0)
    assert track_of(plan(slow, go())).duration_s == pytest.approx(
        track_of(plan(go())).duration_s + 200.0, rel=1e-2
    )


def test_it_returns_at_the_altitude_of_the_policy():
    track = track_of(plan(go(), returns=ReturnPolicy(alt_rel_m=80.0)))
    assert max(point.alt_rel_m for point in track.points) == 80.0


def test_altitudes_are_counted_from_home():
    terrain = GridTerrain(
        np.array([[1500.0, 1600.0]] * 2),
        north_deg=36.1,
        west_deg=103.0,
        lat_step_deg=0.2,
        lon_step_deg=0.01109,
    )
    above_sea = track_of(plan(go(1570.0, frame=Frame.GLOBAL), home_alt_amsl_m=1500.0))
    above_ground = track_of(plan(go(40.0, frame=Frame.GLOBAL_TERRAIN_ALT)), terrain=terrain)
    assert above_sea.points[2].alt_rel_m == pytest.approx(70.0)
    assert above_ground.points[2].alt_rel_m == pytest.approx(140.0, abs=0.1)


def test_every_item_ends_when_it_is_predicted_to():
    made = plan(go(), go(60.0))
    profile = FlightProfile((1, 2, 3, 4), (30.0, 200.0, 230.0, 400.0), (1.0, 20.0, 24.0, 50.0))
    ends = track_of(made, profile=profile).ends()
    assert {seq: (ends[seq].time_s, ends[seq].used_wh) for seq in profile.item_seqs} == {
        seq: (end_s, wh)
        for seq, end_s, wh in zip(profile.item_seqs, profile.ends_s, profile.used_wh, strict=True)
    }


@pytest.mark.parametrize(
    ("seqs", "ends_s", "used_wh"), [((1,), (), ()), ((1,), (1.0,), (1.0, 2.0)), ((1, 2), (2.0, 1.0), ())]
)
def test_a_profile_that_runs_backwards_is_refused(seqs, ends_s, used_wh):
    with pytest.raises(MissionError):
        FlightProfile(seqs, ends_s, used_wh)
