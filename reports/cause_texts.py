"""The words of causes: what has made values differ, where, how sure that is and what mends it, in English and Chinese.

Apart from `texts`, which holds them among its own.
"""

from __future__ import annotations

from collections.abc import Mapping

CAUSE_LABELS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "mechanism": {
        "factor": ("Factor", "固定倍数"),
        "offset": ("Constant shift", "固定偏移"),
        "time_zone": ("Time zone", "时区"),
        "time_cut": ("Time lost", "时间丢失"),
        "day_month": ("Day and month", "日月颠倒"),
        "rounding": ("Rounding", "舍入"),
        "sign": ("Sign", "正负号"),
        "truncation": ("Cut text", "文本截断"),
        "encoding": ("Encoding", "编码损坏"),
        "swapped": ("Swapped fields", "字段互换"),
        "shifted": ("Shifted field", "字段错位"),
        "code_map": ("Code map", "代码映射缺口"),
        "default": ("Default value", "默认值"),
        "stale": ("Sync stopped", "同步停止"),
        "source": ("One source", "单一来源"),
    },
    "cause_fix": {
        "rule": ("Rule for the configuration", "配置规则"),
        "bulk": ("All its corrections at once", "批量处理全部更正"),
    },
    "cause_advice": {
        "factor": (
            "Find out which side has the right unit or currency and mend the interface, then decide on its corrections at once:",
            "先确认哪一方的单位或币种正确并修复接口，再一次性处理全部更正：",
        ),
        "offset": (
            "Mend the interface that adds the difference, then decide on its corrections at once:",
            "先修复产生偏移的接口，再一次性处理全部更正：",
        ),
        "time_zone": (
            "Mend the interface that writes local time, then decide on its corrections at once:",
            "先修复写入本地时间的接口，再一次性处理全部更正：",
        ),
        "time_cut": (
            "Let the interface carry the whole time, then decide on its corrections at once:",
            "让接口传递完整时间，再一次性处理全部更正：",
        ),
        "day_month": (
            "Mend the date format of the interface, then decide on its corrections at once:",
            "先修复接口的日期格式，再一次性处理全部更正：",
        ),
        "rounding": (
            "Let the field keep all decimals, then decide on its corrections at once:",
            "让字段保留全部小数位，再一次性处理全部更正：",
        ),
        "sign": (
            "Agree on whether credits are negative and mend the interface, then decide on its corrections at once:",
            "先约定贷方金额是否为负并修复接口，再一次性处理全部更正：",
        ),
        "truncation": (
            "Widen the field that cuts, then decide on its corrections at once:",
            "加宽被截断的字段，再一次性处理全部更正：",
        ),
        "encoding": (
            "Let the interface read and write the same encoding, then decide on its corrections at once:",
            "让接口的读写使用同一编码，再一次性处理全部更正：",
        ),
        "swapped": (
            "Mend the mapping of the interface, then decide on its corrections at once:",
            "先修复接口的字段映射，再一次性处理全部更正：",
        ),
        "shifted": (
            "Mend the columns of the interface or file, then decide on its corrections at once:",
            "先修复接口或文件的列对应关系，再一次性处理全部更正：",
        ),
        "code_map": ("Complete the code map of the configuration:", "补全配置中的代码映射："),
        "default": (
            "Let the interface carry the value instead of the default, then decide on its corrections at once:",
            "让接口传递实际值而非默认值，再一次性处理全部更正：",
        ),
        "stale": (
            "Start the sync again. What it does not bring, decide at once:",
            "重新启动同步；同步后仍不一致的，可一次性处理：",
        ),
        "source": (
            "Look at what this source does. Then decide on its corrections at once:",
            "先检查该来源的写入方式，再一次性处理全部更正：",
        ),
    },
    "cut_to": {
        "1d": ("the time of day", "时刻"),
        "1h": ("minutes and seconds", "分和秒"),
        "1m": ("seconds", "秒"),
        "1s": ("fractions of a second", "秒以下的小数"),
    },
    "cause_column": {
        "crm:changed on": ("day of the CRM's change", "CRM 修改日期"),
        "erp:changed on": ("day of the ERP's change", "ERP 修改日期"),
    },
}
"""What is said for a code, by group."""

