"""`reconcile explain`: two files or a project's run; with a kept model or without; and keys that are not there."""

from pathlib import Path

import polars as pl
import pytest

CUSTOMERS = Path(__file__).parents[1] / "data/northwind/customers.csv"
GERMAN = {"CustomerID": "KdNr", "CompanyName": "Firma", "ContactName": "Ansprechpartner", "Address": "Straße", "City": "Ort",
          "PostalCode": "PLZ", "Country": "Land", "Phone": "Telefon"}  # fmt: skip
FILES = ("--left", "crm.csv", "--right", "erp.parquet")


@pytest.fixture
def customers(tmp_path, monkeypatch) -> Path:
    """Northwind's customers, and the same in capitals, under German names, with numbers as keys."""
    monkeypatch.chdir(tmp_path)
    left = pl.read_csv(CUSTOMERS, infer_schema=False)
    left.write_csv("crm.csv")
    right = left.select(pl.col(list(GERMAN)).str.to_uppercase()).rename(GERMAN)
    right.with_columns(KdNr=pl.int_range(100, 100 + pl.len())).write_parquet("erp.parquet")
    return tmp_path


def test_a_link_is_shown_with_table_waterfall_and_sentence(cli, customers):
    answer = cli("explain", "ALFKI", "100", *FILES)
    assert answer.code == 0
    assert "Alfreds Futterkiste" in answer.out
    assert "ALFREDS FUTTERKISTE" in answer.out
    assert "█" in answer.out
    assert "░" in answer.out
    assert answer.out.splitlines()[-1].startswith("CRM ALFKI and ERP 100 are linked: ")


def test_json_holds_the_parts_and_they_sum_to_the_weight(cli, customers):
    told = cli("explain", "ALFKI", "100", *FILES, "--json").last
    assert sum(row["bits"] for row in told["rows"]) == told["weight"]
    assert (told["zone"], told["reason"]) == ("link", "link")
    company = next(row for row in told["rows"] if row["crm_raw"] == "Alfreds Futterkiste")
    assert company["erp_raw"] == "ALFREDS FUTTERKISTE"
    assert company["crm"] == company["erp"]


def test_the_answer_is_kept_as_a_page_to_send_on(cli, customers):
    answer = cli("explain", "ALFKI", "100", *FILES, "--html", "why.html", "--language", "zh")
    page = Path("why.html").read_text(encoding="utf-8")
    assert page.startswith('<!doctype html>\n<html lang="zh-Hans">')
    assert answer.out.splitlines()[-1] in page
    assert "<script" not in page
    refused = cli("explain", "ALFKI", "100", *FILES, "--html", "nowhere/why.html")
    assert refused.code == 3
    assert "nowhere" in refused.err


def test_both_languages_say_the_same(cli, customers):
    told = {language: cli("explain", "ALFKI", "105", *FILES, "--json", "--language", language).last for language in ("en", "zh")}
    said = {language: one.pop("sentence") for language, one in told.items()}
    assert told["en"] == told["zh"]
    assert told["en"]["zone"] == "none"
    assert "not linked" in said["en"] or "never compared" in said["en"]
    assert "未" in said["zh"]
    assert all("ALFKI" in one and "105" in one for one in said.values())
    assert said["zh"].endswith("。")


def test_a_kept_model_weighs_the_same_and_is_the_same_bytes(cli, customers):
    assert cli("match", "crm.csv", "erp.parquet", "--out", "plain.parquet").code == 0
    for name in ("one.json", "two.json"):
        assert cli("match", "crm.csv", "erp.parquet", "--out", "links.parquet", "--model", name).code == 0
    assert Path("one.json").read_bytes() == Path("two.json").read_bytes()
    links = pl.read_parquet("links.parquet")
    assert links.equals(pl.read_parquet("plain.parquet"))
    crm_key, erp_key, weight = links.filter(pl.col("zone") == "link").select("crm_key", "erp_key", "weight").row(0)
    learned = cli("explain", crm_key, str(erp_key), *FILES, "--json").last
    assert learned["weight"] == pytest.approx(weight, abs=1e-3)
    assert cli("explain", crm_key, str(erp_key), *FILES, "--model", "one.json", "--json").last == learned


