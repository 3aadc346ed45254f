"""Refusals of the service, and the one place that gives every refusal its HTTP status."""

import logging
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

import orjson
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from geofence.refusal import GeofenceError, Refusal
from geofence.verification.finding import Finding
from geofence.verification.verification_document import finding_document
from missions.refusal import MissionError
from server.security_headers import SECURITY_HEADERS
from telemetry.control.refusal import ControlDenied, ControlHeld
from telemetry.refusal import CommandRefused, TelemetryError, VehicleSilent

PROBLEM_JSON = "application/problem+json"
PROBLEM_ANSWER: dict[str, Any] = {
    "description": "A problem detail (RFC 9457)",
    "content": {
        PROBLEM_JSON: {
            "schema": {
                "type": "object",
                "required": ["type", "title", "status", "detail"],
                "properties": {
                    "type": {"type": "string"},
                    "title": {"type": "string"},
                    "status": {"type": "integer"},
                    "detail": {"type": "string"},
                    "findings": {"type": "array", "items": {"type": "object"}},
                    "reasons": {"type": "array", "items": {"type": "string"}},
                    "holder": {"type": "string"},
                    "asked_by": {"type": "string"},
                },
            }
        }
    },
}
"""How every refusal looks, for the machine-readable description of the interface."""

_log = logging.getLogger("feiying.server")


class ServerError(Refusal):
    """The service cannot do what was asked."""


class SettingsError(ServerError):
    """The service cannot start as told."""


class NotFoundError(ServerError):
    """There is no such thing."""


class ConflictError(ServerError):
    """Not now, as things stand."""


class InvalidError(ServerError):
    """The request cannot be understood."""


class ForeignError(ServerError):
    """The request comes from where none may come from."""


class UnauthenticatedError(ServerError):
    """The request brings no valid credentials."""


class BodyTooLongError(ServerError):
    """The request's body is longer than allowed."""


class PlanRefusedError(ServerError):
    """A plan that breaks a zone; its findings say where."""

    def __init__(self, what: str, *, findings: Sequence[Finding], place: str = "", remedy: str = "") -> None:
        super().__init__(what, place=place, remedy=remedy)
        self.findings = tuple(findings)


class PlanConflictError(PlanRefusedError):
    """A plan that was legal when it was made and is no more."""


STATUS: tuple[tuple[type[Refusal], HTTPStatus], ...] = (
    (NotFoundError, HTTPStatus.NOT_FOUND),
    (ConflictError, HTTPStatus.CONFLICT),
    (InvalidError, HTTPStatus.UNPROCESSABLE_ENTITY),
    (ForeignError, HTTPStatus.FORBIDDEN),
    (UnauthenticatedError, HTTPStatus.UNAUTHORIZED),
    (BodyTooLongError, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    (PlanConflictError, HTTPStatus.CONFLICT),
    (PlanRefusedError, HTTPStatus.UNPROCESSABLE_ENTITY),
    (GeofenceError, HTTPStatus.UNPROCESSABLE_ENTITY),
    (MissionError, HTTPStatus.UNPROCESSABLE_ENTITY),
    (ControlHeld, HTTPStatus.LOCKED),
    (ControlDenied, HTTPStatus.CONFLICT),
    (CommandRefused, HTTPStatus.CONFLICT),
    (VehicleSilent, HTTPStatus.GATEWAY_TIMEOUT),
    (TelemetryError, HTTPStatus.CONFLICT),
)
"""The first class that fits decides."""


def status_of(refusal: Refusal) -> HTTPStatus:
    """Give the HTTP status of a refusal."""
    for refusal_class, status in STATUS:
        if isinstance(refusal, refusal_class):
            return status
    return HTTPStatus.BAD_REQUEST


def problem(status: HTTPStatus, detail: str, **members: Any) -> dict[str, Any]:
    """Make a problem detail (RFC 9457); its type is `about:blank`, so its title is the status phrase."""
    return {
        "type": "about:blank",
        "title": status.phrase,
        "status": int(status),
        "detail": detail,
        **{name: value for name, value in members.items() if value},
    }


def problem_of(refusal: Refusal) -> dict[str, Any]:
    """Make the problem detail of a refusal."""
    held = refusal if isinstance(refusal, ControlHeld) else None
    return problem(
        status_of(refusal),
        str(refusal),
        findings=[finding_document(finding) for finding in getattr(refusal, "findings", ())],
        reasons=list(getattr(refusal, "reasons", ())),
        holder="" if held is None else held.holder.who,
        asked_by="" if held is None or held.asked_by is None else held.asked_by.who,
    )


def problem_response(document: dict[str, Any], headers: dict[str, str] | None = None) -> Response:
    """Wrap a problem detail into its response."""
    return Response(
        orjson.dumps(document), status_code=document["status"], media_type=PROBLEM_JSON, headers=headers
    )


def refusal_response(refusal: Refusal) -> Response:
    """Answer a refusal."""
    headers = {"WWW-Authenticate": "Bearer"} if isinstance(refusal, UnauthenticatedError) else None
    return problem_response(problem_of(refusal), headers)


def _validation_sentence(error: RequestValidationError) -> list[str]:
    sentences = []
    for fault in error.errors():
        place = ".".join(str(part) for part in fault["loc"])
        sentences.append(f"{place}: {fault['msg']}")
    return sentences


def install_error_handlers(app: FastAPI) -> None:
    """Answer every refusal, and every fault, as a problem detail."""

    async def on_refusal(_: Request, refusal: Exception) -> Response:
        assert isinstance(refusal, Refusal)
        return refusal_response(refusal)

    async def on_validation(_: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        sentences = _validation_sentence(error)
        return problem_response(
            problem(HTTPStatus.UNPROCESSABLE_ENTITY, "; ".join(sentences) + ".", reasons=sentences)
        )

    async def on_http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        status = HTTPStatus(error.status_code)
        detail = f"{request.method} {request.url.path}: {str(error.detail).rstrip('.')}."
        return problem_response(problem(status, detail), dict(error.headers or {}))

    async def on_fault(request: Request, error: Exception) -> Response:
        _log.error("%s %s failed", request.method, request.url.path, exc_info=error)
        return problem_response(
            problem(HTTPStatus.INTERNAL_SERVER_ERROR, "The service failed; its log says how."),
            # This answer is made outside the gate that adds them to all others.
            dict(SECURITY_HEADERS),
        )

    app.add_exception_handler(Refusal, on_refusal)
    app.add_exception_handler(RequestValidationError, on_validation)
    app.add_exception_handler(HTTPException, on_http)
    app.add_exception_handler(Exception, on_fault)
