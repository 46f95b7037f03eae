"""An undo through the gates: proposed once, kept by runs, approved and pushed like any other, and not undone by the next run."""

from __future__ import annotations

import pytest
from gate_case import AT, change, create, update

from reconcile import approve
from reconcile.plan import reversals
from reconcile.plan.identity import identified
from reconcile.push.values import to_value
from reconcile.results import ActionState

ONE = identified(update("", change("name", "Acme", "Acme 1"), change("city", None, "Ulm")))
WIDER = identified(update("", change("name", "Acme", "Acme 1"), change("phone", "1", "2")))


@pytest.fixture
def done(case):
    """One update that was pushed."""
    case.erp.put("customers", "E1", Name__c="Acme", City__c=None, Phone__c="1")
    case.approved(ONE)
    assert case.push().verified == 1
    return case


def undo(case, *ids: str):
    """As `wiring.undo`: the undos proposed now, by the action that they undo."""
    actions = case.ledger.actions(ids=ids)
    originals = {action.id: action for action in case.ledger.actions(ids=[a.undoes for a in actions if a.undoes])}
    found = reversals(actions, case.ledger.outcomes(ids), originals, to_value)
    pairs = [(one.action.id, one.proposal) for one in found if one.proposal]
    standing = case.ledger.propose_undos(pairs, "anna")
    return {undone: action.id for undone, action in pairs if action.id not in standing}


def name(case) -> object:
    return case.erp.records("customers")["E1"]["Name__c"]


def pushed(case, id_: str) -> ActionState:
    approve.approve(case.ledger, case.config, [id_], by="bert")
    case.push()
    return case.state(id_)


def test_nothing_is_written_until_it_is_approved_and_pushed(done):
    back = undo(done, ONE.id)[ONE.id]
    assert done.push().planned == 0
    assert name(done) == "Acme 1"
    assert pushed(done, back) is ActionState.VERIFIED
    assert done.erp.records("customers")["E1"] == {"Name__c": "Acme", "City__c": None, "Phone__c": "1"}
    assert done.states() == {ONE.id: "undone", back: "verified"}
    assert done.ledger.verify_audit() is None
    events = [(e, s) for e, s in done.ledger.audit_entries().select("event", "subject").iter_rows()]
    assert ("undone", ONE.id) in events
    assert ("undo proposed", ONE.id) in events


def test_twice_proposes_once(done):
    first = undo(done, ONE.id)
    assert (len(first), undo(done, ONE.id)) == (1, {})
    approve.approve(done.ledger, done.config, list(first.values()), by="bert")
    assert undo(done, ONE.id) == {}
    done.push()
    assert undo(done, ONE.id) == {}
    assert len(done.states()) == 2


def test_a_rejected_undo_stays_rejected_until_it_is_approved(done):
    back = undo(done, ONE.id)[ONE.id]
    approve.reject(done.ledger, done.config, [back], by="bert")
    assert undo(done, ONE.id) == {}
    assert pushed(done, back) is ActionState.VERIFIED


def test_a_run_keeps_an_open_undo(done):
    back = undo(done, ONE.id)[ONE.id]
    done.ledger.propose([], "r2", AT)
    assert done.state(back) is ActionState.PROPOSED
    approve.approve(done.ledger, done.config, [back], by="bert")
    done.ledger.propose([], "r3", AT)
    assert done.state(back) is ActionState.APPROVED


def test_a_run_does_not_propose_again_what_was_undone_unless_a_person_takes_it_up(done):
    back = undo(done, ONE.id)[ONE.id]
    pushed(done, back)
    assert done.ledger.propose([ONE], "r2", AT) == 0
    (kept,) = done.ledger.actions(ids=[ONE.id])
    assert (kept.state, kept.message) == (ActionState.UNDONE, f"undone by action {back}")
    assert pushed(done, ONE.id) is ActionState.VERIFIED
    assert done.state(back) is ActionState.UNDONE
    assert name(done) == "Acme 1"


def test_a_wider_correction_says_what_of_it_was_undone(done):
    pushed(done, undo(done, ONE.id)[ONE.id])
    assert done.ledger.propose([WIDER], "r2", AT) == 1
    (wider,) = done.ledger.actions(ids=[WIDER.id])
    assert (wider.state, wider.message) == (ActionState.PROPOSED, f"name would be written as before action {ONE.id} was undone")


def test_an_undo_is_undone_and_that_too(done):
    back = undo(done, ONE.id)[ONE.id]
    pushed(done, back)
    for n in range(3):
        here, there = (back, ONE.id) if n % 2 == 0 else (ONE.id, back)
        assert undo(done, here) == {here: there}
        assert pushed(done, there) is ActionState.VERIFIED
        assert done.state(here) is ActionState.UNDONE
        assert name(done) == ("Acme 1" if n % 2 == 0 else "Acme")
    assert len(done.states()) == 2


def test_an_undo_lapses_if_somebody_changed_the_record_since(done):
    back = undo(done, ONE.id)[ONE.id]
    done.erp.put("customers", "E1", Name__c="Somebody's")
    assert pushed(done, back) is ActionState.LAPSED
    assert (name(done), done.state(ONE.id)) == ("Somebody's", ActionState.VERIFIED)
    assert undo(done, ONE.id) == {ONE.id: back}  # may be tried again


def test_writes_of_one_record_are_taken_back_in_one_push(done):
    two = identified(update("", change("name", "Acme 1", "Acme 2")))
    done.approved(two)
    done.push()
    back = undo(done, ONE.id, two.id)
    approve.approve(done.ledger, done.config, list(back.values()), by="bert")
    assert done.push().verified == 2
    assert name(done) == "Acme"


def test_a_create_can_not_be_undone(case):
    case.approved(create("c", change("name", None, "New"), source_key="C1"))
    case.push()
    assert (case.state("c"), undo(case, "c")) == (ActionState.VERIFIED, {})
