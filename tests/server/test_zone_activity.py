"""When zones of limited times hold, and how the page gets its zones."""

from datetime import UTC, datetime

from shapely import box

from geofence.altitude_band import AltitudeBand
from geofence.applicability import Applicability, DailyPeriod, DayTime, Period, Weekday
from geofence.circle import Circle
from geofence.latlon import LatLon
from geofence.zone import Volume, Zone, ZoneKind
from geofence.zone_set import ZoneSet
from server.zone_document import zone_document

MARKET_DAYS = frozenset({Weekday.SATURDAY, Weekday.SUNDAY})
MARKET = Zone.of_area(
    "market",
    "集市 Market",
    ZoneKind.EXCLUSION,
    box(103.70, 36.09, 103.71, 36.10),
    applicability=Applicability(
        (Period(daily=(DailyPeriod(MARKET_DAYS, DayTime(17 * 3600.0), DayTime(22 * 3600.0)),)),),
        "Asia/Shanghai",
    ),
)
FRIDAY_UTC_S = datetime(2026, 11, 20, tzinfo=UTC).timestamp()


async def test_zones_of_limited_times_say_when_they_hold(run_service) -> None:
    async with run_service(zones=ZoneSet([MARKET])) as service:
        answer = await service.client.get(
            "/api/zone-activity", params={"from_utc_s": FRIDAY_UTC_S, "hours": 72}
        )
        assert answer.status_code == 200
        # 17:00 to 22:00 in Shanghai is 9:00 to 14:00 UTC.
        saturday_s, sunday_s = FRIDAY_UTC_S + 86_400.0, FRIDAY_UTC_S + 2 * 86_400.0
        assert answer.json()["zones"] == {
            "market": [[day_s + 9 * 3600.0, day_s + 14 * 3600.0] for day_s in (saturday_s, sunday_s)]
        }
        assert (await service.client.get("/api/zone-activity")).status_code == 422
        too_long = {"from_utc_s": FRIDAY_UTC_S, "hours": 1e6}
        assert (await service.client.get("/api/zone-activity", params=too_long)).status_code == 422


def test_the_page_gets_circles_as_polygons_and_every_band() -> None:
    circle = Zone.of_circle(
        "pad", "Pad", ZoneKind.EXCLUSION, Circle(LatLon(36.09, 103.7), 25_000.0), AltitudeBand(0.0, 120.0)
    )
    layers = Zone(
        "layers",
        "Layers",
        ZoneKind.EXCLUSION,
        (
            Volume(box(103.70, 36.09, 103.71, 36.10), AltitudeBand(50.0, 150.0)),
            Volume(box(103.705, 36.09, 103.72, 36.10), AltitudeBand(None, 50.0)),
        ),
    )
    drawn, layered = zone_document(circle), zone_document(layers)
    assert 70 <= len(drawn["geometry"]["coordinates"][0]) <= 150
    assert drawn["properties"]["severity"] == "prohibited"
    assert [band["ceiling_m"] for band in layered["properties"]["bands"]] == [150.0, 50.0]
    assert layered["geometry"]["type"] == "Polygon"
    assert not zone_document(MARKET)["properties"]["is_permanent"]
