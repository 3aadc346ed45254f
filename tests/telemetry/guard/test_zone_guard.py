"""What the guard orders, how often, and when it stands back."""

import pytest
from shapely import box

from geofence.monitor.alert import Alert, AlertLevel, AlertLimit
from geofence.zone import Zone, ZoneAction, ZoneKind
from telemetry.flight.zone_guard import (
    ROUND_S,
    Acted,
    GuardOrder,
    GuardSwitch,
    Overruled,
    Refused,
    ZoneGuard,
)


def alert(action=ZoneAction.HOLD, level=AlertLevel.CERTAIN, zone_id="zone"):
    zone = Zone.of_area(zone_id, zone_id, ZoneKind.EXCLUSION, box(0, 0, 1, 1), stated_action=action)
    return Alert(zone, level, AlertLimit.SIDE, 10.0, 3.0)


def events_of(guard):
    return list(iter(guard.next_event, None))


@pytest.mark.parametrize(
    ("action", "order", "mode"),
    [
        (ZoneAction.HOLD, GuardOrder.HOLD, "BRAKE"),
        (ZoneAction.RETURN, GuardOrder.RETURN, "RTL"),
        (ZoneAction.LAND, GuardOrder.LAND, "LAND"),
    ],
)
def test_the_action_of_the_zone_is_ordered_once_an_episode(action, order, mode):
    guard = ZoneGuard()
    guard.observe([alert(action)], "AUTO", 0.0)
    assert guard.get_timer() == 0.0
    assert guard.next_order(0.0) is order
    assert guard.next_order(0.0) is None
    guard.handle_result("", 0.5)
    for now_s in range(1, 20):
        guard.observe([alert(action)], mode, float(now_s))
        assert guard.next_order(float(now_s)) is None
    assert events_of(guard) == [Acted(order, "zone", action)]
    guard.observe([], mode, 20.0)
    guard.observe([alert(action)], "AUTO", 21.0)
    assert guard.next_order(21.0) is order


@pytest.mark.parametrize(
    "alerts",
    [[], [alert(level=AlertLevel.PREDICTED)], [alert(ZoneAction.WARN)]],
    ids=["nothing", "yellow", "warn only"],
)
def test_nothing_is_ordered_for_less(alerts):
    guard = ZoneGuard()
    guard.observe(alerts, "AUTO", 0.0)
    assert guard.get_timer() is None
    assert guard.next_order(0.0) is None


def test_what_cannot_be_had_is_followed_by_what_is_stricter_and_then_again():
    guard = ZoneGuard()
    orders = []
    now_s = 0.0
    for _ in range(40):
        guard.observe([alert()], "AUTO", now_s)
        order = guard.next_order(now_s)
        if order is not None:
            orders.append((now_s, order))
            guard.handle_result("refused", now_s)
        now_s += 0.1
    assert [order for _, order in orders] == [GuardOrder.HOLD, GuardOrder.RETURN, GuardOrder.LAND] * 2
    assert orders[3][0] - orders[2][0] == pytest.approx(ROUND_S, abs=0.15)
    assert all(isinstance(event, Refused) for event in events_of(guard))


def test_a_return_through_forbidden_space_is_left_out():
    guard = ZoneGuard()
    guard.observe([alert(ZoneAction.RETURN)], "AUTO", 0.0, may_return=False)
    assert guard.next_order(0.0) is GuardOrder.HOLD


def test_a_stricter_zone_is_acted_upon_again_and_a_milder_one_is_not():
    guard = ZoneGuard()
    guard.observe([alert()], "AUTO", 0.0)
    guard.next_order(0.0)
    guard.handle_result("", 0.1)
    guard.observe([alert(), alert(ZoneAction.LAND, zone_id="dam")], "BRAKE", 1.0)
    assert guard.next_order(1.0) is GuardOrder.LAND
    guard.handle_result("", 1.1)
    guard.observe([alert()], "LAND", 2.0)
    assert guard.next_order(2.0) is None
    assert [event.zone_id for event in events_of(guard)] == ["zone", "dam"]


def test_a_vehicle_that_does_it_already_is_told_nothing():
    guard = ZoneGuard()
    guard.observe([alert()], "BRAKE", 0.0)
    assert guard.next_order(0.0) is None
    assert events_of(guard) == [Acted(GuardOrder.HOLD, "zone", ZoneAction.HOLD)]


def test_a_pilot_at_the_sticks_is_not_fought():
    guard = ZoneGuard()
    guard.observe([alert()], "LOITER", 0.0)
    assert guard.next_order(0.0) is None
    assert events_of(guard) == [Overruled("zone", "a pilot flies in LOITER")]
    guard.observe([alert()], "AUTO", 1.0)
    assert guard.next_order(1.0) is None
    guard.observe([], "AUTO", 9.0)
    guard.observe([alert()], "AUTO", 10.0)
    assert guard.next_order(10.0) is GuardOrder.HOLD


def test_who_changes_the_mode_after_the_order_has_taken_over():
    guard = ZoneGuard()
    guard.observe([alert()], "AUTO", 0.0)
    guard.next_order(0.0)
    guard.handle_result("", 0.2)
    guard.observe([alert()], "BRAKE", 1.0)
    guard.observe([alert()], "GUIDED", 2.0)
    guard.observe([alert(ZoneAction.LAND)], "GUIDED", 3.0)
    assert guard.next_order(3.0) is None
    assert guard.is_overruled
    assert Overruled("zone", "the mode was changed to GUIDED") in events_of(guard)


def test_a_command_after_the_alert_takes_over_and_one_before_does_not():
    guard = ZoneGuard()
    guard.note_command("resume")
    guard.observe([alert(level=AlertLevel.PREDICTED)], "AUTO", 0.0)
    guard.note_command("resume")
    guard.observe([alert()], "AUTO", 1.0)
    assert guard.next_order(1.0) is GuardOrder.HOLD
    guard.note_command("land")
    guard.handle_result("refused", 1.5)
    assert guard.next_order(5.0) is None
    assert events_of(guard) == [Overruled("zone", "an operator commanded land")]


def test_a_guard_that_is_switched_off_orders_nothing_until_it_is_on():
    guard = ZoneGuard()
    guard.set_switch(GuardSwitch(is_on=False, who="Li", why="rescue"))
    guard.observe([alert()], "AUTO", 0.0)
    guard.observe([alert()], "BRAKE", 0.5)
    guard.note_command("pause")
    assert guard.next_order(0.5) is None
    assert events_of(guard) == [], "what others do is not its deed"
    guard.set_switch(GuardSwitch())
    guard.observe([alert()], "AUTO", 1.0)
    assert guard.next_order(1.0) is GuardOrder.HOLD
