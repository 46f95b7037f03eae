"""What the names of a SOQL query mean: objects, fields and relationship paths, as one SQL statement over the CRM's tables."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from reconcile.sandbox.objects import CRM, FieldSpec, ObjectSpec
from reconcile.sandbox.salesforce.errors import refuse
from reconcile.sandbox.salesforce.ids import eighteen
from reconcile.sandbox.salesforce.soql import Comparison, Condition, Order, Query
from reconcile.sandbox.store import joined, quoted, time_text

DATA_ROOT = "/services/data/v62.0"
_BY_NAME = {name.lower(): spec for name, spec in CRM.items()}
_WANTED = {"decimal": "number", "date": "date", "datetime": "datetime", "string": "string"}
_SPOKEN = {"decimal": "double", "datetime": "dateTime"}


def sobject(name: str) -> ObjectSpec | None:
    """The object of that name, in whatever case; None if there is none."""
    return _BY_NAME.get(name.lower())


def field_of(spec: ObjectSpec, name: str) -> FieldSpec | None:
    """The field of that name, in whatever case; None if there is none."""
    return next((f for f in spec.fields if f.name.lower() == name.lower()), None)


@dataclass
class _Shape:
    """One record of the answer: what object it is, where its id stands in a row, its fields and the records it refers to."""

    spec: ObjectSpec
    alias: str
    id_column: int
    fields: dict[str, int] = field(default_factory=dict)
    parents: dict[str, _Shape] = field(default_factory=dict)


@dataclass(frozen=True)
class Statement:
    """One SQL statement with its values, and how its rows become records."""

    sql: str
    values: tuple[str | int, ...]
    shape: _Shape

    def records(self, rows: Iterable[tuple[Any, ...]]) -> list[dict[str, Any]]:
        """Salesforce's records, with their attributes and nested parents."""
        plain = not self.shape.parents
        return [_flat(self.shape, row) if plain else _nested(self.shape, row) for row in rows]


def translate(query: Query) -> Statement:
    """The statement for a query. Raises Refused with INVALID_TYPE or INVALID_FIELD for names the CRM does not have."""
    spec = sobject(query.sobject)
    if spec is None:
        message = (
            f"sObject type '{query.sobject}' is not supported. If you are attempting to use a custom object, be sure to append "
        )
        raise refuse("INVALID_TYPE", f"{message}the '__c' after the entity name.")
    return _Translation(spec).statement(query)


