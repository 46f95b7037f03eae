"""Plants in the sandbox's company what only a side's own past tells: silence, lost records, fields gone or of another type.

Apart from `quality`, whose defects stand at records: here some nights in order go before, kept in a real ledger.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl

from expectations import Suites
from reconcile.config.models import ProjectConfig
from reconcile.connect.port import ObjectShape
from reconcile.ledger import Ledger
from reconcile.records import Role
from reconcile.results import LINKS, FieldRule, Holds
from reconcile.sandbox.company import ENTITIES, Company
from reconcile.side_tables import Records, side_tables
from reconcile.snapshot import Manifest, columns, columns_of

NIGHTS = 6
"""Runs in order; the one after them is damaged."""
DATED = {"orders": "order_date", "invoices": "invoice_date", "payments": "payment_date", "shipments": "shipped_at"}
_SILENT = dt.timedelta(days=45)
_PAST = ("its_history", "to_be_as_before")
OUTCOME = pl.Schema(
    {
        "defect": pl.String,
        "entity": pl.String,
        "system": pl.String,
        "rule": pl.String,
        "found": pl.Boolean,
    }
)
"""One row for each thing that was planted."""


def outcome_of_past(
    company: Company, config: ProjectConfig, records: Records, names: Sequence[str] = tuple(ENTITIES)
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What became of each planted defect (OUTCOME), and the rules that broke without one: entity, system, rule (String).

    Args:
        company: in order.
        config: the demo's.
        records: the company's canonical records.
        names: the entities that are damaged and looked at.
    """
    suites, last, false = _of_past(Suites.of(config, Path()), names), _latest(records), []
    with tempfile.TemporaryDirectory() as folder, Ledger.open(f"sqlite:///{Path(folder) / 'ledger.db'}") as ledger:
        for night in range(NIGHTS, -1, -1):
            at = last - dt.timedelta(days=night)
            told, fields = _run(suites, ledger, _until(records, at), _columns(company, at), at), _columns(company, at)
            false.append(_broken(told))
            if night:
                ledger.quality.record(told, f"r{at:%Y%m%d}", at, fields)
        spoilt = _half(_until(records, last - _SILENT))
        found = _broken(_run(suites, ledger, spoilt, _damaged(_columns(company, last)), last))
    by, planted = ["entity", "system", "rule"], _planted(names)
    outcome = planted.join(found.with_columns(found=pl.lit(value=True)), on=by, how="left", maintain_order="left")
    false.append(found.join(planted, on=by, how="anti"))
    return outcome.with_columns(pl.col("found").fill_null(value=False)).match_to_schema(OUTCOME), pl.concat(false)


def _planted(names: Sequence[str]) -> pl.DataFrame:
    """Each side's objects lose a field (CRM) or the type of one (ERP), and half of their records; the dated ones fall silent."""
    source = {Role.CRM: "field_gone_from_the_source", Role.ERP: "field_of_the_source_of_another_type"}
    rows = [(source[role], name, str(role), "source_is_as_before") for name in names for role in Role]
    rows += [("half_of_the_records_lost", name, str(role), "record_count_is_usual") for name in names for role in Role]
    dated = [name for name in names if name in DATED]
    rows += [("nothing_new_for_weeks", name, str(role), f"{name}_keep_coming") for name in dated for role in Role]
    return pl.DataFrame(rows, schema=OUTCOME.names()[:4], orient="row")


def _of_past(suites: Suites, names: Sequence[str]) -> Suites:
    """The rules of these entities that read a past."""
    kept = {
        name: tuple(
            suite.model_copy(update={"rules": rules})
            for suite in of
            if (rules := tuple(rule for rule in suite.rules if rule.expect.endswith(_PAST)))
        )
        for name, of in suites.by_entity.items()
        if name in names
    }
    return replace(suites, by_entity=kept)


def _run(suites: Suites, ledger: Ledger, records: Records, now: pl.DataFrame, at: dt.datetime) -> pl.DataFrame:
    """What the rules say of both sides (CHECKS), as a run asks them."""
    history = ledger.quality.history().lazy()
    known = pl.concat([ledger.quality.columns(), now]).lazy()
    asked = replace(suites, now=at)
    tables = {role: side_tables(role, records, LINKS.to_frame().lazy(), history, known) for role in Role}
    return pl.concat(asked(name, role, records[role][name], tables[role]).checks for name in suites.by_entity for role in Role)


def _broken(checks: pl.DataFrame) -> pl.DataFrame:
    return checks.filter(~pl.col("success")).select("entity", "system", "rule")


def _latest(records: Records) -> dt.datetime:
    """The end of the last day on which everything dated has happened, in both systems."""
    dated = [(frames[name], day) for frames in records.values() for name, day in DATED.items()]
    days = [frame.select(pl.col(day).cast(pl.Date).max()).collect().item() for frame, day in dated]
    return dt.datetime.combine(min(days), dt.time(23, 59), dt.UTC)


def _until(records: Records, at: dt.datetime) -> Records:
    """The records that there were at a moment."""
    return {
        role: {
            name: frame.filter(pl.col(DATED[name]).cast(pl.Date) <= at.date()) if name in DATED else frame
            for name, frame in frames.items()
        }
        for role, frames in records.items()
    }


def _half(records: Records) -> Records:
    """Every second record."""
    return {role: {name: frame.gather_every(2) for name, frame in frames.items()} for role, frames in records.items()}


def _columns(company: Company, at: dt.datetime) -> pl.DataFrame:
    """The columns of the company's objects (COLUMNS)."""
    taken = {
        Role.CRM: [_manifest(entity, thing, company.crm) for entity, (thing, _) in ENTITIES.items()],
        Role.ERP: [_manifest(entity, thing, company.erp) for entity, (_, thing) in ENTITIES.items()],
    }
    return columns(taken, at)


def _manifest(entity: str, thing: str, tables: Mapping[str, pl.DataFrame]) -> Manifest:
    fields = tables[thing].columns
    shape = ObjectShape(frozenset(fields), rules=dict.fromkeys(fields, FieldRule(Holds.TEXT)))
    return Manifest("", entity, thing, (), (), 0, "", None, "", columns_of(shape, {}))


def _damaged(now: pl.DataFrame) -> pl.DataFrame:
    """Of each object the last field: gone in the CRM, a number in the ERP."""
    last = pl.col("name") == pl.col("name").last().over("entity", "system")
    retyped = pl.when(last & (pl.col("system") == Role.ERP)).then(pl.lit(str(Holds.NUMBER))).otherwise("type")
    return now.with_columns(type=retyped).filter(~(last & (pl.col("system") == Role.CRM)))
