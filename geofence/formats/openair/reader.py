"""Zones from OpenAir airspace files.

Every airspace is one zone. Its class and type tell its kind and severity (`meaning`; one that is not known forbids),
AL and AH its band (`altitude`), DP, DA, DB and DC its outline. All A records are kept in the property `openair`;
times (AA) are not applied: the zone holds always, which is the stricter reading. Pens, brushes and labels are passed over.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from geofence.circle import Circle
from geofence.formats.openair.altitude import band_from_openair
from geofence.formats.openair.meaning import PROHIBITED, meaning_of
from geofence.formats.openair.outline import NAUTICAL_MILE_M, AirspaceOutline
from geofence.formats.openair.position import positions_from_openair
from geofence.formats.repair_log import RepairLog
from geofence.formats.shown import show
from geofence.formats.text import decode_text
from geofence.latlon import LatLon
from geofence.refusal import GeofenceError
from geofence.repair import RepairCode
from geofence.zone import Volume, Zone, circle_volume

OPENAIR = "openair"
"""The property that keeps the A records."""

_SNIFF = re.compile(rb"\s*(?:\*[^\r\n]*[\r\n]\s*)*A[CNY][ \t]+\S", re.IGNORECASE)
_RECORD = re.compile(r"([A-Z]{1,2})(?:\s+(.*))?", re.IGNORECASE)
_VARIABLE = re.compile(r"([A-Z])\s*=\s*(.*)", re.IGNORECASE)
_ARC = re.compile(r"(\d+(?:\.\d+)?)[\s,]+(\d+(?:\.\d+)?)[\s,]+(\d+(?:\.\d+)?)")
_DRAWING = ("SP", "SB", "AT")
_IGNORED_VARIABLES = ("Z", "W", "T")


def is_openair(content: bytes) -> bool:
    """Whether a content begins with an airspace, perhaps after comments."""
    return _SNIFF.match(content.removeprefix(b"\xef\xbb\xbf")[:65_536]) is not None


def read_openair(content: bytes, *, source: str, log: RepairLog) -> list[Zone]:
    """Read the zones of an OpenAir file.

    Raises
    ------
    GeofenceError
        Names the line and its airspace.
    """
    text = decode_text(content, source=source, log=log)
    airspaces = list(_airspaces(text, source=source, log=log))
    if not airspaces:
        raise GeofenceError(
            "there is no airspace in it",
            place=source,
            remedy="Give a file with AC, AN, AL, AH and an outline",
        )
    zones: dict[str, Zone] = {}
    for airspace in airspaces:
        stem = " ".join((airspace.text("AI") or airspace.text("AN") or "airspace").split())
        zone_id, count = stem, 1
        while zone_id in zones:
            count += 1
            zone_id = f"{stem} ({count})"
        zones[zone_id] = _zone(airspace, zone_id, log=log)
    return list(zones.values())


@dataclass(slots=True)
class _Airspace:
    place: str
    records: dict[str, list[str]] = field(default_factory=dict)
    outline: AirspaceOutline = field(default_factory=AirspaceOutline)
    centre: LatLon | None = None
    is_clockwise: bool = True

    def text(self, record: str) -> str | None:
        return self.records[record][0] if record in self.records else None

    def draw(self, record: str, value: str, *, place: str) -> None:
        """Take a D or a V record."""
        if record == "V":
            self._set(value, place=place)
        elif record == "DP":
            self.outline.add_point(positions_from_openair(value, 1, place=place)[0])
        elif record == "DB":
            start, end = positions_from_openair(value, 2, place=place)
            self.outline.add_arc_between(
                self._centre(place), start, end, is_clockwise=self.is_clockwise, place=place
            )
        elif record == "DC":
            radius_m = _number(value, record, place=place) * NAUTICAL_MILE_M
            self.outline.circles.append(_circle(self._centre(place), radius_m, place=place))
        else:
            arc = _ARC.fullmatch(value)
            if arc is None or max(float(arc[2]), float(arc[3])) > 360.0:
                raise GeofenceError(
                    f"DA {show(value)} is not an arc",
                    place=place,
                    remedy="Write a radius in nautical miles and two azimuths in degrees, such as DA 10,270,290",
                )
            circle = _circle(self._centre(place), float(arc[1]) * NAUTICAL_MILE_M, place=place)
            self.outline.add_arc(
                circle.centre,
                circle.radius_m,
                float(arc[2]),
                float(arc[3]),
                is_clockwise=self.is_clockwise,
            )

    def _set(self, value: str, *, place: str) -> None:
        variable = _VARIABLE.fullmatch(value)
        name = variable[1].upper() if variable else ""
        if variable and name == "X":
            (self.centre,) = positions_from_openair(variable[2], 1, place=place)
        elif variable and name == "D" and variable[2] in ("+", "-"):
            self.is_clockwise = variable[2] == "+"
        elif name not in _IGNORED_VARIABLES:
            raise GeofenceError(
                f"V {show(value)} is not known",
                place=place,
                remedy="Write V X= and a position, V D=+ or V D=-",
            )

    def _centre(self, place: str) -> LatLon:
        if self.centre is None:
            raise GeofenceError(
                "the arc or circle has no centre", place=place, remedy="Give V X= and a position before it"
            )
        return self.centre


def _airspaces(text: str, *, source: str, log: RepairLog) -> Iterator[_Airspace]:
    """Sort the records by airspace."""
    airspace: _Airspace | None = None
    is_terrain = False
    for number, line in enumerate(re.split(r"\r\n|\r|\n", text), start=1):
        line = line.strip(" \t\x1a\ufeff")
        if not line or line.startswith("*"):
            continue
        match = _RECORD.fullmatch(line)
        record, value = (match[1].upper(), (match[2] or "").strip()) if match else ("", "")
        place = f"{source}, line {number}"
        if record == "AC":
            if airspace is not None:
                yield airspace
            airspace = _Airspace(place)
            is_terrain = False
        if record in ("TO", "TC"):
            log.note(
                RepairCode.LOST, f"the terrain {show(value)} is no airspace: it was passed over", place=place
            )
            is_terrain = True
        elif record in _DRAWING or (is_terrain and record[:1] in ("D", "V")):
            continue
        elif record in ("V", "DP", "DA", "DB", "DC"):
            if airspace is None:
                raise _unstarted(record, place=place)
            name = airspace.text("AN")
            airspace.draw(
                record, value.split("*")[0].strip(), place=f"{place} ({name})" if name is not None else place
            )
        elif record[:1] == "A" and len(record) == 2:
            if airspace is None:
                raise _unstarted(record, place=place)
            if record in ("AN", "AL", "AH") and record in airspace.records:
                raise GeofenceError(
                    f"the airspace has a second {record}", place=place, remedy="Begin every airspace with AC"
                )
            airspace.records.setdefault(record, []).append(
                value.split("*")[0].strip() if record in ("AC", "AL", "AH", "AY") else value
            )
        else:
            raise GeofenceError(
                "an airway (DY) has no area of its own"
                if record == "DY"
                else f"{show(line)} is not a record of OpenAir",
                place=place,
                remedy="Draw it as a polygon with DP" if record == "DY" else "Begin comments with *",
            )
    if airspace is not None:
        yield airspace


def _zone(airspace: _Airspace, zone_id: str, *, log: RepairLog) -> Zone:
    place = f"{airspace.place} ({zone_id})"
    airspace_class, airspace_type = airspace.text("AC") or "", airspace.text("AY") or ""
    meaning = meaning_of(airspace_class, airspace_type)
    if meaning is None:
        said = f"AC {show(airspace_class)}" + (f", AY {show(airspace_type)}" if airspace_type else "")
        log.note(
            RepairCode.VALUE,
            f"{said} is not a known class of airspace: it is forbidden",
            zone_id=zone_id,
            place=place,
        )
        meaning = PROHIBITED
    kind, severity = meaning
    band = band_from_openair(airspace.text("AL"), airspace.text("AH"), zone_id=zone_id, place=place, log=log)
    if airspace.outline.is_empty:
        raise GeofenceError(
            "the airspace has no outline", place=place, remedy="Give it DP, DA, DB or DC records"
        )
    area = airspace.outline.area(kind=kind, zone_id=zone_id, place=place, log=log)
    volumes = [] if area is None else [Volume(area, band)]
    volumes += [circle_volume(circle, kind, band) for circle in airspace.outline.circles]
    return Zone(
        zone_id,
        airspace.text("AN") or zone_id,
        kind,
        tuple(volumes),
        stated_severity=severity,
        properties={
            OPENAIR: {
                record: values[0] if len(values) == 1 else values
                for record, values in airspace.records.items()
            }
        },
    )


def _circle(centre: LatLon, radius_m: float, *, place: str) -> Circle:
    try:
        return Circle(centre, radius_m)
    except GeofenceError as refusal:
        raise GeofenceError(refusal.what, place=place, remedy=refusal.remedy) from None


def _number(value: str, record: str, *, place: str) -> float:
    if not re.fullmatch(r"\d{1,6}(\.\d+)?", value):
        raise GeofenceError(
            f"{record} {show(value)} is not a radius", place=place, remedy="Write it in nautical miles"
        )
    return float(value)


def _unstarted(record: str, *, place: str) -> GeofenceError:
    return GeofenceError(
        f"{record} stands before any AC", place=place, remedy="Begin every airspace with AC and its class"
    )
