"""`$batch` as multipart/mixed, the only form of V2 and the older one of V4: a change set for each group of requests.

Apart from the sending, because it is nothing but text made of requests and answers made of text.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Sequence
from email.message import Message
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any

from reconcile.connect.odata.parts import Part, PartAnswer

_ID = "content-id"


def multipart(groups: Sequence[Sequence[Part]]) -> tuple[str, bytes]:
    """The content type and the body of a batch: one change set for each group, all requests numbered from 0."""
    outer = secrets.token_hex(16)
    lines: list[str] = []
    number = 0
    for at, group in enumerate(groups):
        inner = f"{outer}-{at}"
        lines += [f"--{outer}", f"Content-Type: multipart/mixed; boundary={inner}", ""]
        for part in group:
            body = json.dumps(part.body, allow_nan=False)  # in ASCII, so that nobody can take it for another encoding
            said = {"Content-Type": "application/json", "Accept": "application/json", **part.headers}
            said["Content-Length"] = str(len(body))
            lines += [f"--{inner}", "Content-Type: application/http", "Content-Transfer-Encoding: binary"]
            lines += [f"Content-ID: {number}", "", f"{part.method} {part.url} HTTP/1.1"]
            lines += [*(f"{name}: {value}" for name, value in said.items()), "", body]
            number += 1
        lines += [f"--{inner}--"]
    lines += [f"--{outer}--", ""]
    return f"multipart/mixed; boundary={outer}", "\r\n".join(lines).encode()


def answered(content_type: str, body: bytes, groups: Sequence[Sequence[Part]]) -> dict[int, PartAnswer]:
    """The answers by the number of the request. What has none is left out.

    They are told apart by the ids that were sent; without ids by their order, if there is one for each group. A change
    set that failed has one answer, for the request that failed or for its first. Raises ValueError if none can be told.
    """
    whole = BytesParser(policy=HTTP).parsebytes(f"Content-Type: {content_type}\r\n\r\n".encode() + body)
    if not whole.is_multipart():
        raise ValueError("it is no multipart answer")
    sets = [[_answer(each) for each in _parts(part)] for part in _parts(whole)]
    firsts = [sum(map(len, groups[:at])) for at in range(len(groups))]
    count = sum(map(len, groups))
    flat = [each for some in sets for each in some]
    ids = [id_ for id_, _ in flat]
    if all(id_ is not None and id_.isdecimal() and int(id_) < count for id_ in ids) and len(set(ids)) == len(ids):
        return {int(id_ or ""): answer for id_, answer in flat}
    if len(sets) != len(groups) or any(len(some) not in (1, len(group)) for some, group in zip(sets, groups, strict=True)):
        raise ValueError("it has not one answer for each request")
    return {first + at: answer for first, some in zip(firsts, sets, strict=True) for at, (_, answer) in enumerate(some)}


def _parts(message: Message) -> Iterator[Message]:
    inner = message.get_payload() if message.is_multipart() else [message]
    yield from (each for each in inner if isinstance(each, Message)) if isinstance(inner, list) else ()


def _answer(part: Message) -> tuple[str | None, PartAnswer]:
    """The id, and the answer that stands in one part. Raises ValueError."""
    raw = part.get_payload(decode=True)
    head, _, body = (raw if isinstance(raw, bytes) else b"").lstrip().replace(b"\r\n", b"\n").partition(b"\n\n")
    status, _, lines = head.decode("utf-8", errors="replace").partition("\n")
    words = status.split()
    if len(words) < 2 or not words[0].startswith("HTTP/") or not words[1].isdecimal():  # noqa: PLR2004  # version and status
        raise ValueError("one of its parts is no answer")
    headers = dict(_header(line) for line in lines.splitlines() if ":" in line)
    said = part.get(_ID) or headers.get(_ID)
    return (None if said is None else str(said).strip(" <>")), PartAnswer(int(words[1]), headers, _parsed(body))


def _header(line: str) -> tuple[str, str]:
    name, _, value = line.partition(":")
    return name.strip().lower(), value.strip()


def _parsed(body: bytes) -> Any:
    """The JSON in a part; its words if it is something else; None if it is empty."""
    text = body.decode("utf-8", errors="replace").strip()
    try:
        return json.loads(text) if text else None
    except ValueError:
        return {"error": {"message": text}}
