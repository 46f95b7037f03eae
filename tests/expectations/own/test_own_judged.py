"""Judgements of distinct values, on real values of several countries and scripts, and against the libraries one by one."""

from __future__ import annotations

import datetime as dt

import email_validator
import phonenumbers
import polars as pl
import pycountry
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum import iban

from expectations.own.judged.ibans import valid_iban
from expectations.own.judged.mojibake import is_garbled
from expectations.own.judged.numbers import in_scheme, valid_national
from expectations.own.judged.phones import plainly_valid
from expectations.own.judged.placeholders import is_placeholder
from expectations.own.judged.places import as_country, postal_form, valid_countries, valid_currencies, valid_postal_codes
from expectations.own.judged.reached import valid_mail, valid_phones
from reconcile.values.national_numbers import national_number


def _text(values):
    return pl.Series("v", values, dtype=pl.String)


def _one(judge, value, country):
    return judge(_text([value]), _text([country])).item()


TAX_NUMBERS = [
    ("DE136695976", "DE", True), ("DE 136 695 976", "DE", True), ("136695976", "DE", True), ("DE136695977", "DE", False),
    ("ATU13585627", "AT", True), ("ATU13585626", "AT", False), ("91110000600037341L", "CN", True),
    ("91110000600037342L", "CN", False),
    ("12-3456789", "US", True), ("00-1234567", "US", False), ("27AAPFU0939F1ZV", "IN", True), ("EL094259216", "GR", True),
    ("FR40303265045", "FR", True), ("FR84323140391", "FR", False), ("GB980780684", "GB", True), ("IT00743110157", "IT", True),
    ("CHE-107.787.577 IVA", "CH", True), ("11.222.333/0001-81", "BR", True), ("136695978", "DE", False),
    ("83 914 571 673", "AU", True),
    ("DE136695976", None, True), ("ATU13585626", None, False), ("EL094259216", None, True), ("123456", None, None),
    ("anything", "AQ", None), (None, "DE", None), ("", "DE", False), ("７２", "DE", False),
]  # fmt: skip  # a table


@pytest.mark.parametrize(("number", "country", "valid"), TAX_NUMBERS)
def test_a_tax_number_is_one_of_its_country(number, country, valid):
    assert _one(valid_national, number, country) is valid


PERSONS = [
    ("11010519491231002X", "CN", True), ("110105194912310021", "CN", False), ("36574261809", "DE", True),
    ("36574261890", "DE", False),
    ("RCCMNL83S18D969H", "IT", True), ("44051401359", "PL", True), ("44051401358", "PL", False), ("390.533.447-05", "BR", True),
    ("536-90-4399", "US", True), ("000-12-3456", "US", False),
]  # fmt: skip  # a table


@pytest.mark.parametrize(("number", "country", "valid"), PERSONS)
def test_a_person_s_number_is_one_of_its_country(number, country, valid):
    assert valid_national(_text([number]), _text([country]), "person").item() is valid


def test_further_numbers_of_a_country_will_do_where_they_are_asked_for():
    numbers, lands = _text(["181/815/0815 5", "181/815/0815 5"]), _text(["DE", "AT"])
    assert valid_national(numbers, lands).to_list() == [False, False]
    assert valid_national(numbers, lands, also=["de.stnr"]).to_list() == [True, False]


def test_every_country_of_the_tables_has_a_module():
    lands = [country.alpha_2 for country in pycountry.countries]
    assert sum(national_number(land, "tax") is not None for land in lands) > 80
    assert national_number("../x", "tax") is None


IBANS = ["DE89370400440532013000", "GB82WEST12345698765432", "FR1420041010050500013M02606", "NL91ABNA0417164300",
"CH9300762011623852957",
         "NO9386011117947", "SA0380000000608010167519", "BE68 5390 0754 7034", "PL61109010140000071219812874"]  # fmt: skip


@pytest.mark.parametrize("number", IBANS)
def test_an_iban_is_valid_and_with_one_digit_changed_it_is_not(number):
    changed = [number[:at] + str((int(sign) + 1) % 10) + number[at + 1 :] for at, sign in enumerate(number) if sign.isdigit()]
    assert valid_iban(_text([number])).item() is True
    assert not valid_iban(_text(changed)).any()


