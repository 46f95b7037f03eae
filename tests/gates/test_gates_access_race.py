"""Two people who approve at once, each in a process of their own: two approvals, and one action that is approved once."""

import subprocess
import sys
from pathlib import Path

import polars as pl
from gate_case import AT, change, update

_APPROVER = """
import sys
from access_case import rules
from reconcile import approve
from reconcile.ledger import Ledger
config = rules(needed={"low": 2})
with Ledger.open(sys.argv[1]) as ledger:
    print("ready", flush=True)
    sys.stdin.readline()
    parts = [[f"a{n}" for n in range(first, first + 5)] for first in range(0, 100, 5)]
    done = [approve.approve(ledger, config, ids, by=sys.argv[2]) for ids in parts]
    print(sum(one.waiting for one in done), sum(one.changed for one in done))
"""


def test_two_who_approve_at_once_make_two_approvals_and_one_approved_action(case, ledger_url):
    ids = [f"a{n}" for n in range(100)]
    case.ledger.propose([update(id_, change("name", "Acme", "Acme Ltd"), key=f"E{id_}") for id_ in ids], "r1", AT)
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "cwd": Path(__file__).parent}
    commands = [[sys.executable, "-c", _APPROVER, ledger_url, who] for who in ("anna", "bert", "ANNA")]
    processes = [subprocess.Popen(command, **pipes) for command in commands]
    assert [process.stdout.readline() for process in processes] == ["ready\n"] * 3
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    counts = [tuple(map(int, process.communicate()[0].split())) for process in processes]
    assert [sum(column) for column in zip(*counts, strict=True)] == [100, 100]
    rows = case.ledger.approvals(ids)
    assert rows.height == 200
    assert rows.group_by("action_id").agg(people=pl.col("decided_by").n_unique())["people"].to_list() == [2] * 100
    assert set(case.states().values()) == {"approved"}
    entries = case.ledger.audit_entries()
    assert entries.filter(event="approved").height == 200
    assert case.ledger.verify_audit() is None
    assert case.ledger.lapsed({"low": 2}) == {}
