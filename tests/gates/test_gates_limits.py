"""How much harm one push can do: limits before and while it sends, the confirmation that goes beyond them, and canaries."""

import json
from collections import Counter

import pytest
from gate_case import Case, change, create, update
from hypothesis import given
from hypothesis import strategies as st

from reconcile.config.models import Limits
from reconcile.ledger.pushes import Settled, Ticket
from reconcile.push.bounds import ENOUGH, Watch, beyond, place_of
from reconcile.records import Role
from reconcile.results import ActionState


def _updates(case, number, entity="customers", **more: object):
    for n in range(number):
        case.erp.put(entity, f"E{n}", Name__c="Acme")
    return [
        update(f"{entity}{n:03}", change("name", "Acme", "Acme Ltd"), key=f"E{n}", entity=entity, **more) for n in range(number)
    ]


FIRST_LOAD = (
    "25 actions, and the ERP answers that it has no customers. Confirm it if this is a first load; "
    "if not, it hides them, and they would be doubled"
)


@pytest.fixture
def limited(tmp_path):
    cases = []

    def open_case(**limits: object):
        cases.append(Case(tmp_path, **limits))
        return cases[-1]

    yield open_case
    for case in cases:
        case.close()


def _trail(case):
    entries = case.ledger.audit_entries(subject="push")
    return [(who, event, json.loads(detail)) for who, event, detail in entries.select("who", "event", "detail").rows()]


@pytest.mark.parametrize(
    ("limits", "counted", "said"),
    [
        ({}, 0, FIRST_LOAD),
        ({"actions_per_entity": 24}, None, "25 actions of customers; limits.actions_per_entity is 24"),
        ({}, 249, "25 actions on 249 customers in the ERP; limits.share_of_entity is 10%"),
        ({"amount_at_risk": 24_999}, None, "25,000.00 EUR at risk; limits.amount_at_risk is 24,999.00"),
        ({"amounts_at_risk": {"EUR": 0.5}}, None, "25,000.00 EUR at risk; limits.amounts_at_risk.EUR is 0.50"),
    ],
)
def test_beyond_a_limit_nothing_is_sent_until_it_is_confirmed_for_one_push(limited, limits, counted, said):
    case = limited(**limits)
    case.erp.counted = counted
    case.approved(*_updates(case, 25, value_at_risk=1000.0, currency="EUR"))
    dry = case.push(dry_run=True)
    assert (dry.over_limits, dry.stopped, dry.planned) == ((said,), "", 25)
    assert _trail(case) == []

    ended = case.push()
    assert (ended.stopped, ended.over_limits, ended.planned, ended.left, ended.actions) == (said, (said,), 0, 25, ())
    assert case.erp.sent == []
    assert set(case.states().values()) == {"approved"}
    assert _trail(case) == [("anna", "push ended at limits", {"limits": [said]})]

    gone = case.push(beyond_limits=True)
    assert (gone.stopped, gone.over_limits, gone.verified, gone.left) == ("", (said,), 25, 0)
    assert _trail(case)[0] == ("anna", "push beyond limits", {"limits": [said]})
    assert case.ledger.verify_audit() is None


def test_a_confirmation_holds_for_its_push_alone(limited):
    case = limited(actions_per_entity=2)
    case.approved(*_updates(case, 3))
    assert case.push(beyond_limits=True).verified == 3
    case.approved(*_updates(case, 3, "contacts"))
    assert case.push().planned == 0
    assert [event for _, event, _ in _trail(case)] == ["push ended at limits", "push beyond limits"]


def test_within_the_limits_a_confirmation_leaves_no_trace(limited):
    case = limited()
    case.approved(*_updates(case, 2))
    assert case.push(beyond_limits=True).over_limits == ()
    assert _trail(case) == []


def test_at_the_limits_a_push_goes_through(limited):
    case = limited(actions_per_entity=25, amount_at_risk=25_000)
    case.erp.counted = 250
    case.approved(*_updates(case, 25, value_at_risk=1000.0, currency="EUR"))
    assert case.push().verified == 25


def test_of_few_actions_no_share_is_taken_and_each_currency_counts_alone():
    limits = Limits(amount_at_risk=100, amounts_at_risk={"JPY": 1000})
    money = [("EUR", 100.0), ("JPY", 900.0), ("GBP", -60.0), ("GBP", 41.0), (None, 7.0), ("EUR", None)]
    few = [Ticket(update(f"u{n}", value_at_risk=v, currency=c), intact=True) for n, (c, v) in enumerate(money)]
    said = ("101.00 GBP at risk; limits.amount_at_risk is 100.00",)
    assert beyond(few, limits, lambda *_: pytest.fail("counted for nothing")) == said


