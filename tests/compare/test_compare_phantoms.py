"""Nothing harmless is reported, and nothing real one step away from it is missed."""

import datetime as dt
from collections import Counter

import polars as pl
import pytest

from reconcile.compare.breaks import Inputs, compare
from reconcile.config.models import Entity, System
from reconcile.normalise import normalise
from reconcile.records import Role
from reconcile.results import CANDIDATES, FINDINGS, LINKS, BreakKind, Matched
from reconcile.sandbox.phantoms import BESIDE, HARMLESS, REAL, records

COUNT = 20


def differing(cases):
    columns = {case.name: case for case in cases} | BESIDE
    fields = {name: {"crm": name, "erp": name, "type": case.kind, **case.says} for name, case in columns.items()}
    source = {"object": "x", "key": "Id"}
    entity = Entity.model_validate({"crm": source, "erp": source, "fields": fields})
    system = System.model_validate({"role": "crm", "connector": "files", "path": "x"})
    crm, erp = (normalise(raw, "x", entity, role, system) for role, raw in zip(Role, records(columns, COUNT), strict=True))
    keys = crm.frame["_key"]
    links = pl.DataFrame([("x", key, key, "key", 1.0) for key in keys], schema=LINKS, orient="row")
    twins = pl.DataFrame(schema={"system": pl.String, "key": pl.String, "kept": pl.String, "probability": pl.Float64})
    orphans = pl.DataFrame(schema=dict.fromkeys(("system", "key", "field", "value"), pl.String))
    matched, none = Matched(links, CANDIDATES.to_frame(), twins), pl.Series(dtype=pl.String)
    at = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
    inputs = Inputs("x", entity, crm.frame, erp.frame, matched, FINDINGS.to_frame(), orphans, {}, at, none)
    found = compare(inputs, 0)
    unread = pl.concat([crm.findings, erp.findings])["field"]
    return Counter(found.breaks.filter(pl.col("kind") == BreakKind.DIFFERENCE)["field"]), Counter(unread), found.counts


def test_there_are_forty_kinds_of_each_and_every_name_is_there_once():
    assert min(len(HARMLESS), len(REAL)) >= 40
    assert Counter(case.name for case in (*HARMLESS, *REAL)).most_common(1)[0][1] == 1


def test_nothing_harmless_is_reported():
    found, unread, counts = differing(HARMLESS)
    assert (found, unread) == ({}, {})
    assert counts["cells"] == counts["cells_equal"] == COUNT * (len(HARMLESS) + len(BESIDE))


@pytest.mark.parametrize("half", [REAL[::2], REAL[1::2]], ids=["even", "odd"])
def test_every_real_difference_is_found(half):
    found, unread, _ = differing(half)
    assert unread == {}
    assert {case.name: found[case.name] for case in half if found[case.name] != COUNT} == {}
