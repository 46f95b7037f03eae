"""Columns whose values are of a kind with rules of its own are told by what stands in them, and by their names."""

import datetime as dt
import random

import polars as pl
import pytest
from stdnum.iso7064 import mod_97_10
from stdnum.luhn import calc_check_digit

from expectations.suggest import suggest, table_of_file

NOW = dt.datetime(2026, 11, 20, 9, 0, tzinfo=dt.UTC)
ROWS = 200


def rules_of(**columns: list):
    columns = {"Id": [str(n) for n in range(1000, 1000 + ROWS)], **columns}
    suggestion = suggest(table_of_file(pl.DataFrame(columns), "things", NOW))
    return {one.rule.name: one for one in suggestion.rules}


def asked(rules, column):
    """What is expected of one column, beside its presence."""
    named = {
        one.rule.expect.removeprefix("expect_column_values_to_")
        for one in rules.values()
        if one.rule.kwargs.get("column") == column
    }
    return named - {"not_be_null"}


def mails():
    return [f"kontakt{n}@firma{n % 40}.de" for n in range(ROWS)]


def ean(n):
    digits = f"40{n:010}"
    return digits + str(-sum(int(d) * (3 if at % 2 else 1) for at, d in enumerate(digits)) % 10)


def iban(n):
    bban = f"3704004405320{n:05}"
    return f"DE{98 - mod_97_10.checksum(bban + 'DE00'):02}{bban}"


def uscc(n):
    signs = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    body = f"9131000{n:010}"
    check = (31 - sum(signs.index(sign) * (3**at % 31) for at, sign in enumerate(body)) % 31) % 31
    return body + signs[check]


LANDS = [
    ("DE", "10115", "+49 30 901820"),
    ("Germany", "80331", "089 2180-0"),
    ("FR", "75001", "01 42 68 53 00"),
    ("中国", "100000", "010 6552 9988"),
]


