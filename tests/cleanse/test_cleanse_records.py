"""What becomes of records: written forms, rejects with reasons, remarks, duplicates, profile, gates."""

from __future__ import annotations

import string

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from tests_cleanse_data import ENTITY, ROWS, SYSTEM, snapshot

from reconcile.cleanse import Limits, cleanse, rules_for
from reconcile.cleanse.standardise import company_name, in_name_case, standardise
from reconcile.errors import UnknownFields
from reconcile.match.dedupe import dedupe
from reconcile.normalise import normalise
from reconcile.records import KEY, Role
from reconcile.results import Normalised


def row(frame: pl.DataFrame, key: str) -> dict[str, object]:
    return frame.row(by_predicate=pl.col(KEY) == key, named=True)


def test_values_are_written_in_their_standard_form(raw, clean):
    first = row(clean(raw).cleaned, "1")
    assert {name: first[name] for name in ENTITY.fields} == {
        "number": "100", "name": "Müller und Söhne GmbH", "tax_id": "DE136695976", "street": "Hauptstrasse 5A", "city": "München",
        "postal_code": "80331", "country": "DE", "phone": "+49891234567", "email": "info@x.de", "website": "https://x.de",
        "credit_limit": 1234.56, "currency": "EUR", "status": "Active",
    }  # fmt: skip


def test_what_changed_is_said(raw, clean):
    cleaned = clean(raw).cleaned
    assert row(cleaned, "2")["changed"] == ["name", "city", "phone"]
    assert row(cleaned, "3")["changed"] == ["name", "country", "phone", "currency"]
    assert row(cleaned, "3")["raw:name"] == "  上海贸易 有限公司"


def test_every_record_is_either_cleaned_or_rejected(raw, clean):
    done = clean(raw)
    assert done.cleaned[KEY].to_list() == ["1", "2", "3", "6", "7"]
    assert done.rejects[KEY].to_list() == ["3", None, "5"]
    assert done.records == raw.height == done.cleaned.height + done.rejects.height


def test_rejects_say_why_and_keep_what_was_there(raw, clean):
    rejects = clean(raw).rejects.rows(named=True)
    assert [r["reason"] for r in rejects] == [
        "its key is used by another record before it",
        "has no key",
        "credit_limit: can't be read as what the field holds; status: the code is not in the code map; name: required, but empty",
    ]
    assert [r["raw:name"] for r in rejects] == ["second with key 3", "without key", None]
    assert rejects[2]["raw:credit_limit"] == "abc"


def test_reasons_in_chinese(raw, clean):
    assert "没有主键" in clean(raw, language="zh").rejects["reason"].to_list()


def test_a_record_that_is_usable_all_the_same_gets_a_remark(raw, clean):
    cleaned = clean(raw).cleaned
    assert row(cleaned, "7")["remarks"] == "country: not a country that ISO 3166 knows; phone: not an international phone number"
    assert row(cleaned, "1")["remarks"] is None


def test_wrong_values_are_found(raw, clean):
    problems = clean(raw).problems
    assert set(problems.filter(pl.col("key") == "5").select("field", "rule").iter_rows()) == {
        ("credit_limit", "not_readable"),
        ("status", "code_not_mapped"),
        ("name", "required_empty"),
        ("tax_id", "check_digit_wrong"),
        ("postal_code", "postal_code_malformed"),
        ("phone", "phone_not_international"),
        ("email", "email_malformed"),
        ("website", "url_malformed"),
        ("currency", "currency_unknown"),
    }
    assert problems.filter(pl.col("key").is_in(["1", "2"])).is_empty()


def test_duplicates_share_an_identifier(raw, clean):
    done = clean(raw)
    assert done.duplicates.rows() == [("2", "1", "number", 1.0)]
    assert row(done.cleaned, "2")["duplicate_of"] == "1"


def test_duplicates_that_are_only_similar_come_from_the_caller(raw, clean):
    def similar(frame):
        assert {"_key", "name"} <= set(frame.columns)
        return pl.DataFrame({"key": ["7", "6"], "kept": ["6", "2"], "probability": [0.95, 0.97]})

    assert clean(raw, similar=similar).duplicates.rows() == [
        ("2", "1", "number", 1.0),
        ("6", "1", "similar", 0.97),
        ("7", "1", "similar", 0.95),
    ]


def test_the_real_similarity_fits(raw, clean):
    found = clean(raw, similar=lambda frame: dedupe(frame, "customers", ENTITY)).duplicates
    assert ("2", "1") in found.select("key", "duplicate_of").rows()


def test_the_profile_counts(raw, clean):
    done = clean(raw)
    assert done.profile.row(by_predicate=pl.col("field") == "phone", named=True) == {
        "field": "phone", "kind": "phone", "records": 6, "filled": 6, "distinct": 5, "unreadable": 0, "invalid": 2, "changed": 5,
    }  # fmt: skip
    shapes = done.patterns.filter(pl.col("field") == "postal_code").select("pattern", "records", "example").rows()
    assert shapes == [("99999", 4, "10001"), ("9999", 1, "1234"), ("999999", 1, "200000")]


