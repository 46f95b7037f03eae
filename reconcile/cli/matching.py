"""`reconcile match` and `reconcile dedupe`: plain files, without a project."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated, Literal

import polars as pl
import typer

from reconcile.cli import show
from reconcile.standalone.run import Result, dedupe_file, match_files

_ZONES = {"link": "links", "review": "reviews", "duplicate": "duplicates"}
_READ = "CSV, XLSX, Parquet or JSON lines."
_Out = Annotated[Path, typer.Option("--out", "-o", help="Where the result goes: a file that ends in .parquet, .csv or .xlsx.")]
_Config = Annotated[
    Path | None,
    typer.Option("--config", "-c", help="A file that pins keys, fields and thresholds; what it does not say is found."),
]
_WriteConfig = Annotated[
    Path | None, typer.Option("--write-config", help="Write everything that was chosen to this file, for --config.")
]
_Model = Annotated[
    Path | None,
    typer.Option("--model", help="Keep what was learned in this file, so that `reconcile explain` can be asked later."),
]
_Remember = Annotated[
    Path | None,
    typer.Option(
        "--remember", help="A folder that holds the last run: only what has changed since is matched anew, and its neighbours."
    ),
]
_Memory = Annotated[
    str | None,
    typer.Option("--memory", help="How much memory may be taken, such as 2GB or 500MB; 60 % of what is free if not given."),
]
_Language = Annotated[Literal["en", "zh"], typer.Option("--language", help="The language of what is shown: en or zh.")]
_Answers = Annotated[
    Path | None,
    typer.Option(
        "--answers", help="What people have said of pairs, as `reconcile teach` keeps it: it holds, and teaches the rest."
    ),
]
_Json = Annotated[bool, typer.Option("--json", help="Print the result as one JSON object on the last line.")]
_Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print no choices, only the counts.")]


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command()(match)
    app.command()(dedupe)


def match(
    left: Annotated[Path, typer.Argument(help=f"The CRM's records: {_READ}")],
    right: Annotated[Path, typer.Argument(help=f"The ERP's records: {_READ}")],
    out: _Out,
    *,
    config: _Config = None,
    write_config: _WriteConfig = None,
    model: _Model = None,
    remember: _Remember = None,
    memory: _Memory = None,
    language: _Language = "en",
    answers: _Answers = None,
    quiet: _Quiet = False,
    as_json: _Json = False,
) -> None:
    """Find which record of one file is which of the other, without a project; keys and fields are found from the data."""
    show.speak(language)
    if answers is not None and (model is not None or remember is not None):
        raise typer.BadParameter(
            "What answers teach is not remembered: give --answers each time, and neither --model nor --remember."
        )
    progress = show.BarProgress(quiet=as_json)
    with progress.showing():
        result = match_files(
            left,
            right,
            out,
            config=config,
            write_to=write_config,
            environ=os.environ,
            progress=progress,
            model=model,
            remember=remember,
            memory=memory,
            answers=answers,
        )
    counts = result.table.group_by("zone", "rung").len().sort(["zone", "len", "rung"], descending=[False, True, False])
    if as_json:
        changes = {} if result.changes is None else {"changes": _changes(result)}
        show.say(json.dumps(_told(result, out) | {"zones": counts.to_dicts()} | changes, ensure_ascii=False))
        return
    crm, erp = result.records
    zones = dict(counts.group_by("zone").agg(pl.col("len").sum()).iter_rows())
    _show_choices(result, quiet=quiet)
    heads = (_screen("zone"), _screen("rung"), _screen("pairs"))
    rows = ((_screen(f"zone.{zone}"), rung, f"{many:,}") for zone, rung, many in counts.iter_rows())
    show.table(_screen("pairs"), heads, rows, numbers=heads[2:])
    many = {name: f"{zones.get(zone, 0):,}" for zone, name in _ZONES.items()}
    show.say(_screen("matched", crm=f"{crm:,}", erp=f"{erp:,}", **many, seconds=f"{result.seconds:.1f}"))
    if result.changes is not None and remember is not None:
        moved = {word: f"{count:,}" for word, count in _changes(result).items()}
        show.say(_screen("changes", **moved, file=remember / "changes.parquet"))
    _show_files(out, write_config)


def dedupe(
    file: Annotated[Path, typer.Argument(help=f"The records: {_READ}")],
    out: _Out,
    *,
    config: _Config = None,
    write_config: _WriteConfig = None,
    memory: _Memory = None,
    language: _Language = "en",
    quiet: _Quiet = False,
    as_json: _Json = False,
) -> None:
    """Find the records of one file that are the same business, without a project."""
    show.speak(language)
    progress = show.BarProgress(quiet=as_json)
    with progress.showing():
        result = dedupe_file(
            file, out, config=config, write_to=write_config, environ=os.environ, progress=progress, memory=memory
        )
    groups = result.table["kept"].n_unique()
    if as_json:
        show.say(json.dumps(_told(result, out) | {"groups": groups, "duplicates": result.table.height}, ensure_ascii=False))
        return
    _show_choices(result, quiet=quiet)
    told = {"records": f"{result.records[0]:,}", "twice": f"{result.table.height:,}", "groups": f"{groups:,}"}
    show.say(_screen("deduped", **told, seconds=f"{result.seconds:.1f}"))
    _show_files(out, write_config)


def _changes(result: Result) -> dict[str, int]:
    """How many links appeared, vanished and moved."""
    found = [] if result.changes is None else result.changes["change"].to_list()
    return {word: found.count(word) for word in ("appeared", "vanished", "moved")}


def _told(result: Result, out: Path) -> dict[str, object]:
    choices = [{"what": c.what, "value": c.value, "reason": c.reason} for c in result.choices]
    return {"out": str(out), "records": list(result.records), "seconds": round(result.seconds, 3), "choices": choices}


def _show_choices(result: Result, *, quiet: bool) -> None:
    if not quiet:
        from reports.choice_texts import chosen  # noqa: PLC0415  # as for `show.words`

        words = show.words()
        rows = [tuple(chosen(words, text) for text in (c.what, c.value, c.reason)) for c in result.choices]
        show.table(_screen("chosen"), (_screen("what"), _screen("value"), _screen("why")), rows)
        show.say("")


def _screen(key: str, **values: object) -> str:
    """What the commands print, in the language that was asked for."""
    from reports.choice_texts import screen  # noqa: PLC0415  # as for `show.words`

    return screen(show.words(), key, **values)


def _show_files(out: Path, write_config: Path | None) -> None:
    show.say(_screen("written", file=out))
    if write_config is None:
        show.say(_screen("pin"))
    else:
        show.say(_screen("pinned", file=write_config))
