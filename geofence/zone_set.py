"""The zones that hold together."""

from collections.abc import Iterable, Iterator
from functools import cached_property

from geofence.latlon import LatLon
from geofence.local_frame import LocalFrame
from geofence.refusal import GeofenceError
from geofence.repair import Repair
from geofence.zone import Zone, ZoneKind


class ZoneSet:
    """Zones in the order given, each id once.

    Parameters
    ----------
    zones : iterable of Zone
        May be empty.
    source : str, optional
        Where they come from, for refusals.
    repairs : iterable of Repair, optional
        What was mended as they were read.

    Raises
    ------
    GeofenceError
        Where two zones have one id.
    """

    def __init__(
        self, zones: Iterable[Zone] = (), *, source: str = "", repairs: Iterable[Repair] = ()
    ) -> None:
        self.zones: tuple[Zone, ...] = tuple(zones)
        self.source = source
        self.repairs: tuple[Repair, ...] = tuple(repairs)
        self._by_id: dict[str, Zone] = {}
        for zone in self.zones:
            if zone.zone_id in self._by_id:
                raise GeofenceError(
                    f"two zones have the id {zone.zone_id}",
                    place=source,
                    remedy="Give every zone an id of its own",
                )
            self._by_id[zone.zone_id] = zone

    def __iter__(self) -> Iterator[Zone]:
        return iter(self.zones)

    def __len__(self) -> int:
        return len(self.zones)

    def __contains__(self, zone_id: object) -> bool:
        return zone_id in self._by_id

    def __repr__(self) -> str:
        return f"ZoneSet({', '.join(self._by_id)})"

    def get(self, zone_id: str) -> Zone:
        """Return one zone.

        Raises
        ------
        GeofenceError
            Where there is none of that id; names the ids there are.
        """
        try:
            return self._by_id[zone_id]
        except KeyError:
            raise GeofenceError(
                f"there is no zone {zone_id!r}", place=self.source, remedy=self._name_ids()
            ) from None

    def of_kind(self, kind: ZoneKind) -> tuple[Zone, ...]:
        """Return the zones of one kind."""
        return tuple(zone for zone in self.zones if zone.kind is kind)

    @cached_property
    def box_deg(self) -> tuple[float, float, float, float]:
        """West, south, east, north of all zones; beyond 180 degrees where they lie across the antimeridian."""
        bounds = [part.bounds for zone in self.zones for part in getattr(zone.area, "geoms", (zone.area,))]
        if not bounds:
            return 0.0, 0.0, 0.0, 0.0
        west_deg, south_deg, east_deg, north_deg = bounds[0]
        for part_west_deg, part_south_deg, part_east_deg, part_north_deg in bounds:
            # The turn of the earth that brings the part next to the others: 179 and -179 are neighbours.
            turn_deg = 360.0 * round(((west_deg + east_deg) - (part_west_deg + part_east_deg)) / 720.0)
            west_deg = min(west_deg, part_west_deg + turn_deg)
            east_deg = max(east_deg, part_east_deg + turn_deg)
            south_deg = min(south_deg, part_south_deg)
            north_deg = max(north_deg, part_north_deg)
        return west_deg, south_deg, east_deg, north_deg

    @cached_property
    def frame(self) -> LocalFrame:
        """A plane around the centre of all zones; around 0,0 where there is none."""
        west_deg, south_deg, east_deg, north_deg = self.box_deg
        lon_deg = ((west_deg + east_deg) / 2.0 + 180.0) % 360.0 - 180.0
        return LocalFrame(LatLon((south_deg + north_deg) / 2.0, lon_deg))

    def _name_ids(self) -> str:
        if not self.zones:
            return "The zone set is empty"
        shown = ", ".join(list(self._by_id)[:20])
        rest = len(self._by_id) - 20
        return f"Choose one of {shown}" + (f" and {rest} more" if rest > 0 else "")
