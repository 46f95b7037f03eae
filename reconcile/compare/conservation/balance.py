"""All rules on both sides, in order, and what they find as breaks: the stage on one page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b

import polars as pl

from reconcile.balances import CONSERVATION, RESIDUALS, ConservationRule, Conserved
from reconcile.compare.conservation.documents import LINES, documents
from reconcile.compare.conservation.orders import one_currency, order_invoiced, with_states
from reconcile.compare.conservation.outcomes import BROKEN, Outcome
from reconcile.compare.conservation.payments import applied_paid, paid_invoiced, payment_covers
from reconcile.compare.conservation.quantities import invoiced_shipped, line_quantity, line_shipped
from reconcile.compare.conservation.residuals import residuals
from reconcile.compare.conservation.sides import Side, side
from reconcile.compare.conservation.sums import header_lines, tax_lines
from reconcile.config.conservation import Conservation
from reconcile.records import Role
from reconcile.results import BREAKS, LINKS, BreakKind


@dataclass(frozen=True)
class Inputs:
    """Both sides' records, and what is known of them."""

    records: Mapping[Role, Mapping[str, pl.DataFrame]]
    """Side to entity to normalised frame, references as the side itself writes them; only entities that the side keeps."""
    links: Mapping[str, pl.DataFrame]
    """Entity to LINKS."""
    taken_at: dt.datetime
    """When the snapshots were taken; UTC."""
    known: pl.Series
    """Fingerprints of breaks that were open before: once seen, a break no longer counts as in flight."""


def conserve(inputs: Inputs, given: Conservation, in_flight_minutes: float) -> Conserved:
    """Every rule that is on and whose fields are mapped; the residuals of the sides that have invoices.

    Args:
        inputs: both sides.
        given: which rules, and how exactly.
        in_flight_minutes: what was changed so recently is no break yet.

    Returns:
        BREAKS without state and first_seen, CONSERVATION and RESIDUALS. The order of the records changes nothing.
    """
    sides = {role: side(documents(role, inputs.records.get(role, {}), given.void), given) for role in Role}
    outcomes: list[Outcome] = []
    for role, one in sides.items():
        found, clear = _of_one_side(one, given)
        outcomes += [outcome for outcome in found if role in given.of(outcome.rule).systems]
        sides[role] = replace(one, applied=pl.concat([one.applied, clear]))
    crm, erp = sides[Role.CRM], sides[Role.ERP]
    orders = inputs.links.get("orders", LINKS.to_frame())
    between = order_invoiced(crm.docs, erp.docs, orders, erp.shares, given)
    outcomes.append(between)
    since = inputs.taken_at - dt.timedelta(minutes=in_flight_minutes)
    breaks, rows = [BREAKS.to_frame()], []
    for outcome in outcomes:
        check = given.of(outcome.rule)
        made = _breaks(outcome, check.severity) if check.check else _DRAFT.to_frame()
        fresh = (pl.col("modified") > since) & ~pl.col("fingerprint").is_in(inputs.known.implode())
        kept = made.filter(~fresh.fill_null(value=False))
        breaks.append(kept.select(BREAKS.names()).cast(dict(BREAKS.items())))
        rows.append(_row(outcome, on=check.check, broken=made.height, in_flight=made.height - kept.height))
    left = [_residuals(sides[role], inputs, given, between) for role in Role]
    everything = pl.concat(breaks).sort("entity", "fingerprint")
    return Conserved(everything, pl.DataFrame(rows, schema=CONSERVATION, orient="row"), pl.concat(left))


def _of_one_side(one: Side, given: Conservation) -> tuple[list[Outcome], pl.DataFrame]:
    """The outcomes of the rules of one side, and what its unnamed payments cover."""
    docs, bills, applied = one.docs, one.bills, one.applied
    found = [
        line_quantity(docs, given.line_quantity),
        line_shipped(docs, given.line_shipped),
        invoiced_shipped(docs, given.invoiced_shipped),
        *(header_lines(docs, entity, given.header_lines) for entity in LINES),
        *(tax_lines(docs, entity, given.tax_lines) for entity in LINES),
    ]
    covers, clear = payment_covers(docs, bills, applied, given)
    both = pl.concat([applied, clear])
    found += [paid_invoiced(docs, bills, both, given.paid_invoiced), applied_paid(docs, given.applied_paid), covers]
    return [*found, *one_currency(docs, bills, one.shares, both, given.one_currency)], clear


def _residuals(one: Side, inputs: Inputs, given: Conservation, between: Outcome) -> pl.DataFrame:
    if "invoices" not in one.bills:
        return RESIDUALS.to_frame()
    orders = with_states(one.docs, given) if one.docs.has("orders") else _NO_ORDERS.to_frame()
    customers = inputs.records[one.docs.role].get("customers")
    return residuals(one.docs, one.bills, one.shares, one.applied, orders, between.detail or "gross", customers)


_NO_ORDERS = pl.Schema({"key": pl.String, "label": pl.String, "currency": pl.String, "_cancelled": pl.Int64})
_DRAFT = pl.Schema({**BREAKS, "modified": BROKEN["modified"]})


def _breaks(outcome: Outcome, severity: str) -> pl.DataFrame:
    """BREAKS and `modified`: known by rule, entity, side and key, so that neither amounts nor a new link make it another one."""
    role, frame = outcome.role, outcome.broken
    own, other = f"{role}_key", f"{role.other}_key"

    two_sided = outcome.rule is ConservationRule.ORDER_INVOICED
    columns: dict[str, pl.Series | pl.Expr] = {
        "fingerprint": pl.Series(list(_fingerprints(outcome, frame["key"].to_list())), dtype=pl.String),
        "kind": pl.lit(str(BreakKind.CONSERVATION)),
        "field": pl.lit(None, pl.String),
        own: pl.col("key"),
        other: pl.col("other_key") if two_sided else pl.lit(None, pl.String),
        f"{role}_value": pl.col("said"),
        f"{role.other}_value": pl.col("other_said"),
        "moved": pl.lit(None, pl.String),
        "severity": pl.lit(severity),
        "owner": pl.lit("review"),
        "value_at_risk": pl.col("at_risk"),
        "state": pl.lit(None, pl.String),
        "first_seen": pl.lit(None, BREAKS["first_seen"]),
    }
    return frame.with_columns(**columns).select(_DRAFT.names()).cast(dict(_DRAFT.items()))


def _fingerprints(outcome: Outcome, keys: Sequence[str]) -> Iterator[str]:
    kind = str(BreakKind.CONSERVATION)
    for key in keys:
        name = "\u001f".join((outcome.entity, kind, outcome.rule.value, str(outcome.role), key))
        yield blake2b(name.encode(), digest_size=10).hexdigest()


def _row(outcome: Outcome, *, on: bool, broken: int, in_flight: int) -> tuple[object, ...]:
    state = "off" if not on else "not_mapped" if outcome.lacking else "ran"
    detail = ", ".join(outcome.lacking) or outcome.detail
    counts = (outcome.judged, broken, in_flight, outcome.not_judged) if state == "ran" else (0, 0, 0, 0)
    return (outcome.rule.value, str(outcome.role), outcome.entity, state, *counts, detail)
