"""What the classes and types of OpenAir mean to a drone."""

from geofence.zone import ZoneKind, ZoneSeverity

Meaning = tuple[ZoneKind, ZoneSeverity]

PROHIBITED: Meaning = (ZoneKind.EXCLUSION, ZoneSeverity.PROHIBITED)
AUTHORISED: Meaning = (ZoneKind.EXCLUSION, ZoneSeverity.AUTHORISATION)
CONDITIONAL: Meaning = (ZoneKind.EXCLUSION, ZoneSeverity.CONDITIONAL)
INFORMATION: Meaning = (ZoneKind.ADVISORY, ZoneSeverity.INFORMATION)

UNSAID = frozenset(("", "UNC", "UNCLASSIFIED", "UNKNOWN", "NONE", "OTHER", "CUSTOM"))
"""Words that say nothing: the other of class and type decides, or the airspace forbids."""

_STRICTEST_FIRST = (PROHIBITED, AUTHORISED, CONDITIONAL, INFORMATION)

_MEANINGS: dict[str, Meaning] = {
    # P prohibited; GP no gliders; temporary restrictions are closed to all who are not named.
    **dict.fromkeys(("P", "GP", "PROHIBITED", "TFR", "TRA", "TSA"), PROHIBITED),
    # Controlled airspace and restricted areas are entered by leave of their authority.
    **dict.fromkeys(("A", "B", "C", "D", "R", "RESTRICTED", "CTR", "CTA", "TMA", "UTA", "OCA"), AUTHORISED),
    **dict.fromkeys(("ATZ", "MATZ", "MTMA", "MCTR", "ADIZ", "MTA", "NOTAM"), AUTHORISED),
    # Danger: firing, blasting, parachutes. Radio or transponder mandatory: a drone has neither.
    **dict.fromkeys(("Q", "DANGER", "ALERT", "WARNING", "RMZ", "TMZ", "MTR", "TIZ", "TRZ"), CONDITIONAL),
    # Uncontrolled, or a place where gliders are to be expected (W is a wave window), or a country's whole sky.
    **dict.fromkeys(("E", "F", "G", "W", "WAVE", "GSEC", "GLIDING", "FIR", "UIR", "ACCSEC"), INFORMATION),
    **dict.fromkeys(("AWY", "ASRA", "VFRR", "VFRSEC", "FIS", "TIA"), INFORMATION),
}


def meaning_of(airspace_class: str, airspace_type: str) -> Meaning | None:
    """Give what an airspace asks of a drone by the stricter of its class (AC) and its type (AY), or None if neither is known."""
    words = [word.strip().upper() for word in (airspace_class, airspace_type)]
    said = [word for word in words if word not in UNSAID]
    known = [_MEANINGS[word] for word in said if word in _MEANINGS]
    if len(known) < len(said) or not known:
        return None
    return min(known, key=_STRICTEST_FIRST.index)
