"""Why a vehicle will not arm, as it says itself."""

import math

# ArduCopter repeats what is still wrong every 30 s.
_EXPIRY_S = 35.0
_MOST = 64
"""No vehicle has so many; who forges texts may."""
_PREFIXES = ("PreArm: ", "Arm: ")


class PrearmReasons:
    """The reasons said lately, each once, in the order they were first said."""

    def __init__(self) -> None:
        self._expiry_s: dict[str, float] = {}

    def receive_text(self, text: str, now_s: float) -> None:
        """Take any text of the vehicle."""
        for prefix in _PREFIXES:
            if text.startswith(prefix):
                reason = text.removeprefix(prefix)
                if reason in self._expiry_s or len(self._expiry_s) < _MOST:
                    self._expiry_s[reason] = now_s + _EXPIRY_S

    def clear(self) -> None:
        """Forget all: the vehicle is armed or says that it could be."""
        self._expiry_s.clear()

    def reasons(self, now_s: float) -> tuple[str, ...]:
        """Those that still hold."""
        self._expiry_s = {reason: expiry for reason, expiry in self._expiry_s.items() if now_s < expiry}
        return tuple(self._expiry_s)

    @property
    def next_expiry_s(self) -> float:
        """When `reasons` will change by itself."""
        return min(self._expiry_s.values(), default=math.inf)
