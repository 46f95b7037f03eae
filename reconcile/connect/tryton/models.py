"""What Tryton says of its models, and how records of theirs are read: columns, and paths one step behind a relation."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from reconcile.connect.pages import path_of
from reconcile.connect.port import ObjectShape, Value
from reconcile.connect.tryton.rpc import Rpc
from reconcile.connect.tryton.rules import behind_a_relation, of_a_word, rule_of
from reconcile.connect.tryton.values import value_read
from reconcile.connect.tryton.where import PLACES, STOCK, STOCKED
from reconcile.errors import SystemRefused
from reconcile.results import FieldRule

STAMP = "_timestamp"
"""When a record was last written, also if it never was since its creation; what a write is made conditional on."""
MANY = frozenset({"one2many", "many2many"})
_ONE = frozenset({"many2one", "one2one"})
WORDS: Mapping[str, str] = {
    "country.country": "code",
    "country.subdivision": "code",
    "currency.currency": "code",
    "product.uom": "symbol",
    "ir.lang": "code",
    "account.invoice.payment_term": "name",
}
"""Lists from which a record chooses one, by the field that people know their entries by. A path to it can be written."""
_NOT_PLAIN = MANY | {"binary", "dict", "multiselection"}
_DTYPES: Mapping[str, pl.DataType] = {
    **dict.fromkeys(("numeric", "float", "timedelta"), pl.Float64()),
    **dict.fromkeys(("integer", "biginteger"), pl.Int64()),
    "boolean": pl.Boolean(),
}


_NO_RULE = FieldRule()


@dataclass(frozen=True)
class Field:
    """One field of a model: its type in Tryton's words, and the model behind it."""

    kind: str
    relation: str | None = None
    rule: FieldRule = _NO_RULE
    """What is demanded of its values."""


_NOTHING = Field("nothing")


