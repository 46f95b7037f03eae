"""Expectations of values: each record passes or fails by what stands in one of its columns."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from great_expectations.compatibility.pydantic import Field
from great_expectations.expectations.expectation import ColumnMapExpectation

from expectations.own.expected.found import Words
from expectations.own.expected.telling import Told

_COUNTRY = "The country of all values, by its code or name, such as DE; with country_column, of the records that name none."
_COUNTRY_COLUMN = "The column that says of which country each record is, by code or name."
_OF_COUNTRY: dict[str, Words] = {
    "country_column": (" of the country in $country_column", "，国家见 $country_column 列"),
    "country": (" of $country", "，国家为 $country"),
}
_ALSO: dict[str, Words] = {"also": ("; also allowed: $also", "；也允许：$also")}


class ExpectColumnValuesToBeValidTaxId(Told, ColumnMapExpectation):  # type: ignore[misc]  # Great Expectations is untyped for us
    """Expect the values to be tax numbers of their country, with the check digits that it prescribes.

    A country whose rules are not known judges nothing. Without a country the letters in front of the number say which it is.
    """

    country: str | None = Field(None, description=_COUNTRY)
    country_column: str | None = Field(None, description=_COUNTRY_COLUMN)
    also: list[str] = Field([], description="Further numbers that will do, as country and module of python-stdnum: de.stnr.")

    map_metric = "column_values.valid_tax_id"
    success_keys = ("country", "country_column", "also", "mostly")
    args_keys = ("column", "country")
    sentence: ClassVar[Words] = ("values must be valid tax numbers", "值必须是有效的税号")
    clauses: ClassVar[dict[str, Words]] = {**_OF_COUNTRY, **_ALSO}


class ExpectColumnValuesToBeValidNationalId(Told, ColumnMapExpectation):  # type: ignore[misc]  # as above
    """Expect the values to be numbers under which their country knows a company or a person.

    A country whose rules are not known judges nothing.
    """

    purpose: Literal["company", "person"] = Field("company", description="Whose numbers: company or person.")
    country: str | None = Field(None, description=_COUNTRY)
    country_column: str | None = Field(None, description=_COUNTRY_COLUMN)
    also: list[str] = Field([], description="Further numbers that will do, as country and module of python-stdnum: fr.siret.")

    map_metric = "column_values.valid_national_id"
    success_keys = ("purpose", "country", "country_column", "also", "mostly")
    args_keys = ("column", "purpose", "country")
    sentence: ClassVar[Words] = ("values must be valid national numbers of a $purpose", "值必须是有效的国家登记号码（$purpose）")
    clauses: ClassVar[dict[str, Words]] = {**_OF_COUNTRY, **_ALSO}


class ExpectColumnValuesToBeValidIdentifier(Told, ColumnMapExpectation):  # type: ignore[misc]  # as above
    """Expect the values to be numbers of an international scheme, such as LEI, EAN (GTIN), BIC, ISIN or IMO."""

    scheme: str = Field(description="The scheme, as python-stdnum calls it: lei, ean, bic, isin, isbn, imo, imei.")

    map_metric = "column_values.valid_identifier"
    success_keys = ("scheme", "mostly")
    args_keys = ("column", "scheme")
    sentence: ClassVar[Words] = ("values must be valid numbers of the scheme $scheme", "值必须是 $scheme 编码体系中的有效号码")


class ExpectColumnValuesToBeValidPhone(Told, ColumnMapExpectation):  # type: ignore[misc]  # as above
    """Expect the values to be telephone numbers that are given out in their country.

    Without country and country_column they have to be international, with a plus sign.
    """

    country: str | None = Field(None, description=_COUNTRY)
    country_column: str | None = Field(None, description=_COUNTRY_COLUMN)

    map_metric = "column_values.valid_phone"
    success_keys = ("country", "country_column", "mostly")
    args_keys = ("column", "country")
    sentence: ClassVar[Words] = ("values must be valid telephone numbers", "值必须是有效的电话号码")
    clauses: ClassVar[dict[str, Words]] = _OF_COUNTRY


class ExpectColumnValuesToBeValidEmail(Told, ColumnMapExpectation):  # type: ignore[misc]  # as above
    """Expect the values to be mail addresses that could be delivered to, international letters included."""

    map_metric = "column_values.valid_email"
    success_keys = ("mostly",)
    args_keys = ("column",)
    sentence: ClassVar[Words] = ("values must be valid mail addresses", "值必须是有效的电子邮件地址")


class ExpectColumnValuesToBeValidIban(Told, ColumnMapExpectation):  # type: ignore[misc]  # as above
    """Expect the values to be IBANs: length and form of the country, and the check digits."""

    map_metric = "column_values.valid_iban"
    success_keys = ("mostly",)
    args_keys = ("column",)
    sentence: ClassVar[Words] = ("values must be valid IBANs", "值必须是有效的 IBAN 账号")


class ExpectColumnValuesToBeValidCountry(Told, ColumnMapExpectation):  # type: ignore[misc]  # as above
    """Expect the values to be countries of ISO 3166."""

    form: Literal["alpha_2", "alpha_3", "numeric", "name", "any"] = Field(
        "alpha_2",
        description="How they are written: alpha_2 (DE), alpha_3 (DEU), numeric (276), name in any of ten languages, any.",
    )

    map_metric = "column_values.valid_country"
    success_keys = ("form", "mostly")
    args_keys = ("column", "form")
    sentence: ClassVar[Words] = ("values must be countries, written as $form", "值必须是国家，写法为 $form")


class ExpectColumnValuesToBeValidCurrency(Told, ColumnMapExpectation):  # type: ignore[misc]  # as above
    """Expect the values to be alphabetic codes of ISO 4217 that are in use."""

    map_metric = "column_values.valid_currency"
    success_keys = ("mostly",)
    args_keys = ("column",)
    sentence: ClassVar[Words] = ("values must be currency codes of ISO 4217", "值必须是 ISO 4217 货币代码")


class ExpectColumnValuesToBeValidPostalCode(Told, ColumnMapExpectation):  # type: ignore[misc]  # as above
    """Expect the values to have the form of postal codes of their country; a country without postal codes judges nothing."""

    country: str | None = Field(None, description=_COUNTRY)
    country_column: str | None = Field(None, description=_COUNTRY_COLUMN)

    map_metric = "column_values.valid_postal_code"
    success_keys = ("country", "country_column", "mostly")
    args_keys = ("column", "country")
    sentence: ClassVar[Words] = ("values must be valid postal codes", "值必须是有效的邮政编码")
    clauses: ClassVar[dict[str, Words]] = _OF_COUNTRY


class ExpectColumnValuesToNotBePlaceholders(Told, ColumnMapExpectation):  # type: ignore[misc]  # as above
    """Expect the values to say something: not `test`, `xxx`, `n/a`, `asdf`, 99999, 1900-01-01, or one digit over and over."""

    also: list[Any] = Field(
        [], description="Further words, numbers or days that stand for nothing; case and accents don't matter."
    )
    allowed: list[Any] = Field([], description="What is no placeholder here, although it looks like one.")

    map_metric = "column_values.not_placeholder"
    success_keys = ("also", "allowed", "mostly")
    args_keys = ("column",)
    dimension: ClassVar[str] = "completeness"
    sentence: ClassVar[Words] = (
        "values must not be placeholders such as test, xxx or 99999",
        "值不能是占位内容，如 test、xxx、99999",
    )
    clauses: ClassVar[dict[str, Words]] = {
        "also": (", nor $also", "，也不能是 $also"),
        "allowed": ("; $allowed are none", "；$allowed 除外"),
    }


class ExpectColumnValuesToNotBeMojibake(Told, ColumnMapExpectation):  # type: ignore[misc]  # as above
    """Expect the values to have been read in the encoding they were written in: not MÃ¼ller, not 锟斤拷, no lost characters."""

    map_metric = "column_values.not_mojibake"
    success_keys = ("mostly",)
    args_keys = ("column",)
    sentence: ClassVar[Words] = ("values must not be garbled by a wrong encoding", "值不能是乱码（编码读取错误）")


class ExpectColumnValuesToBeUniqueAfterNormalising(Told, ColumnMapExpectation):  # type: ignore[misc]  # as above
    """Expect no two values to differ only in how they are written, such as Müller GmbH and MUELLER."""

    kind: str = Field(
        description="What the column holds, which says what doesn't matter: company_name, address, phone, tax_id, code."
    )

    map_metric = "column_values.unique_normalised"
    success_keys = ("kind", "mostly")
    args_keys = ("column", "kind")
    dimension: ClassVar[str] = "uniqueness"
    sentence: ClassVar[Words] = (
        "values must be unique, however they are written (as $kind)",
        "值在规范化之后必须唯一（按 $kind 处理）",
    )
