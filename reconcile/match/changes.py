"""What became of the links since another time: those that appeared, vanished or moved to another partner."""

from __future__ import annotations

import polars as pl

CHANGES = pl.Schema(
    {"change": pl.String, "crm_key": pl.String, "erp_key": pl.String, "crm_before": pl.String, "erp_before": pl.String}
)
_PAIR = ("crm_key", "erp_key")


def changed_links(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """The changes between two sets of links; other columns than the keys are not looked at.

    Args:
        before: crm_key, erp_key.
        after: crm_key, erp_key.

    Returns:
        CHANGES, one row for each change, sorted. A link moved if one of its records had another partner that it lost: that
        partner stands in erp_before where the CRM record is the same, in crm_before where the ERP record is. Where both had
        one, the row says so of the CRM record.
    """
    old, new = (frame.select(pl.col(name).cast(pl.String) for name in _PAIR) for frame in (before, after))
    lost, gained = _without(old, new), _without(new, old)
    by_crm = gained.join(lost.select("crm_key", erp_before="erp_key"), on="crm_key")
    rest = gained.join(by_crm, on=_PAIR, how="anti")
    left = lost.join(by_crm, left_on=_PAIR, right_on=["crm_key", "erp_before"], how="anti")
    by_erp = rest.join(left.select("erp_key", crm_before="crm_key"), on="erp_key")
    moved = [
        by_crm.group_by(_PAIR).agg(pl.col("erp_before").min()),
        by_erp.group_by(_PAIR).agg(pl.col("crm_before").min()),
    ]
    appeared = rest.join(by_erp, on=_PAIR, how="anti")
    vanished = left.join(by_erp, left_on=_PAIR, right_on=["crm_before", "erp_key"], how="anti")
    parts = [(appeared, "appeared"), (vanished, "vanished"), *((frame, "moved") for frame in moved)]
    rows = pl.concat([frame.with_columns(change=pl.lit(word)) for frame, word in parts], how="diagonal")
    known = [name for name in CHANGES if name in rows.columns]
    return CHANGES.to_frame().select(known).vstack(rows.select(known)).sort("change", *_PAIR)


def _without(links: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """The links, each once, that are not among those known; most are, which their hashes tell."""
    same = links.hash_rows(1).is_in(known.hash_rows(1).implode())
    doubtful = links.filter(same).hash_rows(2).is_in(known.hash_rows(2).implode())
    return pl.concat([links.filter(~same), links.filter(same).filter(~doubtful)]).unique()
