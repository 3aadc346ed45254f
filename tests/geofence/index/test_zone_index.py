"""Altitudes, times, the antimeridian, sweeps and refusals of an index."""

import math
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
import shapely
from shapely import MultiPolygon, Polygon

from geofence.altitude_band import UNBOUNDED, AltitudeBand, AltitudeDatum
from geofence.applicability import Applicability, DailyPeriod, DayTime, Period
from geofence.index.altitude_span import UNKNOWN_ALTITUDE, AltitudeSpan
from geofence.index.hits import Hits, united
from geofence.index.utc_span import UNKNOWN_TIME, UtcSpan
from geofence.index.zone_index import ZoneIndex
from geofence.latlon import LatLon
from geofence.refusal import GeofenceError
from geofence.zone import Volume, Zone, ZoneKind

BOX = shapely.box(103.0, 36.0, 104.0, 37.0)
MIDNIGHT_UTC_S = datetime(2026, 3, 2, tzinfo=UTC).timestamp()
WORKING_HOURS = Applicability(
    (Period(daily=(DailyPeriod(start=DayTime(8 * 3600.0), end=DayTime(17 * 3600.0)),)),)
)
ACROSS = MultiPolygon([shapely.box(179.0, -1.0, 180.0, 1.0), shapely.box(-180.0, -1.0, -179.0, 1.0)])


def zone(
    kind: str,
    area: Polygon | MultiPolygon = BOX,
    band: AltitudeBand = UNBOUNDED,
    when: Applicability | None = None,
) -> Zone:
    return Zone.of_area("it", "it", ZoneKind(kind), area, band, applicability=when or Applicability())


def holds(held: Zone, altitudes: AltitudeSpan | None = None, times: UtcSpan | None = None) -> list[bool]:
    count = max(len(part) for part in (altitudes, times) if part is not None)
    places = np.full(count, 36.5), np.full(count, 103.5)
    hits = ZoneIndex([held]).volumes_at(*places, altitudes=altitudes, times=times)
    return [bool(len(hits.of_query(number))) for number in range(count)]


@pytest.mark.parametrize("kind", ["exclusion", "inclusion", "advisory"])
@pytest.mark.parametrize("datum", AltitudeDatum)
def test_a_band_is_met_from_its_floor_to_its_ceiling_in_its_own_datum(
    kind: str, datum: AltitudeDatum
) -> None:
    held = zone(kind, band=AltitudeBand(50.0, 120.0, datum))
    asked = [49.9, 50.0, 120.0, 120.1, math.nan]
    unknown = kind != "inclusion"
    assert holds(held, AltitudeSpan.at(**{f"{datum}_m": asked})) == [False, True, True, False, unknown]
    others = {f"{other}_m": [80.0, 500.0] for other in AltitudeDatum if other is not datum}
    assert holds(held, AltitudeSpan.at(**others)) == [unknown, unknown]
    assert holds(held, UNKNOWN_ALTITUDE) == [unknown]


def test_floor_and_ceiling_may_be_of_two_datums() -> None:
    held = zone("exclusion", band=AltitudeBand(50.0, 1_600.0, AltitudeDatum.AGL, AltitudeDatum.AMSL))
    altitudes = AltitudeSpan.at(
        agl_m=[40.0, 60.0, 60.0, math.nan], amsl_m=[1_550.0, 1_550.0, 1_700.0, 1_700.0]
    )
    assert holds(held, altitudes) == [False, True, False, False]


def test_an_unbounded_side_and_the_ground_need_no_altitude() -> None:
    assert holds(zone("inclusion"), UNKNOWN_ALTITUDE) == [True]
    to_the_ground = zone("inclusion", band=AltitudeBand(0.0, 120.0, AltitudeDatum.AGL, AltitudeDatum.AMSL))
    assert holds(to_the_ground, AltitudeSpan.at(amsl_m=100.0)) == [True]


def test_the_span_of_a_leg_meets_a_band_that_it_only_touches() -> None:
    index = ZoneIndex([zone("exclusion", band=AltitudeBand(50.0, 120.0))])
    altitudes = AltitudeSpan.between(agl_m=([10.0, 10.0, 120.0, 121.0], [49.0, 50.0, 300.0, 300.0]))
    legs = np.full(4, 36.5), np.full(4, 102.5), np.full(4, 36.5), np.full(4, 103.5)
    assert np.diff(index.volumes_on_legs(*legs, altitudes=altitudes).starts).tolist() == [0, 1, 1, 0]


