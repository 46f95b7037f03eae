import datetime as dt
from dataclasses import replace

import pytest
from ledger_config import CONFIG

from reconcile import approve
from reconcile.ledger.pushes import Settled
from reconcile.records import Role
from reconcile.results import Action, ActionKind, ActionState, Change

AT = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


def action(id_, after="b", **more: object):
    changes = (Change("name", "Name__c", "a", after, "text"),)
    defaults = {"label": f"<b>{id_}</b> 有限公司", "clause": "customers.name: owner crm", "breaks": ("f1", "f2"), "tier": "low"}
    return Action(id_, ActionKind.UPDATE, "customers", Role.ERP, f"e-{id_}", f"c-{id_}", changes=changes, **(defaults | more))


def state(ledger, id_="a"):
    return ledger.action_states([id_])[id_].value


def settle(ledger, id_, new):
    approve.approve(ledger, CONFIG, [id_], by="anna")
    ledger.intend([id_], "anna")
    ledger.settle([Settled(id_, new)], "anna")


def test_an_action_comes_back_as_it_was_proposed(ledger):
    one = action("a", value_at_risk=12.5, currency="EUR", depends_on=("p", "q"))
    assert ledger.propose([one], "r1", AT) == 1
    assert ledger.actions() == [replace(one, run_id="r1")]


def test_the_same_proposal_is_the_same_action_and_keeps_its_approval(ledger):
    ledger.propose([action("a")], "r1", AT)
    approve.approve(ledger, CONFIG, ["a"], by="anna")
    assert ledger.propose([action("a", tier="high")], "r2", AT) == 0
    (kept,) = ledger.actions()
    assert (kept.state, kept.run_id, kept.tier) == ("approved", "r2", "high")


def test_an_approval_does_not_outlive_the_values_that_were_shown(ledger):
    ledger.propose([action("a")], "r1", AT)
    approve.approve(ledger, CONFIG, ["a"], by="anna")
    assert ledger.propose([action("a", after="c")], "r2", AT) == 1
    (asked,) = ledger.actions()
    assert (asked.state, asked.changes[0].after) == ("proposed", "c")
    assert "decide again" in asked.message


def test_open_proposals_that_a_run_no_longer_makes_are_superseded(ledger):
    ledger.propose([action("a"), action("b"), action("c")], "r1", AT)
    approve.approve(ledger, CONFIG, ["b"], by="anna")
    approve.reject(ledger, CONFIG, ["c"], by="anna")
    ledger.propose([action("d")], "r2", AT)
    assert {a.id: a.state.value for a in ledger.actions()} == {
        "a": "superseded",
        "b": "superseded",
        "c": "rejected",
        "d": "proposed",
    }
    assert ledger.propose([action("a"), action("b"), action("c")], "r3", AT) == 2
    assert {a.id: a.state.value for a in ledger.actions()} == {
        "a": "proposed",
        "b": "proposed",
        "c": "rejected",
        "d": "superseded",
    }


def test_a_rejection_holds_until_the_proposal_says_something_else(ledger):
    ledger.propose([action("a")], "r1", AT)
    approve.reject(ledger, CONFIG, ["a"], by="anna")
    assert ledger.propose([action("a")], "r2", AT) == 0
    assert state(ledger) == "rejected"
    assert ledger.propose([action("a", after="c")], "r3", AT) == 1
    assert state(ledger) == "proposed"


@pytest.mark.parametrize("ended", ["verified", "unverified", "refused", "conflict", "lapsed"])
def test_what_a_push_ended_is_proposed_again_and_needs_a_new_approval(ledger, ended):
    ledger.propose([action("a")], "r1", AT)
    settle(ledger, "a", ActionState(ended))
    assert state(ledger) == ended
    assert ledger.propose([action("a")], "r2", AT) == 1
    assert state(ledger) == "proposed"
    assert [t.intact for t in ledger.tickets([ActionState.PROPOSED])] == [False]


