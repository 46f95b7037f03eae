"""Causes: many differences explained by few, in data whose damage is known; and nothing found where only chance was at work."""

from __future__ import annotations

import datetime as dt
import importlib.util
import json
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconcile.compare.causes import Evidence, evidence, explain
from reconcile.records import Kind

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "causes_damage.py"
PAIRS = 6000


def _loaded():
    spec = importlib.util.spec_from_file_location("causes_damage", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    sys.modules["causes_damage"] = module
    spec.loader.exec_module(module)
    return module


DAMAGE = _loaded()


def evidence_of(data):
    return evidence(data.entity, data.kinds, (data.crm, data.erp), (data.breaks, data.agreed))


def attributed(data, found):
    members = found.members.join(found.causes.select("cause", "mechanism"), on="cause")
    table = data.truth.join(members, on="fingerprint", how="left")
    true = table.filter(pl.col("truth") != "noise")
    return true.filter(pl.col("truth") == pl.col("mechanism")).height / true.height


def table(kind, crm, erp, **context: list[str]):
    """Evidence of one field, `value`, from two columns; more columns are the CRM's alone."""
    n = len(crm)
    pairs = pl.DataFrame({"crm_key": [f"c{i:06}" for i in range(n)], "erp_key": [f"e{i:06}" for i in range(n)]})
    both = pl.DataFrame({"c:value": crm, "e:value": erp}, strict=False)
    raw = both.select(pl.all().cast(pl.String).name.map(lambda name: name.replace(":", ":raw:")))
    more = {f"c:{name}": column for name, column in context.items()}
    pairs = pl.concat([pairs, both, raw, pl.DataFrame(more) if more else pl.DataFrame()], how="horizontal")
    unequal = pairs["c:value"].ne_missing(pairs["e:value"])
    rows = pl.Series("row", unequal.arg_true(), dtype=pl.UInt32)
    nothing = {"value_at_risk": pl.lit(None, pl.Float64), "currency": pl.lit(None, pl.String), "moved": pl.lit(None, pl.String)}
    differences = pl.DataFrame([rows]).select(
        fingerprint=pl.lit("f") + pl.col("row").cast(pl.String), field=pl.lit("value"), row="row", **nothing
    )
    kinds = {"value": kind, **dict.fromkeys(context, Kind.TEXT)}
    return Evidence("things", kinds, pairs, differences, {"value": ~unequal})


def swapped(ready):
    """The same comparison with CRM and ERP changed over."""
    names = {name: {"c": "e", "e": "c"}[name[0]] + name[1:] for name in ready.pairs.columns if name[1] == ":"}
    pairs = ready.pairs.rename({**names, "crm_key": "erp_key", "erp_key": "crm_key"})
    return Evidence(ready.entity, ready.kinds, pairs, ready.differences, ready.agree)


def only(found):
    assert found.causes.height == 1, found.causes
    cause = found.causes.row(0, named=True)
    return cause | {"told": json.loads(cause["parameters"])}


@pytest.mark.parametrize("mechanisms", [DAMAGE.MECHANISMS, DAMAGE.OTHERS], ids=["eight", "eight others"])
@pytest.mark.parametrize("seed", [1, 2])
def test_nearly_all_differences_are_attributed_to_what_made_them(mechanisms, seed):
    data = DAMAGE.damaged(PAIRS, 0.01, seed, mechanisms)
    found = explain(evidence_of(data))
    assert found.causes.height <= 10
    assert attributed(data, found) >= 0.95
    assert found.members["fingerprint"].is_unique().all()
    assert found.members.height == found.causes["covered"].sum()


@pytest.mark.parametrize(("share", "seed"), [(0.05, 1), (0.05, 2), (0.2, 3), (0.01, 4)])
def test_noise_has_no_cause(share, seed):
    data = DAMAGE.damaged(PAIRS, share, seed, ())
    assert explain(evidence_of(data)).causes.to_dicts() == []


def test_the_order_of_the_records_does_not_matter():
    data = DAMAGE.damaged(3000, 0.02, 5, DAMAGE.MECHANISMS)
    first = explain(evidence_of(data))
    shuffled = {name: getattr(data, name).sample(fraction=1, shuffle=True, seed=9) for name in ("crm", "erp", "breaks", "agreed")}
    again = explain(
        evidence(data.entity, data.kinds, (shuffled["crm"], shuffled["erp"]), (shuffled["breaks"], shuffled["agreed"]))
    )
    assert again.causes.equals(first.causes)
    assert again.members.sort("fingerprint").equals(first.members.sort("fingerprint"))


def test_the_other_way_round_the_causes_are_the_same():
    ready = evidence_of(DAMAGE.damaged(3000, 0.02, 6, DAMAGE.MECHANISMS))
    names = ["mechanism", "fields", "covered", "purity"]
    there, back = explain(ready), explain(swapped(ready))
    assert back.causes.select(names).sort(names[:2]).equals(there.causes.select(names).sort(names[:2]))
    sides = {json.loads(text).get("side") for text in there.causes["parameters"]}
    assert {"erp"} == sides - {None}
    assert {"crm"} == {json.loads(text).get("side") for text in back.causes["parameters"]} - {None}


def test_a_cause_keeps_its_id_when_records_are_fixed_and_come():
    ids = [
        set(explain(evidence_of(DAMAGE.damaged(n, 0.02, seed, DAMAGE.MECHANISMS))).causes["cause"])
        for n, seed in ((3000, 7), (5000, 8))
    ]
    assert ids[0] == ids[1]


@given(st.integers(0, 4))
@settings(max_examples=5, deadline=None)
def test_no_cause_explains_a_record_or_four(count):
    numbers = [float(i) for i in range(1, 201)]
    damaged = [x * 100 if i < count else x for i, x in enumerate(numbers)]
    assert explain(table(Kind.MONEY, numbers, damaged)).causes.is_empty()


AMOUNTS = [round(3.17 * i + (i * i % 97), 2) for i in range(1, 201)]
DAYS = [dt.date(2026, 1, 1) + dt.timedelta(days=i % 300) for i in range(200)]
TIMES = [dt.datetime(2026, 1, 1, tzinfo=dt.UTC) + dt.timedelta(hours=43 * i, minutes=i) for i in range(200)]
NAMES = [f"Gesellschaft für {'ABCDEFGHIJ'[i % 10] * (i % 13 + 1)} Nr {i} in Köln am Rhein" for i in range(200)]


@pytest.mark.parametrize(
    ("kind", "crm", "erp", "mechanism", "told"),
    [
        (Kind.MONEY, AMOUNTS, [x * 100 for x in AMOUNTS], "factor", {"side": "erp", "factor": 100.0}),
        (Kind.MONEY, [x * 1000 for x in AMOUNTS], AMOUNTS, "factor", {"side": "crm", "factor": 1000.0}),
        (Kind.MONEY, AMOUNTS, [round(x * 1.19, 2) for x in AMOUNTS], "factor", {"side": "erp", "factor": 1.19}),
        (Kind.MONEY, AMOUNTS, [round(x + 4.9, 2) for x in AMOUNTS], "offset", {"side": "erp", "amount": 4.9}),
        (Kind.MONEY, AMOUNTS, [-x for x in AMOUNTS], "sign", {}),
        (Kind.MONEY, AMOUNTS, [float(round(x)) for x in AMOUNTS], "rounding", {"side": "erp", "decimals": 0, "way": "nearest"}),
        (Kind.MONEY, AMOUNTS, [float(int(x)) for x in AMOUNTS], "rounding", {"side": "erp", "decimals": 0, "way": "cut"}),
        (Kind.DATE, [d + dt.timedelta(days=1) for d in DAYS], DAYS, "offset", {"side": "crm", "days": 1}),
        (Kind.DATETIME, TIMES, [t + dt.timedelta(hours=8) for t in TIMES], "offset", {"side": "erp", "seconds": 28800}),
        (Kind.DATETIME, TIMES, [t.replace(hour=0, minute=0) for t in TIMES], "time_cut", {"side": "erp", "to": "1d"}),
        (Kind.TEXT, NAMES, [x[:25].strip() for x in NAMES], "truncation", {"side": "erp", "characters": 25}),
        (Kind.TEXT, NAMES, [x.encode().decode("cp1252") for x in NAMES], "encoding", {"side": "erp", "way": "utf-8 as cp1252"}),
        (Kind.TEXT, [x.encode("ascii", "replace").decode() for x in NAMES], NAMES, "encoding", {"side": "crm", "way": "lost"}),
        (Kind.DATE, DAYS, [dt.date(1900, 1, 1)] * 200, "default", {"side": "erp", "value": "1900-01-01"}),
        (Kind.TEXT, NAMES, [None] * 200, "default", {"side": "erp", "value": None}),
        (Kind.CODE, ["A", "B"] * 100, ["A", "X"] * 100, "code_map", {"pairs": [["B", "X"]]}),
    ],
)
def test_each_mechanism_is_told_with_its_parameters(kind, crm, erp, mechanism, told):
    cause = only(explain(table(kind, crm, erp)))
    assert (cause["mechanism"], cause["told"], cause["covered"]) == (mechanism, told, cause["records"])
    assert cause["purity"] == 1


def test_a_clock_that_ignores_summer_time_is_a_zone():
    local = [t.astimezone(ZoneInfo("Europe/Berlin")).replace(tzinfo=dt.UTC) for t in TIMES]
    cause = only(explain(table(Kind.DATETIME, TIMES, local)))
    assert (cause["mechanism"], cause["told"]["zone"]) == ("time_zone", "Europe/Berlin")


def test_a_cause_says_in_which_records_it_is_found():
    source = ["a", "b", "c", "d"] * 50
    erp = [x * 100 if s == "c" else x for x, s in zip(AMOUNTS, source, strict=True)]
    cause = only(explain(table(Kind.MONEY, AMOUNTS, erp, created_by=source)))
    assert cause["told"]["where"] == {"column": "created_by", "values": ["c"]}
    assert (cause["purity"], cause["satisfying"]) == (1, 50)


def test_purity_counts_the_records_that_do_not_differ():
    erp = [-x if i % 4 == 0 else x for i, x in enumerate(AMOUNTS)]
    cause = only(explain(table(Kind.MONEY, AMOUNTS, erp)))
    assert (cause["covered"], cause["satisfying"], cause["purity"]) == (50, 200, 0.25)


def test_the_example_is_one_of_its_differences():
    cause = only(explain(table(Kind.CODE, ["A", "B"] * 100, ["A", "X"] * 100)))
    assert (cause["crm_key"], cause["erp_key"], cause["crm_value"], cause["erp_value"]) == ("c000001", "e000001", "B", "X")


def test_a_hole_in_a_code_map_is_closed_by_a_rule():
    cause = only(explain(table(Kind.CODE, ["A", "B"] * 100, ["A", "0100"] * 100)))
    assert cause["fix"] == "rule"
    assert cause["fix_text"] == "entities:\n  things:\n    fields:\n      value:\n        values:\n          B: '0100'"


def test_what_no_rule_mends_is_decided_at_once():
    cause = only(explain(table(Kind.MONEY, AMOUNTS, [-x for x in AMOUNTS])))
    assert (cause["fix"], cause["fix_text"]) == ("bulk", f"reconcile approve --cause {cause['cause']}")
