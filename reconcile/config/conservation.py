"""What `conservation:` may say: which quantities and amounts must add up across documents, and how exactly.

Apart from the models of entities, because these rules hold between entities.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from pydantic import Field

from reconcile.balances import ConservationRule
from reconcile.config.model import Model, Name
from reconcile.records import Role

Severity = Literal["blocking", "major", "minor"]


class ConservationCheck(Model):
    """One rule: whether it is checked, how exactly, how grave it is, and of which documents."""

    check: bool = Field(True, description="false: the rule is not checked.")
    tolerance: float = Field(
        0.0,
        ge=0,
        description="How far it may be off: amounts in the smallest unit of their currency (1 is a cent, a yen, a fils), "
        "quantities in their own. Half a smallest unit for each amount that was rounded on its own is allowed besides.",
    )
    severity: Severity = Field("major", description="How grave it is when it is broken.")
    systems: tuple[Role, ...] = Field((Role.CRM, Role.ERP), description="Of which systems documents are held to it.")
    where: dict[Name, tuple[Name, ...]] = Field(
        default={},
        description="Only documents whose field holds one of these, such as currency: [EUR]. Canonical fields, the ERP's codes.",
    )


_MINOR = ConservationCheck(severity="minor")  # type: ignore[call-arg]  # every key has a default
_MAJOR = ConservationCheck()  # type: ignore[call-arg]  # every key has a default


class Conservation(Model):
    """What must add up across documents. Every rule is checked where its fields are mapped."""

    line_quantity: ConservationCheck = Field(_MAJOR, description="Of each order line: ordered = shipped + open + cancelled.")
    line_shipped: ConservationCheck = Field(_MAJOR, description="What an order line calls shipped is what its shipments carry.")
    invoiced_shipped: ConservationCheck = Field(
        _MAJOR, description="Of each order line, no more is invoiced, less what is credited, than shipped."
    )
    header_lines: ConservationCheck = Field(
        _MAJOR, description="The amount of an order, invoice or credit note is the sum of its lines, with tax or without."
    )
    tax_lines: ConservationCheck = Field(_MAJOR, description="The tax of a document is the sum of its lines' taxes.")
    paid_invoiced: ConservationCheck = Field(
        _MAJOR, description="No more is paid on an invoice than it demands, less its credit notes."
    )
    applied_paid: ConservationCheck = Field(_MAJOR, description="No more of a payment is applied to invoices than it holds.")
    payment_covers: ConservationCheck = Field(
        _MINOR, description="A payment that names no invoice is the sum of some open invoices of its customer."
    )
    order_invoiced: ConservationCheck = Field(
        _MAJOR,
        description="The CRM's amount of an order, less what was cancelled, is the sum of its ERP invoices less credit "
        "notes; until all is invoiced, they may not come to more.",
    )
    one_currency: ConservationCheck = Field(
        _MAJOR,
        description="An order, its invoices and what is paid on them are in one currency. Different ones are never added up.",
    )
    void: dict[Name, tuple[Name, ...]] = Field(
        default={},
        description="Entity to the codes of `status` (as the ERP has them) whose documents do not count, such as invoices: [X].",
    )
    closed: tuple[Name, ...] = Field(
        (),
        description="Codes of the orders' `status` with which an order is invoiced in full. Besides, it is when the "
        "quantities of its lines say so.",
    )
    tax: Literal["auto", "included", "excluded"] = Field(
        "auto", description="Whether the amount of an invoice includes its `tax`; auto: what fits its lines, or what is paid."
    )
    search_invoices: int = Field(
        24,
        ge=1,
        le=36,
        description="Of so many open invoices of a customer at most, all sums are tried for a payment that names none.",
    )
    search_payments: int = Field(10_000, ge=0, description="For so many such payments at most, in one run.")

    def of(self, rule: ConservationRule) -> ConservationCheck:
        """What is said of one rule."""
        found: ConservationCheck = getattr(self, rule.value)
        return found


def unknown_places(
    given: Conservation, fields: Mapping[str, frozenset[str]]
) -> Iterator[tuple[tuple[str, ...], str, frozenset[str]]]:
    """(path, name, what is known) of every entity in `void` and field in `where` that is not configured; `fields` by entity."""
    for entity in given.void:
        if entity not in fields:
            yield ("void", entity), entity, frozenset(fields)
    known = frozenset(name for names in fields.values() for name in names)
    for rule in ConservationRule:
        for name in given.of(rule).where:
            if name not in known:
                yield (rule.value, "where", name), name, known
