"""What a reader mends on its way."""

from geofence.latlon import LatLon
from geofence.repair import Repair, RepairCode


class RepairLog:
    """Collects the repairs of one file.

    Parameters
    ----------
    source : str
        Its name.
    """

    def __init__(self, source: str = "") -> None:
        self.source = source
        self.repairs: list[Repair] = []

    def note(
        self,
        code: RepairCode,
        message: str,
        *,
        zone_id: str = "",
        place: str = "",
        position: LatLon | None = None,
        area_m2: float = 0.0,
    ) -> None:
        """Write one repair down."""
        self.repairs.append(Repair(code, zone_id, place or self.source, message, position, area_m2))
