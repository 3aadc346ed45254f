import math

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from geofence.altitude_band import AltitudeBand, AltitudeDatum
from geofence.circle import Circle
from geofence.formats.openair.reader import is_openair, read_openair
from geofence.formats.repair_log import RepairLog
from geofence.latlon import LatLon
from geofence.refusal import GeofenceError
from geofence.repair import RepairCode
from geofence.zone import ZoneKind, ZoneSeverity

GEOD = Geod(ellps="WGS84")
BOX = "DP 47:00:00 N 007:00:00 E\nDP 47:00:00 N 008:00:00 E\nDP 48:00:00 N 008:00:00 E\nDP 48:00:00 N 007:00:00 E\n"
HEAD = "AC R\nAN Test\nAL GND\nAH 3000ft MSL\n"


def read(text):
    log = RepairLog("a.txt")
    content = text if isinstance(text, bytes) else text.encode()
    return read_openair(content, source="a.txt", log=log), log.repairs


def read_one(text):
    (zone,), repairs = read(text)
    return zone, repairs


def test_an_airspace_with_all_its_records():
    text = (
        "* Made by hand\r\n\r\nac q\r\nAY NONE\r\nAN ED-R 12 Süd * of the river\r\nAL 1500 ft AGL * floor\r\nah FL 65\r\n"
        "AF 123.450\r\nAG Tower\r\nAX 7000\r\nAA NONE\r\nSP 0,1,0,0,255\r\nSB -1,-1,-1\r\nAT 47:30:00 N 7:30:00 E\r\nV Z=100\r\n"
    ) + BOX
    zone, (repair,) = read_one(text)
    assert (zone.zone_id, zone.name) == ("ED-R 12 Süd * of the river",) * 2
    assert (zone.kind, zone.severity) == (ZoneKind.EXCLUSION, ZoneSeverity.CONDITIONAL)
    assert zone.area.equals(shapely.box(7, 47, 8, 48))
    assert zone.properties["openair"] == {
        "AC": "q", "AY": "NONE", "AN": zone.name, "AL": "1500 ft AGL", "AH": "FL 65", "AF": "123.450", "AG": "Tower",
        "AX": "7000", "AA": "NONE",
    }  # fmt: skip
    (volume,) = zone.volumes
    assert volume.band.datums == (AltitudeDatum.AGL, AltitudeDatum.AMSL)
    assert volume.band.floor_m == pytest.approx(457.2)
    assert volume.band.ceiling_m > 6500 * 0.3048 + 305
    assert "flight levels" in repair.message


@pytest.mark.parametrize(
    ("words", "kind", "severity"),
    [
        ("AC P", "exclusion", "prohibited"),
        ("AC GP", "exclusion", "prohibited"),
        ("AC R", "exclusion", "authorisation"),
        ("AC CTR", "exclusion", "authorisation"),
        ("AC A", "exclusion", "authorisation"),
        ("AC D", "exclusion", "authorisation"),
        ("AC Q", "exclusion", "conditional"),
        ("AC TMZ", "exclusion", "conditional"),
        ("AC E", "advisory", "information"),
        ("AC G", "advisory", "information"),
        ("AC W", "advisory", "information"),
        ("AC G\nAY RMZ", "exclusion", "conditional"),
        ("AC UNC\nAY FIR", "advisory", "information"),
    ],
)
def test_classes_and_types(words, kind, severity):
    zone, repairs = read_one(f"{words}\nAN a\nAL SFC\nAH UNL\n{BOX}")
    assert (zone.kind, zone.severity, repairs) == (kind, severity, [])


@pytest.mark.parametrize("words", ["AC ZZ", "AC", "AC UNC", "AC G\nAY SOMETHING"])
def test_an_unknown_class_forbids_and_is_reported(words):
    zone, (repair,) = read_one(f"{words}\nAN a\nAL SFC\nAH UNL\n{BOX}")
    assert (zone.kind, zone.severity) == (ZoneKind.EXCLUSION, ZoneSeverity.PROHIBITED)
    assert (repair.code, repair.zone_id) == (RepairCode.VALUE, "a")
    assert "is not a known class of airspace: it is forbidden" in repair.message


AMSL, AGL = AltitudeDatum.AMSL, AltitudeDatum.AGL


