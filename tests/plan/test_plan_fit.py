"""What the target would refuse is said before anybody is asked, by its own rules; and nothing else is."""

from __future__ import annotations

import time
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconcile.config.models import Entity
from reconcile.plan.changes import Planning
from reconcile.plan.fit import fitted
from reconcile.plan.misfits import SENTENCES, in_words
from reconcile.records import KEY, MODIFIED, RAW, Role
from reconcile.results import BREAKS, Action, ActionKind, Change, FieldRule, Holds, Misfit

FIELDS = {
    "number": {"crm": "No", "erp": "Number", "type": "identifier"},
    "name": {"crm": "Name", "erp": "Name1"},
    "city": {"crm": "City", "erp": "to_Address/City"},
}
RULES = {
    "Number": FieldRule(holds=Holds.TEXT, required=True, unique=True),
    "Name1": FieldRule(holds=Holds.TEXT, required=True, max_length=10),
    "Kind": FieldRule(holds=Holds.TEXT, required=True, defaulted=True),
    "to_Address/City": FieldRule(holds=Holds.TEXT, max_length=5),
    "to_Address/Country": FieldRule(holds=Holds.TEXT, required=True),
    "Ext": FieldRule(holds=Holds.TEXT, unique=True, max_length=6),
}


def planning(rules: dict[str, FieldRule] = RULES, numbers: tuple[str, ...] = ("N1", "n2")) -> Planning:
    sources = {role: {"object": "x", "key": "Id", "external_id": "Ext"} for role in ("crm", "erp")}
    entity = Entity.model_validate({**sources, "fields": FIELDS})
    keys = [f"E{n}" for n in range(len(numbers))]
    frame = pl.DataFrame({KEY: keys, MODIFIED: [None] * len(keys), RAW + "number": list(numbers)})
    return Planning("things", entity, frame, frame, pl.DataFrame(schema=BREAKS), {}, {}, {Role.ERP: rules})


def changed(target_field: str, after: str | None, reference: str | None = None) -> Change:
    return Change(target_field.lower(), target_field, None, after, "text", reference)


def action(*changes: Change, kind: ActionKind = ActionKind.UPDATE, id_: str = "a", key: str = "E0", source: str = "C1") -> Action:
    target_key = key if kind is ActionKind.UPDATE else None
    return Action(id_, kind, "things", Role.ERP, target_key, source, f"record {id_}", changes, "", (), "low")


def misfits(*actions: Action, of: Planning | None = None) -> list[list[tuple[str, str]]]:
    return [[(m.code, m.field) for m in one.misfits] for one in fitted(of or planning(), actions)]


def judged(rule: FieldRule, text: str | None, *, create: bool = False, reference: str | None = None) -> str:
    """The code of what stands against one value; empty if nothing does."""
    kind = ActionKind.CREATE if create else ActionKind.UPDATE
    one = fitted(planning({"F": rule}), [action(changed("F", text, reference), kind=kind)])[0]
    assert bool(one.problem) is bool(one.misfits)
    return one.misfits[0].code if one.misfits else ""


LIST = FieldRule(holds=Holds.TEXT, allowed=("Active", "Inactive"))
MONEY = FieldRule(holds=Holds.NUMBER, whole_digits=4, decimals=2)


