"""`reconcile breaks` lists what needs attention and shows one with all that happened to it."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal

import typer

from reconcile import wiring
from reconcile.cli import show
from reconcile.cli.choosing import Entity, known
from reconcile.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile, opened
from reconcile.cli.signature import spread
from reconcile.errors import NotSettled
from reconcile.ledger.lives import Wanted
from reconcile.refusals import refusal
from reconcile.results import BreakKind, BreakState
from reconcile.wiring import settling

State = Annotated[
    list[BreakState] | None, typer.Option("--state", help="Only this state; may be given several times; all open ones if not.")
]
Kind = Annotated[BreakKind | None, typer.Option("--kind", help="Only this kind of break.")]
Severity = Annotated[
    Literal["blocking", "major", "minor"] | None, typer.Option("--severity", help="Only this severity: blocking, major or minor.")
]
Owner = Annotated[str | None, typer.Option("--owner", help='Only what this person or team looks after; "" for nobody.')]
Age = Annotated[
    Literal["0-1", "2-7", "8-30", "31-90", "90+"] | None, typer.Option("--age", help="Only breaks that are so many days old.")
]
Overdue = Annotated[bool, typer.Option("--overdue", help="Only what is past due.")]
Cause = Annotated[
    str | None, typer.Option("--cause", help="Only what the latest run explains by this cause, named by its id or its beginning.")
]
Sought = Annotated[str | None, typer.Option("--text", help="Only where this stands in the label, a key or a value.")]
_SHORT = 10
"""Signs of a fingerprint that a list shows; enough to name it."""
_SHOWN = 50

breaks_app = typer.Typer(invoke_without_command=True)


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.add_typer(breaks_app, name="breaks")


@dataclass(frozen=True)
class Filter:
    """The options by which a command narrows the breaks, and what they leave."""

    state: State = None
    entity: Entity = None
    kind: Kind = None
    severity: Severity = None
    owner: Owner = None
    age: Age = None
    overdue: Overdue = False
    cause: Cause = None
    text: Sought = None

    @property
    def given(self) -> bool:
        """Whether any option narrows the breaks."""
        return any(value not in (None, False, []) for value in vars(self).values())

    def of(self, project: wiring.Project) -> Wanted:
        """The breaks of a project that it leaves. Raises UnknownEntity, NotSettled, NoRunYet."""
        known(project, self.entity)
        wanted = Wanted(
            entity=self.entity,
            kind=self.kind,
            severity=self.severity,
            owner=self.owner,
            age=self.age,
            overdue=self.overdue,
            text=self.text,
            fingerprints=settling.of_cause(project, self.cause) if self.cause else None,
        )
        return replace(wanted, states=self.state) if self.state else wanted


def chosen(project: wiring.Project, fingerprints: list[str] | None, narrowed: Filter, *, everything: bool) -> Wanted:
    """The breaks that were named, else those of the filter. Raises NotSettled."""
    if fingerprints:
        return Wanted(states=None, fingerprints=project.ledger.lives.named(fingerprints))
    if not (everything or narrowed.given):
        raise NotSettled(refusal("no_breaks_chosen"))
    return narrowed.of(project)


@breaks_app.callback()
@spread
def breaks(
    context: typer.Context,
    config: ConfigFile = DEFAULT_CONFIG,
    *,
    narrowed: Filter,
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most so many lines.")] = _SHOWN,
    as_json: AsJson = False,
) -> None:
    """List breaks, most money first: what they are, their state and age, who looks after them, and when they are due."""
    if context.invoked_subcommand is not None:
        return
    with opened(config) as project:
        project.ledger.lives.wake()
        wanted = narrowed.of(project)
        found = project.ledger.lives.listing(wanted, limit)
        total = project.ledger.lives.count(wanted)
    if as_json:
        show.say(json.dumps(found.to_dicts(), ensure_ascii=False, default=str))
        return
    words = show.words()
    heads = [words.say(f"word.{name}") for name in _HEADS]
    numbers = (words.say("word.value_at_risk"),)
    show.table(
        words.say("say.shown_breaks", shown=f"{found.height:,}", total=f"{total:,}"),
        heads,
        (_line(row) for row in found.iter_rows(named=True)),
        numbers=numbers,
    )


_HEADS = (
    *("fingerprint", "state", "record", "entity", "kind", "field", "value_at_risk", "currency"),
    *("severity", "first_seen", "due", "assignee"),
)


def _line(row: dict[str, Any]) -> list[object]:
    words = show.words()
    state = words.label("state", row["state"])
    due = row["due_at"].date() if row["due_at"] else None
    return [
        row["fingerprint"][:_SHORT],
        state + (f" ({words.label('reopened', row['reopened'])})" if row["reopened"] else ""),
        row["label"],
        words.label("entity", row["entity"]),
        words.label("kind", row["kind"]),
        words.label("field", row["field"]) if row["field"] else "",
        row["value_at_risk"],
        row["currency"],
        words.label("severity", row["severity"]),
        row["first_seen"].date(),
        f"{due} !" if row["overdue_since"] else due,
        row["assignee"],
    ]


@breaks_app.command("show")
def one(
    fingerprint: Annotated[str, typer.Argument(help="A break's fingerprint, or as much of its beginning as no other has.")],
    config: ConfigFile = DEFAULT_CONFIG,
    *,
    as_json: AsJson = False,
) -> None:
    """Show one break: both values and keys, its life, and everything that happened to it."""
    with opened(config) as project:
        lives = project.ledger.lives
        lives.wake()
        names = lives.named([fingerprint])
        row = lives.listing(Wanted(states=None, fingerprints=names)).row(0, named=True)
        events = lives.events(names).to_dicts()
    told = [{**event, "detail": json.loads(event["detail"])} for event in events]
    if as_json:
        show.say(json.dumps({**row, "events": told}, ensure_ascii=False, default=str))
        return
    words = show.words()
    show.table(f"{row['label']} · {row['fingerprint']}", ("", ""), [line for line in _facts(row) if line[1] not in (None, "")])
    heads = [words.say(f"word.{name}") for name in ("when", "who", "event", "state", "why")]
    rows = [
        [e["at"], e["who"], words.label("break_event", e["event"]), words.label("state", e["state"]), _said(e["detail"])]
        for e in told
    ]
    show.table(words.say("heading.break_events"), heads, rows)


def _facts(row: dict[str, Any]) -> list[tuple[str, object]]:
    words = show.words()
    coded = ("entity", "kind", "field", "reason", "moved", "severity", "owner")
    facts: list[tuple[str, object]] = [
        (words.say(f"word.{name}"), words.label(name, row[name]) if row[name] else None) for name in coded
    ]
    sides = [(side.upper(), " · ".join(filter(None, (row[f"{side}_key"], row[f"{side}_value"])))) for side in ("crm", "erp")]
    money = f"{row['value_at_risk']:,.2f} {row['currency'] or ''}" if row["value_at_risk"] is not None else None
    again = words.label("reopened", row["reopened"]) if row["reopened"] else None
    return [
        *facts[:3],
        *sides,
        *facts[3:],
        (words.say("word.value_at_risk"), money),
        (words.say("word.state"), words.label("state", row["state"])),
        (words.say("word.reopened"), again),
        (words.say("word.accepted_until"), row["accepted_until"]),
        (words.say("word.why"), row["note"]),
        (words.say("word.assignee"), row["assignee"]),
        (words.say("word.first_seen"), row["first_seen"]),
        (words.say("word.last_seen"), row["last_seen"]),
        (words.say("word.due"), row["due_at"]),
        (words.say("word.overdue"), row["overdue_since"]),
    ]


def _said(detail: dict[str, Any]) -> str:
    words = show.words()
    why = words.label("reopened", detail["why"]) if "why" in detail else ""
    until = words.say("say.until", day=detail["until"]) if "until" in detail else ""
    return "; ".join(filter(None, (why, until, detail.get("to", ""), detail.get("reason", ""))))