CAUSE_SENTENCES: Mapping[str, tuple[str, str]] = {
    "heading.causes": ("Causes", "原因分析"),
    "say.causes": (
        "{causes} {share} of {differences}.",
        "{causes}解释了 {differences}中的 {share}。",
    ),
    "say.causes_meaning": (
        "Affected: of the records that meet a cause's condition, how many differ in that way.",
        "受影响：满足该原因条件的记录中，实际以此方式不一致的比例。",
    ),
    "say.no_causes": (
        "No cause stands out: the differences look like single events.",
        "没有突出的原因：这些差异看起来是彼此独立的个别情况。",
    ),
    "count.causes": ("{n} cause explains|{n} causes explain", "{n} 个原因"),
    "count.differences": ("{n} difference|{n} differences", "{n} 处字段差异"),
    "word.id": ("Id", "编号"),
    "word.break": ("Break", "差异"),
    "word.cause": ("Cause", "原因"),
    "word.fields": ("Fields", "字段"),
    "word.covered": ("Differences", "差异数"),
    "word.of_fields": ("Of its fields", "占相关字段"),
    "word.of_all": ("Of all", "占全部"),
    "word.purity": ("Affected", "受影响"),
    "word.example": ("Example", "示例"),
    "word.fix": ("Proposed fix", "建议处理"),
    "cause.factor": ("{side} holds {factor} times what {other} holds.", "{side} 的数值是 {other} 的 {factor} 倍。"),
    "cause.offset.amount": ("{side} is higher by exactly {amount}.", "{side} 正好多 {amount}。"),
    "cause.offset.days": ("{side} is later by exactly {amount}.", "{side} 正好晚 {amount}。"),
    "cause.time_zone": (
        "{side} holds the local time of {zone} as though it were UTC.",
        "{side} 把 {zone} 的当地时间当作 UTC 保存。",
    ),
    "cause.time_cut": ("{side} has lost {part}.", "{side} 丢失了{part}。"),
    "cause.day_month": ("Day and month stand in each other's place.", "日与月的位置颠倒。"),
    "cause.rounding.nearest": ("{side} rounds to {step}.", "{side} 四舍五入到 {step}。"),
    "cause.rounding.cut": ("{side} cuts what is less than {step}.", "{side} 舍去 {step} 以下的部分。"),
    "cause.rounding.up": ("{side} rounds up to {step}.", "{side} 向上取整到 {step}。"),
    "cause.sign": ("The two sides have opposite signs.", "两边的正负号相反。"),
    "cause.truncation": ("{side} cuts after {n} characters.", "{side} 在第 {n} 个字符后截断。"),
    "cause.encoding": ("{side} has misread letters ({way}).", "{side} 的文字被错误解码（{way}）。"),
    "cause.encoding.lost": (
        "{side} could not keep some letters and holds question marks.",
        "{side} 无法保存部分文字，以问号代替。",
    ),
    "cause.encoding.left_out": ("{side} leaves out letters that are not ASCII.", "{side} 丢掉了非 ASCII 文字。"),
    "cause.swapped": ("{first} and {second} stand in each other's place.", "{first}与{second}的内容互换。"),
    "cause.shifted": (
        "What {crm} holds under {first} stands in {erp} under {second}.",
        "{crm} 中“{first}”的内容出现在 {erp} 的“{second}”中。",
    ),
    "cause.code_map": ("{pairs} always stand against each other.", "以下取值总是成对出现：{pairs}。"),
    "cause.default": ("{side} holds {value} where {other} has many values.", "{other} 有多种取值，而 {side} 都是 {value}。"),
    "cause.default.empty": ("{side} is empty where {other} has a value.", "{other} 有值而 {side} 为空。"),
    "cause.stale": (
        "{side} has not followed what {other} has changed since {since}.",
        "{side} 自 {since} 起未跟上 {other} 的修改。",
    ),
    "cause.stale.until": (
        "{side} has not followed what {other} changed from {since} to {until}.",
        "{side} 未跟上 {other} 在 {since} 至 {until} 之间的修改。",
    ),
    "cause.source": (
        "Records with {column} {values} differ far more often than others.",
        "{column} 为 {values} 的记录，差异远多于其他记录。",
    ),
    "cause.where": ("Only where {column} is {values}.", "仅限 {column} 为 {values} 的记录。"),
    "cause.where.since": ("Only records that {side} has changed since {since}.", "仅限 {side} 自 {since} 起修改的记录。"),
    "cause.where.until": (
        "Only records that {side} changed from {since} to {until}.",
        "仅限 {side} 在 {since} 至 {until} 之间修改的记录。",
    ),
    "cause.pure": ("{purity}: {records} of {satisfying}", "{purity}：{records} / {satisfying}"),
    "cause.keys": ("{crm} {crm_key} and {erp} {erp_key}", "{crm} {crm_key} 与 {erp} {erp_key}"),
    "cause.next": (
        "`reconcile causes show ID` lists the breaks of one; `reconcile approve --cause ID` decides on all its corrections.",
        "`reconcile causes show 编号` 列出该原因的全部差异；`reconcile approve --cause 编号` 批准其全部更正。",
    ),
    "cause.rule": ("Let the configuration know:", "在配置中写明："),
    "cause.or": (" or ", " 或 "),
}
"""Sentences and headings, by key."""
