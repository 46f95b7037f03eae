"""What report, mail and screens say of data quality: scores, their past, and rules that newly fail.

Apart from the other words, because they belong to one thing.
"""

from __future__ import annotations

from collections.abc import Mapping

QUALITY_LABELS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "team": {
        "Accounts receivable": ("Accounts receivable", "应收账款"),
        "Customer master data": ("Customer master data", "客户主数据"),
        "Logistics": ("Logistics", "物流"),
        "Product master data": ("Product master data", "产品主数据"),
        "Sales operations": ("Sales operations", "销售运营"),
    },
}
"""Who mends what the suites that come along find: group, name, (English, Chinese)."""

QUALITY_SENTENCES: Mapping[str, tuple[str, str]] = {
    "heading.dimensions": ("Quality by dimension", "按维度的质量评分"),
    "heading.scores": ("Quality by record type", "各类记录质量评分"),
    "heading.failing": ("Rules that records fail", "有记录未通过的规则"),
    "word.dimension": ("Dimension", "维度"),
    "word.score": ("Score", "得分"),
    "word.change": ("Change", "变化"),
    "word.past": ("Past runs", "历次运行"),
    "word.rules_failed": ("Rules not passed", "未通过规则数"),
    "word.everything": ("All records", "全部记录"),
    "word.rule_owner": ("Mended by", "负责修正"),
    "word.observed": ("Found", "实测值"),
    "word.newly": ("New", "新出现"),
    "heading.losses": ("What lowers the scores", "拉低得分的规则"),
    "word.whole_table": ("The whole table", "整张表"),
    "word.points": ("Points lost", "扣分"),
    "word.next": ("What happens next", "后续处理"),
    "say.named_value": ("{name}: ", "{name}："),
    "say.field_of_side": ("{field} ({side})", "{field}（{side}）"),
    "say.score_meaning": (
        (
            "A score is the share of checked values that pass: {score} means that {lost} do not. Blocking rules count 5 times, "
            "major ones 3 times, minor ones once; a rule about a whole table counts all of its records or none. "
            "Change is in points."
        ),
        (
            "得分是通过规则的值所占比例：{score} 表示有 {lost} 未通过。阻断规则按 5 倍计，重要按 3 倍，一般按 1 倍；"
            "针对整张表的规则按全部记录计，或全部通过，或全部不通过。变化以百分点计。"
        ),
    ),
    "say.losses": (
        "How many points of a dimension each rule takes away; of each dimension the {n} that take most.",
        "每条规则使该维度失去多少分；每个维度列出影响最大的 {n} 条。",
    ),
    "say.corrections": ("{corrections} proposed", "已提出 {corrections}建议"),
    "say.by_day": ("by {day}", "{day}前解决"),
    "say.score_rules": ("{score}; {failed} of {rules} not passed", "{score}；{rules}中 {failed} 条未通过"),
    "say.newly_failing": ("{rules} newly not passed: {named}.", "新增 {rules}未通过：{named}。"),
    "say.failing_rule": ("{entity} ({system}): {message}", "{entity}（{system}）：{message}"),
    "say.list_rules": ("; ", "；"),
    "say.more_rules": ("and {n} more", "另有 {n} 条"),
    "say.past_scores": ("Score over {n} runs, now {score}", "{n} 次运行的得分，当前 {score}"),
}
"""Key, (English, Chinese)."""
