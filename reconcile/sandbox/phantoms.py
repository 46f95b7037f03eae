"""Pairs of values that only look different, and pairs that only look alike: what a comparison has to tell apart.

Each case is a pair of templates. `{n}` is a number of four digits or more, `{w}` the same in letters, so that no two records
share a value; `{m}` is that number and one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl


@dataclass(frozen=True)
class Case:
    """One kind of pair: how each side writes it, what the field holds, and what its configuration says."""

    name: str
    kind: str
    crm: str | None
    erp: str | None
    says: Mapping[str, Any] = field(default_factory=dict)


def _cases(kind: str, *rows: tuple[Any, ...]) -> tuple[Case, ...]:
    return tuple(Case(row[0], kind, *row[1:]) for row in rows)


_RATES = {"rates": {"base": "EUR", "at": "2026-03-31", "per_base": {"USD": 1.25, "GBP": 0.8}}}
_ZONE = {"zone": "Europe/Berlin"}
_CODES = {"values": {"Active": "01", "Blocked": "02"}}

HARMLESS = (
    *_cases(
        "text",
        ("case", "Ball Bearing {w}", "BALL BEARING {w}"),
        ("accents", "Crème brûlée {w}", "Creme brulee {w}"),
        ("umlauts", "Größe {w} für Öl", "Groesse {w} fuer Oel"),
        ("full_width", "ABC 轴承 {n}", "ＡＢＣ　轴承　{n}"),
        ("extra_spaces", "Ball bearing {w}", "  Ball   bearing {w} "),
        ("invisible_characters", "Ball bearing {w}", "\u200bBall\u00a0bearing {w}\ufeff"),
        ("punctuation", "Bearing, steel - {w}", "Bearing steel {w}."),
        ("decomposed_letters", "Élan vital {w}", "E\u0301lan vital {w}"),
        ("apostrophe", "O'Neill's {w}", "O’Neill‘s {w}"),
        ("traditional_characters", "上海機械廠 {n}", "上海机械厂 {n}"),
        ("not_available", None, "N/A"),
        ("empty_for_null", None, ""),
        ("own_word_for_nothing", None, "TBD", {"nothing": ["", "TBD"]}),
        ("set_order", "red; green; {w}", "{w};Green;RED", {"separator": ";"}),
    ),
    *_cases(
        "company_name",
        ("legal_form_spelled_out", "{w} Bau GmbH", "{w} Bau Gesellschaft mit beschränkter Haftung"),
        ("legal_form_left_out", "{w} Trading Ltd.", "{w} Trading"),
        ("legal_form_dotted", "{w} Holding S.A.", "{w} Holding SA"),
        ("article", "The {w} Company Limited", "{w} Company Limited"),
        ("ampersand", "{w} & Sons plc", "{w} and Sons PLC"),
        ("word_order", "Smith & {w} Ltd", "{w} & Smith Limited"),
        ("chinese_legal_form", "上海{w}机械有限公司", "上海{w}机械有限责任公司"),
        ("company_limited", "{w} Electric Co., Ltd.", "{w} Electric Company Limited"),
        ("parentheses", "{w}（上海）贸易有限公司", "{w}(上海)贸易有限公司"),
        ("traditional_company", "{w}電子股份有限公司", "{w}电子股份有限公司"),
    ),
    *_cases(
        "person_name",
        ("surname_first", "{w}, John", "John {w}"),
        ("initials", "J. {w}", "John {w}"),
        ("title", "Dr. John {w}", "John {w}"),
        ("form_of_address", "Frau Anna {w}", "Anna {w}"),
        ("order_without_comma", "{w} John", "John {w}"),
        ("hyphen", "Jean-Luc {w}", "Jean Luc {w}"),
    ),
    *_cases(
        "address",
        ("street_abbreviated", "{w}straße {n}", "{w}str. {n}"),
        ("directions", "{n} North {w} Street", "{n} N. {w} St"),
        ("number_in_front", "{n} rue {w}", "Rue {w} {n}"),
        ("part_in_another_column", "{w}weg {n}, 10115 Berlin", "{w}weg {n}"),
        ("street_type_left_out", "{n} {w} Ave", "{n} {w}"),
    ),
    *_cases(
        "postal_code",
        ("unspaced", "SW{n} 1AA", "SW{n}1AA"),
        ("country_letter", "D-{n}", "{n}"),
        ("zero_lost", "01067", "1067"),
        ("zip_plus_four", "{z}-6789", "{z}"),
    ),
    *_cases("country", ("country_name", "Germany", "DE"), ("country_letters", "DEU", "Deutschland")),
    *_cases("currency", ("currency_name", "Euro", "EUR"), ("currency_number", "978", "EUR")),
    *_cases("unit", ("unit_name", "Stück", "PCE"), ("unit_code", "kg", "KGM")),
    *_cases(
        "phone",
        ("national", "+49 30 55{n}", "030 55{n}"),
        ("double_zero", "+49 30 55{n}", "0049 30 55{n}"),
        ("trunk_zero", "+49 (0) 30 55{n}", "+49 30 55{n}"),
        ("dashes", "+49-30-55{n}", "+49 (30) 55{n}"),
        ("extension_left_out", "+49 30 55{n} ext. 12", "+49 30 55{n}"),
    ),
    *_cases(
        "email",
        ("mail_case", "Anna.{w}@Example.com", "anna.{w}@example.com"),
        ("display_name", "Anna {w} <anna.{w}@example.com>", "anna.{w}@example.com"),
        ("mailto", "mailto:anna.{w}@example.com", "anna.{w}@example.com"),
        ("encoded_domain", "{w}@münchen.de", "{w}@xn--mnchen-3ya.de"),
    ),
    *_cases("url", ("bare_domain", "https://www.{w}.com/", "{w}.com"), ("scheme", "http://{w}.com", "https://{w}.com")),
    *_cases(
        "identifier",
        ("leading_zeros", "000000{n}", "{n}"),
        ("separators", "A-{n}-07", "A{n}07"),
        ("other_separators", "A-{n}-07", "A/{n}/07"),
    ),
    *_cases(
        "tax_id",
        ("tax_prefix", "DE55{n}1", "55{n}1"),
        ("tax_groups", "DE 55{n} 1", "DE55{n}1"),
        ("tax_national_form", "BE0403019{t}", "BE403019{t}"),
    ),
    *_cases(
        "money",
        ("thousands", "1,{t}.50", "1.{t},50"),
        ("trailing_zeros", "{n}.50", "{n}.5"),
        ("a_cent_apart", "{n}.50", "{n}.51", {"tolerance": 0.01}),
        ("a_thousandth_apart", "{n}000.00", "{n}001.00", {"relative_tolerance": 0.001}),
        ("a_coin_apart", "JPY {n}", "JPY {m}", {"minor_units": 1}),
        ("converted", "1{t}0.00 EUR", "1{t}0.00 EUR", _RATES),
        ("converted_at_rate", "EUR {n}", "USD {usd}", {**_RATES, "tolerance": 0.01}),
        ("currency_sign", "€ {n}.50", "{n}.50 EUR"),
        ("brackets", "({n}.50)", "-{n}.50"),
        ("zero_is_nothing", None, "0.00", {"nothing": ["", 0]}),
    ),
    *_cases(
        "quantity",
        ("unit_beside", "{n} kg", "{n}000 g"),
        ("unit_of_the_side", "{n}", "{n}000", {"units": {"crm": "t", "erp": "kg"}}),
        ("unit_in_words", "{n} pcs", "{n} Stück"),
    ),
    *_cases(
        "date",
        ("german_date", "2026-03-09", "09.03.2026"),
        ("chinese_date", "2026-03-09", "2026年03月09日"),
        ("excel_serial", "2026-03-09", "46090"),
        ("two_digit_year", "2026-03-19", "19.03.26", {"two_digit_years": True}),
        ("day_as_moment", "2026-03-08T23:00:00Z", "2026-03-09", _ZONE),
        ("next_business_day", "2026-03-06", "2026-03-09", {"business_days": 1}),
        ("a_day_allowed", "2026-03-06", "2026-03-07", {"days": 1}),
    ),
    *_cases(
        "datetime",
        ("offset", "2026-03-09T10:15:00+01:00", "2026-03-09T09:15:00Z"),
        ("fraction", "2026-03-09T09:15:00.000Z", "2026-03-09T09:15:00Z"),
        ("seconds_allowed", "2026-03-09T09:15:00Z", "2026-03-09T09:15:29Z", {"seconds": 30}),
        ("day_for_moment", "2026-03-09", "2026-03-09T09:15:00Z"),
        ("only_the_day", "2026-03-09T17:00:00Z", "2026-03-09T09:15:00Z", {"date_only": True}),
        ("midnight_elsewhere", "2026-03-08T23:00:00Z", "2026-03-09", _ZONE),
    ),
    *_cases("boolean", ("yes", "yes", "true"), ("own_words", "aktiv", "1", {"true_words": ["aktiv"]})),
    *_cases("code", ("mapped", "active", "01", _CODES), ("code_case", "net{n}", "NET{n}")),
)
"""Pairs that are the same."""

REAL = (
    *_cases(
        "text",
        ("one_letter", "Ball bearing {w}x", "Ball bearing {w}y"),
        ("cut_off", "Ball bearing {w} steel", "Ball bearing {w}"),
        ("digit_beside", "Bearing {n}", "Bearing {m}"),
        ("word_order_of_text", "left {w} right", "right {w} left"),
        ("case_that_counts", "Abc{w}", "ABC{w}", {"counts": ["case"]}),
        ("not_available_that_counts", None, "N/A", {"nothing": [""]}),
        ("nothing_against_zero", None, "0"),
        ("one_member_more", "red;green;{w}", "red;{w}", {"separator": ";"}),
        ("one_member_else", "red;green;{w}", "red;blue;{w}", {"separator": ";"}),
    ),
    *_cases(
        "company_name",
        ("holding", "{w} Holding Ltd", "{w} Ltd"),
        ("german_forms", "{w} Bau GmbH", "{w} Bau AG"),
        ("american_forms", "{w} Trading Inc.", "{w} Trading LLC"),
        ("chinese_forms", "上海{w}机械有限公司", "上海{w}机械股份有限公司"),
        ("another_branch", "{w}(上海)有限公司", "{w}(北京)有限公司"),
        ("north_and_south", "{w} Nord GmbH", "{w} Süd GmbH"),
        ("second_company", "{w} Fund II LP", "{w} Fund III LP"),
        ("umlaut_gone", "{w} Müller GmbH", "{w} Möller GmbH"),
        ("sons", "{w} & Sons Ltd", "{w} & Daughters Ltd"),
        ("gmbh_and_co", "{w} GmbH & Co. KG", "{w} GmbH"),
    ),
    *_cases(
        "person_name",
        ("same_initial", "John {w}", "Jane {w}"),
        ("other_initial", "J. {w}", "K. {w}"),
        ("initial_of_another", "J. {w}", "Karl {w}"),
        ("mr_and_mrs", "Herr Chris {w}", "Frau Chris {w}"),
        ("chinese_surname_alone", "王", "王伟{w}"),
        ("middle_initial", "John A. {w}", "John B. {w}"),
    ),
    *_cases(
        "address",
        ("house_number", "{w}straße {n}", "{w}straße {m}"),
        ("house_letter", "{w}straße {n}a", "{w}straße {n}b"),
        ("street_and_avenue", "{n} {w} Street", "{n} {w} Avenue"),
        ("north_and_south_street", "{n} N {w} St", "{n} S {w} St"),
        ("part_nowhere", "{w}weg {n}, 80331 München", "{w}weg {n}"),
        ("number_and_unit_swapped", "{n} {w} St {m}", "{m} {w} St {n}"),
    ),
    *_cases(
        "postal_code",
        ("next_postal_code", "{z}", "{y}"),
        ("other_zip_extension", "{z}-6789", "{z}-6788"),
        ("other_country_letter", "D-{n}", "A-{n}"),
    ),
    *_cases("country", ("austria", "AT", "Australia"), ("two_congos", "CG", "CD")),
    *_cases("currency", ("dollars", "USD", "AUD"), ("francs", "CHF", "XAF")),
    *_cases("unit", ("grams", "kg", "g"), ("box_and_piece", "BX", "PCE")),
    *_cases(
        "phone",
        ("last_digit", "+49 30 55{n}", "+49 30 55{m}"),
        ("other_calling_code", "+49 30 55{n}", "+43 30 55{n}"),
        ("other_extension", "+49 30 55{n} ext. 12", "+49 30 55{n} ext. 13"),
        ("other_area", "+49 30 55{n}", "040 55{n}"),
        ("only_a_few_digits", "+49 30 55{n}", "{n}"),
    ),
    *_cases(
        "email",
        ("other_mailbox", "anna.{w}@example.com", "anne.{w}@example.com"),
        ("other_domain", "anna.{w}@example.com", "anna.{w}@example.co"),
        ("tagged_mailbox", "anna.{w}@example.com", "anna.{w}+crm@example.com"),
    ),
    *_cases("url", ("other_ending", "{w}.com", "{w}.cn"), ("other_page", "{w}.com/shop", "{w}.com")),
    *_cases(
        "identifier",
        ("separators_elsewhere", "1-{n}", "{x}"),
        ("longer_number", "{n}", "{n}0"),
        ("other_suffix", "A-{n}-07", "A-{n}-08"),
    ),
    *_cases(
        "tax_id",
        ("tax_digit", "DE55{n}1", "DE55{n}2"),
        ("other_tax_country", "DE55{n}1", "GB55{n}1"),
        ("tax_country_and_none", "GB55{n}1", "55{n}1"),
    ),
    *_cases(
        "money",
        ("a_cent_past_tolerance", "{n}.50", "{n}.52", {"tolerance": 0.01}),
        ("past_relative_tolerance", "1000.00", "1001.01", {"relative_tolerance": 0.001}),
        ("two_coins", "JPY {n}", "JPY {x2}", {"minor_units": 1}),
        ("a_cent_where_a_coin_is_a_yen", "{n}.50 EUR", "{n}.52 EUR", {"minor_units": 1}),
        ("other_sign", "{n}.50", "-{n}.50"),
        ("factor_of_a_hundred", "{n}.50", "{n}50"),
        ("currencies", "{n} EUR", "{n} USD"),
        ("currency_unconverted", "EUR {n}", "USD {n}", _RATES),
        ("zero_for_null", None, "0.00"),
    ),
    *_cases(
        "quantity",
        ("kilograms_and_grams", "{n} kg", "{n} g"),
        ("kilograms_and_metres", "{n} kg", "{n} m"),
        ("one_more", "{n}", "{m}"),
        ("tons_of_the_side", "{n}", "{n}", {"units": {"crm": "t", "erp": "kg"}}),
    ),
    *_cases(
        "date",
        ("next_day", "2026-03-09", "2026-03-10"),
        ("swapped_day", "2026-03-09", "2026-09-03"),
        ("other_year", "2026-03-09", "2025-03-09"),
        ("two_business_days", "2026-03-06", "2026-03-10", {"business_days": 1}),
        ("two_days", "2026-03-06", "2026-03-08", {"days": 1}),
        ("day_before_in_zone", "2026-03-08T22:59:00Z", "2026-03-09", _ZONE),
        ("moment_without_zone_said", "2026-03-08T23:00:00Z", "2026-03-09"),
    ),
    *_cases(
        "datetime",
        ("an_hour", "2026-03-09T10:15:00Z", "2026-03-09T09:15:00Z"),
        ("a_second_past", "2026-03-09T09:15:00Z", "2026-03-09T09:15:31Z", {"seconds": 30}),
        ("day_after_moment", "2026-03-10", "2026-03-09T09:15:00Z"),
        ("midnight_of_another_day", "2026-03-09T23:00:00Z", "2026-03-09", _ZONE),
        ("only_another_day", "2026-03-09T09:00:00Z", "2026-03-10T09:00:00Z", {"date_only": True}),
    ),
    *_cases("boolean", ("yes_and_no", "yes", "no"), ("own_word_for_no", "aktiv", "0", {"true_words": ["aktiv"]})),
    *_cases("code", ("mapped_elsewhere", "active", "02", _CODES), ("other_code", "NET{n}", "NET{m}")),
)
"""Pairs that differ by one step from some that don't."""

