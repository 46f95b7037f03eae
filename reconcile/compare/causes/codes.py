"""A hole in a code map: a value of one side always against a value of the other. And the default value that stands for many."""

from __future__ import annotations

import polars as pl

from reconcile.causes import Mechanism
from reconcile.compare.causes.candidate import LEAST, Candidate, Hypothesis, candidate
from reconcile.compare.causes.evidence import MOMENTS, NUMBERS, Cells
from reconcile.records import Kind

_ALWAYS = 0.8
"""Of the records with that value, so many stand against the same one."""
_UNLIKELY = 15.0
_MAINLY, _COMMON = 0.35, 0.01
"""Of what stands against the other value it is so much, or so many records have it; else it is one of many misspellings."""
_MOST_PAIRS = 20
_TRIED = 3
_DISTINCT = 3
"""A default stands against so many values at least; against one or two it is a code map."""
_STANDS_OUT = 5 / 3
"""Of the third most frequent other value: with what `convinces` asks, five times as often."""
_SIDES = {"erp": ("erp", "crm"), "crm": ("crm", "erp")}


def mapped(cells: Cells) -> Candidate | None:
    """All values of a field that always stand against one other value, as one cause."""
    if cells.kind in (*NUMBERS, *MOMENTS, Kind.REFERENCE):
        return None
    pairs = _constant_pairs(cells)
    if pairs.is_empty():
        return None
    joined = pl.concat_str("crm_text", "erp_text", separator="\x1f")
    known = pairs.select(joined).to_series().implode()
    ways = {side: pairs.filter(pl.col("way") == side)[f"{side}_text"].implode() for side in ("crm", "erp")}
    met = [pl.col(f"{side}_raw").str.strip_chars().is_in(values).fill_null(value=False) for side, values in ways.items()]
    told = [list(pair) for pair in zip(pairs["crm_text"].to_list(), pairs["erp_text"].to_list(), strict=True)]
    idea = Hypothesis(
        Mechanism.CODE_MAP, {"pairs": told}, joined.is_in(known), met[0] | met[1], shuffles=False, moving=("pairs",)
    )
    found = candidate(cells, idea)
    return found and Candidate(**{**vars(found), "cost": LEAST * pairs.height})


def _constant_pairs(cells: Cells) -> pl.DataFrame:
    """crm_text, erp_text, len, way (the side whose value decides): values that stand against one value only."""
    counts = cells.different.group_by("crm_text", "erp_text").len().drop_nulls().filter(pl.col("len") >= LEAST)
    if counts.is_empty():
        return counts.with_columns(way=pl.lit(None, pl.String))
    total = cells.all.height
    for side in ("crm", "erp"):
        column, texts = f"{side}_text", counts[f"{side}_text"].unique()
        raw = pl.col(f"{side}_raw").str.strip_chars()
        sizes = cells.all.lazy().filter(raw.is_in(texts.implode())).group_by(raw.alias(column)).len().collect()
        counts = counts.join(sizes.rename({"len": f"{side}_all"}), on=column, how="left")
    of = {side: pl.col("len") / pl.max_horizontal(f"{side}_all", "len") for side in ("crm", "erp")}
    left = cells.different.height - pl.col("len")
    elsewhere = {
        side: pl.min_horizontal(pl.col(f"{other}_all") - pl.col("len"), left)
        / (total - pl.col(f"{side}_all")).clip(lower_bound=1)
        for side, other in (("crm", "erp"), ("erp", "crm"))
    }  # how often the others have that value, or differ at all: whichever is rarer
    of_all = cells.different.drop_nulls(["crm_text", "erp_text"])
    for side, other in (("crm", "erp"), ("erp", "crm")):
        others = of_all.group_by(f"{other}_text").len(f"{side}_rivals")
        counts = counts.join(others, on=f"{other}_text", how="left")
    alone = {
        side: (pl.col("len") >= _MAINLY * pl.col(f"{side}_rivals")) | (pl.col(f"{side}_all") >= _COMMON * total)
        for side in ("crm", "erp")
    }
    sure = {
        side: alone[side]
        & (of[side] >= _ALWAYS)
        & (pl.col("len") * (of[side] / elsewhere[side].clip(1 / total, 1)).log() >= _UNLIKELY)
        for side in ("crm", "erp")
    }
    way = pl.when(sure["crm"]).then(pl.lit("crm")).when(sure["erp"]).then(pl.lit("erp"))
    found = counts.with_columns(way=way)
    kept = found.filter(pl.col("way").is_not_null())
    return kept.sort(["len", "crm_text", "erp_text"], descending=[True, False, False]).head(_MOST_PAIRS)


def defaults(cells: Cells) -> list[Hypothesis]:
    """Values that one side holds where the other has many; and nothing at all, where the other has something."""
    found: list[Hypothesis] = []
    for side, (own, other) in _SIDES.items():
        value, against = _said(own), _said(other)
        counts = cells.different.group_by(value.alias("v")).agg(pl.len(), against.n_unique().alias("against"))
        counts = counts.sort(["len", "v"], descending=[True, False])
        found += [*_emptied(side, counts), *_filled(cells, side, counts)]
    return found


def _said(side: str) -> pl.Expr:
    """The standard value as text, else what the system wrote."""
    return pl.coalesce(pl.col(side).cast(pl.String), pl.col(f"{side}_raw"))


def _emptied(side: str, counts: pl.DataFrame) -> list[Hypothesis]:
    if counts.filter(pl.col("v").is_null() & (pl.col("len") >= LEAST)).is_empty():
        return []
    own, other = _SIDES[side]
    hit = _said(own).is_null() & _said(other).is_not_null()
    condition = _said(other).is_not_null()
    return [Hypothesis(Mechanism.DEFAULT, {"side": side, "value": None}, hit, condition, shuffles=False)]


def _filled(cells: Cells, side: str, counts: pl.DataFrame) -> list[Hypothesis]:
    own, other = _SIDES[side]
    filled = counts.drop_nulls("v")
    found = []
    for value, size, against in zip(*(filled.head(_TRIED)[name].to_list() for name in ("v", "len", "against")), strict=True):
        others = filled.filter(pl.col("v") != value)["len"]
        third = float(others[2]) if others.len() > 2 else 0.0  # noqa: PLR2004  # two defaults may be real, a third is chance
        if size < LEAST or against < _DISTINCT or size < third * _STANDS_OUT:
            continue
        usual = cells.all.select((_said(other) == value).mean()).item() or 0.0
        expected = max(cells.different.height * usual, third * _STANDS_OUT)
        hit = _said(own) == value
        condition = (_said(other) != value) | hit
        parameters = {"side": side, "value": value}
        found.append(Hypothesis(Mechanism.DEFAULT, parameters, hit, condition, expected, shuffles=False))
    return found
