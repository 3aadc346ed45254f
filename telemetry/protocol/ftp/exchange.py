"""What every file machine does: numbered requests, each repeated until its own reply comes, in one session."""

from abc import abstractmethod
from dataclasses import dataclass

from telemetry.links.address import GROUND_STATION, Address, is_for
from telemetry.protocol.ftp.numbers import FtpNumbers, is_of_burst
from telemetry.protocol.ftp.outcome import FtpEvent, FtpFailed
from telemetry.protocol.ftp.payload import FtpError, FtpOpcode, FtpPayload
from telemetry.protocol.machine import Machine, Retry
from telemetry.wire.message import Message

OPEN = Retry(first_s=0.6, growth=1.25, longest_s=1.5, attempts=6)
"""Few, so that a vehicle without files is soon spoken to otherwise."""
REPEAT = Retry(first_s=0.6, growth=1.2, longest_s=1.5, attempts=14)
FAREWELL = Retry(first_s=0.4, growth=1.2, longest_s=1.0, attempts=4)
BUSY_S = 3.3
"""ArduPilot closes a session of another client that was idle for 3 s when it is asked for one."""
MAX_BUSY = 4
WINDOW = 4
"""Requests under way at once; ArduPilot queues 5 and drops the rest."""

_BUSY = frozenset((FtpError.FAIL, FtpError.INVALID_SESSION, FtpError.NO_SESSIONS_AVAILABLE))
_OPENING = (FtpOpcode.OPEN_FILE_RO, FtpOpcode.CREATE_FILE)


@dataclass(slots=True)
class Request:
    """A request without its reply."""

    payload: FtpPayload
    retry: Retry
    sent_s: float
    due_s: float
    attempts: int = 1
    is_answered: bool = False
    """A burst's is, by its first packet, and still waits for the others."""


