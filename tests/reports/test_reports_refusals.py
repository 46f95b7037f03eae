"""Refusals in both languages: each has Chinese words, and a stored sentence is known again with its arguments."""

from __future__ import annotations

from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconcile import errors
from reconcile.access.rules import word
from reconcile.config.access import Operation
from reconcile.refusals import REFUSALS, Refusal, recognised, refusal
from reports.refusal_texts import DOING_ZH, REFUSALS_ZH
from reports.refused import said
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


def test_several_reasons_are_said_one_by_one():
    both = "role clerk approves up to 10,000.00 EUR; role crm only is for the CRM only"
    assert said(ZH, both) == "角色 clerk 的批准上限为 10,000.00 EUR；角色 crm only 仅限 CRM"
    lapsed = "the approval by Anna Chen of 3 Nov lapsed: 30 days; 1 of 2 approvals, by bert"
    assert said(ZH, lapsed) == "Anna Chen 于 3 Nov 的批准已失效：已满 30 天；2 人须批准，已有 1 人：bert"


@pytest.mark.parametrize("operation", Operation.__args__)
def test_every_operation_has_its_chinese_word(operation: str):
    assert word(operation) in DOING_ZH  # type: ignore[arg-type]  # a literal
