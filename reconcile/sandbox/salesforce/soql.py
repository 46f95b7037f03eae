"""SOQL, as far as a reconciler asks: the text of a query to a tree. What the names mean is decided in soql_sql.

SELECT fields | COUNT() | COUNT(Id)  FROM object [WHERE ...] [ORDER BY ...] [LIMIT n] [OFFSET n]
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, NoReturn

Kind = Literal["string", "number", "date", "datetime", "null", "boolean"]


@dataclass(frozen=True)
class Operand:
    """A value in a condition: its kind and its text without quotes and escapes."""

    kind: Kind
    text: str
    pattern: str = ""
    """For strings: the text as a pattern for LIKE, where a backslash stands before what is meant literally."""


@dataclass(frozen=True)
class Comparison:
    """`path operator value`; the operators IN and NOT IN have several values, the others one."""

    path: str
    operator: str
    values: tuple[Operand, ...]


@dataclass(frozen=True)
class Combined:
    """Conditions joined by AND or OR, or one condition under NOT."""

    operator: Literal["AND", "OR", "NOT"]
    parts: tuple[Condition, ...]


Condition = Comparison | Combined


@dataclass(frozen=True)
class Order:
    """One term of ORDER BY."""

    path: str
    descending: bool = False
    nulls_first: bool | None = None


@dataclass(frozen=True)
class Query:
    """A whole query. `count` is "rows" for COUNT() and "expression" for COUNT(field)."""

    fields: tuple[str, ...]
    sobject: str
    count: Literal["rows", "expression"] | None = None
    where: Condition | None = None
    order: tuple[Order, ...] = ()
    limit: int | None = None
    offset: int = 0


class MalformedQuery(Exception):
    """The text is no query; the message is what Salesforce would say."""


_TOKEN = re.compile(
    r"""\s*(?:
    (?P<string>'(?:[^'\\]|\\.)*')
  | (?P<datetime>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d))
  | (?P<date>\d{4}-\d\d-\d\d)
  | (?P<number>[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
  | (?P<name>[A-Za-z_][\w.]*)
  | (?P<symbol><=|>=|!=|<>|[=<>(),])
  )""",
    re.VERBOSE,
)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}
_KEYWORDS = {"SELECT", "FROM", "WHERE", "AND", "OR", "NOT", "IN", "LIKE", "ORDER", "BY", "LIMIT", "OFFSET", "GROUP", "HAVING"}


def parse(text: str) -> Query:
    """The tree of a query. Raises MalformedQuery."""
    try:
        return _Parser(text).query()
    except RecursionError:
        raise MalformedQuery("\nERROR at Row:1:Column:1\nthe conditions are nested too deeply") from None


class _Parser:
    """Reads a query from left to right, one token ahead."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens: list[tuple[str, str, int]] = []
        place = 0
        while text[place:].strip():
            match = _TOKEN.match(text, place)
            if match is None or match.lastgroup is None:
                self._fail(f"unexpected token: '{text[place:].strip()[:1]}'", place)
            self._tokens.append((match.lastgroup, match.group(match.lastgroup), match.start(match.lastgroup)))
            place = match.end()
        self._place = 0

    def query(self) -> Query:
        self._word("SELECT")
        fields, count = self._selection()
        self._word("FROM")
        sobject = self._name()
        where = self._any() if self._has("WHERE") else None
        order = self._order() if self._has("ORDER") else ()
        limit = self._whole() if self._has("LIMIT") else None
        offset = self._whole() if self._has("OFFSET") else 0
        if self._place < len(self._tokens):
            self._unexpected()
        return Query(fields, sobject, count, where, order, limit, offset)

    def _selection(self) -> tuple[tuple[str, ...], Literal["rows", "expression"] | None]:
        first = self._name()
        if first.upper() == "COUNT" and self._has("("):
            if self._has(")"):
                return (), "rows"
            counted = self._name()
            self._word(")")
            return (counted,), "expression"
        fields = [first]
        while self._has(","):
            fields.append(self._name())
        return tuple(fields), None

    def _order(self) -> tuple[Order, ...]:
        self._word("BY")
        terms = [self._term()]
        while self._has(","):
            terms.append(self._term())
        return tuple(terms)

    def _term(self) -> Order:
        path = self._name()
        descending = self._has("DESC")
        if not descending:
            self._has("ASC")
        nulls_first = None
        if self._has("NULLS"):
            nulls_first = self._has("FIRST")
            if not nulls_first:
                self._word("LAST")
        return Order(path, descending, nulls_first)

    def _any(self) -> Condition:
        """A chain of AND or a chain of OR; SOQL wants parentheses where both meet."""
        parts = [self._one()]
        operator: Literal["AND", "OR"] | None = None
        while self._peek() in ("AND", "OR"):
            here: Literal["AND", "OR"] = "AND" if self._peek() == "AND" else "OR"
            if operator not in (None, here):
                self._unexpected()
            operator = here
            self._place += 1
            parts.append(self._one())
        return Combined(operator, tuple(parts)) if operator else parts[0]

    def _one(self) -> Condition:
        if self._has("NOT"):
            return Combined("NOT", (self._one(),))
        if self._has("("):
            inner = self._any()
            self._word(")")
            return inner
        path = self._name()
        negated = self._has("NOT")
        if negated or self._peek() == "IN":
            self._word("IN")
            return Comparison(path, "NOT IN" if negated else "IN", self._values())
        if self._has("LIKE"):
            return Comparison(path, "LIKE", (self._value(),))
        kind, operator, _ = self._next()
        if kind != "symbol" or operator in "(),":
            self._place -= 1
            self._unexpected()
        return Comparison(path, "!=" if operator == "<>" else operator, (self._value(),))

    def _values(self) -> tuple[Operand, ...]:
        self._word("(")
        values = [self._value()]
        while self._has(","):
            values.append(self._value())
        self._word(")")
        return tuple(values)

    def _value(self) -> Operand:
        kind, text, _ = self._next()
        if kind == "string":
            return Operand("string", *_unescaped(text[1:-1]))
        if kind == "number":
            return Operand("number", text)
        if kind == "date":
            return Operand("date", text)
        if kind == "datetime":
            return Operand("datetime", text)
        if text.lower() in ("true", "false"):
            return Operand("boolean", text.lower())
        if text.lower() != "null":
            self._place -= 1
            self._unexpected()
        return Operand("null", "")

    def _whole(self) -> int:
        kind, text, _ = self._next()
        if kind != "number" or not text.isdecimal():
            self._place -= 1
            self._unexpected()
        return int(text[:18])  # larger than any table

    def _name(self) -> str:
        kind, text, _ = self._next()
        if kind != "name" or text.upper() in _KEYWORDS - {"ORDER"}:
            self._place -= 1
            self._unexpected()
        return text

    def _peek(self) -> str:
        """The next token in upper case; empty at the end."""
        return self._tokens[self._place][1].upper() if self._place < len(self._tokens) else ""

    def _has(self, word: str) -> bool:
        """Whether the next token is this word; if so, it is read."""
        found = self._peek() == word
        self._place += found
        return found

    def _word(self, word: str) -> None:
        if not self._has(word):
            self._unexpected()

    def _next(self) -> tuple[str, str, int]:
        if self._place >= len(self._tokens):
            self._unexpected()
        self._place += 1
        return self._tokens[self._place - 1]

    def _unexpected(self) -> NoReturn:
        if self._place >= len(self._tokens):
            self._fail("unexpected token: '<EOF>'", len(self._text))
        _, text, place = self._tokens[self._place]
        self._fail(f"unexpected token: '{text}'", place)

    def _fail(self, message: str, place: int) -> NoReturn:
        excerpt = self._text[max(0, place - 20) : place + 20]
        marker = " " * min(20, place) + "^"
        raise MalformedQuery(f"\n{excerpt}\n{marker}\nERROR at Row:1:Column:{place + 1}\n{message}")


def _unescaped(text: str) -> tuple[str, str]:
    """What a quoted string says, as plain text and as a pattern for LIKE."""
    plain, pattern = [], []
    characters = iter(text)
    for character in characters:
        if character != "\\":
            plain.append(character)
            pattern.append(character)
            continue
        escaped = next(characters)
        meant = _ESCAPES.get(escaped, escaped)
        plain.append(meant)
        pattern.append(f"\\{meant}" if meant in "%_\\" else meant)
    return "".join(plain), "".join(pattern)
