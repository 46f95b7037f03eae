"""Expectations of values that follow from others of the same record."""

from __future__ import annotations

from typing import ClassVar

from great_expectations.compatibility.pydantic import Field
from great_expectations.expectations.expectation import ColumnMapExpectation

from expectations.own.expected.found import Words
from expectations.own.expected.telling import Told

_TOLERANCE = "How far off a value may be, such as 0.01 for amounts that are rounded to cents."


class ExpectColumnValuesToBeSumOf(Told, ColumnMapExpectation):  # type: ignore[misc]  # Great Expectations is untyped for us
    """Expect the values to be the sum of other columns of their record, such as net and tax."""

    sum_columns: list[str] = Field(description="The columns that are added up, such as [net, tax].")
    tolerance: float = Field(0.01, description=_TOLERANCE)

    map_metric = "column_values.sum_of"
    success_keys = ("sum_columns", "tolerance", "mostly")
    args_keys = ("column", "sum_columns")
    dimension: ClassVar[str] = "consistency"
    sentence: ClassVar[Words] = (
        "values must be the sum of $sum_columns, within $tolerance",
        "值必须等于 $sum_columns 之和，允许误差 $tolerance",
    )


class ExpectColumnValuesToBeProductOf(Told, ColumnMapExpectation):  # type: ignore[misc]  # as above
    """Expect the values to be the product of other columns of their record, such as quantity and price, less a discount."""

    factor_columns: list[str] = Field(description="The columns that are multiplied, such as [quantity, price].")
    discount_column: str | None = Field(None, description="A column with the share that is taken off, 0 to 1.")
    tolerance: float = Field(0.01, description=_TOLERANCE)

    map_metric = "column_values.product_of"
    success_keys = ("factor_columns", "discount_column", "tolerance", "mostly")
    args_keys = ("column", "factor_columns")
    dimension: ClassVar[str] = "consistency"
    sentence: ClassVar[Words] = (
        "values must be the product of $factor_columns, within $tolerance",
        "值必须等于 $factor_columns 之积，允许误差 $tolerance",
    )
    clauses: ClassVar[dict[str, Words]] = {
        "discount_column": (", less the share in $discount_column", "，并扣除 $discount_column 的比例")
    }


class ExpectColumnValuesToBeDeterminedBy(Told, ColumnMapExpectation):  # type: ignore[misc]  # as above
    """Expect records that are the same in some columns to have the same value, as one city for each city code."""

    by_columns: list[str] = Field(description="The columns that decide the value, such as [city_code].")

    map_metric = "column_values.determined_by"
    success_keys = ("by_columns", "mostly")
    args_keys = ("column", "by_columns")
    dimension: ClassVar[str] = "consistency"
    sentence: ClassVar[Words] = (
        "values must be those that most records with the same $by_columns have",
        "$by_columns 相同的记录，值必须与其中多数记录一致",
    )
