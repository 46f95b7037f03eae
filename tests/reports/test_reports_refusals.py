"""Refusals in both languages: each has Chinese words, and a stored sentence is known again with its arguments."""

from __future__ import annotations

import itertools
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconcile import errors
from reconcile.access.rules import word
from reconcile.config.access import Operation
from reconcile.plan.misfits import in_words, problem
from reconcile.records import Role
from reconcile.refusals import REFUSALS, Refusal, recognised, refusal
from reconcile.results import Holds, Misfit
from reports.problems import in_language
from reports.refusal_texts import DOING_ZH, REFUSALS_ZH
from reports.refused import said
from reports.texts import LABELS
from reports.words import Words

ZH = Words("zh")
CODES = sorted(REFUSALS)


def slots(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("code", CODES)
def test_a_refusal_has_chinese_words_with_the_same_arguments(code: str):
    assert code in REFUSALS_ZH, f"reports/refusal_texts.py has no Chinese for {code}"
    assert slots(REFUSALS_ZH[code]) == slots(REFUSALS[code])


def test_no_words_are_left_of_refusals_that_are_gone():
    assert set(REFUSALS_ZH) == set(REFUSALS)


@given(st.sampled_from(CODES), st.lists(st.text("abcXYZ0123客户", min_size=1, max_size=8), min_size=8, max_size=8))
def test_a_stored_sentence_is_known_again(code: str, texts: list[str]):
    made = refusal(code, **dict(zip(sorted(slots(REFUSALS[code])), texts, strict=False)))
    found = recognised(str(made))
    assert found is not None
    assert (found.code, dict(found.values)) == (made.code, dict(made.values))


@pytest.mark.parametrize("text", ["", "the system said no", "FIELD_CUSTOM_VALIDATION_EXCEPTION: x; y", "due to 2 of 3 reasons"])
def test_what_a_system_or_a_person_has_said_stays_as_it_is(text: str):
    assert recognised(text) is None
    assert said(ZH, text) == text


GATES = (
    errors.NotAllowed("Anna", "approve any of these", refusal("amount_only", role="clerk", amount="1,000.00 EUR"), ["Bert"]),
    errors.NotAllowed("Anna", "propose undos", refusal("no_role", who="Anna")),
    errors.OwnProposal("Anna", "approve this", refusal("own_proposal", who="Anna"), ["Bert", "Carla"]),
    errors.NobodyDecides(),
    errors.PartAlone(["a"], "b"),
    errors.UnknownActions(["a"]),
    errors.NotPushable(["a"]),
    errors.NotProposable(refusal("both_linked", stays="C1", one="E1", goes="C2", other="E2")),
    errors.NoSuchRecord("customers", "Salesforce", "C9"),
    errors.UnknownEntity("custmers", ["customers"]),
    errors.PushesStopped("Anna", "3 Nov", "month end"),
    errors.PushesStopped("Anna", "3 Nov", ""),
    errors.ProjectLocked("run 1, Anna"),
    errors.SignInNeeded(),
    errors.NotSignedIn("Anna", "x"),
    errors.WouldBeRefused(["a (too long)"]),
)
"""What the gates raise, each with arguments as they give them."""


@pytest.mark.parametrize("error", GATES, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("stored", [False, True], ids=["raised", "stored"])
def test_what_a_gate_raises_is_chinese_on_a_chinese_screen(error: errors.ReconcileError, stored: bool):
    told = said(ZH, str(error) if stored else error)
    assert isinstance(error.args[0], Refusal)
    for english in (" may ", " not ", " the ", " have ", " is ", " by ", "Nobody"):
        assert english not in told
    assert any("\u4e00" <= sign <= "\u9fff" for sign in told)
    assert said(Words("en"), error) == str(error)


FIT = (
    Misfit("too_long", "Name__c", "Müller; Söhne, ltd (x)", "5", "22"),
    Misfit("wrong_type", "Limit", "many", Holds.INTEGER),
    Misfit("not_in_list", "Status", "odd", "Active, Inactive, …"),
    Misfit("missing", "Industry"),
    Misfit("emptied", "Name"),
    Misfit("not_unique", "Number", "7", found="K1, K2"),
)


@pytest.mark.parametrize("misfits", [FIT, FIT[::-1], FIT[:1], *itertools.permutations(FIT[:3], 2)])
def test_the_problem_of_a_stored_refusal_is_chinese_and_stands_in_its_order(misfits: tuple[Misfit, ...]):
    told = [in_words(one, Role.ERP, *in_chinese()) for one in misfits]
    assert said(ZH, str(refusal("would_refuse", problem=problem(misfits, Role.ERP)))) == "目标系统会拒绝写入：" + "".join(told)
    two = errors.WouldBeRefused([f"{id_} ({problem(misfits, Role.ERP)})" for id_ in ("1a2b", "3c4d")])
    assert said(ZH, str(two)).count("".join(told)) == 2


def in_chinese() -> tuple[dict[str, str], dict[str, str]]:
    return tuple({code: ZH.label(group, code) for code in LABELS[group]} for group in ("misfit", "holds"))


def test_a_problem_that_is_not_known_stays_as_it_is_from_there_on():
    known = problem(FIT[3:4], Role.ERP)
    assert in_language(ZH, known + " No idea.") == in_words(FIT[3], Role.ERP, *in_chinese()) + "No idea."


PUSHED = {
    "CRM A is linked with ERP E and ERP F is linked with CRM B: take that back first, with `reconcile propose unlink`": (
        "CRM 的 A 已与 ERP 的 E 关联，且 ERP 的 F 已与 CRM 的 B 关联：请先用 `reconcile propose unlink` 解除该关联"
    ),
    "orders O1, O2 refer to L since it was shown; contacts K5 refer to L since it was shown": (
        "在显示之后，订单 O1, O2 引用了 L；在显示之后，联系人 K5 引用了 L"
    ),
    "read back, phone is nothing, not '+44'; name is 'a', not 'b, not c'": (
        "回读结果：电话 为 空值，而不是 '+44'；名称 为 'a'，而不是 'b, not c'"
    ),
    "was there already as E1, where name is 'a', not 'b'": "已存在，主键为 E1，其中 名称 为 'a'，而不是 'b'",
    "waits for the whole: part p of action w is proposed": "等待整体：更正 w 的一部分 p 当前状态为待审批",
    "nothing to undo: it is refused, and nothing was written": "无可撤销：当前状态为被系统拒绝，未写入任何内容",
    "can't be undone here: what limit held before can't be written: 'much' is no number; correct the record in the system": (
        "无法在此撤销：limit 原来的值无法写入：'much' 不是数字；请在系统中更正该记录"
    ),
}
"""What a push or an undo has said, as the ledger keeps it."""


@pytest.mark.parametrize("text", PUSHED)
def test_what_a_push_or_an_undo_has_said_is_chinese_in_all_its_parts(text: str):
    assert said(ZH, text) == PUSHED[text]
    assert said(Words("en"), text) == text


def test_several_reasons_are_said_one_by_one():
    both = "role clerk approves up to 10,000.00 EUR; role crm only is for the CRM only"
    assert said(ZH, both) == "角色 clerk 的批准上限为 10,000.00 EUR；角色 crm only 仅限 CRM"
    lapsed = "the approval by Anna Chen of 3 Nov lapsed: 30 days; 1 of 2 approvals, by bert"
    assert said(ZH, lapsed) == "Anna Chen 于 3 Nov 的批准已失效：已满 30 天；2 人须批准，已有 1 人：bert"


@pytest.mark.parametrize("operation", Operation.__args__)
def test_every_operation_has_its_chinese_word(operation: str):
    assert word(operation) in DOING_ZH  # type: ignore[arg-type]  # a literal
