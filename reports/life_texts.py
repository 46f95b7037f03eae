"""What screens, report and mail say of the life of breaks: states, ages, what a run has to say, what happened to one.

Apart from the other words, because they belong to one thing.
"""

from __future__ import annotations

from collections.abc import Mapping

LIFE_LABELS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "state": {
        "new": ("New", "新增"),
        "open": ("Still open", "未解决"),
        "acknowledged": ("Acknowledged", "已知悉"),
        "accepted": ("Accepted", "暂时接受"),
        "fixed": ("Fixed", "已解决"),
        "regressed": ("Came back", "再次出现"),
    },
    "reopened": {
        "acceptance_over": ("Its acceptance is over", "接受期限已过"),
        "values_moved": ("Its values have changed since it was accepted", "接受之后数值已变动"),
        "more_at_risk": ("More money is at risk than when it was accepted", "涉及金额高于接受之时"),
    },
    "break_event": {
        "found": ("Found", "发现差异"),
        "still open": ("Seen again", "再次核对仍存在"),
        "fixed": ("Gone", "差异已消除"),
        "came back": ("Came back", "再次出现"),
        "opened again": ("Opened again", "重新打开"),
        "past due": ("Past due", "已逾期"),
        "acknowledged": ("Acknowledged", "确认知悉"),
        "accepted": ("Accepted for a time", "暂时接受"),
        "assigned": ("Given to somebody", "指派负责人"),
        "carried over": ("Carried over from an earlier version", "由旧版本沿用"),
    },
    "age": {
        "today": ("Less than a day", "不足 1 天"),
        "0-1": ("Up to 1 day", "1 天以内"),
        "2-7": ("2 to 7 days", "2 至 7 天"),
        "8-30": ("8 to 30 days", "8 至 30 天"),
        "31-90": ("31 to 90 days", "31 至 90 天"),
        "90+": ("More than 90 days", "90 天以上"),
    },
    "news": {
        "new": ("New", "新增"),
        "regressed": ("Came back", "再次出现"),
        "reopened": ("Open again", "重新打开"),
        "overdue": ("Gone past due", "新近逾期"),
        "fixed": ("Fixed", "已解决"),
    },
    "news_help": {
        "new": ("Not there in the run before.", "上次运行中没有的差异。"),
        "regressed": ("Had been fixed, and are there again.", "曾经解决、现又再次出现的差异。"),
        "reopened": (
            "Had been accepted for a time; the time is over, or what was accepted has changed.",
            "曾被暂时接受，但期限已过，或所接受的内容已变动。",
        ),
        "overdue": ("Should have been fixed by now.", "已超过应解决的日期。"),
        "fixed": ("Open in the run before, and gone.", "上次运行中未解决、现已消除的差异。"),
    },
}
"""Group, code, (English, Chinese)."""

LIFE_SENTENCES: Mapping[str, tuple[str, str]] = {
    "heading.news": ("Since the run before", "与上次运行相比"),
    "heading.break_events": ("What happened to it", "处理经过"),
    "word.assignee": ("Looked after by", "负责人"),
    "word.due": ("Due", "应解决日期"),
    "word.overdue": ("Past due", "已逾期"),
    "word.reopened": ("Open again", "重新打开"),
    "word.accepted": ("Accepted", "暂时接受"),
    "word.accepted_until": ("Accepted until", "接受至"),
    "word.first_seen": ("First seen", "首次发现"),
    "word.last_seen": ("Last seen", "最近发现"),
    "word.why": ("Why", "理由"),
    "say.overdue": ("{n} went past due since the last run.", "自上次运行以来新逾期 {n} 条。"),
    "say.reopened": ("{n} had been accepted and are open again.", "{n} 条曾被接受，现重新打开。"),
    "say.accepted": ("{n} accepted for a time; these stay silent.", "另有 {n} 条暂时接受，不再提示。"),
    "say.no_news": ("Nothing has changed since the run before.", "与上次运行相比没有变化。"),
    "say.due": ("due {day}", "应于 {day} 前解决"),
    "say.was_due": ("past due since {day}", "应于 {day} 解决，已逾期"),
    "say.accepted_until": ("accepted until {day}: {why}", "接受至 {day}：{why}"),
    "say.shown_breaks": ("{shown} of {total} breaks", "共 {total} 条差异，显示 {shown} 条"),
    "say.noted": ("Noted for {breaks}.", "已登记 {breaks}。"),
    "say.left": ("{breaks} left as they are: {why}.", "{breaks}保持不变：{why}。"),
    "say.until": ("until {day}", "至 {day}"),
    "word.currency": ("Currency", "币种"),
    "word.when": ("When (UTC)", "时间（UTC）"),
    "word.who": ("Who", "操作者"),
    "word.event": ("What", "事项"),
    "mail.subject_news": (
        "{project}: {news} ({crm}, {erp})",
        "{project}：{crm} 与 {erp} 对账，{news}",
    ),
    "count.news_new": ("{n} new|{n} new", "新增 {n} 条"),
    "count.news_regressed": ("{n} came back|{n} came back", "再次出现 {n} 条"),
    "count.news_reopened": ("{n} open again|{n} open again", "重新打开 {n} 条"),
    "count.news_overdue": ("{n} past due|{n} past due", "新逾期 {n} 条"),
    "count.news_fixed": ("{n} fixed|{n} fixed", "已解决 {n} 条"),
}
"""Key, (English, Chinese)."""
