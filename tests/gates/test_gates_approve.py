import subprocess
import sys
from pathlib import Path

import pytest
from gate_case import AT, change, review, update

from reconcile import approve
from reconcile.errors import NobodyDecides, NotPushable, UnknownActions

NAME = change("name", "Acme", "Acme Ltd")


def test_a_decision_is_one_row_bound_to_the_payload_and_one_audit_entry(case):
    case.ledger.propose([update("a", NAME), update("b", NAME, key="E2")], "r1", AT)
    assert approve.approve(case.ledger, case.config, ["a", "b"], by="anna", comment="seen").changed == 2
    assert approve.reject(case.ledger, case.config, ["b"], by="bert").changed == 1
    rows = case.ledger.approvals(["a", "b"])
    assert rows["decision"].to_list() == ["approved", "approved", "rejected"]
    assert rows["decided_by"].to_list() == ["anna", "anna", "bert"]
    assert len(rows["payload_hash"][0]) == 64
    assert case.ledger.audit_entries(subject="b")["event"].to_list() == ["rejected", "approved"]
    assert case.states() == {"a": "approved", "b": "rejected"}
    assert case.ledger.verify_audit() is None


def test_deciding_again_changes_nothing_and_a_person_may_think_again(case):
    case.ledger.propose([update("a", NAME)], "r1", AT)
    assert [approve.approve(case.ledger, case.config, ["a"], by="anna").changed for _ in range(2)] == [1, 0]
    assert approve.reject(case.ledger, case.config, ["a"], by="anna").changed == 1
    assert approve.approve(case.ledger, case.config, ["a"], by="anna").changed == 1


def test_unknown_ids_reviews_and_nobody_are_refused_and_nothing_changes(case):
    case.ledger.propose([update("a", NAME), review("r")], "r1", AT)
    with pytest.raises(UnknownActions, match="nope"):
        approve.approve(case.ledger, case.config, ["a", "nope"], by="anna")
    with pytest.raises(NotPushable, match="can't be approved: r"):
        approve.approve(case.ledger, case.config, ["a", "r"], by="anna")
    with pytest.raises(NobodyDecides):
        approve.approve(case.ledger, case.config, ["a"], by="  ")
    assert case.states() == {"a": "proposed", "r": "proposed"}
    assert case.ledger.approvals(["a", "r"]).is_empty()
    assert approve.reject(case.ledger, case.config, ["r"], by="anna").changed == 1


def test_what_was_pushed_can_not_be_decided_on(case):
    case.erp.put("customers", "E1", Name__c="Acme")
    case.approved(update("a", NAME))
    case.push()
    assert approve.reject(case.ledger, case.config, ["a"], by="anna").changed == 0
    assert case.states() == {"a": "verified"}


_APPROVER = """
import sys
from reconcile import approve
from reconcile.ledger import Ledger
from gate_case import config
with Ledger.open(sys.argv[1]) as ledger:
    print("ready", flush=True)
    sys.stdin.readline()
    ids = [f"a{n}" for n in range(300)]
    print(sum(approve.approve(ledger, config(), ids[n : n + 10], by=sys.argv[2]).changed for n in range(0, 300, 10)))
"""


def test_two_processes_that_approve_at_once_make_one_decision_each(case, ledger_url):
    case.ledger.propose([update(f"a{n}", NAME, key=f"E{n}") for n in range(300)], "r1", AT)
    command = [sys.executable, "-c", _APPROVER, ledger_url]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "cwd": Path(__file__).parent}
    with subprocess.Popen([*command, "anna"], **pipes) as one, subprocess.Popen([*command, "bert"], **pipes) as two:
        assert [p.stdout.readline() for p in (one, two)] == ["ready\n", "ready\n"]
        for process in (one, two):
            process.stdin.write("go\n")
            process.stdin.flush()
        counts = [int(process.communicate()[0]) for process in (one, two)]
    assert sum(counts) == 300
    rows = case.ledger.approvals([f"a{n}" for n in range(300)])
    assert rows["action_id"].n_unique() == rows.height == 300
    assert case.ledger.verify_audit() is None
