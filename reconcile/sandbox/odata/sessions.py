"""Who may use the ERP, and S/4's handshake against forged requests: fetch a token, send it back with the session's cookie."""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie

from reconcile.sandbox.exchange import Answer, Call, Refused
from reconcile.sandbox.odata.errors import refuse

COOKIE = "SAP_SESSIONID_SBX_100"


@dataclass(frozen=True)
class ErpAccess:
    """Who may sign in."""

    username: str = "RECONCILE"
    password: str = field(default="sandbox-password", repr=False)


class Sessions:
    """The sessions that are open, each with its token."""

    def __init__(self, access: ErpAccess) -> None:
        self._access = access
        self._tokens: dict[str, str] = {}

    def expire(self) -> None:
        """No session is open any more."""
        self._tokens = {}

    def guard(self, call: Call, answer: Callable[[], Answer]) -> Answer:
        """The answer, if the caller may have it, with token and cookie where it asked for them."""
        self._check_user(call)
        session = _cookie(call)
        if call.method not in ("GET", "HEAD"):
            token = self._tokens.get(session)
            if token is None or not secrets.compare_digest(token.encode(), call.headers.get("x-csrf-token", "").encode()):
                message = b"CSRF token validation failed"
                raise Refused(Answer(403, message, {"x-csrf-token": "Required", "content-type": "text/plain;charset=utf-8"}))
            return answer()
        if call.headers.get("x-csrf-token", "").lower() != "fetch":
            return answer()
        headers = {}
        if session not in self._tokens:
            session = secrets.token_urlsafe(24)
            self._tokens[session] = secrets.token_urlsafe(16)
            headers["set-cookie"] = f"{COOKIE}={session}; path=/; HttpOnly"
        given = answer()
        return Answer(given.status, given.body, {**given.headers, "x-csrf-token": self._tokens[session], **headers})

    def _check_user(self, call: Call) -> None:
        scheme, _, encoded = call.headers.get("authorization", "").partition(" ")
        try:
            name, _, password = base64.b64decode(encoded).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            name, password = "", ""
        right = secrets.compare_digest(password.encode(), self._access.password.encode())
        if scheme.lower() != "basic" or name.upper() != self._access.username or not right:
            headers = {"www-authenticate": 'Basic realm="SAP NetWeaver Application Server [SBX/100]"'}
            raise refuse(401, "SBX/401", "Logon failed", headers=headers)


def _cookie(call: Call) -> str:
    try:
        cookies = SimpleCookie(call.headers.get("cookie", ""))
    except CookieError:
        return ""
    return cookies[COOKIE].value if COOKIE in cookies else ""
