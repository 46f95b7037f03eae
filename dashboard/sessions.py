"""Who is signed in at this dashboard: kept in this process alone, known by what only the browser of that person holds.

Apart from Streamlit, whose own session belongs to a page and ends when it is loaded again.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

IDLE, LONGEST = dt.timedelta(hours=1), dt.timedelta(hours=12)
"""A session ends so long after its last click, and so long after its sign-in."""
_LEEWAY = 60.0
"""Seconds that the clock of an identity provider may be ahead."""


@dataclass(frozen=True)
class Session:
    """One sign-in. Times are seconds since 1970."""

    name: str
    """The account; for an identity provider, its name of the person."""
    account_since: dt.datetime | None
    """When the account had last been changed at sign-in; None for an identity provider."""
    began: float
    seen: float
    ended: bool = False
    """Kept for a while, so that a copy of what the browser held does not open it again."""


class Sessions:
    """The sessions of one process. Safe to use from several threads; a restart ends all of them."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._sessions: dict[str, Session] = {}

    def begin(self, name: str, account_since: dt.datetime) -> str:
        """Begin a session of an account; the secret that the browser keeps."""
        token = secrets.token_urlsafe(32)
        at = self._clock()
        with self._lock:
            self._sweep(at)
            self._sessions[_digest(token)] = Session(name, account_since, at, at)
        return token

    def find(self, token: str) -> Session | None:
        """The session of this secret, which thereby was used; None if there is none any more."""
        with self._lock:
            return self._used(_digest(token))

    def provided(self, claims: Mapping[str, object], name: str) -> tuple[Session, bool] | None:
        """The session of one sign-in at an identity provider, and whether it begins just now; None if it has ended.

        A sign-in is known by its signed claims: issuer, subject, when it was issued, and the nonce that was asked for it.
        """
        issued, key, at = claims.get("iat"), provider_key(claims), self._clock()
        if not isinstance(issued, int | float) or not at - LONGEST.total_seconds() < issued <= at + _LEEWAY:
            return None
        with self._lock:
            fresh = key not in self._sessions
            if fresh:
                self._sweep(at)
                self._sessions[key] = Session(name, None, float(issued), at)
            session = self._used(key)
        return (session, fresh) if session else None

    def end(self, token: str) -> Session | None:
        """End the session of this secret; None if there was none any more."""
        return self._end(_digest(token))

    def end_provided(self, claims: Mapping[str, object]) -> Session | None:
        """End the session of one sign-in at an identity provider, for every window; None if there was none any more."""
        return self._end(provider_key(claims))

    def _used(self, key: str) -> Session | None:
        session, at = self._sessions.get(key), self._clock()
        if session is None or session.ended:
            return None
        if at - session.seen > IDLE.total_seconds() or at - session.began > LONGEST.total_seconds():
            self._sessions[key] = replace(session, ended=True)
            return None
        self._sessions[key] = session = replace(session, seen=at)
        return session

    def _end(self, key: str) -> Session | None:
        with self._lock:
            session = self._used(key)
            if session:
                self._sessions[key] = replace(session, ended=True)
            return session

    def _sweep(self, at: float) -> None:
        """Forget what could not be opened again anyway."""
        oldest = at - LONGEST.total_seconds() - _LEEWAY
        self._sessions = {key: session for key, session in self._sessions.items() if session.began > oldest}


def provider_key(claims: Mapping[str, object]) -> str:
    """What tells one sign-in at an identity provider from every other."""
    told = [str(claims.get(name)) for name in ("iss", "sub", "iat", "nonce")]
    return _digest(json.dumps(told))


def _digest(text: str) -> str:
    """Secrets are kept as hashes, so that no print of memory's contents opens a session."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


SESSIONS = Sessions()
"""Those of this process: the server that sets the cookie and the pages that ask for it share them."""
