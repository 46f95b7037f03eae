"""The ladder of matching for one entity: remembered links, shared keys, then scored pairs; each link says its rung."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import polars as pl

from reconcile.config.models import Entity, kind_of
from reconcile.errors import TooManyPairs
from reconcile.match import linkage
from reconcile.match.candidates.blocking import PAIR
from reconcile.match.candidates.inside import inside
from reconcile.match.candidates.missed import missed
from reconcile.match.deciding.resolution import Resolved, called_different
from reconcile.match.explaining import doubts
from reconcile.match.kept import Kept, written
from reconcile.match.keys import by_keys, contradicted
from reconcile.match.linkage import Settings
from reconcile.match.rows import ENDS, keyed, numbered, of_side
from reconcile.match.scheme import Scheme
from reconcile.match.scoring.fitting import weights
from reconcile.match.scoring.known import Known
from reconcile.match.scoring.model import Model, probability
from reconcile.match.teaching.answers import ANSWERS
from reconcile.match.teaching.learning import taught
from reconcile.progress import Silent
from reconcile.records import KEY, Kind, Role
from reconcile.refusals import refusal
from reconcile.results import CANDIDATES, Matched

_DUPLICATES = pl.Schema({"system": pl.String, "key": pl.String, "kept": pl.String, "probability": pl.Float64})
_LINKS = pl.Schema({"l": pl.UInt32, "r": pl.UInt32, "rung": pl.String, "probability": pl.Float64})
_TWINS = pl.Schema({"side": pl.String, "a": pl.UInt32, "kept": pl.UInt32, "probability": pl.Float64})
_PAIR = pl.Schema({"crm_key": pl.String, "erp_key": pl.String})
_TELLING = (Kind.TAX_ID, Kind.EMAIL, Kind.IDENTIFIER, Kind.PHONE)
PERSON = "person"
"""The rung of a link that a person has decided."""
_LEAST_SURE = 0.9
"""What a run links stays linked: below this it asks, however precise the links are as a whole."""
_WORTH_A_WORD = 0.0005
"""From this share of the true pairs on it is said that blocking misses some; less would read as 0.0 %."""


@dataclass(frozen=True)
class Plan:
    """What one entity is matched by."""

    kinds: dict[str, Kind]
    """All fields that are mapped on both sides."""
    keys: tuple[tuple[str, ...], ...]
    scored: Scheme
    """The fields whose likeness decides where no key does; none if the configuration names none."""


def plan_of(entity_name: str, entity: Entity) -> Plan:
    """The keys, scored fields and blocking rules of an entity, from its configuration and the kinds of its fields."""
    both = {n: k for n, s in entity.fields.items() if s.crm and s.erp and (k := kind_of(entity_name, n, s))}
    keys = tuple(tuple(key) for key in entity.match.keys if all(name in both for name in key))
    scored = tuple(name for name in entity.match.fields if name in both)
    if scored:
        telling = (key[0] for key in keys if len(key) == 1 and both[key[0]] in _TELLING)
        scored = tuple(dict.fromkeys([*scored, *telling]))
    block = tuple(tuple(rule) for rule in entity.match.block)
    used = {*scored, *(name for rule in block for part in rule if (name := part.split(":", 1)[0]) in both)} if scored else set()
    return Plan(both, keys, Scheme({name: kind for name, kind in both.items() if name in used}, (), block))


def match(
    crm: pl.DataFrame,
    erp: pl.DataFrame,
    entity_name: str,
    entity: Entity,
    remembered: pl.DataFrame,
    budget: int,
    not_same: pl.DataFrame | None = None,
) -> tuple[Matched, list[str]]:
    """Link the records of both sides.

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
    sides = (crm, erp)
    apart = apart_of(not_same, sides)
    climbed = climb(sides, plan, entity, Given(linked_before(remembered, sides, apart), apart, budget))
    return as_matched(climbed, sides, entity_name, entity), climbed.said_of(entity_name)


