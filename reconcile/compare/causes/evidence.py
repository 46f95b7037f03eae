"""What causes are looked for in: linked pairs side by side, which of their cells differ and which were compared and agree."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import polars as pl

from reconcile.records import KEY, MODIFIED, RAW, Kind
from reconcile.results import BREAKS, BreakKind
from reconcile.values.text import clean

ROW = "row"
"""Column: the place of a linked pair among the pairs (UInt32)."""
NUMBER = "number"
"""Column: the place of a difference among the differences (UInt32); null where a cell agrees."""
_EXPLAINED = (BreakKind.DIFFERENCE, BreakKind.UNMAPPED_CODE)
_TEXTS = (
    Kind.TEXT,
    Kind.COMPANY_NAME,
    Kind.PERSON_NAME,
    Kind.ADDRESS,
    Kind.POSTAL_CODE,
    Kind.PHONE,
    Kind.EMAIL,
    Kind.URL,
    Kind.IDENTIFIER,
    Kind.TAX_ID,
)
NUMBERS = (Kind.MONEY, Kind.QUANTITY)
MOMENTS = (Kind.DATE, Kind.DATETIME)


@dataclass(frozen=True)
class Evidence:
    """One entity, compared."""

    entity: str
    kinds: Mapping[str, Kind]
    """The fields that were compared, and perhaps more."""
    pairs: pl.DataFrame
    """crm_key, erp_key, and of every field `c:<field>`, `c:raw:<field>`, `e:<field>`, `e:raw:<field>` (standard and raw value of
    either side) where that side has it; `c:_modified` and `e:_modified` (UTC) where known. One row for each linked pair."""
    differences: pl.DataFrame
    """fingerprint, field, ROW, value_at_risk, currency, moved; one row for each difference. `moved` (of MOVED) may be null."""
    agree: Mapping[str, pl.Series]
    """Field to Boolean, one for each pair: compared and equal."""

    @property
    def fields(self) -> list[str]:
        """The fields that have differences, by name."""
        return sorted(self.differences["field"].unique().to_list())


def evidence(
    entity: str,
    kinds: Mapping[str, Kind],
    sides: tuple[pl.DataFrame, pl.DataFrame],
    found: tuple[pl.DataFrame, pl.DataFrame],
    moved: pl.DataFrame | None = None,
) -> Evidence:
    """What a comparison has left, side by side.

    Args:
        entity: its name.
        kinds: field to kind, of all mapped fields.
        sides: normalised records of the CRM and of the ERP.
        found: the entity's breaks (BREAKS) and `Compared.agreed`, which names every linked pair.
        moved: MOVED, if there is a base.

    Returns:
        Evidence; its differences are those of linked pairs, and codes without a mapping of linked records.
    """
    breaks, agreed = found
    names = [name for name in agreed.columns if name not in ("crm_key", "erp_key")]
    known = agreed.select("crm_key", "erp_key").with_row_index(ROW)
    wanted = breaks.filter(pl.col("kind").is_in([str(kind) for kind in _EXPLAINED]) & pl.col("field").is_in(names))
    of = wanted.select(*(name for name in BREAKS.names() if name not in ("moved", "state", "first_seen")))
    differences = of.unique("fingerprint", keep="first", maintain_order=True).join(known, on=["crm_key", "erp_key"])
    differing = differences["field"].unique().to_list()
    prefixed = [_needed(side, sign, kinds, differing) for sign, side in zip("ce", sides, strict=True)]
    pairs = (
        agreed.select("crm_key", "erp_key")
        .join(prefixed[0], left_on="crm_key", right_on=f"c:{KEY}", how="left", maintain_order="left")
        .join(prefixed[1], left_on="erp_key", right_on=f"e:{KEY}", how="left", maintain_order="left")
    )
    with_moved = (
        differences.with_columns(moved=pl.lit(None, pl.String))
        if moved is None
        else differences.join(moved.select("fingerprint", "moved"), on="fingerprint", how="left")
    )
    columns = ["fingerprint", "field", ROW, "value_at_risk", "currency", "moved"]
    return Evidence(entity, kinds, pairs, with_moved.select(columns), {name: agreed[name].is_not_null() for name in names})


def _needed(side: pl.DataFrame, sign: str, kinds: Mapping[str, Kind], differing: Collection[str]) -> pl.DataFrame:
    """What causes look at, under the side's sign: fields that differ, and of the others those that may name a group of records.

    Of an entity without differences only the key, so that a run in which all agrees pays nothing.
    """
    grouping = [name for name, kind in kinds.items() if kind not in (*NUMBERS, *MOMENTS)] if differing else []
    wanted = [KEY, *([MODIFIED] if differing else []), *differing, *(RAW + name for name in differing), *grouping]
    return side.select(pl.col(name).alias(f"{sign}:{name}") for name in dict.fromkeys(wanted) if name in side.columns)


@dataclass(frozen=True)
class Cells:
    """The compared cells of one field."""

    entity: str
    field: str
    kind: Kind
    all: pl.DataFrame
    """ROW, NUMBER, crm, erp (standard), crm_raw, erp_raw: one row for each compared cell."""
    different: pl.DataFrame
    """The same rows where NUMBER is not null, ordered by a hash of the keys, so that neither the records' order nor the side
    matters; and crm_text, erp_text (cleaned raw texts)."""
    pairs: int
    differences: int

    @property
    def is_text(self) -> bool:
        """Whether people wrote it, letter by letter."""
        return self.kind in _TEXTS

    def with_both(self) -> Cells:
        """Only cells with a value on both sides."""
        both = pl.col("crm").is_not_null() & pl.col("erp").is_not_null()
        return replace(self, all=self.all.filter(both), different=self.different.filter(both))


def cells(evidence: Evidence, name: str) -> Cells:
    """The compared cells of one field."""
    of = evidence.differences.with_row_index(NUMBER).filter(pl.col("field") == name)
    numbers = pl.Series(NUMBER, [None], dtype=pl.UInt32).new_from_index(0, evidence.pairs.height)
    numbers = numbers.scatter(of[ROW], of[NUMBER]) if of.height else numbers
    columns = {"crm": f"c:{name}", "erp": f"e:{name}", "crm_raw": f"c:{RAW}{name}", "erp_raw": f"e:{RAW}{name}"}
    frame = evidence.pairs.select("crm_key", "erp_key", **{name: pl.col(column) for name, column in columns.items()})
    compared = frame.with_row_index(ROW).with_columns(numbers)
    compared = compared.filter(pl.col(NUMBER).is_not_null() | evidence.agree[name])
    different = compared.filter(pl.col(NUMBER).is_not_null())
    different = different.with_columns(crm_text=clean(pl.col("crm_raw")), erp_text=clean(pl.col("erp_raw")))
    mixed = pl.col("crm_key").hash(1).xor(pl.col("erp_key").hash(1))
    shuffled = different.with_columns(_mixed=mixed).sort("_mixed").drop("_mixed", "crm_key", "erp_key")
    whole = compared.drop("crm_key", "erp_key")
    return Cells(evidence.entity, name, evidence.kinds[name], whole, shuffled, evidence.pairs.height, evidence.differences.height)
