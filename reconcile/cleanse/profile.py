"""What stands in each field: how full, how varied, how many wrong, and the shapes that values have."""

from __future__ import annotations

import polars as pl

from reconcile.cleanse.rules import Rules
from reconcile.cleanse.standardise import CHANGED
from reconcile.records import Kind
from reconcile.values.standard import as_text

PROFILE = pl.Schema(
    {
        "field": pl.String,
        "kind": pl.String,
        "records": pl.Int64,
        "filled": pl.Int64,
        "distinct": pl.Int64,
        "unreadable": pl.Int64,  # not readable, or a code that the map lacks
        "invalid": pl.Int64,  # readable, but not what the field should hold
        "changed": pl.Int64,
    }
)
"""One row for each field; all figures but `field` and `kind` count records, `distinct` counts values."""

PATTERNS = pl.Schema({"field": pl.String, "pattern": pl.String, "records": pl.Int64, "example": pl.String})
"""The most frequent shapes of each field: 9 stands for a digit, A and a for letters, 文 for other scripts."""

_EXACT = (Kind.IDENTIFIER, Kind.TAX_ID, Kind.POSTAL_CODE, Kind.PHONE, Kind.COUNTRY, Kind.CURRENCY, Kind.DATE)
"""Kinds in whose values every character has its place."""
_SHOWN_PATTERNS = 3
_LONGEST = 60
UNREADABLE = ("not_readable", "code_not_mapped")


def profile(frame: pl.DataFrame, problems: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """PROFILE of a standardised frame."""
    fields = list(rules.kinds)
    counted = frame.select(
        *(pl.col(name).count().alias(f"filled {name}") for name in fields),
        *(pl.col(name).drop_nulls().n_unique().alias(f"distinct {name}") for name in fields),
        *(pl.col(CHANGED).list.contains(name).sum().alias(f"changed {name}") for name in fields),
    ).row(0, named=True)
    wrong = (
        problems.with_columns(
            pl.when(pl.col("rule").is_in(UNREADABLE)).then(pl.lit("unreadable")).otherwise(pl.lit("invalid")).alias("how")
        )
        .filter(pl.col("rule") != "required_empty")
        .group_by("field", "how")
        .agg(pl.col("key").n_unique())
    )
    by_field = {(field, how): records for field, how, records in wrong.iter_rows()}
    return pl.DataFrame(
        {
            "field": fields,
            "kind": [kind.value for kind in rules.kinds.values()],
            "records": [frame.height] * len(fields),
            **{what: [counted[f"{what} {name}"] for name in fields] for what in ("filled", "distinct", "changed")},
            **{how: [by_field.get((name, how), 0) for name in fields] for how in ("unreadable", "invalid")},
        }
    ).select(list(PROFILE)).cast(PROFILE)  # fmt: skip


def patterns(frame: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """PATTERNS of a standardised frame, the most frequent first."""
    found = [PATTERNS.to_frame()]
    for name, kind in rules.kinds.items():
        text = as_text(pl.col(name), frame.schema[name]).str.slice(0, _LONGEST)
        shapes = (
            frame.lazy()
            .select(text.alias("example"))
            .drop_nulls()
            .with_columns(_pattern(pl.col("example"), exact=kind in _EXACT).alias("pattern"))
            .group_by("pattern")
            .agg(pl.len().alias("records"), pl.col("example").min())
            .sort(["records", "pattern"], descending=[True, False])
            .head(_SHOWN_PATTERNS)
            .select(pl.lit(name).alias("field"), "pattern", "records", "example")
            .collect()
        )
        found.append(shapes.cast(PATTERNS))
    return pl.concat(found)


def _pattern(text: pl.Expr, *, exact: bool) -> pl.Expr:
    """`+49 30 1234` as `+99 99 9999`, or, not exact, as `+9 9 9`: runs of one class as one sign, so that shapes are few."""
    run = "" if exact else "+"
    for class_, sign in ((r"\d", "9"), (r"\p{Lu}", "A"), (r"\p{Ll}", "a"), (r"[\p{Lo}\p{Lm}]", "文")):
        text = text.str.replace_all(class_ + run, sign)
    return text
