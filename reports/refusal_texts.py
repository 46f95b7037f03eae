"""The Chinese of every refusal in `reconcile.refusals`, and of the closed words among their arguments."""

from __future__ import annotations

from collections.abc import Mapping

REFUSALS_ZH: Mapping[str, str] = {
    # who may do what
    "not_allowed": "{who} 无权{doing}：{why}。{others}。",
    "others_may": "有权的人员：{names}",
    "nobody_may": "配置中没有人员有此权限，请查看配置中的 `access`",
    "no_role": "{who} 没有角色，请在 `access.people` 中指定",
    "role_lacks": "{who} 的角色（{roles}）均无权{doing}",
    "own_proposal": "该项由 {who} 提出，任何人不得批准自己提出的更正",
    "approved_already": "{who} 已批准过（本人或代理人），还须其他人批准",
    "would_refuse": "目标系统会拒绝写入：{problem}",
    "side_only": "角色 {role} 仅限 {sides}",
    "entity_only": "角色 {role} 仅限 {entities}",
    "tier_only": "角色 {role} 只能批准{tiers}的更正",
    "amount_only": "角色 {role} 的批准上限为 {amount}",
    "nobody_decides": "每项决定都须署名，请用 `--by` 指定。",
    "not_signed_in": "无法以 {who} 的身份执行：{why}。不使用 `--by` 时，以当前系统账户的身份执行。",
    "session_over": "登录已失效，未执行任何操作，请重新登录。",
    # what can't be decided, or asked for
    "would_be_refused": (
        "目标系统会拒绝写入以下项目，因此无法批准：{problems}。请在另一系统中更正该值或修改字段对应关系，然后重新运行。"
    ),
    "only_review": "以下项目仅需人工复核、不写入任何内容，因此无法批准：{ids}。请在系统中更正记录，或驳回这些项目。",
    "part_alone": "更正 {part} 是更正 {whole} 的一部分，请对整体（{whole}）作出决定。",
    "unknown_actions": "没有该更正：{ids}。可用 `reconcile actions` 查看列表。",
    "unknown_entity": "本项目中没有记录类型 {name}，现有：{known}。",
    "no_such_record": "{system} 中没有主键为 {key} 的 {entity} 记录。请检查主键及其所属的系统。",
    "not_proposable": "无法提出该建议：{why}。",
    "linked_already": "{crm_key} 与 {erp_key} 已有关联",
    "linked_elsewhere": "{system} 的 {key} 已与 {other_system} 的 {other} 关联，请先解除该关联（`unlink`）",
    "not_linked": "{crm_key} 与 {erp_key} 之间没有关联",
    "inactive_already": "{key} 已停用",
    "no_inactive": "配置中未设置 entities.{name}.{side}.inactive",
    "same_record": "两者是同一条记录",
    "would_stay_inactive": "要保留的 {stays} 已停用，而 {goes} 未停用",
    "both_linked": "{stays} 已与 {one} 关联，{goes} 已与 {other} 关联：请先合并后两者，或解除其中一个关联",
    "child_fixed": "{child} {key} 通过 {field} 引用 {parent}，该字段不能写入，请在系统中直接修改",
    # the way back
    "undo_part": "该项是更正 {whole} 的一部分，请撤销整体",
    "undo_gone": "无可撤销：{key} 已不存在",
    "undo_inactive": "无可撤销：{key} 已停用",
    "undo_rejected": "其撤销建议（{id}）已被驳回；如仍要撤销，请批准该建议",
    "undo_stands": "其撤销建议（{id}）当前状态：{state}",
    # approvals that wait, or no longer count
    "progress": "{needed} 人须批准，已有 {given} 人：{names}",
    "approval_over": "{who} 于 {day} 的批准已失效：已满 {days} 天",
    "undoes": "撤销更正 {id}",
    "undone_by": "已由更正 {id} 撤销",
    "was_before": "此前状态：{state}，现再次提出",
    "was_otherwise": "此前以其他值作出过决定（{state}），请重新决定",
    "no_longer_proposed": "运行 {run} 不再提出该建议",
    # pushes
    "pushes_stopped": "{who} 已于 {since} 停止一切写入，未发送任何内容。可用 `reconcile push --resume` 恢复写入。",
    "pushes_stopped_for": "{who} 已于 {since} 停止一切写入：{comment}。未发送任何内容。可用 `reconcile push --resume` 恢复写入。",
    "stopped": "{who} 已停止一切写入",
    "stopped_for": "{who} 已停止一切写入：{comment}",
    "not_approved": "当前状态：{state}，未获批准",
    "waits_parent": "等待其上级更正 {id}（{state}）",
    "waits_counterpart": "等待其上级：{entity} {key} 在 {system} 中没有对应记录",
    "gone": "{key} 已不存在",
    "gone_there": "{key} 在 {side} 中已不存在",
    "was_there": "已存在，主键为 {key}",
    "moved": "{field} 在显示之后由 {before} 变为 {now}",
    "moved_there": "{field} 在显示之后于 {side} 中由 {before} 变为 {now}",
    "bound_actions": "{entity}有 {count} 项更正；limits.actions_per_entity 为 {most}",
    "bound_share": "{side} 的 {known} 条{entity}中有 {count} 项更正；limits.share_of_entity 为 {most}",
    "bound_money": "涉及金额 {amount}；{limit} 为 {most}",
    "bound_refused": "已发送 {sent} 项，其中 {bad} 项未成功；limits.refused_share 为 {most}",
    "canary": "暂缓：首批发送到 {side} 的 {count} 项{entity}中，更正 {id} 的结果为{state}（{message}）。请查看后重新写入",
    # notes of a run
    "set_aside": "{entity}：{system} 中已在此合并或停用的记录不计入，共 {count} 条。",
    "key_empty": "{entity}：{system} 中没有主键的记录未参与比对，共 {count} 条。",
    "key_repeated": "{entity}：{system} 中主键重复的记录未参与比对，共 {count} 条。",
    "not_scored": "{entity}：有 {count} 对取值过于常见的记录未评分（limits.candidate_pairs）。",
    "locked": "本项目的另一次运行正在进行（{holder}）。请等待其结束或将其停止，然后重新运行。",
    "no_run": "{project} 尚无已完成的运行，请用 `reconcile run` 开始。",
    "unreachable": "{system}：无法连接 {url}：{why}。请检查地址、网络和系统，然后重新运行。",
}
DOING_ZH: Mapping[str, str] = {
    "see this": "查看",
    "run": "运行比对",
    "propose": "提出更正",
    "approve": "批准",
    "reject": "驳回",
    "push": "写入",
    "propose undos": "提出撤销",
    "stop or resume pushes": "停止或恢复写入",
    "delegate": "委托他人",
    "administer access": "管理权限",
}
"""What somebody may do, as it stands after `may`."""
AIMS_ZH: Mapping[str, str] = {"this": "该项", "any of these": "所选各项"}
