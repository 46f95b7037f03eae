"""`reconcile match` and `reconcile dedupe`: any two files, or one, without a project; and whatever can be wrong with them."""

import json
import re
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
import yaml

from reports.choice_texts import CHOICES_ZH, SCREEN, chosen
from reports.words import Words

SITES = Path(__file__).parents[2] / "examples/sites"
CUSTOMERS = Path(__file__).parents[1] / "data/northwind/customers.csv"
GERMAN = {"CustomerID": "KdNr", "CompanyName": "Firma", "ContactName": "Ansprechpartner", "Address": "Straße", "City": "Ort",
          "PostalCode": "PLZ", "Country": "Land", "Phone": "Telefon", "Fax": "f9"}  # fmt: skip


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def customers(folder) -> tuple[Path, Path]:
    """Northwind's customers, and the same in capitals, under German names, with numbers as keys, in another order."""
    left = pl.read_csv(CUSTOMERS, infer_schema=False)
    left.write_csv(folder / "crm.csv")
    right = (
        left.select(pl.col(list(GERMAN)).str.to_uppercase()).rename(GERMAN).with_columns(KdNr=pl.int_range(100, 100 + pl.len()))
    )
    right.sample(fraction=1.0, shuffle=True, seed=1).write_parquet(folder / "erp.parquet")
    return Path("crm.csv"), Path("erp.parquet")


def test_two_files_under_foreign_names(cli, customers):
    answer = cli("match", *map(str, customers), "--out", "links.parquet")
    assert answer.code == 0
    links = pl.read_parquet("links.parquet")
    assert links.columns == ["crm_key", "erp_key", "probability", "weight", "zone", "rung"]
    assert links.schema["crm_key"] == pl.String
    assert links.schema["erp_key"] == pl.Int64
    keys = pl.read_csv(CUSTOMERS, infer_schema=False)["CustomerID"].to_list()
    linked = links.filter(pl.col("zone") == "link")
    assert linked.height >= 0.95 * len(keys)
    assert all(keys[erp - 100] == crm for crm, erp in linked.select("crm_key", "erp_key").iter_rows())
    assert "Straße" in answer.out
    assert "links" in answer.out


def test_what_was_chosen_can_be_pinned_and_gives_the_same(cli, customers):
    assert cli("match", *map(str, customers), "-o", "found.csv", "--write-config", "chosen.yaml").code == 0
    answer = cli("match", *map(str, customers), "-o", "pinned.csv", "--config", "chosen.yaml")
    assert answer.code == 0
    assert "the configuration says so" in answer.out
    assert Path("found.csv").read_bytes() == Path("pinned.csv").read_bytes()


def test_rules_thresholds_and_weights_are_pinned_too(cli, customers, folder):
    shown = cli("match", *map(str, customers), "-o", "found.csv", "--write-config", "c.yaml", "--model", "m.json")
    said = yaml.safe_load(Path("c.yaml").read_text(encoding="utf-8"))
    assert said["model"] == "m.json"
    assert ["nearest"] in said["match"]["block"]
    assert ["phone:whole"] in said["match"]["block"]
    assert {"link_at", "review_at", "target_precision"} <= set(said["match"])
    for line in ("compared where equal", "weight of phone", "link from", "review from", "target precision", "links of a record"):
        assert line in shown.out
    again = cli("match", *map(str, customers), "-o", "again.csv", "--config", "c.yaml", "--write-config", "d.yaml")
    assert "kept in m.json" in again.out
    assert Path("found.csv").read_bytes() == Path("again.csv").read_bytes()
    assert Path("c.yaml").read_bytes() == Path("d.yaml").read_bytes()


