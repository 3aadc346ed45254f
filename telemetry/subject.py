"""Names of what travels on the bus: words joined by dots, the last of them the kind of event.

`drone.<vehicle id>.event.<kind>` for a vehicle's events, `station.event.<kind>` for all others. In a pattern `*` stands for any one
word and a last `>` for one or more.
"""

import re
from functools import cache

from telemetry.events import Event
from telemetry.refusal import TelemetryError

_NOT_IN_A_WORD = re.compile(r"[\s.*>]+")


_kinds: dict[type[Event], str] = {}


def kind_of_class(event_class: type[Event]) -> str:
    """Give the name of a class of events in snake case."""
    kind = _kinds.get(event_class)
    if kind is None:
        kind = _kinds[event_class] = re.sub(r"(?<!^)(?=[A-Z])", "_", event_class.__name__).lower()
    return kind


def kind_of(event: Event) -> str:
    """Give the kind of an event: its class name in snake case."""
    return kind_of_class(type(event))


@cache
def _word(name: str) -> str:
    return _NOT_IN_A_WORD.sub("_", name)


def subject_of(event: Event) -> str:
    """Give the subject that an event is published under."""
    kind = kind_of_class(type(event))
    if event.vehicle_id:
        return f"drone.{_word(event.vehicle_id)}.event.{kind}"
    return f"station.event.{kind}"


class SubjectPattern:
    """Tells the subjects that a subscriber wants.

    Parameters
    ----------
    patterns : str
        Any one of them suffices.

    Raises
    ------
    TelemetryError
        If one is empty, has an empty word, or `>` elsewhere than at its end.
    """

    def __init__(self, *patterns: str) -> None:
        self.text = " or ".join(patterns)
        self._patterns = [_words_of(pattern) for pattern in patterns]
        self._known: dict[str, bool] = {}

    def matches(self, subject: str) -> bool:
        """Tell whether a subject is wanted."""
        answer = self._known.get(subject)
        if answer is None:
            words = subject.split(".")
            answer = any(_fits(pattern, words) for pattern in self._patterns)
            self._known[subject] = answer
        return answer


def _words_of(pattern: str) -> list[str]:
    words = pattern.split(".")
    if not all(words) or ">" in words[:-1] or re.search(r"\s", pattern):
        raise TelemetryError(
            f"{pattern!r} is no pattern of subjects",
            remedy="Join words by dots, with * for any one word and > at the end for all that follows",
        )
    return words


def _fits(pattern: list[str], words: list[str]) -> bool:
    if pattern[-1] == ">":
        pattern = pattern[:-1]
        if len(words) <= len(pattern):
            return False
        words = words[: len(pattern)]
    return len(pattern) == len(words) and all(
        wanted in ("*", word) for wanted, word in zip(pattern, words, strict=True)
    )
