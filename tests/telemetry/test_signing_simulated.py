"""Our signatures and the simulator's, which shares no code with them."""

from simulator.copter import Copter
from simulator.home import DEFAULT_HOME
from simulator.protocol.channel import Channel, MessageReader
from telemetry.wire.codec import Encoder, FrameScanner, decode
from telemetry.wire.message import Message
from telemetry.wire.signing import Signer, SigningTime, Verifier, setup_signing
from telemetry.wire.signing_key import SigningKey

KEY = SigningKey(bytes(range(1, 33)))
START_UTC_S = 1_795_000_000.0


class Line:
    """A station, a vehicle and the bytes between them."""

    def __init__(self) -> None:
        self.copter = Copter(1, DEFAULT_HOME, is_quick_boot=True, epoch_unix_s=START_UTC_S)
        self.time = SigningTime(lambda: START_UTC_S + self.copter.autopilot.now_s)
        self.sent_by_vehicle: list[bytes] = []
        self.channel = Channel(self.sent_by_vehicle.append)
        self.copter.attach(self.channel)
        self._reader = MessageReader()

    def send(self, *frames: bytes) -> None:
        for message in self._reader.feed(b"".join(frames)):
            self.copter.handle_message(message, self.channel)
        self.copter.flush()

    def fly(self, seconds: float) -> bytes:
        """Let time pass; give what the vehicle said meanwhile."""
        self.sent_by_vehicle.clear()
        for _ in range(round(seconds / 0.02)):
            self.copter.step(0.02)
            self.copter.flush()
        return b"".join(self.sent_by_vehicle)


def request(name: str) -> Message:
    return Message.new(
        "COMMAND_LONG",
        target_system=1,
        target_component=1,
        command=512,
        param1={"AUTOPILOT_VERSION": 148}[name],
    )


def test_a_vehicle_is_given_its_key_and_talks_signed_from_then_on():
    line = Line()
    unsigned = Encoder(255, 190)
    signed = Encoder(255, 190, signer=Signer(KEY, 3, line.time))
    scanner = FrameScanner(Verifier(KEY, line.time))
    assert scanner.feed(line.fly(2.0)) == []
    assert set(scanner.anomalies) == {"unsigned"}
    line.send(unsigned.encode(setup_signing(KEY, 1, 1, line.time, link="serial:usb", is_safe=True)))

    counted = dict(scanner.anomalies)
    said = line.fly(2.0)
    frames = scanner.feed(said)
    assert "HEARTBEAT" in [decode(frame).name for frame in frames]
    assert dict(scanner.anomalies) == counted

    assert scanner.feed(said) == []
    assert scanner.anomalies["replayed"] == len(frames)

    line.sent_by_vehicle.clear()
    command = signed.encode(request("AUTOPILOT_VERSION"))
    line.send(unsigned.encode(request("AUTOPILOT_VERSION")))
    assert line.copter.signing.refused == 1
    assert line.sent_by_vehicle == []
    line.send(command)
    answers = [decode(frame).name for frame in scanner.feed(b"".join(line.sent_by_vehicle))]
    assert answers[:2] == ["COMMAND_ACK", "AUTOPILOT_VERSION"]
    line.send(command)
    assert line.copter.signing.refused == 2


def test_both_restart_and_go_on():
    line = Line()
    first = Encoder(255, 190)
    line.send(first.encode(setup_signing(KEY, 1, 1, line.time, link="serial:usb", is_safe=True)))
    scanner = FrameScanner(Verifier(KEY, line.time))
    before = line.fly(2.0)
    assert scanner.feed(before)
    kept = SigningTime(lambda: START_UTC_S, last=line.time.last, streams=line.time.streams)
    line.copter.power_on()
    scanner = FrameScanner(Verifier(KEY, kept))
    assert scanner.feed(before) == []
    frames = scanner.feed(line.fly(2.0))
    assert len(frames) > 2
    assert set(scanner.anomalies) == {"replayed"}
    line.sent_by_vehicle.clear()
    line.send(Encoder(255, 190, signer=Signer(KEY, 3, kept)).encode(request("AUTOPILOT_VERSION")))
    assert line.sent_by_vehicle
