"""`reconcile history`: everything that happened to one record."""

from __future__ import annotations

import json
from typing import Annotated

import polars as pl
import typer

from reconcile import wiring
from reconcile.cli import show
from reconcile.cli.choosing import known
from reconcile.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile, opened
from reconcile.records import Role
from reports.evidence import agreement_lines
from reports.words import Words

_COLUMNS = {"at": "When (UTC)", "who": "Who", "event": "What", "subject": "Of", "field": "Field", "detail": "Detail"}


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(history)


def history(
    entity: Annotated[str, typer.Argument(help="What kind of record, such as customers.")],
    side: Annotated[Role, typer.Argument(help="crm or erp: the side whose key it is.")],
    key: Annotated[str, typer.Argument(help="The record's key on that side.")],
    config: ConfigFile = DEFAULT_CONFIG,
    *,
    as_json: AsJson = False,
) -> None:
    """Tell what happened to one record and its counterpart: breaks, link, corrections, decisions, writes; oldest first."""
    with opened(config) as project:
        known(project, entity)
        crm_key, erp_key = wiring.keys_of(project, entity, side, key)
        found = project.ledger.history(entity, crm_key, erp_key)
    if as_json:
        show.say(
            json.dumps({"crm_key": crm_key, "erp_key": erp_key, "history": found.to_dicts()}, ensure_ascii=False, default=str)
        )
        return
    if found.is_empty():
        show.say(f"Nothing is on record of {entity} {key}. Keys are written as `reconcile actions` and the report show them.")
        return
    pair = " = ".join(name for name in (crm_key, erp_key) if name)
    told = [_told(detail) for detail in found["detail"]]
    times = found.with_columns(pl.col("at").dt.strftime("%Y-%m-%d %H:%M:%S"), detail=pl.Series(told, dtype=pl.String))
    show.table(f"{entity} {pair}", tuple(_COLUMNS.values()), times.select(list(_COLUMNS)).iter_rows())


def _told(detail: str | None) -> str | None:
    """Agreement in sentences, anything else as it is on record."""
    said = json.loads(detail or "{}")
    return " ".join(agreement_lines(Words("en"), said)) if {"agreed", "evidence"} & said.keys() else detail
