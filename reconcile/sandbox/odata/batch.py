"""OData's $batch: many requests in one, as JSON or as multipart, each on its own or in groups that hold all or nothing.

A request that fails is undone alone, its group with it. The requests after the first error are not worked on and not answered,
unless the client prefers odata.continue-on-error.
"""

from __future__ import annotations

import json
import re
import secrets
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from http import HTTPStatus
from itertools import groupby
from typing import Any
from urllib.parse import urlsplit

from reconcile.sandbox.exchange import Answer, Call, parsed_json
from reconcile.sandbox.objects import ODATA_ROOT
from reconcile.sandbox.odata.errors import bad_request, refuse

Dispatch = Callable[[Call], Answer]


@dataclass(frozen=True)
class Part:
    """One request of a batch. Parts with the same group, which is never empty, hold together."""

    id: str
    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes
    group: str
    needs: Sequence[str] = field(default_factory=tuple)


def batch(connection: sqlite3.Connection, call: Call, dispatch: Dispatch) -> Answer:
    """The answer to a whole batch, always 200 if the batch itself can be read."""
    content_type = call.headers.get("content-type", "")
    preferred = call.headers.get("prefer", "").replace(" ", "").lower()
    go_on = bool(re.search(r"continue-on-error(?!=false)", preferred))
    if content_type.startswith("application/json"):
        parts = _json_parts(call)
        answers = [pair for pairs in _run(connection, call, parts, dispatch, go_on=go_on) for pair in pairs]
        body = {"responses": [_json_response(part, answer) for part, answer in answers]}
        return Answer(200, body, {"content-type": "application/json", "odata-version": "4.0"})
    boundary = re.match(r'multipart/mixed\s*;.*boundary="?([^";]+)"?', content_type)
    if boundary is None:
        raise refuse(415, "SBX_V4/415", "A $batch is application/json or multipart/mixed with a boundary")
    parts = list(_multipart_parts(call.body, boundary.group(1)))
    return _multipart_answer(list(_run(connection, call, parts, dispatch, go_on=go_on)))


def _run(
    connection: sqlite3.Connection, call: Call, parts: Sequence[Part], dispatch: Dispatch, *, go_on: bool
) -> Iterator[list[tuple[Part, Answer]]]:
    """The answers, group by group."""
    done: dict[str, Answer] = {}
    for _, grouped in groupby(parts, key=lambda part: part.group):
        group = list(grouped)
        answers = _run_group(connection, call, group, dispatch, done)
        done.update({part.id: answer for part, answer in zip(group, answers, strict=True)})
        done.update({part.group: answers[-1] for part in group})
        yield list(zip(group, answers, strict=True))
        if not go_on and not all(answer.ok for answer in answers):
            return


def _run_group(
    connection: sqlite3.Connection, call: Call, group: Sequence[Part], dispatch: Dispatch, done: Mapping[str, Answer]
) -> list[Answer]:
    """All parts of a group, undone together if one of them fails."""
    connection.execute("SAVEPOINT part")
    answers: dict[str, Answer] = {}
    failed = ""
    for part in group:
        known = {**done, **answers}
        if any(not known.get(need, Answer(424)).ok for need in part.needs):
            answers[part.id] = _failed_dependency("a request that it depends on has failed")
        else:
            answers[part.id] = dispatch(_sub_call(call, part, known))
        if not answers[part.id].ok:
            failed = part.id
            break
    if failed:
        connection.execute("ROLLBACK TO part")
    connection.execute("RELEASE part")
    undone = _failed_dependency("another request of the same group has failed")
    return [answers[part.id] if part.id == failed or not failed else undone for part in group]


def _failed_dependency(why: str) -> Answer:
    return refuse(424, "SBX_V4/424", f"Not done: {why}").answer


def _sub_call(call: Call, part: Part, known: Mapping[str, Answer]) -> Call:
    """A part as a request of its own; `$1/...` stands for the entity that part 1 made."""
    url = part.url
    if url.startswith("$") and not url.startswith("$metadata"):
        name, slash, rest = url[1:].partition("/")
        made = known[name].headers.get("location", "") if name in known else ""
        if not made:
            raise bad_request(f"{url} refers to a request that made nothing")
        url = urlsplit(made).path + slash + rest
    elif "://" in url:
        parts = urlsplit(url)
        url = parts.path + (f"?{parts.query}" if parts.query else "")
    elif not url.startswith("/"):
        url = ODATA_ROOT + url
    return Call.of(part.method, url, {"host": call.headers.get("host", "127.0.0.1"), **part.headers}, part.body)


