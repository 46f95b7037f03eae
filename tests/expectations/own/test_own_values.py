"""Expectations of values through the engine: which records fail, and what is refused."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from own_results import failing, refused, results

from expectations.own import expected as own
from expectations.own.judged.reached import valid_mail
from reconcile.records import Kind

COUNTRIES = ["DE", "Germany", None, "中国", "US"]
CASES = [
    (own.ExpectColumnValuesToBeValidTaxId, {"country_column": "country"},
     ["DE136695976", "136695977", "no country, no judgement", "91110000600037341L", "00-1234567"], [1, 4]),
    (own.ExpectColumnValuesToBeValidTaxId, {"country": "Deutschland"},
     ["DE136695976", "DE136695977", None, "x", "136 695 976"], [1, 3]),
    (own.ExpectColumnValuesToBeValidTaxId, {"country_column": "country", "country": "DE"},
     ["DE136695976", None, "x", None, None], [2]),
    (own.ExpectColumnValuesToBeValidTaxId, {"country": "DE", "also": ["de.stnr"]},
     ["181/815/0815 5", "DE136695977", None, None, None], [1]),
    (own.ExpectColumnValuesToBeValidTaxId, {}, ["DE136695976", "ATU13585626", "13585626", None, None], [1]),
    (own.ExpectColumnValuesToBeValidNationalId, {"purpose": "person", "country": "CN"},
     ["11010519491231002X", "110105194912310021", None, "11010519491231002x", ""], [1, 4]),
    (own.ExpectColumnValuesToBeValidNationalId, {"country": "FR"}, ["552 008 443", "552 008 444", None, None, None], [1]),
    (own.ExpectColumnValuesToBeValidIdentifier, {"scheme": "lei"},
     ["213800KUD8LAJWSQ9D15", "213800KUD8LAJWSQ9D16", None, "", "x"], [1, 3, 4]),
    (own.ExpectColumnValuesToBeValidPhone, {"country_column": "country"},
     ["030 901820", "123", "030 901820", "13800138000", "(212) 736-5000"], [1]),
    (own.ExpectColumnValuesToBeValidPhone, {}, ["030 901820", "+49 30 901820", None, "+86 10 6552 9988", "call me"], [0, 4]),
    (own.ExpectColumnValuesToBeValidEmail, {}, ["a@b.de", "a@b", None, "用户@例子.中国", "a b@c.de"], [1, 4]),
    (own.ExpectColumnValuesToBeValidIban, {},
     ["DE89370400440532013000", "DE89370400440532013001", None, "GB82 WEST 1234 5698 7654 32", "x"], [1, 4]),
    (own.ExpectColumnValuesToBeValidCountry, {}, ["DE", "XX", None, "de", "Germany"], [1, 3, 4]),
    (own.ExpectColumnValuesToBeValidCountry, {"form": "any"}, ["DE", "XX", None, "德国", "Germany"], [1]),
    (own.ExpectColumnValuesToBeValidCurrency, {}, ["EUR", "XYZ", None, "CNY", "DEM"], [1, 4]),
    (own.ExpectColumnValuesToBeValidPostalCode, {"country_column": "country"},
     ["80331", "8033", "?", "200000", "94105-1234"], [1]),
    (own.ExpectColumnValuesToNotBePlaceholders, {}, ["Test GmbH", "Testa Rossa", None, "测试公司", "99999"], [0, 3, 4]),
    (own.ExpectColumnValuesToNotBePlaceholders, {"also": ["Neu"], "allowed": ["test"]},
     ["NEU", "test", None, "xxx", "ok"], [0, 3]),
    (own.ExpectColumnValuesToNotBeMojibake, {}, ["Müller", "MÃ¼ller", None, "浣犲ソ", "北京大学"], [1, 3]),
    (own.ExpectColumnValuesToBeUniqueAfterNormalising, {"kind": "company_name"},
     ["Müller GmbH", "MUELLER", None, "Acme Ltd", None], [0, 1]),
    (own.ExpectColumnValuesToBeUniqueAfterNormalising, {"kind": "code"}, ["0014", "14", "n/a", "n/a", "15"], [0, 1]),
    (own.ExpectColumnValuesToBeInCodeMap, {"value_set": ["A", "B"]}, ["A", "C", None, "B", "a"], [1, 4]),
    (own.ExpectColumnValuesToBeInCodeMap, {"value_set": ["A", "0014"], "loosely": True}, ["a", "14", None, "B", "A"], [3]),
]  # fmt: skip  # a table


@pytest.mark.parametrize(("expectation", "keywords", "values", "wrong"), CASES)
def test_records_whose_value_is_wrong_fail(expectation, keywords, values, wrong):
    frame = pl.DataFrame({"v": values, "country": COUNTRIES}, schema={"v": pl.String, "country": pl.String})
    assert failing(frame, expectation(column="v", **keywords)) == wrong
    assert failing(frame.lazy(), expectation(column="v", **keywords)) == wrong


def test_rows_in_another_order_fail_alike():
    for expectation, keywords, values, wrong in CASES:
        frame = pl.DataFrame({"v": values, "country": COUNTRIES}, schema={"v": pl.String, "country": pl.String})
        found = failing(frame.reverse(), expectation(column="v", **keywords))
        assert sorted(frame.height - 1 - at for at in found) == wrong


EVERY = {
    (expectation, tuple(sorted((k, str(v)) for k, v in keywords.items()))): (expectation, keywords)
    for expectation, keywords, *_ in CASES
}


@pytest.mark.parametrize("values", [[], [None, None]])
def test_nothing_and_nothing_but_null_pass(values):
    frame = pl.DataFrame({"v": values, "country": ["DE"] * len(values)}, schema={"v": pl.String, "country": pl.String})
    found = results(frame, [expectation(column="v", **keywords) for expectation, keywords in EVERY.values()])
    assert all(one.success for one in found.results)
    untyped = pl.DataFrame({"v": [None, None], "country": ["DE", "DE"]})
    found = results(untyped, [expectation(column="v", **keywords) for expectation, keywords in EVERY.values()])
    assert all(one.success for one in found.results), [one for one in found.results if not one.success]


def test_a_column_of_another_type_is_refused_in_words():
    frame = pl.DataFrame({"v": [1, 2], "country": ["DE", "DE"]})
    for expectation, keywords in EVERY.values():
        if expectation in (own.ExpectColumnValuesToNotBePlaceholders, own.ExpectColumnValuesToBeUniqueAfterNormalising):
            continue
        assert "The column v holds Int64, and" in refused(frame, expectation(column="v", **keywords)), expectation
    listed = pl.DataFrame({"v": [["a"], ["b"]]})
    assert "no placeholders" in refused(listed, own.ExpectColumnValuesToNotBePlaceholders(column="v"))


@pytest.mark.parametrize(
    ("expectation", "what"),
    [
        (own.ExpectColumnValuesToBeValidTaxId(column="v", country="Atlantis"), "Atlantis is no country"),
        (own.ExpectColumnValuesToBeValidTaxId(column="v", country="AQ"), "Nothing is known of tax numbers of AQ"),
        (own.ExpectColumnValuesToBeValidTaxId(column="v", country_column="land"), "there is no column land"),
        (own.ExpectColumnValuesToBeValidTaxId(column="v", also=["stnr"]), "no number is called stnr"),
        (own.ExpectColumnValuesToBeValidIdentifier(column="v", scheme="leis"), "leis is not known"),
        (own.ExpectColumnValuesToBeValidPostalCode(column="v"), "none is given"),
        (own.ExpectColumnValuesToBeUniqueAfterNormalising(column="v", kind="company"), "company is no kind of field"),
        (own.ExpectColumnValuesToBeInCodeMap(column="v"), "No code map is given"),
    ],
)
def test_a_keyword_that_means_nothing_is_refused_in_words(expectation, what):
    said = refused(pl.DataFrame({"v": ["x"], "country": ["DE"]}), expectation)
    assert what in said
    assert "Traceback" not in said


def test_placeholders_are_found_in_numbers_and_dates_too():
    frame = pl.DataFrame({"n": [1, 99999, None], "d": [dt.date(1900, 1, 1), dt.date(2024, 5, 1), None]})
    assert failing(frame, own.ExpectColumnValuesToNotBePlaceholders(column="n")) == [1]
    assert failing(frame, own.ExpectColumnValuesToNotBePlaceholders(column="d")) == [0]


def test_counts_and_mostly_are_as_those_of_great_expectations():
    frame = pl.DataFrame({"v": ["a@b.de", "a@b.de", "x", None]})
    (one,) = results(frame, [own.ExpectColumnValuesToBeValidEmail(column="v", mostly=0.6)]).results
    assert one.success
    assert (one.result["element_count"], one.result["missing_count"], one.result["unexpected_count"]) == (4, 1, 1)
    assert one.result["unexpected_list"] == ["x"]
    (strict,) = results(
        frame, [own.ExpectColumnValuesToBeValidEmail(column="v", mostly=0.7)], result_format="BOOLEAN_ONLY"
    ).results
    assert not strict.success


@settings(max_examples=15, deadline=None)
@given(st.lists(st.sampled_from(["a@b.de", "x", "c@d.com", None, "a@b", "é@b.de"]), max_size=12))
def test_each_row_is_judged_as_its_value_is(values):
    frame = pl.DataFrame({"v": values}, schema={"v": pl.String})
    single = valid_mail(frame["v"]).to_list()
    assert failing(frame, own.ExpectColumnValuesToBeValidEmail(column="v")) == [at for at, ok in enumerate(single) if ok is False]


@settings(max_examples=15, deadline=None)
@given(st.permutations(["Müller GmbH", "MUELLER", "Acme", "acme ltd", "Zeta", "测试"]))
def test_who_is_double_does_not_depend_on_the_order(names):
    frame = pl.DataFrame({"v": names})
    rule = own.ExpectColumnValuesToBeUniqueAfterNormalising(column="v", kind=Kind.COMPANY_NAME.value)
    assert {names[at] for at in failing(frame, rule)} == {"Müller GmbH", "MUELLER", "Acme", "acme ltd"}
