"""The words that only the dashboard says, in English and Simplified Chinese; all others come from `reports.texts`.

Apart from the pages, so that a translator reads one file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dashboard.settle_words import SETTLE_WORDS
from reports.words import Words

LANGUAGE_NAMES: Mapping[str, str] = {"en": "English", "zh": "简体中文"}

SCREEN: Mapping[str, tuple[str, str]] = {
    # pages
    "page.overview": ("Overview", "概览"),
    "page.mismatches": ("Mismatches", "差异明细"),
    "page.review": ("Review pairs", "配对复核"),
    "page.approvals": ("Approvals", "审批与写入"),
    "page.quality": ("Quality", "数据质量"),
    "page.runs": ("Runs", "运行记录"),
    "lead.mismatches": (
        "Every break of this run. Narrow the list, then choose a row to see both records side by side.",
        "本次运行的全部差异。可先筛选，再选中一行查看两条记录的并排对比。",
    ),
    "lead.review": (
        "Are these two the same? Your answers are kept, no score undoes them, and they show how good the matching is.",
        "这两条记录是否为同一对象？您的回答会被保留，不会被评分推翻，并可用来衡量匹配质量。",
    ),
    "lead.approvals": (
        "Nothing is written before a person approves it and another click sends it. Each write is read back as proof.",
        "未经人工批准并再次确认，不会写入任何系统；每次写入后都会回读核实。",
    ),
    "lead.quality": (
        "What the quality rules say about the records of each system, and about pairs of them.",
        "质量规则对各系统记录及两系统间配对记录的检查结果。",
    ),
    "lead.runs": (
        "A run reads both systems and compares them. It writes to neither.",
        "一次运行读取并比对两个系统的数据，不向任何系统写入。",
    ),
    # the frame around every page
    "frame.language": ("Language", "语言"),
    "frame.run_of": ("Run of {moment}", "运行时间：{moment}"),
    "frame.fact": ("{name}: {value}", "{name}：{value}"),
    "frame.older": (
        "You are looking at an earlier run, of {moment}. Corrections and decisions are always the current ones.",
        "当前查看的是 {moment} 的历史运行；更正建议与审批始终为最新状态。",
    ),
    "frame.newest": ("Show the newest run", "查看最新运行"),
    "frame.your_name": ("Your name", "您的姓名"),
    "frame.your_name_help": ("Stands in the audit trail beside each decision.", "将与每项决定一起记入审计日志。"),
    "cause.open": ("Show one cause and its breaks", "查看某个原因及其差异"),
    # signing in
    "enter.heading": ("Sign in", "登录"),
    "enter.name": ("Name", "用户名"),
    "enter.password": ("Password", "密码"),
    "enter.sign_in": ("Sign in", "登录"),
    "enter.refused": (
        "Name or password is wrong, or the account is locked for some minutes. Try again later, or ask your administrator.",
        "用户名或密码错误，或账户已被暂时锁定。请稍后重试，或联系管理员。",
    ),
    "enter.or": ("or", "或"),
    "enter.with": ("Sign in with {provider}", "使用 {provider} 登录"),
    "enter.with_any": ("Sign in with your organisation's account", "使用组织账户登录"),
    "enter.restart": (
        "The identity provider of the configuration has changed. Start the dashboard anew to sign in there.",
        "配置中的身份提供方已更改，请重新启动看板后再登录。",
    ),
    "enter.not_served": (
        "People sign in to this project, which only `reconcile dashboard` can serve. Start it that way.",
        "本项目需要登录，请使用 `reconcile dashboard` 启动看板。",
    ),
    "enter.signed_in": ("Signed in as", "当前用户"),
    "enter.no_role": ("no role: may only look", "无角色：仅可查看"),
    "enter.sign_out": ("Sign out", "退出登录"),
    "enter.ended": (
        "You are signed out. Nothing that was decided or written is lost.",
        "您已退出登录，已作出的决定和写入不会丢失。",
    ),
    "enter.signs": ("Signs as", "署名"),
    "enter.signs_help": (
        "Who is signed in; stands in the audit trail beside each decision.",
        "即当前登录用户，将与每项决定一起记入审计日志。",
    ),
    "enter.may_not": (
        "Your role does not allow this ({roles}). Ask your administrator if it should.",
        "您的角色（{roles}）无此权限，如有需要请联系管理员。",
    ),
    # filters and pages
    **SETTLE_WORDS,
    "filter.all": ("All", "全部"),
    "filter.search": ("Search", "搜索"),
    "filter.search_hint": ("name, number, key or value", "名称、编号、主键或字段值"),
    "filter.sort": ("Sort by", "排序"),
    "filter.none_left": ("No break fits these filters.", "没有符合筛选条件的差异。"),
    "filter.reset": ("Clear filters", "清除筛选"),
    "sort.value": ("Value at risk", "涉及金额"),
    "sort.oldest": ("Oldest first", "账龄最长优先"),
    "sort.newest": ("Newest first", "最新优先"),
    "sort.severity": ("Severity", "严重程度"),
    "sort.label": ("Record", "记录"),
    "pager.rows": ("{first}–{last} of {total}", "第 {first}–{last} 条，共 {total} 条"),
    "pager.previous": ("Previous", "上一页"),
    "pager.next": ("Next", "下一页"),
    # one pair
    "pair.heading": ("Side by side", "并排对比"),
    "pair.choose": ("Choose a row above to see both records side by side.", "在上表中选中一行，即可并排查看两条记录。"),
    "pair.only_differences": ("Only fields that differ", "仅显示不一致的字段"),
    "pair.raw": ("As the systems write it", "显示系统原始值"),
    "pair.no_record": ("{system} has no such record.", "{system} 中没有该记录。"),
    "pair.gone": (
        "The snapshots of this run are no longer on disk; only the break itself can be shown.",
        "本次运行的快照已不在磁盘上，只能显示差异本身。",
    ),
    "pair.gone_break": (
        "This break is not in this run: it may have been fixed, or the link is from another project.",
        "本次运行中没有该差异：可能已解决，或链接来自其他项目。",
    ),
    "pair.to_action": ("See the proposed correction", "查看更正建议"),
    "pair.signs": (
        "≠ a break · ≈ written differently, but no break · = the same",
        "≠ 不一致 · ≈ 写法不同，但不计为差异 · = 完全相同",
    ),
    "pair.close": ("Close", "关闭"),
    # why
    "why.weighing": ("Weighing the records …", "正在计算 …"),
    "why.large": (
        "More than {limit} records are weighed on the command line, which may take a minute:",
        "超过 {limit} 条记录时请用命令行查询，可能需要一分钟：",
    ),
    "why.nobody": (
        "No record of {system} was compared with this one: none shares a value by which records are brought together.",
        "{system} 中没有记录与之比较：没有可据以筛选的相同取值。",
    ),
    "why.nearest": ("The record of the other side that comes nearest is {record}.", "另一方最接近的记录是 {record}。"),
    # review of pairs
    "review.entity": ("Record type", "记录类型"),
    "review.which": ("Which pairs", "哪些配对"),
    "review.teach": ("Those that teach most", "最有帮助的配对"),
    "review.measure": ("A random sample, to measure quality", "随机抽样（衡量质量）"),
    "review.same": ("Same", "相同"),
    "review.different": ("Not the same", "不相同"),
    "review.unsure": ("Not sure", "不确定"),
    "review.keys": (
        "Keys: S for the same, N for not the same, U for not sure.",
        "快捷键：S 相同，N 不相同，U 不确定。",
    ),
    "review.left": ("{n} more to look at", "还有 {n} 对待复核"),
    "review.done": (
        "Answers so far: {same} the same, {different} not the same, {unsure} not sure.",
        "目前的回答：{same} 对相同，{different} 对不相同，{unsure} 对不确定。",
    ),
    "review.none_left": ("Nothing left to ask about.", "没有需要复核的配对了。"),
    "review.no_entity": (
        "No entity is matched by likeness: give `match.fields` in the configuration.",
        "没有按相似度匹配的记录类型：请在配置中填写 `match.fields`。",
    ),
    "review.draw": ("Draw a sample of {n} pairs", "抽取 {n} 对样本"),
    "review.draw_help": (
        (
            "Pairs are drawn at random from links, duplicates, pairs that wait, and others. After about 100 answers the "
            "figures are worth reading; you can stop at any time."
        ),
        "将从已匹配、重复、待确认及其他配对中随机抽取。约 100 个回答后数据才有参考价值；可随时停止。",
    ),
    "review.progress": ("{done} of {all} answered", "已答复 {done} / {all}"),
    "review.precision": ("Links that are right", "匹配正确率"),
    "review.duplicates": ("Duplicates that are right", "重复项正确率"),
    "review.recall": ("Same pairs that are found", "匹配查全率"),
    "review.between": ("95 % sure: {low} to {high}; {n} answers", "95% 置信区间：{low} 至 {high}；{n} 个回答"),
    "review.too_few": ("too few answers yet", "回答尚不足"),
    "review.outcome_pinned": ("Noted: the link is pinned.", "已记录：该匹配已固定。"),
    "review.outcome_approved": (
        "Noted and approved; it waits to be written under Approvals.",
        "已记录并批准，待在“审批与写入”中写入。",
    ),
    "review.outcome_proposed": ("Noted; somebody else must approve it.", "已记录，须由他人批准。"),
    "review.outcome_same": (
        "Noted: one business. Another record keeps the link; under Mismatches the two can be merged.",
        "已记录：同一业务对象。匹配仍由另一条记录保持；可在“差异明细”中合并。",
    ),
    "review.outcome_apart": ("Noted: no run will link the two.", "已记录：今后不会再匹配这两条记录。"),
    "review.outcome_unsure": ("Noted: not sure.", "已记录：不确定。"),
    # asking for a correction
    "ask.heading": ("Ask for a correction of this record", "对该记录提出更正"),
    "ask.candidate": ("Are these two the same?", "这两条记录是否为同一对象？"),
    "ask.duplicate": ("Two records of {system}: make one of them?", "{system} 中的两条记录：是否合并为一条？"),
    "ask.what": ("What", "操作"),
    "ask.offer_link": ("Link it with a record of the other side", "与另一方的记录建立关联"),
    "ask.offer_unlink": ("Take the link back: the two are not the same", "解除关联：两者并非同一对象"),
    "ask.offer_deactivate": ("Make it inactive in {system}", "在 {system} 中停用"),
    "ask.offer_merge": ("Merge it with another record of {system}", "与 {system} 的另一条记录合并"),
    "ask.other_key": ("Key of the other record, in {system}", "{system} 中另一条记录的主键"),
    "ask.stays": ("Which record stays", "保留哪一条"),
    "ask.kept": ("Stays: {record}", "保留：{record}"),
    "ask.closed": ("Is made inactive: {record}", "停用：{record}"),
    "ask.reason": ("Reason", "理由"),
    "ask.button_link": ("Propose to link", "建议建立关联"),
    "ask.button_unlink": ("Propose to unlink", "建议解除关联"),
    "ask.button_different": ("Not the same", "不是同一对象"),
    "ask.button_deactivate": ("Propose to make inactive", "建议停用"),
    "ask.button_merge": ("Propose a merge", "建议合并"),
    "ask.button_none": ("Propose", "提出建议"),
    "ask.note": (
        "Nothing is written by this: it is approved and written like any other correction.",
        "此操作不会写入任何数据，须与其他更正一样经批准后才会写入。",
    ),
    "ask.proposed": ("Proposed: {what} ({actions}).", "已提出建议：{what}（{actions}）。"),
    "ask.stands": ("Proposed before: {what}. It stands as: {state}.", "此前已提出：{what}，当前状态：{state}。"),
    "ask.needed": ("{people} must approve it before anything is written.", "须经 {people}批准后才会写入。"),
    "ask.approvers": ("These may: {names}.", "有权批准的人员：{names}。"),
    "ask.and_others": (" and others", "等"),
    "ask.too_few": (
        "The configuration names too few people who may; ask your administrator.",
        "配置中有权批准的人员不足，请联系管理员。",
    ),
    "ask.problem": ("It can't be approved yet: {why}", "目前无法批准：{why}"),
    "ask.different_noted": (
        "Noted: the two are not the same. No run proposes or links the pair again.",
        "已记录：两者并非同一对象，今后的运行不会再建议或关联这一对记录。",
    ),
    "ask.see": ("See the correction", "查看该更正"),
    # approvals
    "approve.decide": ("To decide", "待审批"),
    "approve.push": ("To write", "待写入"),
    "approve.results": ("Results", "结果"),
    "approve.causes": ("By cause", "按原因分组"),
    "approve.cause": ("{field} → {target}", "{field} → {target}"),
    "approve.create": ("New record in {target}", "在 {target} 新建记录"),
    "approve.link": ("Link records with {target}", "与 {target} 的记录建立关联"),
    "approve.merge": ("Merge duplicates in {target}", "合并 {target} 中的重复记录"),
    "approve.deactivate": ("Make inactive in {target}", "在 {target} 停用"),
    "approve.parts": (
        "Decided and written as a whole, with these {n} corrections:",
        "以下 {n} 项更正与此一并审批、一并写入：",
    ),
    "approve.asked_by": ("Asked for by", "提出人"),
    "approve.review": ("A person has to decide", "需人工判定"),
    "approve.review_note": (
        "No rule says which system is right, so these can't be written. Settle them in the systems, or name an owner.",
        "此类项目没有规则指定以哪个系统为准，因此不会写入。请在系统中处理，或在配置中指定判定依据。",
    ),
    "approve.nothing": ("No correction waits for a decision.", "没有待审批的更正建议。"),
    "approve.nothing_to_push": ("No approved correction waits to be written.", "没有已批准待写入的更正。"),
    "approve.no_results": ("Nothing has been decided or written yet.", "尚无审批或写入记录。"),
    "approve.select_page": ("Select these {n}", "选中本页 {n} 项"),
    "approve.selected": ("Approve selected ({n})", "批准所选（{n}）"),
    "approve.all": ("Approve all of this cause ({n})", "批准该原因的全部（{n}）"),
    "approve.reject_selected": ("Reject selected ({n})", "驳回所选（{n}）"),
    "approve.comment": ("Comment", "备注"),
    "approve.comment_hint": ("why, for those who read it later", "说明原因，供日后查阅"),
    "approve.need_name": ("Enter your name first: every decision has one.", "请先填写姓名：每项决定都须署名。"),
    "approve.done": ("{actions} approved by {who}.", "{who} 已批准 {actions}。"),
    "approve.rejected": ("{actions} rejected by {who}.", "{who} 已驳回 {actions}。"),
    "approve.none_changed": (
        "Nothing was changed: these were decided already.",
        "未作更改：这些项目已被处理。",
    ),
    "approve.waiting": (
        "{who} has approved {actions}, and somebody else must approve as well before anything is written.",
        "{who} 已批准 {actions}，还须其他人批准后才会写入。",
    ),
    "approve.left": ("{actions} left as they were: {why}.", "{actions}未处理：{why}。"),
    "approve.moved": (
        "{actions} had changed since this page was shown and were left alone. Look at them again.",
        "{actions}在页面显示后已发生变化，未作处理，请重新查看。",
    ),
    "approve.sure_all": (
        "I have looked at the sample and want all {n}, also those on other pages.",
        "我已查看样本，确认批准全部 {n} 项（包括其他页）。",
    ),
    "push.targets": ("What would be written", "待写入内容"),
    "push.dry_run": ("Try it without writing", "试运行（不写入）"),
    "push.dry_done": (
        "Nothing was written. {planned} would be written as they stand.",
        "未写入任何数据。按当前情况将写入 {planned}。",
    ),
    "push.would_not": ("{actions} would not be written:", "{actions}将不会写入："),
    "push.lasting": (
        "{actions} can't be undone here once they are written: look at these twice.",
        "{actions}写入后无法在此撤销，请再次核对。",
    ),
    "push.need_dry": (
        "Try it first: the trial reads both systems and says what would happen.",
        "请先试运行：系统会读取两边数据并说明将发生什么。",
    ),
    "push.write": ("Write {actions} now", "立即写入 {actions}"),
    "push.again": ("The list has changed since the trial. Try it once more.", "试运行后列表已变化，请重新试运行。"),
    "push.running": ("Writing and reading back", "正在写入并回读核实"),
    "push.trying": ("Trying without writing", "正在试运行"),
    "push.finished": ("Written and verified: {verified}.", "已写入并核实：{verified}。"),
    "push.not_all": (
        "{left} did not land. The reason stands beside each in the results.",
        "{left}未成功，原因见“结果”中的说明。",
    ),
    "push.reject": ("Reject after all ({n})", "改为驳回（{n}）"),
    "push.over_limits": (
        "This goes beyond the limits of the configuration: {limits}.",
        "本次写入超出配置中的限额：{limits}。",
    ),
    "push.beyond_limits": (
        "That many is what I mean: go beyond the limits this once.",
        "我确认数量无误：仅本次允许超出限额。",
    ),
    "push.ended_early": (
        "The writing ended early, nothing is half done. Left as approved: {left}. Why: {why}.",
        "写入提前结束，没有半途而废的写入。仍为已批准：{left}。原因：{why}。",
    ),
    "stop.stop": ("Stop all writing", "停止一切写入"),
    "stop.resume": ("Let writing go on", "恢复写入"),
    "stop.note": (
        "No push of this project starts, on any computer; a running one ends after its batch and settles what was sent.",
        "本项目在任何计算机上都不会开始写入；进行中的写入在当前批次结束后停止，已发送的会核实完毕。",
    ),
    "stop.resume_note": ("Nothing is written by this alone.", "此操作本身不会写入任何数据。"),
    "stop.held": ("{who} stopped all writing, {when}.", "{who} 已停止一切写入，{when}。"),
    "stop.why": ("Why: {comment}", "原因：{comment}"),
    "result.said": ("What the system said", "系统反馈"),
    "result.read_back": ("Read back: {values}", "回读值：{values}"),
    "result.when": ("When", "时间"),
    "result.who": ("Approved by", "审批人"),
    "result.filter": ("Show", "显示"),
    "result.choose": ("Look at one of these", "查看其中一项"),
    "result.none": ("–", "–"),
    "undo.heading": ("Take it back", "撤销该项写入"),
    "undo.note": (
        "This proposes to write the old values again. The proposal is approved and written like any other.",
        "这会建议写回原来的值；该建议与其他更正一样，须经批准后才会写入。",
    ),
    "undo.propose": ("Propose to undo", "建议撤销"),
    "undo.proposed": (
        "{actions} to undo proposed: approve them under “To decide”.",
        "已提出撤销建议（{actions}），请在“待审批”中批准。",
    ),
    "undo.left": ("Nothing was proposed: {why}", "未提出撤销建议：{why}"),
    "history.show": ("History of this record", "该记录的历史"),
    "history.none": ("Nothing is on record of it yet.", "尚无记录。"),
    "history.what": ("What", "事件"),
    "history.who": ("Who", "执行者"),
    "history.said": ("Detail", "详情"),
    "tally.proposed": ("Awaiting approval", "待审批"),
    "tally.approved": ("Approved, to write", "已批准待写入"),
    "tally.verified": ("Written and verified", "已写入并核实"),
    "tally.attention": ("Need a look", "需要关注"),
    # quality
    "quality.failing_records": ("Records that fail", "未通过的记录"),
    "quality.choose_rule": ("Rule", "规则"),
    "quality.to_breaks": ("To the breaks: {kind}", "查看差异：{kind}"),
    "pair.to_rule": ("The rule, and all records that fail it", "该规则及其全部未通过的记录"),
    "quality.no_break": ("Allowed by the rule, or accepted", "在规则允许范围内，或已接受"),
    "quality.whole_table": (
        "This rule is about the table as a whole: no single record fails. What was found stands above.",
        "该规则针对整张表，没有单条未通过的记录；实测值见上。",
    ),
    "quality.listed": ("{shown} of {total}, to sort and search", "{total} 条中的 {shown} 条，可排序和查找"),
    "quality.csv": ("All records of this rule (CSV)", "该规则的全部记录（CSV）"),
    "quality.parquet": ("All findings of the run (Parquet)", "本次运行的全部问题（Parquet）"),
    "quality.passed_rules": ("{passed} of {total} rules passed", "{total} 条规则中 {passed} 条通过"),
    # runs
    "run.start": ("Start a run", "开始运行"),
    "run.running": ("Reading, matching and comparing", "正在读取、匹配并比对"),
    "run.done": ("The run has finished: {breaks} open.", "运行完成：{breaks}未解决。"),
    "run.none": ("No run yet", "尚无运行记录"),
    "run.none_help": (
        "Start the first run. It reads both systems, compares them and writes to neither.",
        "请开始首次运行：读取并比对两个系统的数据，不写入任何内容。",
    ),
    "run.history": ("All runs", "全部运行"),
    "run.choose": ("Run", "运行"),
    "run.this": ("What changed in this run", "本次运行的变化"),
    "run.new_list": ("See what is new", "查看新增差异"),
    "run.regressed_list": ("See what came back", "查看再次出现的差异"),
    "run.fixed_list": ("Fixed since the run before", "自上次运行以来已解决"),
    "run.by": ("Started by", "发起人"),
    "run.state": ("State", "状态"),
    # steps of a job
    "step.read": ("Reading {system}: {entity}", "读取 {system}：{entity}"),
    "step.of": ("{step}: {done} of {total}", "{step}：{done} / {total}"),
    # trouble
    "trouble.config": ("The configuration needs a change", "配置需要修改"),
    "trouble.retry": ("A system can't be reached or refuses", "系统无法连接或拒绝访问"),
    "trouble.stop": ("Stopped, so that nothing is lost", "为避免数据丢失，已停止"),
    "trouble.config_help": ("Change it, then try again.", "请修改配置后重试。详细信息："),
    "trouble.retry_help": (
        "Nothing was lost. Try again when the system answers.",
        "数据没有丢失，请在系统恢复后重试。详细信息：",
    ),
    "trouble.stop_help": ("This is what to do:", "请按以下说明处理："),
    "trouble.unexpected": ("Something went wrong that should not", "发生意外错误"),
    "trouble.unexpected_help": (
        "Nothing that was decided or written is lost. The details are in the window in which the dashboard was started ({what}).",
        "已作出的决定和写入不会丢失。详情见启动看板的终端窗口（{what}）。",
    ),
    "trouble.no_config": (
        "There is no {path}. Start with `reconcile dashboard`, or: streamlit run dashboard/app.py -- --config reconcile.yaml",
        "找不到 {path}。请用 `reconcile dashboard` 启动看板，或运行：streamlit run dashboard/app.py -- --config reconcile.yaml",
    ),
}
"""Key, (English, Chinese)."""

STEPS: Mapping[str, tuple[str, str]] = {
    "compare": ("Finding who is who, and comparing field by field", "匹配记录并逐字段比对"),
    "check": ("Checking quality rules", "检查质量规则"),
    "plan": ("Proposing corrections", "生成更正建议"),
    "push": ("Writing and reading back", "写入并回读核实"),
}
"""The engine's step names; what is not here shows as the engine says it."""


@dataclass(frozen=True)
class Screen(Words):
    """Says the dashboard's words and those of reports. `Screen("zh").say("page.runs")`."""

    def say(self, key: str, **values: object) -> str:
        """The dashboard's own word of that key, else the one that reports share; KeyError if there is none."""
        own = SCREEN.get(key)
        return own[self._index].format(**values) if own else super().say(key, **values)

    def fact(self, name: str, value: str) -> str:
        """`Age: 3 days`, `账龄：3 天`."""
        return self.say("frame.fact", name=name, value=value)

    def step(self, name: str, titles: Mapping[str, str]) -> str:
        """A step of the engine, as people read it; `salesforce: orders` is the reading of a system, `titles` are its names."""
        system, colon, entity = (part.strip() for part in name.partition(":"))
        if colon and system in titles:
            return self.say("step.read", system=titles[system], entity=self.label("entity", entity))
        known = STEPS.get(name)
        return known[self._index] if known else name
