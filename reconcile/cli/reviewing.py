"""`reconcile review`: look afterwards at a share of what rules approved, and say whether that was right."""

from __future__ import annotations

import json
from typing import Annotated

import polars as pl
import typer

from reconcile import automatic
from reconcile.cli import show
from reconcile.cli.choosing import Comment, Ids
from reconcile.cli.options import DEFAULT_CONFIG, AsJson, By, ConfigFile, opened, whom
from reconcile.wiring import Project


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(review)


def review(
    ids: Ids = None,
    config: ConfigFile = DEFAULT_CONFIG,
    *,
    good: Annotated[bool, typer.Option("--good", help="It was right that the rule approved these.")] = False,
    bad: Annotated[
        bool, typer.Option("--bad", help="It was wrong: the rule is paused, and what is not pushed yet is rejected.")
    ] = False,
    resume: Annotated[str | None, typer.Option("--resume", metavar="RULE", help="Let a paused rule apply again.")] = None,
    by: By = None,
    comment: Comment = "",
    as_json: AsJson = False,
) -> None:
    """Say of actions that rules approved whether that was right; without ids, show how each rule fares."""
    if (bool(ids) != (good or bad)) or (good and bad) or (resume and ids):
        raise typer.BadParameter("Name actions and either --good or --bad; or --resume and a rule; or nothing at all.")
    with opened(config) as project:
        if ids:
            rules = automatic.review(project.ledger, project.config, ids, good=good, by=whom(project, by), comment=comment)
            said = {"reviewed": len(ids), "paused": [] if good else list(rules)}
            words = f"{len(ids):,} actions reviewed." + (
                "" if good else f" Paused until somebody resumes it: {', '.join(rules)}."
            )
        elif resume:
            changed = automatic.resume_rule(project.ledger, project.config, resume, by=whom(project, by), comment=comment)
            said = {"changed": changed}
            words = f"Rule {resume} applies again." if changed else f"Rule {resume} was not paused."
        else:
            _show(project, as_json=as_json)
            return
    show.say(json.dumps(said) if as_json else words)


def _show(project: Project, *, as_json: bool) -> None:
    """How each rule fares: what it approved, what a person was to look at, and what came of that."""
    rules = [rule.name for rule in project.config.approvals.automatic]
    paused = project.ledger.paused_rules(rules)
    done = project.ledger.by_rule()
    looked = pl.col("review").is_not_null()
    figures = done.group_by("rule").agg(
        approved=pl.len(),
        sampled=pl.col("sampled").sum(),
        waiting=(pl.col("sampled") & ~looked).sum(),
        good=(pl.col("review") == "reviewed").sum(),
        bad=(pl.col("review") == "objected").sum(),
    )
    known = pl.DataFrame({"rule": rules}, schema={"rule": pl.String}).join(figures, on="rule", how="full", coalesce=True)
    said = known.with_columns(pl.exclude("rule").fill_null(0), paused=pl.col("rule").replace_strict(paused, default="")).sort(
        "rule"
    )
    if as_json:
        show.say(json.dumps(said.to_dicts(), ensure_ascii=False))
        return
    numbers = ("Approved", "Sampled", "To look at", "Good", "Bad")
    show.table("Rules that approve", ("Rule", *numbers, "Paused by"), said.iter_rows(), numbers=numbers)
    show.say("`reconcile actions --sampled` lists what to look at.")
