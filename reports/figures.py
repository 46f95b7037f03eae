"""Small makers of the view's terms and figures, so that every section writes numbers the same way."""

from __future__ import annotations

import math
from collections.abc import Mapping

import polars as pl

from reconcile.records import PAIR, Role
from reports.marking import shorten
from reports.model import Figure, Term
from reports.words import Words

_LONGEST_NAME = 80


def name(text: str | None) -> str:
    """A name, key or title from a system or the configuration: visible characters, at most 80 of them."""
    return shorten(text, _LONGEST_NAME)


def term(words: Words, group: str, code: str | None) -> Term:
    """A code and its label; a code that nobody translated shows as itself, made visible."""
    code = code or ""
    return Term(code, name(words.label(group, code)))


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
