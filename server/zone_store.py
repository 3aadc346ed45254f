"""The zones in force."""

from collections.abc import Mapping
from typing import Any

import orjson

from geofence.formats.geojson import zone_to_feature, zones_from_geojson, zones_to_geojson
from geofence.zone import Zone
from geofence.zone_set import ZoneSet
from server.errors import InvalidError, NotFoundError
from server.revision import Revision
from server.zone_document import zone_document


class ZoneStore:
    """Holds one `ZoneSet`; every change makes a new one.

    Parameters
    ----------
    zones : ZoneSet
    revision : Revision
    """

    def __init__(self, zones: ZoneSet, revision: Revision) -> None:
        self._revision = revision
        self.zones = zones
        self.changed_at = revision.advance()
        self._encoded: bytes | None = None
        self._encoded_for_page: bytes | None = None

    def copy(self) -> ZoneSet:
        """Give the zones for another thread: the projection inside a `ZoneSet` is for one thread at a time."""
        return ZoneSet(self.zones)

    def replace_all(self, zones: ZoneSet) -> None:
        """Put other zones in force instead of all."""
        self._put_in_force(zones)

    def put(self, zone_id: str, feature: Mapping[str, Any]) -> ZoneSet:
        """Add or replace one zone; give it with its repairs.

        Raises
        ------
        GeofenceError
            If the feature cannot be understood; nothing is changed then.
        """
        named = feature.get("id", zone_id)
        if named != zone_id:
            raise InvalidError(
                f"the feature's id is {named!r}, the address says {zone_id!r}",
                remedy="Make them equal or leave the id out",
            )
        collection = {"type": "FeatureCollection", "features": [{**feature, "id": zone_id}]}
        read = zones_from_geojson(collection, source="body")
        others = [other for other in self.zones if other.zone_id != zone_id]
        self._put_in_force(ZoneSet([*others, *read]))
        return read

    def get(self, zone_id: str) -> Zone:
        """Give one zone or raise `NotFoundError`."""
        for zone in self.zones:
            if zone.zone_id == zone_id:
                return zone
        known = ", ".join(zone.zone_id for zone in self.zones) or "none"
        raise NotFoundError(f"there is no zone {zone_id!r}", remedy=f"There are: {known}")

    def remove(self, zone_id: str) -> None:
        """Take one zone out of force or raise `NotFoundError`."""
        self.get(zone_id)
        self._put_in_force(ZoneSet([zone for zone in self.zones if zone.zone_id != zone_id]))

    def encoded(self) -> bytes:
        """Give the FeatureCollection as JSON, encoded once a change."""
        if self._encoded is None:
            self._encoded = orjson.dumps(zones_to_geojson(self.zones))
        return self._encoded

    def encoded_for_page(self) -> bytes:
        """Give the zones as the page draws them, encoded once a change."""
        if self._encoded_for_page is None:
            features = [zone_document(zone) for zone in self.zones]
            self._encoded_for_page = orjson.dumps({"type": "FeatureCollection", "features": features})
        return self._encoded_for_page

    def activity_utc_s(
        self, from_utc_s: float, to_utc_s: float
    ) -> dict[str, tuple[tuple[float, float], ...]]:
        """Give the intervals in which each zone of limited times holds; the others always do."""
        return {
            zone.zone_id: zone.active_utc_s(from_utc_s, to_utc_s)
            for zone in self.zones
            if not zone.applicability.is_permanent
        }

    @staticmethod
    def encoded_zone(zone: Zone) -> bytes:
        """Give one Feature as JSON."""
        return orjson.dumps(zone_to_feature(zone))

    def _put_in_force(self, zones: ZoneSet) -> None:
        self.zones = zones
        self._encoded = self._encoded_for_page = None
        self.changed_at = self._revision.advance()
