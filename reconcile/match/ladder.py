"""The ladder of matching for one entity: remembered links, shared keys, then scored candidates; each link says its rung."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from reconcile.config.models import Entity, kind_of
from reconcile.groups import connected
from reconcile.match import classifier
from reconcile.match.assign import one_to_one
from reconcile.match.candidates import blocks, propose
from reconcile.match.fields import comparable_frame, similarity
from reconcile.records import KEY, Kind, Role
from reconcile.refusals import refusal
from reconcile.results import CANDIDATES, Matched

_DUPLICATES = {"system": pl.String, "key": pl.String, "kept": pl.String, "probability": pl.Float64}
_PAIR = pl.Schema({"crm_key": pl.String, "erp_key": pl.String})
_TELLING = (Kind.TAX_ID, Kind.EMAIL, Kind.IDENTIFIER, Kind.PHONE)


@dataclass(frozen=True)
class Plan:
    """What one entity is matched by."""

    kinds: dict[str, Kind]
    """All fields that matching looks at, mapped on both sides."""
    keys: tuple[tuple[str, ...], ...]
    scored: tuple[str, ...]
    block: tuple[tuple[str, ...], ...]


def plan_of(entity_name: str, entity: Entity) -> Plan:
    """The keys, scored fields and blocking rules of an entity, from its configuration and the kinds of its fields."""
    both = {n: k for n, s in entity.fields.items() if s.crm and s.erp and (k := kind_of(entity_name, n, s))}
    keys = tuple(tuple(key) for key in entity.match.keys if all(name in both for name in key))
    scored = tuple(name for name in entity.match.fields if name in both)
    if scored:
        telling = (key[0] for key in keys if len(key) == 1 and both[key[0]] in _TELLING)
        scored = tuple(dict.fromkeys([*scored, *telling]))
    block = tuple(tuple(rule) for rule in entity.match.block) or tuple((name,) for name in scored)
    used = {name for group in (*keys, scored, *block) for name in group}
    return Plan({name: both[name] for name in both if name in used}, keys, scored, block)


def match(
    crm: pl.DataFrame,
    erp: pl.DataFrame,
    entity_name: str,
    entity: Entity,
    remembered: pl.DataFrame,
    budget: int,
    not_same: pl.DataFrame | None = None,
) -> tuple[Matched, list[str]]:
    """Link the records of both sides, one to one.

    Args:
        crm: normalised CRM records, references resolved to ERP keys.
        erp: normalised ERP records.
        entity_name: canonical name.
        entity: its configuration.
        remembered: LINKS of earlier runs.
        budget: the largest number of candidate pairs.
        not_same: columns crm_key, erp_key: pairs that a person has called different; nothing links or proposes them.

    Returns:
        Links, candidates for review and duplicates; and notes for the reader, such as a cap that was reached.
    """
    plan = plan_of(entity_name, entity)
    left, right = comparable_frame(crm, plan.kinds), comparable_frame(erp, plan.kinds)
    apart = _PAIR.to_frame() if not_same is None else not_same.select(_PAIR.names())
    links = _remembered(remembered, left, right).join(apart, on=_PAIR.names(), how="anti", maintain_order="left")
    for key in plan.keys:
        pairs = _by_key(_unlinked(left, links, Role.CRM), _unlinked(right, links, Role.ERP), key)
        links = pl.concat([links, pairs.join(apart, on=_PAIR.names(), how="anti", maintain_order="left")])
    candidates, duplicates, notes = pl.DataFrame(schema=_pairs()), pl.DataFrame(schema=_DUPLICATES), []
    if plan.scored:
        scored, twins, left_out = _scored(left, right, links, plan, budget)
        pairs = scored.join(apart, left_on=["l", "r"], right_on=_PAIR.names(), how="anti", maintain_order="left")
        links, candidates, duplicates = _zones(pairs, twins, links, entity)
        if left_out:
            notes.append(str(refusal("not_scored", entity=entity_name, count=f"{left_out:,}")))
    if not entity.duplicates:
        duplicates = duplicates.clear()
    name = pl.lit(entity_name).alias("entity")
    return (
        Matched(
            links.select(name, "crm_key", "erp_key", "rung", "probability").sort("crm_key", "erp_key"),
            candidates.select(name, pl.col("l").alias("crm_key"), pl.col("r").alias("erp_key"), "probability").cast(CANDIDATES),
            duplicates,
        ),
        notes,
    )


def _pairs() -> dict[str, pl.DataType | type[pl.DataType]]:
    return {"l": pl.String, "r": pl.String, "probability": pl.Float64}


def _remembered(remembered: pl.DataFrame, left: pl.DataFrame, right: pl.DataFrame) -> pl.DataFrame:
    there = remembered.join(left.select(crm_key=KEY), on="crm_key", how="semi").join(
        right.select(erp_key=KEY), on="erp_key", how="semi"
    )
    return there.select("crm_key", "erp_key", "rung", "probability").cast({"probability": pl.Float64})


def _unlinked(frame: pl.DataFrame, links: pl.DataFrame, role: Role) -> pl.DataFrame:
    return frame.join(links.select(pl.col(f"{role}_key").alias(KEY)), on=KEY, how="anti", maintain_order="left")


def _by_key(left: pl.DataFrame, right: pl.DataFrame, key: Sequence[str]) -> pl.DataFrame:
    """Pairs whose key values are equal and stand once on each side."""
    value = pl.concat_str(key, separator="\u001f").alias("v")
    sides = [frame.select(KEY, value).drop_nulls().filter(pl.col("v").is_unique()) for frame in (left, right)]
    return (
        sides[0]
        .join(sides[1], on="v")
        .select(crm_key=KEY, erp_key=f"{KEY}_right", rung=pl.lit("key:" + "+".join(key)), probability=pl.lit(1.0))
    )


def _scored(
    left: pl.DataFrame, right: pl.DataFrame, links: pl.DataFrame, plan: Plan, budget: int
) -> tuple[pl.DataFrame, dict[Role, pl.DataFrame], int]:
    """Candidate pairs of the records that have no link, with their probability, and how many pairs were left out.

    The pairs across the sides come first, then those inside each side: another record of it may be the same business.
    """
    rules = blocks(plan.block, plan.kinds)
    free_left, free_right = _unlinked(left, links, Role.CRM), _unlinked(right, links, Role.ERP)
    if free_left.is_empty() and free_right.is_empty():
        return pl.DataFrame(schema=_pairs()), dict.fromkeys(Role, pl.DataFrame(schema=_pairs())), 0
    there, out_there = propose(free_left, right, rules, budget)
    back, out_back = propose(left, free_right, rules, budget)
    pairs = pl.concat([there, back]).unique().sort("l", "r").head(budget)
    scored = similarities(left, right, pairs, plan)
    model = classifier.fit(pl.concat([scored, _known(left, right, links, rules, plan)]))
    twins = {
        role: _twins(free, whole, rules, plan, model, budget)
        for role, free, whole in ((Role.CRM, free_left, left), (Role.ERP, free_right, right))
    }
    return pairs.with_columns(probability=classifier.score(scored, model)), twins, out_there + out_back


def _twins(
    free: pl.DataFrame, whole: pl.DataFrame, rules: Sequence[pl.Expr], plan: Plan, model: classifier.Model, budget: int
) -> pl.DataFrame:
    """Pairs inside one side of which one record at least has no link, with their probability."""
    proposed, _ = propose(free, whole, rules, budget)
    pairs = proposed.filter(pl.col("l") != pl.col("r")).sort("l", "r")
    return pairs.with_columns(probability=classifier.score(similarities(whole, whole, pairs, plan), model))


def _known(left: pl.DataFrame, right: pl.DataFrame, links: pl.DataFrame, rules: Sequence[pl.Expr], plan: Plan) -> pl.DataFrame:
    """Similarities among records that are linked already: they show the model what sameness looks like here."""
    linked_left = left.join(links.select(pl.col("crm_key").alias(KEY)), on=KEY, how="semi").sort(KEY).head(20_000)
    pairs, _ = propose(linked_left, right, rules, classifier.TRAINING_PAIRS)
    return similarities(left, right, pairs.sort("l", "r"), plan)


def similarities(left: pl.DataFrame, right: pl.DataFrame, pairs: pl.DataFrame, plan: Plan) -> pl.DataFrame:
    """One Float64 column per scored field for each pair, in the order of the pairs."""
    wide = pairs.join(left, left_on="l", right_on=KEY, how="left", maintain_order="left").join(
        right, left_on="r", right_on=KEY, how="left", suffix="_r", maintain_order="left"
    )
    return pl.DataFrame({name: similarity(plan.kinds[name], wide[name], wide[f"{name}_r"]) for name in plan.scored})


def _zones(
    pairs: pl.DataFrame, twins: dict[Role, pl.DataFrame], links: pl.DataFrame, entity: Entity
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Links, candidates and duplicates among the scored pairs."""
    above = pairs.filter(pl.col("probability") >= entity.match.review_at)
    free = above.join(links, left_on="l", right_on="crm_key", how="anti").join(links, left_on="r", right_on="erp_key", how="anti")
    chosen = one_to_one(free)
    sure = chosen.filter(pl.col("probability") >= entity.match.link_at)
    linked = pl.concat([links, sure.select(crm_key="l", erp_key="r", rung=pl.lit("score"), probability="probability")])
    duplicates = _duplicates(above.filter(pl.col("probability") >= entity.match.link_at), twins, linked, entity.match.link_at)
    lost = {role: duplicates.filter(pl.col("system") == str(role)).select(k="key") for role in Role}
    candidates = (
        chosen.filter(pl.col("probability") < entity.match.link_at)
        .join(lost[Role.CRM], left_on="l", right_on="k", how="anti")
        .join(lost[Role.ERP], left_on="r", right_on="k", how="anti")
    )
    return linked, candidates.sort("l", "r"), duplicates


