"""How clients sign in to the CRM: OAuth2 with client credentials or a password, and the SOAP log-in of older clients."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape, unescape

from reconcile.sandbox.exchange import Answer, Call
from reconcile.sandbox.salesforce.errors import refuse

ORGANISATION = "00DgL0000000001EAA"
_USER = "005gL0000000001AAA"


@dataclass(frozen=True)
class CrmAccess:
    """Who may sign in, and for how many seconds a token holds."""

    client_id: str = "reconcile"
    client_secret: str = field(default="sandbox-secret", repr=False)
    username: str = "reconcile@sandbox.example"
    password: str = field(default="sandbox-password", repr=False)
    token_seconds: float = 7200


class Tokens:
    """The tokens that hold."""

    def __init__(self, access: CrmAccess, clock: Callable[[], dt.datetime]) -> None:
        self._access = access
        self._clock = clock
        self._until: dict[str, dt.datetime] = {}

    def expire(self) -> None:
        """No token holds any more."""
        self._until = {}

    def check(self, call: Call) -> None:
        """Raises Refused with INVALID_SESSION_ID if the call has no token that holds."""
        scheme, _, token = call.headers.get("authorization", "").partition(" ")
        until = self._until.get(token.strip())
        if scheme.lower() not in ("bearer", "oauth") or until is None or until <= self._clock():
            raise refuse("INVALID_SESSION_ID", "Session expired or invalid", 401)

    def oauth(self, call: Call) -> Answer:
        """The token endpoint."""
        form = {**call.query, **dict(parse_qsl(call.body.decode("utf-8", "replace")))}
        client, secret = _basic(call) or (form.get("client_id", ""), form.get("client_secret", ""))
        grant = form.get("grant_type", "")
        access = self._access
        if grant not in ("client_credentials", "password"):
            return _oauth_error("unsupported_grant_type", "grant type not supported")
        if client != access.client_id:
            return _oauth_error("invalid_client_id", "client identifier invalid")
        if not secrets.compare_digest(secret.encode(), access.client_secret.encode()):
            return _oauth_error("invalid_client", "invalid client credentials")
        if grant == "password" and not self._is_user(form.get("username", ""), form.get("password", "")):
            return _oauth_error("invalid_grant", "authentication failure")
        base = _base(call)
        body = {
            "access_token": self._issue(),
            "signature": base64.b64encode(secrets.token_bytes(32)).decode(),
            "scope": "api",
            "instance_url": base,
            "id": f"{base}/id/{ORGANISATION}/{_USER}",
            "token_type": "Bearer",
            "issued_at": str(int(self._clock().timestamp() * 1000)),
        }
        return Answer(200, body, {"cache-control": "no-store"})

    def soap(self, call: Call) -> Answer:
        """The log-in of the partner API, for clients that know no other."""
        text = call.body.decode("utf-8", "replace")
        username, password = _element(text, "username"), _element(text, "password")
        if not self._is_user(username, password):
            reason = "Invalid username, password, security token; or user locked out."
            fault = (
                f"<soapenv:Fault><faultcode>INVALID_LOGIN</faultcode><faultstring>INVALID_LOGIN: {reason}</faultstring><detail>"
                f'<sf:LoginFault xmlns:sf="urn:fault.partner.soap.sforce.com"><sf:exceptionCode>INVALID_LOGIN</sf:exceptionCode>'
                f"<sf:exceptionMessage>{reason}</sf:exceptionMessage></sf:LoginFault></detail></soapenv:Fault>"
            )
            return _envelope(500, fault)
        server = escape(f"{_base(call)}{call.path}/{ORGANISATION[:15]}")
        result = (
            f'<loginResponse xmlns="urn:partner.soap.sforce.com"><result><passwordExpired>false</passwordExpired>'
            f"<sandbox>false</sandbox><serverUrl>{server}</serverUrl><sessionId>{self._issue()}</sessionId><userId>{_USER}</userId></result></loginResponse>"
        )
        return _envelope(200, result)

    def _is_user(self, username: str, password: str) -> bool:
        """A security token may stand behind the password, as Salesforce wants it."""
        return username == self._access.username and password.startswith(self._access.password)

    def _issue(self) -> str:
        token = f"{ORGANISATION[:15]}!{secrets.token_urlsafe(48)}"
        self._until[token] = self._clock() + dt.timedelta(seconds=self._access.token_seconds)
        return token


def _basic(call: Call) -> tuple[str, str] | None:
    scheme, _, encoded = call.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        client, _, secret = base64.b64decode(encoded).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return client, secret


def _base(call: Call) -> str:
    return f"http://{call.headers.get('host', '127.0.0.1')}"


def _oauth_error(code: str, description: str) -> Answer:
    return Answer(400, {"error": code, "error_description": description})


def _element(text: str, name: str) -> str:
    match = re.search(rf"<(?:\w+:)?{name}>(.*?)</(?:\w+:)?{name}>", text, re.DOTALL)
    return unescape(match.group(1), {"&quot;": '"', "&#x27;": "'"}) if match else ""


def _envelope(status: int, inner: str) -> Answer:
    body = (
        f'<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/">'
        f"<soapenv:Body>{inner}</soapenv:Body></soapenv:Envelope>"
    )
    return Answer(status, body.encode(), {"content-type": "text/xml;charset=UTF-8"})
