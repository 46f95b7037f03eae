"""The rules of conservation as an expectation: what must add up across documents of a system, or of both."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from great_expectations.compatibility.pydantic import Field
from great_expectations.expectations.expectation import ColumnMapExpectation

from expectations.own.expected.found import Words
from expectations.own.expected.telling import Told
from reconcile.balances import ConservationRule

_BALANCES = tuple(rule.value for rule in ConservationRule)


class ExpectDocumentsToAddUp(Told, ColumnMapExpectation):  # type: ignore[misc]  # Great Expectations is untyped for us
    """Expect documents to keep a rule of conservation, such as: no more is paid on an invoice than it demands.

    A document that can't be judged, since an amount is missing, passes. The other documents come as side tables.
    """

    balance: Literal[_BALANCES] = Field(description=f"The rule: {', '.join(_BALANCES)}.")  # type: ignore[valid-type]  # the names stand once
    entity: str | None = Field(None, description="The documents that pass or fail, such as invoices; filled in by a run.")
    system: Literal["crm", "erp"] | None = Field(None, description="Whose documents: crm or erp; filled in by a run.")
    tolerance: float = Field(0.0, ge=0, description="How far it may be off: cents, yen or fils of amounts, pieces of quantities.")
    void: dict[str, Any] | None = Field(None, description="Entity to the codes of status whose documents don't count.")
    closed: list[str] = Field([], description="Codes of the orders' status with which an order is invoiced in full.")
    tax: Literal["auto", "included", "excluded"] = Field("auto", description="Whether the amount of an invoice includes its tax.")

    map_metric = "column_values.adds_up"
    success_keys = ("balance", "entity", "system", "tolerance", "void", "closed", "tax", "mostly")
    args_keys = ("column", "balance", "entity")
    dimension: ClassVar[str] = "consistency"
    sentence: ClassVar[Words] = ("$entity must add up ($balance)", "$entity 必须平衡（$balance）")
    clauses: ClassVar[dict[str, Words]] = {"tolerance": (", $tolerance at most apart", "，误差不超过 $tolerance")}
