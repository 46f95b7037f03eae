"""Tryton's JSON-RPC: sessions, tagged values, and errors that come inside an answer with status 200."""

from __future__ import annotations

import base64
import datetime as dt
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from reconcile.config.models import System
from reconcile.connect.port import OutcomeStatus
from reconcile.connect.web.auth import Token
from reconcile.connect.web.http import Answer, Http, NoAnswer
from reconcile.errors import SystemAnswerUnreadable, SystemRefused

_MOVED = "ConcurrencyException"
_JSON = {"Content-Type": "application/json"}
_LOCKED = re.compile("database is locked|deadlock detected|could not obtain lock|lock timeout|could not serialize access")
"""What SQLite and PostgreSQL say below it, after Tryton itself has tried again in vain."""


@dataclass(frozen=True)
class Reply:
    """What came of a call that changes something: its result, or why there is none."""

    status: OutcomeStatus
    result: Any = None
    words: str = ""
    locked: bool = False
    """It was refused because another transaction held what it needs."""


class Rpc:
    """Calls to one database of a Tryton server.

    Args:
        name: the system's name, for messages.
        system: its address, which ends in the name of the database, and how to sign in.
    """

    def __init__(self, name: str, system: System) -> None:
        self.name = name
        self._http = Http(name, system)
        self._user = system.auth.username or ""
        self._password = system.auth.password.get_secret_value() if system.auth.password else ""
        self._http.sign_with(Token(self._log_in, (self._password,) if self._password else (), scheme="Session"))
        self._preferences: Mapping[str, Any] | None = None
        self._session: str | None = None

    def ask(self, method: str, *params: object, context: Mapping[str, object] | None = None) -> Any:
        """The result of a call that only reads; the user's context is added, and this one.

        Raises:
            SystemUnreachable, SystemAnswerUnreadable: as `Http.read`.
            SystemRefused: also for an error inside the answer.
        """
        return self._asked(method, [*params, {**self._context(), **(context or {})}])

    def send(self, method: str, *params: object, stamps: Mapping[str, str] | None = None) -> Reply:
        """A call that changes something, sent once, under the time stamps of what it changes.

        An error in the answer means that Tryton rolled back the whole call. May raise what `ask` raises: nothing was sent then.
        """
        context = {**self._context(), **({"_timestamp": dict(stamps)} if stamps else {})}
        answer = self._http.write("POST", "/rpc/", body=_call(method, [*params, context]))
        if isinstance(answer, NoAnswer):
            return Reply(answer.status, words=answer.reason)
        if answer.status >= 400:  # noqa: PLR2004  # errors begin here
            return Reply(OutcomeStatus.REJECTED, words=f"{answer.status}: {self._http.words(answer)}")
        try:
            body = _parsed(answer)
        except ValueError:
            return Reply(OutcomeStatus.UNKNOWN, words=f"sent, but the answer can't be read: {self._http.words(answer)}")
        if error := body.get("error"):
            status = OutcomeStatus.CONFLICT if _first(error) == _MOVED else OutcomeStatus.REJECTED
            locked = _LOCKED.search(str(_first(error))) is not None
            return Reply(status, words=self._http.masked(_said(error)), locked=locked)
        return Reply(OutcomeStatus.OK, body.get("result"))

    def has_company(self) -> bool:
        """Whether the user's preferences name a company whose records are seen."""
        return bool(self._context().get("company") or self._context().get("companies"))

    def refused(self, words: str, hint: str = "") -> SystemRefused:
        """The error for a request that can't be asked."""
        return SystemRefused(self.name, self._http.base, 400, words, hint=hint)

    def unreadable(self, words: str) -> SystemAnswerUnreadable:
        """The error for an answer of another form than promised."""
        return SystemAnswerUnreadable(self.name, self._http.base, words)

    def close(self) -> None:
        """End the session, if there is one, and release the connections."""
        session, self._session = self._session, None
        farewell = ("/rpc/", _signed(session), _content("common.db.logout", [])) if session else None
        self._http.close(farewell=farewell)

    def _context(self) -> Mapping[str, Any]:
        """What Tryton's own client sends: the user's company and language; inactive records count as well."""
        if self._preferences is None:
            said = self._asked("model.res.user.get_preferences", [True, {}], plain=True)
            self._preferences = {**(said if isinstance(said, dict) else {}), "active_test": False}
        return self._preferences

    def _asked(self, method: str, params: list[object], *, signed: bool = True, plain: bool = False) -> Any:
        answer = self._http.read("POST", "/rpc/", headers=_JSON, content=_content(method, params), signed=signed)
        body = self._http.json_of(answer) if plain else self._body(answer)
        if not isinstance(body, dict) or ("result" not in body and "error" not in body):
            raise SystemAnswerUnreadable(self.name, answer.url, "it is no JSON-RPC answer")
        if error := body.get("error"):
            raise SystemRefused(self.name, answer.url, answer.status, f"{method}: {self._http.masked(_said(error))}")
        return body.get("result")

    def _body(self, answer: Answer) -> Any:
        self._http.json_of(answer)
        try:
            return _parsed(answer)
        except ValueError as error:
            raise SystemAnswerUnreadable(self.name, answer.url, "a value in it has no form that Tryton uses") from error

    def _log_in(self) -> str:
        """What signs requests from now on: user, user id and session, in base64."""
        result = self._asked("common.db.login", [self._user, {"password": self._password}], signed=False)
        if not isinstance(result, list) or len(result) < 2:  # noqa: PLR2004  # user id and session
            raise self.unreadable("the log-in gave no session")
        self._session = base64.b64encode(f"{self._user}:{result[0]}:{result[1]}".encode()).decode()
        return self._session


def _call(method: str, params: list[object]) -> dict[str, object]:
    return {"id": 1, "method": method, "params": params}


def _content(method: str, params: list[object]) -> bytes:
    return json.dumps(_call(method, params), ensure_ascii=False, allow_nan=False).encode()


def _signed(session: str) -> dict[str, str]:
    return {**_JSON, "Authorization": f"Session {session}"}


def _parsed(answer: Answer) -> dict[str, Any]:
    """The answer with its tagged values as Python's. Raises ValueError."""
    try:
        body = json.loads(answer.body, object_hook=_untagged)
    except (KeyError, TypeError, InvalidOperation) as error:
        raise ValueError("a tagged value lacks a part") from error
    if not isinstance(body, dict):
        raise ValueError("no JSON object")  # noqa: TRY004  # it is the answer's form that is wrong
    return body


def _untagged(body: dict[str, Any]) -> Any:
    match body.get("__class__"):
        case "Decimal":
            return Decimal(body["decimal"])
        case "datetime":
            time = (body["hour"], body["minute"], body["second"], body["microsecond"])
            return dt.datetime(body["year"], body["month"], body["day"], *time)  # noqa: DTZ001  # naive on the wire; UTC is added
        case "date":
            return dt.date(body["year"], body["month"], body["day"])
        case "time":
            return dt.time(body["hour"], body["minute"], body["second"], body["microsecond"])
        case "timedelta":
            return body["seconds"]
        case _:
            return body


def _first(error: Any) -> object:
    return error[0] if isinstance(error, list) and error else error


def _said(error: Any) -> str:
    """Tryton's own words: message and description; of an error inside the server only what it is, never the trace."""
    kind, said = _first(error), error[1] if isinstance(error, list) and len(error) > 1 else ""
    parts = list(said[1:3] if kind == "UserWarning" else said[:2]) if isinstance(said, list) else []
    if kind == _MOVED:
        parts = [said]
    return ": ".join(str(part) for part in parts if part) or f"the server failed with {kind}"
