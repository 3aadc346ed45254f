"""The shape of every refusal: what was refused, where, and what would be accepted."""


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not a failure
    """Something was refused; nothing was changed.

    Parameters
    ----------
    what : str
        One clause saying what is wrong, without a full stop.
    place : str, optional
        Where: a file with line or feature, a zone, an item, an address.
    remedy : str, optional
        What would be accepted, as a sentence without a full stop.
    """

    def __init__(self, what: str, *, place: str = "", remedy: str = "") -> None:
        self.what = what
        self.place = place
        self.remedy = remedy
        sentence = f"{place}: {what}." if place else f"{what}."
        stop = "" if remedy.endswith("?") else "."
        super().__init__(f"{sentence} {remedy}{stop}" if remedy else sentence)


class GeofenceError(Refusal):
    """A zone, a position or a route that cannot be understood."""
