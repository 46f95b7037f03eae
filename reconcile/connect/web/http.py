"""One HTTP client per system: time-outs, retries of what is safe to repeat, errors in our words.

Apart from the connectors, so that each of them only says what to ask and how to read the answer.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

import httpx
import stamina

from reconcile.config.models import System
from reconcile.connect.port import OutcomeStatus
from reconcile.connect.web.auth import Signer
from reconcile.connect.web.lines import Lines
from reconcile.connect.web.traffic import Traffic
from reconcile.errors import RetryLater, SendingEnded, SystemAnswerUnreadable, SystemRefused, SystemUnreachable

ATTEMPTS = 4
LONGEST_WAIT_SECONDS = 60.0
"""A system that asks for a longer pause is reported instead of waited for."""
_SHORTEST_WAIT_SECONDS = 0.01  # no wait at all would mean: do not try again
_TRY_AGAIN = frozenset({429, 500, 502, 503, 504})
_BUSY = frozenset({429, 503})
"""What asks every thread to pause, not only the one that was told so."""
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError, httpx.UnsupportedProtocol)
_REPEATING: Any = {"attempts": ATTEMPTS, "timeout": None, "wait_jitter": 0.2}
_MESSAGE_LENGTH = 500
_CHECK_AUTH = "Check `auth:` of the system, and what its user may do."


@dataclass(frozen=True)
class Answer:
    """What came back: `url` is without its query, so that it can stand in a message."""

    status: int
    headers: httpx.Headers
    body: bytes
    url: str

    def parsed(self) -> Any:
        """The JSON in the body. Raises ValueError if it is none."""
        return json.loads(self.body)


@dataclass(frozen=True)
class NoAnswer:
    """A write without a usable answer: REJECTED if it was surely not processed, UNKNOWN if it may have been."""

    status: OutcomeStatus
    reason: str


class Http:
    """Requests to one system, from as many threads as ask: all share one pace, one pause, one budget of repeats.

    Args:
        name: the system's name, for messages.
        system: its address, time-out, pace and how many requests it takes at once.
    """

    def __init__(self, name: str, system: System) -> None:
        self.name = name
        self.base = _public(system.url or "").rstrip("/")  # credentials belong into `auth:`, where they are masked
        self._seconds = system.timeout_seconds
        self.traffic = Traffic(system.requests_per_second, system.concurrent_requests)
        self._signer: Signer | None = None
        self._lines = Lines(system.timeout_seconds)

    def sign_with(self, signer: Signer) -> None:
        """From now on every request is signed; a 401 asks the signer once for something newer."""
        self._signer = signer

    def read(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        signed: bool = True,
        accept: frozenset[int] = frozenset(),
    ) -> Answer:
        """A request that is safe to repeat; retried after a broken connection, a 429 and a 5xx.

        Args:
            method: the HTTP method.
            url: absolute, or a path below the base address.
            headers: more headers.
            content: the body.
            signed: whether the request carries credentials.
            accept: error statuses that are returned as an answer.

        Raises:
            SystemUnreachable: no connection, or no whole answer within the time-out (which is not retried).
            SystemRefused: an error status.
            SystemAnswerUnreadable: a redirection.
            SendingEnded: the connection was closed before it was sent.
        """
        address = self._absolute(url)
        try:
            for attempt in stamina.retry_context(on=self._if_any_left(_worth_repeating), **_REPEATING):
                with attempt:
                    answer = self._signed(method, address, headers, content, signed=signed)
                    if answer.status in _TRY_AGAIN and answer.status not in accept:
                        raise _as_error(answer)
        except httpx.HTTPStatusError as error:
            answer = Answer(error.response.status_code, error.response.headers, error.response.content, _public(address))
        except httpx.DecodingError as error:
            raise SystemAnswerUnreadable(self.name, _public(address), self._reason(error)) from error
        except (httpx.RequestError, httpx.InvalidURL) as error:
            raise SystemUnreachable(self.name, _public(address), self._reason(error)) from error
        if answer.status >= 400 and answer.status not in accept:  # noqa: PLR2004  # errors begin here
            hint = _CHECK_AUTH if answer.status in (401, 403) or not signed else ""
            raise SystemRefused(self.name, answer.url, answer.status, self.words(answer), hint=hint)
        if 300 <= answer.status < 400:  # noqa: PLR2004  # redirections
            host = urlsplit(answer.headers.get("location", "")).netloc or "another page"
            raise SystemAnswerUnreadable(self.name, answer.url, f"it sends us to {host}")
        return answer

    def read_json(self, method: str, url: str, **more: Any) -> Any:
        """`read`, and the JSON in the answer. Raises SystemAnswerUnreadable if it is not JSON, as well."""
        return self.json_of(self.read(method, url, **more))

    def json_of(self, answer: Answer) -> Any:
        """The JSON in an answer. Raises SystemAnswerUnreadable."""
        try:
            return answer.parsed()
        except ValueError as error:
            raise SystemAnswerUnreadable(self.name, answer.url, _what_it_is(answer)) from error

    def write(self, method: str, url: str, *, headers: Mapping[str, str] | None = None, body: object = None) -> Answer | NoAnswer:
        """A request that changes something: sent once. Only what was refused before it was processed is tried again.

        The body is sent as JSON; bytes as they are, with their type among the headers.

        Returns the answer (2xx or 4xx), or why there is none. Raises nothing.
        """
        address = self._absolute(url)
        content = body if isinstance(body, bytes) else None if body is None else _json(body)
        sent = {"Content-Type": "application/json", **(headers or {})}
        try:
            for attempt in stamina.retry_context(on=self._if_any_left(_surely_not_processed), **_REPEATING):
                with attempt:
                    answer = self._signed(method, address, sent, content, signed=True)
                    if answer.status in (429, 503) and _surely_not_processed(_as_error(answer)):
                        raise _as_error(answer)
        except httpx.HTTPStatusError as error:
            refusal = Answer(error.response.status_code, error.response.headers, error.response.content, _public(address))
            return NoAnswer(OutcomeStatus.REJECTED, f"not processed, {refusal.status}: {self.words(refusal)}")
        except (*_NEVER_SENT, httpx.InvalidURL) as error:
            return NoAnswer(OutcomeStatus.REJECTED, f"not sent: {self._reason(error)}")
        except httpx.RequestError as error:
            return NoAnswer(OutcomeStatus.UNKNOWN, f"sent, but no answer came: {self._reason(error)}")
        except (RetryLater, SendingEnded) as error:  # while signing in; or nobody refused it, and the next push may write it
            status = OutcomeStatus.REJECTED if isinstance(error, RetryLater) else OutcomeStatus.UNKNOWN
            return NoAnswer(status, f"not sent: {error}")
        if answer.status >= 500 or 300 <= answer.status < 400:  # noqa: PLR2004  # neither done nor refused
            return NoAnswer(OutcomeStatus.UNKNOWN, f"{answer.status}: {self.words(answer)}")
        return answer

    def words(self, answer: Answer) -> str:
        """What the system said went wrong, in its own words; secrets are masked."""
        try:
            said = said_in(answer.parsed())
        except ValueError:
            said = _what_it_is(answer)
        return self.masked(said)

    def masked(self, text: str) -> str:
        """The text without any secret of this system, on one line, not too long."""
        for secret in self._signer.secrets() if self._signer else ():
            text = text.replace(secret, "***")
        return " ".join(text.split())[:_MESSAGE_LENGTH]

    def close(self, *, farewell: tuple[str, Mapping[str, str], bytes] | None = None) -> None:
        """Release the connections. What other threads have not sent by then is not sent; what they have, gets its answer.

        Args:
            farewell: a path, headers and a body that are posted once when all else is over, such as the end of a session.
        """
        self.traffic.close(self._seconds)
        if farewell is not None:
            path, headers, content = farewell
            with suppress(httpx.HTTPError, httpx.InvalidURL):  # whoever does not hear it ends the session by its age
                self._lines.answer(self._lines.request("POST", self._absolute(path), headers, content))
        self._lines.close()

    def _absolute(self, url: str) -> str:
        return url if url.startswith(("http://", "https://")) else f"{self.base}/{url.lstrip('/')}"

    def _signed(self, method: str, url: str, headers: Mapping[str, str] | None, content: bytes | None, *, signed: bool) -> Answer:
        signer = self._signer if signed else None
        signature = signer.headers() if signer else {}
        answer = self._exchange(method, url, {**signature, **(headers or {})}, content)
        if answer.status == httpx.codes.UNAUTHORIZED and signer and signer.renew(signature):
            answer = self._exchange(method, url, {**signer.headers(), **(headers or {})}, content)
        return answer

    def _exchange(self, method: str, url: str, headers: Mapping[str, str], content: bytes | None) -> Answer:
        request = self._lines.request(method, url, headers, content)  # made before its turn: a turn is the system's time alone
        with self.traffic.turn():
            response = self._lines.answer(request)
        if response.status_code not in _BUSY:
            self.traffic.well()
        return Answer(response.status_code, response.headers, response.content, _public(url))

    def _if_any_left(self, worth: Callable[[Exception], bool | float]) -> Callable[[Exception], bool | float]:
        """Repeat what is worth it while the budget lasts; where the system is busy, all threads pause, and none on its own."""

        def again(error: Exception) -> bool | float:
            wait = worth(error)
            if wait is False or not self.traffic.may_repeat():
                return False
            if isinstance(error, httpx.HTTPStatusError) and error.response.status_code in _BUSY:
                self.traffic.hold(None if wait is True else wait)
                return _SHORTEST_WAIT_SECONDS
            return wait

        return again

    def _reason(self, error: Exception) -> str:
        if isinstance(error, httpx.TimeoutException):
            return f"no answer within {self._seconds:g} seconds"
        return self.masked(str(error)) or type(error).__name__


def _json(body: object) -> bytes:
    return json.dumps(body, ensure_ascii=False, allow_nan=False).encode()


def issued(http: Http, url: str, form: Mapping[str, str]) -> tuple[str, str | None]:
    """A token from an OAuth2 token endpoint, and the address it is good for, if that is said.

    Raises:
        SystemUnreachable, SystemRefused, SystemAnswerUnreadable: as `Http.read`.
    """
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = http.read("POST", url, headers=headers, content=urlencode(form).encode(), signed=False)
    body = http.json_of(answer)
    token = body.get("access_token") if isinstance(body, dict) else None
    if not isinstance(token, str):
        raise SystemAnswerUnreadable(http.name, answer.url, "the token endpoint gave no token")
    return token, body.get("instance_url")


def said_in(body: Any) -> str:
    """The error texts of Salesforce, OData and OAuth, as `code: message`; else the JSON itself."""
    if isinstance(body, list):
        return "; ".join(said_in(each) for each in body)
    if not isinstance(body, dict):
        return json.dumps(body, ensure_ascii=False)
    inner = body.get("error")
    if isinstance(inner, dict):
        more = [said_in(d) for d in (*_list(inner.get("details")), *_list(inner.get("innererror"))) if isinstance(d, dict)]
        return "; ".join(dict.fromkeys([said_in(inner | {"error": None}), *more]))
    code = body.get("errorCode") or body.get("statusCode") or body.get("code") or inner
    message = body.get("message") or body.get("error_description")
    if isinstance(message, dict):  # OData V2 says the language too
        message = message.get("value")
    return ": ".join(str(part) for part in (code, message) if part) or json.dumps(body, ensure_ascii=False)


def _list(said: object) -> list[Any]:
    """A list of details; V2 keeps it one step further in."""
    inner = said.get("errordetails") if isinstance(said, dict) else said
    return inner if isinstance(inner, list) else []


def _as_error(answer: Answer) -> httpx.HTTPStatusError:
    request = httpx.Request("GET", answer.url)
    headers = {k: v for k, v in answer.headers.items() if k.lower() == "retry-after"}
    response = httpx.Response(answer.status, headers=headers, content=answer.body, request=request)
    return httpx.HTTPStatusError(f"{answer.url} answered {answer.status}", request=request, response=response)


def _worth_repeating(error: Exception) -> bool | float:
    """Whether to ask again, or after how many seconds. A time-out is not repeated: it has already cost its whole budget."""
    if isinstance(error, httpx.HTTPStatusError):
        return _pause(error.response.headers)
    return isinstance(error, httpx.TransportError) and not isinstance(error, httpx.TimeoutException | httpx.UnsupportedProtocol)


def _surely_not_processed(error: Exception) -> bool | float:
    if isinstance(error, httpx.HTTPStatusError):
        told = "retry-after" in error.response.headers
        return _pause(error.response.headers) if told or error.response.status_code == httpx.codes.TOO_MANY_REQUESTS else False
    return isinstance(error, httpx.ConnectError | httpx.ProxyError)


def _pause(headers: httpx.Headers) -> bool | float:
    said = headers.get("retry-after")
    if said is None:
        return True
    try:
        seconds = float(said)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(said) - dt.datetime.now(dt.UTC)).total_seconds()
        except (ValueError, TypeError):
            return True
    return max(seconds, _SHORTEST_WAIT_SECONDS) if seconds <= LONGEST_WAIT_SECONDS else False


def _what_it_is(answer: Answer) -> str:
    kind = answer.headers.get("content-type", "").partition(";")[0] or "no content type"
    if not answer.body:
        return f"an empty answer with status {answer.status}"
    return f"{kind} instead of JSON"


def _public(url: str) -> str:
    """The address without credentials and query."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