def test_a_running_push_ends_when_too_much_of_it_does_not_land(limited, monkeypatch):
    monkeypatch.setattr("reconcile.push.order.BATCH", 10)
    case = limited(canaries=0)
    case.approved(*_updates(case, 40))
    case.erp.faults = {"customers003": "reject", "customers012": "conflict", "customers015": "lose"}
    ended = case.push()
    said = "3 of 20 that were sent did not land; limits.refused_share is 10%"
    assert (ended.stopped, ended.planned, ended.verified, ended.left) == (said, 20, 17, 20)
    assert Counter(case.states().values()) == {"approved": 20, "verified": 17, "refused": 1, "conflict": 1, "unknown": 1}
    assert _trail(case) == [("anna", "push ended at limits", {"limits": [said]})]
    case.erp.faults = {f"customers{n:03}": "reject" for n in range(20, 30)}
    gone = case.push(beyond_limits=True)
    assert (gone.stopped, gone.verified, gone.refused, gone.left) == ("", 11, 10, 0)
    assert [event for _, event, _ in _trail(case)] == ["push beyond limits", "push ended at limits"]


@pytest.mark.parametrize(("fault", "state"), [("reject", "refused"), ("lose", "unknown"), ("cut", "unverified")])
def test_a_canary_that_does_not_land_keeps_the_rest_of_its_entity_and_side_waiting(limited, fault, state):
    case = limited()
    case.approved(
        *_updates(case, 12),
        *(create(f"new{n}", change("name", None, "N"), source_key=f"C{n}", entity="contacts") for n in range(8)),
    )
    case.erp.faults = {"customers002": fault}
    result = case.push()
    customers = {a.id: a for a in result.actions if a.entity == "customers"}
    assert Counter(a.state.value for a in customers.values()) == {"verified": 4, state: 1, "approved": 7}
    waiting = {a.message for a in customers.values() if a.state is ActionState.APPROVED}
    (message,) = waiting
    assert message.startswith(f"waits: of the first 5 customers sent to the ERP, action customers002 ended {state} (")
    assert result.skipped == 7
    assert [write.action_id for write in case.erp.sent if write.action_id.startswith("customers")] == [
        f"customers{n:03}" for n in range(5)
    ]
    assert sum(write.action_id.startswith("new") for write in case.erp.sent) == 8  # another entity goes on

    case.erp.faults = {}
    assert case.push().verified == 7 + (fault == "lose")


def test_canaries_are_proven_before_the_rest_is_sent(limited):
    seen = []
    case = limited(at=lambda moment: seen.append(case.states()) if moment == "write begins" else None)
    case.approved(*_updates(case, 12))
    assert case.push().verified == 12
    first, rest = ([id_ for id_, state in states.items() if state == "verified"] for states in seen)
    assert (first, rest) == ([], [f"customers{n:03}" for n in range(5)])


def test_what_was_not_sent_proves_nothing_so_the_next_ones_are_canaries(limited):
    case = limited(canaries=2)
    case.approved(*_updates(case, 8))
    for n in (0, 2):
        case.erp.put("customers", f"E{n}", Name__c="Moved")
    case.erp.faults = {"customers003": "reject"}
    states = case.push() and case.states()
    assert list(states.values()) == ["lapsed", "verified", "lapsed", "refused", *["approved"] * 4]


def test_a_conflict_is_no_bad_sign_and_no_canary_is_asked_of_those_who_want_none(limited):
    case = limited()
    case.approved(*_updates(case, 8))
    case.erp.faults = {"customers001": "conflict"}
    assert case.push().verified == 7
    case.config = case.config.model_copy(update={"limits": Limits(canaries=0)})
    case.approved(*_updates(case, 8, "contacts"))
    case.erp.faults = {"contacts001": "reject"}
    assert case.push().verified == 7


@given(
    outcomes=st.lists(
        st.sampled_from([s for s in ActionState if s not in (ActionState.PROPOSED, ActionState.APPROVED)]), max_size=60
    ),
    canaries=st.integers(0, 8),
)
def test_never_more_canaries_are_out_than_asked_and_nothing_follows_a_bad_one(outcomes, canaries):
    watch, settled, at = Watch(Limits(canaries=canaries)), {}, 0
    place = ("customers", Role.ERP)
    while at < len(outcomes) and not watch.held(place):
        proven = sum(each.state is ActionState.VERIFIED for each in settled.values())
        size = watch.portion(place, settled)
        assert size is None or 0 < size == canaries - proven
        sent = [update(f"u{n}", key=f"E{n}") for n in range(at, min(len(outcomes), at + (size or len(outcomes))))]
        watch.sent(sent)
        settled |= {action.id: Settled(action.id, outcomes[int(action.id[1:])]) for action in sent}
        watch.judge(place_of(sent[0]), settled)
        at += len(sent)
        bad = {ActionState.REFUSED, ActionState.UNKNOWN, ActionState.UNVERIFIED} & {each.state for each in settled.values()}
        assert size is None or bool(watch.held(place)) == bool(bad)
    refused = [o for o in outcomes[:at] if o in ("refused", "conflict", "unknown", "unverified")]
    assert bool(watch.too_many_refused(settled)) == (at >= ENOUGH and len(refused) > 0.1 * at)
