"""`reconcile explain` in a project: every sort of pair by what the run has kept, and what people have said of them."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from cli_project import Answer, write_project

from reconcile import run_folder, wiring

WORDS = ("Nordwind", "Vela", "Kestrel", "Baltic", "Otto", "Marble")
UNSURE = (3, 4, 5)
"""Customers whose number the ERP lacks, and whose telephone is another one there."""
BARE = (6, 7)
"""Customers whose number the ERP lacks."""
TWICE = (10, 11)
CONFIG = """\
project: Asked
systems:
  shop: {role: crm, connector: files, path: crm}
  books: {role: erp, connector: files, path: erp}
checks: {customers: []}
entities:
  customers:
    crm: {object: accounts.csv, key: id}
    erp: {object: debtors.csv, key: id}
    match: {keys: [number], fields: [name, street, phone], link_at: 0.9999999, review_at: 0.5}
    fields:
      number: {crm: no, erp: no, compare: false}
      name: {crm: name, erp: name}
      street: {crm: street, erp: street}
      phone: {crm: phone, erp: phone}
"""


def _lines(side: str) -> str:
    lines = ["id,no,name,street,phone"]
    for n in range(30):
        number = "" if side == "E" and n in (*UNSURE, *BARE) else str(1000 + n)
        phone = f"+4989{n * 77:07}" if side == "E" and n in UNSURE else f"+4930{n:07}"
        lines.append(f"{side}{n},{number},{WORDS[n % 6]} {'abcdefghij'[n % 10] * 3}{n} GmbH,Weg {n} {n * 7},{phone}")
    if side == "C":
        lines += [f"D{n},,{WORDS[n % 6].lower()} {'abcdefghij'[n % 10] * 3}{n} gmbh,Weg {n} {n * 7},+4930{n:07}" for n in TWICE]
        lines.append("X1,1029,Zzyzx Quarry,Rue Lointaine 900,+33155555555")
    else:
        lines[-1] = "E29,1029,Completely Other AG,Nowhere 1,+811234567"
        lines.append("E30,,<b>Lone</b> Ltd,Faraway 3,")
    return "\n".join(line for line in lines if not line.startswith("C29,")) + "\n"


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cli: Callable[..., Answer]) -> Callable[..., dict]:
    """`asked("C1", "E1")`: the answer about a pair of customers after a run."""
    write_project(tmp_path, CONFIG, crm=_lines("C"), erp="id\n")
    (tmp_path / "erp" / "debtors.csv").write_text(_lines("E"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert cli("run", "--json").code == 1
    return lambda *keys: cli("explain", *keys, "--entity", "customers", "--json").last


def test_every_pair_of_a_run_is_told_as_the_run_has_decided_it(asked, tmp_path):
    by_key = asked("C1", "E1")
    assert (by_key["zone"], by_key["rung"], by_key["reason"], by_key["details"]["fields"]) == (
        "link", "key:number", "link_key", "number",
    )  # fmt: skip
    assert sum(row["bits"] for row in by_key["rows"]) == by_key["weight"] < 100
    by_score = asked("C6", "E6")
    assert (by_score["zone"], by_score["rung"], by_score["reason"]) == ("link", "score", "link")
    waits = asked("C3", "E3")
    assert (waits["zone"], waits["reason"], waits["details"]) == ("review", "review_below", {"field": "phone"})
    doubted = asked("X1", "E29")
    assert (doubted["zone"], doubted["reason"], doubted["details"]) == ("review", "review_doubted", {"fields": "number"})
    twin = asked("D10", "E10")
    assert (twin["zone"], twin["reason"], twin["rivals"][0]["key"]) == ("duplicate", "duplicate", "C10")
    apart = asked("C9", "E10")
    assert (apart["zone"], {rival["key"] for rival in apart["rivals"]}) == ("none", {"E9", "C10"})
    assert all(0 < rival["better_by"] < 150 for rival in apart["rivals"])
    lone = asked("C8", "E30")
    assert (lone["zone"], lone["compared"], lone["reason"]) == ("none", False, "no_block")


def test_a_report_shows_the_pairs_that_wait_and_why(asked, cli, tmp_path):
    assert cli("report", "--out", "r.html").code == 0
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert page.count('<details class="doubt"') >= len(UNSURE)
    assert asked("C3", "E3")["sentence"] in page


def test_two_records_of_one_side(asked, cli):
    same = asked("D10", "C10", "--within", "crm")
    assert (same["zone"], same["sides"], same["details"]["kept"]) == ("duplicate", ["crm", "crm"], "C10")
    assert same["reason"] == ("within_same" if same["probability"] >= same["link_at"] else "within_chain")
    assert sum(row["bits"] for row in same["rows"]) == same["weight"] > 0
    other = asked("E9", "E10", "--within", "erp")
    assert (other["zone"], other["weight"] < 0) == ("none", True)
    shown = cli("explain", "D10", "C10", "--within", "crm", "--entity", "customers", "--language", "zh")
    assert "CRM C10 与 CRM D10 " in shown.out.replace("\n", "")
    assert "同一业务对象" in shown.out.replace("\n", "")
    assert "is one record" in cli("explain", "C1", "C1", "--within", "crm", "--entity", "customers").err


def test_what_is_remembered_says_since_when(asked, cli):
    first = asked("C6", "E6")
    assert cli("run", "--json").code == 0  # the same breaks are no news
    again = asked("C6", "E6")
    assert (again["zone"], again["rung"], again["reason"]) == ("link", "score", "link_remembered")
    assert again["details"]["since"][:2] == "20"
    assert "have been linked since" in again["sentence"]
    assert again["weight"] == pytest.approx(first["weight"], abs=1e-3)
    assert cli("report", "--out", "r.html").code == 0
    assert Path("r.html").read_text(encoding="utf-8").count('<details class="doubt"') >= len(UNSURE)


def test_what_a_person_has_said_is_said(asked, cli, tmp_path):
    project = wiring.open_project(tmp_path / "reconcile.yaml", {})
    wiring.call_different(project, "customers", "C3", "E3", by="Anna")
    own = {"entity": "customers", "crm_key": "C4", "erp_key": "E4", "rung": "person", "probability": 1.0, "decided_by": "Otto"}
    known = project.ledger.crosswalk("customers").select(own.keys())
    project.ledger.record_links(pl.concat([known, pl.DataFrame([own]).cast(known.schema)]), "r0", dt.datetime.now(dt.UTC))
    project.close()
    assert asked("C3", "E3")["reason"] == "apart_person"
    assert cli("run", "--json").code == 1
    apart, linked = asked("C3", "E3"), asked("C4", "E4")
    assert (apart["zone"], apart["rung"], apart["reason"]) == ("none", "person", "apart_person")
    assert (linked["zone"], linked["rung"], linked["details"]["by"]) == ("link", "person", "Otto")
    assert "because a person has said so (Otto)" in linked["sentence"]


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        (("C77", "E1"), "has no record C77. Keys like it"),
        (("E1", "C1"), "Give the CRM's key first"),
        (("C1", "E1", "--run", "nonsense"), "nonsense"),
    ],
)
def test_what_is_not_there_is_said(asked, cli, keys, said):
    answer = cli("explain", *keys, "--entity", "customers")
    assert (answer.code, said in answer.err.replace("\n", " ")) == (2, True)


def test_a_run_without_its_records_or_with_a_damaged_model(asked, cli, tmp_path):
    store = tmp_path / ".reconcile"
    run = run_folder.finished_runs(store)[-1]
    place = run_folder.model_path(store, run, "customers")
    assert json.loads(place.read_bytes())["settings"]["link_at"] == pytest.approx(0.9999999)
    place.write_text("{}", encoding="utf-8")
    assert "can't be used as a model" in cli("explain", "C1", "E1", "--entity", "customers").err
    place.unlink()
    assert asked("C1", "E1")["reason"] == "link_key"
    run_folder.records_path(store, run, "customers", "crm").unlink()
    assert "has kept no records of customers" in cli("explain", "C1", "E1", "--entity", "customers").err


def test_a_side_without_any_value_has_nothing_to_weigh(cli, tmp_path, monkeypatch):
    write_project(tmp_path, CONFIG, crm="id,no,name,street,phone\nC1,,,,\n")
    (tmp_path / "erp" / "debtors.csv").write_text("id,no,name,street,phone\nE1,,,,\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    cli("run", "--json")
    answer = cli("explain", "C1", "E1", "--entity", "customers")
    assert (answer.code, "nothing to weigh" in answer.err) == (2, True)
