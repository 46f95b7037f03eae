"""What report, mail and screens say of data quality: scores, their past, and rules that newly fail.

Apart from the other words, because they belong to one thing.
"""

from __future__ import annotations

from collections.abc import Mapping

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
    "say.score_meaning": (
        "Score: judged values that pass, by severity (blocking counts 5, major 3, minor 1). Change: points since the run before.",
        "得分：通过检查的值所占比例，按严重程度加权（阻断 5、重要 3、一般 1）。变化：与上次运行相比的百分点。",
    ),
    "say.newly_failing": ("{rules} newly not passed: {named}.", "新增 {rules}未通过：{named}。"),
    "say.failing_rule": ("{entity} ({system}): {message}", "{entity}（{system}）：{message}"),
    "say.list_rules": ("; ", "；"),
    "say.more_rules": ("and {n} more", "另有 {n} 条"),
    "say.past_scores": ("Score over {n} runs, now {score}", "{n} 次运行的得分，当前 {score}"),
}
"""Key, (English, Chinese)."""
