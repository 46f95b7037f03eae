"""Named rules that approve what is harmless, under their own name, and the people who look at a share of it afterwards."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import partial

import polars as pl

from reconcile.access import Person, Rules
from reconcile.access.judgement import holds
from reconcile.access.rules import frame_of
from reconcile.config.access import AutomaticApproval
from reconcile.config.models import ProjectConfig
from reconcile.errors import NotAllowed, UnknownActions, UnknownRule
from reconcile.ledger import Ledger
from reconcile.ledger.decisions import VERDICTS, Facts, Said
from reconcile.ledger.reviews import OBJECTED, REVIEWED, signs
from reconcile.results import ActionState


def apply(ledger: Ledger, config: ProjectConfig, run_id: str) -> dict[str, int]:
    """Let each rule that nobody has objected to approve what it covers of a run's fresh proposals; rule to how many.

    Never what people proposed, touched, or must approve together, what its target would refuse, merges or deactivations.
    """
    if not config.approvals.automatic:
        return {}
    rules = Rules.of(config)
    paused = ledger.paused_rules([rule.name for rule in config.approvals.automatic])
    out = {}
    for rule in config.approvals.automatic:
        if rule.name not in paused:
            covered = ledger.proposals_for_rules(run_id).filter(_covers(rule))["id"].to_list()
            said = Said(ActionState.APPROVED, signs(rule.name), "", rule.name, holds(config.approvals.expire_days))
            out[rule.name] = ledger.decide(covered, [ActionState.PROPOSED], partial(_judge, rules, rule), said).changed
    return out


def review(
    ledger: Ledger, config: ProjectConfig, ids: Sequence[str], *, good: bool, by: Person | str, comment: str = ""
) -> tuple[str, ...]:
    """Say of actions that rules approved whether that was right; the rules.

    An objection pauses them, and rejects what is not pushed yet. Raises UnknownActions, NotByRule, and NotAllowed for whoever
    may not approve these actions; then nothing changes.
    """
    rules = Rules.of(config)
    person = rules.person(by)
    rules.check(person, "approve")
    actions = ledger.actions(ids=ids)
    if missing := sorted(set(ids) - {action.id for action in actions}):
        raise UnknownActions(missing)
    frame = frame_of(actions)
    for why in rules.objections(person, "approve", frame):
        if why:
            raise NotAllowed(person.name, "review these", why, rules.who_may("approve", frame))
    return ledger.review(ids, REVIEWED if good else OBJECTED, person.name, comment.strip())


def resume_rule(ledger: Ledger, config: ProjectConfig, rule: str, *, by: Person | str, comment: str = "") -> bool:
    """Let a rule apply again that an objection has paused; False if it was not. Raises UnknownRule, NotAllowed."""
    rules = Rules.of(config)
    person = rules.person(by)
    rules.check(person, "administer")
    known = [each.name for each in config.approvals.automatic]
    if rule not in known:
        raise UnknownRule(rule, known)
    return ledger.resume_rule(rule, person.name, comment.strip())


def _covers(rule: AutomaticApproval) -> pl.Expr:
    """What a rule covers, of the columns of Ledger.proposals_for_rules. A value that is no number is above every amount."""
    value = pl.col("value_at_risk").abs()
    here = pl.col("tier").is_in(list(rule.tiers)) & (value.is_null() | (value <= rule.amount))
    if rule.entities is not None:
        here &= pl.col("entity").is_in(list(rule.entities))
    if rule.targets is not None:
        here &= pl.col("target").is_in([target.value for target in rule.targets])
    if rule.fields is not None:
        here &= pl.col("fields").list.eval(pl.element().is_in(list(rule.fields))).list.all()
    return here


def _judge(rules: Rules, rule: AutomaticApproval, facts: Facts) -> pl.DataFrame:
    """Only what one person could approve alone, and what nobody has begun to decide on meanwhile."""
    frame = facts.candidates.with_columns(needed=rules.needed())
    free = (pl.col("needed") == 1) & pl.col("problem").is_null() & pl.col("approval_id").is_null() & (pl.col("proposed_by") == "")
    sampled = [_in_sample(rule, id_, hash_) for id_, hash_ in frame.select("id", "payload_hash").iter_rows()]
    return frame.select(
        "id",
        why=pl.when(free).then(pl.lit("")).otherwise(pl.lit("a person must approve it")),
        on_behalf_of=pl.lit(None, pl.String),
        missing=pl.lit(0, pl.Int64),
        progress=pl.lit(""),
        sampled=pl.Series(sampled, dtype=pl.Boolean),
    ).select(VERDICTS.names())


def _in_sample(rule: AutomaticApproval, id_: str, payload_hash: str) -> bool:
    """Whether a person looks at it afterwards: always the same answer for the same values, and nobody chooses."""
    digest = hashlib.sha256(f"{rule.name}\n{id_}\n{payload_hash}".encode()).digest()
    return int.from_bytes(digest[:6], "big") < rule.sample * 2**48
