"""Zones in metres round Lanzhou."""

from collections.abc import Callable, Sequence

import pytest
from shapely import Polygon

from geofence.altitude_band import AltitudeBand
from geofence.latlon import LatLon
from geofence.local_frame import LocalFrame
from geofence.zone import Zone, ZoneKind

HOME = LatLon(36.0925, 103.7080)
FRAME = LocalFrame(HOME)


@pytest.fixture(scope="session")
def frame() -> LocalFrame:
    return FRAME


@pytest.fixture(scope="session")
def place() -> Callable[[float, float], LatLon]:
    """Make a position of metres east and north."""
    return FRAME.position


@pytest.fixture(scope="session")
def make_zone() -> Callable[..., Zone]:
    """Make a zone of a box (west, south, east, north) or of vertices, in metres."""

    def make(
        zone_id: str,
        kind: str,
        shape: Sequence[float] | Sequence[tuple[float, float]] | Polygon,
        band: AltitudeBand | None = None,
    ) -> Zone:
        if isinstance(shape, Polygon):
            polygon = shape
        elif len(shape) == 4 and not isinstance(shape[0], tuple):
            west, south, east, north = shape
            polygon = Polygon([(west, south), (east, south), (east, north), (west, north)])
        else:
            polygon = Polygon(shape)
        return Zone.of_area(
            zone_id, zone_id, ZoneKind(kind), FRAME.unproject(polygon), band or AltitudeBand()
        )

    return make
