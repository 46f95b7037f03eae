"""Which suites hold for a project, and that nobody pays for Great Expectations before it is needed."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
import yaml
from expectation_frames import normalised

from expectations import Suites, check_records, load_suite, run_suites, warm_up
from expectations.load import packaged_suites
from reconcile.config.models import ProjectConfig
from reconcile.errors import FileMissing, InvalidConfig
from reconcile.records import SHAPES, Role
from reconcile.results import Check

ROOT = Path(__file__).parents[2]
OWN = """\
entity: customers
owner: me
rules:
  - name: city
    expect: expect_column_values_to_not_be_null
    kwargs: {column: city}
    severity: minor
    owner: Sales
    message: {en: No city., zh: 没有城市。}
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "own.yaml").write_text(OWN, encoding="utf-8")
    return tmp_path


def demo():
    return ProjectConfig.model_validate(yaml.safe_load((ROOT / "reconcile/sandbox/reconcile.yaml").read_text(encoding="utf-8")))


def test_without_checks_the_suites_of_the_product_hold(folder):
    suites = Suites.load({}, folder)
    assert {suite.name for of in suites.by_entity.values() for suite in of} == set(packaged_suites())
    assert [suite.name for suite in suites.by_entity["orders"]] == ["orders", "orders_pair"]


def test_a_project_names_its_own_files_and_those_of_the_product(folder):
    suites = Suites.load({"customers": ("own.yaml", "customers"), "orders": ()}, folder)
    assert [suite.name for suite in suites.by_entity["customers"]] == ["own", "customers"]
    assert suites.by_entity["orders"] == ()
    assert suites.by_entity["contacts"][0].name == "contacts"
    assert Suites.load({"customers": ("own",)}, folder).by_entity["customers"][0].name == "own"


def test_the_projects_own_file_comes_before_one_of_the_same_name(folder):
    (folder / "customers.yaml").write_text(OWN, encoding="utf-8")
    assert len(Suites.load({"customers": ("customers.yaml",)}, folder).by_entity["customers"][0].rules) == 1


def test_a_file_that_is_not_there_names_its_key(folder):
    with pytest.raises(FileMissing, match=r"nope\.yaml: no such file \(named by checks\.customers\)"):
        Suites.load({"customers": ("nope.yaml",)}, folder)


def test_two_rules_of_one_side_must_not_bear_one_name(folder):
    (folder / "rules").mkdir()
    other = folder / "rules" / "own.yaml"
    name = yaml.safe_load(OWN)["rules"][0]["name"]
    other.write_text(OWN, encoding="utf-8")
    with pytest.raises(
        InvalidConfig, match=rf"rules.own\.yaml:\d+: rules\.1\.name: `{name}` is the name of a rule in \S+own\.yaml"
    ):
        Suites.load({"customers": ("own.yaml", "rules/own.yaml")}, folder)
    other.write_text(OWN.replace("rules:", "system: pair\nrules:"), encoding="utf-8")
    assert len(Suites.load({"customers": ("own.yaml", "rules/own.yaml")}, folder).by_entity["customers"]) == 2


def test_a_suite_that_is_named_twice_is_asked_once(folder):
    assert len(Suites.load({"customers": ("own", "own.yaml")}, folder).by_entity["customers"]) == 1


def test_the_suites_that_come_along_go_together(folder):
    for entity, own in Suites.load({}, folder).by_entity.items():
        assert len(Suites.load({entity: tuple(suite.name for suite in own)}, folder).by_entity[entity]) == len(own)


def test_a_suite_under_the_wrong_entity(folder):
    with pytest.raises(InvalidConfig, match=r"entity: the suite is about customers, but .* checks\.orders"):
        Suites.load({"orders": ("own.yaml",)}, folder)


def test_it_is_the_check_port(folder):
    check: Check = Suites.load({"customers": ("own.yaml",)}, folder)
    result = check("customers", Role.CRM, normalised("customers", {"a": {}, "b": {"city": None}}))
    assert result.checks.select("suite", "entity", "system", "rule", "failed").row(0) == ("own", "customers", "crm", "city", 1)
    assert result.findings["key"].to_list() == ["b"]
    assert check("unheard_of", Role.CRM, pl.DataFrame({"_key": ["a"]})).checks.is_empty()