def _duplicates(sure: pl.DataFrame, twins: dict[Role, pl.DataFrame], links: pl.DataFrame, link_at: float) -> pl.DataFrame:
    """Records without a link that are surely the same as another record of their side.

    Kept is the record that holds the link; where none of a group does, the one with the smallest key.
    """
    found = [pl.DataFrame(schema=_DUPLICATES)]
    for role, own, other in ((Role.CRM, "l", "r"), (Role.ERP, "r", "l")):
        linked = links.select(k=f"{role}_key")
        rivals = sure.join(linked, left_on=own, right_on="k", how="anti").join(
            links.select(pl.col(f"{role.other}_key").alias(other), pl.col(f"{role}_key").alias("kept")), on=other
        )
        inside = twins[role].filter(pl.col("probability") >= link_at).join(linked, left_on="l", right_on="k", how="anti")
        holders = inside.join(linked, left_on="r", right_on="k", how="semi").select(key="l", kept="r", probability="probability")
        direct = pl.concat([rivals.select(pl.col(own).alias("key"), "kept", "probability"), holders])
        free = inside.join(linked, left_on="r", right_on="k", how="anti")
        found.append(_kept(direct, free).select(pl.lit(str(role)).alias("system"), "key", "kept", "probability"))
    return pl.concat(found).sort("system", "key")


def _kept(direct: pl.DataFrame, free: pl.DataFrame) -> pl.DataFrame:
    """Columns key, kept, probability: the surest linked record of each record's group, else the group's smallest key."""
    alone = direct.select(l="key", r="key")
    groups = connected(pl.concat([free.select("l", "r"), alone]))
    surest = direct.sort(["probability", "kept"], descending=[True, False])
    of_group = surest.join(groups, on="key").unique("group", keep="first", maintain_order=True).select("group", linked="kept")
    own = surest.unique("key", keep="first").select("key", own="kept", sure="probability")
    near = free.group_by(key="l").agg(near=pl.col("probability").max())
    return (
        groups.join(own, on="key", how="left")
        .join(of_group, on="group", how="left")
        .join(near, on="key", how="left")
        .select("key", kept=pl.coalesce("own", "linked", "group"), probability=pl.coalesce("sure", "near"))
        .filter(pl.col("key") != pl.col("kept"))
    )
