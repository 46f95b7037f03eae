"""Plants defects of quality in the sandbox's company and holds what the product's suites find against what was planted.

Run with `python -m benchmarks.quality`; prints a table and, as its last line, the figures as JSON: defects of all seeds planted
and found, findings and broken rules that no defect explains, and rules that found one.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path

import polars as pl
import yaml

from benchmarks.quality_past import outcome_of_past
from benchmarks.quality_rules import ALSO, SEEN_BY
from expectations import Suites
from expectations.load import packaged_suites
from reconcile.config.models import ProjectConfig
from reconcile.normalise.records import normalise
from reconcile.records import KEY, PAIR, SHAPES, Role, Scope
from reconcile.results import LINKS, CheckResult
from reconcile.sandbox.company import Company
from reconcile.sandbox.data import generate
from reconcile.sandbox.quality import spoil
from reconcile.side_tables import linked, side_tables

ROOT = Path(__file__).parents[1]
SEEDS = (7, 11, 23)
_ADDRESS = "to_BusinessPartnerAddress"
_SIZE = {"customers": 400, "contacts": 600, "products": 150, "orders": 700}


def project() -> ProjectConfig:
    """The demo's configuration."""
    return ProjectConfig.model_validate(yaml.safe_load((ROOT / "reconcile/sandbox/reconcile.yaml").read_text(encoding="utf-8")))


Records = Mapping[Role, Mapping[str, pl.LazyFrame]]


def records_of(company: Company, config: ProjectConfig) -> Records:
    """The canonical records of each entity of each side."""
    sides = {Role.CRM: company.crm, Role.ERP: company.erp}
    return {
        role: {
            entity: normalise(
                _snapshot(sides[role], (spec.crm if role is Role.CRM else spec.erp).object),
                entity,
                spec,
                role,
                config.system(role),
            ).frame.lazy()
            for entity, spec in config.entities.items()
        }
        for role in Role
    }


def checked(company: Company, config: ProjectConfig, records: Records) -> CheckResult:
    """What all suites of the product say of both sides and of the true pairs."""
    suites = Suites.of(config, ROOT)
    named = [pairs.with_columns(pl.lit(entity).alias("entity")) for entity, pairs in company.pairs.items()]
    links = pl.concat([LINKS.to_frame(), *(frame.match_to_schema(LINKS, missing_columns="insert") for frame in named)]).lazy()
    systems: tuple[Scope, ...] = (*Role, PAIR)
    tables = {system: side_tables(system, records, links) for system in systems}
    results = []
    for entity in config.entities:
        results += [suites(entity, role, records[role][entity], tables[role]) for role in Role]
        both = linked(records[Role.CRM][entity], records[Role.ERP][entity], links.filter(pl.col("entity") == entity))
        results.append(suites(entity, PAIR, both, tables[PAIR]))
    notes = tuple(note for one in results for note in one.notes)
    return CheckResult(pl.concat(one.checks for one in results), pl.concat(one.findings for one in results), notes)


def followers(log: pl.DataFrame, records: Records) -> pl.DataFrame:
    """The records that refer to a damaged one, in the same system, of a pair in the CRM: defect, entity, key (String)."""
    out = []
    for role, frames in records.items():
        systems = [role.value, *([PAIR] if role is Role.CRM else [])]
        for entity, frame in frames.items():
            for reference, parent in SHAPES[entity].references.items():
                if reference in frame.collect_schema():
                    hit = log.filter(pl.col("system").is_in(systems), entity=parent)
                    hit = hit.select("defect", pl.col("key").alias(reference)).lazy()
                    found = frame.join(hit, on=reference).select(
                        "defect", pl.lit(entity).alias("entity"), pl.col(KEY).alias("key")
                    )
                    out.append(found.collect())
    return pl.concat(out)


def _snapshot(tables: Mapping[str, pl.DataFrame], name: str) -> pl.DataFrame:
    """One object's rows, with the address that the ERP keeps apart."""
    if name != "A_BusinessPartner":
        return tables[name]
    addresses = tables[f"{name}Address"].unique("BusinessPartner")
    renamed = addresses.select("BusinessPartner", pl.exclude("BusinessPartner").name.prefix(f"{_ADDRESS}/"))
    return tables[name].join(renamed, on="BusinessPartner", how="left")


