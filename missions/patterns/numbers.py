"""Numbers that no pattern can have."""

import math

from missions.refusal import MissionError


def refuse_outside(
    name: str, value: float, at_most: float, unit: str = "", *, at_least: float | None = None
) -> None:
    """Refuse a number that is not finite or out of range; without `at_least` it has to be above 0.

    Raises
    ------
    MissionError
    """
    is_enough = value > 0.0 if at_least is None else value >= at_least
    if math.isfinite(value) and is_enough and value <= at_most:
        return
    low = "a number above 0" if at_least is None else f"{at_least:g}{_with(unit)} or more"
    raise MissionError(
        f"{name} {value:g}{_with(unit)} is out of range",
        remedy=f"Give {low}, and at most {at_most:g}{_with(unit)}",
    )


def refuse_count(name: str, count: int, at_most: int) -> None:
    """Refuse a count below 1 or above a limit.

    Raises
    ------
    MissionError
    """
    if not 1 <= count <= at_most:
        raise MissionError(f"{count} {name} cannot be flown", remedy=f"Give 1 to {at_most}")


def _with(unit: str) -> str:
    return f" {unit}" if unit else ""
