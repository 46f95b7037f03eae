"""Signing in: basic, a fixed bearer token, or OAuth2 with a token that is renewed when it has expired."""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable, Mapping
from typing import Protocol

from pydantic import SecretStr

from reconcile.config.models import Auth


class Signer(Protocol):
    """Puts credentials on a request."""

    def headers(self) -> Mapping[str, str]:
        """The headers that sign a request now. May ask for a token, and raise what that raises."""
        ...

    def renew(self, refused: Mapping[str, str]) -> bool:
        """Whether there is something newer to sign with than the headers that were refused."""
        ...

    def secrets(self) -> tuple[str, ...]:
        """What must not stand in a message."""
        ...


class Fixed:
    """The same headers on every request."""

    def __init__(self, headers: Mapping[str, str], secrets: tuple[str, ...] = ()) -> None:
        self._headers = dict(headers)
        self._secrets = secrets

    def headers(self) -> Mapping[str, str]:
        """The headers, as given."""
        return self._headers

    def renew(self, refused: Mapping[str, str]) -> bool:  # noqa: ARG002  # the port's signature
        """Never: there is nothing newer."""
        return False

    def secrets(self) -> tuple[str, ...]:
        """The secrets, as given."""
        return self._secrets


class Token:
    """A token that is asked for when first needed, and again when the system refuses it.

    Args:
        issue: asks for a token; raises what an unreachable or refusing system raises.
        secrets: what `issue` sends.
        scheme: the word before the token in the header.
    """

    def __init__(self, issue: Callable[[], str], secrets: tuple[str, ...], scheme: str = "Bearer") -> None:
        self._issue = issue
        self._secrets = secrets
        self._scheme = scheme
        self._token: str | None = None
        self._lock = threading.Lock()

    def headers(self) -> Mapping[str, str]:
        """The header with the token; asks for it if there is none."""
        with self._lock:
            if self._token is None:
                self._token = self._issue()
            return {"Authorization": f"{self._scheme} {self._token}"}

    def renew(self, refused: Mapping[str, str]) -> bool:
        """Drop the token that was refused, unless another thread has replaced it meanwhile."""
        with self._lock:
            if refused.get("Authorization") == f"{self._scheme} {self._token}":
                self._token = None
        return True

    def secrets(self) -> tuple[str, ...]:
        """The token and what it was asked for with."""
        return (*self._secrets, self._token) if self._token else self._secrets


def signer_for(auth: Auth, issue: Callable[[Mapping[str, str]], str]) -> Signer:
    """What signs the requests of a system.

    Args:
        auth: the configuration; a token goes before an OAuth client, and that before user name and password.
        issue: asks the token endpoint with these form fields and returns the token.
    """
    secrets = tuple(_plain(s) for s in (auth.password, auth.client_secret, auth.token) if s is not None and _plain(s))
    if auth.token is not None:
        return Fixed({"Authorization": f"Bearer {_plain(auth.token)}"}, secrets)
    if auth.client_id is not None:
        form = token_form(auth)
        return Token(lambda: issue(form), secrets)
    if auth.username is not None:
        pair = f"{auth.username}:{_plain(auth.password)}".encode()
        basic = base64.b64encode(pair).decode()
        return Fixed({"Authorization": f"Basic {basic}"}, (*secrets, basic))
    return Fixed({})


def token_form(auth: Auth) -> dict[str, str]:
    """The form of a token request: the password grant if there is a user name, else client credentials."""
    client = {"client_id": auth.client_id or "", "client_secret": _plain(auth.client_secret)}
    if auth.username is None:
        return {"grant_type": "client_credentials", **client}
    return {"grant_type": "password", **client, "username": auth.username, "password": _plain(auth.password)}


def _plain(secret: SecretStr | None) -> str:
    return secret.get_secret_value() if secret is not None else ""
