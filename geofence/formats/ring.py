"""Rings of coordinates from outside, made into areas: mended to the safe side, or refused."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from shapely import MultiPolygon, Polygon

from geofence.ellipsoid_area import area_m2
from geofence.formats.repair_log import RepairLog
from geofence.formats.rings.fault import DegenerateRingError, find_fault
from geofence.formats.rings.holes import cut_holes
from geofence.formats.rings.readings import RingReadings, as_area, read_inside
from geofence.formats.rings.vertices import RingVertices, read_ring
from geofence.refusal import GeofenceError
from geofence.repair import RepairCode
from geofence.zone import ZoneKind

_LEAST_AREA_DEG2 = 1e-12
"""About 0.01 m2: less is what rounding leaves of a line."""

_LEAST_CHANGE_M2 = 0.01


def area_from_polygons(
    polygons: Sequence[Any], *, kind: ZoneKind, zone_id: str, place: str, log: RepairLog
) -> Polygon | MultiPolygon:
    """Make an area of polygons, each a list of rings: the outline, then its holes.

    Faulty rings are mended to the safe side, and each repair is logged with its place and the change of area. What may
    be forbidden stays so (exclusion and advisory zones): all that a ring encloses in any reading. What is allowed is
    only what it encloses in every reading; see `RingReadings`. The order of rings tells outlines from holes, not the
    way they run. Polygons that overlap are united.

    Parameters
    ----------
    polygons : sequence
        As in the coordinates of a GeoJSON MultiPolygon: longitude, latitude and maybe more. Not trusted.
    kind : ZoneKind
        What is forbidden may only grow, what is allowed only shrink.
    zone_id, place : str
        Where they come from, for refusals and repairs.
    log : RepairLog
        Its `axis_order` is how positions are read; what is mended is written into it.

    Returns
    -------
    Polygon or MultiPolygon
        Valid, not empty, within -180 to 180 degrees of longitude.

    Raises
    ------
    GeofenceError
        Where a ring is no ring on this earth, or nothing is enclosed where something is forbidden.
    """
    if not polygons:
        raise GeofenceError("the geometry has no coordinates", place=place, remedy="Give at least one ring")
    mender = _Mender(kind, zone_id, log)
    try:
        area = mender.area_of(polygons, place=place)
    except shapely.errors.GEOSException as error:
        raise GeofenceError(
            f"the rings cannot be mended ({error})", place=place, remedy="Draw the zone again"
        ) from None
    if not area.is_valid:
        raise GeofenceError("the rings cannot be mended", place=place, remedy="Draw the zone again")
    return area


@dataclass(frozen=True, slots=True)
class _Mender:
    kind: ZoneKind
    zone_id: str
    log: RepairLog

    @property
    def grows(self) -> bool:
        return self.kind is not ZoneKind.INCLUSION

    def area_of(self, polygons: Sequence[Any], *, place: str) -> Polygon | MultiPolygon:
        areas: list[Polygon | MultiPolygon] = []
        nothing: DegenerateRingError | None = None
        for number, rings in enumerate(polygons, start=1):
            part_place = f"{place}, polygon {number}" if len(polygons) > 1 else place
            try:
                areas.append(self._area_of_rings(rings, place=part_place))
            except DegenerateRingError as refusal:
                if self.grows:
                    raise
                nothing = nothing or refusal
                if len(polygons) > 1:
                    self._note(RepairCode.DEGENERATE, f"{refusal.what}: it was left out", place=part_place)
        if not areas:
            assert nothing is not None
            raise nothing
        return self._united(areas, place=place)

    def _area_of_rings(self, rings: Any, *, place: str) -> Polygon | MultiPolygon:
        if not isinstance(rings, list | tuple) or not rings:
            raise GeofenceError(
                "a polygon is not a list of rings", place=place, remedy="Give a list of rings of positions"
            )
        outline = self._inside(rings[0], place=place)
        area = outline.most if self.grows else outline.least
        holes = []
        for number, hole in enumerate(rings[1:], start=1):
            hole_place = f"{place}, hole {number}"
            try:
                holes.append(self._inside(hole, place=hole_place, is_hole=True))
            except DegenerateRingError as refusal:
                self._note(RepairCode.DEGENERATE, f"{refusal.what}: the hole was left out", place=hole_place)
        if holes:
            cut = cut_holes(outline, holes, grows=self.grows)
            area = cut.area
            if cut.fault is not None or abs(cut.change_m2) > _LEAST_CHANGE_M2:
                self._note(
                    RepairCode.HOLE,
                    f"the polygon {cut.fault or 'has holes that do not lie in it side by side'}: "
                    + (
                        "only what is a hole in every reading was left open"
                        if self.grows
                        else "what is a hole in any reading was left out"
                    ),
                    place=place,
                    position=None if cut.fault is None else cut.fault.position,
                    area_m2=cut.change_m2,
                )
        if area.area < _LEAST_AREA_DEG2:
            raise DegenerateRingError(
                "the polygon encloses nothing", place=place, remedy="Leave the holes out that fill it"
            )
        return area

    def _inside(self, coordinates: Any, *, place: str, is_hole: bool = False) -> RingReadings:
        ring = read_ring(coordinates, place=place, axis_order=self.log.axis_order)
        inside = read_inside(ring, place=place) if ring.distinct >= 3 else None
        if inside is None and not ring.crosses_antimeridian:
            raise DegenerateRingError(
                f"the ring has {ring.distinct} distinct point{'' if ring.distinct == 1 else 's'}",
                place=place,
                remedy="A ring needs at least three",
            )
        is_most = self.grows is not is_hole
        if inside is None or (inside.most if is_most else inside.least).area < _LEAST_AREA_DEG2:
            raise DegenerateRingError(
                "the ring encloses nothing",
                place=place,
                remedy="Cut an area wider than half the earth into a MultiPolygon"
                if ring.crosses_antimeridian
                else "Give at least three points that are not on one line",
            )
        self._note_ring(ring, place=place)
        if inside.fault is None and ring.is_counter_clockwise is is_hole:
            self.log.note_once(
                RepairCode.WINDING,
                "rings run against the right-hand rule (RFC 7946, 3.1.6), here first: nothing was changed, the order of "
                "rings tells outlines from holes",
                place=place,
            )
        if inside.fault is not None:
            change_m2 = area_m2(inside.most) - area_m2(inside.least)
            self._note(
                RepairCode.SELF_INTERSECTION,
                f"the ring {inside.fault}: "
                + ("all that it encloses was taken" if is_most else "only what it surely encloses was taken"),
                place=place,
                position=inside.fault.position,
                area_m2=change_m2 if self.grows else -change_m2,
            )
        return inside

    def _note_ring(self, ring: RingVertices, *, place: str) -> None:
        if ring.repeated:
            self._note(
                RepairCode.REPEATED_POINT,
                f"{ring.repeated} repeated point{'' if ring.repeated == 1 else 's'} left out",
                place=place,
                position=ring.first_repeated,
            )
        if not ring.is_closed:
            self._note(
                RepairCode.UNCLOSED_RING,
                "the ring does not end where it starts: it was closed by a straight edge",
                place=place,
                position=ring.position(-1),
            )
        if ring.crosses_antimeridian:
            self._note(
                RepairCode.ANTIMERIDIAN,
                "the ring has an edge longer than 180 degrees: it was taken the short way, across the antimeridian",
                place=place,
                position=ring.position(0),
            )

    def _united(self, areas: list[Polygon | MultiPolygon], *, place: str) -> Polygon | MultiPolygon:
        parts = [part for area in areas for part in shapely.get_parts(area)]
        if len(parts) == 1:
            return areas[0]
        together = MultiPolygon(parts)
        fault = find_fault(together)
        if fault is None:
            return together
        united = as_area(shapely.union_all(areas))
        overlap_m2 = max(0.0, sum(map(area_m2, areas)) - area_m2(united))
        self._note(
            RepairCode.OVERLAP,
            f"polygons overlap by {overlap_m2:,.0f} m2 or share an edge: they were united",
            place=place,
            position=fault.position,
        )
        return united

    def _note(self, code: RepairCode, message: str, *, place: str, **details: Any) -> None:
        self.log.note(code, message, zone_id=self.zone_id, place=place, **details)