_CHANGED = st.builds(
    lambda number, at, sign: number[:at] + sign + number[at + 1 :],
    st.sampled_from(IBANS),
    st.integers(0, 30),
    st.sampled_from([*"0123456789ABZaz -.", "", "ß", "–", "٣"]),
)


@settings(max_examples=400)
@given(st.lists(st.one_of(st.sampled_from(IBANS), _CHANGED, st.text(max_size=30)), max_size=9))
def test_ibans_are_judged_as_the_library_does(numbers):
    assert valid_iban(_text(numbers)).to_list() == [iban.is_valid(number, check_country=number[:2] != "BE") for number in numbers]


def test_schemes_that_hold_everywhere_have_check_digits_too():
    assert in_scheme(_text(["213800KUD8LAJWSQ9D15", "213800KUD8LAJWSQ9D25", None]), "lei").to_list() == [True, False, None]
    assert in_scheme(_text(["73513537", "4006381333931", "4006381333932"]), "ean").to_list() == [True, True, False]


MAIL = [
    "a@b.de",
    "A.B@c.co.uk",
    "anna+crm@firma.com",
    "用户@例子.中国",
    "müller@büro.de",
    "o'brien@x.ie",
    "a@xn--80ak6aa92e.com",
    "x_y@mail.museum",
]
NO_MAIL = ["a@b", "a..b@c.de", " a@b.de", "a@localhost.local", "x@host.test", "Anna <a@b.de>", "a@b@c.de", ".a@b.de",
"a@-b.de", "a@b.de.",
           "a@ab--c.de", "@b.de", "a b@c.de", "a@b..de", "a" * 65 + "@b.de", "a@b,de", ""]  # fmt: skip


@pytest.mark.parametrize(("address", "valid"), [(a, True) for a in MAIL] + [(a, False) for a in NO_MAIL])
def test_a_mail_address_could_be_delivered_to(address, valid):
    assert valid_mail(_text([address])).item() is valid


_PART = st.text("abcXYZ019-_+.ü例 '", max_size=8)
_DOMAIN = st.sampled_from(
    ["de", "com", "test", "local", "c0m", "1", "museum", "de.", "ab--c", "xn--p1ai", "中国", "arpa", "example", ""]
)


@given(st.lists(st.builds(lambda a, b, c: f"{a}@{b}.{c}", _PART, _PART, _DOMAIN), min_size=1, max_size=20))
def test_mail_addresses_are_judged_as_the_library_does(addresses):
    def library(address):
        try:
            email_validator.validate_email(address, check_deliverability=False, strict=True)
        except email_validator.EmailNotValidError:
            return False
        return True

    assert valid_mail(_text(addresses)).to_list() == [library(address) for address in addresses]


PHONES = [
    ("+49 30 901820", "DE", True), ("030 901820", "DE", True), ("(030) 90 18 20", "DE", True), ("13800138000", "CN", True),
    ("+86 10 6552 9988", None, True), ("(212) 736-5000", "US", True), ("212 555", "US", False), ("020 7946 0018", "GB", True),
    ("03-3224-5000", "JP", True), ("123", "DE", False), ("call me", "DE", False), ("030 901820", None, None),
    ("+999 123456", None, False),
    ("+49 (0)30 901820 ext. 12", None, True), ("０３０ ９０１８２０", "DE", True), (None, "DE", None),
    ("+1 000 000 0000", "US", False),
]  # fmt: skip  # a table


@pytest.mark.parametrize(("number", "country", "valid"), PHONES)
def test_a_telephone_number_is_given_out_in_its_country(number, country, valid):
    assert _one(valid_phones, number, country) is valid


def test_without_any_country_a_telephone_number_has_to_be_international():
    assert valid_phones(_text(["030 901820", "+4930901820"]), _text([None, None]), abroad=True).to_list() == [False, True]


