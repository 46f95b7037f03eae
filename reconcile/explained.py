"""Why two records of a project are linked or not, from what a run has kept: its records, its model and its decisions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from reconcile import run_folder
from reconcile.config.models import Entity
from reconcile.errors import NotExplainable
from reconcile.match import kept, linkage
from reconcile.match.deciding.resolution import Resolved
from reconcile.match.explaining import doubts
from reconcile.match.explaining.explanation import Explanation, Reason, explain, raw_values
from reconcile.match.explaining.near_keys import row_of, rows_of
from reconcile.match.explaining.within_verdict import explain_within
from reconcile.match.keys import by_keys, contradicted
from reconcile.match.ladder import Plan, beside_people, decided_with, inside_side, linked_from, plan_of
from reconcile.match.linkage import Scored, Settings
from reconcile.match.rows import ENDS, keyed, numbered, of_side
from reconcile.match.scheme import Scheme
from reconcile.normalise import resolve
from reconcile.progress import Silent
from reconcile.records import KEY, Role
from reconcile.refusals import refusal
from reconcile.results import LINKS, RunResult

_LOOKED_BACK = 60
"""Runs in which a model is looked for."""
_KEYS = ["crm_key", "erp_key"]


@dataclass(frozen=True)
class Known:
    """What a project knows of an entity beside the run."""

    entity: Entity
    references: Mapping[str, str]
    """Reference field to the entity it points to."""
    apart: pl.DataFrame
    """crm_key, erp_key: pairs that a person has called different."""
    crosswalk: pl.DataFrame
    """The links with run_id, decided_by and since, as the ledger has them."""
    titles: tuple[str, str]
    """How to name both systems in an error."""
    pairs: int
    """At most so many pairs are compared."""


@dataclass(frozen=True)
class Asked:
    """One entity of one run, made ready to be asked about any two of its records."""

    run_id: str
    known: Known
    plan: Plan
    frames: tuple[pl.DataFrame, pl.DataFrame]
    """Canonical records with raw values."""
    scored: Scored
    decided: Resolved
    settings: Settings
    links: pl.DataFrame
    """The run's links of the entity: crm_key, erp_key, rung, and l, r."""
    waiting: pl.DataFrame
    """The run's candidates of the entity."""
    doubted: pl.DataFrame
    """crm_key, erp_key, rung: pairs with the same key that everything else contradicts."""
    untaught: Scored | None = None
    """The pairs as they weighed before what people have decided taught something; None if it did not."""

    def pair(self, crm_key: str, erp_key: str) -> Explanation:
        """Why these two are linked or are not. Raises NotExplainable where a side has no such key."""
        rows = rows_of([frame[KEY] for frame in self.frames], (crm_key, erp_key), self.known.titles)
        told = explain(self.scored, self.decided, self.settings, rows[0], rows[1], self.untaught)
        told = told.with_raw(*(self._raw(side, row) for side, row in enumerate(rows)))
        return self._as_decided(told)

    def within(self, role: Role, one: str, other: str) -> Explanation:
        """Why these two records of one side are the same business or are not. Raises NotExplainable."""
        side = list(Role).index(role)
        frame, title = self.frames[side], self.known.titles[side]
        rows = rows_of([frame[KEY], frame[KEY]], (one, other), (title, title))
        if rows[0] == rows[1]:
            raise NotExplainable(refusal("one_record", key=one))
        apart = self.known.apart
        known = self.scored.pinned(self.links.select(ENDS), numbered(apart, self.frames).select(ENDS))
        inner = inside_side(known, side, frame, self.links, self.plan.scored.block, self.settings)
        limits = (self.settings.link_at or 0.0, self.settings.review_at)
        told = explain_within(inner, self.decided, side, rows, limits, self.frames[1 - side][KEY])
        if not (self.known.entity.duplicates and self.plan.scored.fields):
            told = told.as_recorded("none", "score", Reason("within_off"))
        return told.with_raw(self._raw(side, min(rows)), self._raw(side, max(rows)))

    def about(self, kind: str, crm_key: str | None, erp_key: str | None) -> Explanation | None:
        """Why a break is one (columns of BREAKS): of a duplicate with the record that stays, of one record with the nearest.

        None where nothing on the other side comes near. Raises NotExplainable as `pair`.
        """
        for role, key in ((Role.CRM, crm_key), (Role.ERP, erp_key)):
            if kind == f"duplicate_in_{role}" and key and (kept := self.kept(role, key)):
                return self.within(role, key, kept)
        if crm_key and erp_key:
            return self.pair(crm_key, erp_key)
        found = self.nearest(Role.CRM if crm_key else Role.ERP, crm_key or erp_key or "")
        return None if found is None else self.pair(*found)

    def kept(self, role: Role, key: str) -> str | None:
        """The key of the record of the same side that this one is the same business as; None where there is none."""
        keys = self.frames[list(Role).index(role)][KEY]
        twins = of_side(self.decided.twins, role)
        found = twins.filter(pl.Series(keys.gather(twins["a"]) == key))
        return None if found.is_empty() else str(keys[int(found["kept"][0])])

    def nearest(self, role: Role, key: str) -> tuple[str, str] | None:
        """The pair of this record that weighs most, by keys; None where it was compared with nothing."""
        row = row_of(self.frames[list(Role).index(role)][KEY], key)
        end = ENDS[list(Role).index(role)]
        best = self.scored.pairs.filter(pl.col(end) == row).sort("weight", *ENDS, descending=[True, False, False]).head(1)
        if best.is_empty():
            return None
        crm, erp = (str(frame[KEY][int(best[e][0])]) for frame, e in zip(self.frames, ENDS, strict=True))
        return crm, erp

    def _raw(self, side: int, row: int) -> dict[str, str | None]:
        return raw_values(self.frames[side], row, self.scored.comparison.scheme.fields)

    def _as_decided(self, told: Explanation) -> Explanation:
        """Under the decision of the run, which remembers links and knows what people have said."""
        this = (pl.col("crm_key") == told.crm_key) & (pl.col("erp_key") == told.erp_key)
        if (own := self.links.filter(this)).height:
            return told.as_recorded("link", str(own["rung"][0]), self._linked(str(own["rung"][0]), this))
        if self.known.apart.filter(this).height:
            return told.as_recorded("none", "person", Reason("apart_person", {}, told.reason.rivals))
        doubted = self.doubted.filter(this)
        if self.waiting.filter(this).height:
            if doubted.height:
                fields = {"fields": str(doubted["rung"][0]).partition(":")[2]}
                return told.as_recorded("review", str(doubted["rung"][0]), Reason("review_doubted", fields))
            same = told.reason if told.zone == "review" else Reason("review_below", told.reason.details, told.reason.rivals)
            return told.as_recorded("review", "score", same)
        return self._unlinked(told)

    def _unlinked(self, told: Explanation) -> Explanation:
        """A pair that the run has neither linked nor proposed."""
        if not self.plan.scored.fields:
            fields = {"fields": "+".join(dict.fromkeys(name for key in self.plan.keys for name in key))}
            return told.as_recorded("none", "key", Reason("no_key", fields, told.reason.rivals))
        if told.zone in ("link", "review"):
            return told.as_recorded("none", "score", Reason("total", {}, told.reason.rivals))
        return told

    def _linked(self, rung: str, this: pl.Expr) -> Reason | None:
        """Why the run has linked the two, if it was not for what they weigh today."""
        own = self.known.crosswalk.filter(this)
        if own.is_empty() or not (rung == "person" or own["run_id"][0] != self.run_id):
            return None
        code = "link_person" if rung == "person" else "link_created" if rung == "created" else "link_remembered"
        since = {"since": own["since"][0].date().isoformat(), "fields": rung.partition(":")[2]}
        return Reason(code, since | ({"by": str(own["decided_by"][0])} if own["decided_by"][0] else {}))


