import pytest
import shapely

from missions.patterns.space import PatternSpace
from missions.transit import Transit


@pytest.fixture(scope="session")
def space_in(fields):
    """Make the space to plan in of an area, in the plane of the made-up fields."""

    def make(area, pad=(20.0, 20.0), **changes):
        usual = {
            "frame": fields.FRAME,
            "legal": area,
            "transit": Transit(area, pad, 0.0),
            "pad": pad,
            "margin_m": 0.0,
            "clearance_m": 0.0,
            "alt_rel_m": 50.0,
            "speed_m_s": 10.0,
            "drones": 1,
            "zone_id": "field",
        }
        return PatternSpace(**{**usual, **changes})

    return make


@pytest.fixture(scope="session")
def open_space(space_in):
    return space_in(shapely.box(-2000, -2000, 2000, 2000))