BESIDE = {
    "country": Case("country", "country", "DE", "DE"),
    "city": Case("city", "text", "Berlin", "Berlin"),
    "postal_code": Case("postal_code", "postal_code", "10115", "10115"),
}
"""Columns that both sides fill the same, which some rules look at."""


def records(cases: Mapping[str, Case], count: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Both sides' records: `Id`, and a column of text for each case.

    Args:
        cases: column name to what stands in it.
        count: records of each side; the same `Id` is the same thing.
    """
    numbers = pl.DataFrame({"i": range(count)}).select(pl.col("i") + 1000)
    blanks = numbers.select(
        n=pl.col("i").cast(pl.String),
        m=(pl.col("i") + 1).cast(pl.String),
        x=pl.format("{}-1", "i"),
        x2=(pl.col("i") + 2).cast(pl.String),
        t=(pl.col("i") % 1000).cast(pl.String).str.zfill(3),
        z=(10000 + pl.col("i") % 80000).cast(pl.String),
        y=(10001 + pl.col("i") % 80000).cast(pl.String),
        usd=(pl.col("i") * 1.25).cast(pl.String),
        w=pl.format("q{}", pl.col("i").cast(pl.String).str.replace_many(list("0123456789"), list("abcdefghij"))),
    )
    return _side(cases, blanks, "crm"), _side(cases, blanks, "erp")


def _side(cases: Mapping[str, Case], blanks: pl.DataFrame, side: str) -> pl.DataFrame:
    columns = {name: _filled(getattr(case, side)) for name, case in cases.items()}
    return blanks.select(Id="n", **columns)


def _filled(template: str | None) -> pl.Expr:
    if template is None:
        return pl.lit(None, pl.String)
    parts = re.split(r"{(\w+)}", template)  # what stands at odd places is the name of a blank
    return pl.concat_str(pl.col(part) if at % 2 else pl.lit(part) for at, part in enumerate(parts))