@pytest.mark.parametrize(
    ("name", "values", "expect", "kwargs"),
    [
        ("Mail", mails(), "be_valid_email", {}),
        ("f7", mails(), "be_valid_email", {}),
        ("邮箱", mails(), "be_valid_email", {}),
        ("f7", [iban(n) for n in range(ROWS)], "be_valid_iban", {}),
        ("Währung", ["EUR", "USD", "CNY", "CHF"] * (ROWS // 4), "be_valid_currency", {}),
        ("币种", ["CNY", "USD"] * (ROWS // 2), "be_valid_currency", {}),
        ("国家", ["中国", "德国", "法国", "日本"] * (ROWS // 4), "be_valid_country", {"form": "name"}),
        ("Land", ["DE", "FR", "CN", "US"] * (ROWS // 4), "be_valid_country", {"form": "alpha_2"}),
        ("f7", [ean(n) for n in range(ROWS)], "be_valid_identifier", {"scheme": "ean"}),
        ("统一社会信用代码", [uscc(n) for n in range(ROWS)], "be_valid_tax_id", {"country": "CN"}),
        ("f7", [uscc(n) for n in range(ROWS)], "be_valid_tax_id", {"country": "CN"}),
        ("手机", [f"+86 138{n:08}" for n in range(ROWS)], "be_valid_phone", {}),
    ],
)
def test_a_kind_is_told_and_its_rule_stands_alone(name, values, expect, kwargs):
    rules = rules_of(**{name: values})
    found = [one for one in rules.values() if one.rule.expect.endswith(expect)]
    assert [dict(one.rule.kwargs) for one in found] == [{"column": name, **kwargs}]
    assert found[0].rule.mostly is None
    assert asked(rules, name) <= {expect, "be_unique"}


def test_numbers_go_by_the_country_of_their_row():
    lands = [LANDS[n % 4] for n in range(ROWS)]
    rules = rules_of(
        BillCountry=["US"] * ROWS,
        ShipCountry=[one[0] for one in lands],
        ShipZip=[one[1] for one in lands],
        Phone=[one[2] for one in lands],
    )
    assert rules["ship_zip_is_valid"].rule.kwargs["country_column"] == "ShipCountry"
    assert rules["phone_is_valid"].rule.kwargs["country_column"] == "ShipCountry"
    assert rules["ship_country_is_valid"].rule.kwargs["form"] == "any"
    assert not {"ship_zip_is_well_formed", "ship_country_is_known"} & set(rules)


def test_a_chinese_table_is_known_by_its_names():
    chance = random.Random(4)  # noqa: S311 # made-up lines, the same each time
    pieces = [(chance.randint(1, 9), chance.randint(100, 9999) / 100) for _ in range(ROWS)]
    rules = rules_of(
        国家=["中国"] * ROWS,
        手机号=[f"138{chance.randrange(10**8):08}" for _ in range(ROWS)],
        邮编=[f"{chance.randint(100000, 699999)}" for _ in range(ROWS)],
        数量=[str(quantity) for quantity, _ in pieces],
        单价=[f"{price:.2f}" for _, price in pieces],
        金额=[f"{quantity * price:.2f}" for quantity, price in pieces],
    )
    beside = {one.rule.kwargs["column"] for one in rules.values() if one.rule.kwargs.get("country_column") == "国家"}
    assert beside == {"手机号", "邮编"}
    (product,) = [one.rule.kwargs for one in rules.values() if "factor_columns" in one.rule.kwargs]
    assert (product["column"], product["factor_columns"]) == ("金额", ["数量", "单价"])


def test_what_does_not_pass_is_told_and_leaves_room():
    values = mails()
    values[7], values[9] = "info@firma", "a b@c.de"
    one = rules_of(Mail=values)["mail_is_valid"]
    assert one.tally[None].failed == 2
    assert one.tally[None].examples == ("a b@c.de", "info@firma")
    assert 0.9 < one.rule.mostly < 0.99
    assert one.tally[None].met
    assert "99.0 %" in one.rule.reason.en
    assert "99.0 % " in one.rule.reason.zh


def test_what_only_looks_like_a_kind_is_none():
    chance = random.Random(3)  # noqa: S311 # made-up numbers, the same each time
    digits = [str(chance.randrange(10**12, 10**13)) for _ in range(ROWS)]
    rules = rules_of(
        f1=digits,
        State=[chance.choice(["CA", "IL", "TX", "NY", "DE", "FL"]) for _ in range(ROWS)],
        Abbreviation=[chance.choice(["ALL", "TOP", "CUP"]) for _ in range(ROWS)],
        Phone=[f"{chance.randrange(10**6):07}" for _ in range(ROWS)],
        Card=[f"{n:08}{calc_check_digit(f'{n:08}')}" for n in range(ROWS)],
    )
    assert not any("be_valid" in one.rule.expect for one in rules.values())


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("Sales Region", ["North", "South", "East"]),
        ("省", ["浙江", "江苏", "上海"]),
        ("f3", ["California", "Texas", "Nevada", "Ohio", "Utah"]),
        ("Stadt", ["Köln", "Bonn", "Ulm"]),
        ("Reorder Level", ["0", "10", "25", "5"]),
        ("f4", ["0", "100", "15", "5"]),
        ("天数", ["7", "14", "30"]),
    ],
)
def test_places_and_measures_have_no_list(name, values):
    assert "be_in_set" not in asked(rules_of(**{name: (values * ROWS)[:ROWS]}), name)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("State", ["open", "closed", "lost"]),
        ("Ship Via", ["1", "2", "3"]),
        ("Status", ["10", "20", "30"]),
        ("Discontinued", ["0", "1"]),
        ("类型", ["零售", "批发", "直销"]),
        ("Terms", ["0014", "0030", "0060"]),
    ],
)
def test_codes_have_a_list(name, values):
    assert "be_in_set" in asked(rules_of(**{name: (values * ROWS)[:ROWS]}), name)


def test_several_codes_in_one_value_are_told_apart():
    values = [*(["A1", "B2", "C3", "D4"] * ROWS)[: ROWS - 2], "A1, C3", "B2, D4"]
    rule = rules_of(Programme=values)["programme_has_known_codes"].rule
    assert rule.kwargs["regex"] == r"^(?:A1|B2|C3|D4)(?:\s*[,;|、，；]\s*(?:A1|B2|C3|D4))*$"


def test_a_date_of_what_has_not_happened_yet_may_be_missing():
    days = [dt.date(2025, 1, 1) + dt.timedelta(days=n) for n in range(ROWS)]
    later = [None if n % 25 == 0 else day + dt.timedelta(days=3) for n, day in enumerate(days)]
    born = [None if n % 25 == 3 else dt.date(1980, 1, 1) + dt.timedelta(days=31 * n) for n in range(ROWS)]
    rules = rules_of(Ordered=days, f2=later, Birthday=born)
    assert not any(one.rule.kwargs.get("column") == "f2" and "null" in one.rule.expect for one in rules.values())
    assert rules["birthday_is_mostly_present"].rule.mostly < 0.96


def test_placeholders_and_broken_texts_are_found_by_our_own_expectations():
    names = [f"Firma {n} Müller" for n in range(ROWS)]
    names[3], names[4], names[5] = "test", "#REF!", "Firma MÃ¼ller"
    rules = rules_of(Name=names)
    assert rules["name_is_no_placeholder"].rule.kwargs == {"column": "Name", "also": ["#REF!"]}
    assert set(rules["name_is_no_placeholder"].tally[None].examples) == {"test", "#REF!"}
    assert rules["name_is_readable"].tally[None].examples == ("Firma MÃ¼ller",)
