"""Dates and times: ISO first, then the forms that people type in the countries we serve. Times end in UTC."""

from __future__ import annotations

import polars as pl

from reconcile.values.sparing import cheap_first

_EXCEL_EPOCH_DAYS = 25_569
"""Days from Excel's day zero (1899-12-30) to 1970-01-01."""

_FULL_YEAR = r"\d{4}"
"""Without it, a year of two digits would be one of the first century."""


def date_from_text(text: pl.Expr, *, day_first: bool, two_digit_years: bool = False) -> pl.Expr:
    """Date of cleaned text; null where it is none, such as 31.02.2026, or 31.12.26 if years have four digits."""

    def iso(values: pl.Series) -> pl.Series:
        return values.str.to_date("%Y-%m-%d", strict=False)

    def typed(values: pl.Series) -> pl.Series:
        form = _typed_date(pl.col("v"), day_first=day_first, two_digit_years=two_digit_years)
        return values.to_frame("v").select(form).to_series()

    return text.map_batches(lambda values: cheap_first(values, iso, typed), return_dtype=pl.Date, is_elementwise=True)


def _typed_date(text: pl.Expr, *, day_first: bool, two_digit_years: bool) -> pl.Expr:
    day = text.str.replace(r"^(\d{4}-\d{2}-\d{2})[T ].*$", "$1").str.replace(r"^(\d{1,2}[./]\d{1,2}[./]\d{4}) .*$", "$1")
    full = pl.when(day.str.contains(_FULL_YEAR)).then(day)
    slashed = "%d/%m/%Y" if day_first else "%m/%d/%Y"
    formats = ("%Y-%m-%d", "%d.%m.%Y", slashed, "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%d %b %Y", "%d-%b-%Y")
    compact = pl.when(day.str.contains(r"^\d{8}$")).then(day).str.to_date("%Y%m%d", strict=False)
    if two_digit_years:
        short = pl.when(day.str.contains(r"^\d{1,2}([./-])\d{1,2}[./-]\d{2}$")).then(day)
        formats_of_short = ("%d.%m.%y", slashed.lower(), "%d-%m-%y" if day_first else "%m-%d-%y")
        compact = pl.coalesce(compact, *(short.str.to_date(f, strict=False) for f in formats_of_short))
    return pl.coalesce([full.str.to_date(f, strict=False) for f in formats] + [compact, _serial(day)])


def _serial(text: pl.Expr) -> pl.Expr:
    """Excel's day number, between the years 1954 and 2119."""
    days = pl.when(text.str.contains(r"^[2-7]\d{4}(?:\.0*)?$")).then(text).cast(pl.Float64, strict=False)
    return (days - _EXCEL_EPOCH_DAYS).cast(pl.Int32).cast(pl.Date)


def time_from_text(text: pl.Expr, *, day_first: bool, timezone: str) -> pl.Expr:
    """Datetime (UTC) of cleaned text; a time without zone is read in `timezone`, a date alone is its midnight there."""

    def zoned(values: pl.Series) -> pl.Series:
        return values.to_frame("v").select(_zoned(pl.col("v"), "%Y-%m-%dT%H:%M:%S%.f%z")).to_series()

    def typed(values: pl.Series) -> pl.Series:
        return values.to_frame("v").select(_typed_time(pl.col("v"), day_first=day_first, timezone=timezone)).to_series()

    utc = pl.Datetime("us", "UTC")
    return text.map_batches(lambda values: cheap_first(values, zoned, typed), return_dtype=utc, is_elementwise=True)


def _zoned(text: pl.Expr, form: str) -> pl.Expr:
    return _iso(text).str.to_datetime(form, strict=False, time_unit="us").dt.convert_time_zone("UTC")


def _iso(text: pl.Expr) -> pl.Expr:
    return text.str.replace(r"Z$", "+0000").str.replace(r"^(\d{4}-\d{2}-\d{2}) ", "${1}T")


def _typed_time(text: pl.Expr, *, day_first: bool, timezone: str) -> pl.Expr:
    typed = "%d/%m/%Y" if day_first else "%m/%d/%Y"
    naive_formats = (
        "%Y-%m-%dT%H:%M:%S%.f",
        "%Y-%m-%dT%H:%M",
        "%d.%m.%Y %H:%M:%S",
        "%d.%m.%Y %H:%M",
        f"{typed} %H:%M",
        f"{typed} %H:%M:%S",
    )
    full = pl.when(text.str.contains(_FULL_YEAR)).then(text)
    naive = [_iso(full).str.to_datetime(f, strict=False, time_unit="us") for f in naive_formats]
    midnight = date_from_text(text, day_first=day_first).cast(pl.Datetime("us"))
    local = pl.coalesce([*naive, midnight])
    return pl.coalesce(_zoned(text, "%Y-%m-%dT%H:%M%z"), in_utc(local, timezone))


def in_utc(naive: pl.Expr, timezone: str) -> pl.Expr:
    """A naive Datetime of a zone, in UTC; the hour that a clock skips becomes null, the one it repeats is its first."""
    return naive.dt.replace_time_zone(timezone, ambiguous="earliest", non_existent="null").dt.convert_time_zone("UTC")