@pytest.mark.parametrize(
    ("floor", "ceiling", "band"),
    [
        ("SFC", "UNL", AltitudeBand(0.0, None, AGL, AMSL)),
        ("0", "UNLIM", AltitudeBand(0.0, None, AGL, AMSL)),
        ("gnd", "2500", AltitudeBand(0.0, 762.0, AGL, AMSL)),
        ("1000ft AMSL", "2500FT MSL", AltitudeBand(304.8, 762.0, AMSL)),
        ("100 m AGL", "500M GND", AltitudeBand(100.0, 500.0, AGL)),
        ("AGL 1000", "1500F ASFC", AltitudeBand(304.8, 457.2, AGL)),
        ("MSL 1000 ft", "2000.0 ft ASL", AltitudeBand(304.8, 609.6, AMSL)),
    ],
)
def test_altitudes(floor, ceiling, band):
    zone, repairs = read_one(f"AC R\nAN a\nAL {floor}\nAH {ceiling}\n{BOX}")
    read_band = zone.volumes[0].band
    assert read_band.datums == band.datums
    assert read_band.floor_m == pytest.approx(band.floor_m)
    assert read_band.ceiling_m == (None if band.ceiling_m is None else pytest.approx(band.ceiling_m))
    assert repairs == []


@pytest.mark.parametrize("level", [0, 15, 65, 100, 195, 400])
def test_flight_levels_are_read_as_low_and_as_high_as_they_come(level):
    zone, _ = read_one(f"AC R\nAN a\nAL FL{level}\nAH {level * 100} ft STD\n{BOX}")
    band = zone.volumes[0].band

    def level_amsl_m(sea_level_hpa, warmer_k):
        """Integrate the hydrostatic equation up to the level's pressure."""
        pressure_hpa = lambda height_m: (  # noqa: E731
            1013.25 * (1 - 0.0065 * height_m / 288.15) ** 5.25588
            if height_m < 11000
            else 226.32 * math.exp(-(height_m - 11000) / 6341.6)
        )
        alt_m, step_m, pressure = 0.0, 5.0, sea_level_hpa
        while pressure > pressure_hpa(level * 30.48):
            kelvin = max(288.15 - 0.0065 * alt_m, 216.65) + warmer_k
            pressure *= math.exp(-step_m * 0.0341632 / kelvin)
            alt_m += step_m
        return alt_m

    assert band.datums == (AMSL, AMSL)
    assert band.floor_m <= level_amsl_m(950.0, -40.0)
    assert band.ceiling_m >= level_amsl_m(1050.0, 25.0) - 5.0
    assert band.floor_m < level * 30.48 < band.ceiling_m


def test_a_limit_that_is_missing_or_on_request_is_left_open_and_reported():
    zone, repairs = read_one(f"AC R\nAN a\nAH Ask on 122.8\n{BOX}")
    assert zone.volumes[0].band == AltitudeBand(datum=AMSL)
    assert [repair.message.split(":")[0] for repair in repairs] == [
        "AL is missing",
        "AH is not known without asking ('Ask on 122.8')",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "47:30:00 N 007:15:00 E", "47:30:00N007:15:00E", "47:30.0N, 7:15.00 e", "47.5 N 7.25 E", "N47:30:00 E007:15:00",
        "47:30:00.0 N 007:14:60 E", "47:29:60N 7:15E",
    ],
)  # fmt: skip
def test_positions(text):
    zone, _ = read_one(f"{HEAD}V X={text}\nDC 1")
    assert (zone.volumes[0].circle.centre.lat_deg, zone.volumes[0].circle.centre.lon_deg) == pytest.approx(
        (47.5, 7.25)
    )


def test_southern_and_western_hemispheres():
    zone, _ = read_one(f"{HEAD}V X=33:30:00 S 070:15:00 W\nDC 1")
    assert zone.volumes[0].circle.centre == LatLon(-33.5, -70.25)


def test_circles_stay_circles_beside_polygons():
    zone, repairs = read_one(f"{HEAD}{BOX}V X=47:30:00 N 010:00:00 E\nDC 2.5\nDC 1")
    assert [volume.circle for volume in zone.volumes] == [
        None,
        Circle(LatLon(47.5, 10.0), 2.5 * 1852),
        Circle(LatLon(47.5, 10.0), 1852.0),
    ]
    assert repairs == []


