"""What `reconcile match` and `reconcile dedupe` say of what was chosen, in Simplified Chinese; the English is the text itself.

Each entry is an English text with its arguments in braces, and the same in Chinese. Several that `; ` joins are said one by one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from reconcile.refusals import pattern_of
from reports.words import Words

CHOICES_ZH: Mapping[str, str] = {
    # what
    "record key of {name}": "{name} 的主键",
    "field {name}": "字段 {name}",
    "shared key {name}": "共同主键 {name}",
    "left out of {name}": "{name} 中未采用",
    "nothing to match": "无可匹配",
    "nothing to compare": "无可比较",
    "compared where equal": "取值相同时比较",
    "compared": "另行比较",
    "never compared": "从未比较",
    "left out": "未采用",
    "matched anew": "重新匹配",
    "weight of {name}": "{name} 的权重",
    "link from": "自动匹配起点",
    "review from": "人工确认起点",
    "target precision": "目标正确率",
    "links of a record": "每条记录的匹配数",
    # value
    "row number": "行号",
    "nearest": "用词最接近的记录",
    "one": "一个",
    "several of the {side}": "{side} 可多条",
    "and {count} more": "另有 {count} 项",
    "equal {equal}, different {different} bits": "相同 {equal}，不同 {different} 比特",
    "all records": "全部记录",
    "{count} records": "{count} 条记录",
    "{count} pairs or more": "{count} 对以上",
    "{least} to {most} of the true pairs": "真实配对的 {least} 至 {most}",
    # why
    "the configuration says so": "配置中已指定",
    "the usual": "默认值",
    "it is cheap enough": "代价足够低",
    "about {count} pairs": "约 {count} 对",
    "the file is small enough to look for what stands nearest by words": "文件较小，可按用词查找最接近的记录",
    "learned from {count} pairs": "由 {count} 对学习得出",
    "kept in {name}": "保存于 {name}",
    "the lowest at which {share} of the links should be right": "使 {share} 的匹配应为正确的最低值",
    "the lowest at which {share} of the links should be right, or fewer where that finds far more": (
        "使 {share} 的匹配应为正确的最低值；若降低要求能找到多得多的匹配，则可略低"
    ),
    "so sure must be that two records of one file are the same": "同一文件中两条记录被视为相同所需的把握",
    "it has no records": "没有记录",
    "it is empty": "为空",
    "it has one value throughout": "只有一个取值",
    "it says when or where a row was written, and nothing of the record": "只说明该行何时何处写入，与记录无关",
    "no column of the other side is like it": "另一方没有相似的列",
    "no column of the other side is more alike in the same records than by chance": "另一方没有列在相同记录中比随机更相似",
    "its values vary": "取值有差异",
    "its name says so, and its {count} values are all there and all different": "列名如此，且 {count} 个取值齐全、各不相同",
    "its {count} values are all there and all different": "{count} 个取值齐全、各不相同",
    "{name} repeats": "{name} 有重复",
    "{name} repeats ({value} stands in {count} rows)": "{name} 有重复（{value} 出现在 {count} 行）",
    "no column has a value of its own in each row, so rows are numbered from 1": "没有列在每行各不相同，因此从 1 起编行号",
    "in {count} pairs of records that agree elsewhere they are {share} more alike than by chance": (
        "在其他字段一致的 {count} 对记录中，二者比随机更相似 {share}"
    ),
    "their names mean the same": "列名含义相同",
    "their values look alike ({share})": "取值相似（{share}）",
    "together they are what the other side has in one column": "合起来即另一方的一列",
    "estimated from how many of the values each likely pair shares, as if sharing one said nothing of another": (
        "按每个可能配对共有的取值数估计，并假定各取值互不影响"
    ),
    "too many records say the same, and nothing tells them apart": "过多记录内容相同，无从区分",
    "{count} changed, came or went": "{count} 条有更改、新增或消失",
    "the folder holds no earlier run": "文件夹中没有以前的运行",
    "what the folder holds can't be read": "文件夹中的内容无法读取",
    "it was written by another version of the program": "由程序的另一版本写入",
    "the configuration or the columns of a file are not the same": "配置或文件的列已不同",
    "{share} of the records are not as they were": "{share} 的记录已变化",
}
"""English text to Chinese; the longest that fits is used."""

SCREEN: Mapping[str, tuple[str, str]] = {
    "chosen": ("Chosen", "所作选择"),
    "what": ("What", "项目"),
    "value": ("Value", "取值"),
    "why": ("Why", "原因"),
    "pairs": ("Pairs", "配对"),
    "zone": ("Zone", "区域"),
    "rung": ("Rung", "依据"),
    "matched": (
        "{crm} and {erp} records: {links} links, {reviews} to review, {duplicates} duplicates, in {seconds} s.",
        "{crm} 与 {erp} 条记录：匹配 {links} 对，待确认 {reviews} 对，重复 {duplicates} 对，用时 {seconds} 秒。",
    ),
    "deduped": (
        "{records} records: {twice} stand there once more, of {groups}, in {seconds} s.",
        "{records} 条记录：其中 {twice} 条为重复登记，涉及 {groups} 个对象，用时 {seconds} 秒。",
    ),
    "changes": (
        "Links since the last run: {appeared} appeared, {vanished} vanished, {moved} moved. Each is in {file}.",
        "自上次运行以来的匹配：新增 {appeared}，消失 {vanished}，变动 {moved}。逐项见 {file}。",
    ),
    "written": ("Written: {file}", "已写入：{file}"),
    "pin": (
        "--write-config FILE writes what was chosen; change it there and give it with --config.",
        "--write-config FILE 可写出所作选择；修改后用 --config 指定。",
    ),
    "pinned": ("Chosen: {file}; change it there and give it with --config.", "所作选择：{file}；修改后用 --config 指定。"),
    "zone.link": ("link", "匹配"),
    "zone.review": ("review", "待确认"),
    "zone.duplicate": ("duplicate", "重复"),
}
"""What the two commands print, in English and Chinese."""


def screen(words: Words, key: str, **values: object) -> str:
    """One of SCREEN, with its arguments."""
    return SCREEN[key][0 if words.language == "en" else 1].format(**values)


def chosen(words: Words, text: str) -> str:
    """A text of a choice in the language of `words`; what is none of CHOICES_ZH, such as a column's name, stays."""
    if words.language == "en":
        return text
    whole = _said(text)
    if whole is not None:
        return whole
    parts = [_said(part) for part in text.split("; ")]
    return "；".join(part or given for part, given in zip(parts, text.split("; "), strict=True)) if any(parts) else text


def _said(text: str) -> str | None:
    for pattern, chinese in _patterns():
        if found := pattern.fullmatch(text):
            return chinese.format(**found.groupdict())
    return None


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    """What says most by itself comes first; an argument holds no semicolon, which joins texts."""
    known = sorted(CHOICES_ZH.items(), key=lambda item: -len(re.sub(r"\{\w+\}", "", item[0])))
    return tuple((re.compile(pattern_of(english).replace(".+?", "[^;]+?")), chinese) for english, chinese in known)