def _json_parts(call: Call) -> list[Part]:
    try:
        requests = parsed_json(call)["requests"]
        return [_json_part(request) for request in requests]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise bad_request("A JSON batch needs `requests`, each with id, method and url") from None


def _json_part(request: Mapping[str, Any]) -> Part:
    headers = {str(name).lower(): str(value) for name, value in request.get("headers", {}).items()}
    body = request.get("body")
    content = b"" if body is None else json.dumps(body, default=_number).encode()
    if body is not None:
        headers.setdefault("content-type", "application/json")
    identifier = str(request["id"])
    group = f"group {request['atomicityGroup']}" if request.get("atomicityGroup") else f"request {identifier}"
    needs = tuple(str(need) for need in request.get("dependsOn", ()))
    return Part(identifier, str(request["method"]).upper(), str(request["url"]), headers, content, group, needs)


def _number(value: Decimal) -> float:
    return float(value)


def _json_response(part: Part, answer: Answer) -> dict[str, Any]:
    response: dict[str, Any] = {"id": part.id, "status": answer.status, "headers": answer.all_headers()}
    if part.group.startswith("group "):
        response["atomicityGroup"] = part.group.removeprefix("group ")
    if answer.body is not None:
        response["body"] = answer.body.decode() if isinstance(answer.body, bytes) else answer.body
    return response


def _multipart_parts(content: bytes, boundary: str, group: str = "") -> Iterator[Part]:
    """The requests between the boundaries; a part that is multipart itself is a group."""
    sections = content.replace(b"\r\n", b"\n").split(b"--" + boundary.encode())[1:-1]
    for place, section in enumerate(sections):
        head, _, rest = section.lstrip(b"\n").partition(b"\n\n")
        headers = _headers(head)
        inner = re.match(r'multipart/mixed\s*;.*boundary="?([^";]+)"?', headers.get("content-type", ""))
        if inner and not group:
            yield from _multipart_parts(rest, inner.group(1), f"group {place}")
            continue
        request_head, _, body = rest.partition(b"\n\n")
        line, _, lines = request_head.lstrip(b"\n").partition(b"\n")
        words = line.decode().split(" ")
        if len(words) < 2:
            raise bad_request("A part of the batch has no request line")
        identifier = headers.get("content-id", f"{group or 'request'} {place}")
        stripped = body.removesuffix(b"\n")
        yield Part(identifier, words[0], words[1], _headers(lines), stripped, group or f"request {place}")


def _headers(text: bytes) -> dict[str, str]:
    pairs = (line.partition(":")[::2] for line in text.decode().splitlines() if ":" in line)
    return {name.strip().lower(): value.strip() for name, value in pairs}


def _multipart_answer(groups: Sequence[Sequence[tuple[Part, Answer]]]) -> Answer:
    """The same structure as asked; a group that failed is answered by its one error."""
    boundary = f"batchresponse_{secrets.token_hex(8)}"
    sections = []
    for group in groups:
        failed = next((pair for pair in group if not pair[1].ok and pair[1].status != 424), None)
        if failed or not group[0][0].group.startswith("group "):
            sections.append(_section(*(failed or group[0])))
            continue
        inner = f"changesetresponse_{secrets.token_hex(8)}"
        content = _wrapped([_section(part, answer) for part, answer in group], inner)
        sections.append(f"Content-Type: multipart/mixed; boundary={inner}\r\n\r\n".encode() + content)
    headers = {"content-type": f"multipart/mixed; boundary={boundary}", "odata-version": "4.0"}
    return Answer(200, _wrapped(sections, boundary), headers)


def _section(part: Part, answer: Answer) -> bytes:
    """One answer as a part of a multipart body."""
    lines = ["Content-Type: application/http", "Content-Transfer-Encoding: binary", f"Content-ID: {part.id}", ""]
    content = answer.content()
    lines.append(f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}")
    lines += [f"{name}: {value}" for name, value in {**answer.all_headers(), "content-length": str(len(content))}.items()]
    return "\r\n".join([*lines, "", ""]).encode() + content


def _wrapped(sections: Sequence[bytes], boundary: str) -> bytes:
    mark = f"--{boundary}".encode()
    return b"".join(mark + b"\r\n" + section + b"\r\n" for section in sections) + mark + b"--\r\n"
