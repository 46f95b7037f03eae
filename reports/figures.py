"""Small makers of the view's terms and figures, so that every section writes numbers the same way."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

import polars as pl

from reconcile.records import PAIR, Role
from reports.marking import shorten
from reports.model import Figure, Term
from reports.words import Words

_LONGEST_NAME = 80
_PLACE = re.compile(r"(?:raw:)?(?:(crm|erp)\.)?(.+)", re.DOTALL)
_NAMED_VALUE = re.compile(r"(?:(?<=^)|(?<=; ))((?:raw:)?(?:crm\.|erp\.)?\w+(?:\.\w+)*)=")


def name(text: str | None) -> str:
    """A name, key or title from a system or the configuration: visible characters, at most 80 of them."""
    return shorten(text, _LONGEST_NAME)


def term(words: Words, group: str, code: str | None) -> Term:
    """A code and its label; a code that nobody translated shows as itself, made visible."""
    code = code or ""
    return Term(code, name(words.label(group, code)))


def field_text(words: Words, code: str) -> str:
    """What people call a column that a rule reads: `erp.credit_limit` is the credit limit of the ERP, of a pair of records."""
    side, path = _PLACE.fullmatch(code).groups()  # type: ignore[union-attr]  # fits any text but an empty one
    field = " · ".join(words.label("field", one) for one in path.split("."))
    return words.say("say.field_of_side", field=field, side=words.label("role", side)) if side else field


def field_term(words: Words, code: str) -> Term:
    """The same with its code."""
    return Term(code, name(field_text(words, code)))


def named_values(words: Words, value: str | None) -> str | None:
    """What a finding shows of several columns (`crm.stock=5; erp.stock=3`), with what people call them."""
    if not value:
        return value
    return _NAMED_VALUE.sub(lambda one: _called(words, one[1]) or one[0], value)


def _called(words: Words, code: str) -> str:
    """What stands before a value; empty for a column that nobody has a word for."""
    told = field_text(words, code)
    return words.say("say.named_value", name=told) if told != code else ""


def system_term(titles: Mapping[str, str], role: str) -> Term:
    """A side and the title that people use for it; of pairs, both titles."""
    both = " – ".join(titles.values()) if role == PAIR else ""
    return Term(role, titles.get(role) or both or role.upper())


def titles_of(crm: str, erp: str) -> dict[str, str]:
    """Role to title, both safe to show."""
    return {Role.CRM.value: name(crm), Role.ERP.value: name(erp)}


def count(words: Words, unit: str, value: float | None, anchor: str = "") -> Figure:
    """A whole number of something."""
    whole = int(value or 0)
    return Figure(whole, unit, words.number(whole), anchor if whole else "")


def share(words: Words, part: float | None, whole: float | None, anchor: str = "") -> Figure:
    """A part of a whole, as a fraction; value None where there is no whole."""
    value = part / whole if part is not None and whole else None
    return Figure(value, "share", words.share(value), anchor)


def money(words: Words, amount: float | None, currency: str | None, anchor: str = "") -> Figure:
    """An amount in its currency; value None where no money is at stake."""
    known = amount if amount is not None and math.isfinite(amount) else None
    currency = name(currency)
    text = words.money(known, currency)
    if known is not None and not currency:
        text = words.say("say.no_currency", amount=text)
    return Figure(known, currency, text, anchor)


def at_risk(words: Words, breaks: pl.DataFrame, anchor: str = "") -> tuple[Figure, ...]:
    """Value at risk of BREAKS rows, one figure for each currency, the largest first."""
    sums = (
        breaks.lazy()
        .filter(pl.col("value_at_risk").is_finite() & (pl.col("value_at_risk") != 0))
        .group_by(pl.col("currency").fill_null(""))
        .agg(pl.col("value_at_risk").sum().round(4))
        .sort(["value_at_risk", "currency"], descending=[True, False])
        .collect()
    )
    return tuple(money(words, amount, currency, anchor) for currency, amount in sums.iter_rows())
