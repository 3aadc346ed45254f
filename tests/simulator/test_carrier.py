"""Frames on a bad link: seeded, each with its own fate."""

import random

import pytest
from pymavlink.dialects.v20 import ardupilotmega as dialect

from simulator.network.carrier import GOOD, Carrier, LinkCondition, frames_of


def frames(count):
    packer = dialect.MAVLink(None, 1, 1)
    made = []
    for number in range(count):
        made.append(bytes(dialect.MAVLink_system_time_message(number, number).pack(packer)))
        packer.seq = (packer.seq + 1) % 256
    return made


def carry(condition, sent, seed=1):
    arrived, due = [], []
    carrier = Carrier(lambda delay_s, deliver: due.append((delay_s, deliver)), random.Random(seed), condition)
    carrier.carry(b"".join(sent), arrived.append)
    for _, deliver in sorted(due, key=lambda each: each[0]):
        deliver()
    return arrived, [delay_s for delay_s, _ in due], carrier


def test_a_good_link_carries_at_once_and_in_one_piece():
    sent = frames(3)
    arrived, delays_s, _ = carry(GOOD, sent)
    assert arrived == [b"".join(sent)]
    assert not delays_s


def test_bytes_are_cut_into_frames_signed_and_old_ones_too():
    packer = dialect.MAVLink(None, 1, 1)
    packer.signing.secret_key, packer.signing.sign_outgoing = b"k" * 32, True
    signed = bytes(dialect.MAVLink_system_time_message(1, 1).pack(packer))
    old = bytes(
        dialect.MAVLink_system_time_message(1, 1).pack(dialect.MAVLink(None, 1, 1), force_mavlink1=True)
    )
    sent = [*frames(2), signed, old, *frames(1)]
    assert list(frames_of(b"".join(sent))) == sent
    assert list(frames_of(b"noise")) == [b"noise"]


def test_shares_are_kept_and_a_seed_repeats_itself():
    condition = LinkCondition(loss=0.2, latency_s=0.1, jitter_s=0.05, duplication=0.1, corruption=0.1)
    sent = frames(2000)
    arrived, delays_s, carrier = carry(condition, sent)
    assert arrived == carry(condition, sent)[0]
    assert arrived != carry(condition, sent, seed=2)[0]
    assert carrier.lost / 2000 == pytest.approx(0.2, abs=0.03)
    assert carrier.duplicated / 1600 == pytest.approx(0.1, abs=0.03)
    assert carrier.corrupted / 1600 == pytest.approx(0.1, abs=0.03)
    assert len(arrived) == 2000 - carrier.lost + carrier.duplicated
    assert min(delays_s) >= 0.1
    assert max(delays_s) <= 0.15
    assert sum(frame not in set(sent) for frame in arrived) == pytest.approx(carrier.corrupted, abs=20)


def test_a_link_that_is_down_carries_nothing():
    assert carry(LinkCondition(loss=1.0), frames(50))[0] == []
