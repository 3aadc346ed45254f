"""KML documents, made of parts and read."""

from geofence.formats.kml.reader import read_kml
from geofence.formats.repair_log import RepairLog
from geofence.zone import ZoneKind

SQUARE = "103.7,36.0 103.8,36.0 103.8,36.1 103.7,36.1 103.7,36.0"


def polygon(coordinates=SQUARE, *, holes=(), mode="", extra=""):
    inner = "".join(
        f"<innerBoundaryIs><LinearRing><coordinates>{hole}</coordinates></LinearRing></innerBoundaryIs>"
        for hole in holes
    )
    mode = f"<altitudeMode>{mode}</altitudeMode>" if mode else ""
    return (
        f"<Polygon>{extra}{mode}<outerBoundaryIs><LinearRing><coordinates>{coordinates}</coordinates></LinearRing>"
        f"</outerBoundaryIs>{inner}</Polygon>"
    )


def placemark(geometry=None, *, name="a", data=None, extra=""):
    values = "".join(
        f'<Data name="{key}"><value>{value}</value></Data>' for key, value in (data or {}).items()
    )
    extended = f"<ExtendedData>{values}</ExtendedData>" if values else ""
    return f"<Placemark><name>{name}</name>{extra}{extended}{polygon() if geometry is None else geometry}</Placemark>"


def kml(*placemarks):
    return f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{"".join(placemarks)}</Document></kml>'


def read(document, *, unsaid_kind=ZoneKind.INCLUSION):
    log = RepairLog("z.kml", unsaid_kind=unsaid_kind)
    content = document if isinstance(document, bytes) else document.encode()
    return read_kml(content, source="z.kml", log=log), log.repairs


def read_one(document, **about):
    (zone,), repairs = read(document, **about)
    return zone, repairs
