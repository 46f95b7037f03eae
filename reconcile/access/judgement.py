"""What the rules say of a decision at the moment when it falls: rights of one's own or lent, four eyes, one's own proposals."""

from __future__ import annotations

import datetime as dt

import polars as pl

from reconcile.access.people import Person
from reconcile.access.rules import Rules, word
from reconcile.config.access import Operation
from reconcile.config.wording import printable
from reconcile.errors import NotAllowed, OwnProposal, WouldBeRefused
from reconcile.ledger.decisions import VERDICTS, Facts, Judge
from reconcile.ledger.lapses import progress
from reconcile.refusals import refusal

_LONGEST = 36_500
"""Days; what holds for longer holds for a century."""


def approving(rules: Rules, person: Person) -> Judge:
    """May this person approve? Raises NotAllowed, OwnProposal or WouldBeRefused if there is nothing that they may."""

    def judge(facts: Facts) -> pl.DataFrame:
        frame = facts.candidates
        verdicts = _by_right(rules, person, "approve", facts)
        before = _involved(rules, person.name, facts)
        again = pl.col("id").is_in(before)
        refused = frame["problem"].is_not_null()
        own = rules.proposed(person, frame)
        verdicts = verdicts.with_columns(
            why=pl.when(refused)
            .then(pl.lit(str(refusal("would_refuse", problem=""))) + frame["problem"])
            .when(own)
            .then(pl.lit(str(rules.own_words(person))))
            .when(again)
            .then(pl.lit(str(refusal("approved_already", who=person.name))))
            .otherwise("why")
        )
        _refuse_if_nothing(rules, person, "approve", frame, verdicts, rest=len(before) > 0, refused=refused, own=own)
        return _counted(rules, person, facts, verdicts)

    return judge


def rejecting(rules: Rules, person: Person) -> Judge:
    """May this person reject? Raises NotAllowed if there is nothing that they may."""

    def judge(facts: Facts) -> pl.DataFrame:
        verdicts = _by_right(rules, person, "reject", facts)
        none = pl.Series([False]).new_from_index(0, facts.candidates.height)
        _refuse_if_nothing(rules, person, "reject", facts.candidates, verdicts, rest=False, refused=none, own=none)
        return _complete(verdicts.with_columns(missing=pl.lit(0, pl.Int64), progress=pl.lit("")))

    return judge


def lenders(rules: Rules, person: Person, facts: Facts) -> list[Person]:
    """Those who are away and have lent this person their right. A right that was lent is not lent on."""
    rows = facts.lent.iter_rows()
    away = {rules.person(one).name: rules.person(one) for one, deputy in rows if rules.same(person, deputy)}
    return [one for name, one in away.items() if name != person.name]


def _by_right(rules: Rules, person: Person, operation: Operation, facts: Facts) -> pl.DataFrame:
    """Columns id, why, on_behalf_of: by one's own right if that is enough, else by the first right lent that is."""
    frame = facts.candidates
    away = lenders(rules, person, facts)
    if not away:
        rules.check(person, operation)
    own = rules.objections(person, operation, frame)
    out = frame.select("id", why=own, on_behalf_of=pl.lit(None, pl.String))
    for one in away:
        used = pl.col("id").is_in(_involved(rules, one.name, facts))
        may = (rules.objections(one, operation, frame) == "") & (out["why"] != "")
        takes = may & out.select(~used).to_series()
        out = out.with_columns(
            why=pl.when(takes).then(pl.lit("")).otherwise("why"),
            on_behalf_of=pl.when(takes).then(pl.lit(one.name)).otherwise("on_behalf_of"),
        )
    return out


def _involved(rules: Rules, name: str, facts: Facts) -> list[str]:
    """Actions for which an approval counts that this person gave, or that was given by this person's right."""
    person = rules.person(name)
    mine = pl.lit(value=False)
    for column in ("decided_by", "on_behalf_of"):
        known = facts.standing[column].unique().drop_nulls().to_list()
        mine = mine | pl.col(column).is_in(rules.spellings(person, known)).fill_null(value=False)
    return facts.standing.filter(mine)["action_id"].unique().to_list()


def _counted(rules: Rules, person: Person, facts: Facts, verdicts: pl.DataFrame) -> pl.DataFrame:
    """How many approvals each action then has, and how many are missing."""
    given = facts.standing.group_by(id="action_id").agg(names="decided_by")
    needed = facts.candidates.select("id", needed=rules.needed())
    full = verdicts.join(needed, on="id", maintain_order="left").join(given, on="id", how="left", maintain_order="left")
    full = full.with_columns(names=pl.col("names").fill_null([]).list.concat(pl.lit([person.name])))
    full = full.with_columns(missing=(pl.col("needed") - pl.col("names").list.len()).clip(lower_bound=0).cast(pl.Int64))
    texts = {
        (tuple(names), count)
        for names, count in full.filter(pl.col("missing") > 0).select("names", "needed").unique().iter_rows()
    }
    said = pl.lit("")
    for names, count in texts:
        here = (pl.col("names").list.join("\n") == "\n".join(names)) & (pl.col("needed") == count)
        said = pl.when(here).then(pl.lit(str(progress(names, count)))).otherwise(said)
    return _complete(full.with_columns(progress=said))


def _complete(verdicts: pl.DataFrame) -> pl.DataFrame:
    return verdicts.with_columns(sampled=pl.lit(None, pl.Boolean)).select(VERDICTS.names())


def _refuse_if_nothing(
    rules: Rules,
    person: Person,
    operation: Operation,
    frame: pl.DataFrame,
    verdicts: pl.DataFrame,
    *,
    rest: bool,
    refused: pl.Series,
    own: pl.Series,
) -> None:
    """Raises if there are candidates and none passes, unless what is left was only decided so before."""
    if not verdicts.height or rest or (verdicts["why"] == "").any():
        return
    if refused.all():
        rows = frame.unique("problem", keep="first", maintain_order=True).select("id", "problem").head(6).iter_rows()
        raise WouldBeRefused([f"{id_} ({printable(problem)})" for id_, problem in rows])
    first = frame.filter(~refused)
    why = verdicts.filter(~refused)["why"].mode().sort()[0]
    doing = f"{word(operation)} {'this' if first.height == 1 else 'any of these'}"
    kind = OwnProposal if own.filter(~refused).all() else NotAllowed
    raise kind(person.name, doing, why, rules.who_may(operation, first))


def holds(days: float | None) -> dt.timedelta | None:
    """For how long an approval counts."""
    return None if days is None else dt.timedelta(days=min(days, _LONGEST))