@pytest.mark.parametrize(
    ("rule", "text", "code"),
    [
        (FieldRule(max_length=3), "abc", ""),
        (FieldRule(max_length=3), "abcd", "too_long"),
        (FieldRule(max_length=3), "北京市", ""),
        (FieldRule(), "x" * 10_000, ""),
        (LIST, "Active", ""),
        (LIST, "Actve", "not_in_list"),
        (MONEY, "9999.99", ""),
        (MONEY, "-9999.99", ""),
        (MONEY, "10000", "too_many_whole_digits"),
        (MONEY, "0.001", "too_many_decimals"),
        (MONEY, "1.500", ""),
        (MONEY, "1e3", ""),
        (MONEY, "1e4", "too_many_whole_digits"),
        (MONEY, "twelve", "wrong_type"),
        (MONEY, "nan", "wrong_type"),
        (FieldRule(holds=Holds.NUMBER, digits=3), "1.234", "too_many_digits"),
        (FieldRule(holds=Holds.NUMBER, digits=3), "1230", "too_many_digits"),
        (FieldRule(holds=Holds.NUMBER, digits=3), "0.00123", ""),
        (FieldRule(holds=Holds.INTEGER), "12", ""),
        (FieldRule(holds=Holds.INTEGER), "12.5", "wrong_type"),
        (FieldRule(holds=Holds.BOOLEAN), "true", ""),
        (FieldRule(holds=Holds.BOOLEAN), "maybe", "wrong_type"),
        (FieldRule(holds=Holds.DATE), "2026-02-28", ""),
        (FieldRule(holds=Holds.DATE), "2026-02-30", "wrong_type"),
        (FieldRule(holds=Holds.DATETIME), "2026-02-28T10:00:00Z", ""),
        (FieldRule(required=True), None, "emptied"),
        (FieldRule(required=True), " ", "emptied"),
        (FieldRule(), None, ""),
        (FieldRule(updatable=False), "x", "not_writable"),
        (FieldRule(creatable=False), "x", ""),
    ],
)
def test_a_value_is_judged_by_the_rule_of_its_field(rule, text, code):
    assert judged(rule, text) == code


def test_what_may_be_written_only_once_or_only_later_is_told_apart():
    assert judged(FieldRule(creatable=False), "x", create=True) == "not_writable"
    assert judged(FieldRule(updatable=False), "x", create=True) == ""


def test_a_reference_is_a_key_that_the_push_resolves_and_only_its_presence_counts():
    for rule in (FieldRule(max_length=3), LIST, MONEY):
        assert judged(rule, "0015000000abcde", reference="customers") == ""
    assert judged(FieldRule(holds=Holds.REFERENCE, max_length=3), "0015000000abcde") == ""


def test_a_new_record_must_bring_what_the_target_requires_and_does_not_fill_in():
    whole = (changed("Number", "N9"), changed("Name1", "Acme"))
    new = {"kind": ActionKind.CREATE}
    assert misfits(action(*whole, **new)) == [[]]
    assert misfits(action(whole[0], **new)) == [[("missing", "Name1")]]
    assert misfits(action(whole[0], changed("Name1", " "), **new)) == [[("missing", "Name1")]]
    assert misfits(action(whole[0])) == [[]]  # an update leaves the others as they are
    unmapped = planning({**RULES, "Plant": FieldRule(required=True)})
    assert misfits(action(*whole, **new), of=unmapped) == [[("not_mapped", "Plant")]]


def test_a_reference_that_is_required_may_be_named_by_a_field_of_its_record():
    rules = {name: FieldRule(holds=Holds.TEXT, required=True) for name in ("unit", "unit.symbol")}
    for name in rules:
        assert misfits(action(changed(name, "kg"), kind=ActionKind.CREATE), of=planning(rules)) == [[]]
    without = action(changed("Name1", "Bolt"), kind=ActionKind.CREATE)
    assert misfits(without, of=planning(rules)) == [[("not_mapped", "unit")]]


def test_what_a_record_behind_a_relation_requires_counts_where_that_record_is_made():
    whole = (changed("Number", "N9"), changed("Name1", "Acme"), changed("to_Address/City", "Ulm"))
    assert misfits(action(*whole, kind=ActionKind.CREATE)) == [[("not_mapped", "to_Address/Country")]]
    assert misfits(action(*whole, changed("to_Address/Country", "DE"), kind=ActionKind.CREATE)) == [[]]


