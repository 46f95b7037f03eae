"""What names a record in its own file: one column whose values never repeat and are never missing, or the row's number."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from reconcile.match.discovery.headers import concept_of, words_of
from reconcile.match.discovery.sample import Sampled
from reconcile.records import Kind

_NAMING = (Kind.IDENTIFIER, Kind.TAX_ID, Kind.CODE, Kind.EMAIL, Kind.QUANTITY, Kind.PHONE, Kind.POSTAL_CODE, Kind.REFERENCE)


@dataclass(frozen=True)
class RecordKey:
    """The position of the key's column, None where rows are numbered, and why."""

    place: int | None
    reason: str


def record_key(frame: pl.DataFrame, columns: list[Sampled], kinds: list[Kind]) -> RecordKey:
    """The record key of one side."""
    ranked = sorted(range(len(columns)), key=lambda i: (-_fitness(columns[i], kinds[i]), columns[i].place))
    repeated = ""
    for at in ranked:
        column = columns[at]
        fit = _fitness(column, kinds[at])
        if fit <= 0:
            break
        if column.filled < column.rows:
            continue
        if column.repeats or (not column.whole and frame[column.name].n_unique() < frame.height):
            if fit >= _NAMED_SO and not repeated:
                repeated = _example(column)
            continue
        how = "its name says so, and " if fit >= _NAMED_SO else ""
        return RecordKey(at, f"{how}its {column.rows:,} values are all there and all different")
    return RecordKey(None, f"{repeated}no column has a value of its own in each row, so rows are numbered from 1")


_NAMED_SO = 2.0


def _example(column: Sampled) -> str:
    twice = column.values.filter(pl.col("n") > 1).sort("n", "value", descending=[True, False])
    if twice.is_empty():
        return f"{column.name} repeats; "
    value, _, rows = twice.row(0)
    return f"{column.name} repeats ({value[:40]!r} stands in {rows:,} rows); "


def _fitness(column: Sampled, kind: Kind) -> float:
    concept, words = concept_of(column.name), words_of(column.name)
    if (concept and concept.name == "id") or (words and words[-1] in ("id", "key", "uuid", "pk")):
        return 3.0 if kind in _NAMING or kind is Kind.TEXT else _NAMED_SO
    if concept and concept.name == "row_number":
        return 1.2
    if kind is Kind.TEXT and column.place == 0 and _one_word(column):
        return 1.5
    if kind not in _NAMING:
        return 0.0
    if kind in (Kind.EMAIL, Kind.PHONE, Kind.TAX_ID):
        return 0.3
    return 1.5 if column.place == 0 else 1.0


def _one_word(column: Sampled) -> bool:
    return not bool(column.values["value"].head(1_000).str.contains(r"\s").any())
