"""What `reconcile diff` prints, in English and Simplified Chinese."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

SCREEN: Mapping[str, tuple[str, str]] = {
    "fields": ("Fields", "字段"),
    "field": ("Field", "字段"),
    "kind": ("Kind", "类型"),
    "as_written": ("Equal as written", "写法相同"),
    "by_rule": ("Equal by a rule", "按规则相同"),
    "different": ("Different", "不同"),
    "one-sided": ("Empty on one side", "一方为空"),
    "not-comparable": ("Not comparable", "无法比较"),
    "rules": ("Equal by a rule", "按规则相同"),
    "rule": ("Rule", "规则"),
    "cells": ("Cells", "单元格"),
    "of_fields": ("Fields", "字段"),
    "reasons": ("What differs", "差异"),
    "verdict": ("Verdict", "结论"),
    "reason": ("Reason", "原因"),
    "records": ("Records", "记录"),
    "left_aside": ("Columns that were not compared", "未比较的列"),
    "column": ("Column", "列"),
    "why": ("Why", "原因"),
    "only_in_crm": ("only the first file has it", "仅第一个文件有此列"),
    "only_in_erp": ("only the second file has it", "仅第二个文件有此列"),
    "left_out": ("the configuration says so", "配置中已指定"),
    "nested": ("it holds lists or structures", "含有列表或结构"),
    "types": ("{crm} and {erp} do not go together", "{crm} 与 {erp} 类型不相容"),
    "missing_in_erp": ("Only in the first file", "仅第一个文件有"),
    "missing_in_crm": ("Only in the second file", "仅第二个文件有"),
    "key_repeated": ("The key stands in several records of a file", "同一文件中有多条记录使用该主键"),
    "key_missing": ("The record has no key", "记录没有主键"),
    "found": (
        (
            "{crm} and {erp} records, {both} on both sides: of {cells} cells {as_written} are equal as written, {by_rule} by a "
            "rule and {different} not; in {seconds} s."
        ),
        (
            "{crm} 与 {erp} 条记录，双方都有 {both} 条：比较 {cells} 个单元格，写法相同 {as_written}，"
            "按规则相同 {by_rule}，不同 {different}；用时 {seconds} 秒。"
        ),
    ),
    "same": ("Nothing differs.", "没有差异。"),
    "written": ("Written: {file} ({rows} rows)", "已写入：{file}（{rows} 行）"),
    "pin": (
        "--write-config FILE writes the key, the fields and their kinds; change them there and give it with --config.",
        "--write-config FILE 可写出主键、字段及其类型；修改后用 --config 指定。",
    ),
    "pinned": ("Fields: {file}; change it there and give it with --config.", "字段：{file}；修改后用 --config 指定。"),
}


def screen(language: Literal["en", "zh"], key: str, **values: object) -> str:
    """One of SCREEN, with its arguments."""
    return SCREEN[key][0 if language == "en" else 1].format(**values)
