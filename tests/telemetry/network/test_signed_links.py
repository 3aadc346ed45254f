"""Links with a signing key: the simulated copter on the other end signs with code of its own."""

import json
import time

import pytest

from simulator.fleet import SimulatorFleet
from telemetry.bridge import Bridge
from telemetry.clock import SystemClock
from telemetry.links.link_address import open_link_for
from telemetry.network.station_signing import StationSigning
from telemetry.recorder import Recorder
from telemetry.refusal import TelemetryError
from telemetry.wire.codec import Encoder, decode
from telemetry.wire.message import Message
from telemetry.wire.signing import Signer, SigningTime
from telemetry.wire.signing_key import SigningKey
from telemetry.wire.tlog import TlogReader
from tests.telemetry.network.conftest import Station, Wire, heartbeat

KEY = SigningKey(bytes(range(32)))


@pytest.fixture
def signing(tmp_path):
    return StationSigning(KEY, SystemClock(), tmp_path / "times.json")


async def test_a_signed_copter_is_heard_commanded_and_recorded_without_signatures(tmp_path, signing):
    fleet = SimulatorFleet(1, port=0, speedup=20.0, quick_boot=True, signing_key=KEY.secret)
    await fleet.start()
    try:
        async with Bridge(recorder=Recorder(tmp_path), signing=signing) as bridge:
            await bridge.add_link(open_link_for(fleet.addresses[0]))
            vehicle = await bridge.wait_for_vehicle(10)
            assert await vehicle.read_parameter("WPNAV_SPEED") == 1000
            assert await vehicle.wait_until(lambda state: state.prearm_ok is True, 10)
            await vehicle.arm()
            assert bridge.links[0].decode_errors == {}
    finally:
        await fleet.stop()
    kept = json.loads((tmp_path / "times.json").read_text())
    assert [stream[:2] for stream in kept["streams"]] == [[1, 1]]
    assert kept["last"] > 0


async def test_a_copter_that_signs_nothing_is_refused_and_counted(signing):
    fleet = SimulatorFleet(1, port=0, speedup=20.0, quick_boot=True)
    await fleet.start()
    try:
        async with Bridge(signing=signing) as bridge:
            await bridge.add_link(open_link_for(fleet.addresses[0]))
            events = bridge.bus.subscribe("station.event.signing_mismatched")
            with pytest.raises(TelemetryError, match=r"not signed and refused.*leave --signing-key out"):
                await bridge.wait_for_vehicle(1.0)
            assert [event.cause for event in events.pending()] == ["unsigned"]
            assert bridge.links[0].decode_errors.keys() == {"unsigned"}
            assert bridge.vehicles == {}
    finally:
        await fleet.stop()


@pytest.mark.parametrize(("has_key", "cause"), [(True, "bad_signature"), (False, "key_missing")])
async def test_another_key_and_none_at_all_are_told_once(tmp_path, has_key, cause):
    other = StationSigning(SigningKey(bytes(range(1, 33))), SystemClock()) if has_key else None
    fleet = SimulatorFleet(1, port=0, speedup=20.0, quick_boot=True, signing_key=KEY.secret)
    await fleet.start()
    try:
        async with Bridge(signing=other) as bridge:
            events = bridge.bus.subscribe("station.event.signing_mismatched")
            await bridge.add_link(open_link_for(fleet.addresses[0]))
            if has_key:
                with pytest.raises(TelemetryError, match="signed with another key"):
                    await bridge.wait_for_vehicle(0.3)
            else:
                await bridge.wait_for_vehicle(5.0)
            assert [event.cause for event in events.pending()] == [cause]
    finally:
        await fleet.stop()


class SignedStation(Station):
    """A network by hand whose links are signed."""

    def add_signed(self, name, signing):
        self.add(name, verifier=signing.verifier())
        self._encoders[name] = Encoder(1, 1, signer=signing.signer(7))


def test_replayed_frames_change_nothing_also_after_a_restart(tmp_path, signing):
    station = SignedStation()
    station.add_signed("radio", signing)
    home = station.encode("radio", heartbeat(custom_mode=6))
    station.hear_bytes("radio", home)
    station.hear("radio", heartbeat(custom_mode=3))
    station.hear_bytes("radio", home)
    assert station.vehicles[0].state.mode == "AUTO"
    assert station.links["radio"].decode_errors == {"replayed": 1}
    signing.save()
    again = SignedStation()
    again.add_signed("radio", StationSigning(KEY, SystemClock(), tmp_path / "times.json"))
    again.hear_bytes("radio", home)
    assert again.vehicles == []
    assert again.links["radio"].decode_errors == {"replayed": 1}


def test_times_that_make_no_sense_are_refused(tmp_path):
    (tmp_path / "times.json").write_text('{"last": ')
    with pytest.raises(TelemetryError, match="times of signed frames"):
        StationSigning(KEY, SystemClock(), tmp_path / "times.json")


def test_times_are_saved_now_and_then(tmp_path, signing):
    signing.signer(1).signature(b"frame")
    now_s = time.monotonic()
    signing.handle_timer(now_s)
    assert not (tmp_path / "times.json").exists()
    signing.handle_timer(now_s + 11)
    assert json.loads((tmp_path / "times.json").read_text())["last"] > 0


def test_a_frame_of_another_station_is_signed_anew(signing):
    frame = Encoder(254, 230).encode(Message.new("PARAM_REQUEST_LIST", target_system=1))
    signed = Encoder(255, 190, signer=signing.signer(1)).sign(frame)
    from telemetry.wire.codec import FrameScanner

    scanner = FrameScanner(StationSigning(KEY, SystemClock(), signing._path.with_name("other")).verifier())
    [heard] = scanner.feed(signed)
    assert (heard.system_id, heard.component_id, heard.definition.name) == (254, 230, "PARAM_REQUEST_LIST")
    with pytest.raises(TelemetryError, match="cannot be signed"):
        Encoder(255, 190, signer=signing.signer(1)).sign(
            Encoder(254, 230, version=1).encode(Message.new("PARAM_REQUEST_LIST", target_system=1))
        )


async def test_a_key_that_passes_is_recorded_in_neither_direction(tmp_path):
    secret = bytes(range(1, 33))
    setup = Message.new("SETUP_SIGNING", target_system=1, target_component=1, secret_key=tuple(secret))
    wire = Wire("wire")
    async with Bridge(recorder=Recorder(tmp_path)) as bridge:
        await bridge.add_link(wire)
        (link,) = bridge.links
        # Of us, of a station that a forwarder lets in, and of one on the vehicle's own link, signed too.
        link.send(setup)
        link.pass_on(Encoder(255, 190).encode(setup), "")
        signer = Signer(SigningKey(secret), 1, SigningTime(time.time))
        link.receive([(Encoder(250, 190, signer=signer).encode(setup), "")])
    assert [message.name for message in wire.said].count("SETUP_SIGNING") == 2
    (path,) = tmp_path.glob("*/*.tlog")
    said = [decode(frame) for _, frame in TlogReader(path)]
    keys = [message.secret_key for message in said if message.name == "SETUP_SIGNING"]
    assert keys == [(0xFF,) * 32] * 3
    assert secret[:8] not in path.read_bytes()
