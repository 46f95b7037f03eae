"""Differences as one table in one order: a row for each cell that differs, and for each record that no other is compared with."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from reconcile.compare.cells import Cells
from reconcile.compare.equality import VERDICT, Verdict
from reconcile.compare.keyed import Paired, Two

DIFFERENCES = pl.Schema(
    {
        "key": pl.String,  # integers where both files have such; null where a record has none
        "field": pl.String,  # null where the whole record is the matter
        "crm_value": pl.String,
        "erp_value": pl.String,
        "verdict": pl.String,  # Verdict
        "reason": pl.String,  # a reason code, translated by reports/texts
    }
)
"""One row each, ordered by key and field; what has no key stands last.

Of a key that repeats, `crm_value` and `erp_value` are how many records have it; of a record without a key, the number of its row.
"""


def listed(cells: Sequence[Cells], pairs: Paired, keys: Two) -> pl.DataFrame:
    """All that differs.

    Args:
        cells: of each field once.
        pairs: by which they were compared.
        keys: how each side writes the keys of its records, of one type: text, or integers.

    Returns:
        DIFFERENCES.
    """
    names = sorted(each.field.name for each in cells)
    rows = _records(pairs, len(keys[0]))
    for each in cells:
        at = pl.lit(names.index(each.field.name) + 1, pl.UInt32)
        rows.append(each.found.select(pl.col("row").alias("place"), at.alias("at"), pl.exclude("row")))
    every = pl.concat(rows).rechunk()
    key = pl.concat([keys[0], keys[1]]).rechunk()
    ordered = every[_order(every, key, len(names))]
    number = pl.col("at") - 1
    fields = pl.Series(names, dtype=pl.String)
    field = ordered.select(pl.when(pl.col("at") > 0).then(number)).to_series()
    return ordered.select(
        key.gather(ordered["place"]).alias("key"), fields.gather(field).alias("field"), *list(DIFFERENCES)[2:]
    ).with_columns(pl.col("verdict").cast(pl.String))


def _order(rows: pl.DataFrame, key: pl.Series, fields: int) -> pl.Series:
    """Places of the rows in order: keys are ordered once, however many cells of a record differ."""
    used = rows["place"].unique().sort()
    own = key.gather(used)
    by_key = used.gather(own.arg_sort(nulls_last=True)) if not own.is_sorted(nulls_last=True) else used
    rank = pl.repeat(0, len(key), dtype=pl.UInt64, eager=True)
    rank = rank.scatter(by_key, pl.int_range(len(by_key), dtype=pl.UInt64, eager=True))
    return (rank.gather(rows["place"]) * (fields + 1) + rows["at"].cast(pl.UInt64)).arg_sort()


def _records(pairs: Paired, crm: int) -> list[pl.DataFrame]:
    """Rows of whole records; a row of the ERP is placed behind all of the CRM's."""
    out = []
    for side, shift, reason in ((0, 0, "missing_in_erp"), (1, crm, "missing_in_crm")):
        out.append(_rows(pairs.alone[side] + shift, Verdict.ONE_SIDED, reason))
        number = (pairs.without[side] + 1).cast(pl.String)
        values = (number, None) if side == 0 else (None, number)
        out.append(_rows(pairs.without[side] + shift, Verdict.NOT_COMPARABLE, "key_missing", *values))
    twice = pairs.repeated
    place = twice.select(pl.coalesce("crm_row", pl.col("erp_row") + crm)).to_series()
    counts = (twice[role].cast(pl.String) for role in ("crm", "erp"))
    out.append(_rows(place, Verdict.NOT_COMPARABLE, "key_repeated", *counts))
    return out


def _rows(
    places: pl.Series, verdict: Verdict, reason: str, crm_value: pl.Series | None = None, erp_value: pl.Series | None = None
) -> pl.DataFrame:
    empty = pl.lit(None, pl.String)
    return places.alias("place").to_frame().select(
        pl.col("place").cast(pl.UInt32),
        at=pl.lit(0, pl.UInt32),
        crm_value=empty if crm_value is None else crm_value,
        erp_value=empty if erp_value is None else erp_value,
        verdict=pl.lit(str(verdict), VERDICT),
        reason=pl.lit(reason),
    )  # fmt: skip
