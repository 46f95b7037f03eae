import datetime as dt

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconcile.errors import LinksNotOneToOne
from reconcile.ledger import Ledger
from reconcile.records import Role
from reconcile.results import LINKS, UTC_TIME

AT = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
LATER = AT + dt.timedelta(days=1)


def links(*rows: tuple[str, str, str], entity="customers"):
    return pl.DataFrame([(entity, crm, erp, rung, 0.9) for crm, erp, rung in rows], schema=LINKS, orient="row")


def pairs(ledger, entity="customers"):
    return {(r["crm_key"], r["erp_key"]): r["rung"] for r in ledger.crosswalk(entity).rows(named=True)}


def test_a_link_is_stored_with_how_by_whom_and_since_when(ledger):
    ledger.record_links(links(("c1", "e1", "key:number")), "r1", AT)
    frame = ledger.crosswalk("customers")
    assert frame.schema == {**LINKS, "run_id": pl.String, "decided_by": pl.String, "since": UTC_TIME, "model": pl.String}
    assert frame.rows() == [("customers", "c1", "e1", "key:number", 0.9, "r1", "r1", AT, None)]


def test_links_that_moved_are_updated_vanished_ones_removed_and_known_ones_keep_their_age(ledger):
    ledger.record_links(links(("c1", "e1", "key:number"), ("c2", "e2", "score"), ("c3", "e3", "score")), "r1", AT)
    ledger.record_links(links(("c1", "e1", "remembered"), ("c2", "e3", "key:tax_id")), "r2", LATER)
    frame = ledger.crosswalk("customers").sort("crm_key")
    assert frame.select("crm_key", "erp_key", "rung", "run_id", "since").rows() == [
        ("c1", "e1", "key:number", "r1", AT),
        ("c2", "e3", "key:tax_id", "r2", LATER),
    ]


def test_two_links_may_swap_their_counterparts(ledger):
    ledger.record_links(links(("c1", "e1", "score"), ("c2", "e2", "score")), "r1", AT)
    ledger.record_links(links(("c1", "e2", "score"), ("c2", "e1", "score")), "r2", LATER)
    assert set(pairs(ledger)) == {("c1", "e2"), ("c2", "e1")}


def test_a_better_reason_for_a_known_link_is_noted_and_its_age_kept(ledger):
    ledger.record_links(links(("c1", "e1", "score")), "r1", AT)
    ledger.record_links(links(("c1", "e1", "key:number")), "r2", LATER)
    assert ledger.crosswalk("customers").select("rung", "run_id", "since").rows() == [("key:number", "r2", AT)]


def test_what_a_person_decided_is_never_undone_by_a_run(ledger):
    ledger.record_links(links(("c1", "e1", "person")).with_columns(decided_by=pl.lit("anna")), "r1", AT)
    ledger.record_links(links(("c1", "e9", "score"), ("c9", "e1", "key:number"), ("c2", "e2", "score")), "r2", LATER)
    assert pairs(ledger) == {("c1", "e1"): "person", ("c2", "e2"): "score"}
    ledger.record_links(links(("c1", "e1", "key:number")), "r3", LATER)
    assert pairs(ledger) == {("c1", "e1"): "person"}
    assert ledger.crosswalk()["decided_by"].to_list() == ["anna"]


def test_a_person_may_decide_anew(ledger):
    ledger.record_links(links(("c1", "e1", "person")), "r1", AT)
    ledger.record_links(links(("c1", "e2", "person"), ("c2", "e2", "score")), "r2", LATER)
    assert pairs(ledger) == {("c1", "e2"): "person"}


def test_an_entity_that_is_not_in_the_frame_is_left_alone_unless_it_is_named(ledger):
    ledger.record_links(links(("c1", "e1", "score")), "r1", AT)
    ledger.record_links(links(("p1", "q1", "score"), entity="products"), "r2", AT)
    assert set(pairs(ledger)) == {("c1", "e1")}
    ledger.record_links(links(), "r3", AT, entities=["customers"])
    assert pairs(ledger) == {}
    assert set(pairs(ledger, "products")) == {("p1", "q1")}


