"""`reconcile expectations suggest --most`: how many rules a suite has."""

import polars as pl

from expectations.load import load_suite


def test_a_suite_has_at_most_so_many_rules(cli, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    columns = {f"amount_{n}": [row + 0.5 for row in range(60)] for n in range(50)}
    pl.DataFrame({"No": [f"A-{row:03}" for row in range(60)], **columns}).write_csv("wide.csv")
    assert cli("expectations", "suggest", "wide.csv", "--out", "few.yaml", "--most", "7").code == 0
    assert len(load_suite(tmp_path / "few.yaml").rules) == 7
    assert "--most proposes more" in (tmp_path / "few.yaml").read_text(encoding="utf-8")
    assert cli("expectations", "suggest", "wide.csv", "--out", "usual.yaml").code == 0
    assert len(load_suite(tmp_path / "usual.yaml").rules) == 60
