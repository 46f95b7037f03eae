"""`reconcile actions ID`: everything that a person decides on, in one place."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from reconcile import wiring
from reconcile.results import ActionState, Misfit


def _update(cli) -> dict[str, object]:  # type: ignore[no-untyped-def]
    cli("run", "--json")
    return next(a for a in cli("actions", "--json").last if a["kind"] == "update" and a["label"] == "Acme Ltd")


def test_one_correction_is_shown_with_both_sides_evidence_decisions_and_the_way_back(project, cli):
    action = _update(cli)
    cli("approve", str(action["id"]), "--by", "anna", "--comment", "Agreed with finance")
    shown = cli("actions", str(action["id"]))
    assert shown.code == 0
    for said in (
        "shop field", "books field", "1.234,56", "CreditLimit", "Evidence", "a shared key: Number", "First seen",
        "anna", "Agreed with finance", f"reconcile undo {action['id']}",
    ):  # fmt: skip
        assert said in shown.out, said
    told = cli("actions", str(action["id"]), "--json").last
    assert [one["id"] for one in told] == [action["id"]]
    assert told[0]["approvals"][0]["comment"] == "Agreed with finance"
    assert told[0]["outcomes"] == []
    assert {word for word, _ in told[0]["evidence"]} >= {"linked_by", "reason", "severity", "first_seen"}
    assert all(change["source_field"] for change in told[0]["changes"])


def test_what_the_target_would_refuse_says_so_in_the_list_and_in_full(project: Path, cli):
    action_id = str(_update(cli)["id"])
    opened = wiring.open_project(project / "reconcile.yaml", {})
    try:
        misfits = (Misfit("too_long", "Name__c", "Acme", "3", "4"),)
        everything = opened.ledger.actions([ActionState.PROPOSED])
        blocked = [replace(a, misfits=misfits, problem="Name__c is too short.") if a.id == action_id else a for a in everything]
        opened.ledger.propose(blocked, everything[0].run_id)
    finally:
        opened.close()
    assert "Can't be approved: Name__c takes at most 3 characters; 'Acme' has 4." in cli("actions", action_id).out
    assert "Name__c is too short." in cli("actions", "--json").out
    assert cli("approve", action_id).code == 2


def test_an_id_that_is_none_is_said(project, cli):
    cli("run", "--json")
    done = cli("actions", "0123456789abcdef")
    assert (done.code, "No such action: 0123456789abcdef" in done.err) == (2, True)
