"""What people say of breaks, by their rights: acknowledge, accept for a time, give to somebody, open again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

import polars as pl

from reconcile import run_folder
from reconcile.access import Person, Rules
from reconcile.access.rules import CANDIDATES
from reconcile.config.access import Operation
from reconcile.errors import NotAllowed, NotSettled
from reconcile.ledger.break_log import Happened
from reconcile.ledger.lives import Ruled, Ruling, Wanted
from reconcile.refusals import refusal
from reconcile.wiring.project import Project
from reconcile.wiring.showing import latest_run
from reconcile.wiring.who import allowed


def acknowledge(project: Project, wanted: Wanted, *, by: Person | str | None, reason: str = "") -> Ruled:
    """Note that somebody knows of these breaks. Raises NotAllowed, NobodyDecides."""
    return _ruled(project, wanted, "assign", by, Ruling(Happened.ACKNOWLEDGED, "", reason.strip()))


def accept(project: Project, wanted: Wanted, *, until: dt.date, reason: str, by: Person | str | None) -> Ruled:
    """Accept these breaks as they are up to a day, in UTC. Raises NotSettled, NotAllowed, NobodyDecides."""
    if not reason.strip():
        raise NotSettled(refusal("not_acceptable", why=refusal("needs_reason")))
    if until < dt.datetime.now(dt.UTC).date():
        raise NotSettled(refusal("not_acceptable", why=refusal("day_over", day=until.isoformat())))
    return _ruled(project, wanted, "accept", by, Ruling(Happened.ACCEPTED, "", reason.strip(), until))


def assign(project: Project, wanted: Wanted, *, to: str, by: Person | str | None) -> Ruled:
    """Give these breaks to a person or a team. Raises NotSettled if nobody is named, NotAllowed, NobodyDecides."""
    if not to.strip():
        raise NotSettled(refusal("not_acceptable", why=refusal("needs_owner")))
    return _ruled(project, wanted, "assign", by, Ruling(Happened.ASSIGNED, "", to=to.strip()))


def reopen(project: Project, wanted: Wanted, *, by: Person | str | None, reason: str = "") -> Ruled:
    """Take back that these were acknowledged or accepted. Raises NotAllowed, NobodyDecides."""
    return _ruled(project, wanted, "assign", by, Ruling(Happened.OPENED_AGAIN, "", reason.strip()))


def of_cause(project: Project, name: str, run_id: str | None = None) -> Collection[str]:
    """Fingerprints of the breaks that a run, the latest if none is named, explains by a cause, named by its id or its beginning.

    Raises NoRunYet, and NotSettled if the run has kept no such cause.
    """
    members = run_folder.cause_members(project.store, run_id or latest_run(project))
    known = members["cause"].unique(maintain_order=True).to_list()
    meant = [name] if name in known else [one for one in known if one.startswith(name)]
    if len(meant) != 1:
        raise NotSettled(refusal("unknown_cause", name=repr(name), known=", ".join(known) or "–"))
    return members.filter(pl.col("cause") == meant[0])["fingerprint"].to_list()


def _ruled(project: Project, wanted: Wanted, operation: Operation, by: Person | str | None, ruling: Ruling) -> Ruled:
    person, rules = allowed(project, by, operation), Rules.of(project.config)

    def judge(chosen: pl.DataFrame) -> pl.Series:
        nothing = [pl.lit(None, dtype).alias(name) for name, dtype in CANDIDATES.items() if name not in chosen.columns]
        frame = chosen.with_columns(nothing).select(CANDIDATES.names())
        whys = rules.objections(person, operation, frame)
        if frame.height and (whys != "").all():
            raise NotAllowed(person.name, "do this", whys[0], rules.who_may(operation, frame))
        return whys

    signed = Ruling(ruling.what, person.name, ruling.reason, ruling.until, ruling.to)
    return project.ledger.lives.rule(wanted, signed, judge)
