"""Whether the straight way home is clear, and what the sentry says."""

import pytest
from shapely import box

from geofence.altitude_band import AltitudeBand
from geofence.latlon import LatLon
from geofence.monitor.observation import Observation
from geofence.zone import Zone, ZoneKind
from geofence.zone_set import ZoneSet
from telemetry.bus import Bus
from telemetry.events import BreachCleared, BreachPredicted, ZoneViolated
from telemetry.flight.zone_sentry import ZoneSentry
from telemetry.vehicle.vehicle_state import VehicleState

HOME = LatLon(36.0, 103.0)
THERE = LatLon(36.01, 103.0)


def zone(south, north, kind=ZoneKind.EXCLUSION, band=None):
    return Zone.of_area("zone", "zone", kind, box(102.99, south, 103.01, north), band or AltitudeBand())


def state(**known):
    fields = {"home": HOME, "alt_rel_m": 10.0, "alt_amsl_m": 1510.0, "position": THERE, **known}
    return VehicleState(vehicle_id="1-1", system_id=1, component_id=1, link="x", **fields)


@pytest.mark.parametrize(
    ("made", "is_clear"),
    [
        (zone(36.02, 36.03), True),
        (zone(36.004, 36.005), False),
        (zone(36.00400, 36.00403), False),
        (zone(36.004, 36.005, band=AltitudeBand(floor_m=12.0)), False),
        (zone(36.004, 36.005, band=AltitudeBand(floor_m=20.0)), True),
        (zone(36.0098, 36.02), True),
        (zone(36.005, 36.02), False),
        (zone(35.99, 36.02, ZoneKind.INCLUSION), True),
        (zone(36.005, 36.02, ZoneKind.INCLUSION), False),
    ],
    ids=[
        "beyond",
        "across",
        "thin",
        "at the return's altitude",
        "above",
        "left soon",
        "left late",
        "in",
        "out",
    ],
)
def test_the_straight_way_home(made, is_clear):
    assert ZoneSentry(ZoneSet([made]), Bus()).is_way_home_clear(state(), None) is is_clear


def test_without_a_home_no_way_is_clear():
    sentry = ZoneSentry(ZoneSet(()), Bus())
    assert sentry.is_way_home_clear(state(), None)
    assert not sentry.is_way_home_clear(state(home=None), None)


def test_alerts_become_events_once():
    bus = Bus()
    sentry = ZoneSentry(ZoneSet([zone(36.004, 36.005)]), bus)
    with bus.subscribe() as events:
        for tenth in range(1400):
            time_s = tenth * 0.1
            lat_deg = 36.0 + 8.0 * time_s / 110_950.0
            observation = Observation(
                position=LatLon(lat_deg, 103.0),
                time_s=time_s,
                alt_rel_m=30.0,
                east_m_s=0.0,
                north_m_s=8.0,
                climb_m_s=0.0,
            )
            sentry.observe([("1-1", observation)], utc_s=1.8e9 + time_s, event_time_s=time_s)
        said = events.pending()
    assert [type(event) for event in said] == [BreachPredicted, BreachPredicted, ZoneViolated, BreachCleared]
    assert [event.colour for event in said[:2]] == ["yellow", "red"]
    assert said[2].time_s - said[0].time_s >= 10.0
    assert all(event.zone_id == "zone" and event.vehicle_id == "1-1" for event in said)
