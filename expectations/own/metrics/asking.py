"""What the metrics of values ask of a column: that it is text, and which country each of its values is of."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import polars as pl

from expectations.engine.define import Asked
from reconcile.errors import RuleUnfit
from reconcile.values.places import country_codes

_REMEMBERED = 2_000_000
"""Distinct values of one column that are remembered from piece to piece."""

ByCountry = Callable[[pl.Series, pl.Series], pl.Series]


def text(column: pl.Expr, asked: Asked, what: str) -> pl.Expr:
    """The column, which must be text; one of nothing but null has no type and is text too.

    Raises:
        RuleUnfit: it holds something else.
    """
    if not isinstance(asked.dtype, pl.String | pl.Categorical | pl.Enum | pl.Null):
        raise RuleUnfit(
            f"The column {asked.names[0]} holds {asked.dtype}, and {what} are text",
            hint="Name the column that holds them, or read it as text (`kinds:` of the suite), since numbers lose leading zeros.",
        )
    return column.cast(pl.String)


def given(value: str | None, keyword: str) -> str:
    """A keyword that a run fills in, and that whoever asks without a run must write.

    Raises:
        RuleUnfit: it is missing.
    """
    if not value:
        raise RuleUnfit(f"{keyword} is missing", hint=f"A project's run knows it; for a file, write {keyword} under kwargs.")
    return value


def columns_told(schema: Iterable[str]) -> str:
    """The columns that a rule can name, without those of evidence, as they stand in a message."""
    return ", ".join(name for name in schema if not name.startswith(("_", "raw:")))


def fixed_country(country: str) -> str:
    """Alpha-2 of a country by any of its names.

    Raises:
        RuleUnfit: there is no such country.
    """
    found = country_codes().get(country.strip().upper())
    if found is None:
        raise RuleUnfit(f"country: {country} is no country", hint="Write its code of ISO 3166, such as DE.")
    return found


def each_country(asked: Asked, country: str | None, country_column: str | None) -> pl.Expr:
    """Alpha-2 of each row's country: the column's, else the fixed one, else null.

    Raises:
        RuleUnfit: there is no such column or country.
    """
    fixed = pl.lit(fixed_country(country) if country else None, pl.String)
    if country_column is None:
        return fixed
    if country_column not in asked.schema:
        hint = f"The columns are {columns_told(asked.schema)}."
        raise RuleUnfit(f"country_column: there is no column {country_column}", hint=hint)
    named = pl.col(country_column).cast(pl.String).str.strip_chars().str.to_uppercase()
    return pl.coalesce(named.replace_strict(country_codes(), default=None, return_dtype=pl.String), fixed)


def on_values(value: pl.Expr, judge: Callable[[pl.Series], pl.Series]) -> pl.Expr:
    """Boolean for each row: what `judge` says of each distinct value; true where it says nothing."""
    return on_distinct_pairs(value, pl.lit(None, pl.String), lambda values, _: judge(values))


def on_distinct_pairs(value: pl.Expr, country: pl.Expr, judge: ByCountry) -> pl.Expr:
    """Boolean for each row: what `judge` says of each distinct value of a country; true where it says nothing.

    A streamed column comes in pieces, perhaps two at a time: what is known of the pieces before is kept without a lock, since at
    worst something is judged again.
    """
    remembered = [pl.DataFrame(schema={"value": pl.String, "country": pl.String, "fits": pl.Boolean})]

    def judged(cells: pl.Series) -> pl.Series:
        pairs, known = cells.struct.unnest(), remembered[0]
        some = pairs.filter(pl.col("value").is_not_null()).unique()
        new = some.join(known, on=["value", "country"], how="anti", nulls_equal=True) if known.height else some
        told = pl.concat([known, new.with_columns(judge(new["value"], new["country"]).cast(pl.Boolean).alias("fits"))])
        if told.height <= _REMEMBERED:
            remembered[0] = told
        joined = pairs.join(told, on=["value", "country"], how="left", nulls_equal=True, maintain_order="left")
        return joined["fits"].fill_null(value=True)

    cells = pl.struct(value=value.cast(pl.String), country=country.cast(pl.String))
    return cells.map_batches(judged, return_dtype=pl.Boolean, is_elementwise=True)
