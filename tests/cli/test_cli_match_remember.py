"""`reconcile match --remember`: the second run looks only at what has changed, and says when it can't."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

CUSTOMERS = Path(__file__).parents[1] / "data/northwind/customers.csv"


@pytest.fixture
def files(tmp_path, monkeypatch) -> tuple[str, str]:
    monkeypatch.chdir(tmp_path)
    left = pl.read_csv(CUSTOMERS, infer_schema=False)
    left.write_csv("crm.csv")
    left.with_columns(CustomerID="E" + pl.col("CustomerID")).write_parquet("erp.parquet")
    return "crm.csv", "erp.parquet"


def run(cli, files, *more: str) -> dict:
    answer = cli("match", *files, "--out", "links.parquet", "--remember", "memory", "--json", *more)
    assert answer.code == 0, answer.out
    return json.loads(answer.out.splitlines()[-1])


def first_choice(told: dict) -> dict:
    return told["choices"][0]


def test_the_second_run_looks_only_at_what_has_changed(cli, files):
    told = run(cli, files)
    assert first_choice(told) == {"what": "matched anew", "value": "all records", "reason": "the folder holds no earlier run"}
    assert "changes" not in told
    before = pl.read_parquet("links.parquet")
    told = run(cli, files)
    assert first_choice(told)["value"] == "0 records"
    assert told["changes"] == {"appeared": 0, "vanished": 0, "moved": 0}
    assert pl.read_parquet("links.parquet").equals(before)

    erp = pl.read_parquet("erp.parquet")
    erp.filter(pl.col("CustomerID") != "EALFKI").write_parquet("erp.parquet")
    told = run(cli, files)
    assert told["changes"] == {"appeared": 0, "vanished": 1, "moved": 0}
    changes = pl.read_parquet("memory/changes.parquet").select("change", "crm_key", "erp_key")
    assert changes.rows() == [("vanished", "ALFKI", "EALFKI")]
    links = before.filter(pl.col("zone") == "link")
    assert pl.read_parquet("links.parquet").filter(zone="link").equals(links.filter(pl.col("crm_key") != "ALFKI"))


def test_changes_are_those_since_the_last_run_and_not_since_the_memory(cli, files):
    run(cli, files)
    erp = pl.read_parquet("erp.parquet")
    nights = [(["EALFKI"], (0, 1)), (["EANATR"], (1, 1)), (["EANATR"], (0, 0)), ([], (1, 0))]
    for gone, (appeared, vanished) in nights:
        erp.filter(~pl.col("CustomerID").is_in(gone)).write_parquet("erp.parquet")
        assert run(cli, files)["changes"] == {"appeared": appeared, "vanished": vanished, "moved": 0}
    before = pl.read_parquet("links.parquet")
    erp.clear().write_parquet("erp.parquet")
    linked = before.filter(zone="link").height
    assert run(cli, files)["changes"] == {"appeared": 0, "vanished": linked, "moved": 0}
    erp.write_parquet("erp.parquet")
    told = run(cli, files)
    assert first_choice(told)["value"] == "0 records"
    assert told["changes"] == {"appeared": linked, "vanished": 0, "moved": 0}
    assert pl.read_parquet("links.parquet").equals(before)


def test_a_folder_of_an_earlier_version_is_a_full_run_and_says_so(cli, files):
    run(cli, files)
    said = json.loads(Path("memory/memory.json").read_bytes())
    Path("memory/memory.json").write_text(json.dumps({**said, "format": 1}), encoding="utf-8")
    assert first_choice(run(cli, files))["reason"] == "it was written by another version of the program"
    assert first_choice(run(cli, files))["value"] == "0 records"


def test_keys_that_are_integers_come_in_their_order(cli, files):
    left = pl.read_csv("crm.csv", infer_schema=False)
    for name, first in (("crm.parquet", 5), ("erp.parquet", 950)):
        rows = left.with_row_index("id", offset=first).with_columns(pl.col("id").cast(pl.Int64)).drop("CustomerID")
        rows.write_parquet(name)
    run(cli, ("crm.parquet", "erp.parquet"))
    before = pl.read_parquet("links.parquet")
    crm = pl.read_parquet("crm.parquet")
    crm.with_columns(City=pl.when(pl.col("id") == 12).then(pl.lit("Ulm")).otherwise("City")).write_parquet("crm.parquet")
    told = run(cli, ("crm.parquet", "erp.parquet"))
    assert first_choice(told)["value"] != "0 records"
    after = pl.read_parquet("links.parquet")
    assert after.select("crm_key", "erp_key").equals(before.select("crm_key", "erp_key"))
    assert after["crm_key"].is_sorted()


def test_the_screen_says_what_became_of_the_links(cli, files):
    run(cli, files)
    erp = pl.read_parquet("erp.parquet")
    erp.filter(pl.col("CustomerID") != "EALFKI").write_parquet("erp.parquet")
    answer = cli("match", *files, "--out", "links.csv", "--remember", "memory", "--quiet")
    assert "0 appeared, 1 vanished, 0 moved" in " ".join(answer.out.split())


def test_all_is_matched_again_when_too_much_has_changed_or_something_else_is_asked(cli, files):
    run(cli, files)
    erp = pl.read_parquet("erp.parquet")
    half = pl.int_range(pl.len()) % 2 == 0
    erp.with_columns(City=pl.when(half).then(pl.lit("Ulm")).otherwise("City")).write_parquet("erp.parquet")
    assert first_choice(run(cli, files))["reason"].endswith("of the records are not as they were")
    Path("match.yaml").write_text("match:\n  link_at: 0.9\n", encoding="utf-8")
    told = run(cli, files, "--config", "match.yaml")
    assert first_choice(told)["reason"] == "the configuration or the columns of a file are not the same"
    assert first_choice(run(cli, files, "--config", "match.yaml"))["value"] == "0 records"


def test_a_folder_that_is_damaged_is_made_anew(cli, files):
    run(cli, files)
    next(Path("memory").glob("kept-*/crm.npy")).write_bytes(b"nothing")
    assert first_choice(run(cli, files))["reason"] == "what the folder holds can't be read"
    assert first_choice(run(cli, files))["value"] == "0 records"


def test_a_folder_that_cant_be_written_is_one_sentence(cli, files):
    Path("memory").write_text("a file", encoding="utf-8")
    answer = cli("match", *files, "--out", "links.parquet", "--remember", "memory")
    assert answer.code == 3
    assert "can't be written" in answer.err


def test_the_model_of_the_folder_explains(cli, files):
    run(cli, files)
    answer = cli("explain", "ALFKI", "EALFKI", "--left", files[0], "--right", files[1], "--model", "memory/model.json", "--json")
    assert answer.code == 0
    assert json.loads(answer.out.splitlines()[-1])["zone"] == "link"
