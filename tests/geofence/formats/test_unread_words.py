"""Limits of altitude and time that are not read: never passed over where that would allow more."""

import pytest
from shapely import box

from geofence.formats.geojson import zone_to_feature, zones_from_geojson
from geofence.formats.name_words import words_of_name
from geofence.refusal import GeofenceError
from geofence.zone import Zone, ZoneKind
from tests.geofence.formats.kml_documents import kml, placemark, read

RING = [[103.70, 36.09], [103.71, 36.09], [103.71, 36.10], [103.70, 36.10], [103.70, 36.09]]
POLYGON = {"type": "Polygon", "coordinates": [RING]}

NUMBERS = (
    *("max_alt_m", "max_height_m", "maxHeight", "MAXHEIGHT", "max_alt_ft", "max_agl", "ceil", "upper", "top"),
    *("height", "altitude", "alt_max", "altitude_max", "altitude_limit", "maximum_altitude", "MAXALTFT"),
    *("ceiling_meters", "ceiling_feet", "ceiling_agl", "ceiling_ft_agl", "h_max", "limit", "vertical limit"),
    *(
        "最大高度",
        "高度上限",
        "飞行高度",
        "无人机限高",
        "ceilng_m",
        "Cieling",
        "maximum_al",
        "altitude_l",
        "upper_limi",
    ),
    *("min_alt_m", "lowest_altitude", "最低高度", "bottom"),
)
TEXTS = (
    *(
        ("ceiling", text)
        for text in ("60", "60 m", "400 ft", "400'", "FL65", "120米", "≤ 120 m AGL", "二十米")
    ),
    *(
        ("限高", "120米"),
        ("upper_limit", "FL65"),
        ("max_height", "120"),
        ("height_limit", "below 120 metres"),
    ),
    *(("高度限制", "真高120米以下"), ("max_altitude", "120m"), ("height", "35 m (roof)"), ("top", "4,5 m")),
    *(("altitude", {"max": 120}), ("height_limits", [0, 120])),
)
ATTRIBUTES = {
    "height": "tall",
    "top": "Level 3",
    "upper": "upper town",
    "elevation": 1520,
    "floors": 12,
    "altitudeMode": "clampToGround",
    "height_unit": "m",
    "max_drones": 4,
    "max_speed_m_s": 10,
    "最高限速": 60,
    "population": 120,
    "halted": True,
    "ceiling": "none",
    "altitude": None,
    "created": "2026-05-01",
    "valid": True,
    "start": "the north gate",
    "survey_date": "2026-05-01",
}


def _zones(kind="inclusion", **properties):
    feature = {
        "type": "Feature",
        "id": "pad",
        "properties": {"kind": kind, **properties},
        "geometry": POLYGON,
    }
    return zones_from_geojson(feature, source="z.json")


@pytest.mark.parametrize(("name", "value"), [*((name, 60) for name in NUMBERS), *TEXTS])
def test_what_sounds_like_a_limit_is_refused_for_an_inclusion_zone_and_told_for_others(name, value):
    with pytest.raises(GeofenceError) as refusal:
        _zones(**{name: value})
    said = f"{name} {value!r} sounds like a limit of altitude and is not read as one"
    assert said in refusal.value.what
    assert refusal.value.place == "z.json, feature 1 (pad)"
    assert "rename it where it is none" in refusal.value.remedy
    zones = _zones("exclusion", **{name: value})
    assert [repair.message for repair in zones.repairs] == [f"{said}: it does not limit the zone"]
    assert zones.zones[0].volumes[0].band.limits_rel_m() == (-float("inf"), float("inf"))


@pytest.mark.parametrize(
    ("name", "value", "ours"),
    [("max_height_m", 60, "ceiling_m"), ("ceiling", "400 ft", "ceiling_ft"), ("min_alt_ft", 60, "floor_ft")],
)
def test_the_remedy_names_the_word_to_write(name, value, ours):
    with pytest.raises(GeofenceError, match=f"Write {ours} as a plain number"):
        _zones(**{name: value})


def test_attributes_that_limit_nothing_are_kept():
    zones = _zones(**ATTRIBUTES)
    assert [repair.message for repair in zones.repairs] == []
    assert zones.zones[0].properties == ATTRIBUTES


def test_a_limit_that_is_stated_settles_what_sounds_like_one():
    zones = _zones(ceiling_m=120, datum="agl", height=30, max_alt_ft=400)
    assert zones.zones[0].volumes[0].band.ceiling_m == 120.0
    with pytest.raises(GeofenceError, match="min_alt_m"):
        _zones(ceiling_m=120, datum="agl", min_alt_m=30)


