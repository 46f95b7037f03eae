"""What the configuration of `reconcile diff` says of when values are equal: units, currencies, parts elsewhere, readings."""

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
