"""How approved actions reach a system: resolve, check the approval, look at both sides, journal, write, note, read back.

Whatever moment the process dies in, the next push first reads what became of actions that may have been written.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from reconcile.access import Person, Rules
from reconcile.access.rules import frame_of
from reconcile.config.models import ProjectConfig
from reconcile.connect.port import Connector, Outcome, OutcomeStatus
from reconcile.errors import PushesStopped, UnknownActions
from reconcile.ledger import Ledger
from reconcile.ledger.pushes import INTENDED, Settled, Ticket
from reconcile.progress import Progress, Step
from reconcile.push.bounds import Watch, beyond, place_of
from reconcile.push.desk import Desk, Letter
from reconcile.push.lanes import MOST, WRITING, Lanes
from reconcile.push.locks import Locks
from reconcile.push.order import batches, in_order, waves
from reconcile.push.wholes import Wholes
from reconcile.records import Role
from reconcile.refusals import refusal
from reconcile.results import Action, ActionState


@dataclass(frozen=True)
class PushResult:
    """What a push did, or, of a dry run, would do. Counts are actions."""

    planned: int
    """Approved actions that were taken up."""
    verified: int
    unverified: int
    refused: int
    conflict: int
    lapsed: int
    unknown: int
    skipped: int
    """Left as they were, with the reason in the action's message."""
    left: int
    """Approved actions that were not reached: past `limits.actions_per_push`, or after a stop. The next push takes them."""
    dry_run: bool
    actions: tuple[Action, ...]
    """Every action that was taken up or asked for, in its final state; in a dry run, what would be written is `approved`."""
    stopped: str = ""
    """Why the push ended before its end; empty if it came to its end."""
    over_limits: tuple[str, ...] = ()
    """The limits that it went beyond or ended at, in words; in a dry run, those that a push would end at."""


def push(
    ledger: Ledger,
    connectors: Mapping[Role, Connector],
    config: ProjectConfig,
    ids: Sequence[str] | None = None,
    dry_run: bool = True,
    *,
    by: Person | str,
    progress: Progress,
    beyond_limits: bool = False,
) -> PushResult:
    """Write approved actions, all or those with these ids, and prove each by reading it back. A second push does nothing.

    Beyond a limit of the configuration it ends, unless `beyond_limits` confirms it for this one push; that is put on record.
    A dry run reads the systems and changes nothing, there or in the ledger. Raises UnknownActions, ProjectLocked,
    PushesStopped, and what connectors raise (SystemUnreachable, SystemRefused, SystemAnswerUnreadable); what was sent
    by then is in the journal, and the next push finds out what became of it. NobodyDecides and NotAllowed come before all else.
    """
    rules = Rules.of(config)
    person = rules.person(by)
    rules.check(person, "push")
    work = _Push(ledger, connectors, config, rules, person, dry_run=dry_run, beyond_limits=beyond_limits)
    work.refuse_what_is_not_approved(ids)
    if dry_run:
        return work.go(ids, progress)
    with ledger.locked(f"push by {person.name}"):
        work.refuse_while_pushes_are_stopped()
        ledger.lapse(rules.counts)
        work.find_out_what_was_interrupted()
        return work.go(ids, progress)


