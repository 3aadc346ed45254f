"""A zone: where, how high, when, and what it means."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Self

import shapely
from shapely import MultiPolygon, Polygon
from shapely.validation import explain_validity

from geofence.altitude_band import UNBOUNDED, AltitudeBand
from geofence.applicability import PERMANENT, Applicability
from geofence.circle import Circle
from geofence.latlon import LatLon
from geofence.refusal import GeofenceError


class ZoneKind(StrEnum):
    """What a zone asks of a drone."""

    INCLUSION = "inclusion"
    """Fly only inside the union of these."""
    EXCLUSION = "exclusion"
    """Never enter."""
    ADVISORY = "advisory"
    """Say so, and let pass."""


class ZoneSeverity(StrEnum):
    """How strictly a zone is meant, in the classes of ED-318."""

    PROHIBITED = "prohibited"
    AUTHORISATION = "authorisation"
    """Not without its authority's leave."""
    CONDITIONAL = "conditional"
    """Only under the conditions its message gives."""
    INFORMATION = "information"


class ZoneAction(StrEnum):
    """What a drone is to do that is about to break a zone."""

    WARN = "warn"
    HOLD = "hold"
    RETURN = "return"
    LAND = "land"


@dataclass(frozen=True, slots=True)
class Authority:
    """Who answers for a zone."""

    name: str
    purpose: str = ""
    service: str = ""
    contact: str = ""
    email: str = ""
    phone: str = ""
    url: str = ""
    interval_before: str = ""


@dataclass(frozen=True, slots=True)
class Volume:
    """An area and a band of altitudes.

    Parameters
    ----------
    area : shapely.Polygon or shapely.MultiPolygon
        Longitude, latitude in degrees, WGS-84; valid and not empty. Edges are straight in longitude and
        latitude; an area across the antimeridian is cut there into a MultiPolygon (RFC 7946, 3.1.9).
    band : AltitudeBand
        Inclusion: where flight is allowed. Exclusion: where it is forbidden.
    circle : Circle or None
        What the area truly is, where it is round.
    """

    area: Polygon | MultiPolygon
    band: AltitudeBand = UNBOUNDED
    circle: Circle | None = None


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
    volumes : tuple of Volume
        At least one; the zone is their union.
    applicability : Applicability
        When it holds.
    stated_severity, stated_action : ZoneSeverity, ZoneAction or None
        What the source says; `severity` and `action` fill in what the kind suggests.
    causes : tuple of str
        Why it is there: air_traffic, privacy, nature, ...
    message : str
        What it tells the operator.
    authorities : tuple of Authority
    version, source : str
        Of the publication it was taken from.
    properties : mapping
        Everything else the source said, kept for the way back.

    Attributes
    ----------
    area : Polygon or MultiPolygon
        Of all volumes together.

    Raises
    ------
    GeofenceError
        For an empty id, no volume, or an area that is empty, invalid or no polygon.
    """

    zone_id: str
    name: str
    kind: ZoneKind
    volumes: tuple[Volume, ...]
    applicability: Applicability = PERMANENT
    stated_severity: ZoneSeverity | None = None
    stated_action: ZoneAction | None = None
    causes: tuple[str, ...] = ()
    message: str = ""
    authorities: tuple[Authority, ...] = ()
    version: str = ""
    source: str = ""
    properties: Mapping[str, Any] = field(default_factory=dict)
    area: Polygon | MultiPolygon = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        if not self.zone_id:
            raise GeofenceError("a zone has no id", remedy="Give every zone an id of its own")
        place = f"zone {self.zone_id}"
        if not self.volumes:
            raise GeofenceError("the zone has no volume", place=place, remedy="Give it an area")
        for area in (volume.area for volume in self.volumes):
            if not isinstance(area, Polygon | MultiPolygon) or area.is_empty:
                raise GeofenceError("the area is not a polygon that encloses anything", place=place)
            if not area.is_valid:
                raise GeofenceError(f"the area is not valid: {explain_validity(area)}", place=place)
        areas = [volume.area for volume in self.volumes]
        object.__setattr__(self, "area", areas[0] if len(areas) == 1 else shapely.union_all(areas))

    @classmethod
    def of_area(
        cls,
        zone_id: str,
        name: str,
        kind: ZoneKind,
        area: Polygon | MultiPolygon,
        band: AltitudeBand = UNBOUNDED,
        **fields: Any,
    ) -> Self:
        """Make a zone of one volume."""
        return cls(zone_id, name, kind, (Volume(area, band),), **fields)

    @classmethod
    def of_circle(
        cls,
        zone_id: str,
        name: str,
        kind: ZoneKind,
        circle: Circle,
        band: AltitudeBand = UNBOUNDED,
        **fields: Any,
    ) -> Self:
        """Make a round zone; its polygon errs to the safe side."""
        return cls(zone_id, name, kind, (circle_volume(circle, kind, band),), **fields)

    @property
    def severity(self) -> ZoneSeverity:
        """How strictly it is meant."""
        if self.stated_severity is not None:
            return self.stated_severity
        return ZoneSeverity.INFORMATION if self.kind is ZoneKind.ADVISORY else ZoneSeverity.PROHIBITED

    @property
    def action(self) -> ZoneAction:
        """What it asks for when it is about to be broken."""
        if self.stated_action is not None:
            return self.stated_action
        return ZoneAction.WARN if self.kind is ZoneKind.ADVISORY else ZoneAction.HOLD

    def active_utc_s(self, from_utc_s: float, to_utc_s: float) -> tuple[tuple[float, float], ...]:
        """Give the intervals within a span in which it holds; where nobody can say, the stricter is taken.

        See Also
        --------
        geofence.applicability.Applicability.intervals_utc_s
        """
        if self.applicability.is_permanent:
            return ((from_utc_s, to_utc_s),) if from_utc_s <= to_utc_s else ()
        centre = self.area.representative_point()
        return self.applicability.intervals_utc_s(
            from_utc_s,
            to_utc_s,
            LatLon(centre.y, centre.x),
            when_unknown=self.kind is not ZoneKind.INCLUSION,
        )

    def is_active_at(self, utc_s: float) -> bool:
        """Whether it holds at a moment."""
        return bool(self.active_utc_s(utc_s, utc_s))


def circle_volume(circle: Circle, kind: ZoneKind, band: AltitudeBand) -> Volume:
    """Make a volume of a circle: what is allowed lies within it, what is forbidden holds it."""
    return Volume(circle.polygon(is_outside=kind is not ZoneKind.INCLUSION), band, circle)
