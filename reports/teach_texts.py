"""The words in which people are asked about pairs of records, and told what their answers come to, in English and Chinese.

Apart from `texts`, which holds them among its own.
"""

from __future__ import annotations

from collections.abc import Mapping

TEACH_LABELS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "asked_zone": {
        "link": ("linked", "已匹配"),
        "duplicate": ("duplicate", "重复"),
        "review": ("to review", "待复核"),
        "none": ("not linked", "未匹配"),
        "near": ("not linked", "未匹配"),
        "far": ("not linked", "未匹配"),
    },
    "taught": {
        "as_learned": ("as without answers", "与没有回答时相同"),
        "tables": ("learned again with the answered pairs fixed", "固定已回答的记录对后重新学习"),
        "scale": ("corrected as a whole by a classifier", "由分类器整体校正"),
        "fields": ("corrected field by field by a classifier", "由分类器逐字段校正"),
    },
    "taught_reason": {
        "few": ("there are too few answers to learn more from them", "回答太少，不足以进一步学习"),
        "no_better": (
            "no way of learning made fewer wrong decisions on answers that it had not seen",
            "在未见过的回答上，没有哪种学习方式的错误判断更少",
        ),
        "better": (
            "on answers that it had not seen this made the fewest wrong decisions",
            "在未见过的回答上，这种方式的错误判断最少",
        ),
    },
}
"""What is said for a code, by group."""

TEACH_SENTENCES: Mapping[str, tuple[str, str]] = {
    "teach.head": ("Pair {at} of {of} · {zone} · {share} sure", "第 {at} 对，共 {of} 对 · {zone} · 把握 {share}"),
    "teach.prompt": (
        "The same? y yes, n no, u unsure, b back, q quit: ",
        "是同一个吗？ y 是，n 不是，u 不确定，b 返回，q 退出：",
    ),
    "teach.no_answer": ("Please answer y, n, u, b or q.", "请回答 y、n、u、b 或 q。"),
    "teach.nothing": ("There is no pair left to ask about.", "没有需要询问的记录对了。"),
    "teach.kept": ("{count} answers are in {file}.", "{file} 中有 {count} 个回答。"),
    "teach.lost": (
        "{count} answers name a record that is not in the files; they are left out.",
        "有 {count} 个回答提到的记录不在文件中，已略去。",
    ),
    "teach.sheet": (
        "{count} pairs are in {file}. Write y, n or u into the column answer; then give the file with --answers.",
        "{file} 中有 {count} 对记录。请在 answer 列填写 y、n 或 u，然后用 --answers 指定该文件。",
    ),
    "teach.use": (
        "Use them: reconcile match {left} {right} --answers {file} --out links.parquet",
        "使用这些回答：reconcile match {left} {right} --answers {file} --out links.parquet",
    ),
    "teach.lesson": (
        "With the {count} answers that were there before, pairs were weighed {used}: {reason}.",
        "根据此前的 {count} 个回答，权重{used}：{reason}。",
    ),
    "teach.links": (
        "Right among the links: {share}, surely between {low} and {high} ({answered} answers for {of} pairs).",
        "匹配中正确的比例：{share}，95% 置信区间 {low} 至 {high}（{of} 对中回答了 {answered} 对）。",
    ),
    "teach.duplicates": (
        "Right among the duplicates: {share}, surely between {low} and {high} ({answered} answers for {of} pairs).",
        "重复中正确的比例：{share}，95% 置信区间 {low} 至 {high}（{of} 对中回答了 {answered} 对）。",
    ),
    "teach.recall": (
        "Found of those that are the same: {share}, surely between {low} and {high}; pairs never compared do not count.",
        "同一对象中被找到的比例：{share}，95% 置信区间 {low} 至 {high}；从未比较过的记录对不计入。",
    ),
    "teach.surely": (
        "Surely: in 95 of 100 such samples the true share lies there.",
        "95% 置信区间：100 次这样的抽样中约有 95 次包含真实比例。",
    ),
    "teach.more": (
        "Not enough answers yet to say how good the links are.",
        "回答还不够，尚不能判断匹配的质量。",
    ),
    "teach.outcome_pinned": ("Noted: the link is pinned.", "已记录：该匹配已固定。"),
    "teach.outcome_approved": ("Noted: approved, and written with the next push.", "已记录：已批准，将随下次推送写入。"),
    "teach.outcome_proposed": ("Noted: proposed; somebody else must approve it.", "已记录：已提议，须由他人批准。"),
    "teach.outcome_same": (
        "Noted: the same, but one of the two is linked with another record, and stays so.",
        "已记录：二者相同，但其中一条已与其他记录匹配，保持不变。",
    ),
    "teach.outcome_apart": ("Noted: no run links the two.", "已记录：今后不会匹配这两条记录。"),
    "teach.outcome_unsure": ("Noted: not sure.", "已记录：不确定。"),
}
"""Sentences and heads, by key."""
