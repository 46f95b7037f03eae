"""What adds up across documents and what does not: the rules by name, and the frames that say how a run judged them.

Apart from `results`, whose words are those of single entities.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import polars as pl


class ConservationRule(StrEnum):
    """What must add up across documents; the names are keys of the configuration and reasons of breaks."""

    LINE_QUANTITY = "line_quantity"
    LINE_SHIPPED = "line_shipped"
    INVOICED_SHIPPED = "invoiced_shipped"
    HEADER_LINES = "header_lines"
    TAX_LINES = "tax_lines"
    PAID_INVOICED = "paid_invoiced"
    APPLIED_PAID = "applied_paid"
    PAYMENT_COVERS = "payment_covers"
    ORDER_INVOICED = "order_invoiced"
    ONE_CURRENCY = "one_currency"


CONSERVATION = pl.Schema(
    {
        "rule": pl.String,  # ConservationRule
        "system": pl.String,  # crm or erp: whose documents; erp for what holds between the two
        "entity": pl.String,
        "state": pl.String,  # ran, off, not_mapped
        "judged": pl.Int64,  # documents
        "broken": pl.Int64,
        "in_flight": pl.Int64,  # broken, and changed so recently that it is no break yet
        "not_judged": pl.Int64,  # documents that lack an amount or a quantity, or have several currencies
        "detail": pl.String,  # how it was read, such as lines_net; of a rule that did not run, the fields that it misses
    }
)
"""Which rules of conservation ran, on how much, and which did not and why, one row each."""

RESIDUALS = pl.Schema(
    {
        "level": pl.String,  # order or customer
        "system": pl.String,
        "key": pl.String,  # null: documents that name none
        "label": pl.String,
        "currency": pl.String,  # empty where none is known
        "digits": pl.Int8,  # of the currency after the point: the amounts are whole numbers of its smallest unit
        "ordered": pl.Int64,
        "cancelled": pl.Int64,
        "invoiced": pl.Int64,  # with tax
        "credited": pl.Int64,  # with tax
        "paid": pl.Int64,
        "uninvoiced": pl.Int64,  # ordered - cancelled - invoiced + credited, as the order counts: with or without tax
        "unpaid": pl.Int64,  # invoiced - credited - paid
    }
)
"""What is left open of each order and of each customer in each currency, of the systems that have invoices."""


@dataclass(frozen=True)
class Conserved:
    """What adds up across documents and what does not: breaks without a life yet (state and first_seen null)."""

    breaks: pl.DataFrame
    rules: pl.DataFrame
    """CONSERVATION."""
    residuals: pl.DataFrame
    """RESIDUALS."""
