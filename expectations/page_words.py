"""The words of Great Expectations' pages in Chinese: they know English alone. What is not known here stays as it is."""

from __future__ import annotations

import re

_WORDS = {
    "Home": "首页",
    "Expectation Validation Result": "规则检查结果",
    "Evaluates whether a batch of data matches expectations.": "检查一批数据是否符合规则。",
    "Expectation Suite": "规则集",
    "Expectation Suites": "规则集",
    "Expectation Suite Name": "规则集名称",
    "A collection of Expectations defined for batches of data.": "针对一批数据的一组规则。",
    "Validation Results": "检查结果",
    "Actions": "操作",
    "Validation Filter:": "筛选：",
    "Show All": "全部显示",
    "Failed Only": "仅未通过",
    "Clear Filters": "清除筛选",
    "Table of Contents": "目录",
    "Overview": "概览",
    "Expectation Suite:": "规则集：",
    "Status:": "结果：",
    "Failed": "未通过",
    "Succeeded": "通过",
    "Statistics": "统计",
    "Evaluated Expectations": "检查的规则",
    "Successful Expectations": "通过的规则",
    "Unsuccessful Expectations": "未通过的规则",
    "Success Percent": "通过比例",
    "Show more info...": "更多信息……",
    "Info": "信息",
    "Notes": "说明",
    "Notes:": "说明：",
    "Great Expectations Version": "Great Expectations 版本",
    "Run Name": "运行名称",
    "Run Time": "运行时间",
    "Batch Spec": "数据批次",
    "Table-Level Expectations": "针对整张表的规则",
    "Status": "结果",
    "Expectation": "规则内容",
    "Observed Value": "实测值",
    "Unexpected Value": "不符合的值",
    "Sampled Unexpected Values": "部分不符合的值",
    "Count": "次数",
    "Rule": "规则",
    "If it fails": "未通过时的含义",
    "Answered by": "计算方式",
    "values must never be null.": "值不得为空。",
    "values must not be null, at least": "值不得为空，至少",
    "values must be unique.": "值必须唯一。",
    "values must be unique, at least": "值必须唯一，至少",
    "values must be greater than or equal to": "值必须大于或等于",
    "values must be less than or equal to": "值必须小于或等于",
    "values must always be less than or equal to": "值的长度不得超过",
    "values must belong to this set:": "值必须属于以下集合：",
    "values must match this regular expression:": "值必须符合正则表达式：",
    "characters long.": "个字符。",
    ", at least": "，至少",
    "% of the time.": "% 的值符合。",
}
"""Text between two marks, without the blanks around it, and its Chinese."""
_PATTERNS = (
    (
        re.compile(r"^([\d,]+) unexpected values found\. (\S+%) of ([\d,]+) total rows\.$"),
        r"\3 条记录中有 \1 个不符合的值（\2）。",
    ),
    (re.compile(r"^(\S+%) not null$"), r"\1 非空"),
    (re.compile(r"^(\S+%) unexpected$"), r"\1 不符合"),
    (re.compile(r"^Data asset: (.+)$"), r"数据：\1"),
    (re.compile(r"^Validations / (.+)$"), r"检查结果 / \1"),
    (re.compile(r"^Expectations / (.+)$"), r"规则集 / \1"),
)
_BETWEEN = re.compile(r"(<script.*?</script>|<style.*?</style>)|(?<=>)([^<>]*[A-Za-z][^<>]*)(?=<)", re.DOTALL)


def in_chinese(page: str) -> str:
    """A page with its own words in Chinese; names, values and messages stay as they are."""
    return _BETWEEN.sub(lambda found: found[1] or _said(found[2]), page).replace('<html lang="en">', '<html lang="zh-Hans">', 1)


def _said(text: str) -> str:
    bare = " ".join(text.split())
    if bare in _WORDS:
        return text.replace(text.strip(), _WORDS[bare])
    for pattern, chinese in _PATTERNS:
        if pattern.match(bare):
            return pattern.sub(chinese, bare)
    return text
