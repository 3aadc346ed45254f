"""One controller a vehicle: the lease by hand, and by every order of events."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.control.actor import Actor, Right
from telemetry.control.control_lease import (
    ControlLease,
    EmergencyOrdered,
    Expired,
    Objected,
    Order,
    Released,
    Requested,
    Taken,
    Withdrawn,
)
from telemetry.control.refusal import ControlDenied, ControlHeld

USER = frozenset({Right.CONTROL, Right.EMERGENCY})
LI, WANG = Actor("Li", "patrol", USER), Actor("Wang", "fire", USER)
CHIEF = Actor("Zhao", "chief", frozenset(Right))
GUARD = Actor("guard", "", frozenset({Right.EMERGENCY}))
VIEWER = Actor("viewer", "", frozenset())


@pytest.fixture
def lease():
    lease = ControlLease("vehicle 1")
    assert lease.take(LI, 0.0)
    assert said(lease) == [Taken(LI, None)]
    return lease


def said(lease):
    return list(iter(lease.next_event, None))


def test_silence_ends_it(lease):
    lease.renew(LI, 50.0)
    lease.demand(LI, Order.CONTROL, 100.0, what="ARM")
    lease.handle_timer(159.9)
    assert lease.is_held_by(LI)
    lease.handle_timer(160.0)
    assert said(lease) == [Expired(LI)]
    with pytest.raises(ControlDenied):
        lease.renew(LI, 161.0)


def test_silence_is_consent_to_a_request(lease):
    assert not lease.take(WANG, 1.0)
    assert said(lease) == [Requested(WANG, LI, 10.0)]
    assert not lease.take(WANG, 2.0)
    lease.renew(LI, 5.0)
    assert lease.get_timer() == 11.0
    lease.handle_timer(10.9)
    assert lease.is_held_by(LI)
    lease.handle_timer(11.0)
    assert said(lease) == [Taken(WANG, LI)]
    assert lease.request is None


def test_an_objection_keeps_it_against_an_equal_and_not_against_the_right_to_overrule(lease):
    lease.take(WANG, 1.0)
    lease.object(LI, 5.0)
    lease.handle_timer(30.0)
    assert lease.is_held_by(LI)
    lease.take(CHIEF, 31.0)
    with pytest.raises(ControlDenied, match="may overrule"):
        lease.object(LI, 32.0)
    lease.handle_timer(41.0)
    assert [type(event) for event in said(lease)] == [Requested, Objected, Requested, Taken]
    assert lease.is_held_by(CHIEF)


def test_at_once_with_the_right_only(lease):
    with pytest.raises(ControlDenied, match="without notice"):
        lease.take(WANG, 1.0, is_urgent=True)
    assert lease.take(CHIEF, 1.0, is_urgent=True)
    assert said(lease) == [Taken(CHIEF, LI)]


def test_released_it_goes_to_who_asked(lease):
    lease.take(WANG, 1.0)
    lease.release(LI, 2.0)
    assert said(lease)[1:] == [Released(LI), Taken(WANG, None)]
    lease.take(LI, 3.0)
    lease.release(LI, 4.0)
    assert said(lease)[1:] == [Withdrawn(LI)]
    assert lease.is_held_by(WANG)


def test_a_second_request_waits_for_the_first_unless_it_ranks_higher(lease):
    lease.take(WANG, 1.0)
    with pytest.raises(ControlHeld, match="has asked") as caught:
        lease.take(Actor("Sun", "", USER), 2.0)
    assert (caught.value.holder, caught.value.asked_by) == (LI, WANG)
    lease.take(CHIEF, 3.0)
    assert lease.request is not None
    assert lease.request.actor == CHIEF


def test_orders(lease):
    with pytest.raises(ControlHeld, match=r"ARM is refused, since Li \(patrol\) has the control"):
        lease.demand(WANG, Order.CONTROL, 1.0, what="ARM")
    lease.demand(GUARD, Order.EMERGENCY, 1.0, what="RTL")
    assert said(lease) == [EmergencyOrdered(GUARD, LI, "RTL")]
    with pytest.raises(ControlHeld):
        lease.demand(VIEWER, Order.EMERGENCY, 1.0, what="RTL")
    lease.release(LI, 2.0)
    lease.demand(GUARD, Order.EMERGENCY, 3.0, what="RTL")
    assert lease.holding is None
    with pytest.raises(ControlDenied):
        lease.demand(GUARD, Order.CONTROL, 3.0, what="ARM")
    lease.demand(WANG, Order.CONTROL, 3.0, what="ARM")
    assert lease.is_held_by(WANG)


def test_nothing_passes_over_in_a_transfer(lease):
    with lease.occupied():
        lease.take(CHIEF, 1.0, is_urgent=True)
        lease.handle_timer(500.0)
        assert lease.is_held_by(LI)
    lease.handle_timer(500.0)
    assert lease.is_held_by(CHIEF)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(
                ("take", "urgent", "renew", "object", "release", "command", "emergency", "timer")
            ),
            st.sampled_from((LI, WANG, CHIEF, GUARD, VIEWER)),
            st.floats(0.0, 40.0),
        ),
        max_size=40,
    )
)
def test_every_step_in_every_state_is_legal_or_refused(script):
    """An order passes only the holder's, an emergency's, or the taker's; a refusal changes nothing."""
    lease, now_s = ControlLease(), 0.0
    for step, actor, delay_s in script:
        now_s += delay_s
        lease.handle_timer(now_s)
        before, asked = lease.holding, lease.request
        said(lease)
        try:
            match step:
                case "take" | "urgent":
                    is_held = lease.take(actor, now_s, is_urgent=step == "urgent")
                    assert is_held == lease.is_held_by(actor)
                case "renew":
                    lease.renew(actor, now_s)
                case "object":
                    lease.object(actor, now_s)
                case "release":
                    lease.release(actor, now_s)
                case "command":
                    lease.demand(actor, Order.CONTROL, now_s, what="x")
                    assert lease.is_held_by(actor)
                case "emergency":
                    lease.demand(actor, Order.EMERGENCY, now_s, what="x")
                    assert Right.EMERGENCY in actor.rights
        except ControlDenied:
            assert (lease.holding, lease.request) == (before, asked)
            assert said(lease) == []
        if lease.holding is not None:
            assert Right.CONTROL in lease.holding.actor.rights
            assert lease.get_timer() is not None
        else:
            assert lease.request is None