class Models:
    """The models of one database, asked for once.

    Args:
        rpc: the system.
    """

    def __init__(self, rpc: Rpc) -> None:
        self._rpc = rpc
        self._known: dict[str, Mapping[str, Field] | None] = {}
        self._warehouses: list[int] | None = None
        self._chosen: dict[tuple[str, str], int] = {}

    def fields(self, model: str) -> Mapping[str, Field] | None:
        """The model's fields by name, or None if there is no such model. Raises what `Rpc.ask` raises."""
        if model not in self._known:
            there = self._rpc.ask("model.ir.model.search_count", [["name", "=", model]])
            said = self._rpc.ask(f"model.{model}.fields_get", []) if there else None
            if there and not isinstance(said, dict):
                raise self._rpc.unreadable(f"it does not describe {model}")
            self._known[model] = None if said is None else {**_fields(said), STAMP: Field("stamp"), "id": Field("id")}
        return self._known[model]

    def field(self, model: str, name: str) -> Field:
        """What stands at a name or a path; text if nobody knows it, so that the system says what is wrong."""
        step, *rest = path_of(name)
        field = (self.fields(model) or {}).get(step, Field("char"))
        return self.field(field.relation, ".".join(rest)) if rest and field.relation else field

    def dtype(self, model: str, name: str) -> pl.DataType:
        """What a column of this field holds."""
        return _DTYPES.get(self.field(model, name).kind, pl.String())

    def shape(self, model: str, fixed: Collection[str] = ()) -> ObjectShape | None:
        """The plain fields, those of the models one step behind relations, and what these choose from a list.

        Args:
            model: its name in Tryton.
            fixed: fields that a new record is given in any case.
        """
        fields = self.fields(model)
        if fields is None:
            return None
        relations = {name: self._behind(f.relation) for name, f in fields.items() if f.relation and f.kind in MANY | _ONE}
        paths = {f"{relation}.{name}" for relation, names in relations.items() for name in names}
        rules = self._rules(model, fields)
        words = self._words(fields, rules)
        given = {name: replace(rules[name], defaulted=True) for name in fixed if name in rules}
        return ObjectShape(_plain(fields) | paths | words.keys(), relations, {**rules, **words, **given})

    def _rules(self, model: str, fields: Mapping[str, Field]) -> dict[str, FieldRule]:
        """By name, and by path one step behind a relation. What Tryton gives a new record need not be given.

        That is what has a default, and a number beside which a field such as `code_readonly` says when Tryton counts.
        """
        needed = [name for name, field in fields.items() if field.rule.required]
        try:
            given = self._rpc.ask(f"model.{model}.default_get", needed, False) if needed else {}
        except SystemRefused:  # a model whose defaults this user may not see
            given = dict.fromkeys(needed, True)
        defaults = {name for name, value in given.items() if value is not None} if isinstance(given, dict) else set[str]()
        defaults |= {name for name in needed if f"{name}_readonly" in fields}
        rules = {name: replace(field.rule, defaulted=name in defaults) for name, field in fields.items()}
        for relation, field in fields.items():
            if field.relation and field.kind in MANY | _ONE:
                inner = self._known.get(field.relation) or {}
                many = field.kind in MANY
                rules |= {f"{relation}.{name}": behind_a_relation(each.rule, several=many) for name, each in inner.items()}
        return rules

    def _words(self, fields: Mapping[str, Field], rules: Mapping[str, FieldRule]) -> dict[str, FieldRule]:
        """The paths to the words of lists, of the record itself and of those behind its relations."""
        out = {f"{name}.{word}": of_a_word(rules[name]) for name, word in _lists(fields)}
        for relation, field in fields.items():
            if field.relation and field.kind in MANY | _ONE and field.relation not in WORDS:
                for name, word in _lists(self._known.get(field.relation) or {}):
                    out[f"{relation}.{name}.{word}"] = of_a_word(rules[f"{relation}.{name}"])
        return out

    def list_behind(self, model: str, name: str) -> tuple[str, str] | None:
        """Of a path to a word of a list: the path of the field that chooses, and the list's model; None of any other name."""
        *steps, word = path_of(name)
        field = self.field(model, ".".join(steps)) if steps else _NOTHING
        entries = field.relation if field.kind in _ONE else None
        return (".".join(steps), entries) if entries and WORDS.get(entries) == word else None

    def chosen(self, model: str, word: str) -> int:
        """The id of a list's entry. Raises ValueError if none, or more than one, is known by this word."""
        if (model, word) not in self._chosen:
            ids = self._rpc.ask(f"model.{model}.search", [[WORDS[model], "=", word]], 0, 2, None)
            if not isinstance(ids, list) or len(ids) != 1:
                raise ValueError(f"{'several entries' if ids else 'no entry'} of {model} with this {WORDS[model]}")
            self._chosen[model, word] = ids[0]
        return self._chosen[model, word]

    def context(self, model: str, names: Sequence[str], given: Mapping[str, Any]) -> Mapping[str, Any]:
        """The context to ask for these names in: stock is that of all warehouses, unless places are given.

        Raises:
            SystemRefused: there is no warehouse; or the records belong to a company, and the user to none.
        """
        self._check_company(model)
        stock = [name for name in names if path_of(name)[-1] in STOCK and self._owner(model, name) in STOCKED]
        if not stock or PLACES & given.keys():
            return given
        if self._warehouses is None:
            self._warehouses = self._rpc.ask("model.stock.location.search", [["type", "=", "warehouse"], ["active", "=", True]])
        if not self._warehouses:
            hint = 'Name places in `where`, such as {"domain": [], "context": {"locations": [3]}}.'
            raise self._rpc.refused(f"{stock[0]} is stock, and there is no warehouse in which it is counted", hint)
        return {**given, "locations": self._warehouses}

    def _check_company(self, model: str) -> None:
        company = (self.fields(model) or {}).get("company")
        if company and company.rule.required and not self._rpc.has_company():
            hint = "Choose a company in the preferences of the user in Tryton."
            raise self._rpc.refused(f"{model} belongs to a company, and the user has none", hint)

    def _owner(self, model: str, name: str) -> str | None:
        *steps, _ = path_of(name)
        return self.field(model, ".".join(steps)).relation if steps else model

    def asked(self, model: str, names: Sequence[str], *, stamps: bool = False) -> list[str]:
        """The names as Tryton is asked for them, with what tells first records; with time stamps, if wanted."""
        out = ["id", *([STAMP] if stamps else []), *(".".join(path_of(name)) for name in names)]
        for relation in relations_of(names):
            behind = self.field(model, relation).relation
            out.append(f"{relation}.id")
            if stamps:
                out.append(f"{relation}.{STAMP}")
            if behind and "active" in (self.fields(behind) or {}):
                out.append(f"{relation}.active")
        return list(dict.fromkeys(out))

    def value(self, model: str, record: Mapping[str, Any], name: str) -> Value:
        """The value of a field, or of the first record behind its relation."""
        *steps, last = path_of(name)
        first: Mapping[str, Any] | None = record
        for step in steps:
            first = first_behind(first, step) if first else None
        return value_read(first.get(last), self.field(model, name).kind) if first else None

    def page(self, model: str, records: Sequence[Mapping[str, Any]], names: Sequence[str]) -> pl.DataFrame:
        """One row for each record."""
        schema = {name: self.dtype(model, name) for name in dict.fromkeys(names)}
        return pl.DataFrame({name: [self.value(model, r, name) for r in records] for name in schema}, schema=schema)

    def _behind(self, model: str) -> frozenset[str]:
        try:
            return _plain(self.fields(model) or {})
        except SystemRefused:  # a model that this user may not see
            return frozenset()


def relations_of(names: Sequence[str]) -> list[str]:
    """The relations that the paths among the names follow."""
    return list(dict.fromkeys(path_of(name)[0] for name in names if len(path_of(name)) > 1))


def all_behind(record: Mapping[str, Any], relation: str) -> Iterator[Mapping[str, Any]]:
    """The records behind a relation."""
    behind = record.get(f"{relation}.")
    yield from behind if isinstance(behind, list) else [behind] if behind else []


def first_behind(record: Mapping[str, Any], relation: str) -> Mapping[str, Any] | None:
    """The first record behind a relation, in Tryton's order: of several, the first that is active."""
    several = isinstance(record.get(f"{relation}."), list)
    return next((each for each in all_behind(record, relation) if not several or each.get("active", True)), None)


def _fields(said: Mapping[str, Any]) -> dict[str, Field]:
    return {name: Field(str(f.get("type")), f.get("relation"), rule_of(f)) for name, f in said.items() if isinstance(f, dict)}


def _lists(fields: Mapping[str, Field]) -> Iterator[tuple[str, str]]:
    """The fields that choose from a list, each with the list's word."""
    words = ((name, WORDS.get(field.relation or "")) for name, field in fields.items() if field.kind in _ONE)
    return ((name, word) for name, word in words if word)


def _plain(fields: Mapping[str, Field]) -> frozenset[str]:
    return frozenset(name for name, field in fields.items() if field.kind not in _NOT_PLAIN)
