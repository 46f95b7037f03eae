"""Harmless variation: the same said in another way on one side. A run that reports it cries wolf."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np
import polars as pl

from reconcile.sandbox.company import ADDRESS, ENTITIES, HARMLESS, Company, cents, changed, decimal_text, view
from reconcile.sandbox.objects import CRM, ERP

_ASCII = "".join(chr(code) for code in range(0x21, 0x7F))
_FULL_WIDTH = "".join(chr(code + 0xFEE0) for code in range(0x21, 0x7F))
_UMLAUTS = {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"}
_ALPHA_3 = {"DE": "DEU", "GB": "GBR", "US": "USA", "CN": "CHN"}
_SPELT_OUT = {
    " GmbH & Co. KG": " GmbH & Co KG", " GmbH": " Gesellschaft mit beschränkter Haftung", " AG": " Aktiengesellschaft",
    " KG": " Kommanditgesellschaft", " Ltd": " Limited", " Limited": " Ltd.", " plc": " PLC", " Inc.": " Incorporated",
    " LLC": " L.L.C.", " Corp.": " Corporation", " Corporation": " Corp", "有限责任公司": "有限公司", "股份有限公司": "股份公司",
    "有限公司": "有限责任公司",
}  # fmt: skip  # a table; of two endings that fit, the first counts
_DOTTED = {" GmbH & Co. KG": " GmbH und Co. KG", " GmbH": " G.m.b.H.", " Ltd": " Ltd.", " Inc.": " Inc", " Corp.": " Corp"}


_SHORTEST = {
    "name": 80, "street": 60, "city": 40, "postal_code": 10, "phone": 30, "tax_id": 20, "website": 132, "first_name": 40,
    "last_name": 40, "title": 40,
}  # fmt: skip  # a table
"""The longest value that both systems take, so that a value can still be copied to the other side."""


@dataclass(frozen=True)
class Variation:
    """One way of writing: where it is met, how often, and what becomes of the value (null: not possible here)."""

    name: str
    entity: str
    field: str
    column: str
    """`crm.Name`: the side and field that get the other form."""
    share: float
    """Of the records where it is possible."""
    form: pl.Expr


def _ending(column: str, forms: dict[str, str]) -> pl.Expr:
    name = pl.col(column)
    return pl.coalesce(pl.when(name.str.ends_with(old)).then(name.str.strip_suffix(old) + new) for old, new in forms.items())


def _german(column: str) -> pl.Expr:
    return pl.col(column).str.replace_many(list(_UMLAUTS), list(_UMLAUTS.values()))


def _wide(column: str, only: str = "[0-9A-Za-z]") -> pl.Expr:
    has_chinese = pl.col(column).str.contains(r"\p{Han}") & pl.col(column).str.contains(only)
    return pl.when(has_chinese).then(pl.col(column).str.replace_many(list(_ASCII), list(_FULL_WIDTH)))


def _spaced(column: str) -> pl.Expr:
    return pl.format("{} ", pl.col(column).str.replace_all(" ", "  ", literal=True))


def _unusual_spaces(column: str) -> pl.Expr:
    text = pl.col(column)
    return pl.when(text.str.contains(" ")).then(text.str.replace_all(" ", "\u00a0", literal=True)).otherwise(text + "\u3000")


def short_street(column: str) -> pl.Expr:
    """The street with `Str.`, `St.`, `Rd.`, `Ave.` or `Ln` for the whole word."""
    long = ["straße", "Straße", "Street", "Road", "Avenue", "Lane"]
    return pl.col(column).str.replace_many(long, ["str.", "Str.", "St.", "Rd.", "Ave.", "Ln"])


def _national(column: str) -> pl.Expr:
    """`030-123456`, `(212) 5550123`: as it is dialled inside the country."""
    phone = pl.col(column)
    american = phone.str.replace(r"^\+1 (\d+) (\d{3})(\d+)$", "($1) $2-$3")
    return pl.when(phone.str.starts_with("+1 ")).then(american).otherwise(phone.str.replace(r"^\+\d+ (\d+) (\d+)$", "0$1-$2"))


def _double_zero(column: str) -> pl.Expr:
    return pl.when(~pl.col(column).str.starts_with("+1 ")).then(pl.col(column).str.replace(r"^\+(\d+) (\d+) ", "00$1 $2/"))


def _trunk_zero(column: str) -> pl.Expr:
    return pl.when(pl.col(column).str.contains(r"^\+(49|44) ")).then(pl.col(column).str.replace(r"^(\+\d+) ", "$1 (0)"))


def _dashes(column: str) -> pl.Expr:
    return pl.col(column).str.replace_all(" ", "-", literal=True)


def _in_groups(column: str) -> pl.Expr:
    european = pl.col(column).str.contains(r"^(GB|DE)\d{9}$")
    groups = pl.col(column).str.replace(r"^(..)(\d{3})(\d{3})(\d{3})$", "$1 $2 $3 $4")
    chinese = pl.col(column).str.replace(r"^(.{6})(.{6})(.{6})$", "$1 $2 $3")
    return pl.when(european).then(groups).when(pl.col(column).str.len_chars() == 18).then(chinese)


def _without_prefix(column: str) -> pl.Expr:
    return pl.col(column).str.replace(r"^(GB|DE)", "").str.replace(r"^(\d\d)-(\d{7})$", "$1$2")


def _a_cent_more(column: str) -> pl.Expr:
    return decimal_text(cents(pl.col(column)) + 1)


def _short_decimal(column: str) -> pl.Expr:
    return pl.col(column).str.replace(r"\.?0+$", "")


def _empty(column: str) -> pl.Expr:
    return pl.when(pl.col(column).is_null()).then(pl.lit(""))


_NAME, _OTHER_NAME = "crm.Name", "erp.BusinessPartnerFullName"
_CUSTOMERS = (
    ("legal_form_spelt_out", "name", _OTHER_NAME, 0.1, _ending(_OTHER_NAME, _SPELT_OUT)),
    ("legal_form_dotted", "name", _NAME, 0.06, _ending(_NAME, _DOTTED)),
    ("upper_case", "name", _OTHER_NAME, 0.05, pl.col(_OTHER_NAME).str.to_uppercase()),
    ("lower_case", "name", _NAME, 0.02, pl.col(_NAME).str.to_lowercase()),
    ("full_width_letters", "name", _NAME, 0.3, _wide(_NAME, "[A-Z]")),
    ("half_width_parentheses", "name", _OTHER_NAME, 0.3, pl.col(_OTHER_NAME).str.replace_many(["（", "）"], ["(", ")"])),
    ("extra_spaces", "name", _NAME, 0.04, _spaced(_NAME)),
    ("unusual_spaces", "name", _OTHER_NAME, 0.03, _unusual_spaces(_OTHER_NAME)),
    ("invisible_characters", "name", _NAME, 0.02, pl.format("\u200b{}\ufeff", pl.col(_NAME))),
    ("ampersand_in_words", "name", _OTHER_NAME, 0.1, pl.col(_OTHER_NAME).str.replace(r"^(\S+) & ", "$1 and ")),
    ("apostrophe_and_comma", "name", _NAME, 0.1, pl.col(_NAME).str.replace("'", "’").str.replace(r" (Ltd|LLC|Inc\.)$", ", $1")),
    ("umlaut_spelling", "name", _OTHER_NAME, 0.15, _german(_OTHER_NAME)),
    ("decomposed_letters", "name", _NAME, 0.06, pl.col(_NAME).str.normalize("NFD")),
    ("street_abbreviated", "street", "erp.StreetName", 0.3, short_street("erp.StreetName")),
    ("umlaut_spelling", "street", "crm.BillingStreet", 0.1, _german("crm.BillingStreet")),
    ("full_width_digits", "street", "crm.BillingStreet", 0.1, _wide("crm.BillingStreet")),
    ("upper_case", "street", "erp.StreetName", 0.04, pl.col("erp.StreetName").str.to_uppercase()),
    ("umlaut_spelling", "city", "erp.CityName", 0.1, _german("erp.CityName")),
    ("upper_case", "city", "erp.CityName", 0.05, pl.col("erp.CityName").str.to_uppercase()),
    ("extra_spaces", "city", "crm.BillingCity", 0.02, _spaced("crm.BillingCity")),
    ("postal_code_unspaced", "postal_code", "erp.PostalCode", 0.2,
     pl.col("erp.PostalCode").str.replace_all(" ", "", literal=True)),
    ("country_as_three_letters", "country", "erp.Country", 0.5, pl.col("erp.Country").replace_strict(_ALPHA_3)),
    ("phone_national", "phone", "erp.PhoneNumber", 0.15, _national("erp.PhoneNumber")),
    ("phone_double_zero", "phone", "erp.PhoneNumber", 0.1, _double_zero("erp.PhoneNumber")),
    ("phone_trunk_zero", "phone", "crm.Phone", 0.06, _trunk_zero("crm.Phone")),
    ("phone_dashes", "phone", "crm.Phone", 0.1, _dashes("crm.Phone")),
    ("tax_id_in_groups", "tax_id", "crm.TaxId__c", 0.1, _in_groups("crm.TaxId__c")),
    ("tax_id_without_prefix", "tax_id", "erp.TaxNumber", 0.12, _without_prefix("erp.TaxNumber")),
    ("email_case", "email", "erp.EmailAddress", 0.08, pl.col("erp.EmailAddress").str.to_uppercase()),
    ("website_without_scheme", "website", "erp.WebsiteURL", 0.15, pl.col("erp.WebsiteURL").str.replace("https://", "")),
    ("website_bare_domain", "website", "erp.WebsiteURL", 0.1, pl.col("erp.WebsiteURL").str.replace(r"https://www\.", "http://")),
    ("website_trailing_slash", "website", "crm.Website", 0.1, pl.col("crm.Website") + "/"),
    ("empty_for_null", "website", "erp.WebsiteURL", 0.5, _empty("erp.WebsiteURL")),
    ("empty_for_null", "tax_id", "erp.TaxNumber", 0.3, _empty("erp.TaxNumber")),
    ("trailing_zeros", "credit_limit", "erp.CreditLimitAmount", 0.2, _short_decimal("erp.CreditLimitAmount")),
    ("a_cent_apart", "credit_limit", "erp.CreditLimitAmount", 0.03, _a_cent_more("erp.CreditLimitAmount")),
)  # fmt: skip  # a table
_CONTACTS = (
    ("upper_case", "last_name", "erp.LastName", 0.05, pl.col("erp.LastName").str.to_uppercase()),
    ("umlaut_spelling", "last_name", "erp.LastName", 0.15, _german("erp.LastName")),
    ("apostrophe_and_comma", "last_name", "crm.LastName", 0.3, pl.col("crm.LastName").str.replace("'", "’")),
    ("extra_spaces", "first_name", "crm.FirstName", 0.03, _spaced("crm.FirstName")),
    ("decomposed_letters", "first_name", "erp.FirstName", 0.1, pl.col("erp.FirstName").str.normalize("NFD")),
    ("email_case", "email", "erp.EmailAddress", 0.06, pl.col("erp.EmailAddress").str.to_uppercase()),
    ("phone_dashes", "phone", "crm.Phone", 0.1, _dashes("crm.Phone")),
    ("phone_double_zero", "phone", "erp.PhoneNumber", 0.06, _double_zero("erp.PhoneNumber")),
    ("upper_case", "title", "erp.FunctionName", 0.05, pl.col("erp.FunctionName").str.to_uppercase()),
    ("empty_for_null", "title", "erp.FunctionName", 0.5, _empty("erp.FunctionName")),
)
_PRODUCTS = (
    ("upper_case", "name", "erp.ProductDescription", 0.06, pl.col("erp.ProductDescription").str.to_uppercase()),
    ("extra_spaces", "name", "crm.Name", 0.05, _spaced("crm.Name")),
    ("full_width_letters", "name", "erp.ProductDescription", 0.2, _wide("erp.ProductDescription")),
    ("trailing_zeros", "price", "crm.Price__c", 0.3, _short_decimal("crm.Price__c")),
    ("a_cent_apart", "price", "erp.StandardPrice", 0.05, _a_cent_more("erp.StandardPrice")),
    ("trailing_zeros", "stock", "erp.AvailableQuantity", 0.3, _short_decimal("erp.AvailableQuantity")),
)
_DOCUMENTS = (
    ("a_cent_apart", "orders", "amount", "erp.TotalNetAmount", 0.02, _a_cent_more("erp.TotalNetAmount")),
    ("trailing_zeros", "orders", "amount", "crm.TotalAmount__c", 0.3, _short_decimal("crm.TotalAmount__c")),
    ("a_cent_apart", "order_lines", "amount", "erp.NetAmount", 0.01, _a_cent_more("erp.NetAmount")),
    ("trailing_zeros", "order_lines", "quantity", "erp.RequestedQuantity", 0.2, _short_decimal("erp.RequestedQuantity")),
    ("a_cent_apart", "invoices", "amount", "crm.Amount__c", 0.02, _a_cent_more("crm.Amount__c")),
    ("trailing_zeros", "payments", "amount", "erp.AmountInTransactionCurrency", 0.2,
     _short_decimal("erp.AmountInTransactionCurrency")),
    ("upper_case", "shipments", "carrier", "erp.ShippingCarrier", 0.05, pl.col("erp.ShippingCarrier").str.to_uppercase()),
    ("tracking_in_groups", "shipments", "tracking", "crm.TrackingNumber__c", 0.05,
     pl.col("crm.TrackingNumber__c").str.replace(r"^(.{4})(.{4})", "$1 $2 ")),
    ("seconds_with_fraction", "shipments", "shipped_at", "erp.ActualGoodsMovementDateTime", 0.05,
     pl.col("erp.ActualGoodsMovementDateTime").str.replace("Z", ".000Z")),
)  # fmt: skip  # a table

VARIATIONS = (
    *(Variation(name, "customers", field, column, share, form) for name, field, column, share, form in _CUSTOMERS),
    *(Variation(name, "contacts", field, column, share, form) for name, field, column, share, form in _CONTACTS),
    *(Variation(name, "products", field, column, share, form) for name, field, column, share, form in _PRODUCTS),
    *(Variation(*row) for row in _DOCUMENTS),
)


def vary(company: Company, seed: int) -> Company:
    """The company with one other form at most for each field of a record, and the log of them."""
    rows = {**company.crm, **company.erp}
    logs = [company.harmless]
    for entity, pairs in company.pairs.items():
        frame = view(rows, pairs, entity)
        varied: dict[str, np.ndarray[tuple[int], np.dtype[np.bool_]]] = {}
        for each in (v for v in VARIATIONS if v.entity == entity):
            name, column, length = _target(each)
            length = min(length, _SHORTEST.get(each.field, length))
            old = frame[each.column]
            new = frame.with_columns(each.form.alias("new"))["new"]
            possible = (new.is_not_null() & new.ne_missing(old) & (new.str.len_chars() <= length).fill_null(False)).to_numpy()
            rng = np.random.default_rng([seed, zlib.crc32(f"{each.name} {entity} {each.field}".encode())])
            taken = varied.get(each.field, np.zeros(frame.height, dtype=np.bool_))
            hit = possible & ~taken & (rng.random(frame.height) < each.share)
            varied[each.field] = taken | hit
            chosen = frame.filter(hit)
            side = "crm_key" if name in CRM else "erp_key"
            rows[name] = changed(rows[name], name, chosen[side], {column: new.filter(hit)})
            constants = {"variation": each.name, "entity": entity, "field": each.field}
            logs.append(
                chosen.select("crm_key", "erp_key", **{n: pl.lit(v) for n, v in constants.items()}).select(HARMLESS.names())
            )
    return Company({n: rows[n] for n in company.crm}, {n: rows[n] for n in company.erp}, company.pairs, pl.concat(logs))


def _target(each: Variation) -> tuple[str, str, int]:
    """The object, its field and the longest value of it."""
    side, column = each.column.split(".")
    crm, erp = ENTITIES[each.entity]
    for name in [crm] if side == "crm" else [erp, ADDRESS]:
        spec = {**CRM, **ERP}[name].field(column)
        if spec:
            return name, column, spec.length
    raise KeyError(each.column)
