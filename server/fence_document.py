"""A fence as the service shows it before it is put on board."""

from collections.abc import Iterable

from typing_extensions import TypedDict

from geofence.circle import Circle
from geofence.latlon import LatLon
from geofence.lowering.account import account_lines
from geofence.lowering.autopilot_fence import AutopilotFence


class FenceCircleDocument(TypedDict):
    """A circle as the autopilot is sent it."""

    lat_deg: float
    lon_deg: float
    radius_m: float


class NotCarriedDocument(TypedDict):
    """One thing that the fence does not say as the zone says it."""

    zone_id: str
    loss: str
    detail: str
    is_stricter: bool
    area_m2: float | None
    watched_by: str


class FenceDocument(TypedDict):
    """A fence, and the account of what it does not carry."""

    inclusion: list[list[list[float]]]
    exclusions: list[list[list[float]]]
    inclusion_circles: list[FenceCircleDocument]
    exclusion_circles: list[FenceCircleDocument]
    alt_max_rel_m: float | None
    alt_min_rel_m: float | None
    margin_m: float
    action: str
    items: int
    account: list[NotCarriedDocument]
    account_lines: list[str]


def fence_document(fence: AutopilotFence) -> FenceDocument:
    """Give the fence; corners are [lat_deg, lon_deg]."""
    return {
        "inclusion": [_corners(ring) for ring in fence.inclusion],
        "exclusions": [_corners(ring) for ring in fence.exclusions],
        "inclusion_circles": [_circle(circle) for circle in fence.inclusion_circles],
        "exclusion_circles": [_circle(circle) for circle in fence.exclusion_circles],
        "alt_max_rel_m": _to_hundredths(fence.alt_max_rel_m),
        "alt_min_rel_m": _to_hundredths(fence.alt_min_rel_m),
        "margin_m": round(fence.margin_m, 2),
        "action": fence.action.name.lower(),
        "items": fence.items,
        "account": [
            {
                "zone_id": entry.zone_id,
                "loss": entry.loss.value,
                "detail": entry.detail,
                "is_stricter": entry.is_stricter,
                "area_m2": entry.area_m2,
                "watched_by": entry.watched_by.value,
            }
            for entry in fence.account
        ],
        "account_lines": list(account_lines(fence.account)),
    }


def _corners(ring: Iterable[LatLon]) -> list[list[float]]:
    return [[corner.lat_deg, corner.lon_deg] for corner in ring]


def _circle(circle: Circle) -> FenceCircleDocument:
    return {
        "lat_deg": circle.centre.lat_deg,
        "lon_deg": circle.centre.lon_deg,
        "radius_m": circle.radius_m,
    }


def _to_hundredths(alt_rel_m: float | None) -> float | None:
    return None if alt_rel_m is None else round(alt_rel_m, 2)
