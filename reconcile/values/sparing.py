"""A column brought into another form with as little work as there is: only where it differs, and once for each value."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

Form = Callable[[pl.Series], pl.Series]


def only_where(values: pl.Series, pattern: str, form: Form) -> pl.Series:
    """The values, of which those that match the pattern are in the form; of all others it is known that they are already.

    Args:
        values: strings; null stays null.
        pattern: a regular expression.
        form: gets strings without null and gives as many.
    """
    rows = values.str.contains(pattern).fill_null(value=False).arg_true()
    if rows.is_empty():
        return values
    return values.clone().scatter(rows, form(values.gather(rows)))  # it writes into what it is called on


def where_needed(text: pl.Expr, pattern: str, form: Form) -> pl.Expr:
    """The same of an expression of strings: the form of those values alone that match the pattern."""
    return text.map_batches(lambda values: only_where(values, pattern, form), return_dtype=pl.String, is_elementwise=True)


def once(text: pl.Expr, form: Callable[[pl.Expr], pl.Expr], dtype: type[pl.DataType] = pl.String) -> pl.Expr:
    """A form in which the text occurs several times: polars makes a text by Python's functions anew wherever it occurs.

    Args:
        text: an expression of strings.
        form: gets a column, gives one value of `dtype` for each of its values.
        dtype: of the form.
    """

    def formed(values: pl.Series) -> pl.Series:
        return values.to_frame("v").select(form(pl.col("v")).alias(values.name)).to_series()

    return text.map_batches(formed, return_dtype=dtype, is_elementwise=True)


def each_once(values: pl.Series, form: Form) -> pl.Series:
    """Each value in the form, which is given every distinct one once, null among them, and gives as many."""
    distinct = values.unique()
    known = pl.DataFrame([distinct.alias("v"), form(distinct).alias("f")])
    return values.to_frame("v").join(known, on="v", how="left", maintain_order="left", nulls_equal=True)["f"].alias(values.name)


def cheap_first(values: pl.Series, cheap: Form, dear: Form) -> pl.Series:
    """What the cheap form makes of the values, and what the dear one makes of those that the cheap one leaves null.

    Args:
        values: strings; null stays null.
        cheap: gets all values; null where it can't tell.
        dear: gets the values that are left, without null.
    """
    found = cheap(values)
    rows = (found.is_null() & values.is_not_null()).arg_true()
    if rows.is_empty():
        return found
    return found.clone().scatter(rows, dear(values.gather(rows)))  # it writes into what it is called on
