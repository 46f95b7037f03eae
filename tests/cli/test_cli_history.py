"""The history of one record on the command line, by the key of either side."""

from __future__ import annotations


def test_breaks_link_and_correction_of_one_record_by_either_key(project, cli):
    run_id = cli("run", "--json").last["run_id"]
    action = next(a for a in cli("actions", "--json").last if a["kind"] == "update")
    cli("approve", action["id"], "--by", "anna")
    by_target = cli("history", action["entity"], action["target"], action["target_key"], "--json").last
    other = "crm" if action["target"] == "erp" else "erp"
    by_source = cli("history", action["entity"], other, action["source_key"], "--json").last
    assert by_target == by_source
    assert {by_target["crm_key"], by_target["erp_key"]} == {action["target_key"], action["source_key"]}
    said = {(entry["event"], entry["who"]) for entry in by_target["history"]}
    assert {("break seen", run_id), ("linked", run_id), ("proposed", run_id), ("approved", "anna")} <= said
    shown = cli("history", action["entity"], action["target"], action["target_key"])
    assert shown.code == 0
    assert all(word in shown.out for word in ("break seen", "approved", "anna", action["id"]))


def test_what_is_not_known_is_said(project, cli):
    cli("run", "--json")
    nothing = cli("history", "customers", "crm", "no-such-key")
    assert (nothing.code, "Nothing is on record of customers no-such-key" in nothing.out) == (0, True)
    wrong = cli("history", "customer", "crm", "1")
    assert (wrong.code, "customers" in wrong.err) == (2, True)
