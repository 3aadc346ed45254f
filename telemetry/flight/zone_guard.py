"""Decides what is done about red alerts of one drone; a machine without I/O.

What a zone asks for is tried first, and what is stricter where that cannot be had:

- hold: BRAKE, else return, else land;
- return: RTL, else hold, else land; a return whose straight way home is not clear of forbidden space is left out;
- land: LAND, else hold, else return.

An order counts once the vehicle is seen in the mode. It is given once an episode: from the first red alert until no
alert is red any more. Only a zone that asks for more than was done is acted upon again before that. Each refusal leads
to the next order; silence, and refusals of all, to another round.

The operator comes first. Whoever commands the drone after it went red, or changes its mode after the guard's order was
carried out, has taken over until the episode ends; so has a pilot who flies by the sticks. The guard of a drone can be
switched off, and says by whom and why.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from geofence.monitor.alert import Alert, AlertColour
from geofence.zone import ZoneAction

ROUND_S = 2.0
"""From a round of refusals to the next."""

HOLDING_MODES = frozenset({"BRAKE"})
RETURNING_MODES = frozenset({"RTL", "SMART_RTL", "AUTO_RTL"})
LANDING_MODES = frozenset({"LAND"})
PILOTED_MODES = frozenset(
    {
        *("STABILIZE", "ACRO", "ALT_HOLD", "LOITER", "POSHOLD", "DRIFT", "SPORT", "FLIP", "FLOWHOLD"),
        *("ZIGZAG", "AUTOTUNE", "TURTLE", "MANUAL", "ALTCTL", "POSCTL", "STABILIZED", "RATTITUDE"),
    }
)
"""In which somebody holds the sticks."""

_STRICTNESS = (ZoneAction.WARN, ZoneAction.HOLD, ZoneAction.RETURN, ZoneAction.LAND)


class GuardOrder(StrEnum):
    """What the vehicle is told."""

    HOLD = "hold"
    RETURN = "return"
    LAND = "land"

    @property
    def modes(self) -> frozenset[str]:
        """The modes in which it is carried out."""
        return _MODES[self]


_MODES = {
    GuardOrder.HOLD: HOLDING_MODES,
    GuardOrder.RETURN: RETURNING_MODES,
    GuardOrder.LAND: LANDING_MODES,
}
_LADDERS = {
    ZoneAction.HOLD: (GuardOrder.HOLD, GuardOrder.RETURN, GuardOrder.LAND),
    ZoneAction.RETURN: (GuardOrder.RETURN, GuardOrder.HOLD, GuardOrder.LAND),
    ZoneAction.LAND: (GuardOrder.LAND, GuardOrder.HOLD, GuardOrder.RETURN),
}


@dataclass(frozen=True, slots=True)
class Acted:
    """The vehicle is seen doing what it was told."""

    order: GuardOrder
    zone_id: str
    asked: ZoneAction


@dataclass(frozen=True, slots=True)
class Refused:
    """An order was not carried out."""

    order: GuardOrder
    zone_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Overruled:
    """Somebody else has taken over; the guard leaves the drone alone until the alerts are over."""

    zone_id: str
    reason: str


GuardEvent = Acted | Refused | Overruled


@dataclass(frozen=True, slots=True)
class GuardSwitch:
    """Whether a drone is guarded, who decided that, and why."""

    is_on: bool = True
    who: str = ""
    why: str = ""


GUARDED = GuardSwitch()
"""As every drone begins."""


class ZoneGuard:
    """Guards one drone.

    `observe` and `handle_timer` may make `next_order` give an order; whoever carries it out reports with
    `handle_result`.
    """

    def __init__(self) -> None:
        self.switch = GUARDED
        self._events: deque[GuardEvent] = deque()
        self._asked = ZoneAction.WARN
        self._zone_id = ""
        self._done = ZoneAction.WARN
        self._done_order: GuardOrder | None = None
        self._rungs: list[GuardOrder] = []
        self._order: GuardOrder | None = None
        self._due_s: float | None = None
        self._is_overruled = False
        self._may_return = True

    @property
    def is_acting(self) -> bool:
        """Whether an order is being carried out."""
        return self._order is not None

    @property
    def is_overruled(self) -> bool:
        """Whether somebody has taken over in this episode."""
        return self._is_overruled

    def observe(self, alerts: Sequence[Alert], mode: str, now_s: float, *, may_return: bool = True) -> None:
        """Take in the alerts of the drone and the mode it is in.

        Parameters
        ----------
        alerts : sequence of Alert
        mode : str
        now_s : float
        may_return : bool
            Whether the straight way home is clear.
        """
        self._may_return = may_return
        asking = [
            alert
            for alert in alerts
            if alert.colour is AlertColour.RED and alert.action is not ZoneAction.WARN
        ]
        if not asking or not self.switch.is_on:
            self._end_episode()
            return
        strictest = max(asking, key=lambda alert: _STRICTNESS.index(alert.action))
        if _STRICTNESS.index(strictest.action) > _STRICTNESS.index(self._asked):
            self._asked, self._zone_id = strictest.action, strictest.zone.zone_id
            self._rungs = self._ladder()
            self._due_s = now_s
        if self._is_overruled:
            return
        if mode in PILOTED_MODES:
            self._overrule(f"a pilot flies in {mode}")
        elif self._done_order is not None and self._is_satisfied:
            if mode not in self._done_order.modes and mode not in LANDING_MODES and self._order is None:
                self._overrule(f"the mode was changed to {mode}")
        elif self._order is None and mode in self._rungs_first_modes():
            # It is doing that already, by its own fence or by somebody who was quicker.
            self._fulfil(_order_of(mode))

    def note_command(self, words: str) -> None:
        """Take note that an operator commands the drone."""
        if self._asked is not ZoneAction.WARN and not self._is_overruled:
            self._overrule(f"an operator commanded {words}")

    def set_switch(self, switch: GuardSwitch) -> None:
        """Switch the guard on or off."""
        self.switch = switch
        if not switch.is_on:
            self._end_episode()

    def get_timer(self) -> float | None:
        """When `next_order` has something, or None."""
        return None if self._order is not None or self._is_idle else self._due_s

    def next_order(self, now_s: float) -> GuardOrder | None:
        """Give the order that is due, once; it stands until its result is told."""
        if self._is_idle or self._order is not None or self._due_s is None or now_s < self._due_s:
            return None
        if not self._rungs:
            self._rungs = self._ladder()
        self._order = self._rungs.pop(0)
        return self._order

    def handle_result(self, refusal: str, now_s: float) -> None:
        """Take in what became of the order: nothing where the vehicle is seen in the mode, else why it is not."""
        order, self._order = self._order, None
        if order is None or self._is_idle:
            return
        if not refusal:
            self._fulfil(order)
            return
        self._events.append(Refused(order, self._zone_id, refusal))
        self._due_s = now_s if self._rungs else now_s + ROUND_S

    def next_event(self) -> GuardEvent | None:
        """Hand out the next event, or None."""
        return self._events.popleft() if self._events else None

    @property
    def _is_satisfied(self) -> bool:
        return _STRICTNESS.index(self._done) >= _STRICTNESS.index(self._asked)

    @property
    def _is_idle(self) -> bool:
        return (
            not self.switch.is_on
            or self._is_overruled
            or self._asked is ZoneAction.WARN
            or self._is_satisfied
        )

    def _ladder(self) -> list[GuardOrder]:
        return [
            order for order in _LADDERS[self._asked] if self._may_return or order is not GuardOrder.RETURN
        ]

    def _rungs_first_modes(self) -> Iterable[str]:
        ladder = self._ladder()
        return ladder[0].modes | LANDING_MODES if ladder else ()

    def _fulfil(self, order: GuardOrder) -> None:
        self._done, self._done_order = self._asked, order
        self._due_s = None
        self._events.append(Acted(order, self._zone_id, self._asked))

    def _overrule(self, reason: str) -> None:
        self._is_overruled = True
        self._events.append(Overruled(self._zone_id, reason))

    def _end_episode(self) -> None:
        self._asked = self._done = ZoneAction.WARN
        self._done_order = None
        self._zone_id = ""
        self._rungs = []
        self._due_s = None
        self._is_overruled = False


def _order_of(mode: str) -> GuardOrder:
    return next(order for order, modes in _MODES.items() if mode in modes)
