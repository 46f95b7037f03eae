"""OData's $filter to an SQL condition.

eq ne gt ge lt le, and or not, in, contains startswith endswith, tolower toupper trim; literals: text, number, date, time, null.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NoReturn

from reconcile.sandbox.objects import FieldSpec, ObjectSpec
from reconcile.sandbox.odata.errors import bad_request
from reconcile.sandbox.store import joined, quoted, time_text

_TOKEN = re.compile(
    r"""\s*(?:
    (?P<string>'(?:[^']|'')*')
  | (?P<datetime>\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+\- ]\d\d:\d\d))
  | (?P<date>\d{4}-\d\d-\d\d(?![\dT]))
  | (?P<decimal>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
  | (?P<name>[A-Za-z_][\w/]*)
  | (?P<symbol>[(),])
  )""",
    re.VERBOSE,
)
_COMPARISONS = {"eq": "IS", "ne": "IS NOT", "gt": ">", "ge": ">=", "lt": "<", "le": "<="}
_TEXT_TESTS: dict[str, Callable[[str, str], str]] = {
    "contains": lambda whole, part: f"instr({whole}, {part}) > 0",
    "startswith": lambda whole, part: f"substr({whole}, 1, length({part})) = {part}",
    "endswith": lambda whole, part: f"({part} = '' OR substr({whole}, -length({part})) = {part})",
}
_TEXT_FUNCTIONS = {"tolower": "lower", "toupper": "upper", "trim": "trim"}


@dataclass(frozen=True)
class _Term:
    """One side of a comparison: SQL, its values, and its type."""

    sql: str
    values: tuple[str, ...]
    type: str
    field: FieldSpec | None = None


Condition = tuple[str, tuple[str, ...]]


def condition(text: str, spec: ObjectSpec) -> Condition:
    """SQL and its values. Raises Refused with 400 for what is no filter or names what the object does not have."""
    try:
        return _Parser(text, spec).whole()
    except RecursionError:
        raise bad_request("The filter is nested too deeply", target="$filter") from None


def compared(field: FieldSpec) -> str:
    """A column as it is compared and sorted: numbers by value, times without their mark."""
    column = quoted(field.name)
    if field.type == "decimal":
        return f"CAST({column} AS NUMERIC)"
    return f"rtrim({column}, 'Z')" if field.type == "datetime" else column


class _Parser:
    """Reads a filter from left to right, one token ahead."""

    def __init__(self, text: str, spec: ObjectSpec) -> None:
        self._spec = spec
        self._text = text
        self._tokens: list[tuple[str, str]] = []
        self._place = 0
        start = 0
        while text[start:].strip():
            match = _TOKEN.match(text, start)
            if match is None or match.lastgroup is None:
                raise bad_request(f"Invalid filter at position {start}: {text[start : start + 20]!r}", target="$filter")
            self._tokens.append((match.lastgroup, match.group(match.lastgroup)))
            start = match.end()

    def whole(self) -> Condition:
        result = self._any()
        if self._place < len(self._tokens):
            self._fail()
        return result

    def _any(self) -> Condition:
        parts = [self._all()]
        while self._has("or"):
            parts.append(self._all())
        return _joined(parts, "OR")

    def _all(self) -> Condition:
        parts = [self._one()]
        while self._has("and"):
            parts.append(self._one())
        return _joined(parts, "AND")

    def _one(self) -> Condition:
        if self._has("not"):
            sql, values = self._one()
            return f"NOT ({sql})", values
        if self._has("("):
            inner = self._any()
            self._expect(")")
            return inner
        if self._peek() in _TEXT_TESTS:
            return self._text_test()
        left = self._term()
        if self._has("in"):
            return self._listed(left)
        operator = _COMPARISONS.get(self._peek())
        if operator is None:
            self._fail()
        self._place += 1
        right = self._term()
        self._check(left, right)
        if operator not in ("IS", "IS NOT") and "null" in (left.type, right.type):
            return "0", ()
        return f"{left.sql} {operator} {right.sql}", left.values + right.values

    def _text_test(self) -> Condition:
        test = _TEXT_TESTS[self._next()[1]]
        self._expect("(")
        whole = self._term()
        self._expect(",")
        part = self._term()
        self._expect(")")
        if {whole.type, part.type} != {"string"}:
            raise bad_request("Functions on text need text", target="$filter")
        if self._has("eq") and not self._has("true"):
            self._fail()
        if whole.values:
            raise bad_request("Functions on text want a property first", target="$filter")
        times = test("", "?").count("?")
        return test(whole.sql, part.sql), part.values * times

    def _listed(self, left: _Term) -> Condition:
        self._expect("(")
        terms = [self._term()]
        while self._has(","):
            terms.append(self._term())
        self._expect(")")
        for term in terms:
            self._check(left, term)
        sql = f"{left.sql} IN ({', '.join(term.sql for term in terms if term.type != 'null')})"
        if any(term.type == "null" for term in terms):
            sql = f"({sql} OR {left.sql} IS NULL)"
        values = left.values + tuple(value for term in terms for value in term.values)
        return sql, values

    def _term(self) -> _Term:
        kind, text = self._next()
        if kind not in ("name", "symbol"):
            return _literal(kind, text)
        if text == "null":
            return _Term("NULL", (), "null")
        if text in _TEXT_FUNCTIONS and self._has("("):
            inner = self._term()
            self._expect(")")
            return _Term(f"{_TEXT_FUNCTIONS[text]}({inner.sql})", inner.values, inner.type, inner.field)
        field = self._spec.field(text) if kind == "name" else None
        if field is None:
            raise bad_request(f"Property {text!r} not found in type {self._spec.name}Type", target="$filter")
        return _Term(compared(field), (), field.type, field)

    def _check(self, left: _Term, right: _Term) -> None:
        if left.type != right.type and "null" not in (left.type, right.type):
            name = (left.field or right.field or FieldSpec("literal")).name
            raise bad_request(f"Incompatible types in a comparison with {name}: {left.type} and {right.type}", target="$filter")

    def _peek(self) -> str:
        if self._place >= len(self._tokens):
            return ""
        kind, text = self._tokens[self._place]
        return text if kind in ("name", "symbol") else ""

    def _has(self, word: str) -> bool:
        found = self._peek() == word
        self._place += found
        return found

    def _expect(self, word: str) -> None:
        if not self._has(word):
            self._fail()

    def _next(self) -> tuple[str, str]:
        if self._place >= len(self._tokens):
            self._fail()
        self._place += 1
        return self._tokens[self._place - 1]

    def _fail(self) -> NoReturn:
        where = f"at {self._tokens[self._place][1]!r}" if self._place < len(self._tokens) else "at its end"
        raise bad_request(f"Invalid filter {where}: {self._text[:200]}", target="$filter")


def _literal(kind: str, text: str) -> _Term:
    """A value written out in the filter."""
    if kind == "string":
        return _Term("?", (text[1:-1].replace("''", "'"),), kind)
    if kind == "decimal":
        return _Term("CAST(? AS NUMERIC)", (text,), kind)
    if kind == "date":
        return _Term("?", (text,), kind)
    try:
        moment = dt.datetime.fromisoformat(text.replace(" ", "+"))  # an unescaped plus arrives as a blank
    except ValueError:
        raise bad_request(f"{text} is no time", target="$filter") from None
    return _Term("?", (time_text(moment).removesuffix("Z"),), kind)


def _joined(parts: Sequence[Condition], operator: str) -> Condition:
    return joined([sql for sql, _ in parts], operator), tuple(value for _, values in parts for value in values)