class _Translation:
    """Joins, columns and values as they are met on the way through the tree."""

    def __init__(self, spec: ObjectSpec) -> None:
        self._columns = ['t0."Id"']
        self._root = _Shape(spec, "t0", 0)
        self._aliases: dict[str, str] = {"": "t0"}
        self._joins: list[str] = []

    def statement(self, query: Query) -> Statement:
        root = self._root.spec
        for path in query.fields if query.count is None else ():
            self._select(path)
        for path in query.fields if query.count else ():
            self._resolve(path)
        condition, values = self._condition(query.where) if query.where else ("1", [])
        order = [self._order(term) for term in query.order]
        columns = "count(*)" if query.count else ", ".join(self._columns)
        sql = f"SELECT {columns} FROM {quoted(root.name)} t0 {' '.join(self._joins)} WHERE {condition}"  # noqa: S608 - names are quoted
        if query.count is None:
            sql += f" ORDER BY {', '.join([*order, 't0.' + quoted('Id')])} LIMIT ? OFFSET ?"
            values += [-1 if query.limit is None else query.limit, query.offset]
        return Statement(sql, tuple(values), self._root)

    def _select(self, path: str) -> None:
        spec, alias, found, relations = self._resolve(path)
        shape = self._root
        for relation in relations:
            if relation not in shape.parents:
                parent = CRM[shape.spec.relations[relation][0]]
                prefix = f"{shape.alias}.{relation}"
                self._columns.append(f'{self._aliases[prefix]}."Id"')
                shape.parents[relation] = _Shape(parent, self._aliases[prefix], len(self._columns) - 1)
            shape = shape.parents[relation]
        if found.name in shape.fields:
            raise refuse("MALFORMED_QUERY", f"duplicate field selected: {path}")
        shape.fields[found.name] = len(self._columns)
        self._columns.append(_answered(f"{alias}.{quoted(found.name)}", found))
        assert shape.spec is spec

    def _resolve(self, path: str) -> tuple[ObjectSpec, str, FieldSpec, list[str]]:
        """The object, its table's alias, the field, and the relations on the way, joined where they were not yet."""
        *steps, last = path.split(".")
        spec, alias, relations = self._root.spec, "t0", []
        if len(steps) == 1 and steps[0].lower() == spec.name.lower():
            steps = []
        for step in steps:
            relation = next((name for name in spec.relations if name.lower() == step.lower()), None)
            if relation is None:
                message = (
                    f"Didn't understand relationship '{step}' in field path. If you are attempting to use a custom relationship, "
                )
                raise refuse("INVALID_FIELD", f"{message}be sure to append the '__r' after the custom relationship name.")
            relations.append(relation)
            spec, alias = self._joined(spec, alias, relation)
        found = field_of(spec, last)
        if found is None:
            message = f"No such column '{last}' on entity '{spec.name}'. If you are attempting to use a custom field, "
            raise refuse("INVALID_FIELD", f"{message}be sure to append the '__c' after the custom field name.")
        return spec, alias, found, relations

    def _joined(self, spec: ObjectSpec, alias: str, relation: str) -> tuple[ObjectSpec, str]:
        other, columns = spec.relations[relation]
        prefix = f"{alias}.{relation}"
        if prefix not in self._aliases:
            new = f"t{len(self._aliases)}"
            self._aliases[prefix] = new
            on = " AND ".join(f"{new}.{quoted(theirs)} = {alias}.{quoted(ours)}" for theirs, ours in columns.items())
            self._joins.append(f"LEFT JOIN {quoted(other)} {new} ON {on}")
        return CRM[other], self._aliases[prefix]

    def _order(self, term: Order) -> str:
        _, alias, found, _ = self._resolve(term.path)
        direction = "DESC" if term.descending else "ASC"
        nulls = "" if term.nulls_first is None else " NULLS FIRST" if term.nulls_first else " NULLS LAST"
        return f"{_compared(f'{alias}.{quoted(found.name)}', found)} {direction}{nulls}"

    def _condition(self, condition: Condition) -> tuple[str, list[str | int]]:
        if isinstance(condition, Comparison):
            return self._comparison(condition)
        parts = [self._condition(part) for part in condition.parts]
        values = [value for _, bound in parts for value in bound]
        if condition.operator == "NOT":
            return f"NOT ifnull({parts[0][0]}, 0)", values
        return joined([sql for sql, _ in parts], condition.operator), values

    def _comparison(self, comparison: Comparison) -> tuple[str, list[str | int]]:
        _, alias, found, _ = self._resolve(comparison.path)
        column = f"{alias}.{quoted(found.name)}"
        compared = _compared(column, found)
        operator = comparison.operator
        if operator in ("IN", "NOT IN"):
            return _listed(comparison, found, column, compared)
        (operand,) = comparison.values
        if operand.kind == "null":
            if operator not in ("=", "!="):
                raise _wrong(comparison, found)
            return f"{column} IS {'NOT ' if operator == '!=' else ''}NULL", []
        if operator == "LIKE":
            if found.type != "string" or operand.kind != "string":
                raise _wrong(comparison, found)
            return f"{column} LIKE ? ESCAPE '\\'", [operand.pattern]
        value = _value(comparison, found, operand.kind, operand.text)
        place = "CAST(? AS NUMERIC)" if found.type == "decimal" else "?"
        return f"{compared} {'IS NOT' if operator == '!=' else operator} {place}", [value]