class FtpExchange(Machine[FtpEvent]):
    """Requests and replies about one file.

    Parameters
    ----------
    path : str
    target, own : Address
    numbers : FtpNumbers
        Shared by all exchanges with the vehicle.
    """

    def __init__(
        self, path: str, target: Address, numbers: FtpNumbers, *, own: Address = GROUND_STATION
    ) -> None:
        super().__init__()
        if not 0 < len(path.encode()) < 239:
            raise ValueError(f"a path has 1 to 238 bytes, not {path!r}")
        self._path = path.encode()
        self._target = target
        self._own = own
        self._numbers = numbers
        self._session = numbers.next_session()
        self._pending: dict[int, Request] = {}
        self._round_trip_s: float | None = None
        self._busy = 0
        self._busy_until_s: float | None = None
        self._is_started = False
        self._left_open: int | None = None

    def start(self, now_s: float) -> None:
        """Close what an earlier exchange left open, then begin."""
        if self._is_started:
            return
        self._is_started = True
        self._left_open, self._numbers.open_session = self._numbers.open_session, None
        if self._left_open is None:
            self._begin(now_s)
        else:
            self._ask(FtpOpcode.TERMINATE_SESSION, now_s, retry=FAREWELL, session=self._left_open)

    def receive_message(self, message: Message, now_s: float) -> None:
        """Take the reply to a request of ours; late copies and what is not for us are ignored."""
        if (
            not self._is_started
            or self.is_done
            or message.name != "FILE_TRANSFER_PROTOCOL"
            or not is_for(message, self._own)
        ):
            return
        reply = FtpPayload.of_message(message)
        if reply is None or reply.opcode not in (FtpOpcode.ACK, FtpOpcode.NAK):
            return
        request = self._request_of(reply)
        if request is not None:
            self._take(request, reply, now_s)
            self._set_timer()

    def handle_timer(self, now_s: float) -> None:
        """Repeat what is due, or give up."""
        if self._timer_s is None or now_s < self._timer_s:
            return
        if self._busy_until_s is not None and now_s >= self._busy_until_s:
            self._busy_until_s = None
            self._begin(now_s)
        for seq, request in list(self._pending.items()):
            if now_s < request.due_s or seq not in self._pending:
                continue
            if request.is_answered or request.attempts >= request.retry.attempts:
                del self._pending[seq]
                self._lapse(request, now_s)
                if self.is_done:
                    return
            else:
                self._outgoing.append(request.payload.to_message(self._target))
                request.due_s = now_s + self._patience_s(request)
                request.attempts += 1
        self._set_timer()

    @abstractmethod
    def _begin(self, now_s: float) -> None:
        """Ask for the first thing."""

    @abstractmethod
    def _answered(self, request: Request, reply: FtpPayload, now_s: float) -> None:
        """Go on after an ACK."""

    @abstractmethod
    def _refused(self, request: Request, reply: FtpPayload, now_s: float) -> None:
        """Go on after a NAK that is not about a busy vehicle."""

    @abstractmethod
    def _unanswered(self, request: Request, now_s: float) -> None:
        """Go on after all repetitions were in vain."""

    def _ask(
        self,
        opcode: FtpOpcode,
        now_s: float,
        *,
        offset: int = 0,
        data: bytes = b"",
        size: int | None = None,
        session: int | None = None,
        retry: Retry = REPEAT,
    ) -> None:
        seq = self._numbers.next_seq()
        session = self._session if session is None else session
        payload = FtpPayload(seq, session, opcode, offset, data, size)
        request = Request(payload, retry, now_s, now_s)
        request.due_s = now_s + self._patience_s(request, is_first=True)
        self._pending[seq] = request
        self._outgoing.append(payload.to_message(self._target))
        self._set_timer()

    def _patience_s(self, request: Request, *, is_first: bool = False) -> float:
        attempt = 0 if is_first else request.attempts
        delay_s = request.retry.delay_s(attempt)
        if self._round_trip_s is None:
            return delay_s
        return min(delay_s, max(0.12, 3.0 * self._round_trip_s) * request.retry.growth**attempt)

    def _set_timer(self) -> None:
        if self.is_done:
            return
        due = [request.due_s for request in self._pending.values()]
        if self._busy_until_s is not None:
            due.append(self._busy_until_s)
        self._timer_s = min(due, default=None)

    def _request_of(self, reply: FtpPayload) -> Request | None:
        if reply.req_opcode == FtpOpcode.BURST_READ_FILE:
            for request in self._pending.values():
                payload = request.payload
                if payload.opcode == FtpOpcode.BURST_READ_FILE and payload.session == reply.session:
                    is_own = is_of_burst(reply.seq, payload.seq)
                    # Data of an earlier burst is as good; its end is not the end of this one.
                    return request if is_own or reply.opcode == FtpOpcode.ACK else None
            return None
        asked = self._pending.get((reply.seq - 1) & 0xFFFF)
        if asked is None or asked.payload.opcode != reply.req_opcode:
            return None
        may_choose = asked.payload.opcode in _OPENING
        return asked if may_choose or reply.session == asked.payload.session else None

    def _take(self, request: Request, reply: FtpPayload, now_s: float) -> None:
        opcode = request.payload.opcode
        if request.attempts == 1 and not request.is_answered:
            trip_s = now_s - request.sent_s
            self._round_trip_s = max(trip_s, 0.75 * (self._round_trip_s or 0.0) + 0.25 * trip_s)
        if opcode != FtpOpcode.BURST_READ_FILE:
            del self._pending[request.payload.seq]
        if opcode == FtpOpcode.TERMINATE_SESSION and self._left_open is not None:
            self._left_open = None
            self._begin(now_s)
        elif reply.opcode == FtpOpcode.ACK:
            if opcode in _OPENING:
                self._session = self._numbers.open_session = reply.session
            self._answered(request, reply, now_s)
        elif opcode in _OPENING and reply.error[0] in _BUSY and self._busy < MAX_BUSY:
            self._wait(now_s)
        else:
            self._refused(request, reply, now_s)

    def _wait(self, now_s: float) -> None:
        """Another client has a file open, or our own opening was answered and the answer lost: close, wait, open."""
        self._busy += 1
        self._outgoing.append(
            FtpPayload(self._numbers.next_seq(), self._session, FtpOpcode.TERMINATE_SESSION).to_message(
                self._target
            )
        )
        self._session = self._numbers.next_session()
        self._busy_until_s = now_s + (BUSY_S if self._busy > 1 else 0.3)

    def _lapse(self, request: Request, now_s: float) -> None:
        if request.payload.opcode == FtpOpcode.TERMINATE_SESSION and self._left_open is not None:
            self._left_open = None
            self._begin(now_s)
        else:
            self._unanswered(request, now_s)

    def _fail(self, doing: str, reply: FtpPayload | None = None) -> None:
        code, errno = (None, None) if reply is None else reply.error
        self._end(FtpFailed(doing, code, errno))

    def _end(self, event: FtpEvent) -> None:
        self._pending.clear()
        self._finish(event)