@pytest.mark.parametrize("pending", ["pushing", "unknown"])
def test_what_may_be_in_the_system_is_kept_as_it_is(ledger, pending):
    ledger.propose([action("a")], "r1", AT)
    settle(ledger, "a", ActionState(pending))
    assert ledger.propose([action("a", after="c")], "r2", AT) == 0
    assert (state(ledger), ledger.actions()[0].changes[0].after) == (pending, "b")
    ledger.propose([], "r3", AT)
    assert state(ledger) == pending


def test_screens_filter_count_and_page_in_the_database_in_the_order_of_the_plan(ledger):
    plan = [action(f"a{n}", tier="low" if n % 2 else "high") for n in range(30)]
    plan.append(replace(action("z", label="50% off"), entity="orders", target=Role.CRM))
    ledger.propose(plan, "r1", AT)
    assert [a.id for a in ledger.actions(entity="customers", tier="low", limit=2, offset=3)] == ["a7", "a9"]
    assert ledger.count_actions(tier="low", run_id="r1") == 16
    assert ledger.actions(run_id="r0") == []
    assert [a.id for a in ledger.actions(text="50%", target="crm", states=["proposed"], kind="update")] == ["z"]
    assert [a.id for a in ledger.actions(ids=["a3", "a1", "nope", "a2"], limit=2)] == ["a1", "a2"]
    assert ledger.actions(ids=[]) == []
    assert ledger.action_counts().rows() == [
        ("customers", "update", "erp", "high", "proposed", 15),
        ("customers", "update", "erp", "low", "proposed", 15),
        ("orders", "update", "crm", "low", "proposed", 1),
    ]


def test_frames_of_decisions_and_outcomes_have_their_columns_even_if_empty(ledger):
    ledger.propose([action("a")], "r1", AT)
    for ids in ([], ["a"]):
        decided = ["id", "action_id", "decision", "payload_hash", "decided_by", "comment", "at"]
        assert ledger.approvals(ids).columns == [*decided, "on_behalf_of", "rule", "sampled", "expires_at"]
        assert "read_back" in ledger.outcomes(ids).columns


# What a person asked for


def test_what_a_person_asked_for_stays_theirs_when_a_run_proposes_the_same(ledger):
    ledger.propose_by_person([action("a", breaks=())], "carl", "as carl said")
    (asked,) = ledger.actions()
    assert ledger.propose([action("a", value_at_risk=9.0, problem="too long")], "r1", AT) == 0
    (same,) = ledger.actions()
    assert (same.run_id, same.proposed_by, same.message) == (asked.run_id, "carl", "as carl said")
    assert (same.breaks, same.value_at_risk, same.problem) == (("f1", "f2"), 9.0, "too long")
    ledger.propose([], "r2", AT)
    assert state(ledger) == "proposed"


def test_an_approval_of_what_a_person_asked_for_outlives_runs_that_propose_it_and_runs_that_do_not(ledger):
    ledger.propose_by_person([action("a")], "carl", "")
    approve.approve(ledger, CONFIG, ["a"], by="anna")
    for run_id, plan in (("r1", [action("a", after="c")]), ("r2", [action("a")]), ("r3", [])):
        ledger.propose(plan, run_id, AT)
        assert [(t.action.changes[0].after, t.intact) for t in ledger.tickets([ActionState.APPROVED])] == [("b", True)]
    assert "approval lapsed" not in ledger.audit_entries()["event"].to_list()


def test_once_it_is_decided_and_pushed_what_a_person_asked_for_is_proposed_by_runs_like_anything_else(ledger):
    ledger.propose_by_person([action("a")], "carl", "")
    settle(ledger, "a", ActionState.REFUSED)
    assert ledger.propose([action("a")], "r1", AT) == 1
    assert ledger.actions()[0].run_id == "r1"
    ledger.propose([], "r2", AT)
    assert state(ledger) == "superseded"


def test_an_undo_that_a_run_proposes_as_well_still_undoes(ledger):
    ledger.propose([action("a")], "r1", AT)
    settle(ledger, "a", ActionState.VERIFIED)
    ledger.propose_undos([("a", action("b", undoes="a"))], "dora")
    ledger.propose([action("b")], "r2", AT)
    settle(ledger, "b", ActionState.VERIFIED)
    assert state(ledger, "a") == "undone"
