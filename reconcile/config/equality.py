"""What a configuration may say of how the values of one field are compared, and the rule that follows from it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, Literal
from zoneinfo import available_timezones

from pydantic import BeforeValidator, Field, WithJsonSchema, field_validator

from reconcile.config.model import Model, Name, Text
from reconcile.records import Kind
from reconcile.values import Reading
from reconcile.values.rule import Exchange, Rule

Counting = Literal[
    "case", "accents", "punctuation", "white_space", "script", "legal_form", "word_order", "honorific", "initials",
    "abbreviation", "street_type", "other_column", "zip_extension", "leading_zeros", "separators", "prefix", "national_form",
    "local_number", "country_code", "extension", "date_only",
]  # fmt: skip  # a table
"""Rules that a field may do without, by their reason code."""


def _as_nothing(value: object) -> object:
    """YAML reads `null` as no value at all; here it is a word. Case does not count."""
    if not isinstance(value, list | tuple):
        return value
    return ["null" if each is None else each.lower() if isinstance(each, str) else each for each in value]


_WORD = {"type": ["string", "number", "boolean", "null"]}
NothingWords = Annotated[
    tuple[Text, ...], BeforeValidator(_as_nothing), WithJsonSchema({"type": "array", "items": _WORD, "minItems": 1})
]


class Rates(Model):
    """Rates of exchange of one day."""

    base: Name = Field(description="The currency that tolerances are in, such as EUR.")
    at: dt.date = Field(description="The day that the rates are of, such as 2026-03-31.")
    per_base: dict[Name, Annotated[float, Field(gt=0)]] = Field(
        min_length=1, description="How much of a currency one unit of `base` buys, such as USD: 1.08."
    )


class Units(Model):
    """What each side counts in, where its records don't say."""

    crm: Name = Field(description="The CRM's unit: its name, sign or code, such as kg.")
    erp: Name = Field(description="The ERP's unit, such as t.")


class Equality(Model):
    """When the two values of a field are equal."""

    values: dict[Text, Text] | None = Field(None, description="Code map from the CRM's word to the ERP's, such as 已确认: 100.")
    tolerance: float = Field(
        0.0, ge=0, description="For numbers: the difference that still counts as equal, in the field's unit."
    )
    relative_tolerance: float = Field(
        0.0, ge=0, lt=1, description="For numbers: the same as a share of the greater one; 0.001 is a thousandth."
    )
    minor_units: float = Field(
        0.0, ge=0, description="For money: the same in the currency's smallest coin; 1 is a cent, a yen or a fils."
    )
    rates: Rates | None = Field(None, description="For money: rates at which amounts in two currencies are compared.")
    units: Units | None = Field(
        None, description="For quantities: the unit of each side, where no unit stands beside the number."
    )
    unit_field: Name | None = Field(
        None, description="For quantities: the field of the same entity that holds each record's unit."
    )
    zone: Name | None = Field(
        None, description="For dates and times: the zone whose days count where one side writes a day as a moment: Europe/Berlin."
    )
    date_only: bool = Field(False, description="For times: only the day counts.")
    days: int = Field(0, ge=0, description="For dates and times: so many days apart still counts as equal.")
    business_days: int = Field(0, ge=0, description="For dates and times: the same in days from Monday to Friday.")
    holidays: tuple[dt.date, ...] = Field((), description="For `business_days`: days that are none.")
    seconds: float = Field(0.0, ge=0, description="For times: so many seconds apart still counts as equal.")
    two_digit_years: bool = Field(
        False, description="For dates: 31.12.26 is read as 2026. Years from 69 on are those of the last century."
    )
    true_words: tuple[Text, ...] = Field((), description="For booleans: more words for yes.")
    false_words: tuple[Text, ...] = Field((), description="For booleans: more words for no.")
    separator: str | None = Field(
        None, min_length=1, description="The field holds several values, parted by this; their order does not count."
    )
    nothing: NothingWords | None = Field(
        None,
        description='What means that there is no value: of `null`, `""`, `N/A`, `0` and words of your own. If not given: empty '
        "ones, and N/A, null, none, nil, -, 无 and (blank).",
    )
    counts: tuple[Counting, ...] = Field(
        (), description="Rules that don't hold for this field, by their reason code: what they pass over does count here."
    )
    parts: tuple[Name, ...] | None = Field(
        None,
        description="For addresses: fields nearby in which a side may keep a part of this one; city, postal_code, region and "
        "the like if not given.",
    )

    @field_validator("zone")
    @classmethod
    def _a_zone(cls, zone: str | None) -> str | None:
        if zone is not None and zone not in available_timezones():
            raise ValueError(f"there is no time zone `{zone}`. Write it as Europe/Berlin or UTC.")
        return zone


_NUMBERS, _TIMES = (Kind.MONEY, Kind.QUANTITY), (Kind.DATE, Kind.DATETIME)
MEANT_FOR: dict[str, tuple[Kind, ...]] = {
    "tolerance": _NUMBERS,
    "relative_tolerance": _NUMBERS,
    "minor_units": (Kind.MONEY,),
    "rates": (Kind.MONEY,),
    "units": (Kind.QUANTITY,),
    "unit_field": (Kind.QUANTITY,),
    "zone": _TIMES,
    "date_only": (Kind.DATETIME,),
    "days": _TIMES,
    "business_days": _TIMES,
    "seconds": (Kind.DATETIME,),
    "two_digit_years": (Kind.DATE,),
    "true_words": (Kind.BOOLEAN,),
    "false_words": (Kind.BOOLEAN,),
}
"""Keys that say something of some kinds of field alone."""


def rule_of(kind: Kind, spec: Equality) -> Rule:
    """The rule of a field of this kind."""
    return Rule(
        kind,
        tolerance=spec.tolerance,
        relative=spec.relative_tolerance,
        minor_units=spec.minor_units,
        exchange=_exchange(spec.rates),
        units=(spec.units.crm, spec.units.erp) if spec.units else (None, None),
        zone=spec.zone,
        date_only=spec.date_only,
        days=spec.days,
        business_days=spec.business_days,
        holidays=spec.holidays,
        seconds=spec.seconds,
        separator=spec.separator,
        nothing=None if spec.nothing is None else spec.nothing,
        counts=frozenset(spec.counts),
        mapped=bool(spec.values),
    )


def misplaced(kind: Kind, spec: Equality) -> Iterator[tuple[str, tuple[Kind, ...]]]:
    """Keys that are given and say nothing of this kind of field, and the kinds that they are meant for."""
    for name, kinds in MEANT_FOR.items():
        if name in spec.model_fields_set and getattr(spec, name) and kind not in kinds:
            yield name, kinds


def _exchange(rates: Rates | None) -> Exchange | None:
    if rates is None:
        return None
    return Exchange(rates.base.upper(), rates.at, tuple((name.upper(), rate) for name, rate in rates.per_base.items()))


def reading_of(spec: Equality, reading: Reading) -> Reading:
    """How a system writes, with what this field says of its own."""
    yes, no = (tuple(word.lower() for word in said) for said in (spec.true_words, spec.false_words))
    return replace(reading, two_digit_years=spec.two_digit_years, true_words=yes, false_words=no)
