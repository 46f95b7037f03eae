"""What django-crm 0.9 has: its objects, their fields, how each is read and written, and what an update must repeat.

Apart from the connector, because it is all declarations: django-crm publishes no metadata.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from reconcile.connect.numbers import number_of, whole_of
from reconcile.connect.pages import first_at, path_of
from reconcile.connect.port import ObjectShape, Value
from reconcile.results import Rules

Record = Mapping[str, Any]
"""One record as django-crm says it."""

_TAG = re.compile(r"[A-Za-z0-9]+(?:[-_][A-Za-z0-9]+)*", re.ASCII)
_TAG_LENGTH = 20
_DTYPES: Mapping[str, pl.DataType] = {"number": pl.Float64(), "whole": pl.Int64(), "truth": pl.Boolean()}


@dataclass(frozen=True)
class Place:
    """One field: its kind (text, number, whole, truth, date, ref, refs or tags), and by which name it is written."""

    kind: str = "text"
    writes: str | None = None
    """None if it is only read."""


@dataclass(frozen=True)
class Crm:
    """One object of django-crm."""

    parts: tuple[tuple[str, ...], ...]
    """Where the lists of records stand in an answer; several are paged together."""
    counts: tuple[tuple[str, ...], ...]
    """Where the number of records stands, for each of the lists."""
    record: str
    """Where the one record stands in the answer to a request for it."""
    fields: Mapping[str, Place]
    repeats: tuple[str, ...]
    """Fields that an update must say again: it is refused without them, or it empties them."""
    natural: str
    """The field of which django-crm takes no value twice."""
    search: Mapping[str, str] = field(default_factory=dict)
    """Fields by which it can be asked for records that contain a text, and the names of the parameters."""
    filters: frozenset[str] = frozenset()
    """Parameters that `where` may use."""
    blanks: tuple[str, ...] = ()
    """Fields that a new record must name, if only to say that they hold nothing."""
    missing_status: int = 404
    """What it answers for a record that is not there."""

    def shape(self, rules: Rules) -> ObjectShape:
        """All fields, those behind relations, and what is demanded of them."""
        relations: dict[str, frozenset[str]] = {}
        for step, *rest in map(path_of, self.fields):
            if rest:
                relations[step] = relations.get(step, frozenset()) | {rest[0]}
        return ObjectShape(frozenset(self.fields), relations, rules)

    def value(self, record: Record, name: str) -> Value:
        """The value of a field; ids and several of them as text, numbers as float."""
        place = self.fields.get(name, Place())
        raw = record.get(name) if place.kind in ("refs", "tags") else first_at(record, path_of(name))
        return None if raw is None else _READ.get(place.kind, _plain)(raw)

    def page(self, records: Sequence[Record], names: Sequence[str]) -> pl.DataFrame:
        """One row for each record."""
        schema = {name: _DTYPES.get(self.fields.get(name, Place()).kind, pl.String()) for name in dict.fromkeys(names)}
        return pl.DataFrame({name: [self.value(r, name) for r in records] for name in schema}, schema=schema)

    def version(self, record: Record) -> str:
        """A digest of all fields: what tells that a record was changed where nothing says when."""
        said = json.dumps([self.value(record, name) for name in self.fields], ensure_ascii=False)
        return hashlib.sha256(said.encode()).hexdigest()

    def body(self, values: Mapping[str, Value], record: Record | None = None) -> dict[str, Any]:
        """What a write sends: the values, and of a record that is there what it must repeat. Raises ValueError."""
        repeated = dict.fromkeys(self.blanks) if record is None else {name: self._kept(record, name) for name in self.repeats}
        out = {self.fields[name].writes or name: value for name, value in repeated.items()}
        for name, value in values.items():
            place = self.fields.get(name)
            if place is None or place.writes is None:
                raise ValueError(f"there is no field {name}" if place is None else f"{name} can only be read")
            try:
                out[place.writes] = _written(value, place.kind)
                if place.kind == "tags":
                    _check_tags(str(value or ""))
            except ValueError as error:
                raise ValueError(f"{name}: {value!r} can't be written: {error}") from error
        return out

    def _kept(self, record: Record, name: str) -> Any:
        kind = self.fields[name].kind
        return json.dumps(slugs_of(record)) if kind == "tags" else _written(self.value(record, name), kind)


def slugs_of(record: Record) -> list[str]:
    """By what django-crm knows the tags of a record; a name without a single Latin letter or digit leaves an empty text."""
    return [tag["slug"] for tag in record.get("tags") or ()]


def texts_of(value: object) -> list[str]:
    """The single texts of a field that holds several, joined by commas."""
    return [text for text in (part.strip() for part in str(value or "").split(",")) if text]


def is_tag(text: str) -> bool:
    """Whether a text can be a tag that is found again by just this text: django-crm keeps 20 letters, digits, - and _."""
    return _TAG.fullmatch(text) is not None and len(text) <= _TAG_LENGTH


def _check_tags(text: str) -> None:
    for tag in texts_of(text):
        if not is_tag(tag):
            raise ValueError(f"a tag has letters from a to z, digits, - and _ only, at most {_TAG_LENGTH}")


def _plain(raw: Any) -> Value:
    return raw if isinstance(raw, bool | str) else str(raw)


def _id_of(raw: Any) -> str:
    return str(raw["id"] if isinstance(raw, Mapping) else raw)


_READ: Mapping[str, Callable[[Any], Value]] = {
    "number": float,
    "whole": int,
    "truth": bool,
    "ref": _id_of,
    "refs": lambda raw: ", ".join(sorted((_id_of(each) for each in raw), key=int)),
    "tags": lambda raw: ", ".join(sorted(each["name"] for each in raw)),
}


def _written(value: Value, kind: str) -> Any:
    """A value as it is sent. Raises ValueError if it can't be one."""
    if kind == "refs":
        return json.dumps([whole_of(each) for each in texts_of(value)])
    if kind == "tags":
        return json.dumps(texts_of(value), ensure_ascii=False)
    if value is None:
        return None
    return _WRITTEN.get(kind, str)(value)