def test_a_link_by_a_shared_key_is_said_to_be_one(cli, customers):
    """What `match` writes and what `explain` says are one decision, with a kept model or without."""
    for side, name in (("crm.csv", "crm.csv"), ("erp.parquet", "erp.parquet")):
        frame = pl.read_csv(side, infer_schema=False) if name.endswith("csv") else pl.read_parquet(side)
        frame = frame.with_columns(VatNumber=pl.format("DE{}", 100_000_000 + 37 * pl.int_range(pl.len())))
        frame.write_csv(name) if name.endswith("csv") else frame.write_parquet(name)
    assert cli("match", "crm.csv", "erp.parquet", "--out", "links.parquet", "--model", "m.json").code == 0
    row = pl.read_parquet("links.parquet").filter(pl.col("rung").str.starts_with("key:")).row(0, named=True)
    for more in ((), ("--model", "m.json")):
        told = cli("explain", row["crm_key"], str(row["erp_key"]), *FILES, "--json", *more).last
        assert (told["zone"], told["rung"], told["reason"]) == ("link", row["rung"], "link_key")
        assert told["weight"] < 300


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        (("ALFKJ", "100"), "crm.csv has no record ALFKJ. Keys like it: ALFKI"),
        (("ALFKI", "77777777"), "erp.parquet has no record 77777777, and no key like it"),
        (("100", "ALFKI"), "Give the CRM's key first"),
    ],
)
def test_keys_that_are_not_there(cli, customers, keys, said):
    answer = cli("explain", *keys, *FILES)
    assert answer.code == 2
    assert said in answer.err.replace("\n", " ")


def test_a_key_that_is_not_there_in_chinese(cli, customers):
    assert "相近的主键：ALFKI" in cli("explain", "ALFKJ", "100", *FILES, "--language", "zh").err


@pytest.mark.parametrize(
    ("model", "said"),
    [(None, "no such file"), ("[]", "no model"), ('{"format": 9}', "format is 9"), (".", "can't be used as a model")],
)
def test_models_that_are_none(cli, customers, model, said):
    if model == ".":
        assert cli("match", "crm.csv", "erp.parquet", "--out", "l.csv", "--model", "m.json").code == 0
        pl.read_csv("crm.csv", infer_schema=False).drop("Phone").write_csv("crm.csv")
    elif model is not None:
        Path("m.json").write_text(model, encoding="utf-8")
    answer = cli("explain", "ALFKI", "100", *FILES, "--model", "m.json")
    assert answer.code == 2
    assert said in answer.err


def test_two_records_of_one_file(cli, customers):
    whole = pl.read_csv("crm.csv", infer_schema=False)
    twice = whole.head(12).with_columns(pl.col("CustomerID") + "2", pl.col("CompanyName").str.to_uppercase())
    pl.concat([whole, twice]).write_csv("all.csv")
    assert cli("dedupe", "all.csv", "--out", "twice.csv").code == 0
    key, kept = pl.read_csv("twice.csv", infer_schema=False).select("key", "kept").row(0)
    told = cli("explain", key, kept, "--left", "all.csv", "--json").last
    assert (told["zone"], told["reason"], told["details"]["kept"]) == ("duplicate", "within_same", kept)
    assert sum(row["bits"] for row in told["rows"]) == told["weight"]
    assert f"{min(key, kept)} and {max(key, kept)} are the same business" in told["sentence"]
    apart = cli("explain", "ALFKI", "WOLZA", "--left", "all.csv", "--language", "zh")
    assert apart.code == 0
    assert "ALFKI 与 WOLZA " in apart.out.replace("\n", "")
    assert "is one record" in cli("explain", "ALFKI", "ALFKI", "--left", "all.csv").err
    assert "has no record ALFKX" in cli("explain", "ALFKX", "WOLZA", "--left", "all.csv").err


@pytest.mark.parametrize("asked", [(), ("--right", "erp.parquet"), (*FILES, "--entity", "customers")])
def test_what_is_asked_about_must_be_said(cli, customers, asked):
    answer = cli("explain", "ALFKI", "100", *asked)
    assert answer.code == 2
    assert "--entity" in answer.err


def test_a_project_whose_keys_alone_decide_is_explained_all_the_same(cli, project):
    assert cli("run", "--json").code == 1
    told = cli("explain", "A1", "1001", "--entity", "customers", "--json").last
    assert (told["zone"], told["rung"], told["reason"]) == ("link", "key:number", "link_key")
    assert told["details"] == {"fields": "number"}
    name = next(row for row in told["rows"] if row["field"] == "name")
    assert (name["crm_raw"], name["erp_raw"]) == ("Acme Ltd", "ACME LIMITED")
    assert sum(row["bits"] for row in told["rows"]) == told["weight"]
    apart = cli("explain", "A4", "1001", "--entity", "customers", "--json").last
    assert (apart["zone"], apart["reason"], apart["details"]) == ("none", "no_key", {"fields": "number"})
    assert "1003" in cli("explain", "A1", "10033", "--entity", "customers").err