@pytest.mark.parametrize("command", ["match", "dedupe"])
def test_in_chinese_every_line_and_every_reason_is(cli, customers, command):
    """Column names, kinds and numbers stay; every word beside them is Chinese."""
    files = list(map(str, customers))[: 2 if command == "match" else 1]
    left = pl.read_csv("crm.csv", infer_schema=False).with_columns(empty=pl.lit(None, pl.String), one=pl.lit("x"))
    left.write_csv("crm.csv")
    shown = cli(command, *files, "-o", "a.csv", "--language", "zh")
    assert shown.code == 0
    table = [line for line in shown.out.splitlines() if line.strip()]
    assert all(any("\u4e00" <= letter <= "\u9fff" for letter in line) for line in table if "  " in line)
    choices = cli(command, *files, "-o", "a.csv", "--json").last["choices"]
    for one in choices:
        for text in (one["what"], one["reason"]):
            assert chosen(Words("zh"), text) != text
    again = cli(command, *files, "-o", "b.csv", "--language", "zh", "--write-config", "c.yaml")
    assert "所作选择：c.yaml" in again.out
    pinned = cli(command, *files, "-o", "b.csv", "--language", "zh", "--config", "c.yaml")
    assert "配置中已指定" in pinned.out


def test_both_languages_have_the_same_arguments():
    for english, chinese in [*CHOICES_ZH.items(), *SCREEN.values()]:
        assert set(re.findall(r"\{(\w+)\}", english)) == set(re.findall(r"\{(\w+)\}", chinese)), english


def test_one_pinned_rule_is_the_only_one(cli, customers):
    assert cli("match", *map(str, customers), "-o", "a.csv", "--write-config", "c.yaml").code == 0
    said = yaml.safe_load(Path("c.yaml").read_text(encoding="utf-8"))
    said["match"]["block"] = [["phone:whole"]]
    Path("c.yaml").write_text(yaml.safe_dump(said), encoding="utf-8")
    told = cli("match", *map(str, customers), "-o", "b.csv", "--config", "c.yaml", "--json").last["choices"]
    assert [one["value"] for one in told if one["what"].startswith("compared")] == ["phone"]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("block: [[phone:middle]]", "there is no field `phone:middle`"),
        ("block: [[nothing]]", "there is no field `nothing`"),
        ("block: [[nearest], [phone:end, company]]", ""),
    ],
)
def test_what_a_rule_may_name(cli, customers, asked, said):
    head = "crm_key: CustomerID\nerp_key: KdNr\nfields:\n  phone: {crm: Phone, erp: Telefon}\n"
    head += "  company: {crm: CompanyName, erp: Firma}\n"
    Path("c.yaml").write_text(f"{head}match:\n  {asked}\n", encoding="utf-8")
    answer = cli("match", *map(str, customers), "-o", "b.csv", "--config", "c.yaml")
    assert (answer.code, said in answer.err) == (2 if said else 0, True)


@pytest.mark.parametrize(("model", "said"), [("gone.json", "no such file"), ("c.yaml", "can't be used as a model")])
def test_a_model_that_is_none_is_said(cli, customers, model, said):
    Path("c.yaml").write_text(f"model: {model}\n", encoding="utf-8")
    answer = cli("match", *map(str, customers), "-o", "b.csv", "--config", "c.yaml")
    assert (answer.code, said in answer.err) == (2, True)


def test_json_says_the_same_in_one_line(cli, customers):
    answer = cli("match", *map(str, customers), "--out", "links.xlsx", "--json")
    told = json.loads(answer.out.splitlines()[-1])
    assert told["records"] == [91, 91]
    assert {"what", "value", "reason"} == set(told["choices"][0])
    assert sum(row["len"] for row in told["zones"]) == pl.read_excel("links.xlsx").height


def test_one_file(cli, folder):
    whole = pl.read_csv(CUSTOMERS, infer_schema=False)
    twice = whole.head(12).with_columns(pl.col("CustomerID") + "2", pl.col("CompanyName").str.to_uppercase())
    pl.concat([whole, twice]).write_csv(folder / "all.csv")
    assert cli("dedupe", "all.csv", "--out", "twice.parquet", "--write-config", "d.yaml").code == 0
    groups = pl.read_parquet("twice.parquet")
    assert groups.columns == ["key", "kept", "probability"]
    expected = set(twice["CustomerID"])
    assert set(groups["key"]) == expected
    assert cli("dedupe", "all.csv", "--out", "again.parquet", "--config", "d.yaml").code == 0
    assert pl.read_parquet("again.parquet").equals(groups)


