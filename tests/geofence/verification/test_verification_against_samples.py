"""The verification against a slow judge that knows only points."""

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Polygon

from geofence.altitude_band import AltitudeBand
from geofence.latlon import LatLon
from geofence.local_frame import LocalFrame
from geofence.monitor.zone_monitor import ZoneMonitor
from geofence.verification.finding import FindingCode
from geofence.verification.leg import Leg
from geofence.verification.verification import verify_legs
from geofence.zone import Zone, ZoneKind
from geofence.zone_set import ZoneSet

FRAME = LocalFrame(LatLon(36.0925, 103.7080))
MARGIN_M = 10.0
SAMPLES = 401

coordinates = st.integers(-300, 300).map(float)
alts = st.sampled_from([0.0, 20.0, 35.0, 50.0, 65.0, 80.0])


@st.composite
def shapes(draw):
    x_m, y_m = draw(coordinates), draw(coordinates)
    count = draw(st.integers(3, 7))
    turns = np.linspace(0.0, 2.0 * np.pi, count, endpoint=False) + draw(st.floats(0.0, 1.0))
    radii = np.array(draw(st.lists(st.sampled_from([40.0, 90.0, 200.0]), min_size=count, max_size=count)))
    return Polygon(np.column_stack((x_m + radii * np.cos(turns), y_m + radii * np.sin(turns))))


@st.composite
def zone_sets(draw):
    zones, planar = [], []
    for number in range(draw(st.integers(1, 6))):
        kind = draw(st.sampled_from([ZoneKind.INCLUSION, ZoneKind.EXCLUSION]))
        shape = draw(shapes())
        band = AltitudeBand(
            draw(st.sampled_from([None, 10.0, 40.0])), draw(st.sampled_from([None, 45.0, 70.0]))
        )
        zones.append(Zone.of_area(str(number), str(number), kind, FRAME.unproject(shape), band))
        planar.append((kind, shape, *band.limits_rel_m()))
    return ZoneSet(zones), planar


legs = st.tuples(coordinates, coordinates, coordinates, coordinates, alts, alts, st.booleans())


def _sample(drawn):
    x0, y0, x1, y1, low, high, is_vertical = drawn
    if is_vertical:
        x1, y1 = x0, y0
    fractions = np.linspace(0.0, 1.0, SAMPLES)
    xy_m = np.column_stack((x0 + fractions * (x1 - x0), y0 + fractions * (y1 - y0)))
    leg = Leg(1, 2, FRAME.position(x0, y0), FRAME.position(x1, y1), low, high)
    return leg, xy_m, low + fractions * (high - low), np.hypot(x1 - x0, y1 - y0)


@settings(max_examples=100, deadline=None)
@given(zone_sets(), legs)
def test_exclusions_are_entered_as_deep_as_the_samples_say(drawn, drawn_leg):
    zones, planar = drawn
    leg, xy_m, alts_m, length_m = _sample(drawn_leg)
    step_m = length_m / (SAMPLES - 1)
    found = verify_legs([leg], zones, margin_m=MARGIN_M).findings
    inside = {f.zone_id: -f.clearance_m for f in found if f.code is FindingCode.INSIDE_EXCLUSION}
    near = {f.zone_id: f.clearance_m for f in found if f.code is FindingCode.MARGIN}
    points = shapely.points(xy_m)
    for number, (kind, shape, floor_m, ceiling_m) in enumerate(planar):
        if kind is not ZoneKind.EXCLUSION:
            continue
        in_band = (floor_m <= alts_m) & (alts_m <= ceiling_m)
        signed_m = np.where(shapely.contains_xy(shape, xy_m), 1.0, -1.0) * shapely.distance(
            points, shape.exterior
        )
        deepest_m = signed_m[in_band].max(initial=-np.inf)
        zone_id = str(number)
        if deepest_m > 0.01:
            assert zone_id in inside
        if zone_id in inside:
            assert zone_id not in near
            # The band may begin between two samples.
            assert deepest_m - 0.01 <= inside[zone_id] <= max(deepest_m, 0.0) + step_m + 0.01
        elif deepest_m > -MARGIN_M + 0.01:
            assert zone_id in near
        if zone_id in near:
            assert near[zone_id] <= -deepest_m + 0.01
            assert -deepest_m <= near[zone_id] + step_m + 0.01 or not in_band.any()


@settings(max_examples=100, deadline=None)
@given(zone_sets(), legs)
def test_inclusions_are_left_where_the_samples_say(drawn, drawn_leg):
    zones, planar = drawn
    leg, xy_m, alts_m, length_m = _sample(drawn_leg)
    inclusions = [zone for zone in planar if zone[0] is ZoneKind.INCLUSION]
    if not inclusions:
        return
    is_allowed = np.zeros(SAMPLES, dtype=bool)
    is_nearly = np.zeros(SAMPLES, dtype=bool)
    for _, shape, floor_m, ceiling_m in inclusions:
        in_band = ((floor_m <= alts_m) | (length_m == 0.0)) & (alts_m <= ceiling_m)
        is_allowed |= shapely.contains_xy(shape.buffer(0.03), xy_m) & in_band
        is_nearly |= shapely.contains_xy(shape.buffer(-0.03), xy_m) & in_band
    found = verify_legs([leg], zones, margin_m=0.0).findings
    codes = {FindingCode.OUTSIDE_INCLUSION, FindingCode.ABOVE_CEILING, FindingCode.BELOW_FLOOR}
    is_left = any(finding.code in codes for finding in found)
    if not is_allowed.all():
        assert is_left
    if is_left:
        # Between two samples a leg may leave for less than a step.
        widened = is_nearly[1:] & is_nearly[:-1]
        assert not is_nearly.all() or length_m > 0.0 or not widened.all()


@settings(max_examples=60, deadline=None)
@given(zone_sets(), legs)
def test_the_least_clearance_is_that_of_the_samples(drawn, drawn_leg):
    zones, planar = drawn
    leg, xy_m, alts_m, length_m = _sample(drawn_leg)
    floorless = all(floor_m == -np.inf for kind, _, floor_m, _ in planar if kind is ZoneKind.INCLUSION)
    if not floorless or leg.start_alt_rel_m != leg.end_alt_rel_m:
        return
    places = FRAME.latlon_deg(xy_m)
    verification = verify_legs([leg], zones, margin_m=0.0)
    monitor = ZoneMonitor(zones)
    sampled_m = np.array(
        [
            monitor.clearance_m(LatLon(*place), alt_rel_m=alt_m)[0]
            for place, alt_m in zip(places.tolist(), alts_m.tolist(), strict=True)
        ]
    )
    if not np.isfinite(sampled_m).all():
        return
    step_m = length_m / (SAMPLES - 1)
    if sampled_m.min() > 0.01:
        assert sampled_m.min() - step_m - 0.02 <= verification.min_clearance_m <= sampled_m.min() + 0.02
    elif sampled_m.min() < -0.01:
        assert verification.min_clearance_m < 0.0
