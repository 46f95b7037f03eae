"""The words of the form in which people settle breaks: key, (English, Chinese). Apart from the others, as one whole."""

from __future__ import annotations

from collections.abc import Mapping

SETTLE_WORDS: Mapping[str, tuple[str, str]] = {
    "settle.switch": ("Acknowledge, accept or assign it", "确认、接受或指派"),
    "settle.heading": ("Settle {breaks}", "处理 {breaks}"),
    "settle.what": ("What to note", "处理方式"),
    "settle.acknowledge": ("Acknowledge", "确认知悉"),
    "settle.accept": ("Accept for a time", "暂时接受"),
    "settle.assign": ("Give to somebody", "指派负责人"),
    "settle.reopen": ("Open again", "重新打开"),
    "settle.until": ("Accepted until", "接受至"),
    "settle.to": ("Person or team", "负责人或团队"),
    "settle.reason": ("Reason", "理由"),
    "settle.button_acknowledge": ("Acknowledge", "确认知悉"),
    "settle.button_accept": ("Accept", "接受"),
    "settle.button_assign": ("Assign", "指派"),
    "settle.button_reopen": ("Open again", "重新打开"),
    "settle.note_acknowledge": (
        "Somebody knows of it and is on to it. It stays open, and is still told when it goes past due.",
        "表示已有人知悉并在处理。差异仍未解决，逾期时仍会提示。",
    ),
    "settle.note_accept": (
        "Silent until the end of that day. It opens again by itself when that is over, values move or more money is at risk.",
        "在该日结束前不再提示。到期、数值变动或涉及金额增加时，将自动重新打开。",
    ),
    "settle.note_assign": ("Counts before the rules of the configuration.", "优先于配置中的规则。"),
    "settle.note_reopen": ("Takes back that it was acknowledged or accepted.", "撤回此前的确认或接受。"),
    "settle.old_run": (
        "Breaks are acknowledged, accepted and assigned on the latest run.",
        "请在最近一次运行中确认、接受或指派差异。",
    ),
}
