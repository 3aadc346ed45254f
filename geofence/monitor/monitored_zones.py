"""Everything compiled code wants to know of the zones."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geofence.monitor.packed_areas import PackedAreas

FLOOR_DATUM: Final = 0
CEILING_DATUM: Final = 1
ZONE_NUMBER: Final = 2
IS_ADVISORY: Final = 3

FLOOR_M: Final = 0
CEILING_M: Final = 1
START_UTC_S: Final = 2
END_UTC_S: Final = 3


class MonitoredZones(NamedTuple):
    """Zones as arrays. The volumes of exclusions and advisories come first, then those of inclusions.

    Parameters
    ----------
    areas : PackedAreas
        Of the volumes; then of the unions of inclusions, one for each set of them that was asked for.
    group_boxes_deg : array of shape (groups, 4)
        Round runs of exclusions and advisories that are neighbours.
    group_starts : array of shape (groups + 1,)
        The last is the number of those, and the row of the first inclusion.
    limits : array of shape (n, 4)
        Floor and ceiling, and from when until when the zone holds.
    marks : array of shape (n, 4)
        Numbers of what floor and ceiling are counted from, of the zone, and whether it is an advisory.
    union_keys : array of shape (unions,)
    edge_owners : array
        Number of the zone of each edge of the unions.
    """

    areas: PackedAreas
    group_boxes_deg: NDArray[np.float64]
    group_starts: NDArray[np.int64]
    limits: NDArray[np.float64]
    marks: NDArray[np.int64]
    union_keys: NDArray[np.int64]
    edge_owners: NDArray[np.int64]
