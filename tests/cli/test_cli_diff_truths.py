"""`reconcile diff` on columns of true and false, which each system writes in words of its own."""

import polars as pl
import pytest


@pytest.mark.parametrize(
    ("crm", "erp", "kind", "differing"),
    [
        (["yes", "no", "是", "true"], ["1", "0", "Y", "Y"], "boolean", []),
        (["yes", "no", "yes", "no"], [True, False, False, False], "boolean", ["c"]),
        (["Yes", "No", "Yes", "No"], [1, 0, 1, 1], "boolean", ["d"]),
        (["yes", "no", "maybe", "no"], ["yes", "no", "maybe", "yes"], None, ["d"]),
    ],
)
def test_words_for_true_and_false_are_compared_by_what_they_mean(cli, tmp_path, monkeypatch, crm, erp, kind, differing):
    monkeypatch.chdir(tmp_path)
    pl.DataFrame({"id": ["a", "b", "c", "d"], "active": crm}).write_parquet("crm.parquet")
    pl.DataFrame({"id": ["a", "b", "c", "d"], "active": erp}).write_parquet("erp.parquet")
    answer = cli("diff", "crm.parquet", "erp.parquet", "--key", "id", "--out", "d.parquet")
    assert answer.code == (1 if differing else 0)
    assert (" boolean " in answer.out) == (kind == "boolean")
    assert pl.read_parquet("d.parquet")["key"].to_list() == differing