def test_a_key_that_repeats_is_replaced_by_the_row_number(cli, customers):
    left = pl.read_csv("crm.csv", infer_schema=False)
    pl.concat([left, left.head(1)]).write_csv("crm.csv")
    answer = cli("match", *map(str, customers), "--out", "links.parquet")
    assert answer.code == 0
    assert "'ALFKI' stands in 2 rows" in answer.out
    assert pl.read_parquet("links.parquet").schema["crm_key"] == pl.Int64


def test_a_pinned_key_that_repeats_is_refused(cli, customers):
    Path("c.yaml").write_text("crm_key: Country\n")
    answer = cli("match", *map(str, customers), "--out", "links.parquet", "--config", "c.yaml")
    assert answer.code == 2
    assert "Country names no record of its own" in answer.err
    assert "rows" in answer.err


def test_rows_can_be_numbered(cli, customers):
    Path("c.yaml").write_text("crm_key: []\n")
    assert cli("match", *map(str, customers), "--out", "links.csv", "--config", "c.yaml").code == 0
    assert pl.read_csv("links.csv").schema["crm_key"] == pl.Int64


WRONG = """\
crm_key: Number
fields:
  name: {crm: Compny Name, erp: Firma, type: compny_name}
  city: {crm: City}
match:
  keys: [nme]
  link_at: 0.5
  review_at: 0.9
"""


def test_everything_wrong_in_a_configuration_is_told_at_once(cli, customers):
    Path("c.yaml").write_text(WRONG)
    first = cli("match", *map(str, customers), "--out", "links.csv", "--config", "c.yaml")
    assert first.code == 2
    assert "c.yaml:3: fields.name.type" in first.err
    assert "company_name" in first.err
    Path("c.yaml").write_text(WRONG.replace("compny_name", "company_name"))
    second = cli("match", *map(str, customers), "--out", "links.csv", "--config", "c.yaml")
    assert [
        part for part in ("c.yaml:4: fields.city", "c.yaml:6: match.keys", "c.yaml:8: match.review_at") if part not in second.err
    ] == []
    Path("c.yaml").write_text("crm_key: Number\nfields:\n  name: {crm: Compny Name, erp: Firma}\n")
    third = cli("match", *map(str, customers), "--out", "links.csv", "--config", "c.yaml")
    assert "c.yaml:1: crm_key" in third.err
    assert "c.yaml:3: fields.name.crm" in third.err
    assert "did you mean `CompanyName`" in third.err


def frame(**columns: list) -> pl.DataFrame:
    return pl.DataFrame(columns, strict=False)


