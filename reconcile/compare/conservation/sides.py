"""One side's documents and what follows from them, and a single rule on them, for whoever asks for no more than that one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import polars as pl

from reconcile.balances import ConservationRule
from reconcile.compare.conservation import bills as billing
from reconcile.compare.conservation.documents import LINES, Documents, documents
from reconcile.compare.conservation.orders import one_currency, order_invoiced
from reconcile.compare.conservation.outcomes import Outcome
from reconcile.compare.conservation.payments import applied_paid, paid_invoiced, payment_covers
from reconcile.compare.conservation.quantities import invoiced_shipped, line_quantity, line_shipped
from reconcile.compare.conservation.sums import header_lines, tax_lines
from reconcile.config.conservation import Conservation
from reconcile.records import Role


@dataclass(frozen=True)
class Side:
    """One side's documents and what follows from them."""

    docs: Documents
    bills: dict[str, pl.DataFrame]
    shares: pl.DataFrame
    applied: pl.DataFrame


def side(docs: Documents, given: Conservation) -> Side:
    """What the bills of these documents demand, and what is paid on them."""
    bills = billing.with_tax(docs, given.tax)
    return Side(docs, bills, billing.shares(docs, bills), billing.applied(docs))


def single_rule(
    rule: ConservationRule,
    role: Role,
    records: Mapping[Role, Mapping[str, pl.DataFrame]],
    links: pl.DataFrame,
    given: Conservation,
) -> list[Outcome]:
    """One rule on the documents of one side, as `conserve` judges it, one outcome for each entity that it is about.

    Args:
        rule: which.
        role: whose documents; of `order_invoiced`, which holds between both, the ERP's.
        records: side to entity to normalised frame, references as the side itself writes them.
        links: crm_key and erp_key of orders; only `order_invoiced` asks.
        given: how exactly, and what is void.
    """
    if rule is ConservationRule.ORDER_INVOICED:
        crm, erp = (side(documents(each, records.get(each, {}), given.void), given) for each in Role)
        return [order_invoiced(crm.docs, erp.docs, links, erp.shares, given)]
    docs = documents(role, records.get(role, {}), given.void)
    alone: Mapping[ConservationRule, Callable[[], list[Outcome]]] = {
        ConservationRule.LINE_QUANTITY: lambda: [line_quantity(docs, given.line_quantity)],
        ConservationRule.LINE_SHIPPED: lambda: [line_shipped(docs, given.line_shipped)],
        ConservationRule.INVOICED_SHIPPED: lambda: [invoiced_shipped(docs, given.invoiced_shipped)],
        ConservationRule.HEADER_LINES: lambda: [header_lines(docs, entity, given.header_lines) for entity in LINES],
        ConservationRule.TAX_LINES: lambda: [tax_lines(docs, entity, given.tax_lines) for entity in LINES],
        ConservationRule.APPLIED_PAID: lambda: [applied_paid(docs, given.applied_paid)],
    }
    return alone[rule]() if rule in alone else _paid(rule, side(docs, given), given)


def _paid(rule: ConservationRule, one: Side, given: Conservation) -> list[Outcome]:
    """Rules that ask what payments cover which name no invoice."""
    covers, clear = payment_covers(one.docs, one.bills, one.applied, given)
    both = pl.concat([one.applied, clear])
    if rule is ConservationRule.PAYMENT_COVERS:
        return [covers]
    if rule is ConservationRule.PAID_INVOICED:
        return [paid_invoiced(one.docs, one.bills, both, given.paid_invoiced)]
    return one_currency(one.docs, one.bills, one.shares, both, given.one_currency)
