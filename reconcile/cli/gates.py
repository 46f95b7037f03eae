"""The human gates: `reconcile actions`, `approve`, `reject` and `push`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import polars as pl
import typer

from reconcile import approve as approve_gate
from reconcile import wiring
from reconcile.cli import show
from reconcile.cli.choosing import Comment, Entity, Ids, Tier, ToDecide, known
from reconcile.cli.detail import approvals_of, change_text, show_actions
from reconcile.cli.options import DEFAULT_CONFIG, AsJson, By, ConfigFile, opened, whom
from reconcile.cli.signature import spread
from reconcile.config.models import Entity as EntityConfig
from reconcile.config.wording import printable
from reconcile.ledger.decisions import Decided
from reconcile.ledger.lapses import is_progress
from reconcile.ledger.stops import PushStop
from reconcile.plan import lasting as is_lasting
from reconcile.push import PushResult, resume_pushes, stop_pushes
from reconcile.results import Action, ActionKind, ActionState

Kind = Annotated[ActionKind | None, typer.Option("--kind", help="Only this kind.")]
_SHOWN = 50
_REASONS = 10
_FIGURES = ("planned", "verified", "unverified", "refused", "conflict", "lapsed", "unknown", "skipped", "left")


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    for command in (actions, approve, reject, push):
        app.command()(command)


def actions(
    ids: Ids = None,
    config: ConfigFile = DEFAULT_CONFIG,
    *,
    state: Annotated[
        ActionState | None, typer.Option("--state", help="Only this state; proposed and approved if not given.")
    ] = None,
    entity: Entity = None,
    tier: Tier = None,
    kind: Kind = None,
    sampled: Annotated[
        bool, typer.Option("--sampled", help="What rules approved by themselves and a person is to look at afterwards.")
    ] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most so many lines.")] = _SHOWN,
    as_json: AsJson = False,
) -> None:
    """List proposed corrections with what they would change; with ids, show all that is known of these."""
    states = [state] if state else [ActionState.PROPOSED, ActionState.APPROVED]
    with opened(config) as project:
        known(project, entity)
        wiring.lapse(project)
        if ids:
            show_actions(project, ids, as_json=as_json)
            return
        if sampled:
            _sampled(project, entity, tier, limit, as_json=as_json)
            return
        found = project.ledger.actions(states, entity, limit=limit, kind=kind, tier=tier)
        total = project.ledger.count_actions(states, entity, kind=kind, tier=tier)
        approvals = approvals_of(project, found)
    if as_json:
        show.say(json.dumps([asdict(action) for action in found], ensure_ascii=False, default=str))
        return
    rows = [
        [
            a.id,
            a.state,
            a.kind,
            a.entity,
            a.target,
            a.label,
            change_text(a),
            a.tier,
            a.value_at_risk,
            a.currency,
            _noted(a, approvals.get(a.id, "")),
        ]
        for a in found
    ]
    columns = ("Id", "State", "Kind", "Entity", "In", "Record", "Change", "Risk", "At risk", "", "Said")
    show.table(f"{len(found):,} of {total:,} actions", columns, rows, numbers=("At risk",))


def _noted(action: Action, approvals: str) -> str:
    """What is known of an action besides what it would change: approvals that it has or has lost, why it can't be approved."""
    problem = f"can't be approved, the target would refuse it: {action.problem}" if action.problem else ""
    return "; ".join(filter(None, [approvals, "" if is_progress(action.message) else show.told(action.message), problem]))


def _sampled(project: wiring.Project, entity: str | None, tier: str | None, limit: int, *, as_json: bool) -> None:
    """What rules approved and a person is to look at, what was looked at last."""
    equal = {"entity": entity, "tier": tier}
    rows = project.ledger.by_rule().filter("sampled", **{name: value for name, value in equal.items() if value is not None})
    rows = rows.sort(pl.col("review").is_not_null(), maintain_order=True).head(limit)
    if as_json:
        show.say(json.dumps(rows.to_dicts(), ensure_ascii=False, default=str))
        return
    names = ("action_id", "rule", "state", "kind", "entity", "target", "label", "tier", "review", "reviewed_by", "comment")
    heads = ("Id", "Rule", "State", "Kind", "Entity", "In", "Record", "Risk", "Review", "By", "Comment")
    show.table(f"{rows.height:,} actions to look at, or looked at", heads, rows.select(names).iter_rows())
    show.say("`reconcile review IDS --good` or `--bad` says whether the rule was right.")


@spread
def approve(meant: ToDecide) -> None:
    """Approve corrections: exactly the values that are listed, nothing else."""
    with opened(meant.config) as project:
        ids, who = meant.proposed(project), whom(project, meant.by)
        done = approve_gate.approve(project.ledger, project.config, ids, by=who, comment=meant.comment)
    show.say(
        f"{done.changed:,} actions approved. Next: `reconcile push` shows what would be sent, `reconcile push --yes` sends it."
    )
    _say_what_is_left(done)


@spread
def reject(meant: ToDecide) -> None:
    """Reject corrections; they are not proposed again as long as they say the same."""
    with opened(meant.config) as project:
        ids, who = meant.proposed(project), whom(project, meant.by)
        done = approve_gate.reject(project.ledger, project.config, ids, by=who, comment=meant.comment)
    show.say(f"{done.changed:,} actions rejected.")
    _say_what_is_left(done)


