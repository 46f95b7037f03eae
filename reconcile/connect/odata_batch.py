"""`$batch` in JSON with the CSRF handshake: many requests in one, each with its own answer.

Apart from the connector, because the handshake and the sorting of answers are the same for every service.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from reconcile.connect.http import Answer, Http, NoAnswer
from reconcile.connect.port import OutcomeStatus
from reconcile.errors import RetryLater

_CSRF = "x-csrf-token"


@dataclass(frozen=True)
class Part:
    """One request of a batch, its address relative to the service root."""

    method: str
    url: str
    body: Mapping[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)
    group: str | None = None
    """Parts of one group are done together or not at all."""


@dataclass(frozen=True)
class PartAnswer:
    """What came back for one part."""

    status: int
    headers: Mapping[str, str]
    body: Any


class Batches:
    """Sends batches to one service."""

    def __init__(self, http: Http) -> None:
        self._http = http
        self._token: str | None = None
        self._lock = threading.Lock()

    def send(self, parts: Sequence[Part]) -> list[PartAnswer | NoAnswer]:
        """One answer for each part, in order. Raises nothing."""
        requests = [
            {
                "id": str(at),
                "method": part.method,
                "url": part.url,
                "headers": {"content-type": "application/json", **part.headers},
                "body": part.body,
                **({"atomicityGroup": part.group} if part.group else {}),
            }
            for at, part in enumerate(parts)
        ]
        try:
            answer = self._post({"requests": requests})
        except RetryLater as error:  # during the handshake
            return [NoAnswer(OutcomeStatus.REJECTED, f"not sent: {error}")] * len(parts)
        if isinstance(answer, NoAnswer):
            return [answer] * len(parts)
        if answer.status >= 400:  # noqa: PLR2004  # errors begin here
            return [NoAnswer(OutcomeStatus.REJECTED, f"{answer.status}: {self._http.words(answer)}")] * len(parts)
        return self._sorted(answer, parts)

    def _post(self, body: Mapping[str, Any]) -> Answer | NoAnswer:
        token = self._fetched()
        answer = self._http.write("POST", "$batch", headers=self._headers(token), body=body)
        if isinstance(answer, Answer) and answer.status == 403 and answer.headers.get(_CSRF, "").lower() == "required":  # noqa: PLR2004  # refused before it was processed
            token = self._fetched(instead_of=token)
            answer = self._http.write("POST", "$batch", headers=self._headers(token), body=body)
        return answer

    def _headers(self, token: str) -> dict[str, str]:
        return {"Prefer": "odata.continue-on-error", **({_CSRF: token} if token else {})}

    def _fetched(self, instead_of: str | None = None) -> str:
        """The token of this session; "" if the service hands out none."""
        with self._lock:
            if self._token is None or self._token == instead_of:
                self._token = self._http.read("GET", "", headers={_CSRF: "Fetch"}).headers.get(_CSRF, "")
            return self._token

    def _sorted(self, answer: Answer, parts: Sequence[Part]) -> list[PartAnswer | NoAnswer]:
        try:
            said = answer.parsed()["responses"]
            by_id = {str(each["id"]): PartAnswer(int(each["status"]), _lower(each), each.get("body")) for each in said}
        except (ValueError, KeyError, TypeError, AttributeError):
            words = f"sent, but the answer can't be read: {self._http.words(answer)}"
            return [NoAnswer(OutcomeStatus.UNKNOWN, words)] * len(parts)
        lost = NoAnswer(OutcomeStatus.UNKNOWN, "sent, but the batch has no answer for it")
        answers = [by_id.get(str(at), lost) for at in range(len(parts))]
        return [self._of_its_group(at, answers, parts) for at in range(len(parts))]

    def _of_its_group(self, at: int, answers: Sequence[PartAnswer | NoAnswer], parts: Sequence[Part]) -> PartAnswer | NoAnswer:
        """A group that failed is answered once, by the part that failed: nothing of it was done."""
        group = parts[at].group
        if group is None or isinstance(answers[at], PartAnswer):
            return answers[at]
        of_group = (a for a, part in zip(answers, parts, strict=True) if part.group == group)
        failed = (a for a in of_group if isinstance(a, PartAnswer) and a.status >= 400)  # noqa: PLR2004  # errors begin here
        return next(failed, answers[at])


def _lower(response: Mapping[str, Any]) -> dict[str, str]:
    return {str(k).lower(): str(v) for k, v in (response.get("headers") or {}).items()}
