"""The gates that a clean set of records must pass before another system can take it, and the verdict over all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import polars as pl

from reconcile.cleanse.profile import UNREADABLE
from reconcile.cleanse.rules import Rules
from reconcile.records import Kind

Verdict = Literal["ready", "not_ready", "empty"]

_JUDGED = (Kind.EMAIL, Kind.PHONE, Kind.URL, Kind.COUNTRY, Kind.CURRENCY, Kind.POSTAL_CODE, Kind.TAX_ID)


@dataclass(frozen=True)
class Gate:
    """One demand and how far it is met."""

    code: str
    """keys_unique, required_filled, readable, valid, duplicates."""
    field: str | None
    share: float
    """Of the records that count, those that meet the demand, 0 to 1; for `duplicates`, those that are duplicates."""
    limit: float
    failing: int
    """Records."""
    of: int
    """Records that count."""
    passed: bool


def gates(
    records: int, profile: pl.DataFrame, problems: pl.DataFrame, duplicates: pl.DataFrame, rules: Rules
) -> tuple[Gate, ...]:
    """Every gate, in the order in which a person would mend them.

    Args:
        records: all that were read, those without a key of their own included.
        profile: PROFILE.
        problems: FINDINGS.
        duplicates: DUPLICATES.
        rules: what counts.
    """
    limits = rules.limits
    unkeyed = problems.filter(pl.col("rule").is_in(["key_empty", "key_repeated"])).height
    out = [_at_least("keys_unique", None, records, unkeyed, 1.0)]
    fields = {row["field"]: row for row in profile.iter_rows(named=True)}  # one row for each field, a few dozen
    for name in rules.required:
        row = fields[name]
        out.append(_at_least("required_filled", name, row["records"], row["records"] - row["filled"], limits.filled))
    for name, row in fields.items():
        unreadable = problems.filter((pl.col("field") == name) & pl.col("rule").is_in(UNREADABLE)).height
        if unreadable:
            out.append(_at_least("readable", name, row["filled"] + unreadable, unreadable, limits.readable))
    for name, kind in rules.kinds.items():
        if kind in _JUDGED and fields[name]["filled"]:
            out.append(_at_least("valid", name, fields[name]["filled"], fields[name]["invalid"], limits.valid))
    keyed = records - unkeyed
    share = duplicates.height / keyed if keyed else 0.0
    out.append(Gate("duplicates", None, share, limits.duplicates, duplicates.height, keyed, share <= limits.duplicates))
    return tuple(out)


def _at_least(code: str, field: str | None, of: int, failing: int, limit: float) -> Gate:
    share = (of - failing) / of if of else 1.0
    return Gate(code, field, share, limit, failing, of, share >= limit)


def verdict(records: int, passed: tuple[Gate, ...]) -> Verdict:
    """Ready if every gate is passed; empty if there is nothing to be ready."""
    if not records:
        return "empty"
    return "ready" if all(gate.passed for gate in passed) else "not_ready"
