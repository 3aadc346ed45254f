"""JSON in and out through orjson."""

from http import HTTPStatus
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from server.errors import InvalidError


def json_response(document: Any, status: HTTPStatus = HTTPStatus.OK) -> Response:
    """Answer a document; bytes are JSON already."""
    body = document if isinstance(document, bytes) else orjson.dumps(document)
    return Response(body, status_code=status, media_type="application/json")


async def read_object(request: Request) -> dict[str, Any]:
    """Read a JSON object from a request's body.

    Raises
    ------
    InvalidError
        If it is no JSON, or no object.
    """
    try:
        document = orjson.loads(await request.body())
    except orjson.JSONDecodeError as error:
        raise InvalidError(
            f"no JSON ({error})", place="body", remedy="Send one JSON object in UTF-8"
        ) from None
    if not isinstance(document, dict):
        raise InvalidError(f"a JSON {type(document).__name__}", place="body", remedy="Send one JSON object")
    return document
