"""A zone: an area, a band of altitudes, and what it means."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from shapely import MultiPolygon, Polygon


class ZoneKind(StrEnum):
    """What a zone asks of a drone."""

    INCLUSION = "inclusion"
    """Fly only inside the union of these."""
    EXCLUSION = "exclusion"
    """Never enter."""
    ADVISORY = "advisory"
    """Say so, and let pass."""


class AltitudeDatum(StrEnum):
    """What an altitude is counted from."""

    AGL = "agl"
    """The ground below."""
    REL = "rel"
    """The home position."""
    AMSL = "amsl"
    """Mean sea level."""


@dataclass(frozen=True, slots=True)
class AltitudeBand:
    """Altitudes from `floor_m` to `ceiling_m` over `datum`; None is unbounded."""

    floor_m: float | None = None
    ceiling_m: float | None = None
    datum: AltitudeDatum = AltitudeDatum.AGL


@dataclass(frozen=True, slots=True)
class Zone:
    """One zone.

    Parameters
    ----------
    zone_id : str
        Unique in its set.
    name : str
        For people.
    kind : ZoneKind
    area : shapely.Polygon or shapely.MultiPolygon
        Longitude, latitude in degrees, WGS-84; valid and not empty.
    band : AltitudeBand
        Inclusion: where flight is allowed. Exclusion: where it is forbidden.
    properties : mapping
        Everything else the source said, kept for the way back.
    """

    zone_id: str
    name: str
    kind: ZoneKind
    area: Polygon | MultiPolygon
    band: AltitudeBand = AltitudeBand()
    properties: Mapping[str, Any] = field(default_factory=dict)
