"""What is wrong with a scenario file, every fault with its place."""

from collections.abc import Sequence
from dataclasses import dataclass

from geofence.refusal import Refusal

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class ScenarioFault:
    """One fault of a file.

    Parameters
    ----------
    line : int
        Counted from 1.
    key : str
        Such as `timeline[2].patrol.alt_rel_m`; empty for the document itself.
    what : str
        Clause.
    expected : str
    """

    line: int
    key: str
    what: str
    expected: str

    def sentence(self, source: str) -> str:
        """Say it in one line."""
        at = f"{source}:{self.line}: " + (f"{self.key}: " if self.key else "")
        return f"{at}{self.what}." + (f" Expected {self.expected}." if self.expected else "")


class ScenarioError(Refusal):
    """A scenario that cannot be understood; nothing was started.

    Parameters
    ----------
    source : str
        The file.
    faults : sequence of ScenarioFault
        At least one.
    """

    def __init__(self, source: str, faults: Sequence[ScenarioFault]) -> None:
        self.source = source
        self.faults = tuple(faults)
        first = self.faults[0]
        super().__init__(first.what, place=f"{source}:{first.line}")
        self.args = ("\n".join(fault.sentence(source) for fault in self.faults),)


def key_text(path: Path) -> str:
    """Write a path as people do: `timeline[2].patrol`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text
