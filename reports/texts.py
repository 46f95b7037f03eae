"""Every word that reports, mail and screens share, in English and Simplified Chinese.

Apart from `words`, which says them, so that a translator reads one file: each key has both languages side by side.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from reports.cause_texts import CAUSE_LABELS, CAUSE_SENTENCES
from reports.conservation_texts import CONSERVATION_LABELS, CONSERVATION_SENTENCES
from reports.correction_texts import CORRECTION_LABELS
from reports.life_texts import LIFE_LABELS, LIFE_SENTENCES
from reports.quality_texts import QUALITY_LABELS, QUALITY_SENTENCES
from reports.reason_texts import REASON_LABELS
from reports.record_texts import RECORD_LABELS
from reports.teach_texts import TEACH_LABELS, TEACH_SENTENCES
from reports.why_texts import WHY_LABELS, WHY_SENTENCES

if TYPE_CHECKING:
    from reconcile.config.models import Language  # a command on plain files need not load the models

LANGUAGES: tuple[Language, ...] = ("en", "zh")

LABELS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    **CAUSE_LABELS,
    **CONSERVATION_LABELS,
    **LIFE_LABELS,
    **QUALITY_LABELS,
    **CORRECTION_LABELS,
    **REASON_LABELS,
    **RECORD_LABELS,
    **WHY_LABELS,
    "step": {
        "read": ("read", "读取"),
        "pair records": ("pair records", "按主键对应记录"),
        "compare columns": ("compare columns", "逐列比较"),
        "find what to match by": ("find what to match by", "确定匹配依据"),
        "find what to compare by": ("find what to compare by", "确定比较依据"),
        "standard forms": ("standard forms", "统一写法"),
        "prepare": ("prepare", "准备"),
        "compare": ("compare", "比较"),
        "compare pairs": ("compare pairs", "逐对比较"),
        "decide": ("decide", "判定"),
        "write": ("write", "写入"),
        "load Great Expectations": ("load Great Expectations", "加载 Great Expectations"),
        "check": ("check", "检查"),
        "read failing records": ("read failing records", "读取未通过的记录"),
        "write pages": ("write pages", "生成页面"),
        "suggest": ("suggest", "拟定规则"),
        "learn from answers": ("learn from answers", "从回答中学习"),
    },
    **TEACH_LABELS,
    "kind": {
        "difference": ("Values differ", "字段值不一致"),
        "missing_in_crm": ("Missing in CRM", "CRM 中缺失"),
        "missing_in_erp": ("Missing in ERP", "ERP 中缺失"),
        "duplicate_in_crm": ("Duplicate in CRM", "CRM 中重复"),
        "duplicate_in_erp": ("Duplicate in ERP", "ERP 中重复"),
        "orphan_in_crm": ("Parent missing in CRM", "CRM 中缺少上级记录"),
        "orphan_in_erp": ("Parent missing in ERP", "ERP 中缺少上级记录"),
        "unmapped_code": ("Code not mapped", "代码未映射"),
        "unreadable_value": ("Value not readable", "数据无法识别"),
        "candidate": ("Possible match", "疑似匹配，待确认"),
        "conservation": ("Does not add up", "勾稽不符"),
        "broken_rule": ("Rule broken", "违反数据规则"),
    },
    "kind_help": {
        "difference": (
            "Both systems have the record, but a field does not say the same.",
            "两个系统中都有该记录，但某个字段的内容不一致。",
        ),
        "missing_in_crm": ("The ERP has the record, the CRM does not.", "ERP 中有该记录，CRM 中没有。"),
        "missing_in_erp": ("The CRM has the record, the ERP does not.", "CRM 中有该记录，ERP 中没有。"),
        "duplicate_in_crm": (
            "Several CRM records stand for the same business.",
            "CRM 中有多条记录指向同一业务对象。",
        ),
        "duplicate_in_erp": (
            "Several ERP records stand for the same business.",
            "ERP 中有多条记录指向同一业务对象。",
        ),
        "orphan_in_crm": (
            "The CRM record refers to another record that does not exist there.",
            "CRM 记录引用的上级记录不存在，例如订单的客户已被删除。",
        ),
        "orphan_in_erp": (
            "The ERP record refers to another record that does not exist there.",
            "ERP 记录引用的上级记录不存在，例如订单的客户已被删除。",
        ),
        "unmapped_code": (
            "A code has no counterpart in the code map of the configuration. One line in the map may resolve many breaks.",
            "代码在配置的代码对照表中没有对应项。补充一行对照关系，可能一次消除多条差异。",
        ),
        "unreadable_value": (
            "A value is not what its field should hold, such as a date that does not exist.",
            "数据不符合字段要求，例如不存在的日期。",
        ),
        "candidate": (
            "Two records look alike, but not enough to link them without a person.",
            "两条记录相似，但把握不足，需要人工确认是否为同一对象。",
        ),
        "conservation": (
            "Quantities or amounts of documents that belong together do not add up. Each side shows what it says, as a formula.",
            "相关单据的数量或金额勾稽不符；各系统的数值以算式列示。",
        ),
        "broken_rule": (
            "A record fails a rule of a suite. Where very many records fail one rule, they are one line with their number.",
            "记录未通过规则集中的某条规则。某条规则未通过的记录过多时，合并为一条并注明条数。",
        ),
    },
    "owner": {
        "crm": ("CRM is right", "以 CRM 为准"),
        "erp": ("ERP is right", "以 ERP 为准"),
        "newest": ("Last change is right", "以最近修改为准"),
        "changed_side": ("Who changed it is right", "以改动的一方为准"),
        "review": ("A person decides", "人工判定"),
    },
    "moved": {
        "crm": ("Changed in the CRM", "CRM 改过"),
        "erp": ("Changed in the ERP", "ERP 改过"),
        "both": ("Changed on both sides", "双方都改过"),
        "neither": ("As when both last agreed", "与上次一致时相同"),
        "never": ("Never agreed", "从未一致"),
    },
    "severity": {
        "blocking": ("Blocking", "阻断"),
        "major": ("Major", "重要"),
        "minor": ("Minor", "一般"),
    },
    "tier": {
        "low": ("Low risk", "低风险"),
        "medium": ("Medium risk", "中风险"),
        "high": ("High risk", "高风险"),
    },
    "action": {
        "update": ("Update", "更新"),
        "create": ("Create", "新建"),
        "link": ("Link", "建立关联"),
        "merge": ("Merge", "合并"),
        "deactivate": ("Deactivate", "停用"),
        "review": ("Review", "人工复核"),
    },
    "action_state": {
        "proposed": ("Awaiting approval", "待审批"),
        "approved": ("Approved", "已批准"),
        "rejected": ("Rejected", "已驳回"),
        "pushing": ("Being written", "写入中"),
        "verified": ("Written and verified", "已写入并核实"),
        "unverified": ("Written, not yet verified", "已写入，尚未核实"),
        "refused": ("Refused by the system", "被系统拒绝"),
        "conflict": ("Changed by someone else meanwhile", "写入前数据已被他人修改"),
        "lapsed": ("Approval lapsed", "审批已失效"),
        "unknown": ("Outcome unknown", "结果未知"),
        "superseded": ("Replaced by a newer proposal", "已被新的建议取代"),
        "undone": ("Written, then undone", "已写入，后被撤销"),
    },
    "event": {
        "agreed": ("Both agreed", "双方一致"),
        "break seen": ("First disagreed", "首次出现差异"),
        "break fixed": ("Disagreement gone", "差异已消除"),
        "linked": ("Linked", "建立关联"),
        "proposed": ("Correction proposed", "提出更正建议"),
        "proposed by hand": ("Asked for by a person", "人工提出更正"),
        "approved": ("Approved", "批准"),
        "rejected": ("Rejected", "驳回"),
        "write intended": ("About to be written", "准备写入"),
        "undo proposed": ("Undo proposed", "提出撤销建议"),
        "undone": ("Undone", "已撤销"),
        "pair answered": ("Pair answered", "配对已答复"),
        **{
            f"push: {state}": (f"Push: {english}", f"写入：{chinese}")
            for state, english, chinese in (
                ("verified", "written and verified", "已写入并核实"),
                ("unverified", "written, not verified", "已写入，未能核实"),
                ("pushing", "the system has answered", "系统已应答"),
                ("refused", "refused by the system", "被系统拒绝"),
                ("conflict", "somebody else was faster", "数据已被他人修改"),
                ("lapsed", "approval lapsed", "审批已失效"),
                ("unknown", "no answer yet", "尚无应答"),
                ("approved", "not written, still approved", "未写入，仍为已批准"),
            )
        },
    },
    "check_state": {
        "failed": ("Not passed", "未通过"),
        "passed": ("Passed, with exceptions", "通过，有例外"),
    },
    "run_state": {
        "running": ("Running", "进行中"),
        "finished": ("Finished", "已完成"),
        "failed": ("Failed", "失败"),
        "interrupted": ("Interrupted", "已中断"),
    },
    "role": {"crm": ("CRM", "CRM"), "erp": ("ERP", "ERP"), "pair": ("Both", "两系统之间")},
    "dimension": {
        "completeness": ("Completeness", "完整性"),
        "validity": ("Validity", "有效性"),
        "uniqueness": ("Uniqueness", "唯一性"),
        "consistency": ("Consistency", "一致性"),
        "timeliness": ("Timeliness", "及时性"),
        "integrity": ("Integrity", "参照完整性"),
    },
}
"""Codes and what people read for them: group, code, (English, Chinese)."""

SENTENCES: Mapping[str, tuple[str, str]] = {
    **CAUSE_SENTENCES,
    **CONSERVATION_SENTENCES,
    **LIFE_SENTENCES,
    **QUALITY_SENTENCES,
    **WHY_SENTENCES,
    **TEACH_SENTENCES,
    # headings
    "report.title": ("Reconciliation of {crm} and {erp}", "{crm} 与 {erp} 对账报告"),
    "heading.summary": ("At a glance", "概览"),
    "heading.charts": ("In pictures", "图表"),
    "heading.entities": ("Totals by record type", "各类记录汇总"),
    "heading.kinds": ("Breaks by kind", "按类型统计对账差异"),
    "heading.owners": ("Who settles them, and how old they are", "判定依据与账龄"),
    "heading.breaks": ("The breaks", "差异明细"),
    "heading.quality": ("Data quality", "数据质量"),
    "heading.actions": ("Proposed corrections", "更正建议"),
    "heading.run": ("About this run", "本次运行"),
    "heading.notes": ("Please note", "请注意"),
    "heading.history": ("Open breaks over the runs", "历次运行的未解决差异"),
    # column heads and short names
    "word.entity": ("Record type", "记录类型"),
    "word.kind": ("Kind of break", "差异类型"),
    "word.field": ("Field", "字段"),
    "word.record": ("Record", "记录"),
    "word.key": ("Key", "主键"),
    "word.reason": ("Reason", "原因"),
    "word.moved": ("Who changed it", "谁改过"),
    "word.severity": ("Severity", "严重程度"),
    "word.owner": ("Settled by", "判定依据"),
    "word.age": ("Age", "账龄"),
    "word.state": ("State", "状态"),
    "word.total": ("Total", "合计"),
    "word.records": ("Records", "记录数"),
    "word.crm_records": ("{crm} records", "{crm} 记录数"),
    "word.erp_records": ("{erp} records", "{erp} 记录数"),
    "word.links": ("Linked", "已匹配"),
    "word.candidates": ("To confirm", "待确认"),
    "word.only_crm": ("Only in {crm}", "仅在 {crm}"),
    "word.only_erp": ("Only in {erp}", "仅在 {erp}"),
    "word.in_flight": ("In flight", "同步中"),
    "word.match_rate": ("Match rate", "匹配率"),
    "word.cells_equal": ("Values equal", "字段一致率"),
    "word.breaks": ("Breaks", "差异数"),
    "word.open_breaks": ("Open breaks", "未解决差异"),
    "word.value_at_risk": ("Value at risk", "涉及金额"),
    "word.more_currencies": ("and {n} more", "另有 {n} 个币种"),
    "word.actions": ("Proposed corrections", "更正建议"),
    "word.compared": ("Records compared", "参与对账的记录"),
    "word.new": ("New", "新增"),
    "word.fixed": ("Fixed", "已解决"),
    "word.regressed": ("Came back", "再次出现"),
    "word.rule": ("Rule", "规则"),
    "word.system": ("System", "系统"),
    "word.evaluated": ("Records checked", "检查记录数"),
    "word.failed": ("Records that fail", "未通过记录数"),
    "word.not_passed": ("Not passed", "未通过"),
    "word.passed": ("Passed", "通过"),
    "word.checks": ("Rules", "规则数"),
    "word.examples": ("Examples", "示例"),
    "word.dimensions": ("By dimension", "各维度得分"),
    "word.target": ("Written to", "写入系统"),
    "word.action": ("Correction", "更正"),
    "word.tier": ("Risk", "风险等级"),
    "word.before": ("Now", "当前值"),
    "word.after": ("Corrected", "更正后"),
    "word.changes": ("Changes", "更改内容"),
    "word.clause": ("Asked for by", "依据"),
    "word.run": ("Run", "运行编号"),
    "word.project": ("Project", "项目"),
    "word.started": ("Started", "开始时间"),
    "word.finished": ("Finished", "结束时间"),
    "word.duration": ("Took", "用时"),
    "word.systems": ("Systems", "系统"),
    "word.value": ("Value", "值"),
    "word.empty": ("(empty)", "（空）"),
    "word.no_record": ("no record", "无此记录"),
    "word.none": ("none", "无"),
    "word.contents": ("Contents", "目录"),
    "word.filter": ("Filter these rows", "筛选以下记录"),
    "word.others": ("Also recorded as {keys}", "与 {keys} 重复"),
    "word.see_break": ("See the break", "查看差异"),
    "word.see_action": ("See the correction", "查看更正"),
    "word.fingerprint": ("Break", "差异编号"),
    "word.whole_record": ("Whole record", "整条记录"),
    "word.probability": ("Probability", "概率"),
    # counts; in English the singular and the plural, parted by a bar
    "count.records": ("{n} record|{n} records", "{n} 条记录"),
    "count.pairs": ("{n} pair|{n} pairs", "{n} 对记录"),
    "count.breaks": ("{n} break|{n} breaks", "{n} 条差异"),
    "count.actions": ("{n} correction|{n} corrections", "{n} 项更正"),
    "count.people": ("{n} person|{n} people", "{n} 人"),
    "count.more_people": (
        "one more person must approve|{n} more people must approve",
        "还须 {n} 人批准",
    ),
    "say.approvals": ("{given} of {needed} approvals", "{needed} 人须批准，已有 {given} 人"),
    "say.approvals_of": ("{given} of {needed} approvals: {names}", "{needed} 人须批准，已有 {given} 人：{names}"),
    "say.approved_at": ("{who} at {moment}", "{who}（{moment}）"),
    "say.approvals_wait": ("{approvals}; {more}", "{approvals}；{more}"),
    "count.days": ("{n} day|{n} days", "{n} 天"),
    "count.values": ("{n} value|{n} values", "{n} 个字段值"),
    "count.checks": ("{n} rule|{n} rules", "{n} 条规则"),
    "count.characters": ("{n} character|{n} characters", "{n} 个字符"),
    "count.hours": ("{n} hour|{n} hours", "{n} 小时"),
    "count.minutes": ("{n} minute|{n} minutes", "{n} 分钟"),
    "count.seconds": ("{n} second|{n} seconds", "{n} 秒"),
    # sentences
    "say.all_agree": (
        "The two systems agree: no break is open.",
        "两个系统数据一致，没有未解决的差异。",
    ),
    "say.open": (
        "{breaks} open, {new} of them new since the last run.",
        "目前有 {breaks}未解决，其中 {new} 条为本次新增。",
    ),
    "say.open_first": ("{breaks} open in this first run.", "首次运行共发现 {breaks}。"),
    "say.fixed": ("{n} fixed since the last run.", "自上次运行以来已解决 {n} 条。"),
    "say.regressed": ("{n} had been fixed and came back.", "{n} 条曾经解决，现再次出现。"),
    "say.match_rate": (
        "{share} of the records have a counterpart in the other system.",
        "{share} 的记录在对方系统中有对应记录。",
    ),
    "say.value_at_risk": ("Value at risk: {amounts}.", "涉及金额：{amounts}。"),
    "say.actions_wait": (
        "{actions} proposed; nothing is written before a person approves.",
        "已提出 {actions}建议；未经人工审批，不会写入任何系统。",
    ),
    "say.no_actions": ("No correction is proposed.", "没有更正建议。"),
    "say.no_breaks": ("No break.", "没有差异。"),
    "say.no_checks": ("No quality rule was run.", "未运行数据质量规则。"),
    "say.no_failing": ("Every rule passed.", "所有规则均已通过。"),
    "say.nothing_compared": ("Nothing was compared.", "没有可比较的数据。"),
    "say.shown_of": (
        "The top {shown} of {total}, by value at risk. All of them are on the dashboard and in the exported file.",
        "按涉及金额从高到低显示前 {shown} 条，共 {total} 条。全部明细见看板及导出文件。",
    ),
    "say.shown_all": ("All {total}, by value at risk.", "共 {total} 条，按涉及金额从高到低排列。"),
    "say.actions_of": ("The top {shown} of {total}.", "显示前 {shown} 项，共 {total} 项。"),
    "say.more_keys": ("and {n} more", "等，另有 {n} 条"),
    "say.in_flight": (
        "Records changed only minutes before the run are left to the ordinary synchronisation and are not counted as breaks.",
        "运行前几分钟内刚修改的记录留待日常同步处理，不计入差异。",
    ),
    "say.no_currency": ("{amount} (no currency)", "{amount}（未注明币种）"),
    "say.currencies": (
        "Amounts are shown in their own currency and are not converted.",
        "金额按原币种列示，未作汇率折算。",
    ),
    "say.value_meaning": (
        "Value at risk: where amounts differ, the difference; otherwise the amount of the record. Added up over the open breaks.",
        "涉及金额为未解决差异的金额合计：金额不一致时取差额，其他情况取该记录的金额。",
    ),
    "say.match_meaning": (
        "Match rate: linked records of both systems, divided by all records of both systems.",
        "匹配率 = 两系统中已匹配的记录数 ÷ 两系统全部记录数。",
    ),
    "say.marked": ("Characters that differ are marked.", "不同的字符已标出。"),
    "say.cut": ("shortened from {characters}", "已缩略，原文共 {characters}"),
    "say.read_only": (
        "This run wrote nothing to either system.",
        "本次运行未向任何系统写入数据。",
    ),
    "say.and": (" and ", "和"),
    "say.list_comma": (", ", "、"),
    # charts
    "chart.kinds": ("Open breaks by record type", "各类记录的未解决差异"),
    "chart.match_rate": ("Match rate and equal values by record type", "各类记录匹配率与字段一致率"),
    "chart.value": ("Value at risk by kind of break", "各差异类型涉及金额"),
    "chart.history": ("Open breaks over the runs", "历次运行的未解决差异"),
    # mail
    "mail.subject_open": (
        "{project}: {breaks} open between {crm} and {erp}",
        "{project}：{crm} 与 {erp} 对账，{breaks}未解决",
    ),
    "mail.subject_agree": ("{project}: {crm} and {erp} agree", "{project}：{crm} 与 {erp} 数据一致"),
    "mail.attached": ("The full report is attached.", "完整报告见附件。"),
    "mail.too_large": (
        "The full report is too large for mail; it is in the project's folder.",
        "完整报告过大，未随邮件附上，请在项目目录中查看。",
    ),
    "mail.top": ("Top of each kind", "各类型重点差异"),
    "mail.sent_by": (
        "Sent by the reconciliation of {project}, run {run}.",
        "本邮件由“{project}”对账程序自动发送，运行编号 {run}。",
    ),
    "mail.more": ("{n} more in the report.", "其余 {n} 条见报告。"),
}
"""Headings, column heads, counts and sentences: key, (English, Chinese)."""
