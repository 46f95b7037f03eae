"""What the configuration of `reconcile diff` says of when values are equal: units, currencies, parts elsewhere, readings."""

import re
import subprocess
from pathlib import Path

import polars as pl
import pytest


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def differing(cli, crm: pl.DataFrame, erp: pl.DataFrame, config: str, *options: str) -> list[tuple[object, ...]]:
    crm.write_parquet("crm.parquet")
    erp.write_parquet("erp.parquet")
    Path("c.yaml").write_text("crm_key: id\n" + config, encoding="utf-8")
    answer = cli("diff", "crm.parquet", "erp.parquet", "--config", "c.yaml", "--out", "d.parquet", *options)
    assert answer.code in (0, 1), answer.err
    return pl.read_parquet("d.parquet").select("key", "field", "reason").rows()


def test_the_same_number_in_another_unit_differs(cli, folder):
    crm = pl.DataFrame({"id": [1, 2, 3], "weight": [5.0, 5000.0, 2.0], "unit": ["kg", "kg", "kg"]})
    erp = pl.DataFrame({"id": [1, 2, 3], "weight": [5.0, 5.0, 2.0], "unit": ["t", "t", "kg"]})
    fields = "fields:\n  weight: {crm: weight, type: quantity, unit_field: unit}\nleave_out: [unit]\n"
    assert differing(cli, crm, erp, fields) == [(1, "weight", "beyond_tolerance")]
    given = "fields:\n  weight: {crm: weight, type: quantity, units: {crm: kg, erp: t}}\nleave_out: [unit]\n"
    assert differing(cli, crm, erp, given) == [(1, "weight", "beyond_tolerance"), (3, "weight", "beyond_tolerance")]


def test_amounts_in_two_currencies_are_compared_at_the_given_rates(cli, folder):
    crm = pl.DataFrame({"id": [1, 2, 3], "amount": [100.0, 100.0, 100.0], "currency": ["EUR", "EUR", "EUR"]})
    erp = pl.DataFrame({"id": [1, 2, 3], "amount": [110.0, 100.0, 100.0], "currency": ["USD", "USD", "EUR"]})
    config = (
        "fields:\n  amount: {crm: amount, type: money, rates: {base: EUR, at: 2026-03-31, per_base: {USD: 1.1}}}\n"
        "  currency: {crm: currency, type: currency}\n"
    )
    assert differing(cli, crm, erp, config) == [
        (1, "currency", "different"),
        (2, "amount", "beyond_tolerance"),
        (2, "currency", "different"),
    ]


def test_a_part_of_an_address_may_stand_in_another_column(cli, folder):
    crm = pl.DataFrame(
        {"id": [1, 2], "street": ["Main Street 5 Springfield", "Oak Road 1 Shelbyville"], "city": ["Springfield", "Ogden"]}
    )
    erp = pl.DataFrame({"id": [1, 2], "street": ["Main Street 5", "Oak Road 1"], "city": ["Springfield", "Ogden"]})
    found = differing(cli, crm, erp, "fields:\n  street: {crm: street, type: address}\n")
    assert [row[:2] for row in found] == [(2, "street")]


def test_how_a_file_writes_can_be_said(cli, folder):
    crm = pl.DataFrame({"id": [1], "day": ["03/04/2026"], "amount": ["1.234"]})
    erp = pl.DataFrame({"id": [1], "day": ["2026-03-04"], "amount": ["1234"]})
    fields = "fields:\n  day: {crm: day, type: date}\n  amount: {crm: amount, type: money}\n"
    assert differing(cli, crm, erp, fields + "crm: {day_first: false, decimal: ','}\n") == []
    assert {row[1] for row in differing(cli, crm, erp, fields + "crm: {day_first: true, decimal: '.'}\n")} == {"day", "amount"}


def test_all_days_of_a_column_say_which_part_is_the_day(cli, folder):
    """The value that differs can be read both ways; one that is equal can't."""
    crm = pl.DataFrame({"id": [1, 2], "day": ["03/04/2026", "03/31/2026"]})
    erp = pl.DataFrame({"id": [1, 2], "day": ["2026-03-04", "03/31/2026"]})
    assert differing(cli, crm, erp, "fields:\n  day: {crm: day, type: date}\n") == []


def test_what_was_written_is_what_is_told(cli, folder):
    """A telephone number is compared in another form than it is written in."""
    crm = pl.DataFrame({"id": [1, 2], "phone": ["030 1234567", "030 7654321"], "country": ["DE", "DE"]})
    erp = pl.DataFrame({"id": [1, 2], "phone": ["+49 30 1234567", "+49 30 7654322"], "country": ["DE", "DE"]})
    assert [row[0] for row in differing(cli, crm, erp, "fields:\n  phone: {crm: phone, type: phone}\n", "--harmless")] == [1, 2]
    told = pl.read_parquet("d.parquet").select("crm_value", "erp_value").rows()
    assert told == [("030 1234567", "+49 30 1234567"), ("030 7654321", "+49 30 7654322")]


def test_the_example_of_the_documents_is_what_comes_out(cli, folder):
    page = (Path(__file__).parents[2] / "docs/diff.md").read_text(encoding="utf-8").split("## An example")[1]
    lines = re.search(r"```bash\n(.*?)```", page, re.DOTALL)[1].splitlines()
    for line in lines[:2]:
        subprocess.run(["bash", "-c", line], check=True, cwd=folder)
    assert cli(*lines[2].split()[1:]).code == 1
    told = [[cell.strip() or None for cell in row.strip("|").split("|")] for row in re.findall(r"^\|.*\|$", page, re.MULTILINE)]
    names, rows = told[0], told[2 : told.index(["column", "meaning"])]
    assert pl.read_csv("differences.csv", infer_schema=False).select(names).rows() == [tuple(row) for row in rows]


@pytest.mark.parametrize(
    ("crm", "erp", "same"),
    [
        (["1000.00", "20.5", "7"], ["1000", "20.50", "7.0"], True),
        (["1000", "20", "7"], [1000.0, 20.0, 7.0], True),
        (["0100", "0200", "1.5"], ["100", "200", "1.50"], False),
        (["1.10.2", "1.20.3", "2.1.1"], ["1.1.2", "1.2.3", "2.1.1"], False),
    ],
)
def test_text_that_is_nothing_but_numbers_with_decimals_is_compared_as_such(cli, folder, crm, erp, same):
    pl.DataFrame({"id": [1, 2, 3], "a": crm}).write_parquet("a.parquet")
    pl.DataFrame({"id": [1, 2, 3], "a": erp}).write_parquet("b.parquet")
    told = cli("diff", "a.parquet", "b.parquet", "--key", "id", "--out", "d.parquet", "--json").last
    assert (told["different"] == 0) == same