def _sector_points(radius_m, azimuths_deg, centre=(7.5, 47.5)):
    count = len(azimuths_deg)
    lon, lat, _ = GEOD.fwd(
        np.full(count, centre[0]), np.full(count, centre[1]), azimuths_deg, np.full(count, radius_m)
    )
    return shapely.points(lon, lat)


@pytest.mark.parametrize(("sign", "azimuths"), [("+", np.arange(301, 420)), ("-", np.arange(61, 300))])
def test_an_arc_between_azimuths_holds_the_true_one(sign, azimuths):
    text = f"{HEAD}V D={sign}\nV X=47:30:00 N 007:30:00 E\nDA 10,300,60\nDP 47:30:00 N 007:30:00 E"
    zone, repairs = read_one(text)
    assert repairs == []
    # Bulging outwards: all of the arc lies within, and hardly more.
    assert shapely.covers(zone.area, _sector_points(18520.0 - 0.001, azimuths)).all()
    assert not shapely.covers(zone.area, _sector_points(18520.0 + 2.2, azimuths)).any()


def test_an_arc_that_bends_inwards_loses_nothing_either():
    start, end = "47:30:00 N 007:15:00 E", "47:30:00 N 007:45:00 E"
    text = f"{HEAD}V X=47:30:00 N 007:30:00 E\nDP 47:45:00 N 007:15:00 E\nDB {start}, {end}\nDP 47:45:00 N 007:45:00 E"
    zone, repairs = read_one(text)
    assert repairs == []
    radius_m = GEOD.inv(7.5, 47.5, 7.25, 47.5)[2]
    azimuths = np.linspace(-85, 85, 171)
    assert shapely.covers(zone.area, _sector_points(radius_m + 0.01, azimuths)).all()
    assert not shapely.covers(zone.area, _sector_points(radius_m - 3.0, azimuths)).any()


def test_an_arc_from_an_azimuth_to_itself_is_a_circle():
    zone, _ = read_one(f"{HEAD}V X=47:30:00 N 007:30:00 E\nDA 1,0,360")
    assert shapely.covers(zone.area, _sector_points(1851.999, np.arange(360))).all()


def test_the_direction_is_clockwise_again_in_the_next_airspace():
    arc = "V X=47:30:00 N 007:30:00 E\nDA 10,0,90\nDP 47:30:00 N 007:30:00 E\n"
    (first, second), _ = read(f"{HEAD}V D=-\n{arc}AC R\nAN b\nAL SFC\nAH UNL\n{arc}")
    assert first.area.area == pytest.approx(3 * second.area.area, rel=0.01)


def test_airspaces_of_one_name_are_numbered_and_identifiers_taken():
    zones, _ = read(f"{HEAD}{BOX}{HEAD}{BOX}{HEAD}AI LS-1\n{BOX}")
    assert [zone.zone_id for zone in zones] == ["Test", "Test (2)", "LS-1"]


def test_faulty_outlines_are_mended_and_terrain_is_reported():
    bowtie = "DP 47:00:00 N 007:00:00 E\nDP 48:00:00 N 008:00:00 E\nDP 47:00:00 N 008:00:00 E\nDP 48:00:00 N 007:00:00 E\n"
    zone, (terrain, repair) = read_one(f"{HEAD}{bowtie}TC Lake\n{BOX}")
    assert zone.area.area == pytest.approx(0.5)
    assert (repair.code, repair.place) == (RepairCode.SELF_INTERSECTION, "a.txt, line 1 (Test)")
    assert (terrain.code, terrain.message) == (
        RepairCode.LOST,
        "the terrain 'Lake' is no airspace: it was passed over",
    )