def judged(
    log: pl.DataFrame, findings: pl.DataFrame, before: pl.DataFrame, records: Records
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What became of each planted defect, and the findings that none explains.

    Args:
        log: SPOILT.
        findings: FINDINGS of the damaged company.
        before: FINDINGS of the same company in order, within what `mostly` allows; they are not counted.
        records: of the damaged company.

    Returns:
        `log` with `rule` and `found`; the findings left over. A defect may be seen by further rules, of its own record, of
        the pair that it belongs to, or of a record that refers to it (ALSO); that is neither found nor false.
    """
    rules = pl.DataFrame(list(SEEN_BY.items()), schema=["defect", "rule"], orient="row")
    truth = log.join(rules, on="defect", how="left", maintain_order="left")
    seen = findings.select("entity", "system", "key", "rule").unique().with_columns(found=pl.lit(value=True))
    outcome = truth.join(seen, on=["entity", "system", "key", "rule"], how="left").with_columns(
        pl.col("found").fill_null(value=False)
    )
    also = pl.DataFrame(
        [(d, r) for d, several in ALSO.items() for r in several], schema={"defect": pl.String, "also": pl.String}, orient="row"
    )
    near = pl.concat([log.select("defect", "entity", "key"), followers(log, records)])
    more = near.join(also, on="defect").select("entity", "key", pl.col("also").alias("rule"))
    main = truth.select("entity", "system", "key", "rule")
    left = findings.join(before, on=["entity", "system", "key", "rule"], how="anti").join(
        main, on=["entity", "system", "key", "rule"], how="anti"
    )
    for key in ("key", "counterpart"):
        left = left.join(more, left_on=["entity", key, "rule"], right_on=["entity", "key", "rule"], how="anti")
    return outcome, left


def outcome_of(company: Company, spoilt: Company, log: pl.DataFrame, config: ProjectConfig) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`judged` of a company before and after it was damaged."""
    now = records_of(spoilt, config)
    before = checked(company, config, records_of(company, config))
    return judged(log, checked(spoilt, config, now).findings, before.findings, now)


def main() -> None:
    """All seeds: the table, and the figures."""
    config = project()
    outcomes, lefts = [], []
    for seed in SEEDS:
        company = generate(seed, **_SIZE)
        spoilt, log = spoil(company, seed)
        outcome, left = outcome_of(company, spoilt, log, config)
        of_past, broken = outcome_of_past(company, config, records_of(company, config))
        outcomes += [one.select("entity", "rule", "defect", "found") for one in (outcome, of_past)]
        lefts += [one.select("entity", "rule") for one in (left, broken)]
    outcome, left = pl.concat(outcomes), pl.concat(lefts)
    table = (
        outcome.group_by("entity", "rule", "defect")
        .agg(planted=pl.len(), found=pl.col("found").sum())
        .sort("entity", "rule", "defect")
    )
    false = left.group_by("entity", "rule").agg(false=pl.len())
    table = table.join(false, on=["entity", "rule"], how="full", coalesce=True).fill_null(0)
    sys.stdout.write(f"{'entity':<12} {'rule':<38} {'defect':<38} {'planted':>7} {'found':>6} {'false':>6}\n")
    for entity, rule, defect, planted, found, wrong in table.iter_rows():
        sys.stdout.write(f"{entity:<12} {rule:<38} {defect or '':<38} {planted:>7} {found:>6} {wrong:>6}\n")
    figures = {
        "planted": outcome.height,
        "found": int(outcome["found"].sum()),
        "false": left.height,
        "rules": outcome.filter("found").select("entity", "rule").n_unique(),
        "kinds": outcome["defect"].n_unique(),
        "seeds": len(SEEDS),
        "suites": len(packaged_suites()),
    }
    sys.stdout.write(json.dumps(figures) + "\n")


if __name__ == "__main__":
    main()