def test_gates_and_verdict(raw, clean):
    done = clean(raw)
    by_code = {(gate.code, gate.field): gate for gate in done.gates}
    assert by_code["keys_unique", None].failing == 2
    assert by_code["readable", "credit_limit"].share == pytest.approx(5 / 6)
    assert done.verdict == "not_ready"
    lenient = Limits(filled=0, readable=0, valid=0, duplicates=1)
    assert not [g.code for g in clean(raw, limits=lenient).gates if not g.passed and g.code != "keys_unique"]
    assert clean(snapshot(ROWS[:1])).verdict == "ready"
    assert clean(raw.clear()).verdict == "empty"


def test_required_fields_can_be_named(raw, clean):
    done = clean(raw, required=["website"])
    assert {g.field for g in done.gates if g.code == "required_filled"} == {"website"}
    assert done.cleaned[KEY].to_list() == ["1", "2"]
    with pytest.raises(UnknownFields, match=r"No such field of customers in the CRM: webseite\. Its fields are: number, name"):
        clean(raw, required=["webseite"])


def test_a_country_for_phones_without_one():
    raw = snapshot([("1", None, "Ellington", None, None, None, None, None, "312 534 6361", *[None] * 5)])
    normalised = normalise(raw, "customers", ENTITY, Role.CRM, SYSTEM)
    rules = rules_for("customers", ENTITY, Role.CRM, country="us")
    assert cleanse(normalised, rules, language="en").cleaned["phone"].to_list() == ["+13125346361"]


def test_codes_of_the_erp_stay_codes():
    entity = ENTITY
    raw = pl.DataFrame({"Number": ["1", "2"], **{name: ["", ""] for name in entity.fields if name != "number"}}).with_columns(
        pl.lit("A").alias("number"), pl.Series("state", ["01", "9"]), pl.lit("Acme").alias("name")
    )
    normalised = normalise(raw, "customers", entity, Role.ERP, SYSTEM.model_copy(update={"role": Role.ERP}))
    done = cleanse(normalised, rules_for("customers", entity, Role.ERP), raw=raw, language="en")
    assert done.cleaned.select(KEY, "status").rows() == [("1", "01")]
    assert done.rejects[KEY].to_list() == ["2"]


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("ACME TOOLS LTD.", "Acme Tools Ltd"),
        ("Acme Tools LIMITED", "Acme Tools Limited"),
        ("JP MORGAN CHASE INC", "JP Morgan Chase Inc."),
        ("BASF SE", "BASF SE"),
        ("Schmidt GmbH&Co.KG", "Schmidt GmbH & Co. KG"),
        ("Schmidt G.m.b.H. und Co. KG", "Schmidt GmbH & Co. KG"),
        ("beijing widgets co.,ltd", "Beijing Widgets Co., Ltd."),
        ("北京 股份有限公司", "北京股份有限公司"),
        ("安丰模具(杭州)有限公司", "安丰模具（杭州）有限公司"),
        ("Precious Little One's Center, INC", "Precious Little One's Center, Inc."),
        ("The Body Shop", "The Body Shop"),
        ("THE BODY SHOP PLC", "The Body Shop plc"),
        ("Fragrance ag", "Fragrance AG"),
        ("O'NEILL-SMITH UND SÖHNE", "O'Neill-Smith und Söhne"),
        ("3M DEUTSCHLAND", "3M Deutschland"),
        ("Mag", "Mag"),
        (None, None),
    ],
)
def test_company_names(name, written):
    assert pl.DataFrame({"n": [name]}, schema={"n": pl.String}).select(company_name(pl.col("n"))).item() == written


_NAMES = st.text(string.ascii_letters + " .,&'-äöüßÄÖÜ公司有限AGKLTDmbh", max_size=30)


@settings(max_examples=60, deadline=None)
@given(st.lists(_NAMES, min_size=1, max_size=20))
def test_writing_a_name_twice_is_writing_it_once(names):
    frame = pl.DataFrame({"n": names})
    once = frame.select(company_name(pl.col("n")), p=in_name_case(pl.col("n"), keep_acronyms=False))
    twice = once.select(company_name(pl.col("n")), p=in_name_case(pl.col("p"), keep_acronyms=False))
    assert_frame_equal(once, twice)


_CELLS = st.one_of(st.none(), st.text(max_size=12), st.sampled_from([cell for line in ROWS for cell in line if cell]))


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(*[_CELLS] * 14), max_size=12))
def test_any_list_is_parted_without_loss(rows):
    raw = snapshot(rows)
    normalised = normalise(raw, "customers", ENTITY, Role.CRM, SYSTEM)
    rules = rules_for("customers", ENTITY, Role.CRM)
    done = cleanse(normalised, rules, raw=raw, language="en")
    assert done.cleaned.height + done.rejects.height == done.records == raw.height
    assert set(done.cleaned[KEY]).isdisjoint(set(done.rejects.filter(pl.col("reason").str.contains(":"))[KEY]))
    again = standardise(Normalised(standardise(normalised.frame, rules).drop("changed"), normalised.findings).frame, rules)
    assert_frame_equal(again, standardise(normalised.frame, rules))