def _listed(comparison: Comparison, found: FieldSpec, column: str, compared: str) -> tuple[str, list[str | int]]:
    """IN and NOT IN, where null is a value like others."""
    values: list[str | int] = [_value(comparison, found, o.kind, o.text) for o in comparison.values if o.kind != "null"]
    has_null = any(o.kind == "null" for o in comparison.values)
    place = "CAST(? AS NUMERIC)" if found.type == "decimal" else "?"
    inside = f"{compared} IN ({', '.join([place] * len(values))})"
    if comparison.operator == "IN":
        return (f"({inside} OR {column} IS NULL)" if has_null else inside), values
    outside = f"NOT ifnull({inside}, 0)"
    return (f"({outside} AND {column} IS NOT NULL)" if has_null else outside), values


def _value(comparison: Comparison, found: FieldSpec, kind: str, text: str) -> str:
    """The operand as the column is compared. Raises Refused if it is of another type."""
    if kind != _WANTED[found.type]:
        raise _wrong(comparison, found)
    if kind == "datetime":
        try:
            return time_text(dt.datetime.fromisoformat(text)).removesuffix("Z")
        except ValueError:
            raise refuse("INVALID_QUERY_FILTER_OPERATOR", f"invalid dateTime '{text}'") from None
    if found.name == "Id" or found.refers_to:
        identifier = eighteen(text)
        if identifier is None:
            raise refuse("INVALID_QUERY_FILTER_OPERATOR", f"invalid ID field: {text}")
        return identifier
    return text


def _wrong(comparison: Comparison, found: FieldSpec) -> Exception:
    spoken = _SPOKEN.get(found.type, found.type)
    quotes = "should be enclosed in quotes" if found.type == "string" else "should not be enclosed in quotes"
    message = f"value of filter criterion for field '{comparison.path}' must be of type {spoken} and {quotes}"
    return refuse("INVALID_FIELD", message)


def _compared(column: str, spec: FieldSpec) -> str:
    """A column as it is compared and sorted: numbers by value, times without their mark, text without regard to case."""
    if spec.type == "decimal":
        return f"CAST({column} AS NUMERIC)"
    if spec.type == "datetime":
        return f"rtrim({column}, 'Z')"
    return column if spec.name == "Id" or spec.refers_to or spec.type == "date" else f"{column} COLLATE NOCASE"


def _answered(column: str, spec: FieldSpec) -> str:
    """A column as it is answered: numbers, and times as Salesforce writes them."""
    if spec.type == "decimal":
        return f"CAST({column} AS REAL)"
    if spec.type == "datetime":
        return f"substr({column}, 1, 19) || '.000+0000'"
    return column


def _attributes(spec: ObjectSpec, identifier: str) -> dict[str, str]:
    return {"type": spec.name, "url": f"{DATA_ROOT}/sobjects/{spec.name}/{identifier}"}


def _flat(shape: _Shape, row: tuple[Any, ...]) -> dict[str, Any]:
    record: dict[str, Any] = {"attributes": _attributes(shape.spec, row[shape.id_column])}
    for name, place in shape.fields.items():
        record[name] = row[place]
    return record


def _nested(shape: _Shape, row: tuple[Any, ...]) -> dict[str, Any]:
    record = _flat(shape, row)
    for relation, parent in shape.parents.items():
        record[relation] = None if row[parent.id_column] is None else _nested(parent, row)
    return record


def whole_record(spec: ObjectSpec, row: Mapping[str, str | None]) -> dict[str, Any]:
    """A stored row as Salesforce answers a record, all fields."""
    record: dict[str, Any] = {"attributes": _attributes(spec, str(row["Id"]))}
    for described in spec.fields:
        record[described.name] = answered_value(described, row[described.name])
    return record


def answered_value(described: FieldSpec, value: str | None) -> str | float | None:
    """One stored value as Salesforce answers it."""
    if value is None or described.type in ("string", "date"):
        return value
    return float(value) if described.type == "decimal" else f"{value[:19]}.000+0000"
