"""Links, deactivations and merges through both gates, and back again, on two systems that can be looked into."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from gate_case import AT
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from whole_case import CRM, ERP, Wholes

from reconcile import approve, proposing
from reconcile.errors import NoSuchRecord, NotProposable, PartAlone
from reconcile.plan.links import linking
from reconcile.records import Role
from reconcile.results import ActionKind, ActionState

HERE = Path(__file__).parent


@pytest.fixture
def case(tmp_path):
    case = Wholes(tmp_path)
    yield case
    case.close()


@pytest.fixture
def either(tmp_path, ledger_url):
    """The same on either database."""
    case = Wholes(tmp_path, ledger_url)
    yield case
    case.close()


@pytest.fixture
def twins(case):
    """See `with_twins`."""
    return with_twins(case)


def with_twins(case):
    """A customer that the CRM has twice: S stays and lacks a phone; L goes, holds the link with E and three contacts."""
    case.put(CRM, "S", Name="Acme", Status="Active")
    case.put(CRM, "L", Name="Acme Ltd", Phone="123", Status="Active")
    case.put(ERP, "E", Name="ACME")
    for n in range(3):
        case.contact(CRM, f"K{n}", "L")
    case.contact(CRM, "K9", "S")
    case.linked("L", "E")
    return case


def merge(case, stays="S", goes="L", role=CRM):
    return case.propose(proposing.merge(case.asked, "customers", role, stays, goes))


# Links


def test_a_link_is_pinned_and_each_side_keeps_the_others_key(either):
    case = either
    case.put(CRM, "A", Name="Acme")
    case.put(ERP, "E", Name="ACME", Ext="old")
    before = case.everything()
    whole = case.propose(proposing.link(case.asked, "customers", "A", "E"))
    assert case.push().planned == 0
    assert case.links() == {}
    assert case.pushed(whole).verified == 2
    assert case.links() == {"A": ("E", "person")}
    assert [case.systems[r].records("customers")[k]["Ext"] for r, k in ((CRM, "A"), (ERP, "E"))] == ["E", "A"]
    assert case.push().planned == 0
    assert case.undone(whole).verified == 2
    assert (case.links(), case.everything(), case.state(whole)) == ({}, before, ActionState.UNDONE)
    assert case.ledger.verify_audit() is None


def test_a_link_without_a_field_for_keys_is_the_ledgers_alone(case):
    case.put(CRM, "A")
    case.put(ERP, "E")
    before = case.everything()
    whole = case.propose(linking("customers", case.config.entities["customers"], {CRM: "A", ERP: "E"}, "Acme", {}))
    assert case.pushed(whole).verified == 1
    assert (case.links(), case.landed()) == ({"A": ("E", "person")}, [])
    assert case.undone(whole).verified == 1
    assert (case.links(), case.everything()) == ({}, before)


def test_a_link_that_would_break_another_is_a_conflict_in_words(case):
    for role, keys in ((CRM, "AB"), (ERP, "EF")):
        for key in keys:
            case.put(role, key)
    first = case.propose(proposing.link(case.asked, "customers", "A", "E"))
    second = case.propose(proposing.link(case.asked, "customers", "B", "F"))
    third = case.propose(proposing.link(case.asked, "customers", "A", "F"))
    assert case.pushed(first, second).verified == 4
    case.pushed(third)
    assert case.state(third) is ActionState.CONFLICT
    assert "CRM A is linked with ERP E and ERP F is linked with CRM B" in case.message(third)
    assert case.links() == {"A": ("E", "person"), "B": ("F", "person")}
    with pytest.raises(NotProposable, match="is linked with"):
        proposing.link(case.asked, "customers", "A", "F")
    with pytest.raises(NoSuchRecord, match="'X'"):
        proposing.link(case.asked, "customers", "X", "F")


def test_unlinking_says_that_two_are_not_the_same_until_somebody_links_them(either):
    case = either
    case.put(CRM, "A")
    case.put(ERP, "E")
    case.linked("A", "E")
    before = case.everything()
    whole = case.propose(proposing.unlink(case.asked, "customers", "A", "E"))
    assert case.ledger.not_same("customers").is_empty()
    assert case.pushed(whole).verified == 2
    assert (case.links(), case.ledger.not_same("customers").rows()) == ({}, [("A", "E")])
    assert case.systems[CRM].records("customers")["A"]["Ext"] is None
    assert case.undone(whole).verified == 2
    assert (case.links(), case.everything()) == ({"A": ("E", "person")}, before)
    assert case.ledger.not_same("customers").is_empty()


def test_a_rejected_candidate_is_not_the_same(case):
    pair = {CRM: "A", ERP: "E"}
    proposed = linking("customers", case.config.entities["customers"], pair, "Acme", dict.fromkeys(Role))
    case.ledger.propose(proposed, "r1", AT)
    (whole,) = (a.id for a in proposed if a.part_of is None)
    approve.reject(case.ledger, case.config, [whole], by="anna")
    assert case.ledger.not_same("customers").rows() == [("A", "E")]
    case.ledger.propose([], "r2", AT)
    assert case.ledger.not_same("customers").rows() == [("A", "E")]
    approve.approve(case.ledger, case.config, [whole], by="anna")
    assert case.ledger.not_same("customers").is_empty()


# Deactivations


def test_a_record_is_deactivated_and_active_again(case):
    case.put(CRM, "A", Status="Active")
    before = case.everything()
    whole = case.propose(proposing.deactivate(case.asked, "customers", CRM, "A"))
    assert case.pushed(whole).verified == 1
    assert case.systems[CRM].records("customers")["A"]["Status"] == "Inactive"
    assert case.ledger.set_aside("customers", CRM).to_list() == ["A"]
    with pytest.raises(NotProposable, match="inactive already"):
        proposing.deactivate(case.asked, "customers", CRM, "A")
    assert case.undone(whole).verified == 1
    assert (case.everything(), case.ledger.set_aside("customers", CRM).to_list()) == (before, [])


def test_a_deactivation_lapses_if_the_record_has_moved(case):
    case.put(CRM, "A", Status="Active")
    whole = case.propose(proposing.deactivate(case.asked, "customers", CRM, "A"))
    case.put(CRM, "A", Status="Blocked")
    case.pushed(whole)
    assert (case.state(whole), "moved from 'Active' to 'Blocked'" in case.message(whole)) == (ActionState.LAPSED, True)


def test_a_linked_record_that_is_deactivated_still_counts(case):
    case.put(CRM, "A", Status="Active")
    case.put(ERP, "E")
    case.linked("A", "E")
    case.pushed(case.propose(proposing.deactivate(case.asked, "customers", CRM, "A")))
    assert case.ledger.set_aside("customers", CRM).to_list() == []


def test_where_inactive_is_not_configured_there_is_neither_deactivation_nor_merge(tmp_path):
    case = Wholes(tmp_path, inactive=False)
    case.put(CRM, "A")
    case.put(CRM, "B")
    for ask in (
        lambda: proposing.deactivate(case.asked, "customers", CRM, "A"),
        lambda: proposing.merge(case.asked, "customers", CRM, "A", "B"),
    ):
        with pytest.raises(NotProposable, match=r"entities\.customers\.crm\.inactive is not configured"):
            ask()
    case.close()


# Merges


def test_a_merge_moves_everything_and_its_undo_moves_it_back(either):
    twins = with_twins(either)
    before, links = twins.everything(), twins.links()
    whole = merge(twins)
    (root,) = twins.ledger.actions(ids=[whole])
    assert (root.kind, len(root.parts)) == (ActionKind.MERGE, 7)  # key off L, link, key at E, phone, three contacts
    dry = twins.push(dry_run=True)
    assert dry.planned == 0
    twins.approved(whole)
    dry = twins.push(dry_run=True)
    assert [a.message for a in dry.actions if a.state is not ActionState.APPROVED or "wait" in a.message] == []
    assert twins.everything() == before
    assert twins.push().verified == 8
    crm = twins.systems[CRM].records("customers")
    assert (crm["L"]["Status"], crm["L"]["Into"], crm["L"]["Ext"]) == ("Inactive", "S", None)
    assert (crm["S"]["Phone"], crm["S"]["Name"], crm["S"]["Ext"]) == ("123", "Acme", "E")
    assert twins.systems[ERP].records("customers")["E"]["Ext"] == "S"
    assert {row["Account"] for row in twins.systems[CRM].records("contacts").values()} == {"S"}
    assert twins.links() == {"S": ("E", "person")}
    assert twins.ledger.set_aside("customers", CRM).to_list() == ["L"]
    assert twins.push().planned == 0
    copies = twins.ledger.copies(whole)
    held = {row["key"]: json.loads(row["content"]) for row in copies.iter_rows(named=True)}
    assert held == {key: before[CRM, "customers"][key] for key in ("S", "L")}

    assert twins.undone(whole).verified == 8
    assert (twins.everything(), twins.links()) == (before, links)
    assert twins.state(whole) is ActionState.UNDONE
    assert twins.ledger.set_aside("customers", CRM).to_list() == []
    assert twins.ledger.verify_audit() is None
    assert max(Counter(twins.landed()).values()) == 1


def test_an_undone_merge_is_done_again_by_undoing_the_undo(twins):
    whole = merge(twins)
    twins.pushed(whole)
    after = twins.everything()
    twins.undone(whole)
    (undo,) = (a.id for a in twins.ledger.actions([ActionState.VERIFIED]) if a.undoes == whole)
    assert twins.undone(undo).verified == 8
    assert (twins.everything(), twins.state(whole), twins.state(undo)) == (after, ActionState.VERIFIED, ActionState.UNDONE)


def test_one_person_is_not_enough_and_a_part_is_not_decided_alone(twins):
    whole = merge(twins)
    parts = twins.ledger.actions(ids=[whole])[0].parts
    with pytest.raises(PartAlone, match=whole):
        approve.approve(twins.ledger, twins.config, [parts[0]], by="anna")
    approve.approve(twins.ledger, twins.config, [whole], by="anna")
    assert twins.push().planned == 0
    assert {twins.state(id_) for id_ in (whole, *parts)} == {ActionState.PROPOSED}
    approve.reject(twins.ledger, twins.config, [whole], by="anna")
    assert {twins.state(id_) for id_ in (whole, *parts)} == {ActionState.REJECTED}
    twins.approved(whole)
    assert {twins.state(id_) for id_ in (whole, *parts)} == {ActionState.APPROVED}


def test_a_part_is_undone_with_its_whole_only(twins):
    whole = merge(twins)
    twins.pushed(whole)
    part = twins.ledger.actions(ids=[whole])[0].parts[0]
    (found,) = proposing.undo(twins.asked, [part])
    assert (found.proposal, found.reason) == (None, f"is a part of action {whole}: undo that one")


@pytest.mark.parametrize(
    ("meanwhile", "said"),
    [
        (lambda case: case.contact(CRM, "K5", "L"), "contacts K5 refer to L since it was shown"),
        (lambda case: case.put(CRM, "S", Name="Acme", Status="Inactive"), "S, which was to stay, is inactive"),
        (lambda case: case.systems[CRM].remove("customers", "S"), "S"),
    ],
    ids=["a new child", "the survivor closed", "the survivor gone"],
)
def test_nothing_is_closed_if_the_world_has_moved(twins, meanwhile, said):
    whole = merge(twins)
    twins.approved(whole)
    meanwhile(twins)
    twins.push()
    assert twins.systems[CRM].records("customers")["L"]["Status"] == "Active"
    messages = [a.message for a in twins.ledger.actions() if a.state is ActionState.LAPSED]
    assert any(said in message for message in messages), messages


def test_everything_that_refers_to_what_would_go_is_named(tmp_path):
    case = Wholes(tmp_path, orders=True)
    for key, name in (("S", "Acme"), ("L", "Acme Ltd")):
        case.put(CRM, key, Name=name, Status="Active")
    whole = merge(case)
    case.approved(whole)
    case.contact(CRM, "K5", "L")
    for number in range(7):
        case.systems[CRM].put("orders", f"O{number}", Key=f"O{number}", customer="L", number="1")
    case.push()
    message = case.message(whole)
    case.close()
    assert message == ("contacts K5 refer to L since it was shown; orders O0, O1, O2, O3, O4 ... refer to L since it was shown")


def test_a_part_that_fails_holds_the_rest_of_the_whole(twins):
    whole = merge(twins)
    (move,) = (a.id for a in twins.ledger.actions() if a.part_of == whole and a.target_key == "K1")
    twins.systems[CRM].faults[move] = "reject"
    result = twins.pushed(whole)
    assert twins.state(move) is ActionState.REFUSED
    (root,) = (action for action in result.actions if action.id == whole)
    assert "waits for" in root.message
    assert twins.systems[CRM].records("customers")["L"]["Status"] == "Active"


def test_two_records_that_are_out_of_use_are_merged_too_and_that_is_undone(case):
    for key in "SL":
        case.put(CRM, key, Status="Inactive")
    before, whole = case.everything(), merge(case)
    assert case.pushed(whole).verified == 1
    assert case.ledger.set_aside("customers", CRM).to_list() == ["L"]
    assert case.undone(whole).verified == 1
    assert (case.everything(), case.ledger.set_aside("customers", CRM).to_list()) == (before, [])


def test_what_is_in_use_is_not_merged_into_what_is_not(case):
    case.put(CRM, "S", Status="Inactive")
    case.put(CRM, "L", Status="Active")
    with pytest.raises(NotProposable, match="S, which would stay, is inactive, and L is not"):
        merge(case)


def test_two_links_can_not_become_one(case):
    for key in "SL":
        case.put(CRM, key)
    for key in "EF":
        case.put(ERP, key)
    case.linked("S", "E")
    case.linked("L", "F")
    with pytest.raises(NotProposable, match="merge those two first"):
        merge(case)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    holder=st.sampled_from(["", "S", "L"]),
    stays=st.fixed_dictionaries({"Name": st.sampled_from(["Acme", "", None]), "Phone": st.sampled_from(["1", None])}),
    goes=st.fixed_dictionaries({"Name": st.sampled_from(["Acme Ltd", None]), "Phone": st.sampled_from(["2", " ", None])}),
    contacts=st.lists(st.sampled_from("SL"), max_size=4),
    side=st.sampled_from(Role),
)
def test_the_undo_of_a_merge_is_field_by_field_what_was_before(tmp_path_factory, holder, stays, goes, contacts, side):
    case = Wholes(tmp_path_factory.mktemp("law"))
    case.put(side, "S", **stays)
    case.put(side, "L", **goes, Status="Active")
    case.put(side.other, "E", Name="ACME")
    for n, customer in enumerate(contacts):
        case.contact(side, f"K{n}", customer)
    if holder:
        case.linked(*((holder, "E") if side is CRM else ("E", holder)))
    before, links = case.everything(), case.links()
    whole = merge(case, role=side)
    done = case.pushed(whole)
    assert done.verified == done.planned > 0
    assert case.push().planned == 0
    assert "L" not in {row.get("Account", row.get("Debtor")) for row in case.systems[side].records("contacts").values()}
    back = case.undone(whole)
    assert back.verified == back.planned == done.planned
    assert (case.everything(), case.links()) == (before, links)
    case.close()


# Killed


def _killed(folder, url, point):
    command = [sys.executable, str(HERE / "killed_merge.py"), str(folder), url, str(point)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(HERE), str(HERE.parents[1])])}
    return subprocess.run(command, env=environment, check=False, capture_output=True, timeout=300).returncode


def test_a_merge_survives_being_killed_at_any_step(either, tmp_path, ledger_url):
    twins = with_twins(either)
    before = twins.everything()
    whole = merge(twins)
    twins.approved(whole)
    died = sum(_killed(tmp_path, ledger_url, point) == -signal.SIGKILL for point in (3, 5, 8, 6, 9, 7, 11))
    assert died >= 5
    twins.push()
    root = twins.ledger.actions(ids=[whole])[0]
    assert {twins.state(id_) for id_ in (whole, *root.parts)} == {ActionState.VERIFIED}
    assert Counter(twins.landed())[whole] == 1
    assert max(Counter(twins.landed()).values()) == 1
    assert {row["Account"] for row in twins.systems[CRM].records("contacts").values()} == {"S"}
    held = {row["key"]: json.loads(row["content"]) for row in twins.ledger.copies(whole).iter_rows(named=True)}
    assert held == {key: before[CRM, "customers"][key] for key in ("S", "L")}
    assert twins.links() == {"S": ("E", "person")}
    assert twins.ledger.verify_audit() is None
    twins.undone(whole)
    assert twins.everything() == before