def test_telephone_numbers_of_every_country_are_judged_as_the_library_does():
    numbers, lands = [], []
    for land in sorted(phonenumbers.SUPPORTED_REGIONS):
        for kind in (
            phonenumbers.PhoneNumberType.FIXED_LINE,
            phonenumbers.PhoneNumberType.MOBILE,
            phonenumbers.PhoneNumberType.TOLL_FREE,
        ):
            example = phonenumbers.example_number_for_type(land, kind)
            if example is None:
                continue
            for form in (phonenumbers.PhoneNumberFormat.E164, phonenumbers.PhoneNumberFormat.NATIONAL):
                text = phonenumbers.format_number(example, form)
                numbers += [
                    text,
                    text[:-1],
                    text + "0",
                    text[:-1] + str((int(text[-1]) + 5) % 10),
                    "0" + text,
                    text.replace("+", "00"),
                ]
                lands += [land] * 6
    judged = valid_phones(_text(numbers), _text(lands)).to_list()
    seen_at_once = plainly_valid(_text(numbers), _text(lands)).sum()
    assert seen_at_once > 0.5 * judged.count(True)
    for number, land, valid in zip(numbers, lands, judged, strict=True):
        try:
            library = phonenumbers.is_valid_number(phonenumbers.parse(number, land))
        except phonenumbers.NumberParseException:
            library = False
        assert valid is library, (number, land)


@pytest.mark.parametrize(
    ("code", "country", "valid"),
    [
        ("80331", "DE", True), ("8033", "DE", False), ("SW1A 1AA", "GB", True), ("sw1a1aa", "GB", True), ("SW1A 1A", "GB", False),
        ("200000", "CN", True), ("20000", "CN", False), ("1234 AB", "NL", True), ("0234 AB", "NL", False),
        ("94105-1234", "US", True),
        ("100-0001", "JP", True), ("K1A 0B1", "CA", True), ("D02 AF30", "IE", True), ("anything", "HK", None),
        ("80331", None, None),
        (None, "DE", None), ("1", "ZZ", None),
    ],
)  # fmt: skip  # a table
def test_a_postal_code_has_the_form_of_its_country(code, country, valid):
    assert _one(valid_postal_codes, code, country) is valid


def test_the_pattern_of_every_country_can_be_read():
    forms = [form for country in pycountry.countries if (form := postal_form(country.alpha_2))]
    assert len(forms) > 150
    for form in forms:
        assert pl.Series(["0"]).str.contains(form).null_count() == 0


def test_countries_and_currencies_are_of_their_lists():
    assert valid_countries(_text(["DE", "de", "XX", "DEU", None]), "alpha_2").to_list() == [True, False, False, False, None]
    assert valid_countries(_text(["德国", "Allemagne", "Germany", "DE", "Atlantis"]), "any").to_list() == [True] * 4 + [False]
    assert valid_countries(_text(["Germany", "DE", "276", "USA"]), "name").to_list() == [True, False, False, False]
    assert valid_countries(_text(["DEU", "276"]), "alpha_3").to_list() == [True, False]
    assert valid_countries(_text(["276", "999"]), "numeric").to_list() == [True, False]
    assert as_country(_text(["Germany", "de ", "276", "Atlantis", None])).to_list() == ["DE", "DE", "DE", None, None]
    assert valid_currencies(_text(["EUR", "CNY", "XYZ", "eur", "DEM", None])).to_list() == [True, True, False, False, False, None]


PLACEHOLDERS = [
    "test", "Test GmbH", "TEST 2", "test customer", "xxx", "XX", "n/a", "N.A.", "asdf", "99999", "0000-0000", "k.A.", "无",
    "测试", "测试公司",
    "テスト", "unknown", "???", "-", "...", "test@test.com", "a@example.com", "1234567", "Kunde Test", "Testkunde", "tba",
    "John Doe",
    "aaaa", "11111111", "none", "no-mail@x.de", "foo", "Dummy account", "неизвестно", "Max Mustermann", "00000",
]  # fmt: skip  # a list
REAL = [
    "Testa Rossa", "Test Valley Council", "Exxon", "XXL Sports", "AAA", "Atest GmbH", "Johnson", "NA Corp", "100000",
    "+49 30 1234567",
    "无锡", "无印良品", "Null GmbH", "Nullmeier", "Contest Ltd", "a@test-it.de", "Anna", "Ohne Grenzen eV", "Barbara",
    "Foodora", "0", "007",
    "111", "2222 Hill Rd", "anna@siemens.com", "III", "Nil Sorsky", "", " ", "80331", "BBB National", "测绘院", "空军",
]  # fmt: skip  # a list


def _placeholders(values, also=(), allowed=()):
    frame = pl.DataFrame({"v": values})
    return frame.select(is_placeholder(pl.col("v"), frame.schema["v"], also, allowed)).to_series().to_list()


