"""What a recording held, told after it was played."""

from collections import Counter
from pathlib import Path

from typing_extensions import TypedDict

from telemetry.bridge import Bridge
from telemetry.wire.tlog import TlogReader


class ReplaySummary(TypedDict):
    """What was in a recording; `problem` is empty where it was whole."""

    file: str
    messages: dict[str, int]
    decode_errors: dict[str, int]
    vehicles: list[str]
    duration_s: float
    problem: str


def first_moment_s(path: Path) -> float:
    """Give the time of the first frame.

    Raises
    ------
    TelemetryError
        If the file cannot be read or is no recording.
    """
    moment_s, _ = next(iter(TlogReader(path)))
    return moment_s


def summary_of(path: Path, bridge: Bridge, *, first_s: float, problem: str) -> ReplaySummary:
    """Sum up what a bridge has heard from a recording that began at `first_s`."""
    messages: Counter[str] = Counter()
    decode_errors: Counter[str] = Counter()
    for link in bridge.links:
        messages.update(link.messages_in)
        decode_errors.update(link.decode_errors)
    return {
        "file": str(path),
        "messages": dict(sorted(messages.items())),
        "decode_errors": dict(decode_errors),
        "vehicles": list(bridge.vehicles),
        "duration_s": round(max(0.0, bridge.clock.utc_s() - first_s), 3),
        "problem": problem,
    }