def test_owners(folder):
    owners = Suites.load({"customers": ("own.yaml",)}, folder).owners()
    assert owners.filter(suite="own")["owner"].to_list() == ["Sales"]
    assert owners.filter(suite="payments")["owner"].unique().to_list() == ["Accounts receivable"]


def test_codes_come_from_the_projects_code_maps(folder):
    suites = Suites.of(demo(), folder)
    rows = {"word": {"raw:status": "Active"}, "code": {"raw:status": "01"}, "neither": {"raw:status": "Prospect"}}
    frame = normalised("customers", rows).with_columns(pl.lit(None, pl.String).alias("raw:payment_terms"))
    crm, erp = (suites("customers", role, frame) for role in Role)
    assert crm.findings.filter(rule="status_is_known")["key"].to_list() == ["code", "neither"]
    assert erp.findings.filter(rule="status_is_known")["key"].to_list() == ["word", "neither"]
    assert crm.notes == erp.notes == ()


def test_every_rule_of_the_product_can_be_applied_in_the_demo(folder):
    suites = replace(Suites.of(demo(), folder), named=frozenset(packaged_suites()))
    notes = [
        suites(entity, role, normalised(entity, {"a": {}})).notes for entity in SHAPES.keys() & packaged_suites() for role in Role
    ]
    assert notes == [()] * len(notes)


def test_only_a_suite_that_was_asked_for_complains_of_a_field_that_nobody_mapped(folder):
    frame = normalised("customers", {"a": {}}).drop("postal_code")
    came_along = Suites.of(demo(), folder)
    assert came_along("customers", Role.CRM, frame).notes == ()
    asked_for = replace(came_along, named=frozenset({"customers"}))
    assert "no field postal_code" in " ".join(asked_for("customers", Role.CRM, frame).notes)


def test_records_of_no_project_are_asked_the_rules_of_either_side(folder):
    frame = pl.DataFrame({"_key": ["1", "2"], "city": ["x", None]})
    result = check_records(load_suite(folder / "own.yaml"), None, frame)
    assert result.checks["system"].to_list() == [None]
    assert result.findings.select("system", "key").row(0) == (None, "2")


def test_nothing_is_said_and_nothing_is_written(folder, capfd, monkeypatch):
    monkeypatch.chdir(folder)
    before = set(folder.rglob("*"))
    Suites.load({}, folder)("customers", Role.CRM, normalised("customers", {"a": {"email": "x"}}).with_columns(city=pl.lit(1)))
    assert set(folder.rglob("*")) == before
    assert capfd.readouterr() == ("", "")


def test_two_threads_get_their_own_answers(folder):
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 # for this test alone

    suites = Suites.load({"customers": ("own.yaml",)}, folder)
    frames = [normalised("customers", {f"k{m}": {"city": None} for m in range(n)}) for n in range(6)]
    with ThreadPoolExecutor(3) as pool:
        results = list(pool.map(lambda frame: suites("customers", Role.CRM, frame), frames))
    assert [result.findings.height for result in results] == list(range(6))


def test_the_import_waits_until_it_is_needed():
    code = (
        "import sys, expectations, expectations.schema, reconcile.scores, pathlib\n"
        "expectations.Suites.load({}, pathlib.Path('.'))\n"
        "assert not {'great_expectations', 'pandas'} & set(sys.modules), 'imported too early'\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


def test_warm_up_imports_in_the_background():
    thread = warm_up()
    assert thread.daemon
    thread.join(60)
    assert "great_expectations" in sys.modules


def test_twenty_thousand_records_in_one_call():
    frame = pl.concat([normalised("customers", {"a": {}, "b": {"city": None, "email": "x"}})] * 10_000)
    suite = Suites.load({}, Path()).by_entity["customers"]
    result = run_suites(suite, "customers", Role.ERP, frame)
    assert result.findings.filter(rule="city_is_present").height == 10_000
    assert result.findings.filter(rule="number_is_unique").height == 20_000
