"""What the mission machines report."""

from dataclasses import dataclass

from telemetry.protocol.mission_item_wire import WireItem


@dataclass(frozen=True, slots=True)
class TransferAdvanced:
    """`done` of `total` items have passed."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class ItemsAccepted:
    """All items were asked for.

    `is_confirmed` is False where the final acknowledgement never came or was an error that a duplicate may have
    caused: only reading back tells.
    """

    is_confirmed: bool
    result: int = 0


@dataclass(frozen=True, slots=True)
class ItemsDownloaded:
    """The whole list of the vehicle."""

    items: tuple[WireItem, ...]


@dataclass(frozen=True, slots=True)
class ItemsCleared:
    """The vehicle says that its list is empty."""


@dataclass(frozen=True, slots=True)
class TransferFailed:
    """The transfer ended early.

    Parameters
    ----------
    result : int or None
        MAV_MISSION_RESULT; None where the vehicle said nothing.
    seq : int or None
        The item it said it about.
    """

    result: int | None
    seq: int | None = None


MissionOutcome = TransferAdvanced | ItemsAccepted | ItemsDownloaded | ItemsCleared | TransferFailed