def test_the_other_systems_key_is_judged_too_where_it_is_written_and_fills_its_field():
    rules = {"Ext": FieldRule(required=True, max_length=4)}
    assert misfits(action(kind=ActionKind.CREATE), of=planning(rules)) == [[]]  # there is nothing to judge without changes
    named = changed("Other", "x")
    assert misfits(action(named, kind=ActionKind.CREATE, source="C123"), of=planning(rules)) == [[]]
    assert misfits(action(named, kind=ActionKind.CREATE, source="C1234"), of=planning(rules)) == [[("too_long", "Ext")]]


def test_a_unique_value_is_not_given_to_a_second_record_whatever_its_case():
    taken = action(changed("Number", "N2"), key="E0")
    own = action(changed("Number", "n1 "), key="E0")
    free = action(changed("Number", "N3"), key="E0")
    assert [misfits(one) for one in (taken, own, free)] == [[[("not_unique", "Number")]], [[]], [[]]]
    assert fitted(planning(), [taken])[0].misfits[0].found == "E1"
    exact = planning({"Number": FieldRule(unique=True, case_matters=True)})
    assert misfits(taken, of=exact) == [[]]


def test_nor_to_two_records_of_one_plan():
    twins = [action(changed("Number", n), id_=n, key=k) for n, k in (("N7", "E0"), ("n7", "E1"), ("N8", "E2"))]
    assert misfits(*twins) == [[("twice_in_plan", "Number")], [("twice_in_plan", "Number")], []]
    assert fitted(planning(), twins)[0].misfits[0].found == "record n7"


def test_the_field_by_which_a_new_record_is_found_again_may_be_taken_since_the_push_takes_that_record_over():
    rules = {"Ext": FieldRule(unique=True), "Number": FieldRule(unique=True)}
    new = action(changed("Ext", "N1"), kind=ActionKind.CREATE)
    assert misfits(new, of=planning(rules)) == [[]]


def test_where_a_system_says_nothing_nothing_is_judged():
    one = action(changed("Name1", "x" * 500), changed("Nobody", "y"))
    assert fitted(planning({}), [one]) == (one,)
    crm = Action(**{**vars(one), "target": Role.CRM})
    assert fitted(planning(), [crm]) == (crm,)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6), st.integers(1, 12), st.integers(0, 6))
def test_a_number_fits_if_its_field_can_hold_every_digit_of_it(number, whole, decimals):
    rule = FieldRule(holds=Holds.NUMBER, whole_digits=whole, decimals=decimals)
    holds = abs(number) < Decimal(10) ** whole and number == round(number, decimals)
    assert (judged(rule, f"{number:f}") == "") is holds


def test_every_code_has_a_sentence_that_names_the_field_the_value_what_is_allowed_and_what_to_do():
    for code in SENTENCES:
        said = in_words(Misfit(code, "CreditLimit__c", "1234567890123.45", "12", "13"), Role.CRM)
        assert "CreditLimit__c" in said
        assert "{" not in said
        assert ("1234567890123.45" in said) is (code not in ("missing", "not_mapped", "emptied", "not_writable"))
    long = in_words(Misfit("too_long", "Name", "x" * 500, "10", "500"), Role.ERP)
    assert long == (
        f"Name takes at most 10 characters; '{'x' * 60}…' has 500. Shorten it in the CRM, or widen the field in the ERP."
    )
    assert in_words(Misfit("wrong_type", "Since", "soon", Holds.DATE), Role.ERP).startswith("Since holds a date; 'soon' is none.")


def test_judging_a_hundred_thousand_actions_would_take_seconds():
    rules = {f"F{n}": FieldRule(holds=Holds.NUMBER if n % 2 else Holds.TEXT, max_length=40, decimals=2) for n in range(5)}
    rules["Number"] = FieldRule(unique=True)
    changes = tuple(changed(f"F{n}", "12.50") for n in range(5))
    actions = [action(*changes, changed("Number", f"X{n}"), id_=str(n)) for n in range(10_000)]
    of = planning(rules, tuple(f"N{n}" for n in range(100_000)))
    began = time.process_time()
    done = fitted(of, actions)
    assert time.process_time() - began < 6  # a thirtieth of that on a machine of its own
    assert not any(one.problem for one in done)
