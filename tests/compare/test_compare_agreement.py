"""Who has left the last agreement, and what counts as agreement at all."""

import datetime as dt

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconcile.compare.agreement import moved_since, with_moved
from reconcile.compare.breaks import Inputs, compare
from reconcile.config.models import Entity
from reconcile.records import KEY, MODIFIED, RAW
from reconcile.results import BASE, BREAKS, CANDIDATES, FINDINGS, LINKS, MOVED, Matched

AT = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
FIELDS = {
    "name": {"crm": "Name", "erp": "Name1", "owner": "crm"},
    "credit_limit": {"crm": "Limit", "erp": "Limit", "owner": "erp", "tolerance": 1},
    "notes": {"crm": "Notes", "erp": "Text", "owner": "crm", "compare": False, "type": "text"},
}


def difference(crm, erp, key="c1"):
    row = dict.fromkeys(BREAKS) | {"fingerprint": f"f-{key}", "field": "city", "kind": "difference"}
    return row | {"crm_key": key, "erp_key": "e1", "crm_value": crm, "erp_value": erp}


def moved(crm, erp, base, key="c1"):
    known = [("c1", "e1", "city", *base, AT, "r1")] if base else []
    found = moved_since(pl.DataFrame([difference(crm, erp, key)], schema=BREAKS), pl.DataFrame(known, schema=BASE, orient="row"))
    assert found.schema == MOVED
    return found.row(0, named=True)


@pytest.mark.parametrize(
    ("crm", "erp", "base", "who"),
    [
        ("York", "Leeds", ("Leeds", "Leeds"), "crm"),
        ("Leeds", "York", ("Leeds", "Leeds"), "erp"),
        ("York", "Bath", ("Leeds", "Leeds"), "both"),
        ("LEEDS", "York", ("LEEDS", "Leeds"), "erp"),
        (" Leeds ", "York", ("Leeds", "Leeds"), "erp"),
        ("York", None, (None, ""), "crm"),
        (None, "Leeds", ("Leeds", "Leeds"), "crm"),
        ("10.00", "10.5", ("10.00", "10.5"), "neither"),
        ("York", "Leeds", None, "never"),
    ],
)
def test_the_side_that_no_longer_writes_what_it_wrote_has_moved(crm, erp, base, who):
    found = moved(crm, erp, base)
    assert (found["moved"], found["crm_value"], found["agreed_at"]) == (who, base and base[0], AT if base else None)


def test_each_difference_says_who_moved_and_other_breaks_say_nothing():
    rows = [difference("York", "Leeds", "c1"), difference("York", "Leeds", "c2")]
    rows.append(difference(None, None, "c3") | {"kind": "missing_in_erp", "field": None})
    breaks = pl.DataFrame(rows, schema=BREAKS)
    base = pl.DataFrame([("c1", "e1", "city", "Leeds", "Leeds", AT, "r1")], schema=BASE, orient="row")
    found = with_moved(breaks, moved_since(breaks.head(2), base))
    assert found["moved"].to_list() == ["crm", "never", None]
    assert found.drop("moved").equals(breaks.drop("moved"))


def test_the_base_of_another_pair_says_nothing():
    assert moved("York", "Leeds", ("Leeds", "Leeds"), key="c2")["moved"] == "never"


@given(st.permutations(range(6)))
def test_the_order_of_differences_does_not_matter(order):
    rows = [difference(f"v{n}", "Leeds", key=f"c{n}") for n in order]
    base = pl.DataFrame([(f"c{n}", "e1", "city", f"v{n % 2}", "Leeds", AT, "r1") for n in range(5)], schema=BASE, orient="row")
    found = moved_since(pl.DataFrame(rows, schema=BREAKS), base)
    said = dict(found.select("fingerprint", "moved").iter_rows())
    assert said == {"f-c0": "neither", "f-c1": "neither", "f-c5": "never"} | {f"f-c{n}": "crm" for n in (2, 3, 4)}


def side(keys, names, limits, said):
    times = pl.Series([None] * len(keys), dtype=pl.Datetime("us", "UTC"))
    values = {KEY: keys, MODIFIED: times, "name": names, "credit_limit": pl.Series(limits, dtype=pl.Float64), "notes": names}
    return pl.DataFrame(values).with_columns(
        pl.col("name").alias(RAW + "name"), pl.col("notes").alias(RAW + "notes"), pl.Series(RAW + "credit_limit", said)
    )


def test_what_is_equal_under_the_rule_is_agreed_and_so_is_nothing_but_not_what_can_not_be_read():
    entity = Entity.model_validate({**{role: {"object": "x", "key": "Id"} for role in ("crm", "erp")}, "fields": FIELDS})
    crm = side(["a", "b", "c"], ["Acme Ltd", "Beta", None], [10.0, None, None], ["10", "", "ten"])
    erp = side(["1", "2", "3"], ["ACME LIMITED", "Other", None], [10.9, None, 10.0], ["10,90", "", "10"])
    pairs = pl.DataFrame([("customers", crm, erp, "key", 1.0) for crm, erp in ("a1", "b2", "c3")], schema=LINKS, orient="row")
    twins = pl.DataFrame(schema={"system": pl.String, "key": pl.String, "kept": pl.String, "probability": pl.Float64})
    orphans = pl.DataFrame(schema=dict.fromkeys(("system", "key", "field", "value"), pl.String))
    matched = Matched(pairs, CANDIDATES.to_frame(), twins)
    known = pl.Series(dtype=pl.String)
    found = compare(Inputs("customers", entity, crm, erp, matched, FINDINGS.to_frame(), orphans, {}, AT, known), 0)
    assert {row["crm_key"]: (row["name"], row["credit_limit"]) for row in found.agreed.sort("crm_key").to_dicts()} == {
        "a": ({"crm": "Acme Ltd", "erp": "ACME LIMITED"}, {"crm": "10", "erp": "10,90"}),
        "b": (None, {"crm": "", "erp": ""}),
        "c": ({"crm": None, "erp": None}, None),
    }
    assert "notes" not in found.agreed.columns
    assert (found.counts["cells"], found.counts["cells_equal"]) == (5, 4)


def test_a_column_that_can_not_be_compared_is_a_finding_and_the_others_go_on():
    entity = Entity.model_validate({**{role: {"object": "x", "key": "Id"} for role in ("crm", "erp")}, "fields": FIELDS})
    crm = side(["a"], ["Acme"], [None], ["1"]).with_columns(credit_limit=pl.lit("one"))
    erp = side(["1"], ["Other"], [None], ["2"]).with_columns(credit_limit=pl.lit("two"))
    pairs = pl.DataFrame([("customers", "a", "1", "key", 1.0)], schema=LINKS, orient="row")
    twins = pl.DataFrame(schema={"system": pl.String, "key": pl.String, "kept": pl.String, "probability": pl.Float64})
    orphans = pl.DataFrame(schema=dict.fromkeys(("system", "key", "field", "value"), pl.String))
    matched, known = Matched(pairs, CANDIDATES.to_frame(), twins), pl.Series(dtype=pl.String)
    found = compare(Inputs("customers", entity, crm, erp, matched, FINDINGS.to_frame(), orphans, {}, AT, known), 0)
    assert found.left_out.select("system", "field", "rule").rows() == [
        ("crm", "credit_limit", "column_not_comparable"),
        ("erp", "credit_limit", "column_not_comparable"),
    ]
    assert found.breaks["field"].to_list() == ["name"]
    assert found.agreed["credit_limit"].to_list() == [None]
