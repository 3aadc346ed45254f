"""The page, as the build left it in `server/static`."""

from http import HTTPStatus
from pathlib import Path

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, HTMLResponse, Response

from server.settings import Settings

router = APIRouter(include_in_schema=False)

NOT_BUILT = """<!doctype html>
<html lang="zh-CN"><meta charset="utf-8"><title>飞鹰 Feiying</title>
<h1>网页尚未构建 The page was not built</h1>
<p>请在源码目录运行 <code>python hatch_build.py</code>，然后重新载入。</p>
<p>Run <code>python hatch_build.py</code> in the source folder, then reload. The interface under
<code>/api</code> and <code>/ws/live</code> works without it.</p></html>
"""

HASHED_ASSETS = "assets/"
"""Vite puts a hash of the content into the names below it."""


@router.get("/{path:path}")
async def get_page(path: str, request: Request) -> Response:
    """Give a file of the page."""
    settings: Settings = request.app.state.settings
    root = settings.static_dir.resolve()
    index = root / "index.html"
    if path.startswith(("api/", "ws/")):
        raise HTTPException(HTTPStatus.NOT_FOUND, "there is nothing at this address")
    if not index.is_file():
        return HTMLResponse(NOT_BUILT, status_code=HTTPStatus.SERVICE_UNAVAILABLE)
    file = _file_below(root, path) if path else index
    if file is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, "there is nothing at this address")
    caching = "public, max-age=31536000, immutable" if path.startswith(HASHED_ASSETS) else "no-cache"
    return FileResponse(file, headers={"Cache-Control": caching})


def _file_below(root: Path, path: str) -> Path | None:
    """Give a file below `root`, or None; a path may hold anything."""
    try:
        file = (root / path).resolve()
        return file if file.is_relative_to(root) and file.is_file() else None
    except (OSError, ValueError):
        return None
