"""The shapes of a Placemark: its polygons, their heights, and what else it draws."""

import re
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from geofence.altitude_band import UNBOUNDED, AltitudeBand, AltitudeDatum
from geofence.formats.kml.document import child_text, children, local_name
from geofence.formats.repair_log import RepairLog
from geofence.formats.shown import show
from geofence.refusal import GeofenceError
from geofence.repair import RepairCode
from geofence.zone import ZoneKind

_NUMBER = r"([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?)"
_POSITION = re.compile(rf"{_NUMBER},{_NUMBER}(?:,{_NUMBER})?,?", re.ASCII)
_COMMA = re.compile(r"\s*,\s*")
_OTHERS = ("Point", "LineString", "LinearRing", "Model", "Track", "MultiTrack")
_DATUMS = {"relativeToGround": AltitudeDatum.AGL, "absolute": AltitudeDatum.AMSL}


@dataclass(frozen=True, slots=True)
class KmlPolygon:
    """One polygon.

    Parameters
    ----------
    rings : list
        Outline, then holes, each a list of longitude, latitude.
    heights_m : tuple of float
        The lowest and the highest of its vertices.
    altitude_mode : str
    is_extruded : bool
        Whether it is the top of a block that stands on the ground.
    """

    rings: list[list[list[float]]]
    heights_m: tuple[float, float]
    altitude_mode: str
    is_extruded: bool

    def band(self, kind: ZoneKind, *, zone_id: str, place: str, log: RepairLog) -> AltitudeBand:
        """Read what its heights say of altitudes, where nothing else does.

        A block states a ceiling, and where its top is not level the stricter end of it. A sheet that floats leaves open
        which side is meant: it forbids at all altitudes, and allows what is below. Heights of 0 state nothing.

        Raises
        ------
        GeofenceError
            For an inclusion whose heights are counted from nobody knows what.
        """
        lowest_m, highest_m = self.heights_m
        if self.altitude_mode in ("", "clampToGround", "clampToSeaFloor") or highest_m <= 0.0:
            return UNBOUNDED
        datum = _DATUMS.get(self.altitude_mode)
        is_inclusion = kind is ZoneKind.INCLUSION
        if datum is None and is_inclusion:
            raise GeofenceError(
                f"altitudeMode {show(self.altitude_mode)} is not known",
                place=place,
                remedy="Choose relativeToGround or absolute, or give ceiling_m and datum in ExtendedData",
            )
        if datum is not None and (self.is_extruded or is_inclusion):
            if lowest_m != highest_m or not self.is_extruded:
                log.note(
                    RepairCode.VALUE,
                    f"the polygon lies between {lowest_m:g} m and {highest_m:g} m: the "
                    f"{'lowest' if is_inclusion else 'highest'} was taken as the ceiling",
                    zone_id=zone_id,
                    place=place,
                )
            return AltitudeBand(None, lowest_m if is_inclusion else highest_m, datum)
        log.note(
            RepairCode.VALUE,
            f"the polygon floats ({self.altitude_mode}, {highest_m:g} m): it was taken to hold at all altitudes",
            zone_id=zone_id,
            place=place,
        )
        return UNBOUNDED


def read_shapes(placemark: Element, *, place: str) -> tuple[list[KmlPolygon], list[str]]:
    """Read the polygons of a Placemark, and name the other geometries in it.

    Raises
    ------
    GeofenceError
        For a polygon without an outline, and coordinates that are no numbers.
    """
    polygons: list[KmlPolygon] = []
    others: list[str] = []
    pending = list(reversed(placemark))
    while pending:
        element = pending.pop()
        name = local_name(element)
        if name == "Polygon":
            polygons.append(_polygon(element, place=place))
        elif name in ("MultiGeometry", "GeometryCollection"):
            pending.extend(reversed(element))
        elif name in _OTHERS:
            others.append(name)
    return polygons, others


def _polygon(element: Element, *, place: str) -> KmlPolygon:
    outlines, holes = (
        [
            _positions(child_text(ring, "coordinates") or "", place=place)
            for boundary in children(element, name)
            for ring in children(boundary, "LinearRing")
        ]
        for name in ("outerBoundaryIs", "innerBoundaryIs")
    )
    if len(outlines) != 1:
        raise GeofenceError(
            f"a Polygon has {len(outlines) or 'no'} outline{'s' if outlines else ''}",
            place=place,
            remedy="Give it one outerBoundaryIs with one LinearRing",
        )
    heights_m = [height_m for ring in (*outlines, *holes) for _, _, height_m in ring] or [0.0]
    return KmlPolygon(
        [[[lon_deg, lat_deg] for lon_deg, lat_deg, _ in ring] for ring in (*outlines, *holes)],
        (min(heights_m), max(heights_m)),
        child_text(element, "altitudeMode") or "",
        child_text(element, "extrude") in ("1", "true"),
    )


def _positions(text: str, *, place: str) -> list[tuple[float, float, float]]:
    positions = []
    for number, words in enumerate(_COMMA.sub(",", text).split(), start=1):
        match = _POSITION.fullmatch(words)
        if match is None:
            raise GeofenceError(
                f"{show(words)} is not a position",
                place=f"{place}, position {number}",
                remedy="Write longitude,latitude,altitude without spaces, positions apart by spaces",
            )
        positions.append((float(match[1]), float(match[2]), float(match[3] or 0.0)))
    return positions
