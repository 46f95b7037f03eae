"""The documents of one side as the rules read them: amounts and quantities as whole numbers, parts beside their headers.

Amounts are Int64 in the smallest unit of their currency, quantities Int64 in millionths. What is void is not here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from reconcile.records import KEY, MODIFIED, RAW, SHAPES, Kind, Role
from reconcile.values.exact import in_minor_units

QUANTITY_DIGITS = 6
"""Quantities are counted in millionths."""
LINES = {"orders": "order_lines", "invoices": "invoice_lines", "credit_notes": "credit_note_lines"}
"""Documents to their lines."""
BILLS = ("invoices", "credit_notes")
_HEADERS = ("orders", "invoices", "credit_notes", "payments", "shipments")
_PARTS = ("order_lines", "invoice_lines", "credit_note_lines", "payment_applications", "shipment_lines")
_AT = {"invoices": "invoice_date", "payments": "payment_date", "credit_notes": "credit_date"}


@dataclass(frozen=True)
class Documents:
    """One side's documents by entity; an entity that is not configured, or of which this side has nothing, is not among them."""

    role: Role
    frames: Mapping[str, pl.DataFrame]
    """Columns key, label, currency (String, empty if unknown), modified, `at` (Date) and every mapped field; parts also have
    `header`, the key of their document, and take from it what they lack: `order`, `customer`, its texts."""

    def has(self, entity: str, *fields: str) -> bool:
        """Whether the entity is there with all of these fields."""
        return entity in self.frames and set(fields) <= set(self.frames[entity].columns)

    def lacking(self, *places: str) -> tuple[str, ...]:
        """Of places such as `orders.amount`, those that this side does not have."""
        return tuple(place for place in places if not self.has(*place.split(".")))


def documents(role: Role, records: Mapping[str, pl.DataFrame], void: Mapping[str, tuple[str, ...]]) -> Documents:
    """The documents of one side.

    Args:
        role: the side.
        records: entity to normalised frame, references as the side itself writes them; entities with no field are left out.
        void: entity to the statuses whose documents do not count.
    """
    frames: dict[str, pl.DataFrame] = {}
    for name in (*_HEADERS, *_PARTS):
        frame = records.get(name)
        if frame is None or not any(column in frame.columns for column in SHAPES[name].fields):
            continue
        if name in void and "status" in frame.columns:
            frame = frame.filter(~pl.col("status").is_in(list(void[name])).fill_null(value=False))
        parent = SHAPES[name].parent
        if name in _PARTS and parent:
            header = SHAPES[name].references[parent]
            if header not in frames or parent not in frame.columns:
                continue
            frame = _with_header(frame, parent, frames[header])
        frames[name] = _prepared(name, frame)
        if name != "order_lines":
            frames[name] = _with_order_line(frames[name], frames.get("order_lines"))
    return Documents(role, frames)


def _with_order_line(frame: pl.DataFrame, lines: pl.DataFrame | None) -> pl.DataFrame:
    """Parts that name the order and the number of its line, with `order_line`, the line's key."""
    if lines is None or "order_item" not in frame.columns or "order" not in frame.columns or "order_line" in frame.columns:
        return frame
    if not {"order", "line"} <= set(lines.columns):
        return frame
    number = pl.col("line").str.strip_chars_start("0")
    known = lines.select("order", number.alias("_item"), pl.col("key").alias("order_line")).unique(
        ["order", "_item"], keep="none"
    )
    wanted = frame.with_columns(_item=pl.col("order_item").str.strip_chars_start("0"))
    return wanted.join(known, on=["order", "_item"], how="left", maintain_order="left").drop("_item")


def _prepared(entity: str, frame: pl.DataFrame) -> pl.DataFrame:
    kinds = SHAPES[entity].fields
    there = [name for name in kinds if name in frame.columns and name != "currency"]
    currency = pl.col("currency").fill_null("") if "currency" in frame.columns else pl.lit("")
    made = {"key", "label", "currency", "modified", "at", KEY, MODIFIED, "_whole"}
    taken = [name for name in frame.columns if not name.startswith((RAW, "_")) and name not in (*there, *made)]
    label = [pl.col(RAW + name) for name in SHAPES[entity].label.split() if RAW + name in frame.columns]
    own = pl.coalesce(*label, KEY) if label else pl.col(KEY)
    whole = [pl.concat_str(pl.col("_whole"), own, separator="/", ignore_nulls=True)] if "_whole" in frame.columns else [own]
    at = _AT.get(entity, "")
    return frame.select(
        *(_counted(name, kinds[name], currency) for name in there),
        *taken,
        key=pl.col(KEY),
        label=whole[0],
        currency=currency,
        modified=pl.col(MODIFIED) if MODIFIED in frame.columns else pl.lit(None, pl.Datetime("us", "UTC")),
        at=pl.col(at).cast(pl.Date) if at in frame.columns else pl.lit(None, pl.Date),
    )


def _counted(name: str, kind: Kind, currency: pl.Expr) -> pl.Expr:
    if kind is Kind.MONEY:
        return in_minor_units(pl.col(name), currency).alias(name)
    if kind is Kind.QUANTITY:
        return (pl.col(name) * 10.0**QUANTITY_DIGITS).round(0).cast(pl.Int64, strict=False).alias(name)
    return pl.col(name)


def _with_header(frame: pl.DataFrame, parent: str, headers: pl.DataFrame) -> pl.DataFrame:
    """A part with what its document says; a part of nothing, or of what is void, is left out."""
    shared = [name for name in ("order", "customer") if name in headers.columns]
    gone = [pl.col("shipped_at").is_not_null().alias("gone")] if "shipped_at" in headers.columns else []
    about = headers.select(
        pl.col("key").alias(parent),
        pl.col("label").alias("_whole"),
        pl.col("currency").alias("_currency"),
        pl.col("modified").alias("_changed"),
        *(pl.col(name).alias(f"_{name}") for name in shared),
        *gone,
    )
    said = [name for name, dtype in headers.schema.items() if dtype == pl.String and name not in (*frame.columns, *about.columns)]
    more = headers.select(
        pl.col("key").alias(parent), *(name for name in said if name not in ("key", "label", "currency", *shared))
    )
    joined = frame.drop("_whole", strict=False).join(about.join(more, on=parent), on=parent, maintain_order="left")
    taken = {
        name: pl.coalesce(name, f"_{name}") if name in frame.columns else pl.col(f"_{name}") for name in shared if name != parent
    }
    changed = pl.max_horizontal(MODIFIED, "_changed") if MODIFIED in frame.columns else pl.col("_changed")
    return joined.with_columns(pl.col(parent).alias("header"), changed.alias(MODIFIED), currency=pl.col("_currency"), **taken)