@dataclass(frozen=True)
class Given:
    """What is known before the first pair is scored, by row numbers."""

    links: pl.DataFrame
    """l, r, rung, probability: links of earlier runs."""
    apart: pl.DataFrame
    """l, r: pairs that a person has called different."""
    budget: int
    """The largest number of candidate pairs."""
    released: pl.DataFrame = field(default_factory=_LINKS.to_frame)
    """l, r, rung, probability: links of earlier runs of which a record has changed. They stay if the two are not unlike now and
    neither has a better partner."""
    known: Known | None = None
    """What all records have taught, where these are a few of them."""
    link_at: float | None = None
    """From which probability pairs were linked then."""
    keyed: pl.DataFrame | None = None
    """KEYED: pairs that share a key, where that is known already."""


@dataclass(frozen=True)
class Climbed:
    """What the ladder has come to, by row numbers."""

    links: pl.DataFrame
    """l, r, rung, probability."""
    candidates: pl.DataFrame
    """l, r, probability."""
    twins: pl.DataFrame
    """side, a, kept, probability: as of `Resolved`."""
    scored: linkage.Scored | None
    """What was compared; None if nothing was."""
    settings: Settings
    doubtful: bytes = b""
    refused: str = ""
    """Why nothing was scored, if there was too much to."""
    learned: bytes = b""
    """The model, as JSON."""
    taught_by: int = 0
    """Decisions of people that pairs were weighed by; 0 where they taught nothing but themselves."""

    def said_of(self, entity: str) -> list[str]:
        """Notes for the reader, such as a cap that was reached."""
        if self.refused:
            return [f"{entity}: {self.refused}"]
        told = [str(refusal("taught", entity=entity, answers=f"{self.taught_by:,}"))] if self.taught_by else []
        return [] if self.scored is None else [*told, *_left(self.scored, entity)]


def apart_of(not_same: pl.DataFrame | None, sides: tuple[pl.DataFrame, pl.DataFrame]) -> pl.DataFrame:
    """The row numbers (l, r) of pairs that a person has called different."""
    return numbered(_PAIR.to_frame() if not_same is None else not_same, sides).select(ENDS)


def linked_before(remembered: pl.DataFrame, sides: tuple[pl.DataFrame, pl.DataFrame], apart: pl.DataFrame) -> pl.DataFrame:
    """l, r, rung, probability of the links of earlier runs whose records are still there."""
    known = numbered(remembered, sides).select(*ENDS, "rung", pl.col("probability").cast(pl.Float64))
    return known.join(apart, on=ENDS, how="anti", maintain_order="left")


def climb(sides: tuple[pl.DataFrame, pl.DataFrame], plan: Plan, entity: Entity, given: Given) -> Climbed:
    """Remembered links, shared keys, scores.

    Args:
        sides: records of both systems.
        plan: what they are matched by.
        entity: says from when on pairs are linked.
        given: what is known before.
    """
    limits, links, apart = entity.match, given.links, given.apart
    keyed = by_keys(*sides, plan.kinds, plan.keys, links, apart) if given.keyed is None else given.keyed
    doubted = contradicted(keyed, *sides, plan.kinds)
    links = pl.concat([links, keyed.filter(~doubted).select(*ENDS, "rung", probability=pl.lit(1.0))])
    waiting = keyed.filter(doubted).select(*ENDS, probability=pl.lit(limits.review_at))
    settings = Settings(limits.link_at, limits.review_at, limits.target_precision, many=limits.many, pairs=given.budget)
    refused, scored, twins, doubtful, learned, taught_by = "", None, _TWINS.to_frame(), b"", b"", 0
    try:
        scored = _scored(sides, plan, settings, given) if _some_free(sides, links) else None
    except TooManyPairs as error:  # what keys and people have linked stays linked
        refused = str(error)
    if scored and scored.comparison.fields:
        settings = replace(settings, link_at=given.link_at or linked_from(scored, settings))
        learned = written(kept_of(plan, settings, scored.model))
        untaught = scored
        if given.known is None:
            scored, taught_by = beside_people(scored, links, apart, settings)
        before = links
        decided = decided_with(scored, sides, links, apart, plan.scored.block, settings)
        links, reviews = _decided(decided, links, apart, settings)
        stay, fall = _stay(scored, given.released, links, settings)
        links, waiting, twins = pl.concat([links, stay]), pl.concat([waiting, reviews, fall]), decided.twins
        made = links.join(before, on=ENDS, how="anti", maintain_order="left").join(stay, on=ENDS, how="anti")
        asked = _free(waiting.unique(ENDS, keep="first", maintain_order=True), links, limits.many)
        doubtful = doubts.written(doubts.doubts(scored, decided, settings, asked, made, sides, untaught if taught_by else None))
    else:
        links, scored = pl.concat([links, _free(given.released, links, limits.many)]), None
    candidates = _free(waiting.unique(ENDS, keep="first", maintain_order=True), links, limits.many)
    return Climbed(links, candidates, twins, scored, settings, doubtful, refused, learned, taught_by)


