"""Frames are what pymavlink makes of the same messages, byte by byte."""

import inspect
import random
from typing import Any

import pytest
from pymavlink.dialects.v20 import ardupilotmega as dialect

from simulator.copter import Copter
from simulator.home import DEFAULT_HOME
from simulator.protocol.channel import Channel, MessageReader
from simulator.protocol.payload_bytes import PayloadBytes, payload_of, payload_packer
from simulator.protocol.signing import Signing
from simulator.protocol.state_messages import StateMessages

KEY = bytes(range(32))
_LIMITS = {"uint8_t": (0, 255), "int8_t": (-128, 127), "uint16_t": (0, 65535), "int16_t": (-32768, 32767)}
_LIMITS |= {"uint32_t": (0, 2**32 - 1), "int32_t": (-(2**31), 2**31 - 1), "uint64_t": (0, 2**64 - 1)}


def names_of_state_messages() -> list[str]:
    copter = Copter(1, DEFAULT_HOME)
    return sorted(dialect.mavlink_map[number].msgname for number in StateMessages(copter.autopilot, 0.0))


def some_values(kind: Any, chance: random.Random) -> list[Any]:
    def value(type_name: str) -> Any:
        low, high = _LIMITS.get(type_name, (-1e3, 1e3))
        if chance.random() < 0.3:
            return 0
        return chance.randint(low, high) if isinstance(low, int) else chance.uniform(low, high)

    lengths = dict(zip(kind.ordered_fieldnames, kind.array_lengths, strict=True))
    return [
        [value(type_name) for _ in range(lengths[field])] if lengths[field] else value(type_name)
        for field, type_name in zip(kind.fieldnames, kind.fieldtypes, strict=True)
    ]


@pytest.mark.parametrize("name", names_of_state_messages())
def test_any_values_are_packed_as_pymavlink_packs_them(name: str) -> None:
    kind = dialect.mavlink_map[getattr(dialect, f"MAVLINK_MSG_ID_{name}")]
    needed = [p for p in inspect.signature(kind.__init__).parameters.values() if p.default is p.empty][1:]
    pack, chance = payload_packer(name), random.Random(name)
    for _ in range(20):
        values = some_values(kind, chance)
        assert pack(*values) == payload_of(kind(*values))
        assert pack(*values[: len(needed)]) == payload_of(kind(*values[: len(needed)]))


@pytest.mark.parametrize("key", [None, KEY])
def test_what_a_flying_copter_says_is_framed_as_pymavlink_frames_it(key: bytes | None) -> None:
    said: list[bytes] = []
    copter = Copter(7, DEFAULT_HOME, is_quick_boot=True)
    copter.signing = Signing(key, 5_000_000)
    channel = Channel(said.append)
    copter.attach(channel)
    for _ in range(60):
        copter.step(0.02)
    messages = copter.streams.messages
    for message_id in messages:
        payload = messages.build(message_id)
        if payload is not None:
            assert isinstance(payload, PayloadBytes)
            channel.send(payload)
    channel.send(dialect.MAVLink_statustext_message(6, b"words"))
    copter.flush()
    packer = dialect.MAVLink(None, 7, 1)
    packer.signing.sign_outgoing = key is not None
    packer.signing.secret_key, packer.signing.link_id, packer.signing.timestamp = key, 0, 5_000_000
    data = b"".join(said)
    heard = list(MessageReader().feed(data))
    again = []
    for message in heard:
        again.append(message.pack(packer))
        packer.seq = (packer.seq + 1) % 256
    assert len(heard) > 40
    assert b"".join(again) == data
