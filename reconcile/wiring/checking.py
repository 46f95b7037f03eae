"""What expectation suites say of a file, or of the records of a project; nothing is written to a system or to the ledger."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Literal, ParamSpec

import polars as pl

import expectations
from expectations import Suite
from reconcile.config.wording import printable
from reconcile.errors import NoSuchRule, NothingToCheck, OutputUnfit, UnknownSuite
from reconcile.progress import Progress
from reconcile.records import Scope
from reconcile.results import CHECKS, FINDINGS, CheckResult, LeftOut
from reconcile.standalone.files import check_output, columns_of, write
from reconcile.wiring.file_records import file_records
from reconcile.wiring.side_files import SideFile, side_files, tables_of
from reconcile.wiring.stages import Stages

P = ParamSpec("P")

_LARGE = 256 << 20
"""Bytes of a table that is not handed to another process: the copy would cost more than the second core gains."""


@dataclass(frozen=True)
class AskedOfFile:
    """What a check of a file was asked for."""

    file: Path
    suite: str
    """A YAML file, or the name of a suite that comes along."""
    key: str | None = None
    """The column that names a record; its number, from 1, if not given."""
    when: str | None = None
    """An SQL condition on the file's columns: which records are looked at."""
    system: Scope | None = None
    """Whose records they are, or pairs of both; rules of any if not given."""
    rules: Sequence[str] = ()
    """Only these."""
    out: Path | None = None
    docs: Path | None = None
    others: Sequence[str] = ()
    """Files that rules look into, each as `[NAME=]FILE[:COLUMN]`."""
    language: Literal["en", "zh"] = "en"
    """Of the pages."""


@dataclass(frozen=True)
class Checked:
    """What came of a check."""

    suites: tuple[Suite, ...]
    records: int
    """Looked at, of all entities and sides."""
    checks: pl.DataFrame
    """CHECKS."""
    findings: pl.DataFrame
    """FINDINGS, all of them."""
    left_out: tuple[tuple[str, str | None, LeftOut], ...]
    """Entity, side and rule."""
    notes: tuple[str, ...]
    seconds: float
    run_id: str | None = None
    """Whose records were looked at; None of a file, and of records that were pulled for this."""


def check_file(asked: AskedOfFile, child: expectations.Child, progress: Progress) -> Checked:
    """One suite on the records of a file, of which only the columns that the rules name are read.

    Raises:
        ConfigError kinds: file, suite, key, condition or place of the result is wrong, or no rule is about such a file.
        StoreUnwritable: the findings or the pages can't be written.
    """
    begun = time.perf_counter()
    suite = narrowed([suite_named(asked.suite)], asked.rules)[0]
    others = side_files(asked.others)
    check_places(asked.out, asked.docs, (asked.file, *(one.file for one in others)))
    with progress.step("read"):
        frame, records = file_records(asked.file, suite, asked.key, asked.when)
        tables = tables_of(_with_itself(others, asked, suite), suite)
    with progress.step("load Great Expectations"):
        held = [table for table in (frame, *tables.values()) if isinstance(table, pl.DataFrame)]
        if sum(table.estimated_size() for table in held) < _LARGE:
            child.wait()
        else:
            child.close()
    with Stages(progress, rules_for([suite], asked.system)) as stages, child.heard_by(stages):
        result, told = asked_of(child, asked.docs, expectations.check_records, suite, asked.system, frame, tables)
    if result.checks.is_empty() and result.left_out:
        columns = [printable(name) for name in columns_of(asked.file)]
        raise NothingToCheck(str(asked.file), suite.name, suite.entity, _lacking(suite, result, tables), columns)
    pages = [expectations.Page(suite.name, asked.file.name, tuple(told))]
    keep(result.findings, pages, asked.out, asked.docs, child.run, progress, asked.language)
    left_out = tuple((suite.entity, asked.system, one) for one in result.left_out)
    return Checked((suite,), records, result.checks, result.findings, left_out, result.notes, time.perf_counter() - begun)


def _lacking(suite: Suite, result: CheckResult, tables: Mapping[str, pl.DataFrame]) -> list[str]:
    """What would have to be there for a rule to be applied: columns of the file, or another file."""
    asked = {rule.name: rule.looks_into for rule in suite.rules}
    return list(
        dict.fromkeys(
            f"--with {table}=FILE" if (table := asked.get(one.rule)) and table not in tables else str(one.field)
            for one in result.left_out
            if one.field
        )
    )


