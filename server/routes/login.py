"""Signing in with the token, for browsers."""

from html import escape
from http import HTTPStatus
from urllib.parse import parse_qs

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from server.credentials import COOKIE, SESSION_S, Credentials
from server.errors import UnauthenticatedError
from server.gate import LOGIN_PATH
from server.security_headers import content_security_policy

router = APIRouter(include_in_schema=False)

STYLE = """
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: #0b1118; color: #eaf1f7;
  font: 1.1rem/1.4 system-ui, sans-serif; color-scheme: dark }
main { display: grid; width: min(22rem, 90vw) }
form { display: grid; gap: .8rem }
h1 { margin: 0 0 .5rem; font-size: 1.6rem }
input, button { font: inherit; padding: .6rem; border: 1px solid #3d5366; border-radius: .5rem }
input { background: #0e161e; color: inherit }
button { border-color: #56c7ff; background: #56c7ff; color: #05202f; font-weight: 600; cursor: pointer }
:focus-visible { outline: .2rem solid #fff; outline-offset: .1rem }
p { margin: 0; color: #ff9d9d }
p:empty { display: none }
"""

FORM = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>飞鹰 Feiying</title><style>{style}</style></head>
<body><main><form method="post" action="/login"><h1>飞鹰 Feiying</h1><p role="alert">{message}</p>
<label for="token">访问令牌 <span lang="en">Access token</span></label>
<input id="token" name="token" type="password" autocomplete="current-password" required autofocus>
<button>登录 <span lang="en">Sign in</span></button></form></main></body></html>
"""


def form_page(message: str = "", status: HTTPStatus = HTTPStatus.OK) -> Response:
    """Give the form, with what was wrong the last time."""
    return HTMLResponse(
        FORM.format(style=STYLE, message=escape(message)),
        status_code=status,
        headers={"Content-Security-Policy": content_security_policy(STYLE)},
    )


@router.get(LOGIN_PATH)
async def get_login() -> Response:
    """Show the form."""
    return form_page()


@router.post(LOGIN_PATH)
async def post_login(request: Request) -> Response:
    """Open a session for the right token."""
    credentials: Credentials = request.app.state.credentials
    fields = parse_qs((await request.body()).decode("utf-8", errors="replace"))
    try:
        cookie = credentials.open_session(fields.get("token", [""])[0])
    except UnauthenticatedError as refusal:
        return form_page(f"令牌不正确。 {refusal}", HTTPStatus.UNAUTHORIZED)
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
