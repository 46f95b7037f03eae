"""Writing over OData: one change of one record becomes the requests it takes, and their answers become one outcome."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from reconcile.config.models import Source
from reconcile.connect.odata.batch import Batches
from reconcile.connect.odata.dialect import Dialect, key_predicate
from reconcile.connect.odata.metadata import EntityType, Service
from reconcile.connect.odata.parts import Part, PartAnswer
from reconcile.connect.pages import chunks, path_of
from reconcile.connect.port import Current, Outcome, OutcomeStatus, Write
from reconcile.connect.web.http import Http, NoAnswer, said_in
from reconcile.errors import RetryLater

WRITES_IN_ONE_BATCH = 25
"""Of records of usual size, a batch stays below the 100 kB that some services take; one above is cut."""
_CONFLICT = frozenset({409, 412, 428})
_LOCKED, _TAKEN = 423, 409
_IF_MATCH = "if-match"


class Writer:
    """Writes to one service.

    Args:
        http: the system's client.
        metadata: gives the service's description, and the dialect that it speaks.
        fetch: the connector's `fetch`, for a write that comes without a version.
        singly: send each write as requests of its own instead of in batches.
    """

    def __init__(
        self,
        http: Http,
        metadata: Callable[[], tuple[Service, Dialect]],
        fetch: Callable[[Source, Sequence[str], Sequence[str]], dict[str, Current]],
        *,
        singly: bool = False,
    ) -> None:
        self._http = http
        self._metadata = metadata
        self._fetch = fetch
        self._singly = singly
        self._batches = Batches(http, singly=singly)

    def write(self, writes: Sequence[Write]) -> list[Outcome]:
        """One outcome for each write, in order. Raises nothing."""
        if self._singly:
            return self._batch(writes)
        batches = list(chunks(writes, WRITES_IN_ONE_BATCH))
        return [outcome for outcomes in self._http.traffic.together(self._batch, batches) for outcome in outcomes]

    def _batch(self, writes: Sequence[Write]) -> list[Outcome]:
        planned = [self._parts(write, f"g{at}") for at, write in enumerate(writes)]
        parts = [part for plan in planned if not isinstance(plan, Outcome) for part in plan]
        answers = iter(self._batches.send(parts, self._metadata()[0].version) if parts else [])
        return [
            plan if isinstance(plan, Outcome) else self._outcome(write, plan, [next(answers) for _ in plan])
            for write, plan in zip(writes, planned, strict=True)
        ]

    def _parts(self, write: Write, group: str) -> list[Part] | Outcome:
        """The requests of one write, or the outcome that needs none."""
        try:
            service, dialect = self._metadata()
            entity = service.of(write.source.object)
            if entity is None:
                return _rejected(write, f"there is no entity set {write.source.object}")
            if any(len(path_of(f)) > 2 for f in write.values):  # noqa: PLR2004  # relation and field
                return _rejected(write, "only a field one relation away can be written")
            if write.key is None:
                return [Part("POST", write.source.object, _deep(service, dialect, entity, write))]
            return self._update(service, dialect, entity, write, group)
        except RetryLater as error:  # nothing was sent yet
            return _rejected(write, f"not sent: {error}")
        except ValueError as error:  # a key that no record can have
            return _rejected(write, f"there is no such record: {error}")

    def _update(self, service: Service, dialect: Dialect, entity: EntityType, write: Write, group: str) -> list[Part] | Outcome:
        keys = [write.key or ""] if len(write.source.key) == 1 else (write.key or "").split("/")
        if tuple(write.source.key) != entity.key or len(keys) != len(entity.key):
            return _rejected(write, f"the key of {write.source.object} is {', '.join(entity.key)}")
        version = self._version(write)
        if isinstance(version, Outcome):
            return version
        here = write.source.object + key_predicate(dialect, entity, keys)
        own = {f: v for f, v in write.values.items() if len(path_of(f)) == 1}
        parts = [Part(dialect.update, here, _body(dialect, entity, own), _if_match(version.get("etag")))] if own else []
        for relation in dict.fromkeys(path_of(f)[0] for f in write.values if len(path_of(f)) > 1):
            if relation not in entity.navigations:
                return _rejected(write, f"{write.source.object} has no relation {relation}")
            body = _body(dialect, service.behind(entity, relation), _behind(write, relation))
            known = version.get("behind", {}).get(relation)
            if known is None:  # there is no record behind the relation yet
                parts.append(Part("POST", f"{here}/{relation}", body))
            else:
                parts.append(Part(dialect.update, known["url"], body, _if_match(known["etag"])))
        if len(parts) == 1:
            return parts
        return [Part(p.method, p.url, p.body, p.headers, group) for p in parts]

    def _version(self, write: Write) -> dict[str, Any] | Outcome:
        """The ETags that were read before; those of now if the caller has none, or not of all records that it changes."""
        said = _read(write.version)
        relations = {path_of(f)[0] for f in write.values if len(path_of(f)) > 1}
        if said is not None and relations <= set(said.get("behind", {})):
            return said
        now = self._fetch(write.source, [write.key or ""], list(write.values)).get(write.key or "")
        if now is None:
            return _rejected(write, "the record does not exist")
        current = _read(now.version) or {}
        if said is not None:
            current["etag"] = said.get("etag")
        return current

    def _outcome(self, write: Write, parts: Sequence[Part], answers: Sequence[PartAnswer | NoAnswer]) -> Outcome:
        """The worst answer counts; what may be done in part is UNKNOWN, for the reader to find out."""
        each = [self._judged(answer) for answer in answers]
        statuses = {status for status, _ in each}
        words = "; ".join(dict.fromkeys(text for _, text in each if text))
        if statuses == {OutcomeStatus.OK}:
            return Outcome(write.action_id, OutcomeStatus.OK, write.key or self._new_key(write, answers[0]))
        done = [part for part, (status, _) in zip(parts, each, strict=True) if status is OutcomeStatus.OK]
        if OutcomeStatus.UNKNOWN in statuses or (done and not self._undone(write, done)):
            said = f"done in part: {words}" if done else words
            return Outcome(write.action_id, OutcomeStatus.UNKNOWN, write.key, said)
        worst = OutcomeStatus.CONFLICT if OutcomeStatus.CONFLICT in statuses else OutcomeStatus.REJECTED
        return Outcome(write.action_id, worst, write.key, words, locked=not done and all(map(_met_a_lock, answers)))

    def _undone(self, write: Write, done: Sequence[Part]) -> bool:
        """Whether a read shows that parts of a failed group, which were answered as done, were taken back, as SAP's CAP does."""
        try:
            now = self._fetch(write.source, [write.key or ""], list(write.values)).get(write.key or "")
        except RetryLater:
            return False
        version = (_read(now.version) if now else None) or {}
        behind = version.get("behind", {})
        etags = {known["url"]: known["etag"] for known in behind.values() if known}
        for part in done:
            before = part.headers.get(_IF_MATCH)
            if part.method == "POST":  # a record behind a relation that had none
                same = behind.get(part.url.rpartition("/")[2], part) is None
            else:
                same = before is not None and before == etags.get(part.url, version.get("etag"))
            if not same:
                return False
        return True

    def _judged(self, answer: PartAnswer | NoAnswer) -> tuple[OutcomeStatus, str]:
        if isinstance(answer, NoAnswer):
            return answer.status, answer.reason
        if answer.status < 300:  # noqa: PLR2004  # done
            return OutcomeStatus.OK, ""
        words = self._http.masked(said_in(answer.body)) if answer.body else f"status {answer.status}"
        if answer.status in _CONFLICT:
            return OutcomeStatus.CONFLICT, words
        not_processed = answer.status == 429 or (answer.status == 503 and "retry-after" in answer.headers)  # noqa: PLR2004  # busy
        if answer.status >= 500 and not not_processed:  # noqa: PLR2004  # it broke while it worked
            return OutcomeStatus.UNKNOWN, words
        return OutcomeStatus.REJECTED, words

    def _new_key(self, write: Write, answer: PartAnswer | NoAnswer) -> str | None:
        body = self._metadata()[1].record(answer.body) if isinstance(answer, PartAnswer) else {}
        values = [body.get(k, write.values.get(k)) for k in write.source.key]
        return "/".join(map(str, values)) if all(v is not None for v in values) else None