@pytest.mark.parametrize("kind", ["exclusion", "inclusion"])
def test_a_limited_zone_holds_at_its_times(kind: str) -> None:
    held = zone(kind, when=WORKING_HOURS)
    hours = np.array([7.99, 8.0, 12.0, 17.0, 17.01, 24.0 + 9.0, 240.0 + 3.0, math.nan])
    expected = [False, True, True, True, False, True, False, kind == "exclusion"]
    assert holds(held, times=UtcSpan.at(MIDNIGHT_UTC_S + 3600.0 * hours)) == expected
    assert holds(held, times=UNKNOWN_TIME) == [kind == "exclusion"]
    # The other way round: what was worked out for one day does not serve for another.
    index = ZoneIndex([held])
    for hour, is_active in ((12.0, True), (36.0, True), (30.0, False), (-100.0, False), (12.0, True)):
        moment = UtcSpan.at(MIDNIGHT_UTC_S + 3600.0 * hour)
        assert bool(index.zones_at(LatLon(36.5, 103.5), times=moment)) is is_active


def test_spans_of_time_meet_what_they_touch() -> None:
    index = ZoneIndex([zone("exclusion", when=WORKING_HOURS)])
    from_utc_s = MIDNIGHT_UTC_S + 3600.0 * np.array([0.0, 0.0, 17.0, 18.0, 18.0])
    to_utc_s = MIDNIGHT_UTC_S + 3600.0 * np.array([7.9, 8.0, 20.0, 20.0, 33.0])
    sweeps = [
        index.volumes_in_sweep(BOX, times=UtcSpan.between(start, end)).tolist()
        for start, end in zip(from_utc_s, to_utc_s, strict=True)
    ]
    assert sweeps == [[], [0], [0], [], [0]]


def test_times_agree_with_each_zone_itself() -> None:
    generator = np.random.default_rng(2)
    zones = []
    for number in range(40):
        start = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(hours=float(generator.uniform(0, 72)))
        daily = DailyPeriod(
            start=DayTime(generator.uniform(0, 86400)), end=DayTime(generator.uniform(0, 86400))
        )
        period = Period(
            start, start + timedelta(hours=float(generator.uniform(0, 48))), (daily,) if number % 2 else ()
        )
        zones.append(
            Zone.of_area(str(number), "", ZoneKind.ADVISORY, BOX, applicability=Applicability((period,)))
        )
    times = MIDNIGHT_UTC_S + generator.uniform(-48, 96, 60) * 3600.0
    hits = ZoneIndex(zones).volumes_at(np.full(60, 36.5), np.full(60, 103.5), times=UtcSpan.at(times))
    for number, utc_s in enumerate(times):
        assert hits.of_query(number).tolist() == [
            row for row, held in enumerate(zones) if held.is_active_at(utc_s)
        ]


def test_zones_are_named_once_however_many_of_their_volumes_are_hit() -> None:
    layers = (Volume(BOX, AltitudeBand(0.0, 50.0)), Volume(BOX, AltitudeBand(40.0, 90.0)))
    index = ZoneIndex([zone("exclusion"), Zone("layered", "", ZoneKind.EXCLUSION, layers)])
    assert index.zone_of_volume.tolist() == [0, 1, 1]
    at = LatLon(36.5, 103.5)
    assert [held.zone_id for held in index.zones_at(at)] == ["it", "layered"]
    altitudes = AltitudeSpan.at(agl_m=45.0)
    assert index.volumes_at(36.5, 103.5, altitudes=altitudes).volumes.tolist() == [0, 1, 2]
    assert index.zone_of(2).zone_id == "layered"


def test_a_leg_across_the_antimeridian_goes_the_short_way() -> None:
    index = ZoneIndex([zone("exclusion", ACROSS), Zone.of_area("far", "", ZoneKind.EXCLUSION, BOX)])
    legs = (
        (0.0, 178.0, 0.0, -178.0),
        (0.0, -178.0, 0.0, 178.0),
        (5.0, 179.9, 5.0, -179.9),
        (0.0, 178.5, 0.0, -179.9),
        (0.0, 179.9, 36.5, 103.5),
        (0.5, -179.99, 0.6, 179.99),
    )
    hits = index.volumes_on_legs(*np.array(legs).T)
    assert [hits.of_query(number).tolist() for number in range(len(legs))] == [[0], [0], [], [0], [0, 1], [0]]


def test_a_leg_that_only_comes_into_a_zone_beyond_the_antimeridian_is_found() -> None:
    beyond = shapely.box(-179.9, -1.0, -179.0, 1.0)
    index = ZoneIndex([zone("exclusion", beyond)])
    assert index.volumes_on_legs(0.0, 179.5, 0.0, -179.95).volumes.tolist() == []
    assert index.volumes_on_legs(0.0, 179.5, 0.0, -179.9).volumes.tolist() == [0]
    assert index.volumes_on_legs(0.0, -179.5, 0.0, 179.5).volumes.tolist() == [0]