@pytest.mark.parametrize(("text", "found"), [(t, True) for t in PLACEHOLDERS] + [(t, False) for t in REAL])
def test_a_placeholder_is_told_from_a_name(text, found):
    assert _placeholders([text]) == [found]


def test_placeholders_of_numbers_and_days():
    assert _placeholders([99999, 9999, 12345, 100, 0, -99999, 999, None]) == [True, True, True, False, False, True, False, None]
    assert _placeholders([99999.99, 1.5, 9999999.0]) == [True, False, True]
    assert _placeholders([dt.date(1900, 1, 1), dt.date(2024, 1, 1), dt.date(9999, 12, 31), None]) == [True, False, True, None]
    assert _placeholders([dt.datetime(1970, 1, 1, 8, tzinfo=dt.UTC)]) == [True]


def test_the_list_of_placeholders_can_be_made_longer_and_shorter():
    assert _placeholders(["Folgt", "test"], also=["FOLGT"], allowed=["Test"]) == [True, False]
    assert _placeholders([4711, 99999], also=["4711"], allowed=["99999"]) == [True, False]
    assert _placeholders([dt.date(2000, 1, 1)], also=["2000-01-01"]) == [True]


CLEAN = [
    "Müller", "北京大学", "联通", "中国联通有限公司", "Łódź", "Société Générale", "SÃO PAULO", "株式会社トヨタ", "서울",
    "Привет", "ΑΦΟΙ",
    "上海贸易有限公司", "深圳市腾讯计算机系统有限公司", "ÅÄÖ Öåäö", "Çağrı", "São João", "Größe", "naïve — “quoted”",
    "ÄÖÜß", "Ærø",
    "Đặng Văn Lâm", "張三", "藝術", "李雷", "鑫森淼焱垚", "ÃO", "L’Oréal", "卡拉ok", "T恤shirt", "Acme", "", "50 %",
    "€ 100", "Что?",
]  # fmt: skip  # a list


@pytest.mark.parametrize("text", CLEAN)
def test_text_of_every_script_is_not_taken_for_mojibake(text):
    assert is_garbled(_text([text])).item() is False


@pytest.mark.parametrize(
    ("text", "written", "read"),
    [
        ("Müller", "utf-8", "latin-1"), ("Müller", "utf-8", "cp1252"), ("Müller", "utf-8", "gbk"), ("Société", "utf-8", "cp1252"),
        ("你好", "utf-8", "gbk"), ("北京大学", "utf-8", "gbk"), ("上海贸易有限公司", "utf-8", "gbk"),
        ("深圳市腾讯", "utf-8", "gb18030"),
        ("北京市朝阳区建国路88号", "utf-8", "gbk"), ("你好", "gbk", "latin-1"), ("上海贸易有限公司", "gbk", "cp1252"),
        ("Łódź", "utf-8", "cp1250"), ("Привет", "utf-8", "cp1251"), ("株式会社", "utf-8", "cp1252"),
        ("Größe", "latin-1", "utf-8"),
        ("李雷", "utf-8", "cp1252"), ("“Acme”", "utf-8", "cp1252"), ("Ærø", "utf-8", "latin-1"),
    ],
)  # fmt: skip  # a table
def test_text_read_in_a_wrong_encoding_is_found(text, written, read):
    garbled = text.encode(written).decode(read, errors="replace")
    assert garbled != text
    assert is_garbled(_text([garbled])).item() is True


def test_what_is_known_to_come_of_lost_characters_is_found_and_null_stays_null():
    assert is_garbled(_text(["锟斤拷", "M\ufffdller", "M\u0081ller", None, "ok"])).to_list() == [True, True, True, None, False]


@pytest.mark.parametrize(
    "judge",
    [
        valid_mail, valid_iban, is_garbled, valid_currencies, as_country,
        lambda v: valid_national(v, v), lambda v: valid_phones(v, v), lambda v: valid_postal_codes(v, v),
        lambda v: valid_countries(v, "any"),
    ],
)  # fmt: skip  # a list
@pytest.mark.parametrize("values", [[], [None], [None, None]])
def test_nothing_and_nothing_but_null_are_judged_as_nothing(judge, values):
    assert judge(_text(values)).to_list() == values