def _scored(sides: tuple[pl.DataFrame, pl.DataFrame], plan: Plan, settings: Settings, given: Given) -> linkage.Scored:
    if given.known is None:
        return linkage.score(*sides, plan.scored, settings, Silent())
    return linkage.score_again(*sides, plan.scored, settings, given.known)


def _stay(
    scored: linkage.Scored, released: pl.DataFrame, links: pl.DataFrame, settings: Settings
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Of the earlier links whose records have no other now: those that stay, and those that have become too unlike."""
    open_ = _free(released, links, settings.many).sort(ENDS)
    bits = weights(scored.comparison.levels(open_.select(ENDS).cast(PAIR)), scored.model, scored.comparison)
    sure = pl.Series(probability(bits), dtype=pl.Float64)
    alike = sure >= settings.review_at
    return open_.filter(alike), open_.filter(~alike).select(*ENDS, probability=sure.filter(~alike))


def as_matched(climbed: Climbed, sides: tuple[pl.DataFrame, pl.DataFrame], entity_name: str, entity: Entity) -> Matched:
    """The same by keys."""
    name, links = pl.lit(entity_name).alias("entity"), climbed.links
    candidates = keyed(climbed.candidates, sides).select(name, *_PAIR.names(), "probability").cast(CANDIDATES)
    return Matched(
        keyed(links, sides).select(name, *_PAIR.names(), "rung", "probability").sort(_PAIR.names()),
        candidates.sort(_PAIR.names()),
        _duplicates(sides, climbed.twins, links) if entity.duplicates else _DUPLICATES.to_frame(),
        climbed.learned,
        climbed.doubtful,
    )


def kept_of(plan: Plan, settings: Settings, model: Model) -> Kept:
    """The model of a run."""
    return Kept(plan.scored, settings, model, {})


def _left(scored: linkage.Scored, entity: str) -> list[str]:
    """Notes on what was not compared: what too many share, and what no blocking rule has brought together."""
    notes = []
    if scored.left_out:
        notes.append(str(refusal("not_scored", entity=entity, count=f"{scored.left_out:,}")))
    found = missed(scored.pairs, scored.rules, scored.comparison)
    if found is not None and found.most >= _WORTH_A_WORD:
        notes.append(str(refusal("missed", entity=entity, least=f"{found.least:.1%}", most=f"{found.most:.1%}")))
    return notes


def beside_people(
    scored: linkage.Scored, links: pl.DataFrame, apart: pl.DataFrame, settings: Settings
) -> tuple[linkage.Scored, int]:
    """The pairs weighed by what people's decisions teach, and from how many; 0 where they teach nothing but themselves.

    Args:
        scored: pairs of both sides.
        links: l, r, rung: what is linked; only what people have linked teaches.
        apart: l, r: what people have called different.
        settings: by which thresholds.
    """
    same = links.filter(pl.col("rung") == PERSON)
    if not same.height + apart.height:
        return scored, 0
    said = [frame.select(*ENDS, same=pl.lit(one)).cast(ANSWERS) for frame, one in ((same, True), (apart, False))]
    told = taught(scored, pl.concat(said).unique(ENDS, keep="last", maintain_order=True), settings)
    return told.scored, told.answers.height if told.lesson.reason == "better" else 0


def linked_from(scored: linkage.Scored, settings: Settings) -> float:
    """The probability from which a run links: the settings', or what the target precision asks for, but never an unsure one."""
    return settings.link_at if settings.link_at is not None else max(linkage.link_at(scored.pairs, settings), _LEAST_SURE)


def _some_free(sides: tuple[pl.DataFrame, pl.DataFrame], links: pl.DataFrame) -> bool:
    """Whether a record has no link yet, and there are others to compare it with."""
    there = all(frame.height for frame in sides)
    return there and any(links[end].n_unique() < frame.height for end, frame in zip(ENDS, sides, strict=True))


def _decided(
    decided: Resolved, links: pl.DataFrame, apart: pl.DataFrame, settings: Settings
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Links with those that scores have made, and reviews."""
    made = _free(decided.links, links, settings.many).join(apart, on=ENDS, how="anti", maintain_order="left")
    every = pl.concat([links, made.select(*ENDS, rung=pl.lit("score"), probability="probability")])
    reviews = decided.reviews.join(apart, on=ENDS, how="anti", maintain_order="left").select(*ENDS, "probability")
    return every, reviews


def decided_with(
    scored: linkage.Scored,
    sides: tuple[pl.DataFrame, pl.DataFrame],
    links: pl.DataFrame,
    apart: pl.DataFrame,
    block: tuple[tuple[str, ...], ...],
    settings: Settings,
) -> Resolved:
    """What becomes of scored pairs beside links and differences that are known.

    Records that are linked stay in: they show the model what sameness looks like, and duplicates are theirs.

    Args:
        scored: pairs of both sides.
        sides: their records.
        links: l, r: pairs that are linked whatever they look like.
        apart: l, r: pairs that are not the same whatever they look like.
        block: pinned blocking rules.
        settings: by which thresholds.
    """
    known = scored.pinned(links.select(ENDS), apart)
    inner = [inside_side(known, side, frame, links, block, settings) for side, frame in enumerate(sides)]
    twins = (linkage.as_twins(inner[0].pairs), linkage.as_twins(inner[1].pairs))
    return linkage.decide(replace(known, twins=twins), settings, sides, called_different(apart))


def inside_side(
    scored: linkage.Scored,
    side: int,
    frame: pl.DataFrame,
    links: pl.DataFrame,
    block: tuple[tuple[str, ...], ...],
    settings: Settings,
) -> linkage.Scored:
    """The pairs inside one side, with those of records that have no link. Arguments as of `decided_with`."""
    rows = pl.int_range(frame.height, dtype=pl.UInt32, eager=True)
    free = rows.filter(~rows.is_in(links[ENDS[side]].implode()))
    more = inside(scored.comparison.within(side), free, block)
    known = scored.known.inside[side] if scored.known is not None and scored.again else None
    return linkage.inside_of(scored.pairs, scored.model, scored.comparison, side, settings, more, known)


def _free(pairs: pl.DataFrame, links: pl.DataFrame, many: str | None) -> pl.DataFrame:
    """The pairs whose records have no link, or may have several."""
    for end, side in zip(ENDS, ("erp", "crm"), strict=True):
        if many != side:
            pairs = pairs.join(links.select(end), on=end, how="anti", maintain_order="left")
    return pairs


def _duplicates(sides: tuple[pl.DataFrame, pl.DataFrame], twins: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    """Records without a link that are another record of their side once more."""
    found = []
    for role, end, frame in zip(Role, ENDS, sides, strict=True):
        own = of_side(twins, role).join(links.select(a=end), on="a", how="anti", maintain_order="left")
        keys = frame[KEY]
        found.append(
            own.select(system="side", key=keys.gather(own["a"]), kept=keys.gather(own["kept"]), probability="probability")
        )
    return pl.concat(found).cast(_DUPLICATES).sort("system", "key")
