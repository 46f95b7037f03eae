"""The words of the readiness page, in English and Simplified Chinese; `texts` has those that it shares with the report.

Apart from `texts`, because another stage speaks here. Each key has both languages side by side.
"""

from __future__ import annotations

from collections.abc import Mapping

SENTENCES: Mapping[str, tuple[str, str]] = {
    "title": ("{entity} in {system}: ready for another system?", "{system} 中的{entity}：可否交付其他系统？"),
    "verdict.ready": ("Ready", "可以交付"),
    "verdict.not_ready": ("Not ready", "尚不能交付"),
    "verdict.empty": ("No records", "没有记录"),
    "lead.ready": (
        "All {gates} gates are passed. {cleaned} of {records} records are in the cleaned file.",
        "{gates} 项检查全部通过。{records} 条记录中有 {cleaned} 条进入清洗后文件。",
    ),
    "lead.not_ready": (
        (
            "{failed} of {gates} gates are not passed. "
            "{cleaned} of {records} records are in the cleaned file, {rejected} are rejected."
        ),
        "{gates} 项检查中有 {failed} 项未通过。{records} 条记录中有 {cleaned} 条进入清洗后文件，{rejected} 条被拒绝。",
    ),
    "lead.empty": ("The system has no records of this kind.", "该系统中没有此类记录。"),
    "word.records": ("Records read", "读取记录"),
    "word.cleaned": ("Cleaned", "清洗后"),
    "word.rejected": ("Rejected", "拒绝"),
    "word.changed": ("Changed", "有修改"),
    "word.duplicates": ("Duplicates", "重复"),
    "sub.cleaned": ("in the cleaned file", "写入清洗后文件"),
    "sub.rejected": ("in the rejects file, with reasons", "写入拒绝文件，并注明原因"),
    "sub.changed": ("cleaned records with a value in another form", "清洗后记录中，有字段调整了写法"),
    "sub.duplicates": ("marked, not removed", "仅标记，未删除"),
    "heading.gates": ("Gates", "检查项"),
    "heading.fields": ("Fields", "字段概况"),
    "heading.problems": ("What is wrong", "存在的问题"),
    "heading.changes": ("What was changed", "修改示例"),
    "heading.duplicates": ("Records that are there twice", "重复记录"),
    "note.gates": (
        "Each gate is a demand of the system that is to take the records. What fails most should be mended first, at the source.",
        "每一项都是接收系统的要求。未通过的项目应优先在源系统中修正。",
    ),
    "note.fields": (
        "In patterns, 9 stands for digits, A and a for letters, 文 for other scripts.",
        "格式中，9 代表数字，A 和 a 代表字母，文代表其他文字。",
    ),
    "note.problems": (
        "Rejected records can't be taken by any other system. Marked ones are in the cleaned file, with a remark.",
        "“拒绝”的记录无法被其他系统接收；“标记”的记录保留在清洗后文件中，并附有说明。",
    ),
    "note.changes": (
        "A few examples of each field; all are in the cleaned file.",
        "每个字段列出几个示例，全部修改见清洗后文件。",
    ),
    "note.duplicates": (
        "The surest {shown} of {total}. Nothing was merged: decide in the system which one stays.",
        "共 {total} 条，列出把握最大的 {shown} 条。未做任何合并，请在系统中决定保留哪一条。",
    ),
    "gate.keys_unique": ("Every record has a key of its own", "每条记录都有唯一主键"),
    "gate.required_filled": ("Required field is filled", "必填字段已填写"),
    "gate.readable": ("Values can be read", "值可以识别"),
    "gate.valid": ("Values are valid", "值有效"),
    "gate.duplicates": ("Few duplicates", "重复记录占比低"),
    "word.gate": ("Gate", "检查项"),
    "word.field": ("Field", "字段"),
    "word.met": ("Reached", "实际"),
    "word.limit": ("Demanded", "要求"),
    "word.failing": ("Records that fail", "不合格记录"),
    "word.result": ("Result", "结果"),
    "word.passed": ("Passed", "通过"),
    "word.failed": ("Not passed", "未通过"),
    "word.at_least": ("at least {share}", "不低于 {share}"),
    "word.at_most": ("at most {share}", "不超过 {share}"),
    "word.filled": ("Filled", "填充率"),
    "word.distinct": ("Distinct", "不同值"),
    "word.unreadable": ("Unreadable", "无法识别"),
    "word.invalid": ("Invalid", "无效"),
    "word.patterns": ("Most frequent patterns", "最常见格式"),
    "word.required": ("required", "必填"),
    "word.problem": ("Problem", "问题"),
    "word.count": ("Records", "记录数"),
    "word.effect": ("Effect", "处理"),
    "word.reject": ("Rejected", "拒绝"),
    "word.mark": ("Marked", "标记"),
    "word.examples": ("Examples", "示例"),
    "word.key": ("Key", "主键"),
    "word.before": ("Before", "修改前"),
    "word.after": ("After", "修改后"),
    "word.record": ("Record", "记录"),
    "word.same_as": ("Is the same as", "与其相同"),
    "word.because": ("Because of", "依据"),
    "word.similar": ("similar, {share}", "相似，{share}"),
    "word.same": ("same {fields}", "{fields}相同"),
    "word.empty": ("empty", "空"),
    "word.none": ("None.", "无。"),
}
