"""Proofs of plans: written with a check, and recomputed to the last field."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from geofence.crs import Crs
from geofence.formats.geojson import zones_to_geojson
from geofence.refusal import GeofenceError
from geofence.terrain import Terrain
from geofence.verification.proof import (
    SEAL,
    canonical,
    differences,
    is_sealed,
    sha256_hex,
    software_versions,
    write_proof,
)
from geofence.verification.return_policy import ReturnPolicy
from geofence.verification.verification import Verification
from geofence.verification.verification_document import returns_document, verification_document
from geofence.zone import ZoneKind
from geofence.zone_set import ZoneSet
from missions.files.qgc_plan import plan_to_document
from missions.plan.check import check_plan, margin_of
from missions.plan.plan import Plan
from missions.plan.return_check import ReturnDemand
from missions.ways.copter_motion import CopterMotion

_TOLERANCE_M = 0.05
"""What another version of a library may make of the same distance."""


@dataclass(frozen=True, slots=True)
class CheckSettings:
    """What a plan is checked with.

    Parameters
    ----------
    margin_m : float or None
        None for the plan's own.
    allow_above_120 : bool
    departure_utc_s : (float, float) or None
    returns : ReturnDemand
    crs : Crs or None
        What the zone file was read in.
    unsaid_kind : ZoneKind or None
        What its zones were taken for that do not say their kind.
    max_wind_m_s : float or None
        The strongest gust that it is flown in; None where nobody says.
    """

    margin_m: float | None = None
    allow_above_120: bool = False
    departure_utc_s: tuple[float, float] | None = None
    returns: ReturnDemand = ReturnDemand.REQUIRE
    crs: Crs | None = None
    unsaid_kind: ZoneKind | None = None
    max_wind_m_s: float | None = None

    def check(
        self,
        plan: Plan,
        zones: ZoneSet,
        terrain: Terrain | None = None,
        *,
        motion: CopterMotion | None = None,
    ) -> Verification:
        """Check a plan with them, for a copter as ArduCopter is shipped or another motion."""
        return check_plan(
            plan,
            zones,
            margin_m=self.margin_m,
            allow_above_120=self.allow_above_120,
            departure_utc_s=self.departure_utc_s,
            terrain=terrain,
            returns=self.returns,
            motion=replace(motion or CopterMotion(), wind_m_s=self.max_wind_m_s),
        )


@dataclass(frozen=True, slots=True)
class ProofFile:
    """A file that a proof is about.

    Parameters
    ----------
    name : str
        Without its folder.
    content : bytes
    """

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class ProofAnswer:
    """What recomputing a proof found.

    Parameters
    ----------
    broken : tuple of str
        Sentences: what was changed since; empty where the proof holds.
    notes : tuple of str
        Sentences: what is different and does no harm.
    is_legal : bool
        The recomputed result.
    """

    broken: tuple[str, ...]
    notes: tuple[str, ...]
    is_legal: bool

    @property
    def holds(self) -> bool:
        """Whether plan, zones, settings and result are those of the proof."""
        return not self.broken


def prove(
    plan: Plan,
    zones: ZoneSet,
    settings: CheckSettings,
    verification: Verification,
    *,
    plan_file: ProofFile,
    zones_file: ProofFile,
    terrain_file: ProofFile | None = None,
) -> bytes:
    """Write the proof of a check."""
    return write_proof(
        {
            "plan": {
                **_file_document(plan_file),
                "canonical_sha256": sha256_hex(canonical(plan_to_document(plan))),
                "name": plan.name,
                "items": len(plan.items),
            },
            "zones": {
                **_file_document(zones_file),
                "canonical_sha256": sha256_hex(canonical(zones_to_geojson(zones))),
                "zones": len(zones),
                "repairs": len(zones.repairs),
            },
            "terrain": None if terrain_file is None else _file_document(terrain_file),
            "versions": software_versions(),
            "settings": {
                "margin_m": margin_of(plan, settings.margin_m),
                "allow_above_120": settings.allow_above_120,
                "departure_utc_s": None
                if settings.departure_utc_s is None
                else list(settings.departure_utc_s),
                "returns": settings.returns.value,
                "crs": None if settings.crs is None else settings.crs.value,
                "unsaid_kind": None if settings.unsaid_kind is None else settings.unsaid_kind.value,
                "max_wind_m_s": settings.max_wind_m_s,
            },
            "returns": returns_document(plan.returns if plan.returns is not None else ReturnPolicy()),
            "result": verification_document(verification),
        }
    )


def settings_of(document: Mapping[str, Any], *, source: str) -> CheckSettings:
    """Take the settings out of a proof.

    Raises
    ------
    GeofenceError
        They are not there, or make no sense.
    """
    try:
        settings = document["settings"]
        departure, wind_m_s = settings["departure_utc_s"], settings.get("max_wind_m_s")
        return CheckSettings(
            margin_m=float(settings["margin_m"]),
            allow_above_120=settings["allow_above_120"] is True,
            departure_utc_s=None if departure is None else (float(departure[0]), float(departure[1])),
            returns=ReturnDemand(settings["returns"]),
            crs=None if settings["crs"] is None else Crs(settings["crs"]),
            unsaid_kind=None if settings["unsaid_kind"] is None else ZoneKind(settings["unsaid_kind"]),
            max_wind_m_s=None if wind_m_s is None else float(wind_m_s),
        )
    except (KeyError, TypeError, ValueError, IndexError):
        raise GeofenceError(
            "its settings cannot be understood", place=source, remedy="Prove the plan anew"
        ) from None


def recheck_proof(proven: Mapping[str, Any], recomputed: Mapping[str, Any], *, is_legal: bool) -> ProofAnswer:
    """Compare a proof with one made now of the same files, to every field."""
    broken, notes = [], []
    if not is_sealed(proven):
        broken.append("The proof was changed after it was written: its own hash is not that of its content")
    tolerance_m = 0.0
    versions = {"proven": proven.get("versions"), "recomputed": recomputed.get("versions")}
    for name in differences(versions["proven"], versions["recomputed"], tolerance=0.0):
        tolerance_m = _TOLERANCE_M
        notes.append(
            f"Recomputed with another version of {name or 'everything'}: "
            f"{_at(versions['recomputed'], name)} instead of {_at(versions['proven'], name)}"
        )
    # A file that was only written anew has another hash and the same content.
    for key, what in (("plan", "plan"), ("zones", "zones")):
        one, other = _mapping(proven.get(key)), _mapping(recomputed.get(key))
        if one.get("canonical_sha256") == other.get("canonical_sha256"):
            if one.get("sha256") != other.get("sha256"):
                notes.append(f"The file of the {what} was written anew; its content is the same")
        else:
            broken.append(f"The {what} {'is' if key == 'plan' else 'are'} not what was proven")
    ignored = {"plan.sha256", "plan.file", "zones.sha256", "zones.file"}
    ignored |= {"plan.canonical_sha256", "zones.canonical_sha256", "terrain.file"}
    rest = [
        {key: value for key, value in document.items() if key not in (SEAL, "versions")}
        for document in (proven, recomputed)
    ]
    broken += [
        f"{place} is not what was proven"
        for place in differences(*rest, tolerance=tolerance_m)
        # Sentences hold numbers, and with another version numbers differ a little.
        if place not in ignored and not (tolerance_m and place.endswith(".message"))
    ]
    return ProofAnswer(tuple(broken), tuple(notes), is_legal)


def _file_document(file: ProofFile) -> dict[str, Any]:
    return {"file": file.name, "sha256": sha256_hex(file.content)}


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _at(versions: Any, name: str) -> Any:
    return _mapping(versions).get(name, "none") if name else versions
