"""`reconcile diff`: what differs between two files whose records have the same keys, without a project."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

import polars as pl
import typer

from reconcile.cli import show
from reconcile.compare.cells import HARMLESS
from reconcile.standalone.diffing import Asked, Diffed, diff_files
from reports.diff_texts import screen

_READ = "CSV, XLSX, Parquet or JSON lines."
_VERDICTS = ("different", "one-sided", "not-comparable")
_Language = Literal["en", "zh"]


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(diff)


def diff(
    left: Annotated[Path, typer.Argument(help=f"The CRM's records: {_READ}")],
    right: Annotated[Path, typer.Argument(help=f"The ERP's records: {_READ}")],
    out: Annotated[
        Path, typer.Option("--out", "-o", help="Where the differences go: a file that ends in .parquet, .csv or .xlsx.")
    ],
    *,
    key: Annotated[
        list[str] | None,
        typer.Option(
            "--key",
            "-k",
            help="The column by which records are the same, or LEFT=RIGHT where the files name it differently; several make a "
            "key together.",
        ),
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option(
            "--config", "-c", help="A file that says keys, fields, kinds and tolerances; what it does not say is found."
        ),
    ] = None,
    write_config: Annotated[
        Path | None, typer.Option("--write-config", help="Write what was compared, and as what, to this file, for --config.")
    ] = None,
    exact: Annotated[bool, typer.Option("--exact", help="Only what is written the same is equal: no rule is asked.")] = False,
    harmless: Annotated[
        bool, typer.Option("--harmless", help="List the cells that are equal by a rule, too, with the rule.")
    ] = False,
    language: Annotated[_Language, typer.Option("--language", help="The language of what is shown: en or zh.")] = "en",
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as one JSON object on the last line.")] = False,
) -> int:
    """Compare two files whose records have the same keys, cell by cell, without a project; kinds of field are found."""
    show.speak(language)
    progress = show.BarProgress(quiet=as_json)
    asked = Asked(left, right, out, tuple(key or ()), config, write_config, exact=exact, harmless=harmless)
    with progress.showing():
        done = diff_files(asked, environ=os.environ, progress=progress)
    if as_json:
        show.say(json.dumps(_told(done, out), ensure_ascii=False))
    else:
        _show(done, language)
        show.say(screen(language, "written", file=out, rows=f"{done.table.height:,}"))
        show.say(screen(language, "pinned" if write_config else "pin", file=write_config))
    return 1 if done.open else 0


def _counts(done: Diffed) -> pl.DataFrame:
    """Cells by field, verdict and reason; of what is equal as it stands the reason is null."""
    each = [cells.counts.select(pl.lit(cells.field.name).alias("field"), pl.all()) for cells in done.cells]
    empty = pl.DataFrame(schema={"field": pl.String, "verdict": pl.String, "reason": pl.String, "cells": pl.UInt32})
    return pl.concat([empty, *(one.cast({"verdict": pl.String}) for one in each)])


def _records(done: Diffed) -> list[tuple[str, int]]:
    """How many records, or keys, could not be held against another, by reason."""
    reasons = ("missing_in_erp", "missing_in_crm", "key_repeated", "key_missing")
    whole = dict(done.table.filter(pl.col("field").is_null()).group_by("reason").len().iter_rows())
    return [(reason, whole[reason]) for reason in reasons if reason in whole]


def _told(done: Diffed, out: Path) -> dict[str, object]:
    counts = _counts(done).filter(pl.col("cells") > 0)
    fields = [
        {
            "field": each.field.name,
            "crm": each.field.crm,
            "erp": each.field.erp,
            "kind": each.kind.value if each.kind else None,
            "cells": counts.filter(pl.col("field") == each.field.name).drop("field").sort("verdict", "reason").to_dicts(),
        }
        for each in done.cells
    ]
    findings = [
        {"column": finding.column or finding.other, "reason": finding.reason, "types": finding.types} for finding in done.findings
    ]
    return {
        "out": str(out),
        "rows": done.table.height,
        "records": list(done.records),
        "both": done.pairs.both,
        **dict.fromkeys(("missing_in_erp", "missing_in_crm", "key_repeated", "key_missing"), 0),
        **dict(_records(done)),
        "cells": done.compared,
        "equal": done.as_written,
        "equal_by_rule": done.by_rule,
        "different": done.compared - done.as_written - done.by_rule,
        "fields": fields,
        "findings": findings,
        "seconds": round(done.seconds, 3),
    }


def _show(done: Diffed, language: _Language) -> None:
    """The tables and the sentence."""
    counts = _counts(done)
    _show_fields(done, counts, language)
    harmless = pl.col("verdict").is_in(HARMLESS)
    rules = counts.filter(harmless, pl.col("reason").is_not_null()).group_by("reason").agg(pl.col("cells").sum(), pl.col("field"))
    if rules.height:
        heads = tuple(screen(language, name) for name in ("rule", "cells", "of_fields"))
        ordered = rules.sort("cells", "reason", descending=[True, False])
        rows = ((_reason(reason), cells, ", ".join(sorted(fields))) for reason, cells, fields in ordered.iter_rows())
        show.table(screen(language, "rules"), heads, rows, numbers=heads[1:2])
        show.say("")
    differing = counts.filter(~harmless).sort("field", "cells", "reason", descending=[False, True, False])
    if differing.height or _records(done):
        heads = tuple(screen(language, name) for name in ("field", "verdict", "reason", "cells"))
        told = [(field, screen(language, verdict), _reason(code), cells) for field, verdict, code, cells in differing.iter_rows()]
        show.table(screen(language, "reasons"), heads, [*told, *_record_rows(done, language)], numbers=heads[3:])
        show.say("")
    _show_findings(done, language)
    many = {
        "crm": done.records[0],
        "erp": done.records[1],
        "both": done.pairs.both,
        "cells": done.compared,
        "as_written": done.as_written,
        "by_rule": done.by_rule,
        "different": done.compared - done.as_written - done.by_rule,
    }
    if not done.open:
        show.say(screen(language, "same"))
    show.say(screen(language, "found", seconds=f"{done.seconds:.1f}", **{name: f"{count:,}" for name, count in many.items()}))


def _record_rows(done: Diffed, language: _Language) -> Iterator[tuple[str, str, str, int]]:
    for reason, many in _records(done):
        yield "", screen(language, "records"), screen(language, reason), many


def _show_fields(done: Diffed, counts: pl.DataFrame, language: _Language) -> None:
    heads = tuple(screen(language, name) for name in ("field", "kind", "as_written", "by_rule", *_VERDICTS))
    as_written = pl.col("reason").is_null()
    rows = []
    for each in done.cells:
        own = counts.filter(pl.col("field") == each.field.name)
        sums = [own.filter(as_written), own.filter(pl.col("verdict").is_in(HARMLESS) & ~as_written)]
        sums += [own.filter(pl.col("verdict") == verdict) for verdict in _VERDICTS]
        name = each.field.name if each.field.crm == each.field.erp else f"{each.field.name} ({each.field.crm} = {each.field.erp})"
        rows.append((name, each.kind.value if each.kind else "", *(int(part["cells"].sum()) for part in sums)))
    if rows:
        show.table(screen(language, "fields"), heads, rows, numbers=heads[2:])
        show.say("")


def _show_findings(done: Diffed, language: _Language) -> None:
    if not done.findings:
        return
    heads = tuple(screen(language, name) for name in ("column", "why"))
    rows = []
    for each in done.findings:
        crm, erp = each.types or ("", "")
        rows.append((each.column, screen(language, each.reason, **({"crm": crm, "erp": erp} if each.types else {}))))
    show.table(screen(language, "left_aside"), heads, rows)
    show.say("")


def _reason(code: str) -> str:
    """The words for a reason code, in the language that is spoken."""
    return show.words().label("reason", code)