def _say_what_is_left(done: Decided) -> None:
    """What a decision did not settle, by reason."""
    if done.waiting:
        show.say(f"{done.waiting:,} actions have this approval and wait for somebody else's as well.")
    for why, count in list(done.left.items())[:_REASONS]:
        show.say(f"{count:,} left as they are: {printable(show.told(why))}.")
    if others := sum(list(done.left.values())[_REASONS:]):
        show.say(f"{others:,} left as they are for other reasons.")


def push(
    ids: Ids = None,
    config: ConfigFile = DEFAULT_CONFIG,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Really send; without it nothing is sent.")] = False,
    beyond_limits: Annotated[
        bool, typer.Option("--beyond-limits", help="Go beyond the limits of the configuration, in this one push; kept on record.")
    ] = False,
    stop: Annotated[
        bool, typer.Option("--stop", help="Stop all pushes of the project: none starts, and a running one ends after its batch.")
    ] = False,
    resume: Annotated[bool, typer.Option("--resume", help="Lift the stop; nothing is sent by that alone.")] = False,
    by: By = None,
    comment: Comment = "",
    as_json: AsJson = False,
) -> int:
    """Send what was approved and prove that it landed. A dry run unless --yes is given."""
    if stop or resume:
        return _turn(config, stop=stop, resume=resume, sends=bool(ids) or yes, by=by, comment=comment, as_json=as_json)
    progress = show.BarProgress(quiet=as_json)
    with opened(config) as project, progress.showing():
        result = wiring.push(project, ids, dry_run=not yes, by=whom(project, by), progress=progress, beyond_limits=beyond_limits)
        held = project.ledger.push_stop()
    figures = {name: getattr(result, name) for name in _FIGURES}
    entities = project.config.entities
    lasting = [] if yes else [action for action in result.actions if _lasts(action, entities)]
    if as_json:
        ended = {"stopped": result.stopped, "over_limits": result.over_limits}
        known = {} if yes else {"cannot_be_undone": len(lasting)}
        show.say(json.dumps({"dry_run": not yes, **figures, **ended, **known}))
    else:
        rows = [
            [a.id, a.state, a.kind, a.entity, a.target, a.label, change_text(a), _said(a, entities)]
            for a in result.actions[:_SHOWN]
        ]
        show.table(
            "Would be sent" if not yes else "Sent", ("Id", "State", "Kind", "Entity", "In", "Record", "Change", "Said"), rows
        )
        show.say("\n" + ", ".join(f"{count:,} {name}" for name, count in figures.items()))
        if lasting:
            show.say(
                f"{len(lasting):,} can't be undone here once they are sent: a new record is deactivated or deleted in its system."
            )
        _say_how_it_ended(result, held, sent=yes, confirmed=beyond_limits)
    return 1 if result.stopped or (yes and result.verified < result.planned) else 0


def _say_how_it_ended(result: PushResult, held: PushStop | None, *, sent: bool, confirmed: bool) -> None:
    """What ended a push, or would end it, and what to do."""
    over = "; ".join(map(show.told, result.over_limits))
    if result.stopped:
        show.say(f"The push ended early: {show.told(result.stopped)}.")
        show.say(f"Nothing is half done: {result.planned:,} actions were taken up, {result.left:,} approved ones are left.")
    elif over and not sent:
        show.say(f"A push would end before it sends anything: {over}.")
    if over and not confirmed:
        show.say("If that is meant, `reconcile push --yes --beyond-limits` goes on, once.")
    if sent:
        return
    if held:
        show.say(f"Nothing was sent. {_held(held)} `reconcile push --resume` lifts the stop.")
    elif result.planned and not result.over_limits:
        show.say("Nothing was sent. `reconcile push --yes` sends it.")


def _turn(config: Path, *, stop: bool, resume: bool, sends: bool, by: str | None, comment: str, as_json: bool) -> int:
    """Set or lift the kill switch."""
    if sends or (stop and resume):
        raise typer.BadParameter("--stop and --resume stand alone: without each other, --yes and ids.")
    turn = stop_pushes if stop else resume_pushes
    with opened(config) as project:
        changed = turn(project.ledger, project.config, by=whom(project, by), comment=comment)
        held = project.ledger.push_stop()
    if as_json:
        show.say(json.dumps({"changed": changed, "stopped": held is not None}))
    elif held:
        show.say(f"{_held(held)} A running push ends after its batch. `reconcile push --resume` lifts the stop.")
    else:
        show.say("Pushes may go on. `reconcile push` shows what would be sent." if changed else "No stop is set.")
    return 0


def _held(stop: PushStop) -> str:
    """Who stopped pushes, when and why, as a sentence."""
    return f"Pushes are stopped by {stop.by} since {stop.at:%Y-%m-%d %H:%M:%S} UTC" + (
        f": {stop.comment}." if stop.comment else "."
    )


def _lasts(action: Action, entities: Mapping[str, EntityConfig]) -> bool:
    """Whether the action waits to be sent, and can't be undone here after that."""
    return action.state is ActionState.APPROVED and is_lasting(action, entities.get(action.entity))


def _said(action: Action, entities: Mapping[str, EntityConfig]) -> str:
    """The system's words, and what a person must know before the action is sent."""
    warning = ""
    if _lasts(action, entities):
        warning = "can't be undone here"
    elif action.state is ActionState.APPROVED and action.kind is ActionKind.CREATE:
        warning = "an undo makes it inactive, and does not remove it"
    return "; ".join(filter(None, [show.told(action.message), warning]))
