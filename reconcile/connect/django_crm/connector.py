"""django-crm (BottleCRM) 0.9 over REST: no metadata, no versions, no ids for what was created, and answers that come too late."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import polars as pl

from reconcile.config.models import Source, System
from reconcile.connect.django_crm.objects import OBJECTS, Crm, Record, is_tag, slugs_of
from reconcile.connect.django_crm.rules import rules_of
from reconcile.connect.django_crm.write import Writer, words_of
from reconcile.connect.pages import first_at
from reconcile.connect.port import Connector, Current, ObjectShape, Outcome, Write
from reconcile.connect.web.auth import Fixed, Token
from reconcile.connect.web.http import Answer, Http
from reconcile.errors import RetryLater, SystemAnswerUnreadable, SystemRefused

SEARCHES = 20
"""Up to so many values are asked for one by one; for more, all records are read."""
DEARER = 5
"""A record asked for alone costs django-crm as much as so many in a list."""
STEPS_BACK = 100
_NUMBER = re.compile(r"[1-9][0-9]{0,17}", re.ASCII)


class DjangoCrmConnector(Connector):
    """One django-crm. `url` is its address, without `/api`; the user is known by a mail address."""

    def __init__(self, name: str, system: System, _folder: Path) -> None:
        self.name = name
        self._size = max(2, system.page_size)  # pages overlap by one record
        self._http = Http(name, system)
        self._auth = system.auth
        password = system.auth.password.get_secret_value() if system.auth.password else ""
        if system.auth.token is not None:
            token = system.auth.token.get_secret_value()
            self._http.sign_with(Fixed({"Authorization": f"JWT {token}"}, (token,)))
        else:
            self._http.sign_with(Token(lambda: self._log_in(password), (password,) if password else (), scheme="JWT"))
        self._writer = Writer(self._http, self._now, self.find)

    def describe(self, source: Source) -> ObjectShape | None:
        """The fields that this version has; the system is asked whether it answers as this version does."""
        crm = OBJECTS.get(source.object)
        if crm is None:
            return None
        return crm.shape(rules_of(source.object, crm, self._asked(source.object, {})[0]))

    def read(self, source: Source, fields: Sequence[str]) -> Iterator[pl.DataFrame]:
        """All records that meet `where`, parameters such as `industry=AUTOMOTIVE&city=Wien`; leads without converted ones."""
        crm, empty = OBJECTS[source.object], True
        for records in self._scan(source.object, self._filters(source)):
            if records:
                empty = False
                yield crm.page(records, fields)
        if empty:
            yield crm.page([], fields)

    def count(self, source: Source) -> int | None:
        """What it counts itself, in its list of one record."""
        return self._asked(source.object, self._filters(source))[1]

    def fetch(self, source: Source, keys: Sequence[str], fields: Sequence[str]) -> dict[str, Current]:
        """The records by key. The version is a digest of all their fields, as there is nothing else to go by."""
        crm, found = OBJECTS[source.object], self._now(source, keys)
        return {
            key: Current(key, {f: crm.value(r, f) for f in fields}, crm.version(r), binding=False) for key, r in found.items()
        }

    def find(self, source: Source, field: str, values: Sequence[str]) -> dict[str, list[str]]:
        """Keys by the value of a field; of `tags`, one of them counts, and capitals do not."""
        found: dict[str, list[str]] = {}
        wanted = {_comparable(field, value): value for value in values if value.strip()}
        for record in self._holding(source.object, field, list(wanted.values())) if wanted else ():
            held = slugs_of(record) if field == "tags" else [str(OBJECTS[source.object].value(record, field))]
            for text in held:
                if text in wanted:
                    found.setdefault(text, []).append(_key(source, record))
        return {value: found[known] for value in values if (known := _comparable(field, value)) in found}

    def write(self, writes: Sequence[Write]) -> list[Outcome]:
        """One after the other, each right after a look at the record; an answer of 500 says nothing about what was done."""
        return self._writer.write(writes)

    def close(self) -> None:
        """Release the connections."""
        self._http.close()

    # -- records

    def _asked(self, name: str, search: Mapping[str, str]) -> tuple[Mapping[str, Any], int]:
        """A list of one record with all that stands around it, and how many records there are."""
        body, paths = self._list(name, {**search, "limit": 1}), OBJECTS[name].counts
        counts = [count for path in paths if isinstance(count := _at(body, path), int)]
        if len(counts) < len(paths):
            raise self._unreadable(f"it does not list {name} as django-crm 0.9 does")
        return body, sum(counts)

    def _now(self, source: Source, keys: Sequence[str]) -> dict[str, Record]:
        """The records by key; where that is the id, one request for each, unless the list holds little else."""
        wanted = list(dict.fromkeys(keys))
        if not wanted:
            return {}
        if source.key == ("id",):
            return self._by_id(source.object, wanted)
        known = set(wanted)
        holding = self._holding(source.object, source.key[0], wanted) if len(source.key) == 1 else self._all(source.object)
        found = {key: record for record in holding if (key := _key(source, record)) in known}
        return {key: found[key] for key in wanted if key in found}

    def _by_id(self, name: str, ids: Sequence[str]) -> dict[str, Record]:
        crm = OBJECTS[name]
        found: dict[str, Record] = {}
        unsure = []
        asked = [id_ for id_ in ids if _NUMBER.fullmatch(id_)]
        if len(asked) > SEARCHES and self._asked(name, {})[1] <= DEARER * len(asked):
            listed = {str(record["id"]): record for record in self._all(name)}
            return {id_: listed[id_] for id_ in asked if id_ in listed}
        may_lack = frozenset({crm.missing_status})
        paths = [f"/api/{name}/{id_}/" for id_ in asked]
        answers = self._http.traffic.together(lambda path: self._http.read("GET", path, accept=may_lack), paths)
        for id_, answer in zip(asked, answers, strict=True):
            if answer.status != crm.missing_status:
                found[id_] = self._record(answer, crm)
            elif crm.missing_status != 404:  # noqa: PLR2004  # only this one says clearly that nothing is there
                unsure.append(id_)
            elif "detail" not in self._dict(answer):
                raise self._unreadable("a page that is not there was none of django-crm's")
        if unsure and (there := {str(record["id"]) for record in self._all(name)}.intersection(unsure)):
            raise self._unreadable(f"it can't show {name} {', '.join(sorted(there))}, which it lists")
        # a converted lead stands in no list, so it counts as gone wherever it is looked for
        return {id_: r for id_, r in found.items() if name != "leads" or r.get("status") != "converted"}

    def _holding(self, name: str, field: str, values: Sequence[str]) -> Iterator[Record]:
        """Records among which are all those whose field is one of the values."""
        crm = OBJECTS[name]
        if field == "id":
            yield from self._by_id(name, values).values()
        elif field == "tags":
            ids, slugs = self._tags(name), dict.fromkeys(value.lower() for value in values if is_tag(value))
            if some := [ids[slug] for slug in slugs if slug in ids]:
                yield from self._all(name, {"tags": json.dumps(some)})
        elif field in crm.search and len(values) <= SEARCHES:
            seen: set[str] = set()
            for value in values:
                found = [r for r in self._all(name, {crm.search[field]: value.strip()}) if str(r["id"]) not in seen]
                seen.update(str(r["id"]) for r in found)
                yield from found
        else:
            yield from self._all(name)

    def _tags(self, name: str) -> dict[str, int]:
        """Tags that records of the object have: slug to id."""
        said = self._list(name, {"limit": 1}).get("tags")
        return {tag["slug"]: tag["id"] for tag in said} if isinstance(said, list) else {}

    def _all(self, name: str, search: Mapping[str, str] | None = None) -> Iterator[Record]:
        return (record for records in self._scan(name, search or {}) for record in records)

    def _scan(self, name: str, search: Mapping[str, str]) -> Iterator[list[Record]]:
        """All records that meet a search, each once, page by page.

        Pages are counted from the start, so a record that is deleted meanwhile moves others to a page that was read. Each page
        therefore begins with the last record of the one before; where it does not, an earlier page is asked for again.
        """
        crm, seen, offset, back = OBJECTS[name], set[int](), 0, 0
        full: set[int] = set()
        while True:
            body = self._list(name, {**search, "limit": self._size, "offset": offset})
            parts = [self._records(body, path) for path in crm.parts]
            if offset and any(not parts[at] or parts[at][0]["id"] not in seen for at in full):
                offset, back = max(0, offset - self._size), back + 1
                if back > STEPS_BACK:
                    raise self._unreadable(f"its {name} change faster than they can be read")
                continue
            fresh = [record for records in parts for record in records if record["id"] not in seen]
            seen.update(record["id"] for record in fresh)
            yield fresh
            full = {at for at, records in enumerate(parts) if len(records) >= self._size}
            if not full:
                return
            offset += self._size - 1

    # -- answers

    def _list(self, name: str, parameters: Mapping[str, object]) -> Mapping[str, Any]:
        return self._dict(self._http.read("GET", f"/api/{name}/?{urlencode(parameters)}"))

    def _records(self, body: Mapping[str, Any], path: Sequence[str]) -> list[Record]:
        said = _at(body, path)
        if not isinstance(said, list) or not all(isinstance(r, dict) and isinstance(r.get("id"), int) for r in said):
            raise self._unreadable(f"there are no records under {'.'.join(path)}")
        return said

    def _record(self, answer: Answer, crm: Crm) -> Record:
        said = self._dict(answer).get(crm.record)
        if not isinstance(said, dict) or not isinstance(said.get("id"), int):
            raise self._unreadable(f"there is no record under {crm.record}")
        return said

    def _dict(self, answer: Answer) -> Mapping[str, Any]:
        body = self._http.json_of(answer)
        if not isinstance(body, dict):
            raise self._unreadable("an answer is no JSON object")
        return body

    def _filters(self, source: Source) -> dict[str, str]:
        """`where` as parameters; one that django-crm would leave out of account is refused."""
        known = OBJECTS[source.object].filters
        pairs = dict(parse_qsl(source.where or ""))
        if (source.where and not pairs) or not known.issuperset(pairs):
            hint = f"Write parameters, as in `name=value&other=value`; {source.object} knows {', '.join(sorted(known))}."
            raise SystemRefused(self.name, self._http.base, 400, f"`where` can't be asked: {source.where}", hint=hint)
        return pairs

    def _log_in(self, password: str) -> str:
        form = {"email": self._auth.username or "", "password": password}
        headers = {"Content-Type": "application/json"}
        content = json.dumps(form).encode()
        url, refusals = "/api/auth/login/", frozenset({400})
        answer = self._http.read("POST", url, headers=headers, content=content, signed=False, accept=refusals)
        body = self._dict(answer)
        if answer.status in refusals:
            hint = "Check `auth:` of the system: the user's mail address and password."
            raise SystemRefused(self.name, answer.url, answer.status, self._http.masked(words_of(body)), hint=hint)
        if not isinstance(body.get("token"), str):
            raise self._unreadable("the log-in gave no token")
        return str(body["token"])

    def _unreadable(self, words: str) -> RetryLater:
        return SystemAnswerUnreadable(self.name, self._http.base, words)


def _at(body: Mapping[str, Any], path: Sequence[str]) -> Any:
    inner = first_at(body, path[:-1]) if len(path) > 1 else body
    return inner.get(path[-1]) if isinstance(inner, Mapping) else None


def _key(source: Source, record: Record) -> str:
    return "/".join(str(OBJECTS[source.object].value(record, name)) for name in source.key)


def _comparable(field: str, value: str) -> str:
    return value.strip().lower() if field == "tags" else value
