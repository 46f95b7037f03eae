"""Values that stand in another column: two fields swapped, or one field's value in the next."""

from __future__ import annotations

from itertools import permutations

import polars as pl

from reconcile.causes import Mechanism
from reconcile.compare.causes.candidate import LEAST, Candidate
from reconcile.compare.causes.evidence import NUMBER, ROW, Evidence

_SAMPLE = 4000
_TURNS = 3


def candidates(evidence: Evidence) -> list[Candidate]:
    """Swapped pairs of fields, and fields whose value stands in another one."""
    kinds = evidence.pairs.schema
    fields = [name for name in evidence.fields if {f"c:{name}", f"e:{name}"} <= set(kinds)]
    numbered = evidence.differences.with_row_index(NUMBER)
    rows = _mixed(evidence, numbered)
    found = []
    for crm, erp in permutations(fields, 2):
        if kinds[f"c:{crm}"] == kinds[f"e:{erp}"] == kinds[f"c:{erp}"] == kinds[f"e:{crm}"] and kinds[f"c:{crm}"] != pl.Boolean:
            found.append((crm, erp))
    part = rows.head(_SAMPLE)
    if not found or part.is_empty():
        return []
    counts = part.select(_moved(crm, erp).sum().alias(str(at)) for at, (crm, erp) in enumerate(found)).unpivot()["value"]
    moved = {pair for pair, count in zip(found, counts.to_list(), strict=True) if count >= LEAST}
    swapped = [_swap(evidence, rows, numbered, crm, erp) for crm, erp in moved if crm < erp and (erp, crm) in moved]
    return [*swapped, *(_shift(evidence, rows, numbered, crm, erp) for crm, erp in moved)]


def _mixed(evidence: Evidence, numbered: pl.DataFrame) -> pl.DataFrame:
    """The pairs with differences, in an order that depends on neither the records' order nor the side."""
    names = [name for field in evidence.fields for name in (f"c:{field}", f"e:{field}") if name in evidence.pairs.columns]
    chosen = evidence.pairs.select("crm_key", "erp_key", *names).with_row_index(ROW)
    chosen = chosen.join(numbered.select(ROW).unique(), on=ROW, how="semi")
    mixed = pl.col("crm_key").hash(1).xor(pl.col("erp_key").hash(1))
    return chosen.with_columns(_mixed=mixed).sort("_mixed").drop("_mixed", "crm_key", "erp_key")


def _moved(crm: str, erp: str) -> pl.Expr:
    """Whether the ERP's one field holds what the CRM's other field holds, and should not."""
    same = pl.col(f"c:{crm}") == pl.col(f"e:{erp}")
    apart = pl.col(f"c:{crm}").ne_missing(pl.col(f"c:{erp}")) & pl.col(f"e:{erp}").ne_missing(pl.col(f"e:{crm}"))
    return (same & apart).fill_null(value=False)


def _by_chance(rows: pl.DataFrame, hit: pl.Expr) -> float:
    """How many would fit if every CRM record stood against another pair's ERP record."""
    part = rows.head(_SAMPLE * 4)
    erp = pl.col(*(name for name in part.columns if name.startswith("e:")))
    steps = [max(1, part.height * turn // (_TURNS + 1)) for turn in range(1, _TURNS + 1)]
    counts = [part.with_columns(erp.shift(step)).slice(step).select(hit.sum()).item() for step in steps]
    return rows.height * float(sum(counts)) / max(sum(part.height - step for step in steps), 1)


def _swap(evidence: Evidence, rows: pl.DataFrame, numbered: pl.DataFrame, crm: str, erp: str) -> Candidate:
    hit = _moved(crm, erp) & _moved(erp, crm)
    met = pl.col(f"c:{crm}").is_not_null() & pl.col(f"c:{erp}").is_not_null() & (pl.col(f"c:{crm}") != pl.col(f"c:{erp}"))
    here = rows.filter(hit)[ROW]
    covered = _of(numbered, here, pl.col("field").is_in([crm, erp]))
    return Candidate(
        Mechanism.SWAPPED,
        (crm, erp),
        {"fields": [crm, erp]},
        covered,
        evidence.pairs.select(met.fill_null(value=False)).to_series(),
        _by_chance(rows, hit) * 2,
    )


def _shift(evidence: Evidence, rows: pl.DataFrame, numbered: pl.DataFrame, crm: str, erp: str) -> Candidate:
    """The differences of the field that holds a stranger's value, and of the one that has lost it."""
    hit = _moved(crm, erp)
    here = rows.filter(hit)
    emptied = here.filter(pl.col(f"e:{crm}").is_null() | pl.col(f"c:{erp}").is_null())
    covered = _of(numbered, here[ROW], pl.col("field") == erp) | _of(numbered, emptied[ROW], pl.col("field") == crm)
    met = pl.col(f"c:{crm}").is_not_null() & pl.col(f"e:{erp}").is_not_null()
    condition = evidence.pairs.select(met).to_series()
    parameters = {"crm": crm, "erp": erp}
    return Candidate(Mechanism.SHIFTED, tuple(sorted((crm, erp))), parameters, covered, condition, _by_chance(rows, hit))


def _of(numbered: pl.DataFrame, rows: pl.Series, fields: pl.Expr) -> pl.Series:
    return numbered.select(fields & pl.col(ROW).is_in(rows.implode())).to_series()
