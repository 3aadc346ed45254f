"""Signatures of frames, made and verified.

https://mavlink.io/en/guide/message_signing.html: the first six bytes of SHA-256 over key, frame, link id and a time that
never goes back.
"""

import hashlib
import hmac
from collections.abc import Callable, Iterable, Mapping

from pymavlink.dialects.v20 import ardupilotmega

from telemetry.refusal import TelemetryError
from telemetry.wire.frame import MAGIC_1, Frame
from telemetry.wire.message import Message
from telemetry.wire.signing_key import KEY_SIZE, SigningKey

BAD_SIGNATURE = "bad_signature"
UNSIGNED = "unsigned"
UNSIGNED_MAVLINK_1 = "unsigned_mavlink_1"
REPLAYED = "replayed"
STALE = "stale"

Stream = tuple[int, int, int]
"""System, component and link id: what timestamps increase within."""

TICKS_PER_S = 100_000
"""Timestamps count 10 us."""
EPOCH_UTC_S = 1_420_070_400
"""2015-01-01, where they begin."""
LATEST_TIMESTAMP = (1 << 48) - 1
STALE_TICKS = 60 * TICKS_PER_S
"""How far the first timestamp of a stream may lie behind our own."""

UNSIGNED_RADIO_MESSAGES = frozenset(
    {ardupilotmega.MAVLINK_MSG_ID_RADIO_STATUS, ardupilotmega.MAVLINK_MSG_ID_RADIO}
)
"""What telemetry radios put in themselves; they hold no key."""

_HASH_SIZE = 6


class SigningTime:
    """The timestamp of all links that share a key; it never goes back.

    Parameters
    ----------
    utc_s : callable
        The clock.
    last : int
        The latest timestamp of earlier runs. Whoever owns the links keeps `last` from run to run, at least once a minute.
    streams : mapping, optional
        `streams` of earlier runs: without it, what was sent within the last minute before a restart could be replayed after.

    Attributes
    ----------
    last : int
        The latest timestamp sent or accepted.
    streams : dict of tuple to int
        The latest timestamp accepted of each stream.
    """

    def __init__(
        self, utc_s: Callable[[], float], *, last: int = 0, streams: Mapping[Stream, int] | None = None
    ) -> None:
        self._utc_s = utc_s
        self.last = last
        self.streams = dict(streams or {})

    def now(self) -> int:
        """Give the clock's time, or the latest timestamp where that is later."""
        ticks = round((self._utc_s() - EPOCH_UTC_S) * TICKS_PER_S)
        return max(self.last, min(ticks, LATEST_TIMESTAMP))

    def next(self) -> int:
        """Give the timestamp of the next frame sent, later than all before.

        Raises
        ------
        TelemetryError
            If 48 bits are used up, which an accepted timestamp from the far future can do.
        """
        timestamp = max(self.last + 1, self.now())
        if timestamp > LATEST_TIMESTAMP:
            raise TelemetryError(
                "there is no later signing timestamp", remedy="Give station and vehicles a new signing key"
            )
        self.last = timestamp
        return timestamp

    def refusal(self, stream: Stream, timestamp: int) -> str | None:
        """Take the timestamp of a rightly signed frame, or say why it may not be taken."""
        before = self.streams.get(stream)
        if before is not None:
            if timestamp <= before:
                return REPLAYED
        elif timestamp < self.now() - STALE_TICKS:
            return STALE
        self.streams[stream] = timestamp
        self.last = max(self.last, timestamp)
        return None


class Signer:
    """Signs what one link sends.

    Parameters
    ----------
    key : SigningKey
    link_id : int
        Tells the links of a station apart, 0 to 255.
    time : SigningTime
    """

    def __init__(self, key: SigningKey, link_id: int, time: SigningTime) -> None:
        if not 0 <= link_id <= 255:
            raise TelemetryError(f"link id {link_id} is not within 0..255", remedy="Sign at most 256 links")
        self._keyed = hashlib.sha256(key.secret)
        self._link_id = bytes((link_id,))
        self._time = time

    def signature(self, frame: bytes) -> bytes:
        """Make the 13 bytes that follow a frame whose flags say already that it is signed."""
        head = self._link_id + self._time.next().to_bytes(6, "little")
        digest = self._keyed.copy()
        digest.update(frame + head)
        return head + digest.digest()[:_HASH_SIZE]


