"""What the approvals page does when a button is pressed: each function re-reads the ledger, then decides once.

Apart from the page, so that a double click, a reload or a page left open overnight can be tested without a browser.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from dashboard.jobs import Desk, Job
from reconcile import approve, wiring
from reconcile.access import Person
from reconcile.ledger import Ledger
from reconcile.push import PushResult
from reconcile.results import Action, ActionKind, ActionState
from reconcile.wiring import Project


@dataclass(frozen=True)
class Cause:
    """Corrections that one explanation covers: the same field of the same entity, flowing the same way, at the same risk."""

    entity: str
    kind: ActionKind
    field: str
    """Canonical field, or fields joined by `, `; empty in a create."""
    target: str
    tier: str
    matter: str = ""
    """What kind of break a person has to look at; empty where a value would be written."""

    @property
    def code(self) -> str:
        """As it stands in an address."""
        matter = f"|{self.matter}" if self.matter else ""
        return f"{self.entity}|{self.kind}|{self.field}|{self.target}|{self.tier}{matter}"


@dataclass(frozen=True)
class Decided:
    """What came of a decision."""

    changed: int
    moved: int
    """Actions left alone, because they are no longer what was shown."""
    waiting: int = 0
    """Approved by this person, and others must approve as well."""
    left: Mapping[str, int] = field(default_factory=dict)
    """Why others were left alone, and how many."""


@dataclass
class LastDecision:
    """The last decision of a session, and what was said of it.

    Held apart from the session's state: where another click follows fast, Streamlit gives up a click at its next use of the
    state, which is after the decision and before anything is said of it.
    """

    clicked: tuple[bool, frozenset[str]] | None = None
    """Whether it was a yes, and about which actions."""
    said: tuple[str, str] = ("", "")
    """Tone and sentence."""


Shown = Mapping[str, str]
"""Ids of the actions that a person has seen, and the hash of what each would write."""


def causes(outline: pl.DataFrame) -> dict[Cause, pl.DataFrame]:
    """The rows of an OUTLINE by cause, the dearest first; the largest cause comes first, and what can't be written last."""
    review = pl.col("kind") == ActionKind.REVIEW.value
    place, matter = (pl.col("clause").str.split_exact(": ", 1).struct.field(f"field_{n}").fill_null("") for n in (0, 1))
    field = pl.when(review).then(place.str.split_exact(".", 1).struct.field("field_1").fill_null("")).otherwise("fields")
    said = outline.with_columns(field=field, matter=pl.when(review).then(matter).otherwise(pl.lit("")))
    ordered = said.sort(pl.col("value_at_risk").fill_null(0.0), descending=True, maintain_order=True)
    keys = ["entity", "kind", "field", "target", "tier", "matter"]
    parted = ordered.partition_by(keys, as_dict=True, maintain_order=True)
    grouped = {Cause(str(e), ActionKind(k), str(f), str(t), str(r), str(m)): rows for (e, k, f, t, r, m), rows in parted.items()}
    order = sorted(grouped, key=lambda c: (c.kind is ActionKind.REVIEW, -grouped[c].height, c.code))
    return {cause: grouped[cause] for cause in order}


def shown_of(outline: pl.DataFrame) -> Shown:
    """What a decision on these rows of an OUTLINE binds."""
    return dict(outline.select("id", "payload_hash").iter_rows())


def approve_shown(project: Project, shown: Shown, by: Person | str, comment: str) -> Decided:
    """Approve exactly what was shown: an action that says something else by now, or is decided, is left alone."""
    same = _as_shown(project.ledger, shown, {ActionState.PROPOSED})
    if not same:
        return Decided(0, len(shown))
    done = approve.approve(project.ledger, project.config, same, by=by, comment=comment)
    return Decided(done.changed, len(shown) - len(same), done.waiting, done.left)


def reject_shown(project: Project, shown: Shown, by: Person | str, comment: str) -> Decided:
    """Reject what was shown and is still proposed or approved."""
    same = _as_shown(project.ledger, shown, {ActionState.PROPOSED, ActionState.APPROVED})
    if not same:
        return Decided(0, len(shown))
    done = approve.reject(project.ledger, project.config, same, by=by, comment=comment)
    return Decided(done.changed, len(shown) - len(same), done.waiting, done.left)


def _as_shown(ledger: Ledger, shown: Shown, states: set[ActionState]) -> list[str]:
    now = ledger.outline(states, parts=True).filter(pl.col("id").is_in(list(shown)))
    return [id_ for id_, hash_ in shown_of(now).items() if shown[id_] == hash_]


def tried(desk: Desk, ids: Sequence[str]) -> Job | None:
    """The trial that was made for exactly these actions and ended well, if it is the last thing that was done."""
    job = desk.job
    good = job is not None and job.what == TRY and job.over.is_set() and job.error is None and job.about == tuple(sorted(ids))
    return job if good else None


TRY, WRITE = "push.trying", "push.running"
"""Names of the two jobs: keys of their sentences."""


def start_trial(desk: Desk, project: Project, ids: Sequence[str], by: Person | str) -> bool:
    """Begin a push that writes nothing; False if something is under way."""
    return desk.start(
        TRY,
        lambda job: wiring.push(project, list(ids), dry_run=True, by=by or None, progress=job),
        tuple(sorted(ids)),
    )


def start_push(desk: Desk, project: Project, ids: Sequence[str], by: Person | str, *, beyond_limits: bool = False) -> bool:
    """Begin to write; False, and nothing is written, without a trial of exactly these actions or while something is under way."""
    states = project.ledger.action_states(ids)
    approved = [id_ for id_, state in states.items() if state is ActionState.APPROVED]
    if not (by.name if isinstance(by, Person) else by).strip() or sorted(approved) != sorted(ids) or not tried(desk, ids):
        return False
    return desk.start(
        WRITE,
        lambda job: wiring.push(project, list(ids), dry_run=False, by=by, progress=job, beyond_limits=beyond_limits),
        tuple(sorted(ids)),
    )


def after_trial(result: PushResult, approved: pl.DataFrame) -> tuple[int, list[Action]]:
    """How many actions a push would write, and those of `approved` (OUTLINE) that it would not, with the reason as message."""
    comments = dict(approved.select("id", "message").iter_rows())
    others = [a for a in result.actions if a.state is not ActionState.APPROVED or a.message != comments.get(a.id)]
    return len(result.actions) - len(others), others
