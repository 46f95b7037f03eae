"""Writing to django-crm: look, compare, send once, and say truthfully what is not known."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from reconcile.config.models import Source
from reconcile.connect.django_crm.objects import OBJECTS, Crm, Record, texts_of
from reconcile.connect.port import Outcome, OutcomeStatus, Value, Write
from reconcile.connect.web.http import Answer, Http, NoAnswer
from reconcile.errors import RetryLater, SendingEnded

Now = Callable[[Source, Sequence[str]], dict[str, Record]]
"""The records by key, as they are now."""
Find = Callable[[Source, str, Sequence[str]], dict[str, list[str]]]
"""Keys by the value of a field."""

_ENVELOPE = frozenset({"error", "errors", "contact_errors", "address_errors", "detail"})
_AFTER_SAVING = frozenset({"contacts", "team", "assigned_to"})
"""Of an update, django-crm checks these when it has already saved the rest."""
_CONVERTED = "a lead is converted in django-crm itself, where an account is made of it"


class Writer:
    """Writes to one django-crm.

    Args:
        http: the system.
        now: looks records up.
        find: searches for what was created.
    """

    def __init__(self, http: Http, now: Now, find: Find) -> None:
        self._http = http
        self._now = now
        self._find = find
        self._alone = threading.Lock()

    def write(self, writes: Sequence[Write]) -> list[Outcome]:
        """One after the other; then the keys of what was created are searched for together. Raises nothing."""
        outcomes = [self._write(write) for write in writes]
        created = {
            w.action_id: w for w, o in zip(writes, outcomes, strict=True) if w.key is None and o.status is OutcomeStatus.OK
        }
        keys = self._keys(list(created.values()))
        return [replace(o, key=keys.get(o.action_id)) if o.action_id in created else o for o in outcomes]

    def _keys(self, created: Sequence[Write]) -> dict[str, str]:
        """Action id to the key of the new record, if one can be told to be it."""
        places: dict[tuple[str, tuple[str, ...], str], list[tuple[Write, str]]] = {}
        for write in created:
            natural = OBJECTS[write.source.object].natural
            field, value = write.external_id or (natural, str(write.values.get(natural)))
            places.setdefault((write.source.object, write.source.key, field), []).append((write, value))
        keys: dict[str, str] = {}
        for (_, _, field), several in places.items():
            try:
                found = self._find(several[0][0].source, field, [value for _, value in several])
            except (RetryLater, SendingEnded):  # the writes are confirmed; whoever reads them back searches again
                continue
            keys |= {write.action_id: found[value][0] for write, value in several if len(found.get(value, [])) == 1}
        return keys

    def _write(self, write: Write) -> Outcome:
        """One write, and no other thread's meanwhile: django-crm looks for a name and then saves it."""
        crm = OBJECTS.get(write.source.object)
        if crm is None:
            return _outcome(write, OutcomeStatus.REJECTED, f"there are no {write.source.object}")
        try:
            with self._alone:
                return self._create(write, crm) if write.key is None else self._update(write, crm, write.key)
        except ValueError as error:
            return _outcome(write, OutcomeStatus.REJECTED, str(error))
        except RetryLater as error:  # while looking, before the write
            return _outcome(write, OutcomeStatus.REJECTED, f"not sent: {error}")
        except SendingEnded as error:  # nobody refused it, and the next push may write it
            return _outcome(write, OutcomeStatus.UNKNOWN, f"not sent: {error}")

    def _update(self, write: Write, crm: Crm, key: str) -> Outcome:
        _check(write.source.object, write.values)
        crm.body(write.values)  # what can't be written is said before anything is asked
        record = self._now(write.source, [key]).get(key)
        if record is None:
            return _outcome(write, OutcomeStatus.REJECTED, "there is no such record")
        if write.version is not None and crm.version(record) != write.version:
            words = "the record was changed by somebody else since it was read"
            return _outcome(write, OutcomeStatus.CONFLICT, words)
        url = f"/api/{write.source.object}/{record['id']}/"
        status, words = self._sent("PUT", url, crm.body(write.values, record))
        written = {name: crm.value(record, name) for name in write.source.key} | dict(write.values)
        return _outcome(write, status, words, "/".join(str(written[name]) for name in write.source.key))

    def _create(self, write: Write, crm: Crm) -> Outcome:
        values = dict(write.values)
        if write.external_id is not None:
            field, value = write.external_id
            several = dict.fromkeys([*texts_of(values.get(field)), value])
            values[field] = ", ".join(several) if field == "tags" else value
        _check(write.source.object, values)
        status, words = self._sent("POST", f"/api/{write.source.object}/", crm.body(values))
        return _outcome(write, status, words)

    def _sent(self, method: str, url: str, body: Mapping[str, Any]) -> tuple[OutcomeStatus, str]:
        """How it ended, and django-crm's words."""
        answer = self._http.write(method, url, body=body)
        if isinstance(answer, NoAnswer):
            return answer.status, answer.reason
        said = _parsed(answer)
        words = self._http.masked(words_of(said)) if said else self._http.words(answer)
        if answer.status >= 400:  # noqa: PLR2004  # errors begin here
            errors = said.get("errors")
            saved = method == "PUT" and isinstance(errors, dict) and bool(errors) and _AFTER_SAVING.issuperset(errors)
            return OutcomeStatus.UNKNOWN if saved else OutcomeStatus.REJECTED, words
        if said.get("error") is not False:
            return OutcomeStatus.UNKNOWN, f"sent, but the answer can't be read: {words}"
        return OutcomeStatus.OK, ""


def words_of(body: object) -> str:
    """What django-crm says went wrong: `name: Account already exists with this name; email: ...`."""
    return "; ".join(dict.fromkeys(_said(body, "")))


def _said(body: object, name: str) -> Iterator[str]:
    if isinstance(body, Mapping):
        for key, inner in body.items():
            yield from _said(inner, name if key in _ENVELOPE else str(key))
    elif isinstance(body, list):
        for inner in body:
            yield from _said(inner, name)
    elif isinstance(body, str):
        yield f"{name}: {body}" if name else body


def _check(name: str, values: Mapping[str, Value]) -> None:
    """Raises ValueError for a write that would do more than it says."""
    if name == "leads" and str(values.get("status")).strip().lower() == "converted":
        raise ValueError(_CONVERTED)


def _parsed(answer: Answer) -> dict[str, Any]:
    try:
        body = answer.parsed()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _outcome(write: Write, status: OutcomeStatus, words: str, key: str | None = None) -> Outcome:
    return Outcome(write.action_id, status, key if key is not None else write.key, words)