@pytest.mark.parametrize("second", [("c1", "e2", "score"), ("c2", "e1", "score")])
def test_a_key_in_two_links_stops_the_run_and_stores_nothing(ledger, second):
    with pytest.raises(LinksNotOneToOne, match="more than one link"):
        ledger.record_links(links(("c1", "e1", "score"), second), "r1", AT)
    assert pairs(ledger) == {}


def test_counterparts_work_both_ways_and_leave_out_what_has_no_link(ledger):
    ledger.record_links(links(*((f"c{n}", f"e{n}", "score") for n in range(1200))), "r1", AT)
    asked = [f"c{n}" for n in range(1201)]
    assert ledger.counterparts("customers", Role.CRM, asked) == {f"c{n}": f"e{n}" for n in range(1200)}
    assert ledger.counterparts("customers", Role.ERP, ["e5"]) == {"e5": "c5"}


def test_other_systems_have_their_own_crosswalk(url):
    with Ledger.open(url, crm="salesforce", erp="s4") as one, Ledger.open(url, crm="salesforce", erp="shop") as two:
        one.record_links(links(("c1", "e1", "score")), "r1", AT)
        two.record_links(links(("c1", "x1", "score")), "r1", AT)
        assert set(pairs(one)) == {("c1", "e1")}
        assert set(pairs(two)) == {("c1", "x1")}


_PLAN = st.dictionaries(
    st.integers(0, 6), st.tuples(st.integers(0, 6), st.sampled_from(["score", "key:a", "remembered", "person"]))
)


@settings(max_examples=40, deadline=None)
@given(st.lists(_PLAN, min_size=1, max_size=4))
def test_links_stay_one_to_one_and_follow_the_last_run_but_for_persons(new_ledger, plans):
    with new_ledger() as url, Ledger.open(url) as ledger:
        pinned = {}
        for run, plan in enumerate(plans):
            seen = set()
            rows = [(f"c{c}", f"e{e}", rung) for c, (e, rung) in plan.items() if not (e in seen or seen.add(e))]
            ledger.record_links(links(*rows), f"r{run}", AT, entities=["customers"])
            said = {(c, e): rung for c, e, rung in rows}
            by_person = {pair for pair, rung in said.items() if rung == "person"}
            pinned = {p for p in pinned if not any((p[0] == b[0]) != (p[1] == b[1]) for b in by_person)} | by_person
            free = {p for p in said if p in pinned or not any(p[0] == q[0] or p[1] == q[1] for q in pinned)}
            assert set(pairs(ledger)) == free | pinned


def by_model(model, rows):
    return links(*rows).with_columns(model=pl.lit(model))


def test_a_link_by_score_keeps_the_model_that_weighed_it_as_long_as_it_stands(ledger):
    ledger.record_links(by_model("m1", [("c1", "e1", "score"), ("c2", "e2", "key:number")]), "r1", AT)
    four = by_model("m2", [("c1", "e1", "score"), ("c2", "e2", "key:number"), ("c3", "e3", "score"), ("c4", "e4", "person")])
    ledger.record_links(four, "r2", LATER)
    found = ledger.crosswalk("customers").sort("crm_key").select("crm_key", "model", "run_id", "since").rows()
    assert found == [("c1", "m1", "r1", AT), ("c2", None, "r1", AT), ("c3", "m2", "r2", LATER), ("c4", None, "r2", LATER)]
    ledger.record_links(by_model("m3", [("c2", "e2", "score"), ("c3", "e3", "key:number")]), "r3", LATER)
    assert ledger.crosswalk("customers").sort("crm_key").select("crm_key", "model").rows()[:2] == [("c2", "m3"), ("c3", None)]
