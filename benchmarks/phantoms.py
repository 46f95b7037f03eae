"""Harmless variation that must not be reported, and real differences one step away from it that must.

`python benchmarks/phantoms.py [CELLS]` reads both sides as a run does, compares them, and prints its figures as JSON on its last
line. What is reported although it is harmless, and what is real and not found, is named above it.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
import time
from collections.abc import Sequence

import polars as pl

from reconcile.compare.breaks import Inputs, compare
from reconcile.config.models import Entity, System
from reconcile.normalise import normalise
from reconcile.records import Role
from reconcile.results import CANDIDATES, FINDINGS, LINKS, BreakKind, Matched
from reconcile.sandbox.phantoms import BESIDE, HARMLESS, REAL, Case, records


def reported(cases: Sequence[Case], count: int, *, unread: bool) -> tuple[dict[str, int], int]:
    """How many differences of each case were found, of `count` of them each, and how many cells were compared.

    What can't be read is a finding of its own; with `unread` it counts as found.
    """
    columns = {case.name: case for case in cases}
    fields = {name: {"crm": name, "erp": name, "type": case.kind, **case.says} for name, case in (columns | BESIDE).items()}
    source = {"object": "x", "key": "Id"}
    entity = Entity.model_validate({"crm": source, "erp": source, "fields": fields})
    system = System.model_validate({"role": "crm", "connector": "files", "path": "x"})
    sides = [
        normalise(raw, "things", entity, role, system) for role, raw in zip(Role, records(columns | BESIDE, count), strict=True)
    ]
    keys = sides[0].frame["_key"]
    links = pl.DataFrame({"crm_key": keys, "erp_key": keys}).with_columns(
        entity=pl.lit("things"), rung=pl.lit("key"), probability=pl.lit(1.0)
    )
    twins = pl.DataFrame(schema={"system": pl.String, "key": pl.String, "kept": pl.String, "probability": pl.Float64})
    matched = Matched(links.select(LINKS.names()), CANDIDATES.to_frame(), twins)
    orphans = pl.DataFrame(schema=dict.fromkeys(("system", "key", "field", "value"), pl.String))
    inputs = Inputs(
        "things", entity, sides[0].frame, sides[1].frame, matched, FINDINGS.to_frame(), orphans, {}, dt.datetime.now(dt.UTC),
        pl.Series(dtype=pl.String),
    )  # fmt: skip  # positional, as the pipeline gives them
    found = compare(inputs, 0)
    unreadable = [side.findings for side in sides if unread]
    seen = pl.concat(
        [
            found.breaks.filter(pl.col("kind") == BreakKind.DIFFERENCE).select("field"),
            *(findings.select("field") for findings in unreadable),
        ]
    )
    counts = dict(seen.group_by("field").len().iter_rows())
    return {name: counts.get(name, 0) for name in (*columns, *BESIDE)}, int(found.counts["cells"])


def main(cells: int) -> None:
    """Both catalogues, and what became of them."""
    started = time.process_time()
    count = -(-cells // (len(HARMLESS) + len(BESIDE)))
    harmless, compared = reported(HARMLESS, count, unread=True)
    real_of_each = 100
    real, _ = reported(REAL, real_of_each, unread=False)
    for name, times in harmless.items():
        if times:
            print(f"harmless, and reported {times} times: {name}")
    for case in REAL:
        if real[case.name] < real_of_each:
            print(f"real, and found {real[case.name]} times of {real_of_each}: {case.name}")
    figures = {
        "cells": compared,
        "harmless_kinds": len(HARMLESS),
        "phantoms": sum(harmless.values()),
        "real_kinds": len(REAL),
        "real": real_of_each * len(REAL),
        "found": sum(min(real[case.name], real_of_each) for case in REAL),
        "cpu_seconds": round(time.process_time() - started, 1),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
