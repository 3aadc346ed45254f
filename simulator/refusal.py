"""Refusals of the simulator."""


class SimulatorError(Exception):
    """Something was refused; nothing was left running.

    Parameters
    ----------
    what : str
        One clause saying what is wrong, without a full stop.
    place : str, optional
        Where: an address or an option.
    remedy : str, optional
        What would be accepted, as a sentence without a full stop.
    """

    def __init__(self, what: str, *, place: str = "", remedy: str = "") -> None:
        self.what = what
        self.place = place
        self.remedy = remedy
        sentence = f"{place}: {what}." if place else f"{what}."
        super().__init__(f"{sentence} {remedy}." if remedy else sentence)
