"""What `reconcile check` prints, in English and Simplified Chinese."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

SCREEN: Mapping[str, tuple[str, str]] = {
    "rules": ("Rules", "规则"),
    "rule": ("Rule", "规则"),
    "entity": ("Entity", "记录类型"),
    "system": ("Side", "系统"),
    "crm": ("CRM", "CRM"),
    "erp": ("ERP", "ERP"),
    "pair": ("pair", "配对"),
    "field": ("Field", "字段"),
    "severity": ("Severity", "严重程度"),
    "holds": ("Holds", "是否通过"),
    "yes": ("yes", "是"),
    "no": ("no", "否"),
    "passed": ("Passed", "通过"),
    "evaluated": ("Of", "共"),
    "share": ("%", "%"),
    "observed": (" Found: {found}.", " 实际：{found}。"),
    "by_pandas": (" Answered by pandas.", " 由 pandas 计算。"),
    "message": ("If it fails", "未通过时的含义"),
    "rule_line": (
        "{severity}: {where}{rule}: {passed} of {judged} pass ({share})",
        "{severity}：{where}{rule}：{judged} 条中 {passed} 条通过（{share}）",
    ),
    "rule_line_whole": ("{severity}: {where}{rule}: not passed", "{severity}：{where}{rule}：未通过"),
    "holding": ("Rules that every record passes: {rules}.", "{rules} 条规则全部通过。"),
    "unlisted": (
        "{rules} more rules are not listed, those that all records pass first; --json lists every rule.",
        "另有 {rules} 条规则未列出（优先略去全部通过的规则）；--json 列出所有规则。",
    ),
    "blocking": ("blocking", "阻断"),
    "major": ("major", "重要"),
    "minor": ("minor", "一般"),
    "scores": ("Quality, 100% is without fault", "质量得分，100% 为无差错"),
    "dimension": ("Dimension", "维度"),
    "score": ("Score", "得分"),
    "failed_rules": ("Rules that fail", "未通过的规则"),
    "completeness": ("completeness", "完整性"),
    "validity": ("validity", "有效性"),
    "uniqueness": ("uniqueness", "唯一性"),
    "consistency": ("consistency", "一致性"),
    "timeliness": ("timeliness", "及时性"),
    "integrity": ("integrity", "参照完整性"),
    "first": ("First failing records", "未通过的部分记录"),
    "key": ("Key", "主键"),
    "value": ("Value", "值"),
    "left_out": ("Rules that were not applied", "未执行的规则"),
    "why": ("Why", "原因"),
    "of_file": ("{file} against the suite {suite}", "{file}，规则集 {suite}"),
    "of_run": ("{project}: the records of run {run}", "{project}：运行 {run} 的记录"),
    "of_pull": (
        "{project}: records pulled now, as no run has come to its end yet",
        "{project}：尚无已完成的运行，已直接读取当前记录",
    ),
    "fresh": ("{project}: records pulled now", "{project}：已读取当前记录"),
    "counted": (
        "{records} records, {rules} rules: {failed} fail, {left_out} not applied; {findings} findings in {seconds} s.",
        "{records} 条记录，{rules} 条规则：{failed} 条未通过，{left_out} 条未执行；发现 {findings} 个问题，用时 {seconds} 秒。",
    ),
    "no_records": ("There is no record to look at, so no rule was put to the proof.", "没有可检查的记录，规则未经检验。"),
    "written": ("All findings: {file} ({rows} rows)", "全部问题：{file}（{rows} 行）"),
    "not_written": ("All findings: --out FINDINGS.parquet writes them.", "全部问题：用 --out FINDINGS.parquet 写出。"),
    "pages": ("Pages: {file}", "页面：{file}"),
    "gate_open": ("No rule of severity {fail_on} or above fails.", "没有严重程度为“{fail_on}”或以上的规则未通过。"),
}


def screen(language: Literal["en", "zh"], key: str, **values: object) -> str:
    """One of SCREEN, with its arguments; a word that has none there, such as an entity of one's own, is itself."""
    both = SCREEN.get(key)
    return key if both is None else both[0 if language == "en" else 1].format(**values)
