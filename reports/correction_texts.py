"""What speaks for a correction and what stands against it, in English and Simplified Chinese.

Apart from `texts`, which holds it among its labels; the English of `misfit` and `holds` is what the engine says too.
"""

from __future__ import annotations

from collections.abc import Mapping

CORRECTION_LABELS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "evidence": {
        "linked_by": ("Linked by", "关联依据"),
        "probability": ("Probability of the link", "关联把握"),
        "reason": ("Difference", "差异情况"),
        "agreed": ("Last agreement", "最近一次一致"),
        "severity": ("Severity", "严重程度"),
        "crm_changed": ("Last change in the CRM", "CRM 最近修改时间"),
        "erp_changed": ("Last change in the ERP", "ERP 最近修改时间"),
        "first_seen": ("First seen", "首次发现时间"),
        "stays": ("Record that stays", "保留的记录"),
        "goes": ("Record that is made inactive", "停用的记录"),
        "left_out": ("Must be unique, so it stays with the inactive record", "不允许重复，保留在停用的记录中"),
        "not_merged": ("Not merged here", "未建议合并"),
    },
    "agreed": {
        "crm": (
            "{field}: both last agreed on {value}, from {at} on; since then the CRM has changed.",
            "{field}：自 {at} 起双方最近一次一致：{value}；此后 CRM 有改动。",
        ),
        "erp": (
            "{field}: both last agreed on {value}, from {at} on; since then the ERP has changed.",
            "{field}：自 {at} 起双方最近一次一致：{value}；此后 ERP 有改动。",
        ),
        "both": (
            "{field}: both last agreed on {value}, from {at} on; since then both have changed.",
            "{field}：自 {at} 起双方最近一次一致：{value}；此后双方均有改动。",
        ),
        "neither": (
            "{field}: both last agreed on {value}, from {at} on; neither has changed, but a rule, a code map or a link has.",
            "{field}：自 {at} 起双方最近一次一致：{value}；此后双方均无改动，变化的是规则、代码对照或关联。",
        ),
        "never": ("{field}: both have never been seen to agree.", "{field}：从未见到双方一致。"),
        "value": ("“{crm}”", "“{crm}”"),
        "values": ("“{crm}” in the CRM, “{erp}” in the ERP", "CRM 中为“{crm}”，ERP 中为“{erp}”"),
        "nothing": ("no value", "空值"),
    },
    "rung": {
        "remembered": ("a link known before", "已有关联"),
        "key": ("a shared key", "相同的关键字段"),
        "score": ("similarity", "相似度"),
        "person": ("a person", "人工确认"),
        "created": ("made by a correction", "由更正新建"),
    },
    "misfit": {
        "too_long": (
            (
                "{field} takes at most {allowed} characters; {value} has {found}. "
                "Shorten it in the {source}, or widen the field in the {target}."
            ),
            "{field} 最多 {allowed} 个字符，{value} 有 {found} 个。请在 {source} 中缩短该值，或在 {target} 中加长字段。",
        ),
        "too_many_digits": (
            (
                "{field} takes at most {allowed} digits; {value} has {found}. "
                "Correct it in the {source}, or widen the field in the {target}."
            ),
            "{field} 最多 {allowed} 位数字，{value} 有 {found} 位。请在 {source} 中更正，或在 {target} 中扩大字段精度。",
        ),
        "too_many_whole_digits": (
            (
                "{field} takes at most {allowed} digits before the point; {value} has {found}. "
                "Correct it in the {source}, or widen the field in the {target}."
            ),
            "{field} 的整数部分最多 {allowed} 位，{value} 有 {found} 位。请在 {source} 中更正，或在 {target} 中扩大字段精度。",
        ),
        "too_many_decimals": (
            (
                "{field} takes at most {allowed} digits after the point; {value} has {found}. "
                "Round it in the {source}, or widen the field in the {target}."
            ),
            "{field} 最多 {allowed} 位小数，{value} 有 {found} 位。请在 {source} 中四舍五入，或在 {target} 中增加小数位数。",
        ),
        "not_in_list": (
            (
                "{field} takes only {allowed}; {value} is none of them. "
                "Correct it in the {source}, map it under `values`, or add it to the list in the {target}."
            ),
            (
                "{field} 只接受 {allowed}，{value} 不在其中。"
                "请在 {source} 中更正，在配置的 `values` 中补充对照，或在 {target} 的选项列表中添加。"
            ),
        ),
        "wrong_type": (
            "{field} holds {allowed}; {value} is none. Correct it in the {source}, or map another field.",
            "{field} 应为{allowed}，{value} 不符合。请在 {source} 中更正，或改为对应其他字段。",
        ),
        "missing": (
            "{field} is required in the {target}, and the {source} has nothing for it. Fill it in there.",
            "{field} 在 {target} 中为必填项，而 {source} 中没有对应的值。请在 {source} 中补填。",
        ),
        "not_mapped": (
            (
                "{field} is required in the {target}, and no field of the configuration fills it. "
                "Map one to it, or give it a default in the {target}."
            ),
            "{field} 在 {target} 中为必填项，而配置中没有字段与之对应。请在配置中补充对应字段，或在 {target} 中设置默认值。",
        ),
        "emptied": (
            "{field} is required in the {target} and can't be emptied.",
            "{field} 在 {target} 中为必填项，不能清空。",
        ),
        "not_writable": (
            (
                "{field} can't be written: the {target} keeps or computes it itself. "
                "Give the field to the other owner, or take it out of the configuration."
            ),
            "{field} 不能写入：该字段由 {target} 自行维护或计算。请改由另一方作为该字段的权威来源，或从配置中移除。",
        ),
        "not_unique": (
            "{field} is unique in the {target}; {value} is held by {found}. Correct one of the records, or merge them.",
            "{field} 在 {target} 中不允许重复，{value} 已被 {found} 使用。请更正其中一条记录，或将其合并。",
        ),
        "no_amount": (
            "{field}: {value} is at stake, which no limit can be held against. Correct the amount where it is kept.",
            "{field}：涉及金额为 {value}，无法按限额检查。请在保存该记录金额的系统中更正。",
        ),
        "twice_in_plan": (
            "{field} is unique in the {target}; {value} would go to {found} as well. Correct one of the records.",
            "{field} 在 {target} 中不允许重复，{value} 还将写入 {found}。请更正其中一条记录。",
        ),
    },
    "holds": {
        "text": ("text", "文本"),
        "number": ("a number", "数字"),
        "integer": ("a whole number", "整数"),
        "boolean": ("true or false", "是或否"),
        "date": ("a date", "日期"),
        "datetime": ("a date and time", "日期时间"),
        "reference": ("a reference", "引用"),
    },
}
