"""What the index says of one flight."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Self


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalSpan:
    """The part of a link's recording that a flight was taken from: a path below the recordings' folder, and bytes."""

    path: str
    begin: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FlightRecord:
    """A flight and the log that was made of it.

    Parameters
    ----------
    flight_id : str
        When it began and whose it was, such as `2026-11-22T093100Z-1-1`.
    run : str
        Folder of the recordings it was taken from.
    links : tuple of str
        Names of the links that carried it.
    begin_s, end_s : float
        Armed and disarmed, UTC; where that was not recorded, the first and the last that was heard.
    is_complete : bool
        Both were recorded.
    log : str
        Path of the log below the recordings' folder.
    messages : int
        Frames in the log, of both directions.
    extent_deg : tuple of float or None
        South, west, north, east of where it was.
    length_m : float
        Way over ground.
    alt_max_rel_m : float or None
        Above home.
    events : tuple of mapping
        Mode changes, arming, alerts and texts of severity warning and above, as `telemetry.event_schema` gives them.
    """

    flight_id: str
    run: str
    vehicle_id: str
    system_id: int
    links: tuple[str, ...]
    journals: tuple[JournalSpan, ...]
    begin_s: float
    end_s: float
    is_complete: bool
    log: str
    log_bytes: int
    messages: int
    extent_deg: tuple[float, float, float, float] | None
    length_m: float
    alt_max_rel_m: float | None
    plan_name: str
    events: tuple[Mapping[str, Any], ...]
    is_pinned: bool = False
    is_deleted: bool = False

    def document(self) -> dict[str, Any]:
        """Give it as plain data, for JSON."""
        return asdict(self)

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        """Take it from plain data; members that are not known are left out.

        Raises
        ------
        KeyError, TypeError
            If something is missing.
        """
        known = {field.name for field in fields(cls)}
        values = {name: value for name, value in document.items() if name in known}
        values["links"] = tuple(document["links"])
        values["journals"] = tuple(JournalSpan(**span) for span in document["journals"])
        values["events"] = tuple(document["events"])
        values["extent_deg"] = tuple(document["extent_deg"]) if document["extent_deg"] else None
        return cls(**values)

    def pinned(self, *, is_pinned: bool) -> Self:
        """Give it as kept from deletion, or not."""
        return replace(self, is_pinned=is_pinned)

    def deleted(self) -> Self:
        """Give it as without its log."""
        return replace(self, is_deleted=True)