def test_the_words_of_kml_are_judged_alike():
    with pytest.raises(GeofenceError, match="max_alt_m 60 sounds like"):
        read(kml(placemark(data={"kind": "inclusion", "max_alt_m": "60"})))
    with pytest.raises(GeofenceError, match="ceiling '60 m' sounds like"):
        read(kml(placemark(data={"kind": "inclusion", "ceiling": "60 m"})))


def test_a_band_with_anything_else_is_refused():
    geometry = {
        "type": "GeometryCollection",
        "geometries": [{**POLYGON, "band": {"ceiling_m": 60, "top": 5}}],
    }
    feature = {"type": "Feature", "id": "pad", "properties": {"kind": "exclusion"}, "geometry": geometry}
    with pytest.raises(GeofenceError, match=r"pad\), band: top 5 is not known"):
        zones_from_geojson(feature, source="z.json")
    geometry["geometries"][0]["band"] = 60
    with pytest.raises(GeofenceError, match="band"):
        zones_from_geojson(
            feature | {"properties": {"kind": "inclusion"}} | {"geometry": {**POLYGON, "band": []}}
        )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("valid_to", "2026-05-01"),
        ("validFrom", "2026-05-01T08:00:00Z"),
        ("start", "2026/5/1"),
        ("end_time", "18:00"),
        ("expires", 1777600000),
        ("生效日期", "2026年5月1日"),
        ("开放时间", "周一至周五"),
        ("active_days", "mon-fri"),
        ("schedule", [{"from": "08:00"}]),
        ("opening_hours", "sunrise-sunset"),
    ],
)
def test_times_that_are_not_read_are_refused_for_an_inclusion_zone_and_told_for_others(name, value):
    with pytest.raises(GeofenceError, match=r"sounds like a limit of time .* Write applicability"):
        _zones(**{name: value})
    (repair,) = _zones("exclusion", **{name: value}).repairs
    assert repair.message.startswith(f"{name} ")
    assert "sounds like a limit of time" in repair.message
    periods = {"periods": [{"end": "2026-05-01T00:00:00Z"}]}
    assert _zones(**{name: value, "applicability": periods}).repairs == ()


@pytest.mark.parametrize("words", [{"periods": []}, {"periods": [{"daily": []}]}])
def test_empty_times_say_neither_always_nor_never(words):
    for kind in ("inclusion", "exclusion"):
        with pytest.raises(GeofenceError, match="is empty, which says neither always nor never"):
            _zones(kind, applicability=words)


@pytest.mark.parametrize(
    ("properties", "said"),
    [
        ({"Kind": "exclusion"}, "kind inclusion and Kind exclusion"),
        ({"zone_type": "no_fly"}, "kind inclusion and zone_type exclusion"),
        ({"type": "NFZ"}, "kind inclusion and type exclusion"),
        ({"类型": "禁飞区"}, "kind inclusion and 类型 exclusion"),
    ],
)
def test_kinds_that_contradict_each_other_are_refused(properties, said):
    with pytest.raises(GeofenceError, match=f"its kinds contradict each other: {said}"):
        _zones(**properties)


def test_kinds_that_agree_are_one():
    assert _zones("exclusion", zone_type="prohibited", Kind="no-fly").zones[0].kind is ZoneKind.EXCLUSION
    assert _zones("advisory", type="island").zones[0].kind is ZoneKind.ADVISORY


@pytest.mark.parametrize(
    "properties", [{"category": "exclusion"}, {"name": "禁飞区"}, {"status": "No Fly Zone"}]
)
def test_what_may_be_forbidden_is_not_taken_for_an_inclusion_zone(properties):
    with pytest.raises(
        GeofenceError, match="sounds like a zone where flight is forbidden, and the kind is not said"
    ):
        _zones(None, **properties)


def test_what_is_no_limit_of_ours_is_written_as_somebody_elses_and_comes_back():
    properties = {"height": 30, "valid_to": "2026-05-01", "type": "NFZ", "colour": "red"}
    zone = Zone.of_area("a", "a", ZoneKind.INCLUSION, box(103.7, 36.0, 103.8, 36.1), properties=properties)
    feature = zone_to_feature(zone)
    assert feature["properties"]["foreign"] == {
        name: properties[name] for name in ("height", "valid_to", "type")
    }
    assert zones_from_geojson(feature).zones == (zone,)


def test_names_are_split_at_signs_capitals_and_known_words():
    known = {"max", "maximum", "alt", "altitude", "m", "height"}
    assert words_of_name("maxAltitudeM", known) == ("max", "altitude", "m")
    assert words_of_name("MAXALT", known) == ("max", "alt")
    assert words_of_name("maximum_al", known) == ("maximum", "alt")
    assert words_of_name("MAX_ROOMS2", known) == ("max", "rooms")
