"""Who has changed since both agreed, as a sentence in either language."""

from __future__ import annotations

import json

import pytest

from reconcile.records import Role
from reconcile.results import Action, ActionKind
from reports.evidence import agreement_lines, evidence_lines
from reports.words import Words

AT = "2026-03-01T12:00:00.250000Z"
ENDS = {
    "crm": ("the CRM has changed.", "CRM 有改动。"),
    "erp": ("the ERP has changed.", "ERP 有改动。"),
    "both": ("both have changed.", "双方均有改动。"),
    "neither": ("a rule, a code map or a link has.", "规则、代码对照或关联。"),
    "never": ("never been seen to agree.", "从未见到双方一致。"),
}


def held(moved, crm="Leeds", erp="Leeds", at=AT):
    return json.dumps({"field": "city", "moved": moved, "crm": crm, "erp": erp, "at": at})


def line(language, said):
    action = Action("a", ActionKind.UPDATE, "x", Role.ERP, "1", "2", "l", (), "c", (), "low", evidence=(("agreed", said),))
    return evidence_lines(Words(language), action)[0][1]


@pytest.mark.parametrize("moved", ENDS)
def test_each_case_has_its_sentence(moved):
    at = None if moved == "never" else AT
    english, chinese = (line(language, held(moved, at=at)) for language in ("en", "zh"))
    assert english.startswith("City: both ")
    assert english.endswith(ENDS[moved][0])
    assert chinese.endswith(ENDS[moved][1])
    assert ("“Leeds”" in english) == ("“Leeds”" in chinese) == (moved != "never")
    assert ("1 Mar 2026 12:00 UTC" in english) == (moved != "never")


def test_values_that_the_sides_wrote_in_two_ways_are_both_said_long_ones_cut_and_empty_ones_named():
    assert "agreed on “1,5” in the CRM, “1.50” in the ERP, from" in line("en", held("crm", "1,5", "1.50"))
    assert "agreed on no value, from" in line("en", held("crm", None, " "))
    assert "一致：空值" in line("zh", held("crm", "", None))
    assert len(line("en", held("crm", "x{y}" * 1000, "x{y}" * 1000))) < 200


def test_an_entry_that_says_nothing_of_agreement_gives_no_line():
    words = Words("en")
    assert agreement_lines(words, {}) == []
    assert agreement_lines(words, {"evidence": [["severity", "major"]], "comment": "x"}) == []
    both = {"evidence": [["agreed", held("never", at=None)]], "agreed": [{"field": "city", "crm": "a", "erp": "b"}]}
    assert agreement_lines(words, both)[1] == "City: “a” in the CRM, “b” in the ERP"
