"""Writers of the ledger are killed in the middle of a write; what is there afterwards is whole, and what was said is there."""

from __future__ import annotations

import sqlite3

from fault_ledger import kill_writers, problems

KILLS = 4


def test_a_ledger_survives_writers_that_are_killed_while_they_write(ledger_url):
    found = kill_writers(ledger_url, KILLS, seed=11)
    assert found.wrong == []
    assert found.kills.total() == KILLS
    assert found.kills.total() - found.kills["between"] >= 1
    assert found.actions > 0


def test_a_change_that_is_only_half_there_would_be_noticed(tmp_path):
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    kill_writers(url, 1, seed=5)
    with sqlite3.connect(tmp_path / "ledger.db") as db:
        (id_,) = db.execute("SELECT id FROM actions LIMIT 1").fetchone()
        db.execute("UPDATE actions SET state = 'approved' WHERE id = ?", (id_,))
    db.close()
    wrong = list(problems(url, {"w0-0000": ["settle", id_]}))
    assert any("half done" in line for line in wrong)
    assert any("was settle and is approved" in line for line in wrong)