def _with_itself(others: Sequence[SideFile], asked: AskedOfFile, suite: Suite) -> list[SideFile]:
    """With the file itself, where rules look into its own records, such as an employee's manager."""
    own = any(rule.looks_into == suite.entity for rule in suite.rules)
    there = any(one.name == suite.entity for one in others)
    return [*others, *([SideFile(suite.entity, asked.file, asked.key)] if own and not there else [])]


def asked_of(
    child: expectations.Child, docs: Path | None, check: Callable[P, CheckResult], *args: P.args, **kwargs: P.kwargs
) -> tuple[CheckResult, list[dict[str, Any]]]:
    """What the child answers, with what Great Expectations itself said if pages are to be written."""
    if docs is None:
        return child.run(check, *args, **kwargs), []
    ask = partial(expectations.with_results, check, *args, **kwargs)
    return child.run(ask)


def rules_for(suites: Sequence[Suite], side: Scope | None) -> int:
    """How many rules will be asked of one side, of any if None."""
    return sum(side is None or side in suite.systems_of(rule) for suite in suites for rule in suite.rules)


def suite_named(name: str) -> Suite:
    """A YAML file, or the name of a suite that comes along. Raises UnknownSuite, and as `load_suite`."""
    packaged = expectations.packaged_suites()
    path = packaged.get(name, Path(name))
    if name not in packaged and not path.exists() and path.name == name and not path.suffix:
        raise UnknownSuite(name, tuple(packaged))
    return expectations.load_suite(path)


def narrowed(suites: Sequence[Suite], rules: Sequence[str]) -> list[Suite]:
    """The suites with these rules alone; all of them if none is named. Raises NoSuchRule."""
    if not rules:
        return list(suites)
    known = [rule.name for suite in suites for rule in suite.rules]
    for name in rules:
        if name not in known:
            raise NoSuchRule(name, tuple(dict.fromkeys(known)))
    kept = [suite.model_copy(update={"rules": tuple(r for r in suite.rules if r.name in rules)}) for suite in suites]
    return [suite for suite in kept if suite.rules]


def check_places(out: Path | None, docs: Path | None, inputs: Sequence[Path] = ()) -> None:
    """Raise OutputUnfit if findings or pages can't be written there: said before any work is done."""
    if out is not None:
        check_output(out, inputs)
    if docs is not None and docs.exists() and not docs.is_dir():
        raise OutputUnfit(docs, "this is a file; name a folder for the pages")
    if docs is not None and docs.is_dir() and any(docs.iterdir()) and not (docs / expectations.SITE_MARK).exists():
        raise OutputUnfit(docs, "this folder holds something else than such pages; name one that is empty or not there yet")


def keep(
    findings: pl.DataFrame,
    pages: Sequence[expectations.Page],
    out: Path | None,
    docs: Path | None,
    run: Callable[..., Any],
    progress: Progress,
    language: Literal["en", "zh"] = "en",
) -> None:
    """Write what was asked for. Raises StoreUnwritable."""
    if out is not None:
        with progress.step("write"):
            write(findings, out, "findings")
    if docs is not None:
        with progress.step("write pages"):
            run(expectations.write_pages, list(pages), docs, language=language)


def gathered(results: Sequence[tuple[str, str | None, CheckResult]], suites: Sequence[Suite], records: int) -> Checked:
    """The results of several entities and sides as one."""
    return Checked(
        tuple(suites),
        records,
        pl.concat([CHECKS.to_frame(), *(result.checks.select(CHECKS.names()) for *_, result in results)]),
        pl.concat([FINDINGS.to_frame(), *(result.findings.select(FINDINGS.names()) for *_, result in results)]),
        tuple((entity, side, one) for entity, side, result in results for one in result.left_out),
        tuple(note for *_, result in results for note in result.notes),
        0.0,
    )


def timed(checked: Checked, begun: float, run_id: str | None) -> Checked:
    """With how long it took since `begun`, in seconds, and the run whose records they are."""
    return replace(checked, seconds=time.perf_counter() - begun, run_id=run_id)
