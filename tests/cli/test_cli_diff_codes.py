"""`reconcile diff` with a code map: the CRM's words against the ERP's codes."""

import polars as pl
import pytest

CONFIG = """
crm_key: id
fields:
  status:
    crm: status
    values: {已确认: "100", Shipped: "200", "300": "400"}
"""
CRM = ["已确认", "shipped", "Shipped", "300", "Draft", None, "已确认", "n/a"]
ERP = ["100", "200", "100", "300", "100", None, None, None]


@pytest.fixture
def answer(cli, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "codes.yaml").write_text(CONFIG, encoding="utf-8")
    keys = [f"k{n}" for n in range(len(CRM))]
    pl.DataFrame({"id": keys, "status": CRM}).write_parquet("crm.parquet")
    pl.DataFrame({"id": keys, "status": ERP}).write_parquet("erp.parquet")
    return cli("diff", "crm.parquet", "erp.parquet", "--config", "codes.yaml", "--out", "d.parquet")


def test_words_are_compared_by_their_codes_even_where_both_sides_write_the_same(answer):
    assert answer.code == 1
    found = {row["key"]: (row["verdict"], row["reason"]) for row in pl.read_parquet("d.parquet").to_dicts()}
    assert found == {
        "k2": ("different", "different"),
        "k3": ("not-comparable", "code_not_mapped"),  # the ERP has no 300; the CRM's 300 would be its 400
        "k4": ("not-comparable", "code_not_mapped"),
        "k6": ("one-sided", "empty_in_erp"),
    }


def test_what_was_compared_can_be_given_again_with_its_code_map(cli, answer):
    assert answer.code == 1
    again = ("diff", "crm.parquet", "erp.parquet", "--config", "codes.yaml", "--out", "e.parquet", "--write-config", "more.yaml")
    assert cli(*again).code == 1
    assert cli("diff", "crm.parquet", "erp.parquet", "--config", "more.yaml", "--out", "f.parquet").code == 1
    assert pl.read_parquet("f.parquet").equals(pl.read_parquet("e.parquet"))