def asked(store: Path, run_id: str, name: str, known: Known) -> Asked:
    """Judge an entity of a run anew, by the model that the run has kept, or else by one that is learned for the purpose.

    Args:
        store: the project's folder of results.
        run_id: which run.
        name: which entity.
        known: what the project knows of it.

    Raises:
        NotExplainable: the run's records are gone, the model is damaged or of another version of the program, or no field
            holds values on both sides.
        UnknownRun: there is no such run.
    """
    sources = [run_folder.records_path(store, run_id, name, role) for role in Role]
    if not all(path.is_file() for path in sources):
        raise NotExplainable(refusal("no_records_kept", run=run_id, entity=name))
    run = run_folder.load(store, run_id)
    plan = plan_of(name, known.entity)
    crm, erp = (pl.read_parquet(path) for path in sources)
    frames = (resolve(crm, known.references, dict(_by_entity(run.links))), erp)
    # a run in which little has changed weighs by the model of an earlier one
    model = next((_kept(place, frames) for place in _until(store, run_id, run_folder.model_path, name)), None)
    scheme = model.scheme if model else plan.scored if plan.scored.fields else Scheme(plan.kinds)
    settings = model.settings if model else _settings(known)
    sides = (frames[0].select(KEY, *scheme.fields), frames[1].select(KEY, *scheme.fields))
    scored = linkage.score(*sides, scheme, settings, Silent(), model.model if model else None)
    if not scored.comparison.fields or (not scored.pairs.height and model is None):
        raise NotExplainable(refusal("nothing_weighed", entity=name))
    settings = replace(settings, link_at=linked_from(scored, settings))
    own = run.links.filter(pl.col("entity") == name)
    links = numbered(own, frames).with_columns(pl.col("l", "r").cast(pl.UInt32))
    apart = numbered(known.apart, frames).select(ENDS)
    plain = scored
    scored, taught_by = beside_people(scored, links, apart, settings)
    decided = decided_with(scored, sides, links, apart, plan.scored.block, settings)
    decided = replace(decided, links=_as_run(links, scored))
    same_key = by_keys(crm, erp, plan.kinds, plan.keys)
    doubted = same_key.filter(contradicted(same_key, frames[0], frames[1], plan.kinds))
    doubted = keyed(doubted, frames).select("rung", *_KEYS)
    waiting = run.candidates.filter(pl.col("entity") == name)
    untaught = plain if taught_by else None
    return Asked(run_id, known, plan, frames, scored, decided, settings, links, waiting, doubted, untaught)


