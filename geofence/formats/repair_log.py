"""What a reader mends on its way."""

from geofence.formats.axis_order import AxisOrder
from geofence.latlon import LatLon
from geofence.repair import Repair, RepairCode
from geofence.zone import ZoneKind


class RepairLog:
    """Collects the repairs of one file, and what is known about the file as a whole.

    Parameters
    ----------
    source : str
        Its name.
    unsaid_kind : ZoneKind or None
        What zones are that do not say their kind; None for what the format has for them.

    Attributes
    ----------
    axis_order : AxisOrder
        How its positions are written; see `settle_axis_order`.
    repairs : list of Repair
    """

    def __init__(self, source: str = "", *, unsaid_kind: ZoneKind | None = None) -> None:
        self.source = source
        self.unsaid_kind = unsaid_kind
        self.axis_order = AxisOrder.LON_LAT
        self.repairs: list[Repair] = []
        self._noted: set[str] = set()

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

    def note_once(self, code: RepairCode, message: str, *, place: str = "") -> None:
        """Write down what is likely to be the same in all zones of the file, at the first of them only."""
        if message not in self._noted:
            self._noted.add(message)
            self.note(code, message, place=place)