_WRITTEN: Mapping[str, Callable[[Value], Any]] = {
    "number": lambda value: f"{number_of(value):f}",
    "whole": whole_of,
    "ref": whole_of,
    "date": lambda value: _day(str(value)),
}


def _day(text: str) -> str:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        raise ValueError("it is no date")
    return text


def _texts(*names: str) -> dict[str, Place]:
    return {name: Place(writes=name) for name in names}


_OWNERS = {"assigned_to": Place("refs", "assigned_to"), "teams": Place("refs", "teams")}
_MADE = {"created_by": Place("ref"), "created_by.email": Place(), "created_on": Place(), "is_active": Place("truth")}
_TAGS = {"tags": Place("tags", "tags")}
_ADDRESS = ("address_line", "street", "city", "state", "postcode", "country")
_BILLING = tuple(f"billing_{name}" for name in _ADDRESS)

OBJECTS: Mapping[str, Crm] = {
    "accounts": Crm(
        parts=(("active_accounts", "open_accounts"), ("closed_accounts", "close_accounts")),
        counts=(("active_accounts", "accounts_count"), ("closed_accounts", "accounts_count")),
        record="account_obj",
        fields={
            "id": Place("ref"),
            **_texts("name", "email", "phone", "industry", *_BILLING, "website", "description", "status"),
            "contact_name": Place(),
            "lead": Place("ref", "lead"),
            "contacts": Place("refs", "contacts"),
            **_TAGS,
            **_OWNERS,
            **_MADE,
        },
        repeats=("name", "email", *_BILLING, "contacts", "tags", "teams", "assigned_to"),
        natural="name",
        blanks=_BILLING,
        search={"name": "name", "billing_city": "city", "industry": "industry"},
        filters=frozenset({"name", "city", "industry"}),
    ),
    "contacts": Crm(
        parts=(("contact_obj_list",),),
        counts=(("contacts_count",),),
        record="contact_obj",
        fields={
            "id": Place("ref"),
            **_texts("first_name", "last_name", "email", "phone", "description"),
            **{f"address.{name}": Place(writes=name) for name in _ADDRESS},
            **_OWNERS,
            **_MADE,
        },
        repeats=("first_name", "last_name", "email", "teams", "assigned_to"),
        natural="email",
        search={"email": "email", "first_name": "name", "phone": "phone", "address.city": "city"},
        filters=frozenset({"name", "city", "phone", "email"}),
    ),
    "leads": Crm(
        parts=(("open_leads", "open_leads"), ("close_leads", "close_leads")),
        counts=(("open_leads", "leads_count"), ("close_leads", "leads_count")),
        record="lead_obj",
        fields={
            "id": Place("ref"),
            **_texts("title", "first_name", "last_name", "account_name", "phone", "email", "status", "source", "website"),
            **_texts("description", *_ADDRESS),
            "opportunity_amount": Place("number"),
            "enquiry_type": Place(),
            "created_from_site": Place("truth"),
            **_TAGS,
            **_OWNERS,
            **_MADE,
        },
        repeats=("title", "tags", "teams", "assigned_to"),
        natural="title",
        search={"title": "title", "email": "email", "city": "city"},
        filters=frozenset({"name", "title", "source", "status", "city", "email"}),
    ),
    "opportunities": Crm(
        parts=(("opportunities",),),
        counts=(("opportunities_count",),),
        record="opportunity_obj",
        fields={
            "id": Place("ref"),
            **_texts("name", "stage", "currency", "lead_source", "description"),
            "account": Place("ref", "account"),
            "account.name": Place(),
            "amount": Place("number", "amount"),
            "probability": Place("whole", "probability"),
            "closed_on": Place("date", "due_date"),
            "closed_by": Place("ref"),
            "contacts": Place("refs", "contacts"),
            **_TAGS,
            **_OWNERS,
            **_MADE,
        },
        repeats=("name", "stage", "probability", "closed_on", "contacts", "tags", "teams", "assigned_to"),
        natural="name",
        search={"name": "name"},
        filters=frozenset({"name", "stage", "lead_source", "account"}),
        missing_status=500,
    ),
}
"""By the name that `object:` gives them, which is also their place below `/api/`."""
