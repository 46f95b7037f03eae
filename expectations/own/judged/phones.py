"""Telephone numbers that are plainly valid, in bulk, by the library's own patterns; of all others the library is asked."""

from __future__ import annotations

from functools import cache
from typing import Any

import polars as pl
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata

_PLAIN = r"^[+(]?[0-9][0-9 ().-]*[0-9]$"
_TYPES = [
    "fixed_line",
    "mobile",
    "toll_free",
    "premium_rate",
    "shared_cost",
    "voip",
    "personal_number",
    "pager",
    "uan",
    "voicemail",
]


def plainly_valid(values: pl.Series, countries: pl.Series) -> pl.Series:
    """True where a number is plainly one that is given out; null where the library has to be asked.

    Args:
        values: distinct numbers as they are written.
        countries: alpha-2 of each, which says how a number without calling code is read.
    """
    digits = values.str.replace_all(r"[^0-9]", "")
    plain = values.str.contains(_PLAIN)
    abroad = values.str.starts_with("+")
    frame = pl.DataFrame({"digits": digits, "country": countries, "abroad": abroad}).with_row_index("row").filter(plain)
    valid = [_international(frame.filter("abroad")), _national(frame.filter(~pl.col("abroad")))]
    rows = pl.concat(valid)
    found = pl.repeat(None, values.len(), dtype=pl.Boolean, eager=True).alias(values.name)
    return found.scatter(rows, True) if rows.len() else found


def _international(frame: pl.DataFrame) -> pl.Series:
    """Rows of international numbers that are plainly valid."""
    codes = "|".join(sorted((str(code) for code in COUNTRY_CODE_TO_REGION_CODE), key=len, reverse=True))
    parts = frame.with_columns(
        code=pl.col("digits").str.extract(rf"^({codes})"), rest=pl.col("digits").str.replace(rf"^(?:{codes})", "")
    )
    rows = [pl.Series("row", [], pl.UInt32)]
    for (code,), group in parts.drop_nulls("code").group_by("code"):
        first = _first_region(int(str(code)))
        if first is not None:
            no_trunk = ~pl.col("rest").str.contains(f"^(?:{first.national_prefix_for_parsing or '$'})")
            rows.append(group.filter(_given_out(pl.col("rest"), first) & no_trunk)["row"])
    return pl.concat(rows)


def _national(frame: pl.DataFrame) -> pl.Series:
    """Rows of numbers as they are dialled in their country that are plainly valid."""
    rows = [pl.Series("row", [], pl.UInt32)]
    for (country,), group in frame.drop_nulls("country").group_by("country"):
        own = PhoneMetadata.metadata_for_region(str(country), None)
        first = _first_region(own.country_code) if own else None
        if own is None or first is None:
            continue
        digits, trunk = pl.col("digits"), own.national_prefix_for_parsing or ""
        simple = trunk.isdigit() and not own.national_prefix_transform_rule
        rest = digits.str.strip_prefix(trunk) if simple else digits
        odd = digits.str.contains(f"^(?:{own.international_prefix or '$'})") | digits.str.starts_with(str(own.country_code))
        if trunk and not simple:
            odd = odd | digits.str.contains(f"^(?:{trunk})")
        rows.append(group.filter(_given_out(rest, own) & _given_out(rest, first) & ~odd)["row"])
    return pl.concat(rows)


@cache
def _first_region(code: int) -> Any:
    """Of a calling code, the region that the library asks first; None where it looks at the first digits before that."""
    metadata = PhoneMetadata.metadata_for_region(COUNTRY_CODE_TO_REGION_CODE[code][0], None)
    return None if metadata is None or metadata.leading_digits else metadata


def _given_out(rest: pl.Expr, region: Any) -> pl.Expr:
    """Whether the number, without calling code and trunk prefix, is of a kind that the region gives out."""
    kinds = [kind for name in _TYPES if (kind := getattr(region, name)) is not None and kind.national_number_pattern]
    return pl.any_horizontal([pl.lit(value=False), *(_fits(rest, kind) for kind in kinds)]) & _fits(rest, region.general_desc)


def _fits(rest: pl.Expr, kind: Any) -> pl.Expr:
    fits = rest.str.contains(f"^(?:{kind.national_number_pattern})$")
    return fits & rest.str.len_chars().is_in(list(kind.possible_length)) if kind.possible_length else fits
