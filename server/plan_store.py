"""The plans made or loaded since the start."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import repeat

import orjson
from typing_extensions import TypedDict

from geofence.latlon import LatLon
from geofence.verification.finding import Severity
from geofence.verification.verification_document import finding_document, returns_document
from missions.plan.plan import Plan, Route
from missions.vehicle.prediction import FlightPrediction
from missions.vehicle.prediction_document import prediction_document
from missions.vehicle.wind import Wind
from server.errors import NotFoundError, PlanRefusedError
from server.revision import Revision


class PositionDocument(TypedDict):
    """A position in degrees, WGS-84."""

    lat_deg: float
    lon_deg: float


class DatumFixDocument(TypedDict):
    """Where what is searched for is reckoned to be, so long after take-off."""

    time_s: float
    position: PositionDocument


class WindDocument(TypedDict):
    """The wind of a prediction."""

    speed_m_s: float
    from_deg: float
    gusts_m_s: float


class RouteDocument(TypedDict):
    """A stretch of a plan."""

    kind: str
    alts_rel_m: list[float]
    length_m: float
    positions: list[list[float]]


class PlanDocument(TypedDict):
    """A plan as the service shows it."""

    id: str
    name: str
    zone_id: str
    pattern: str
    swath_m: float | None
    speed_m_s: float | None
    margin_m: float | None
    home: PositionDocument
    items: int
    length_m: float
    vehicle: str | None
    wind: WindDocument | None
    duration_s: float | None
    energy_wh: float | None
    battery_share: float | None
    keeps_reserve: bool | None
    is_legal: bool
    coverage: float | None
    returns: dict[str, object] | None
    datum_track: list[DatumFixDocument]
    routes: list[RouteDocument]
    findings: list[dict[str, object]]


def position_document(position: LatLon) -> PositionDocument:
    """Give a position with 7 decimals (1 cm)."""
    return {"lat_deg": round(position.lat_deg, 7), "lon_deg": round(position.lon_deg, 7)}


def _route_document(route: Route) -> RouteDocument:
    return {
        "kind": route.kind.value,
        "alts_rel_m": [round(alt_m, 2) for alt_m in route.alts_rel_m],
        "length_m": round(route.length_m, 1),
        "positions": [[round(at.lat_deg, 7), round(at.lon_deg, 7)] for at in route.positions],
    }


def _wind_document(wind: Wind) -> WindDocument:
    return {"speed_m_s": wind.speed_m_s, "from_deg": wind.from_deg, "gusts_m_s": wind.gusts_m_s}


@dataclass(frozen=True)
class StoredPlan:
    """A plan, the name the service gave it, and what is predicted of it where that is known."""

    plan_id: str
    plan: Plan
    prediction: FlightPrediction | None = None

    @cached_property
    def document(self) -> PlanDocument:
        """The plan as JSON shows it."""
        plan = self.plan
        predicted = None if self.prediction is None else prediction_document(self.prediction)
        return {
            "id": self.plan_id,
            "name": plan.name,
            "zone_id": plan.zone_id,
            "pattern": plan.pattern,
            "swath_m": plan.swath_m,
            "speed_m_s": plan.speed_m_s,
            "margin_m": plan.margin_m,
            "home": position_document(plan.home),
            "items": len(plan.items),
            "length_m": round(plan.length_m, 1),
            "vehicle": None if predicted is None else predicted["vehicle"],
            "wind": None if self.prediction is None else _wind_document(self.prediction.wind),
            "duration_s": None if predicted is None else predicted["duration_s"],
            "energy_wh": None if predicted is None else predicted["energy_wh"],
            "battery_share": None if predicted is None else predicted["battery_share"],
            "keeps_reserve": None if predicted is None else predicted["keeps_reserve"],
            "is_legal": plan.is_legal,
            "coverage": plan.coverage,
            "returns": returns_document(plan.returns),
            "datum_track": [
                {"time_s": fix.time_s, "position": position_document(fix.position)}
                for fix in plan.datum_track
            ],
            "routes": [_route_document(route) for route in plan.routes],
            "findings": [finding_document(finding) for finding in plan.findings],
        }

    @cached_property
    def encoded(self) -> bytes:
        """The document as JSON; a plan never changes."""
        return orjson.dumps(self.document)


class PlanStore:
    """Keeps plans in memory by id.

    Parameters
    ----------
    revision : Revision
    """

    def __init__(self, revision: Revision) -> None:
        self._revision = revision
        self._plans: dict[str, StoredPlan] = {}
        self._count = 0
        self.changed_at = revision.advance()

    def add(self, plans: Sequence[Plan], predictions: Sequence[FlightPrediction] = ()) -> list[StoredPlan]:
        """Keep plans, each under an id of its own, with their predictions or none."""
        stored = []
        for plan, prediction in zip(plans, predictions or repeat(None, len(plans)), strict=True):
            self._count += 1
            entry = StoredPlan(f"p{self._count}", plan, prediction)
            self._plans[entry.plan_id] = entry
            stored.append(entry)
        self.changed_at = self._revision.advance()
        return stored

    def keep_ids(self, plan_ids: Iterable[str]) -> None:
        """Give none of these ids, nor an earlier one, to another plan: somebody may have noted them in a former run."""
        for plan_id in plan_ids:
            number = plan_id.removeprefix("p")
            if plan_id != number and number.isdecimal():
                self._count = max(self._count, int(number))

    def restore(self, plan_id: str, plan: Plan) -> StoredPlan:
        """Keep a plan of a former run under the id that it had there, or a new one where it had none or that is taken."""
        if not plan_id or plan_id in self._plans:
            (stored,) = self.add([plan])
            return stored
        self.keep_ids([plan_id])
        stored = self._plans[plan_id] = StoredPlan(plan_id, plan)
        self.changed_at = self._revision.advance()
        return stored

    def all(self) -> list[StoredPlan]:
        """Give all plans, oldest first."""
        return list(self._plans.values())

    def get(self, plan_id: str) -> StoredPlan:
        """Give one plan or raise `NotFoundError`."""
        try:
            return self._plans[plan_id]
        except KeyError:
            raise NotFoundError(
                f"there is no plan {plan_id!r}", remedy="GET /api/plans lists those there are"
            ) from None

    def remove(self, plan_id: str) -> None:
        """Forget one plan or raise `NotFoundError`."""
        self.get(plan_id)
        del self._plans[plan_id]
        self.changed_at = self._revision.advance()

    def encoded(self) -> bytes:
        """Give the list of all plans as JSON."""
        return b"[" + b",".join(plan.encoded for plan in self._plans.values()) + b"]"


def refuse_illegal(plans: list[Plan]) -> None:
    """Raise `PlanRefusedError` with all findings where one forbids a plan."""
    if all(plan.is_legal for plan in plans):
        return
    findings = [finding for plan in plans for finding in plan.findings]
    worst = next(finding for finding in findings if finding.severity is Severity.VIOLATION)
    raise PlanRefusedError(worst.message.rstrip("."), findings=findings, remedy=worst.remedy.rstrip("."))
