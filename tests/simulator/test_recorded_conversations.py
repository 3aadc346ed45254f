"""What the recorded ground stations said, said again: the simulator answers as the real ArduCopter did."""

import re
from pathlib import Path

import pytest

from tests.simulator.recorded_conversation import Difference, Recording, compare

LEAST_SHARE = 0.95
EVERYWHERE = ""
REASONS: tuple[tuple[str, str, str], ...] = (
    (
        EVERYWHERE,
        r"^recorded PARAM_VALUE param_id=ESC_CALIBRATION .* param_count=1379 ",
        "for its first fifth of a second ArduCopter has not counted what RELAY1_FUNCTION switches on",
    ),
    (
        EVERYWHERE,
        r"^(recorded|simulated) STATUSTEXT severity=6 text=EKF3 IMU1 MAG0 in-flight yaw alignment complete",
        "the two filters align in the same moment, on some flights one first and on others the other",
    ),
    (
        EVERYWHERE,
        r"^(recorded|simulated) HEARTBEAT .*base_mode=217 .*system_status=3",
        "landed and still armed for half a second, which a heartbeat a second catches or misses",
    ),
    (
        EVERYWHERE,
        r"^recorded PARAM_VALUE param_id=STAT_",
        "run and flight time are written at landings and every half minute; seconds of flight add up",
    ),
    (
        "01",
        r"^simulated MISSION_CURRENT seq=0 total=\d+ mission_state=2",
        "half of the mission is on board as the second's MISSION_CURRENT is due; the real upload fell between two",
    ),
    (
        "01",
        r"^(recorded|simulated) STATUSTEXT severity=6 text=[0-9a-f]{32} ",
        "every board has a number of its own",
    ),
    (
        "01",
        r"^recorded AUTOPILOT_VERSION capabilities=64495 ",
        "the board's number again; and capabilities that are not here are not claimed",
    ),
    (
        "07",
        r"^recorded HEARTBEAT .*base_mode=89 custom_mode=21 ",
        "it lands some seconds later than in the gusts of that day, which were not recorded",
    ),
    (
        "05",
        r"^simulated STATUSTEXT severity=2 text=Arm: Battery failsafe",
        "the recording ends with the refusal, before its text",
    ),
)
"""Recording, what differs, and why that may be."""


def reason_of(recording: str, difference: Difference) -> str | None:
    return next(
        (
            reason
            for where, pattern, reason in REASONS
            if recording.startswith(where) and re.search(pattern, str(difference))
        ),
        None,
    )


@pytest.mark.recorded
@pytest.mark.parametrize(
    "name",
    [
        "01-auto-survey-rtl",
        "02-mission-protocol-errors",
        "03-fence",
        "04-guided-and-mission-control",
        "05-failsafes",
        "07-wind-ekf-prearm",
    ],
)
def test_answers_are_those_of_the_recording(name: str, recordings: Path) -> None:
    recording = Recording(recordings / f"{name}.tlog")
    comparison = compare(recording.said(), recording.replay())
    reasons = [(str(difference), reason_of(name, difference)) for difference in comparison.differences]
    print(f"{name}: {100 * comparison.share:.1f} % of {comparison.equal + len(reasons)} equal")
    for difference, reason in reasons:
        print(f"  {difference}\n    {reason}")
    assert [difference for difference, reason in reasons if reason is None] == []
    assert comparison.share >= LEAST_SHARE