def test_boxes_choose_by_the_boxes_of_volumes() -> None:
    triangle = Polygon([(110.0, 36.0), (111.0, 36.0), (110.0, 37.0)])
    index = ZoneIndex([zone("exclusion"), Zone.of_area("far", "", ZoneKind.EXCLUSION, triangle)])
    assert index.volumes_in_box(103.9, 36.9, 110.0, 38.0).tolist() == [0, 1]
    assert index.volumes_in_box(110.9, 36.9, 112.0, 38.0).tolist() == [1]
    assert index.volumes_in_sweep(shapely.box(110.9, 36.9, 112.0, 38.0)).tolist() == []


def test_more_hits_than_there_was_room_for_are_all_given() -> None:
    count = 60
    index = ZoneIndex(Zone.of_area(str(number), "", ZoneKind.EXCLUSION, BOX) for number in range(count))
    places = np.full(3_000, 36.5), np.full(3_000, 103.5)
    hits = index.volumes_at(*places)
    assert hits.volumes.reshape(-1, count).tolist() == [list(range(count))] * 3_000
    legs = index.volumes_on_legs(*places, np.full(3_000, 38.0), np.full(3_000, 103.5))
    assert np.array_equal(legs.volumes, hits.volumes)
    assert np.array_equal(legs.starts, hits.starts)
    near = index.boundaries_within(*(place[:300] for place in places), 100_000.0)
    assert np.array_equal(near.volumes, hits.volumes[: 300 * count])


def test_an_index_of_nothing_finds_nothing() -> None:
    index = ZoneIndex([])
    assert index.volumes_at([0.0, 90.0], [0.0, 180.0]).starts.tolist() == [0, 0, 0]
    assert index.volumes_on_legs(0.0, 0.0, 1.0, 1.0).volumes.tolist() == []
    assert index.volumes_in_sweep(BOX).tolist() == []
    assert index.nearest_boundaries(0.0, 0.0).volumes.tolist() == [-1]
    assert len(index.boundaries_within(0.0, 0.0, 1e7)) == 1
    assert index.zones_at(LatLon(0.0, 0.0), altitudes=UNKNOWN_ALTITUDE, times=UNKNOWN_TIME) == ()
    nothing = ZoneIndex([zone("exclusion")]).volumes_at([], [])
    assert len(nothing) == 0


@pytest.mark.parametrize(
    ("lat_deg", "lon_deg"), [(91.0, 0.0), (36.5, 180.1), (math.nan, 103.5), (36.5, math.inf)]
)
def test_what_is_no_position_is_refused_by_its_number(lat_deg: float, lon_deg: float) -> None:
    index = ZoneIndex([zone("exclusion")])
    with pytest.raises(GeofenceError, match=r"point 1: .* is no position") as refusal:
        index.volumes_at([36.5, lat_deg], [103.5, lon_deg])
    assert "-180..180" in refusal.value.remedy
    with pytest.raises(GeofenceError):
        index.volumes_on_legs([36.5], [103.5], [lat_deg], [lon_deg])
    with pytest.raises(GeofenceError):
        index.nearest_boundaries([lat_deg], [lon_deg])
    with pytest.raises(GeofenceError):
        index.boundaries_within([lat_deg], [lon_deg], 10.0)


def test_arrays_that_do_not_match_are_refused() -> None:
    index = ZoneIndex([zone("exclusion")])
    with pytest.raises(GeofenceError, match="no points"):
        index.volumes_at([36.5, 36.6], [103.5])
    with pytest.raises(GeofenceError, match="above the highest"):
        AltitudeSpan.between(rel_m=(10.0, 9.0))
    with pytest.raises(GeofenceError, match="ends before"):
        UtcSpan.between(10.0, 9.0)
    with pytest.raises(GeofenceError, match="infinite"):
        UtcSpan.at(math.inf)
    with pytest.raises(GeofenceError, match="3 points and 2"):
        index.volumes_at([36.5] * 3, [103.5] * 3, altitudes=AltitudeSpan.at(rel_m=[1.0, 2.0]))
    with pytest.raises(GeofenceError, match="3 points and 2"):
        index.volumes_at([36.5] * 3, [103.5] * 3, times=UtcSpan.at([1.0, 2.0]))


def test_hits_keep_their_rows() -> None:
    hits = Hits(np.array([0, 2, 2, 3]), np.array([4, 7, 1], dtype=np.int32))
    assert hits.queries.tolist() == [0, 0, 2]
    kept = hits.only(np.array([False, True, True]))
    assert (kept.starts.tolist(), kept.volumes.tolist()) == ([0, 1, 1, 2], [7, 1])
    both = united(hits, Hits(np.array([0, 1, 2]), np.array([7, 3], dtype=np.int32)), np.array([0, 2]))
    assert (both.starts.tolist(), both.volumes.tolist()) == ([0, 2, 2, 4], [4, 7, 1, 3])


def test_the_index_is_imported_without_its_compiler() -> None:
    asked = "import sys; import geofence.index.zone_index; sys.exit('numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", asked], check=False).returncode == 0