class Verifier:
    """Judges what one link receives.

    Without a signature are accepted: `accepted_unsigned`, by default what radios put in, and with `accepts_unsigned`
    everything. A wrong or old signature is refused always.

    Parameters
    ----------
    key : SigningKey
    time : SigningTime
        That of the link's signer.
    accepts_unsigned : bool
        For a link that is safe, where a vehicle may still have to be given its key.
    accepted_unsigned : iterable of int
        Message ids.
    """

    def __init__(
        self,
        key: SigningKey,
        time: SigningTime,
        *,
        accepts_unsigned: bool = False,
        accepted_unsigned: Iterable[int] = UNSIGNED_RADIO_MESSAGES,
    ) -> None:
        self._keyed = hashlib.sha256(key.secret)
        self._time = time
        self._accepts_unsigned = accepts_unsigned
        self._accepted_unsigned = frozenset(accepted_unsigned)

    def refusal(self, frame: Frame) -> str | None:
        """Say why a frame is refused: `BAD_SIGNATURE`, `UNSIGNED`, `UNSIGNED_MAVLINK_1`, `REPLAYED`, `STALE`; None if it is not."""
        signature = frame.signature
        if signature is None:
            if self._accepts_unsigned or frame.msg_id in self._accepted_unsigned:
                return None
            return UNSIGNED_MAVLINK_1 if frame.raw[0] == MAGIC_1 else UNSIGNED
        digest = self._keyed.copy()
        digest.update(frame.raw[:-_HASH_SIZE])
        if not hmac.compare_digest(digest.digest()[:_HASH_SIZE], signature[-_HASH_SIZE:]):
            return BAD_SIGNATURE
        stream = (frame.system_id, frame.component_id, signature[0])
        return self._time.refusal(stream, int.from_bytes(signature[1:-_HASH_SIZE], "little"))


def setup_signing(
    key: SigningKey, system_id: int, component_id: int, time: SigningTime, *, link: str, is_safe: bool
) -> Message:
    """Make the message that hands a vehicle its key, in clear.

    Parameters
    ----------
    key : SigningKey
    system_id, component_id : int
        Of the vehicle.
    time : SigningTime
        The vehicle counts on from it.
    link : str
        The link it is to be sent over, for the refusal.
    is_safe : bool
        Whether the operator has named this link safe: a cable that nobody else reads.

    Raises
    ------
    TelemetryError
        If the link is not safe, or the message would be for everybody.
    """
    _demand_safe(system_id, component_id, link=link, is_safe=is_safe)
    return Message.new(
        "SETUP_SIGNING",
        target_system=system_id,
        target_component=component_id,
        secret_key=tuple(key.secret),
        initial_timestamp=time.next(),
    )


def withdraw_signing(system_id: int, component_id: int, *, link: str, is_safe: bool) -> Message:
    """Make the message that lets a vehicle sign no more: zeros for key and time. Parameters and errors as `setup_signing`."""
    _demand_safe(system_id, component_id, link=link, is_safe=is_safe)
    return Message.new(
        "SETUP_SIGNING",
        target_system=system_id,
        target_component=component_id,
        secret_key=(0,) * KEY_SIZE,
        initial_timestamp=0,
    )


def _demand_safe(system_id: int, component_id: int, *, link: str, is_safe: bool) -> None:
    if not is_safe:
        raise TelemetryError(
            "a signing key would be changed over a link that is not named safe, on which it is sent in clear",
            place=link,
            remedy="Connect the vehicle by USB or a cable of its own and name that link safe",
        )
    if not system_id or not component_id:
        raise TelemetryError(
            "a signing key is handed to one vehicle, not to all", place=link, remedy="Name the vehicle"
        )
