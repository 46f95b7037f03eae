"""The dashboard's server: Streamlit's, with the address that takes passwords and with what an identity provider must know.

Apart from `app.py`, which is a script that starts anew with every click; this file is read once.
"""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Mapping, MutableMapping
from typing import Any, Final
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import anyio
import anyio.to_thread
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config as streamlit_config
from streamlit.starlette import App

from dashboard import data, identity
from dashboard.launch import APP
from dashboard.sessions import LONGEST, SESSIONS
from reconcile.access import Rules
from reconcile.config.load import load
from reconcile.errors import NobodyDecides, ReconcileError
from reconcile.ledger.accounts import Account

ADDRESS: Final = "/session"
"""Where the form of the sign-in page is sent."""
REFUSED: Final = "refused"
"""The parameter of an address after a sign-in that failed."""
SLOW: Final = 1.0
"""Seconds before a refusal is answered at the earliest, so that its time tells nothing of names."""
_LARGEST = 8_192
_AT_ONCE, _WAITING = 2, 40
_HEADERS: Final[Mapping[str, str]] = {
    "x-frame-options": "DENY",  # no other page may lay this one under its own buttons
    "content-security-policy": "frame-ancestors 'none'",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
}
_hashing = anyio.CapacityLimiter(_AT_ONCE)
"""A hash takes 64 MiB and a processor; so many are calculated at once."""


async def enter(request: Request) -> Response:
    """Take a name and a password; lead back to the page, with a session's cookie if they are right."""
    if not _from_our_own_page(request):
        return PlainTextResponse("This form was sent by another site.", 403)
    if _hashing.statistics().tasks_waiting >= _WAITING:
        return PlainTextResponse("Too many people sign in right now. Try again.", 503, {"retry-after": "5"})
    began = time.monotonic()
    form = await _form(request)
    if form is None:
        return PlainTextResponse("This is no sign-in.", 400)
    account = await anyio.to_thread.run_sync(_account, form.get("account", ""), form.get("password", ""), limiter=_hashing)
    if account is None:
        await anyio.sleep(max(0.0, SLOW - (time.monotonic() - began)))
        return RedirectResponse(_back(request, refused=True), 303)
    SESSIONS.end(request.cookies.get(identity.cookie(), ""))
    answer = RedirectResponse(_back(request, refused=False), 303)
    answer.set_cookie(
        identity.cookie(),
        SESSIONS.begin(account.name, account.changed_at),
        max_age=int(LONGEST.total_seconds()),
        httponly=True,
        samesite="strict",
        secure=urlsplit(request.headers.get("origin", "")).scheme == "https",
    )
    return answer


def _from_our_own_page(request: Request) -> bool:
    """Browsers say which site a form was sent from; one that does not say so is not let in."""
    origin = urlsplit(request.headers.get("origin", ""))
    return origin.scheme in ("http", "https") and origin.netloc == request.headers.get("host")


async def _form(request: Request) -> dict[str, str] | None:
    body = b""
    try:
        async for part in request.stream():
            body += part
            if len(body) > _LARGEST:
                return None
        fields = parse_qs(body.decode("ascii"), keep_blank_values=True, max_num_fields=10, errors="strict")
    except (ClientDisconnect, ValueError):
        return None
    return {name: values[0] for name, values in fields.items()}


def _account(name: str, password: str) -> Account | None:
    """The account that is signed in; None for every reason not to, also while the project can't be opened."""
    try:
        project = data.project(data.config_file())
        access = project.config.access
        if access is None or access.sign_in == "oidc":
            return None
        return project.ledger.accounts.sign_in(Rules.of(project.config).person(name).name, password)
    except NobodyDecides:
        return None
    except (ReconcileError, FileNotFoundError):  # the page says what is wrong
        return None


def _back(request: Request, *, refused: bool) -> str:
    """The page that the form stood on, as a path of ours and nothing else."""
    page = urlsplit(request.headers.get("referer", ""))
    path = page.path if page.netloc == request.headers.get("host") and not page.path.startswith("//") else "/"
    query = [(name, value) for name, value in parse_qsl(page.query) if name != REFUSED]
    query += [(REFUSED, "1")] if refused else []
    return (path or "/") + (f"?{urlencode(query)}" if query else "")


class Shielded:
    """Adds to every answer what keeps other sites from showing the dashboard within theirs."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                said: MutableMapping[str, Any] = message
                said["headers"] = [*message.get("headers", ()), *((k.encode(), v.encode()) for k, v in _HEADERS.items())]
            await send(message)

        await self._app(scope, receive, with_headers if scope["type"] == "http" else send)


def provider_settings() -> dict[str, Any]:
    """Streamlit's `auth` secrets, which stay in this process; empty without a provider.

    The secret that signs cookies is made anew at every start, so that no file holds it; a restart signs everybody out.
    """
    try:
        access = load(data.config_file(), os.environ).access
    except ReconcileError:  # the pages say what is wrong
        return {}
    identity.SERVED["provider"] = identity.provider_of(access)
    if access is None or access.oidc is None or identity.SERVED["provider"] is None:
        return {}
    oidc = access.oidc
    return {
        "redirect_uri": f"{oidc.address}/oauth2callback",
        "cookie_secret": secrets.token_urlsafe(48),
        "client_id": oidc.client_id,
        "client_secret": oidc.client_secret.get_secret_value(),
        "server_metadata_url": oidc.metadata_url,
        "client_kwargs": {"scope": oidc.scope, "prompt": oidc.prompt},
    }


identity.SERVED["port"] = streamlit_config.get_option("server.port")
app = App(
    APP,
    secrets={"auth": provider_settings()},
    routes=[Route(ADDRESS, enter, methods=["POST"])],
    middleware=[Middleware(Shielded)],
)
