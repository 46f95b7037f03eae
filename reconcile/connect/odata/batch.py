"""Sends batches to one service: the CSRF handshake, the form that it takes, batches it finds too large, each part's answer.

Apart from the writer, because none of this depends on what is written.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence

from reconcile.connect.odata.metadata import Version
from reconcile.connect.odata.multipart import answered, multipart
from reconcile.connect.odata.parts import Part, PartAnswer, grouped
from reconcile.connect.port import OutcomeStatus
from reconcile.connect.web.http import Answer, Http, NoAnswer
from reconcile.errors import RetryLater

_CSRF = "x-csrf-token"
_TOO_LARGE = 413
_OTHER_FORM = 415
_NO_ROOT = frozenset({404, 405, 501})
"""Gateways that show nothing at the service root may hand out the token all the same."""

_Answers = list["PartAnswer | NoAnswer"]


class Batches:
    """Sends batches to one service. V2 knows multipart only; V4 gets JSON, unless the service takes no JSON."""

    def __init__(self, http: Http, *, singly: bool = False) -> None:
        self._http = http
        self._singly = singly
        self._token: str | None = None
        self._lock = threading.Lock()
        self._takes_json = True
        self._too_large: int | None = None
        """The size in bytes of the smallest batch that was refused for its size."""

    def send(self, parts: Sequence[Part], version: Version) -> _Answers:
        """One answer for each part, in order. Raises nothing.

        A batch that was refused for its size, of which nothing was done, is cut in two and sent again. `singly`, each part is a
        request of its own, several at once; those of one group one after the other, up to the first that fails.
        """
        if self._singly:
            done = self._http.traffic.together(self._in_turn, grouped(parts))
            return [answer for answers in done for answer in answers]
        return self._send(grouped(parts), version)

    def _send(self, groups: Sequence[Sequence[Part]], version: Version) -> _Answers:
        as_json = version == "v4" and self._takes_json
        content_type, body = _in_json(groups) if as_json else multipart(groups)
        if len(groups) > 1 and self._too_large is not None and len(body) >= self._too_large:
            return self._halves(groups, version)
        asked = {"Content-Type": content_type, "Accept": content_type.partition(";")[0], "Prefer": "odata.continue-on-error"}
        answer = self._sent("POST", "$batch", asked, body)
        if isinstance(answer, NoAnswer):
            return _all(groups, answer)
        if answer.status == _OTHER_FORM and as_json:  # refused before it was read
            self._takes_json = False
            return self._send(groups, version)
        if answer.status == _TOO_LARGE and len(groups) > 1:
            self._too_large = min(len(body), self._too_large or len(body))
            return self._halves(groups, version)
        return self._sorted(answer, groups, as_json=as_json)

    def _halves(self, groups: Sequence[Sequence[Part]], version: Version) -> _Answers:
        half = len(groups) // 2
        return self._send(groups[:half], version) + self._send(groups[half:], version)

    def _in_turn(self, group: Sequence[Part]) -> _Answers:
        out: _Answers = []
        for part in group:
            if out and not (isinstance(out[-1], PartAnswer) and out[-1].status < 400):  # noqa: PLR2004  # errors begin here
                out.append(NoAnswer(OutcomeStatus.REJECTED, "not sent, since the request before it failed"))
                continue
            answer = self._sent(part.method, part.url, part.headers, part.body)
            out.append(answer if isinstance(answer, NoAnswer) else _as_part(answer))
        return out

    def _sent(self, method: str, url: str, asked: Mapping[str, str], body: object) -> Answer | NoAnswer:
        """The answer to one request. Sent again only where the service says that the token was missing: then nothing was done."""
        try:
            token = self._fetched()
            answer = self._http.write(method, url, headers={**asked, **_carried(token)}, body=body)
            if _wants_token(answer):
                token = self._fetched(instead_of=token)
                answer = self._http.write(method, url, headers={**asked, **_carried(token)}, body=body)
        except RetryLater as error:  # during the handshake
            return NoAnswer(OutcomeStatus.REJECTED, f"not sent: {error}")
        return answer

    def _fetched(self, instead_of: str | None = None) -> str:
        """The token of this session; "" if the service hands out none."""
        with self._lock:
            if self._token is None or self._token == instead_of:
                answer = self._http.read("GET", "", headers={_CSRF: "Fetch"}, accept=_NO_ROOT)
                self._token = answer.headers.get(_CSRF, "")
            return self._token

    def _sorted(self, answer: Answer, groups: Sequence[Sequence[Part]], *, as_json: bool) -> _Answers:
        if answer.status >= 400:  # noqa: PLR2004  # errors begin here
            return _all(groups, NoAnswer(OutcomeStatus.REJECTED, f"{answer.status}: {self._http.words(answer)}"))
        try:
            found = _of_json(answer) if as_json else answered(answer.headers.get("content-type", ""), answer.body, groups)
        except (ValueError, KeyError, TypeError, AttributeError):
            words = f"sent, but the answer can't be read: {self._http.words(answer)}"
            return _all(groups, NoAnswer(OutcomeStatus.UNKNOWN, words))
        out: _Answers = []
        for group in groups:
            out += _of_group([found.get(len(out) + at) for at in range(len(group))])
        return out


def _as_part(answer: Answer) -> PartAnswer:
    try:
        body = answer.parsed() if answer.body else None
    except ValueError:
        body = None
    return PartAnswer(answer.status, {name.lower(): value for name, value in answer.headers.items()}, body)


def _of_group(answers: Sequence[PartAnswer | None]) -> _Answers:
    """A group that failed is answered once, by the part that failed: nothing of it was done."""
    failed = (a for a in answers if a is not None and a.status >= 400)  # noqa: PLR2004  # errors begin here
    rest = next(failed, NoAnswer(OutcomeStatus.UNKNOWN, "sent, but the batch has no answer for it"))
    return [rest if answer is None else answer for answer in answers]


def _in_json(groups: Sequence[Sequence[Part]]) -> tuple[str, bytes]:
    requests: list[dict[str, object]] = []
    for group in groups:
        for part in group:
            headers = {"content-type": "application/json", **part.headers}
            request: dict[str, object] = {
                "id": str(len(requests)),
                "method": part.method,
                "url": part.url,
                "headers": headers,
                "body": part.body,
            }
            requests.append(request | ({"atomicityGroup": part.group} if part.group else {}))
    return "application/json", json.dumps({"requests": requests}, ensure_ascii=False, allow_nan=False).encode()


def _of_json(answer: Answer) -> dict[int, PartAnswer]:
    """The answers by the number of the request. Raises ValueError, KeyError, TypeError, AttributeError."""
    said = answer.parsed()["responses"]
    return {int(each["id"]): PartAnswer(int(each["status"]), _lower(each), each.get("body")) for each in said}


def _lower(response: Mapping[str, object]) -> dict[str, str]:
    headers = response.get("headers") or {}
    return {str(k).lower(): str(v) for k, v in headers.items()} if isinstance(headers, Mapping) else {}


def _wants_token(answer: Answer | NoAnswer) -> bool:
    said = answer.headers.get(_CSRF, "") if isinstance(answer, Answer) and answer.status == 403 else ""  # noqa: PLR2004  # forbidden
    return said.lower() == "required"


def _carried(token: str) -> dict[str, str]:
    return {_CSRF: token} if token else {}


def _all(groups: Sequence[Sequence[Part]], answer: NoAnswer) -> _Answers:
    return [answer for group in groups for _ in group]
