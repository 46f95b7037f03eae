"""Expectations that read another table: the parent's, the crosswalk, a code map, the other system's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from great_expectations.compatibility.pydantic import Field
from great_expectations.expectations.expectation import BatchExpectation, ColumnMapExpectation

from expectations.own.expected.found import JOINED, Words, field, value_told
from expectations.own.expected.telling import Told
from reconcile.records import KEY

_TOLD = 3
"""Groups that differ, in one sentence; `details` has more."""
_DIFFER: Words = ("{different} of {groups} groups differ", "共 {groups} 组，其中 {different} 组不一致")
_AGREE: Words = ("{groups} groups agree", "{groups} 组全部一致")
_SIDES: Words = ("{measure} {here} here, {there} there", "{measure}：本系统 {here}，对方系统 {there}")
_GROUP: Words = ("{group}: {sides}", "{group}（{sides}）")
_RECORDS: Words = ("records", "记录数")
_NONE: Words = ("none", "无")
_LISTED: Words = (", ", "，")


class ExpectColumnValuesToBeInCodeMap(Told, ColumnMapExpectation):  # type: ignore[misc]  # Great Expectations is untyped for us
    """Expect the values to be codes of the field's code map."""

    value_set: list[Any] | None = Field(None, description="The codes; $codes, the field's code map in the project, if not given.")
    loosely: bool = Field(False, description="true: case, leading zeros and separators don't matter.")

    map_metric = "column_values.in_code_map"
    success_keys = ("value_set", "loosely", "mostly")
    args_keys = ("column", "value_set")
    sentence: ClassVar[Words] = ("values must be in the code map", "值必须在代码映射中")
    clauses: ClassVar[dict[str, Words]] = {
        "value_set": (": $value_set", "：$value_set"),
        "loosely": (", whatever their case and zeros", "，不区分大小写和前导零"),
    }


class ExpectColumnValuesToExistInParent(Told, ColumnMapExpectation):  # type: ignore[misc]  # as above
    """Expect the values to be keys of records of another entity of the same system."""

    parent: str = Field(description="The entity that the column refers to, such as customers.")
    parent_key: str = Field(KEY, description="The column of the parent that is referred to; its key if not given.")

    map_metric = "column_values.in_parent"
    success_keys = ("parent", "parent_key", "mostly")
    args_keys = ("column", "parent")
    dimension: ClassVar[str] = "integrity"
    sentence: ClassVar[Words] = ("values must exist in $parent of the same system", "值必须存在于同一系统的 $parent 中")


class ExpectColumnValuesToBeInCrosswalk(Told, ColumnMapExpectation):  # type: ignore[misc]  # as above
    """Expect the values to be keys that the crosswalk links to the other system."""

    entity: str | None = Field(None, description="The entity whose links count, such as customers; filled in by a run.")
    system: Literal["crm", "erp"] | None = Field(None, description="Whose keys they are: crm or erp; filled in by a run.")

    map_metric = "column_values.in_crosswalk"
    success_keys = ("entity", "system", "mostly")
    args_keys = ("column", "entity", "system")
    dimension: ClassVar[str] = "integrity"
    sentence: ClassVar[Words] = (
        "values must be linked to the other system (keys of $entity in the $system)",
        "值必须已与另一系统关联（$system 的 $entity 主键）",
    )


class ExpectColumnValuesToCoverSumOfRecords(Told, ColumnMapExpectation):  # type: ignore[misc]  # as above
    """Expect the values to be at least a sum over the records that refer to their own, such as a customer's open orders."""

    records: str = Field(description="The entity of the same system that is added up, such as orders.")
    reference: str = Field(description="The field of these records that holds the key of the own one, such as customer.")
    sum: str = Field(description="The field of these records that is added up, such as amount.")
    only: str | None = Field(
        None, description="Only these records count: SQL over their fields, such as status IN ('A', 'B'); all if not given."
    )
    same_columns: list[str] = Field(
        [], description="Fields that must be the same in both for a record to count, such as [currency]."
    )
    key_column: str = Field(KEY, description="The column that is referred to; the record's key if not given.")
    tolerance: float = Field(0.005, ge=0, description="How far the sum may be above the value, in its own unit.")

    map_metric = "column_values.cover_sum"
    success_keys = ("records", "reference", "sum", "only", "same_columns", "key_column", "tolerance", "mostly")
    args_keys = ("column", "records", "reference", "sum")
    dimension: ClassVar[str] = "consistency"
    sentence: ClassVar[Words] = (
        "values must cover the sum of $sum over the $records that refer to the record",
        "值必须不小于引用该记录的 $records 的 $sum 合计",
    )
    clauses: ClassVar[dict[str, Words]] = {
        "only": (", if $only", "，仅计 $only"),
        "same_columns": (", of the same $same_columns", "，$same_columns 相同者"),
    }


class ExpectTableTotalsToEqualOtherSystem(Told, BatchExpectation):  # type: ignore[misc]  # as above
    """Expect both systems to have as many records, and the same sums, in each group."""

    group_columns: list[str] = Field(min_items=1, description="The columns that make a group, such as [currency, status].")
    sum_columns: list[str] = Field(
        [], description="The columns of numbers that are added up; only records are counted if not given."
    )
    entity: str | None = Field(
        None, description="The entity; the other system's records of it are what these are held to. Filled in by a run."
    )
    tolerance: float = Field(0.005, ge=0, description="How far a sum may be off, in its own unit.")
    row_condition: Any = None
    condition_parser: str | None = None

    metric_dependencies = ("table.totals_against_other",)
    domain_keys = ("batch_id", "table", "row_condition", "condition_parser")
    success_keys = ("group_columns", "sum_columns", "entity", "tolerance")
    args_keys = ("group_columns", "sum_columns", "entity", "tolerance")
    dimension: ClassVar[str] = "consistency"
    sentence: ClassVar[Words] = (
        "$entity must come to the same number in both systems by $group_columns",
        "两个系统的 $entity 按 $group_columns 分组后数量必须一致",
    )
    clauses: ClassVar[dict[str, Words]] = {
        "sum_columns": (", and to the same sum of $sum_columns", "，$sum_columns 的合计也必须一致")
    }

    def _validate(
        self, metrics: dict[str, Any], runtime_configuration: Any = None, execution_engine: Any = None
    ) -> dict[str, Any]:
        """Great Expectations' own: whether it holds, and what was found."""
        del runtime_configuration, execution_engine
        found = metrics["table.totals_against_other"]
        return {"success": not found["different"], "result": {"observed_value": _groups_told(found, 0), "details": found}}

    @classmethod
    def found(cls, result: Mapping[str, Any], language: int) -> str:
        """How many groups differ, and what both systems say of the first of them."""
        return _groups_told(result["details"], language)


def _groups_told(found: Mapping[str, Any], language: int) -> str:
    differ = (_DIFFER if found["different"] else _AGREE)[language].format(**found)
    return JOINED[language].join([differ, *(_group_told(one, language) for one in found["first"][:_TOLD])])


def _group_told(one: Mapping[str, Any], language: int) -> str:
    group = " / ".join(_NONE[language] if value is None else str(value) for value in one["group"].values())
    sides = [_sides_told(name, said, language) for name, said in one.items() if name != "group"]
    return _GROUP[language].format(group=group, sides=_LISTED[language].join(sides))


def _sides_told(name: str, said: list[float], language: int) -> str:
    measure = _RECORDS[language] if name == "records" else field(name.removeprefix("sum:"))
    here, there = (value_told(one, language) for one in said)
    return _SIDES[language].format(measure=measure, here=here, there=there)