NAMES = ["Anna Berg", "Bernd Moll", "Carla Stein", "Dora Kunz"]
REFUSED = {
    "nothing in common": (
        frame(id=["a1", "b2"], name=NAMES[:2]),
        frame(nr=["7", "8"], born=["1990-01-01", "1980-01-01"]),
        "goes with",
    ),
    "all values equal": (frame(id=["a1", "b2"], name=["x", "x"]), frame(id=["a1", "b2"], name=["x", "x"]), "goes with"),
    "all null": (
        frame(id=["a1", "b2"], name=pl.Series([None, None], dtype=pl.String)),
        frame(id=["a1", "b2"], name=pl.Series([None, None], dtype=pl.String)),
        "goes with",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_files_that_share_nothing_are_refused(cli, folder, case):
    left, right, words = REFUSED[case]
    left.write_parquet("l.parquet")
    right.write_parquet("r.parquet")
    answer = cli("match", "l.parquet", "r.parquet", "--out", "links.csv")
    assert answer.code == 2
    assert words in answer.err
    assert not Path("links.csv").exists()


@pytest.mark.parametrize("command", [["match", "crm.csv", "none.csv"], ["match", "none.csv", "crm.csv"], ["dedupe", "none.csv"]])
def test_a_file_without_records_gives_an_empty_result(cli, customers, command):
    Path("none.csv").write_text("id,name\n")
    answer = cli(*command, "--out", "links.parquet")
    assert answer.code == 0
    assert "it has no records" in answer.out
    assert pl.read_parquet("links.parquet").is_empty()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["match", "crm.csv", "gone.csv", "-o", "l.csv"], "gone.csv: no such file"),
        (["match", "crm.csv", ".", "-o", "l.csv"], "this is a folder"),
        (["match", "crm.csv", "crm.csv", "-o", "l.csv"], "is named twice"),
        (["match", "crm.csv", "./crm.csv", "-o", "l.csv"], "reconcile dedupe"),
        (["match", "crm.csv", "noise.parquet", "-o", "l.csv"], "can't be read as Parquet"),
        (["match", "crm.csv", "noise.xlsx", "-o", "l.csv"], "can't be read as a workbook"),
        (["match", "crm.csv", "empty.csv", "-o", "l.csv"], "there is no header"),
        (["match", "crm.csv", "notes.doc", "-o", "l.csv"], "is not known"),
        (["match", "crm.csv", "erp.parquet", "-o", "l.doc"], "end the name so"),
        (["match", "crm.csv", "erp.parquet", "-o", "crm.csv"], "would be lost"),
        (["match", "crm.csv", "erp.parquet", "-o", "l.csv", "--config", "gone.yaml"], "gone.yaml: no such file"),
        (["match", "crm.csv", "erp.parquet", "-o", "l.csv", "--config", "empty.csv"], "empty"),
        (["match", "crm.csv", "erp.parquet", "-o", "l.csv", "--config", "list.yaml"], "must be a group of keys"),
        (["dedupe", "one.csv", "-o", "l.csv"], "no column that its records could be compared by"),
    ],
)
def test_bad_input_is_one_sentence(cli, customers, arguments, words):
    for name in ("noise.parquet", "noise.xlsx"):
        Path(name).write_bytes(b"\x00\x01noise")
    for name in ("empty.csv", "notes.doc"):
        Path(name).touch()
    Path("one.csv").write_text("id\n1\n2\n3\n")
    Path("list.yaml").write_text("- a\n- b\n")
    answer = cli(*arguments)
    assert answer.code == 2
    assert words in answer.err
    assert "Traceback" not in answer.err


def test_types_that_differ_are_read_as_what_they_hold(cli, folder):
    count = 60
    names = [
        f"{first} {last}" for first in NAMES for last in ("Abel", "Busch", "Cramer", "Dietz", "Engel", "Faber", "Gross", "Hahn")
    ]
    rows = {
        "name": [f"{names[i % len(names)]} {i * 7919 % 1000}" for i in range(count)],
        "zip": [str(10000 + i * 137) for i in range(count)],
    }
    pl.DataFrame({"id": [f"A{i}" for i in range(count)], **rows}).write_csv("l.csv")
    pl.DataFrame(
        {"nr": range(count), "plz": pl.Series(rows["zip"]).cast(pl.Int64), "wer": rows["name"], "tags": [["a"]] * count}
    ).write_parquet("r.parquet")
    answer = cli("match", "l.csv", "r.parquet", "-o", "links.parquet")
    assert answer.code == 0
    assert "zip = plz (postal_code)" in answer.out
    assert pl.read_parquet("links.parquet").filter(pl.col("zone") == "link").height >= 0.9 * count


def test_starting_loads_nothing_that_the_command_does_not_need():
    program = (
        "import sys; from reconcile.cli.main import _program; _program(['match']); "
        "print([n for n in ('great_expectations', 'streamlit', 'recordlinkage', 'pandas', 'sklearn', 'sqlalchemy', 'httpx', "
        "'altair', 'pyarrow', 'pydantic') if n in sys.modules])"
    )
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == "[]"