class _Push:
    """One push under way: what became of each action so far."""

    def __init__(
        self,
        ledger: Ledger,
        connectors: Mapping[Role, Connector],
        config: ProjectConfig,
        rules: Rules,
        person: Person,
        *,
        dry_run: bool,
        beyond_limits: bool,
    ) -> None:
        self.ledger = ledger
        self.connectors = connectors
        self.config = config
        self.rules = rules
        self.person = person
        self.by = person.name
        self.dry_run = dry_run
        self.beyond_limits = beyond_limits
        self.desk = Desk(ledger, connectors, config, pretend=dry_run)
        self.wholes = Wholes(ledger, connectors, config, pretend=dry_run)
        self.settled: dict[str, Settled] = {}
        self.skipped: dict[str, str] = {}
        self.watch = Watch(config.limits)
        self.stopped = ""
        self.over: tuple[str, ...] = ()
        self.given_up: set[str] = set()
        self.lock = threading.RLock()  # whoever writes to the ledger, or to what stands above, holds it
        most = min((config.system(role).concurrent_requests for role in connectors), default=1)
        self.lanes = Lanes(min(MOST, most), on_interrupt=self.send_nothing_more)
        self.locks = Locks(self.lanes.pause)
        self.writing = threading.BoundedSemaphore(WRITING)  # taken before `lock`, never while it is held

    def refuse_what_is_not_approved(self, ids: Sequence[str] | None) -> None:
        """Asked for by id, but no person has approved it: it is left alone, and said. Raises UnknownActions."""
        states = self.ledger.action_states(ids or ())
        if missing := [id_ for id_ in ids or () if id_ not in states]:
            raise UnknownActions(missing)
        done = (ActionState.APPROVED, ActionState.PUSHING, ActionState.UNKNOWN, ActionState.VERIFIED)
        self.skipped |= {id_: refusal("not_approved", state=state) for id_, state in states.items() if state not in done}

    def refuse_while_pushes_are_stopped(self) -> None:
        """The kill switch. Raises PushesStopped."""
        if stop := self.ledger.push_stop():
            raise PushesStopped(stop.by, f"{stop.at:%Y-%m-%d %H:%M:%S} UTC", stop.comment)

    def go(self, ids: Sequence[str] | None, progress: Progress) -> PushResult:
        """Take up the approved actions, batch by batch, a few batches at a time."""
        approved = in_order(self.may_be_sent(self.ledger.tickets([ActionState.APPROVED], ids)))
        taken = approved[: self.config.limits.actions_per_push]
        self.pass_or_end(beyond(taken, self.config.limits, self.desk.count))
        reached: list[Ticket] = []
        with progress.step("push", total=len(taken)) as step, self.lanes:
            for batch in self.batches_until_stopped(taken):
                reached += batch
                self.lanes.begin(partial(self.in_a_lane, batch, step))
        reached = [ticket for ticket in reached if ticket.action.id not in self.given_up]
        touched = dict.fromkeys([*self.settled, *(t.action.id for t in reached), *self.skipped, *(ids or ())])
        actions = tuple(self.final(action) for action in self.ledger.actions(ids=list(touched)))
        count = Counter(action.state for action in actions if action.id in self.settled)
        return PushResult(
            planned=len(reached),
            verified=count[ActionState.VERIFIED],
            unverified=count[ActionState.UNVERIFIED],
            refused=count[ActionState.REFUSED],
            conflict=count[ActionState.CONFLICT],
            lapsed=count[ActionState.LAPSED],
            unknown=count[ActionState.UNKNOWN],
            skipped=len(self.skipped),
            left=len(approved) - len(reached),
            dry_run=self.dry_run,
            actions=actions,
            stopped=self.stopped,
            over_limits=self.over,
        )

    def may_be_sent(self, tickets: Sequence[Ticket]) -> list[Ticket]:
        """What this person may push. In a dry run, approvals that no longer count are said; otherwise they are gone by now."""
        if self.dry_run:
            self.skipped |= self.ledger.lapsed(self.rules.counts, [ticket.action.id for ticket in tickets])
        if self.rules.given:
            whys = self.rules.objections(self.person, "push", frame_of([ticket.action for ticket in tickets]))
            self.skipped |= {ticket.action.id: why for ticket, why in zip(tickets, whys, strict=True) if why}
        return [ticket for ticket in tickets if ticket.action.id not in self.skipped]

    def batches_until_stopped(self, taken: Sequence[Ticket]) -> Iterator[list[Ticket]]:
        """The next batch, unless something ends the push; of each entity and side, a few canaries come first, and alone."""
        for wave in waves(taken):
            self.lanes.join()
            for batch in wave:
                rest = batch
                while rest and self.has_room():
                    canaries = None if self.dry_run else self.watch.portion(place_of(rest[0].action), self.settled)
                    size = canaries or len(rest)
                    yield rest[:size]
                    rest = rest[size:]
                    if canaries:
                        self.lanes.join()

    def has_room(self) -> bool:
        """Wait until one more batch may begin; whether it still may then."""
        self.lanes.room()
        with self.lock:
            return self.may_go_on()

    def in_a_lane(self, batch: Sequence[Ticket], step: Step) -> bool:
        """One batch, and whether nothing of it failed to land."""
        self.one_batch(batch)
        with self.lock:
            step.advance(len(batch))
            return not self.watch.not_landed(batch, self.settled)

    def send_nothing_more(self) -> None:
        """Ctrl-C: what was sent still gets its answer and is noted; what was not is found out, and sent, by the next push."""
        for connector in self.connectors.values():
            connector.close()

    def may_go_on(self) -> bool:
        """Whether the next batch may be sent: nobody has stopped pushes, and what was sent so far has landed."""
        if self.dry_run or self.stopped or self.lanes.ending:
            return not (self.stopped or self.lanes.ending)
        if stop := self.ledger.push_stop():
            self.stopped = str(
                refusal("stopped_for", who=stop.by, comment=stop.comment) if stop.comment else refusal("stopped", who=stop.by)
            )
        elif refused := self.watch.too_many_refused(self.settled):
            self.pass_or_end((refused,))
        return not self.stopped

    def pass_or_end(self, over: tuple[str, ...]) -> None:
        """Beyond these limits a push ends, before it sends or between two batches; or goes on if that was confirmed for it."""
        self.over += over
        if over and not self.dry_run:
            event = "push beyond limits" if self.beyond_limits else "push ended at limits"
            self.ledger.note_push(self.by, event, {"limits": list(over)})
            self.stopped = "" if self.beyond_limits else "; ".join(over)

    def one_batch(self, batch: Sequence[Ticket]) -> None:
        """The protocol. Each step hands on what it has not settled."""
        letters = self.take(self.desk.resolved(self.not_held(batch)))
        letters = self.take(self.desk.as_approved(letters))
        letters = self.take(self.desk.taken_from_what_stands(letters))
        letters = self.take(self.wholes.together(letters))
        letters = self.take(self.wholes.links_stand(letters))
        letters = self.take(self.wholes.closable(letters))
        letters = self.take(self.desk.not_moved(letters))
        letters = self.take(self.desk.not_there_yet(letters))
        if self.dry_run:
            self.desk.imagined |= {letter.action.id for letter in letters}
        if self.dry_run or not letters:
            return
        with self.lock:
            self.wholes.keep_copies(letters, self.by)
        with self.writing:
            letters = self.journalled(letters)
            answers = self.written(letters)
        self.note(self.desk.read_back(answers, not_landed=ActionState.UNKNOWN))
        with self.lock:
            self.watch.judge(place_of(batch[0].action), self.settled)

    def not_held(self, batch: Sequence[Ticket]) -> Sequence[Ticket]:
        """(0) Nothing, if a canary of this entity and side did not land: the rest waits for somebody to look."""
        with self.lock:
            reason = self.watch.held(place_of(batch[0].action))
            self.skipped |= {ticket.action.id: reason for ticket in batch if reason}
        return () if reason else batch

    def take(self, step: tuple[list[Letter], list[Settled], dict[str, str]]) -> list[Letter]:
        """Note what a step settled and what it skipped; go on with the rest."""
        letters, settled, skipped = step
        self.note(settled)
        with self.lock:
            self.skipped |= skipped
        return letters

    def note(self, settled: Sequence[Settled]) -> None:
        """Commit what became of actions."""
        with self.lock:
            if settled and not self.dry_run:
                self.ledger.settle(settled, self.by)
            self.settled |= {result.action_id: result for result in settled}

    def journalled(self, letters: Sequence[Letter]) -> list[Letter]:
        """Commit the intention to write. What a person has rejected since it was loaded is not written.

        Nor is anything if the push has come to its end meanwhile: then these actions were not reached.
        """
        with self.lock:
            if not self.may_go_on():
                self.given_up |= {letter.action.id for letter in letters}
                return []
            intended = self.ledger.intend([letter.action.id for letter in letters], self.by)
            gone = {letter.action.id: refusal("no_longer_approved") for letter in letters if letter.action.id not in intended}
            self.skipped |= gone
            sent = [letter for letter in letters if letter.action.id in intended]
            self.watch.sent(letter.action for letter in sent)
            return sent

    def written(self, letters: Sequence[Letter]) -> list[tuple[Letter, str, str | None]]:
        """Send each once and commit the answers; those that a read must prove, each with its status and key."""
        if not letters:
            return []
        connector = self.connectors[letters[0].action.target]
        letters = sorted(letters, key=lambda letter: not letter.changes)
        sent = [letter for letter in letters if letter.changes]
        outcomes = self.locks.written(connector, [letter.write() for letter in sent]) if sent else []
        outcomes = [*outcomes, *(Outcome(letter.action.id, OutcomeStatus.OK, letter.key) for letter in letters[len(sent) :])]
        self.note([_answered(outcome) for outcome in outcomes])
        provable = (OutcomeStatus.OK, OutcomeStatus.UNKNOWN)
        pairs = zip(letters, outcomes, strict=True)
        return [(letter, said.status, said.key or letter.key) for letter, said in pairs if said.status in provable]

    def find_out_what_was_interrupted(self) -> None:
        """Actions that a push before may have written, whatever this one was asked for: read what became of them.

        What landed is verified. What did not is as approved as before, once its request can't land any more; and what the system
        had confirmed is never resent.
        """
        for batch in batches(self.ledger.tickets([ActionState.PUSHING, ActionState.UNKNOWN])):
            letters = self.take(self.desk.resolved(batch))
            letters = self.take(self.desk.as_approved(letters))
            sent = [(letter, letter.ticket.last_status or INTENDED, letter.ticket.last_key or letter.key) for letter in letters]
            found = self.desk.read_back(sent, not_landed=ActionState.APPROVED)
            known = {(t.action.id, t.action.state, t.action.message) for t in batch}
            self.note([result for result in found if (result.action_id, result.state, result.message) not in known])
            self.settled |= {result.action_id: result for result in found}
            for again in (result.action_id for result in found if result.state is ActionState.APPROVED):
                del self.settled[again]

    def final(self, action: Action) -> Action:
        """The action as it now is, or, in a dry run, as it would be."""
        if action.id in self.skipped:
            return replace(action, message=self.skipped[action.id])
        settled = self.settled.get(action.id)
        return replace(action, state=settled.state, message=settled.message) if settled and self.dry_run else action


_AFTER = {OutcomeStatus.REJECTED: ActionState.REFUSED, OutcomeStatus.CONFLICT: ActionState.CONFLICT}


def _answered(outcome: Outcome) -> Settled:
    """What the system's answer makes of an action; until it is read back, a confirmed one is still being pushed."""
    state = _AFTER.get(outcome.status, ActionState.PUSHING)
    return Settled(outcome.action_id, state, outcome.message, status=outcome.status.value, key=outcome.key)
