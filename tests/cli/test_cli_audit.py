"""The audit trail on the command line: listed, verified, exported."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing


def test_the_trail_of_a_run_is_listed_and_whole(project, cli):
    run_id = cli("run", "--json").last["run_id"]
    listed = cli("audit", "list", "--json").last
    assert [entry["event"] for entry in listed][-1] == "run started"
    assert {entry["subject"] for entry in listed} == {run_id}
    shown = cli("audit", "list", "--limit", "1")
    assert (shown.code, "run finished" in shown.out, "run started" in shown.out) == (0, True, False)
    assert cli("audit", "list", "--subject", "nobody", "--json").last == []
    done = cli("audit", "verify")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(f"The audit trail is whole: {len(listed)} entries, the last with hash {listed[0]['hash']}")


def test_a_changed_trail_is_exit_code_1_and_names_the_entry(project, cli):
    cli("run", "--json")
    with closing(sqlite3.connect(project / ".reconcile" / "ledger.db")) as ledger, ledger:
        ledger.execute("UPDATE audit SET who = 'nobody' WHERE seq = 2")
    done = cli("audit", "verify")
    assert (done.code, done.out) == (1, "")
    assert "entry 2 was changed, moved or taken out" in done.err
    answer = cli("audit", "verify", "--json")
    assert (answer.code, answer.last["whole"], answer.last["first_bad"]) == (1, False, 2)


def test_the_export_holds_every_entry_oldest_first(project, cli):
    cli("run", "--json")
    done = cli("audit", "export", "kept/audit.jsonl")
    assert done.code == 0
    lines = (project / "kept" / "audit.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["seq"] for line in lines] == list(range(1, len(lines) + 1))
    assert f"{len(lines)} entries: kept/audit.jsonl" in done.out
    failed = cli("audit", "export", "reconcile.yaml/audit.jsonl")
    assert (failed.code, "can't be written" in failed.err) == (3, True)