def _met_a_lock(answer: PartAnswer | NoAnswer) -> bool:
    """Whether it was refused only because somebody holds the record at the moment, as SAP says it."""
    if isinstance(answer, NoAnswer):
        return False
    return answer.status == _LOCKED or (answer.status == _TAKEN and "lock" in said_in(answer.body).lower())


def _rejected(write: Write, words: str) -> Outcome:
    return Outcome(write.action_id, OutcomeStatus.REJECTED, write.key, words)


def _if_match(etag: object) -> dict[str, str]:
    return {_IF_MATCH: str(etag)} if etag else {}


def _read(version: str | None) -> dict[str, Any] | None:
    try:
        read = json.loads(version) if version else None
    except ValueError:
        return {"etag": version, "behind": {}}
    return read if isinstance(read, dict) else None


def _body(dialect: Dialect, entity: EntityType, values: Mapping[str, Any]) -> dict[str, Any]:
    return {f: dialect.json(v, entity.kind(f)) for f, v in values.items()}


def _behind(write: Write, relation: str) -> dict[str, Any]:
    return {path_of(f)[1]: v for f, v in write.values.items() if len(path_of(f)) > 1 and path_of(f)[0] == relation}


def _deep(service: Service, dialect: Dialect, entity: EntityType, write: Write) -> dict[str, Any]:
    """The body of a create: fields behind a relation become a record inside it."""
    body = _body(dialect, entity, {f: v for f, v in write.values.items() if len(path_of(f)) == 1})
    if write.external_id:
        field, value = write.external_id
        body[field] = dialect.json(value, entity.kind(field))
    for relation in dict.fromkeys(path_of(f)[0] for f in write.values if len(path_of(f)) > 1):
        navigation = entity.navigations.get(relation)
        nested = _body(dialect, service.behind(entity, relation), _behind(write, relation))
        if any(v is not None for v in nested.values()):
            body[relation] = nested if navigation and not navigation.many else [nested]
    return body