def doubts_of(store: Path, run: RunResult, entity: str) -> tuple[Explanation, ...]:
    """The pairs that the report of a run explains: those that it has looked at, and of earlier runs those that still wait."""
    found: dict[tuple[str, str], Explanation] = {}
    own = run.candidates.filter(pl.col("entity") == entity)
    waiting = set(zip(own["crm_key"].to_list(), own["erp_key"].to_list(), strict=True))
    for place in _until(store, run.run_id, run_folder.doubts_path, entity):
        if len(found) >= doubts.MOST_WAITING + doubts.MOST_LINKS:
            break
        for told in _doubts(place):
            if place.parent.parent.name == run.run_id or (told.zone == "review" and (told.crm_key, told.erp_key) in waiting):
                found.setdefault((told.crm_key, told.erp_key), told)
    return tuple(found.values())


def _doubts(place: Path) -> tuple[Explanation, ...]:
    """None where the file is not one that this version reads."""
    try:
        return doubts.read(place.read_bytes())
    except (OSError, ValueError, TypeError, KeyError):
        return ()


def _until(store: Path, run_id: str, path: Callable[[Path, str, str], Path], entity: str) -> Iterator[Path]:
    """The files of this run and of those before it, the newest first, as far as there are such."""
    runs = [run for run in run_folder.finished_runs(store) if run <= run_id][-_LOOKED_BACK:]
    for run in reversed(runs):
        if (place := path(store, run, entity)).is_file():
            yield place


def _by_entity(links: pl.DataFrame) -> list[tuple[str, pl.DataFrame]]:
    return [(str(key[0]), frame) for key, frame in links.select(LINKS.names()).group_by("entity")]


def _settings(known: Known) -> Settings:
    limits = known.entity.match
    return Settings(limits.link_at, limits.review_at, limits.target_precision, many=limits.many, pairs=known.pairs)


def _kept(place: Path, frames: tuple[pl.DataFrame, pl.DataFrame]) -> kept.Kept | None:
    """The run's model, if it has kept one. Raises NotExplainable where it does not fit."""
    if not place.is_file():
        return None
    try:
        model = kept.read(place.read_bytes())
        sides = [frame.select(KEY, *model.scheme.fields) for frame in frames]
        kept.check(model, sides[0], sides[1], model.scheme)
    except (kept.Unfit, pl.exceptions.ColumnNotFoundError) as error:
        raise NotExplainable(refusal("model_unfit", file=place, why=str(error).splitlines()[0])) from error
    return model


def _as_run(links: pl.DataFrame, scored: Scored) -> pl.DataFrame:
    """The run's links as decisions have them: l, r, weight, probability, rung."""
    own = links.select(*ENDS, "rung", "probability").join(
        scored.pairs.select(*ENDS, "weight"), on=ENDS, how="left", maintain_order="left"
    )
    weight = pl.col("weight").fill_null(linkage.PINNED_BITS)
    return own.select(*ENDS, weight, pl.col("probability").cast(pl.Float64), "rung").sort(ENDS)
