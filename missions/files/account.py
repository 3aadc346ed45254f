"""What a format cannot say of a plan, and what a reader put into one or left out of it."""

_SEQS_SHOWN = 5


class Account:
    """Collects sentences for people; the same of several items is one sentence."""

    def __init__(self) -> None:
        self._seqs: dict[str, list[int]] = {}

    def note(self, sentence: str, *, seq: int | None = None) -> None:
        """Write one thing down.

        Parameters
        ----------
        sentence : str
            Without a full stop.
        seq : int, optional
            The item it is about.
        """
        seqs = self._seqs.setdefault(sentence, [])
        if seq is not None:
            seqs.append(seq)

    @property
    def sentences(self) -> tuple[str, ...]:
        """All that was noted, in the order it was noted first."""
        return tuple(f"{sentence}{_items(seqs)}" for sentence, seqs in self._seqs.items())


def _items(seqs: list[int]) -> str:
    if not seqs:
        return ""
    shown = ", ".join(map(str, seqs[:_SEQS_SHOWN]))
    more = f" and {len(seqs) - _SEQS_SHOWN} more" if len(seqs) > _SEQS_SHOWN else ""
    return f" (item{'s' if len(seqs) > 1 else ''} {shown}{more})"
