"""The return policy in plan files: rally points where QGroundControl keeps them, the rest beside our other fields."""

from collections.abc import Sequence
from typing import Any

from geofence.formats.qgc.fence import OWN_KEY
from geofence.refusal import GeofenceError
from geofence.verification.return_policy import RallyPoint, ReturnMode, ReturnPolicy
from missions.files.document_reader import DocumentReader

_RALLY_POINTS_AT_MOST = 100


def returns_document(returns: ReturnPolicy | None) -> dict[str, Any] | None:
    """Give what QGroundControl has no place for."""
    return None if returns is None else {"mode": returns.mode.value, "alt_rel_m": returns.alt_rel_m}


def rally_points_document(returns: ReturnPolicy | None) -> dict[str, Any]:
    """Give the part `rallyPoints` of a plan file; its altitudes count from home."""
    points = returns.rally_points if returns is not None else ()
    return {
        "version": 2,
        "points": [[point.position.lat_deg, point.position.lon_deg, point.alt_rel_m] for point in points],
    }


def returns_from_document(reader: DocumentReader, own: Any, rally: Any) -> ReturnPolicy | None:
    """Read a return policy; None where the file says nothing of the way back.

    Rally points without a policy of ours are flown to by RTL, at the altitude ArduCopter is shipped with.

    Raises
    ------
    MissionError
        Names the field at fault.
    """
    points = _rally_points(reader, rally)
    if own is None:
        return ReturnPolicy(rally_points=points) if points else None
    field = f"{OWN_KEY}.returns"
    values = reader.mapping(own, field)
    try:
        mode = ReturnMode(str(values.get("mode")))
    except ValueError:
        known = ", ".join(mode.value for mode in ReturnMode)
        raise reader.refuse(f"{field}.mode", f"is {values.get('mode')!r}", f"Known are {known}") from None
    alt_rel_m = values.get("alt_rel_m")
    if alt_rel_m is None:
        if mode is ReturnMode.RTL:
            raise reader.refuse(f"{field}.alt_rel_m", "is missing", "RTL needs the altitude it returns at")
        return ReturnPolicy(mode, rally_points=points)
    try:
        return ReturnPolicy(mode, reader.finite(alt_rel_m, f"{field}.alt_rel_m"), points)
    except GeofenceError as error:
        raise reader.refuse(f"{field}.alt_rel_m", f"cannot be: {error.what}", error.remedy) from None


def _rally_points(reader: DocumentReader, rally: Any) -> tuple[RallyPoint, ...]:
    if rally is None:
        return ()
    field = "rallyPoints.points"
    entries: Sequence[Any] = reader.sequence(reader.mapping(rally, "rallyPoints").get("points", []), field)
    if len(entries) > _RALLY_POINTS_AT_MOST:
        raise reader.refuse(field, f"holds {len(entries)} points", f"Give {_RALLY_POINTS_AT_MOST} or fewer")
    points = []
    for number, entry in enumerate(entries):
        where = f"{field}[{number}]"
        lat_deg, lon_deg, alt_rel_m = reader.numbers(entry, where, (3,))
        position = reader.position(lat_deg, lon_deg, where)
        if position is None:
            raise reader.refuse(where, "has no position", "Place it, or remove it")
        points.append(RallyPoint(position, alt_rel_m))
    return tuple(points)
