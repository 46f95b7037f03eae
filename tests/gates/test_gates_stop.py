"""The kill switch of pushes: who set it holds for every process, nothing is lost, and lifting it is on record."""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from gate_case import Case, change, update

from reconcile.errors import NobodyDecides, PushesStopped
from reconcile.ledger import Ledger
from reconcile.push import resume_pushes, stop_pushes

HERE = Path(__file__).parent


def _updates(case, number):
    for n in range(number):
        case.erp.put("customers", f"E{n}", Name__c="Acme")
    case.approved(*(update(f"u{n:02}", change("name", "Acme", f"Acme {n}"), key=f"E{n}") for n in range(number)))


def test_no_push_starts_while_pushes_are_stopped_and_the_trail_says_who_and_when(case):
    _updates(case, 2)
    assert case.ledger.push_stop() is None
    assert stop_pushes(case.ledger, case.config, by=" bea ", comment="wrong price list")
    held = case.ledger.push_stop()
    assert (held.by, held.comment, held.at.utcoffset().total_seconds()) == ("bea", "wrong price list", 0)
    with pytest.raises(PushesStopped, match=r"stopped by bea at 2\d{3}.*: wrong price list\. Nothing was sent"):
        case.push()
    assert case.erp.sent == []
    assert case.push(dry_run=True).planned == 2  # looking is always allowed

    assert resume_pushes(case.ledger, case.config, by="carl", comment="list is right now")
    assert case.ledger.push_stop() is None
    assert case.push().verified == 2
    said = case.ledger.audit_entries(subject="push")
    assert said.select("who", "event").rows() == [("carl", "pushes resumed"), ("bea", "pushes stopped")]
    assert [json.loads(text)["comment"] for text in said["detail"]] == ["list is right now", "wrong price list"]
    assert case.ledger.verify_audit() is None


def test_stopping_twice_or_resuming_nothing_leaves_no_trace_and_needs_a_name(case):
    assert not resume_pushes(case.ledger, case.config, by="anna")
    assert stop_pushes(case.ledger, case.config, by="anna")
    assert not stop_pushes(case.ledger, case.config, by="bea", comment="me too")
    assert case.ledger.push_stop().by == "anna"
    assert case.ledger.audit_entries(subject="push").height == 1
    for turn in (stop_pushes, resume_pushes):
        with pytest.raises(NobodyDecides):
            turn(case.ledger, case.config, by=" ")


def test_a_stop_is_seen_through_every_open_ledger_and_after_many_other_entries(tmp_path):
    case = Case(tmp_path)
    with Ledger.open(f"sqlite:///{tmp_path / 'ledger.db'}") as other:
        assert other.push_stop() is None
        stop_pushes(case.ledger, case.config, by="anna")
        assert other.push_stop().by == "anna"
        _updates(case, 3)
        assert other.push_stop().by == "anna"
        resume_pushes(other, case.config, by="bea")
        assert case.ledger.push_stop() is None
    case.close()


def test_another_process_stops_a_running_push_after_its_batch(tmp_path):
    case = Case(tmp_path)
    _updates(case, 20)
    command = [sys.executable, str(HERE / "stopped_push.py"), str(tmp_path)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(HERE), str(HERE.parents[1])])}
    with subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as pushing:
        assert pushing.stdout.readline() == "writing\n"
        stop_pushes(case.ledger, case.config, by="bea", comment="look at E3")
        out, _ = pushing.communicate("go on\n", timeout=300)
    assert (pushing.returncode, out) == (0, "5 5 15 pushes were stopped by bea: look at E3\n")
    assert Counter(case.states().values()) == {"verified": 5, "approved": 15}
    assert len(case.erp.landed()) == 5
    with pytest.raises(PushesStopped):
        case.push()

    resume_pushes(case.ledger, case.config, by="bea")
    assert case.push().verified == 15
    assert Counter(case.erp.landed()).most_common(1)[0][1] == 1
    case.close()
