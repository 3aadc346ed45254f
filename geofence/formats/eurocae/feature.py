"""What readers and writers of ED-269 and ED-318 share about a feature as a whole."""

import re
from collections.abc import Mapping
from typing import Any

from geofence.formats.applicability_words import moment_from_text
from geofence.formats.eurocae.texts import preferred_text, texts_from
from geofence.formats.eurocae.words import EMPTY
from geofence.formats.eurocae.zone import OWN
from geofence.formats.repair_log import RepairLog
from geofence.refusal import GeofenceError
from geofence.repair import RepairCode
from geofence.zone import Zone

_IDENTIFIER = re.compile(r"^[A-Za-z0-9_-]{1,7}$")
_METADATA = ("metadata", "datasetMetadata")
_MOMENTS = ("validFrom", "validTo", "issued")


def zone_id_of(value: Any, number: int, taken: set[str], deviations: list[str]) -> tuple[str, str]:
    """Give the identifier a feature says, and an id that no zone before it has.

    Parameters
    ----------
    value : Any
        Its `identifier`. Not trusted.
    number : int
        Of the feature.
    taken : set of str
        The ids so far; takes the new one.
    deviations : list of str
    """
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    identifier = " ".join(str(value).split()) if isinstance(value, str) or is_number else ""
    if not identifier:
        deviations.append("identifier is missing")
        identifier = f"zone-{number}"
    zone_id, count = identifier, 1
    while zone_id in taken:
        count += 1
        zone_id = f"{identifier}-{count}"
    if zone_id != identifier:
        deviations.append(f"identifier {identifier} is another zone's too, this one is called {zone_id}")
    taken.add(zone_id)
    return identifier, zone_id


def identifier_of(zone: Zone, taken: set[str]) -> str:
    """Give a zone its identifier of at most 7 letters and digits, one that no other zone of the file has."""
    for candidate in (zone.properties.get("identifier"), zone.zone_id):
        if isinstance(candidate, str) and _IDENTIFIER.match(candidate) and candidate not in taken:
            taken.add(candidate)
            return candidate
    number = len(taken) + 1
    while f"Z{number:06d}" in taken:
        number += 1
    taken.add(f"Z{number:06d}")
    return f"Z{number:06d}"


def note_deviations(
    deviations: list[str], standard: str, *, zone_id: str, place: str, log: RepairLog
) -> None:
    """Report all that is not as the standard demands: once for the zone, what is empty once for the file."""
    if EMPTY in deviations:
        log.note_once(RepairCode.VALUE, f"not as {standard} demands: {EMPTY}", place=place)
    said = "; ".join(each for each in dict.fromkeys(deviations) if each != EMPTY)
    if said:
        log.note(RepairCode.VALUE, f"not as {standard} demands: {said}", zone_id=zone_id, place=place)


def note_lost(zone: Zone, extension: Mapping[str, Any], standard: str, *, log: RepairLog) -> None:
    """Report what other programs will not see of a zone."""
    words = {
        "id": ["its id"],
        "bands": ["its altitudes"],
        "volumes": ["which shapes belong together"],
        "properties": list(extension.get("properties", {})),
    }
    lost = [word for name, found in words.items() if name in extension for word in found]
    if lost:
        log.note(
            RepairCode.LOST,
            f"{standard} cannot say {', '.join(lost)} as it is: other programs read it in part or not at all, "
            f"{OWN} reads it",
            zone_id=zone.zone_id,
        )


def publication_of(dataset: Mapping[str, Any]) -> tuple[str, str]:
    """Give the version and the publisher of a document, as far as it says them."""
    version, publisher = dataset.get("title") or dataset.get("name"), ""
    for metadata in (dataset.get(name) for name in _METADATA):
        if isinstance(metadata, Mapping):
            version = metadata.get("issued") or metadata.get("validFrom") or version
            try:
                publisher = preferred_text(texts_from(metadata.get("provider"), "provider", [], place=""))
            except GeofenceError:
                publisher = ""
    return version if isinstance(version, str) else "", publisher


def demand_moments(dataset: Mapping[str, Any], *, place: str) -> None:
    """Refuse a document whose metadata has no date and time where one is due.

    Raises
    ------
    GeofenceError
    """
    for name in _METADATA:
        metadata = dataset.get(name)
        if isinstance(metadata, Mapping):
            for moment in _MOMENTS:
                value = metadata.get(moment)
                try:
                    moment_from_text(value, f"{name}.{moment}", place=place)
                except GeofenceError as refusal:
                    if not refusal.what.endswith("has no time zone"):
                        raise