def test_old_encodings_are_read():
    zone, (repair,) = read_one(f"{HEAD}{BOX}".replace("Test", "Zürich").encode("cp1252"))
    assert (zone.name, repair.code) == ("Zürich", RepairCode.ENCODING)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "a.txt: there is no airspace in it"),
        ("* nothing\n", "there is no airspace in it"),
        ("AN a", "line 1: AN stands before any AC"),
        (BOX, "line 1: DP stands before any AC"),
        ("hello there", "line 1: 'hello there' is not a record of OpenAir. Begin comments with"),
        (HEAD, r"line 1 \(Test\): the airspace has no outline"),
        (f"{HEAD}DP 47:00:00 N 007:00:00 E\nDP 48:00:00 N 007:00:00 E", r"line 1 \(Test\): the ring has 2 distinct points"),
        (f"{HEAD}AN b\n{BOX}", "line 5: the airspace has a second AN"),
        (f"{HEAD}DP 47:00:00 007:00:00", r"line 5 \(Test\): '47:00:00 007:00:00' is not a position"),
        (f"{HEAD}DP 47:61:00 N 007:00:00 E", "is not a position"),
        (f"{HEAD}DP 91:00:00 N 007:00:00 E", "latitude 91.0 is not within"),
        (f"{HEAD}DP 47:00:00 N 187:00:00 E", "longitude 187.0 is not within"),
        (f"{HEAD}DB 47:00:00 N 007:00:00 E", "is not 2 positions"),
        (f"{HEAD}DC 5", "the arc or circle has no centre"),
        (f"{HEAD}V X=47:00:00 N 007:00:00 E\nDC five", "DC 'five' is not a radius"),
        (f"{HEAD}V X=47:00:00 N 007:00:00 E\nDC 0", "cannot have a radius of 0 m"),
        (f"{HEAD}V X=47:00:00 N 007:00:00 E\nDA 5,10", "DA '5,10' is not an arc"),
        (f"{HEAD}V X=47:00:00 N 007:00:00 E\nDA 5,10,400", "is not an arc"),
        (
            f"{HEAD}V X=47:00:00 N 007:00:00 E\nDB 47:00:00 N 008:00:00 E, 48:00:00 N 009:00:00 E",
            r"ends of the arc are 76,\d+ m and 187,\d+ m from its centre",
        ),
        (f"{HEAD}V X=nowhere", "'nowhere' is not a position"),
        (f"{HEAD}V Q=1", "V 'Q=1' is not known"),
        (f"{HEAD}DY 47:00:00 N 007:00:00 E", r"an airway \(DY\) has no area of its own"),
        (f"AC R\nAN a\nAL high\nAH UNL\n{BOX}", r"line 1 \(a\): AL 'high' is not an altitude"),
        (f"AC R\nAN a\nAL 500ft AGL\nAH 100ft AGL\n{BOX}", "floor 152.4 m is not below the ceiling 30.48 m"),
    ],
)  # fmt: skip
def test_what_cannot_be_understood_is_refused_by_line(text, fault):
    with pytest.raises(GeofenceError, match=fault) as refusal:
        read(text)
    assert refusal.value.place.startswith("a.txt")
    assert refusal.value.remedy


@pytest.mark.parametrize(
    ("content", "known"),
    [
        (b"* a comment\r\n*\r\n\r\nAC R\r\n", True),
        (b"\xef\xbb\xbfAC R", True),
        (b"an x", True),
        (b"ACCESS", False),
        (b"{}", False),
        (b"*" + b" " * 60_000, False),
    ],
)
def test_files_are_told_by_their_first_record(content, known):
    assert is_openair(content) is known


lines = st.one_of(
    st.sampled_from([*HEAD.splitlines(), *BOX.splitlines(), "V D=-", "V X=47:30:00 N 007:30:00 E", "DC 3", "DA 3,10,90",
                     "DB 47:30:00 N 007:00:00 E, 47:30:00 N 008:00:00 E", "AL FL65", "AH 900ft AGL", "TO x", "AT", "*"]),
    st.builds(
        lambda record, value: f"{record} {value}",
        st.sampled_from(["AC", "AN", "AL", "AH", "AY", "V", "DP", "DC", "DA", "DB"]),
        st.text("0123456789:.,+-= NSEWXDFLAGMft", max_size=16),
    ),
    st.text(max_size=8),
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(lines, max_size=14))
def test_any_lines_are_read_or_refused(some):
    try:
        zones, _ = read("\n".join(["AC R", *some]).encode("utf-8", "surrogatepass"))
    except GeofenceError as refusal:
        str(refusal).encode()
        return
    assert zones
