"""`reconcile audit list`, `audit verify` and `audit export`: what was decided and written, and whether that record is whole."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from reconcile.cli import show
from reconcile.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile, opened
from reconcile.errors import StoreUnwritable

audit_app = typer.Typer(help="Show, verify or export the audit trail.", no_args_is_help=True)
_SHOWN = 50


def add_to(app: typer.Typer) -> None:
    """Register the group."""
    app.add_typer(audit_app, name="audit")


@audit_app.command("list")
def listed(
    config: ConfigFile = DEFAULT_CONFIG,
    *,
    subject: Annotated[str | None, typer.Option("--subject", help="Only this action or run, by its id.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most so many entries.")] = _SHOWN,
    as_json: AsJson = False,
) -> None:
    """List the audit trail, newest first: when, who, what, on which action or run."""
    with opened(config) as project:
        entries = project.ledger.audit_entries(limit, subject=subject)
    if as_json:
        show.say(json.dumps(entries.to_dicts(), ensure_ascii=False, default=str))
        return
    columns = ["seq", "at", "who", "event", "subject", "detail"]
    show.table("Audit trail", ("No.", "When (UTC)", "Who", "What", "Of", "Detail"), entries.select(columns).iter_rows())


@audit_app.command()
def verify(config: ConfigFile = DEFAULT_CONFIG, *, as_json: AsJson = False) -> int:
    """Recalculate the whole chain and name the first entry that was changed, moved or taken out."""
    with opened(config) as project:
        bad = project.ledger.verify_audit()
        count, head = project.ledger.audit_head()
    if as_json:
        show.say(json.dumps({"whole": bad is None, "first_bad": bad, "entries": count, "hash": head}))
    elif bad is None:
        show.say(f"The audit trail is whole: {count:,} entries, the last with hash {head}.")
    else:
        show.complain(
            f"The audit trail is broken: entry {bad} was changed, moved or taken out. "
            "Compare it with a backup of the ledger, or with an export."
        )
    return 0 if bad is None else 1


@audit_app.command()
def export(
    target: Annotated[Path, typer.Argument(help="The file to write, such as audit.jsonl.")],
    config: ConfigFile = DEFAULT_CONFIG,
) -> None:
    """Write the whole audit trail, oldest first, one JSON object on each line, just as it is stored."""
    count = 0
    with opened(config) as project:
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("w", encoding="utf-8", newline="\n") as file:
                for line in project.ledger.audit_lines():
                    file.write(line + "\n")
                    count += 1
        except OSError as error:
            raise StoreUnwritable(target, error.strerror or str(error)) from error
    show.say(f"{count:,} entries: {target}")
