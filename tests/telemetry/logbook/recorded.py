"""Recordings made of known frames."""

from telemetry.wire.codec import Encoder
from telemetry.wire.message import Message

BEGIN_S = 1_795_339_860.0
ARMED = 128 | 1


class Speaker:
    """A copter at a place on the equator that flies east, one metre a step."""

    def __init__(self, system_id=1):
        self.encoder = Encoder(system_id, 1)

    def heartbeat(self, *, is_armed, mode=4):
        return self.encoder.encode(
            Message.new(
                "HEARTBEAT",
                type=2,
                autopilot=3,
                base_mode=ARMED if is_armed else 1,
                custom_mode=mode,
                system_status=4 if is_armed else 3,
                mavlink_version=3,
            )
        )

    def position(self, step):
        return self.encoder.encode(
            Message.new(
                "GLOBAL_POSITION_INT", lat=10, lon=1_000_000 + 90 * step, relative_alt=1000 * step, hdg=0
            )
        )

    def text(self, severity, text):
        return self.encoder.encode(Message.new("STATUSTEXT", severity=severity, text=text))


def record_flight(write, *, system_id=1, armed_s=20, disarmed_s=60, end_s=80, begin_s=BEGIN_S):
    """One heartbeat and one position a second, and a ground station that speaks to this drone and to others."""
    copter, station = Speaker(system_id), Encoder(255, 190)
    for second in range(end_s):
        write(
            begin_s + second,
            [
                copter.heartbeat(
                    is_armed=armed_s <= second < disarmed_s, mode=3 if 30 <= second < disarmed_s else 4
                ),
                copter.position(second),
                station.encode(Message.new("HEARTBEAT", type=6, autopilot=8, mavlink_version=3)),
                station.encode(
                    Message.new("COMMAND_LONG", target_system=system_id, target_component=1, command=400)
                ),
                station.encode(
                    Message.new("COMMAND_LONG", target_system=99, target_component=1, command=400)
                ),
            ],
        )
        if second == 40:
            write(begin_s + second + 0.5, [copter.text(4, "EKF variance"), copter.text(6, "just so")])
