"""The ledger as its callers see it: one method for each thing to remember or to ask; the files beside it do the work."""

from __future__ import annotations

import datetime as dt
import threading
import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any, Self

import polars as pl

from reconcile.ledger import (
    actions,
    agreements,
    audit,
    begun,
    breaks,
    copies,
    crosswalk,
    decisions,
    delegations,
    history,
    lapses,
    lock,
    outline,
    pushes,
    reviews,
    runs,
    stops,
    undos,
    verdicts,
)
from reconcile.ledger.accounts import Accounts
from reconcile.ledger.answers import Answers
from reconcile.ledger.breaks import Recorded
from reconcile.ledger.copies import RecordCopy
from reconcile.ledger.crosswalk import Pair
from reconcile.ledger.database import Database, now
from reconcile.ledger.decisions import Decided, Judge, Said
from reconcile.ledger.lapses import Needed
from reconcile.ledger.lives import Lives
from reconcile.ledger.pushes import Settled, Ticket
from reconcile.ledger.quality import Quality
from reconcile.ledger.stops import Heard, PushStop
from reconcile.records import Role
from reconcile.results import Action, ActionState


class Ledger:
    """The database of one project. Safe to use from several threads and processes; every change is one transaction.

    `accounts`: of the dashboard; `answers`: what people have said of pairs; `lives`: what they do with breaks; `quality`: scores.
    Any method raises StoreUnwritable (disk full, no permission), FileUnreadable (no ledger) or, for a server, SystemUnreachable.
    """

    def __init__(self, database: Database, pair: Pair) -> None:
        self._database = database
        self._pair = pair
        self._mine = threading.local()
        self._heard = Heard()
        self.accounts, self.answers = Accounts(database), Answers(database, pair)
        self.lives, self.quality = Lives(database), Quality(database)

    @classmethod
    def open(cls, url: str, *, crm: str = "crm", erp: str = "erp") -> Self:
        """Open the ledger at an SQLAlchemy URL and make what is missing; `crm` and `erp` name the two systems it links."""
        database = Database(url)
        try:
            database.prepare()
        except BaseException:
            database.close()
            raise
        return cls(database, Pair(crm, erp))

    def close(self) -> None:
        """Release the connections."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def locked(self, what: str) -> Iterator[None]:
        """Hold the project's lock for `what` (`run by anna`); the same thread may nest. Raises ProjectLocked."""
        if getattr(self._mine, "held", False):
            yield
            return
        token = uuid.uuid4().hex
        with self._database.write() as connection:
            lock.take(connection, what, token)
        self._mine.held = True
        try:
            yield
        finally:
            self._mine.held = False
            with self._database.write() as connection:
                lock.release(connection, token)

    # Runs

    def start_run(self, run_id: str, started_at: dt.datetime, by: str) -> None:
        """Note that a run begins, in state `running`."""
        with self._database.write() as connection:
            runs.start(connection, run_id, started_at, by)

    def finish_run(self, run_id: str, state: str, summary: Mapping[str, Any], at: dt.datetime | None = None) -> None:
        """Note how a run ended and what it counted (kept as JSON). Raises UnknownRun."""
        with self._database.write() as connection:
            runs.finish(connection, run_id, state, summary, at)

    def runs(self, limit: int | None = None, offset: int = 0) -> pl.DataFrame:
        """The runs, newest first: run_id, started_at, finished_at, state, started_by, summary (JSON)."""
        with self._database.read() as connection:
            return runs.listing(connection, limit, offset)

    # Crosswalk

    def crosswalk(self, entity: str | None = None) -> pl.DataFrame:
        """The links of an entity, or of all: the columns of results.LINKS, then run_id, decided_by, since (UTC), model."""
        with self._database.read() as connection:
            return crosswalk.listing(connection, self._pair, entity)

    def record_links(self, links: pl.DataFrame, run_id: str, at: dt.datetime, *, entities: Collection[str] | None = None) -> None:
        """Make the crosswalk say what `links` (results.LINKS, perhaps `decided_by`, `model`) says; rung `person` stays and wins.

        Vanished links are removed for `entities`; without it, for the entities that occur in `links`. Rung `remembered`
        leaves a known link's rung as it was. Raises LinksNotOneToOne if a key occurs twice.
        """
        with self._database.write() as connection:
            crosswalk.record(connection, self._pair, links, run_id, at, entities)

    def counterparts(self, entity: str, side: Role, keys: Collection[str]) -> dict[str, str]:
        """Keys of `side` to the keys of the other side, through the links; a key without a link is left out."""
        with self._database.read() as connection:
            return crosswalk.counterparts(connection, self._pair, entity, side, keys)

    def record_base(self, entity: str, agreed: pl.DataFrame, links: pl.DataFrame, run_id: str, at: dt.datetime) -> int:
        """Remember what both sides agree on (see Compared.agreed), where that is news; how many pairs were written.

        A pair that is not among `links` (crm_key, erp_key) keeps no base, so that no other pair can take it over.
        """
        with self._database.write() as connection:
            return agreements.record(connection, self._pair, entity, agreed, links, run_id, at)

    def base(self, entity: str, crm_keys: Collection[str] | None = None) -> pl.DataFrame:
        """The last values on which both systems agreed: results.BASE, of all pairs or of these CRM keys only."""
        with self._database.read() as connection:
            return agreements.listing(connection, self._pair, entity, crm_keys)

    def not_same(self, entity: str) -> pl.DataFrame:
        """Pairs that a person has called different: crm_key, erp_key. A run neither links nor proposes them."""
        with self._database.read() as connection:
            return verdicts.not_same(connection, self._pair, entity)

    def set_aside(self, entity: str, side: Role) -> pl.Series:
        """Keys of one side that a merge or a deactivation has closed and that hold no link (String)."""
        with self._database.read() as connection:
            return verdicts.set_aside(connection, self._pair, entity, side)

    # Breaks

    def record_breaks(
        self,
        found: pl.DataFrame,
        run_id: str,
        at: dt.datetime,
        *,
        entities: Collection[str] | None = None,
        due_days: Mapping[str, float] = MappingProxyType({}),
    ) -> Recorded:
        """This run's breaks (BREAKS, perhaps `assignee` by the rules) with their life, and those that are now fixed.

        Breaks that were not fixed and are not in `found` become fixed; with `entities`, only those of these entities.
        `due_days` is severity to the days until a break is due.
        """
        with self._database.write() as connection:
            return breaks.record(connection, found, run_id, at, entities, due_days)

    def open_fingerprints(self) -> pl.Series:
        """Fingerprints of all breaks that are not fixed (String)."""
        with self._database.read() as connection:
            return breaks.open_fingerprints(connection)

    def breaks(
        self, states: Collection[str] | None = None, limit: int | None = None, offset: int = 0, **same: str | None
    ) -> pl.DataFrame:
        """Breaks, most money first: BREAKS, LIFE, last_seen, first_run_id, last_run_id, fixed_at, fixed_run_id.

        `same` are entity, kind, severity and text, which is looked for in labels, keys and values.
        """
        with self._database.read() as connection:
            return breaks.listing(connection, breaks.conditions(states, **same), limit, offset)

    # Actions and decisions

    def propose(self, plan: Sequence[Action], run_id: str, at: dt.datetime | None = None) -> int:
        """Take over the whole plan of a run; how many actions are newly proposed.

        Known proposals and decisions on the same payload stay; what was pushed before is proposed again; open proposals
        that are not in this plan become superseded. Call it once for each run, with all its actions.
        """
        with self._database.write() as connection:
            return actions.propose(connection, plan, run_id, at or now())

    def propose_undos(self, plan: Sequence[tuple[str, Action]], by: str) -> dict[str, ActionState]:
        """Propose, outside of any run, pairs of an action's id and the action that undoes it; no run makes them superseded.

        An undo that is known and proposed, approved, rejected or being written stays as it is: these are returned, by id.
        """
        with self._database.write() as connection:
            return undos.propose(connection, plan, by, now())

    def propose_by_person(self, plan: Sequence[Action], by: str, comment: str) -> dict[str, ActionState]:
        """Propose what a person asked for; no run makes it superseded. Those that stand as they are, by id, with their state."""
        with self._database.write() as connection:
            return undos.propose_by_person(connection, plan, by, comment, now())

    def actions(
        self,
        states: Collection[str] | None = None,
        entity: str | None = None,
        ids: Collection[str] | None = None,
        limit: int | None = None,
        offset: int = 0,
        *,
        kind: str | None = None,
        target: str | None = None,
        tier: str | None = None,
        run_id: str | None = None,
        text: str | None = None,
        target_key: str | None = None,
        source_key: str | None = None,
    ) -> list[Action]:
        """Actions in the order of their plan, filtered and paged by the database; `run_id` is the last run that proposed them."""
        equal = {"kind": kind, "target": target, "tier": tier, "run_id": run_id}
        equal |= {"target_key": target_key, "source_key": source_key}
        with self._database.read() as connection:
            return actions.listing(connection, actions.conditions(states, text, entity=entity, **equal), ids, limit, offset)

    def outline(self, states: Collection[str], *, parts: bool = False) -> pl.DataFrame:
        """Very many actions as one frame (outline.OUTLINE), in the order of their plan; of wholes the parts only if asked for."""
        with self._database.read() as connection:
            return outline.outline(connection, states, parts=parts)

    def resolving(self, fingerprint: str, most: int) -> list[Action]:
        """Actions that would resolve a break, but for those that a later plan has dropped; so many at most."""
        with self._database.read() as connection:
            return actions.resolving(connection, fingerprint, most)

    def newest(self, states: Collection[str], limit: int, offset: int = 0) -> list[Action]:
        """Actions in these states by when the ledger last heard of them, the newest first."""
        with self._database.read() as connection:
            return actions.newest(connection, states, limit, offset)

    def count_actions(
        self,
        states: Collection[str] | None = None,
        entity: str | None = None,
        *,
        kind: str | None = None,
        target: str | None = None,
        tier: str | None = None,
        run_id: str | None = None,
        text: str | None = None,
    ) -> int:
        """How many actions the same filter leaves."""
        with self._database.read() as connection:
            where = actions.conditions(states, text, entity=entity, kind=kind, target=target, tier=tier, run_id=run_id)
            return actions.count(connection, where)

    def writing(
        self, states: Collection[str], entity: str | None = None, tier: str | None = None, *, but_undos: bool = False
    ) -> list[str]:
        """The ids of the actions of this filter that write something, in the order of their plan; reviews are left out."""
        with self._database.read() as connection:
            where = actions.conditions(states, None, entity=entity, tier=tier)
            return actions.writing(connection, where, but_undos=but_undos)

    def merges_begun(self, keys: Collection[str]) -> list[Action]:
        """Merges that would close one of these records and of which some parts, not all, are written; each with all its parts."""
        with self._database.read() as connection:
            return begun.merges(connection, keys)

    def action_counts(self) -> pl.DataFrame:
        """How many actions there are: entity, kind, target, tier, state, count."""
        with self._database.read() as connection:
            return actions.counts(connection)

    def action_states(self, ids: Collection[str]) -> dict[str, ActionState]:
        """The states of these actions; an id that the ledger does not hold is left out."""
        with self._database.read() as connection:
            return actions.states(connection, ids)

    def decide(self, ids: Collection[str], allowed: Collection[ActionState], judge: Judge, said: Said) -> Decided:
        """Record a decision on those actions that are in an allowed state and pass the judge. For reconcile.approve only.

        Raises UnknownActions, and what the judge raises; then nothing changes.
        """
        with self._database.write() as connection:
            return decisions.decide(connection, ids, allowed, judge, said, now())

    def lapsed(self, needed: Needed, ids: Collection[str] | None = None) -> dict[str, str]:
        """Open actions whose approval no longer counts, and why; `needed` is how many must approve, by tier and for `merge`."""
        with self._database.read() as connection:
            gone = lapses.lapsed(connection, needed, now(), ids)
        return dict(gone.select("id", "message").iter_rows())

    def lapse(self, needed: Needed) -> int:
        """Put these back to proposed, with the reason; how many."""
        if not self.lapsed(needed):
            return 0
        with self._database.write() as connection:
            return lapses.lapse(connection, needed, now())

    # Rules that approve, and reviews of what they approved

    def proposals_for_rules(self, run_id: str) -> pl.DataFrame:
        """What a run proposes afresh and a rule may look at: id, entity, target, tier, value_at_risk, currency, fields (list)."""
        with self._database.read() as connection:
            return reviews.proposals(connection, run_id)

    def paused_rules(self, rules: Collection[str]) -> dict[str, str]:
        """Those of the rules that an objection has paused, and who objected, with the comment."""
        with self._database.read() as connection:
            return reviews.paused(connection, rules)

    def by_rule(self) -> pl.DataFrame:
        """What rules approved, oldest first, with the last review of each: see reviews.by_rule."""
        with self._database.read() as connection:
            return reviews.by_rule(connection)

    def review(self, ids: Collection[str], decision: str, by: str, comment: str) -> tuple[str, ...]:
        """Put a review on record; the rules that had approved. For reconcile.automatic only. Raises NotByRule."""
        with self._database.write() as connection:
            return reviews.review(connection, ids, decision, by, comment, now())

    def resume_rule(self, rule: str, by: str, comment: str) -> bool:
        """Let a paused rule apply again; False if it was not paused. For reconcile.automatic only."""
        with self._database.write() as connection:
            return reviews.resume(connection, rule, by, comment, now())

    # Delegations

    def delegate(self, person: str, deputy: str, since: dt.datetime, until: dt.datetime, *, comment: str, by: str) -> int:
        """Let a deputy decide for a person from `since` until before `until`; its number. For reconcile.delegate only."""
        with self._database.write() as connection:
            return delegations.add(connection, person, deputy, since, until, comment, by, now())

    def end_delegations(self, ids: Sequence[int], by: str) -> int:
        """Take delegations back; how many held until now. For reconcile.delegate only."""
        with self._database.write() as connection:
            return delegations.end(connection, list(ids), by, now())

    def delegations(self) -> pl.DataFrame:
        """Every delegation, oldest first: id, person, deputy, since, until, comment, made_by, ended_at."""
        with self._database.read() as connection:
            return delegations.listing(connection)

    def approvals(self, action_ids: Collection[str]) -> pl.DataFrame:
        """Decisions on these actions, oldest first: id, action_id, decision, payload_hash, decided_by, comment, at.

        And on_behalf_of, rule, sampled, expires_at: null where they do not apply.
        """
        with self._database.read() as connection:
            return decisions.listing(connection, action_ids)

    def standing_approvals(self, action_ids: Collection[str]) -> pl.DataFrame:
        """Approvals of the present round that still count, oldest first: action_id, decided_by, on_behalf_of, at (UTC)."""
        with self._database.read() as connection:
            return decisions.standing_now(connection, action_ids, now())

    # The journal of pushes

    def tickets(self, states: Collection[ActionState], ids: Collection[str] | None = None) -> list[Ticket]:
        """Actions in these states with what a push must know of their approval and their last attempt."""
        with self._database.read() as connection:
            return pushes.tickets(connection, states, ids)

    def intend(self, ids: Sequence[str], by: str) -> set[str]:
        """Journal that approved actions are about to be written; those still approved, now in state pushing."""
        with self._database.write() as connection:
            return pushes.intend(connection, ids, by, now())

    def settle(self, results: Sequence[Settled], by: str) -> None:
        """Note what became of actions; an action whose state a person changed meanwhile keeps it."""
        with self._database.write() as connection:
            pushes.settle(connection, self._pair, results, by, now())

    def keep_copies(self, kept: Sequence[RecordCopy], by: str) -> None:
        """Store whole copies of records, before a merge writes to them."""
        with self._database.write() as connection:
            copies.keep(connection, kept, by, now())

    def copies(self, action_id: str) -> pl.DataFrame:
        """The copies of records taken for a merge, oldest first: id, action_id, system, entity, key, content (JSON), at (UTC)."""
        with self._database.read() as connection:
            return copies.listing(connection, action_id)

    def outcomes(self, action_ids: Collection[str]) -> pl.DataFrame:
        """Attempts and reads of these actions, oldest first.

        Columns id, action_id, approval_id, intended_at, status, key, message, read_back (JSON), verified, pushed_by, at.
        """
        with self._database.read() as connection:
            return pushes.listing(connection, action_ids)

    def push_stop(self) -> PushStop | None:
        """The stop that holds now, whichever process set it; None if pushes may go on."""
        with self._database.read() as connection:
            heard = stops.latest(connection, self._heard)
        self._heard = heard
        return heard.stop

    def note_push(self, by: str, event: str, detail: Mapping[str, Any]) -> None:
        """Put what concerns pushes as a whole into the audit trail. For reconcile.push only."""
        with self._database.write() as connection:
            audit.append(connection, [audit.Entry(by, event, stops.SUBJECT, detail)], now())

    # The audit trail

    def history(self, entity: str, crm_key: str | None, erp_key: str | None) -> pl.DataFrame:
        """What happened to one record, oldest first: the columns of history.HISTORY. One of the keys may be None."""
        with self._database.read() as connection:
            return history.of_record(connection, self._pair, entity, crm_key, erp_key)

    def audit_entries(self, limit: int | None = None, offset: int = 0, subject: str | None = None) -> pl.DataFrame:
        """The trail, newest first: seq, at, who, event, subject, detail (JSON), prev_hash, hash."""
        with self._database.read() as connection:
            return audit.entries(connection, limit, offset, subject)

    def verify_audit(self) -> int | None:
        """The number of the first entry that was changed, moved or taken out; None if the chain is whole."""
        with self._database.read() as connection:
            return audit.first_bad(connection)

    def audit_head(self) -> tuple[int, str]:
        """How many entries the trail should have, and the hash of the last: noted elsewhere, it proves more than the chain."""
        with self._database.read() as connection:
            return audit.head(connection)

    def audit_lines(self) -> Iterator[str]:
        """The trail, oldest first, each entry as one JSON object with the columns as they are stored."""
        with self._database.read() as connection:
            yield from audit.lines(connection)
