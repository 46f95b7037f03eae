"""Row conditions that are written as text: what is common in pandas' `query`, and Great Expectations' own `col("a") > 5`."""

from __future__ import annotations

import ast
import datetime as dt
import io
import re
import tokenize
from collections.abc import Callable, Mapping
from typing import Any

import polars as pl

from expectations.engine.comparing import column, compared

_SIGNS: Mapping[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.In: "IN",
    ast.NotIn: "NOT_IN",
}
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
_BETWEEN: Mapping[type[ast.operator], Callable[[pl.Expr, pl.Expr], pl.Expr]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
}
_QUOTED = re.compile(r"`([^`]+)`")
_HOW = (
    'Write it as an object: Column("a") > 5 from great_expectations.expectations.row_conditions, joined by & and |; or as text '
    "with columns, constants, comparisons, in, not in, and, or, not, + - * /, isnull(), notnull()."
)


def text_condition(text: str, schema: Mapping[str, pl.DataType]) -> pl.Expr:
    """The rows that a text keeps; comparisons with missing values as in `comparing`.

    Raises:
        ValueError: the text holds what polars has no words for, or a column that the batch does not have.
    """
    names: list[str] = []

    def named(found: re.Match[str]) -> str:
        names.append(found.group(1))
        return f"_quoted_{len(names) - 1}_"

    try:
        tree = ast.parse(_with_words(_QUOTED.sub(named, text.strip().replace("\n", " "))), mode="eval").body
    except (SyntaxError, tokenize.TokenError) as error:
        raise ValueError(f"The row condition {text!r} can't be read: {error}. {_HOW}") from error
    return _Reader(schema, text, {f"_quoted_{at}_": name for at, name in enumerate(names)}).truth(tree)


def _with_words(text: str) -> str:
    """`&` and `|` bind as `and` and `or` do, as pandas has it."""
    words = {"&": "and", "|": "or", "notNull": "notnull"}
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    named = ((tokenize.NAME, words[one.string]) if one.string in words else (one.type, one.string) for one in tokens)
    return tokenize.untokenize(named).strip()


class _Reader:
    """From Python's tree of the text to an expression."""

    def __init__(self, schema: Mapping[str, pl.DataType], text: str, quoted: Mapping[str, str]) -> None:
        self.schema, self.text, self.quoted = schema, text, quoted

    def truth(self, node: ast.expr) -> pl.Expr:
        """A condition."""
        if isinstance(node, ast.BoolOp):
            parts = [self.truth(one) for one in node.values]
            return pl.all_horizontal(parts) if isinstance(node.op, ast.And) else pl.any_horizontal(parts)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.Not, ast.Invert)):
            return ~self.truth(node.operand)
        if isinstance(node, ast.Compare):
            return self._comparisons(node)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and not node.args:
            asked = node.func.attr
            if asked in ("isnull", "isna", "notnull", "notna"):
                missing = self.value(node.func.value).is_null()
                return missing if asked.startswith("is") else ~missing
        if (name := self._name(node)) is not None and self.schema.get(name) == pl.Boolean:
            return column(name, self.schema).fill_null(value=False)
        raise self._refused(node)

    def _comparisons(self, node: ast.Compare) -> pl.Expr:
        sides = [node.left, *node.comparators]
        pairs = zip(sides[:-1], node.ops, sides[1:], strict=True)
        return pl.all_horizontal([self._comparison(left, _SIGNS.get(type(op), ""), right) for left, op, right in pairs])

    def _comparison(self, left: ast.expr, sign: str, right: ast.expr) -> pl.Expr:
        if not sign:
            raise self._refused(left)
        for one, other, way in ((left, right, sign), (right, left, _TURNED.get(sign, ""))):
            name, constant = self._name(one), self._constant(other)
            if name is not None and constant is not _NONE and way:
                return compared(name, way, constant, self.schema)
        if sign in ("IN", "NOT_IN"):
            raise self._refused(right)
        a, b = self.value(left), self.value(right)
        if sign == "!=":
            return a.ne_missing(b)
        answers = {"==": a == b, "<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}
        return answers[sign].fill_null(value=False)

    def value(self, node: ast.expr) -> pl.Expr:
        """A column, a constant, or a sum of them."""
        if (name := self._name(node)) is not None:
            return column(name, self.schema)
        if isinstance(node, ast.BinOp) and type(node.op) in _BETWEEN:
            return _BETWEEN[type(node.op)](self.value(node.left), self.value(node.right))
        if (constant := self._constant(node)) is not _NONE and not isinstance(constant, list):
            return pl.lit(constant)
        raise self._refused(node)

    def _name(self, node: ast.expr) -> str | None:
        if isinstance(node, ast.Name):
            return self.quoted.get(node.id, node.id)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "col" and len(node.args) == 1:
            given = self._constant(node.args[0])
            return given if isinstance(given, str) else None
        return None

    def _constant(self, node: ast.expr) -> Any:
        """A number, a text, a truth value or a list of them; a date or a moment; `date("2026-01-31")` is its text."""
        if (moment := _moment(node)) is not None:
            return moment
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "date" and len(node.args) == 1:
            node = node.args[0]
        try:
            found = ast.literal_eval(node)
        except ValueError:
            return _NONE
        return list(found) if isinstance(found, (list, tuple, set)) else _NONE if found is None else found

    def _refused(self, node: ast.expr) -> ValueError:
        return ValueError(f"The row condition {self.text!r} holds {ast.unparse(node)!r}, which polars has no words for. {_HOW}")


def _moment(node: ast.expr) -> dt.date | None:
    """`datetime.date(2026, 1, 31)` or `datetime.datetime(2026, 1, 31, tzinfo=datetime.timezone.utc)`; None for anything else."""
    kinds: Mapping[str, type[dt.date]] = {"datetime.date": dt.date, "datetime.datetime": dt.datetime}
    if not (isinstance(node, ast.Call) and (kind := kinds.get(ast.unparse(node.func)))):
        return None
    parts: list[Any] = [one.value for one in node.args if isinstance(one, ast.Constant)]
    zones = [one.arg == "tzinfo" and ast.unparse(one.value) in {"datetime.timezone.utc", "datetime.UTC"} for one in node.keywords]
    if len(parts) != len(node.args) or not all(zones):
        return None
    zone: dict[str, Any] = {"tzinfo": dt.UTC} if zones else {}
    return kind(*parts, **zone)


_NONE: Any = object()
"""What is no constant."""
