"""Signing in with the token, for browsers."""

from html import escape
from http import HTTPStatus
from urllib.parse import parse_qs

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from server.credentials import COOKIE, SESSION_S, Credentials
from server.errors import UnauthenticatedError
from server.gate import LOGIN_PATH

router = APIRouter(include_in_schema=False)

FORM = """<!doctype html>
<html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>飞鹰 Feiying</title>
<style>body{{font:16px system-ui,sans-serif;display:grid;place-items:center;min-height:90vh;background:#f4f6f8}}
form{{display:grid;gap:.8em;width:20em}}input,button{{font:inherit;padding:.5em}}p{{color:#b00020;margin:0}}</style>
<form method="post" action="/login"><h1>飞鹰 Feiying</h1><p role="alert">{message}</p>
<label for="token">访问令牌 Access token</label>
<input id="token" name="token" type="password" autocomplete="current-password" required autofocus>
<button>登录 Sign in</button></form></html>
"""


@router.get(LOGIN_PATH)
async def get_login() -> Response:
    """Show the form."""
    return HTMLResponse(FORM.format(message=""))


@router.post(LOGIN_PATH)
async def post_login(request: Request) -> Response:
    """Open a session for the right token."""
    credentials: Credentials = request.app.state.credentials
    fields = parse_qs((await request.body()).decode("utf-8", errors="replace"))
    try:
        cookie = credentials.open_session(fields.get("token", [""])[0])
    except UnauthenticatedError as refusal:
        message = f"令牌不正确。 {escape(str(refusal))}"
        return HTMLResponse(FORM.format(message=message), status_code=HTTPStatus.UNAUTHORIZED)
    response = RedirectResponse("/", status_code=HTTPStatus.SEE_OTHER)
    response.set_cookie(
        COOKIE,
        cookie,
        max_age=int(SESSION_S),
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
    return response
