"""Comparable forms: what is harmless, and what is one step beyond it."""

import polars as pl
import pytest

from reconcile.records import Kind
from reconcile.values import Reading, comparable, standard
from reconcile.values.legal_forms import legal_form


def form(kind, value):
    frame = pl.DataFrame({"v": [value]}, schema={"v": pl.String})
    said = frame.select(standard(kind, pl.col("v"), pl.String(), Reading()).alias("v"))
    return said.select(comparable(kind, pl.col("v")))["v"][0]


@pytest.mark.parametrize(
    ("kind", "left", "right"),
    [
        (Kind.COMPANY_NAME, "Müller GmbH", "MUELLER Gesellschaft mit beschränkter Haftung"),
        (Kind.COMPANY_NAME, "The Smith & Sons Limited", "Smith and Sons Ltd."),
        (Kind.COMPANY_NAME, "Foo GmbH & Co. KG", "Foo GmbH und Co KG"),
        (Kind.COMPANY_NAME, "ＡＢＣ（上海）有限责任公司", "ABC(上海)有限公司"),
        (Kind.COMPANY_NAME, "O'Neill Inc.", "O’Neill Incorporated"),
        (Kind.PERSON_NAME, "José  García", "Jose Garcia"),
        (Kind.ADDRESS, "Hauptstraße 5", "HAUPTSTR. 5"),
        (Kind.ADDRESS, "12 North Main Street", "12 N. Main St"),
        (Kind.POSTAL_CODE, "sw1a 1aa", "SW1A1AA"),
        (Kind.URL, "https://www.Example.com/", "example.com"),
        (Kind.TAX_ID, "DE 123 456 789", "123456789"),
        (Kind.IDENTIFIER, "0000004711", "4711"),
        (Kind.EMAIL, "Anna@Example.COM", "anna@example.com"),
        (Kind.TEXT, "  Ball   Bearing ", "ball bearing"),
    ],
)
def test_harmless_variation_has_one_form(kind, left, right):
    assert form(kind, left) == form(kind, right)


@pytest.mark.parametrize(
    ("kind", "left", "right"),
    [
        (Kind.COMPANY_NAME, "Müller GmbH", "Möller GmbH"),
        (Kind.COMPANY_NAME, "Acme North Ltd", "Acme South Ltd"),
        (Kind.ADDRESS, "Hauptstraße 5", "Hauptstraße 15"),
        (Kind.IDENTIFIER, "4711", "47110"),
        (Kind.TAX_ID, "DE123456789", "DE123456788"),
        (Kind.POSTAL_CODE, "10115", "10117"),
        (Kind.COMPANY_NAME, "上海机械有限公司", "上海机电有限公司"),
    ],
)
def test_one_step_further_is_another_form(kind, left, right):
    assert form(kind, left) != form(kind, right)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Foo GmbH", "gmbh"),
        ("Foo Gesellschaft mit beschränkter Haftung", "gmbh"),
        ("Foo Ltd.", "ltd"),
        ("Foo Limited", "ltd"),
        ("Foo Co., Ltd.", "co ltd"),
        ("Foo S.A.", "sa"),
        ("上海机械股份有限公司", "股份"),
        ("上海机械有限责任公司", "有限"),
        ("Foo", None),
    ],
)
def test_legal_forms_in_one_spelling(name, expected):
    frame = pl.DataFrame({"v": [name]})
    assert frame.select(legal_form(pl.col("v")))["v"][0] == expected


def test_a_name_that_is_only_a_legal_form_keeps_it():
    assert form(Kind.COMPANY_NAME, "Limited") == "limited"
