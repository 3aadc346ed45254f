"""Whether the service is up."""

from fastapi import APIRouter
from typing_extensions import TypedDict

from server.version import __version__

router = APIRouter(tags=["service"])


class HealthDocument(TypedDict):
    """What a watchdog reads."""

    status: str
    version: str


@router.get("/healthz")
async def get_health() -> HealthDocument:
    """Tell that the service is up."""
    return {"status": "ok", "version": __version__}
