"""What must add up across documents, as a condition on the keys of one kind of document. The judging is the comparison's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from expectations.engine.define import Asked, column_condition
from expectations.own.metrics.asking import given, text
from reconcile.balances import ConservationRule
from reconcile.compare.conservation import single_rule
from reconcile.config.conservation import Conservation
from reconcile.errors import RuleUnfit
from reconcile.records import SHAPES, Role
from reconcile.results import LINKS

_OTHER = "other:"


@column_condition("column_values.adds_up", "balance", "entity", "system", "tolerance", "void", "closed", "tax")
def adds_up(
    column: pl.Expr,
    asked: Asked,
    *,
    balance: str,
    entity: str | None = None,
    system: str = "erp",
    tolerance: float = 0.0,
    void: Mapping[str, Sequence[str]] | None = None,
    closed: Sequence[str] = (),
    tax: str = "auto",
) -> pl.Expr:
    """The value is not the key of a document that breaks the balance; documents that can't be judged pass."""
    rule, role, documents = _rule(balance), _role(system), given(entity, "entity")
    settings = {rule.value: {"tolerance": tolerance}, "void": void or {}, "closed": list(closed), "tax": tax}
    how = Conservation.model_validate(settings)
    two_sided = rule is ConservationRule.ORDER_INVOICED
    records = {role: _records(asked, "")}
    links = LINKS.to_frame()
    if two_sided:
        records[role.other] = _records(asked, _OTHER)
        links = asked.table("crosswalk").filter(pl.col("entity") == "orders").collect()
    outcomes = [one for one in single_rule(rule, role, records, links, how) if one.entity == documents]
    if not outcomes:
        raise RuleUnfit(f"balance: {balance} says nothing of {entity}", hint="Put the rule into the suite of its documents.")
    if lacking := [place for one in outcomes for place in one.lacking]:
        raise RuleUnfit(f"The balance {balance} needs {', '.join(lacking)}", hint="Map these fields, or leave the rule out.")
    keys = pl.concat([_keys(one.broken, role) for one in outcomes])
    return ~text(column, asked, "keys").is_in(keys.unique().implode())


def _keys(broken: pl.DataFrame, role: Role) -> pl.Series:
    """Of this side; what holds between both is known by the ERP's key, and by the CRM's beside it."""
    two_sided = role is Role.CRM and broken["other_key"].null_count() < broken.height
    return broken["other_key" if two_sided else "key"].drop_nulls().rename("key")


def _records(asked: Asked, prefix: str) -> dict[str, pl.DataFrame]:
    """The side tables of documents, of this side or (`other:`) the other one."""
    found = {name: asked.tables[prefix + name].collect() for name in SHAPES if prefix + name in asked.tables}
    if not found:
        what = "the other system" if prefix else "this system"
        raise RuleUnfit(f"No documents of {what} came with the batch", hint="Check the project, not a single file.")
    return found


def _rule(name: str) -> ConservationRule:
    try:
        return ConservationRule(name)
    except ValueError:
        raise RuleUnfit(f"balance: there is none called {name}", hint=f"Known are {', '.join(ConservationRule)}.") from None


def _role(name: str) -> Role:
    try:
        return Role(name)
    except ValueError:
        raise RuleUnfit(f"system: {name} is neither crm nor erp", hint="Say whose documents these are.") from None
