"""One signing key for all links of a station, and the time that must not go back, kept from run to run."""

import contextlib
import json
from pathlib import Path

from telemetry.clock import Clock
from telemetry.refusal import TelemetryError
from telemetry.wire.signing import Signer, SigningTime, Verifier
from telemetry.wire.signing_key import SigningKey

SAVE_INTERVAL_S = 10.0


class StationSigning:
    """Signs and verifies on every link.

    Parameters
    ----------
    key : SigningKey
    clock : Clock
    path : Path, optional
        Where the latest times are kept; no secret is in it. Without it they begin with the clock.

    Raises
    ------
    TelemetryError
        If the file is there and makes no sense: an older time would let old frames in.
    """

    def __init__(self, key: SigningKey, clock: Clock, path: Path | None = None) -> None:
        self._key = key
        self._clock = clock
        self._path = path
        self._saved_s = clock.monotonic_s()
        last, streams = self._read()
        self._time = SigningTime(clock.utc_s, last=last, streams=streams)

    def signer(self, link_number: int) -> Signer:
        """Make the signer of a link."""
        return Signer(self._key, link_number & 0xFF, self._time)

    def verifier(self) -> Verifier:
        """Make the verifier of a link."""
        return Verifier(self._key, self._time)

    def handle_timer(self, now_s: float) -> None:
        """Save the times if that is due; a disk that does not take them is no reason to stop."""
        if now_s - self._saved_s >= SAVE_INTERVAL_S:
            self._saved_s = now_s
            with contextlib.suppress(OSError):
                self.save()

    def save(self) -> None:
        """Write the latest times, whole or not at all."""
        if self._path is None:
            return
        streams = [[*stream, timestamp] for stream, timestamp in self._time.streams.items()]
        beside = self._path.with_suffix(".new")
        beside.write_text(json.dumps({"last": self._time.last, "streams": streams}), "ascii")
        beside.replace(self._path)

    def _read(self) -> tuple[int, dict[tuple[int, int, int], int]]:
        if self._path is None:
            return 0, {}
        try:
            kept = json.loads(self._path.read_text("ascii"))
            return int(kept["last"]), {
                (int(system), int(component), int(link)): int(timestamp)
                for system, component, link, timestamp in kept["streams"]
            }
        except FileNotFoundError:
            return 0, {}
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise TelemetryError(
                f"the times of signed frames cannot be read ({error})",
                place=str(self._path),
                remedy="Give back the file as it was; without it frames of the last minute before could be sent again",
            ) from None
