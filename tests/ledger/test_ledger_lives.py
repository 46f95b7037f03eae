"""What people say of breaks between runs, and what becomes of it: who, until when, why it is open again, what is silent."""

import datetime as dt
import json

import polars as pl
import pytest
from break_replay import replay
from older_ledger import without_lives
from sqlalchemy import NullPool, create_engine
from test_ledger_breaks import AT, DAY, breaks, states

from reconcile.errors import NotSettled
from reconcile.ledger import Ledger
from reconcile.ledger.break_log import Happened
from reconcile.ledger.lives import Ruling, Wanted
from reconcile.results import BreakState

MONDAY = (AT + DAY).date()


def anybody(chosen):
    return pl.Series([""]).new_from_index(0, chosen.height)


def accepted(ledger, *fingerprints: str, until=MONDAY, at=AT):
    ruling = Ruling(Happened.ACCEPTED, "anna", "rounding", until=until)
    return ledger.lives.rule(Wanted(fingerprints=fingerprints), ruling, anybody, at)


def news(recorded):
    return news_of(recorded.breaks)


def test_what_is_accepted_is_silent_until_its_day_is_over_and_then_says_why_it_is_open(ledger):
    ledger.record_breaks(breaks("a", "b"), "r0", AT)
    assert accepted(ledger, "a").changed == 1
    frame = ledger.record_breaks(breaks("a", "b"), "r1", AT + DAY)
    assert (states(frame.breaks), news(frame)) == ({"a": "accepted", "b": "open"}, {"a": None, "b": None})
    frame = ledger.record_breaks(breaks("a", "b"), "r2", AT + 2 * DAY)
    assert (states(frame.breaks), news(frame)) == ({"a": "open", "b": "open"}, {"a": "reopened", "b": None})
    assert ledger.lives.listing(Wanted())["reopened"].to_list() == ["acceptance_over", None]
    assert news(ledger.record_breaks(breaks("a", "b"), "r3", AT + 3 * DAY)) == {"a": None, "b": None}


def test_a_day_that_passes_between_two_runs_opens_it_at_once_and_the_next_run_says_so(ledger):
    ledger.record_breaks(breaks("a"), "r0", AT)
    accepted(ledger, "a")
    assert ledger.lives.wake(AT + DAY) == 0
    assert ledger.lives.wake(AT + 2 * DAY) == 1
    assert ledger.lives.wake(AT + 2 * DAY) == 0
    row = ledger.lives.listing(Wanted()).row(0, named=True)
    assert (row["state"], row["reopened"], row["accepted_until"]) == ("open", "acceptance_over", None)
    event = ledger.lives.events(["a"]).row(-1, named=True)
    assert (event["who"], json.loads(event["detail"])) == (
        "reconcile",
        {"why": "acceptance_over", "until": MONDAY.isoformat()},
    )
    assert news(ledger.record_breaks(breaks("a"), "r1", AT + 3 * DAY)) == {"a": "reopened"}


@pytest.mark.parametrize(
    ("then", "now", "why"),
    [
        ({"crm_value": "1"}, {"crm_value": "2"}, "values_moved"),
        ({"erp_value": None}, {"erp_value": "2"}, "values_moved"),
        ({"crm_value": "Weg  1"}, {"crm_value": "Weg 1"}, None),
        ({"value_at_risk": 10.0}, {"value_at_risk": 10.01}, "more_at_risk"),
        ({"value_at_risk": 10.0}, {"value_at_risk": 9.0}, None),
        ({"label": "Acme"}, {"label": "Acme Ltd"}, None),
    ],
)
def test_an_acceptance_holds_for_the_values_that_it_was_given_to(ledger, then, now, why):
    ledger.record_breaks(breaks("a", **then), "r0", AT)
    accepted(ledger, "a", until=MONDAY + 30 * DAY)
    for day in (1, 2):
        frame = ledger.record_breaks(breaks("a", **now), f"r{day}", AT + day * DAY).breaks
        assert frame["state"].to_list() == ["open" if why else "accepted"]
        assert frame["reopened"].to_list() == [why]
        assert frame["news"].to_list() == ["reopened" if why and day == 1 else None]


def test_less_money_for_a_while_is_not_a_smaller_acceptance(ledger):
    for day, money in enumerate((10.0, 5.0, 10.0)):
        frame = ledger.record_breaks(breaks("a", value_at_risk=money), f"r{day}", AT + day * DAY).breaks
        accepted(ledger, "a", until=MONDAY + 30 * DAY) if day == 0 else None
    assert frame["state"].to_list() == ["accepted"]


def test_what_is_past_due_is_said_once_and_not_while_it_is_accepted(ledger):
    due = {"major": 2}
    said = []
    for day in range(6):
        recorded = ledger.record_breaks(breaks("a", "b"), f"r{day}", AT + day * DAY, due_days=due)
        said.append(news(recorded))
        if day == 0:
            accepted(ledger, "b", until=MONDAY + 2 * DAY)
            assert recorded.breaks["due_at"].to_list() == [AT + 2 * DAY] * 2
    nothing = {"a": None, "b": None}
    assert said == [
        {"a": "new", "b": "new"},
        nothing,
        {"a": "overdue", "b": None},
        nothing,
        {"a": None, "b": "reopened"},
        nothing,
    ]
    assert ledger.lives.count(Wanted(overdue=True)) == 2


def test_one_that_comes_back_has_its_term_anew_and_keeps_its_first_day(ledger):
    for day, found in enumerate((["a"], [], ["a"])):
        frame = ledger.record_breaks(breaks(*found), f"r{day}", AT + day * DAY, due_days={"major": 1}).breaks
    row = frame.row(0, named=True)
    assert (row["first_seen"], row["open_since"], row["due_at"]) == (AT, AT + 2 * DAY, AT + 3 * DAY)
    assert (row["state"], row["overdue_since"]) == ("regressed", None)


def test_whom_a_person_names_counts_before_the_rules(ledger):
    by_rule = breaks("a", "b").with_columns(assignee=pl.lit("Sales"))
    assert ledger.record_breaks(by_rule, "r0", AT).breaks["assignee"].to_list() == ["Sales", "Sales"]
    ledger.lives.rule(Wanted(fingerprints=["a"]), Ruling(Happened.ASSIGNED, "anna", to="Chen"), anybody, AT)
    frame = ledger.record_breaks(by_rule.with_columns(assignee=pl.lit("Finance")), "r1", AT + DAY).breaks
    assert dict(frame.select("fingerprint", "assignee").iter_rows()) == {"a": "Chen", "b": "Finance"}
    assert ledger.lives.listing(Wanted(owner="chen"))["fingerprint"].to_list() == ["a"]
    assert ledger.lives.listing(Wanted(owner=""))["fingerprint"].to_list() == []
    assert ledger.lives.events(["b"])["event"].to_list() == ["found", "still open", "assigned"]


def test_what_can_not_be_done_is_left_with_the_reason(ledger):
    ledger.record_breaks(breaks("a", "b", "c"), "r0", AT)
    accepted(ledger, "b")
    ledger.record_breaks(breaks("a", "b"), "r1", AT + DAY)
    acknowledge = Ruling(Happened.ACKNOWLEDGED, "anna")
    done = ledger.lives.rule(Wanted(fingerprints=["a", "b", "c"]), acknowledge, anybody, AT + DAY)
    assert (done.changed, done.left) == (1, {"it is accepted, which is more than acknowledged": 1, "it is fixed": 1})
    again = ledger.lives.rule(Wanted(fingerprints=["a"]), acknowledge, anybody, AT + DAY)
    assert (again.changed, again.left) == (0, {"it is acknowledged already": 1})
    closed = ledger.lives.rule(Wanted(), Ruling(Happened.ACCEPTED, "x", "y", MONDAY), _nobody, AT + DAY)
    assert (closed.changed, closed.left) == (0, {"not yours": 1})
    assert ledger.audit_entries(subject="a")["event"].to_list() == ["break acknowledged"]


def _nobody(chosen):
    return pl.Series(["not yours"]).new_from_index(0, chosen.height)


def test_what_a_judge_raises_undoes_everything(ledger):
    ledger.record_breaks(breaks("a"), "r0", AT)

    def judge(_):
        raise NotSettled("x")

    with pytest.raises(NotSettled):
        ledger.lives.rule(Wanted(), Ruling(Happened.ACKNOWLEDGED, "anna"), judge, AT)
    assert ledger.lives.listing(Wanted())["state"].to_list() == ["new"]


def test_a_beginning_names_a_break_if_it_names_one(ledger):
    ledger.record_breaks(breaks("aa1", "aa2", "ab", "aa"), "r0", AT)
    assert ledger.lives.named(["ab", "AA1", "aa"]) == ["ab", "aa1", "aa"]
    with pytest.raises(NotSettled, match="a begins more than one break: aa, aa1, aa2, ab"):
        ledger.lives.named(["a"])
    for nothing in ("x", "", "%", "a_"):
        with pytest.raises(NotSettled):
            ledger.lives.named([nothing])


def test_breaks_are_found_by_age(ledger):
    for day, name in ((0, "old"), (60, "month"), (89, "week"), (95, "today")):
        found = breaks("old") if name == "old" else breaks("old", name)
        ledger.record_breaks(pl.concat([found, breaks()]), f"r{day}", AT + day * DAY)
    kept = {
        age: sorted(ledger.lives.listing(Wanted(states=None, age=age), at=AT + 95 * DAY)["fingerprint"])
        for age in ("0-1", "2-7", "8-30", "31-90", "90+")
    }
    assert kept == {"0-1": ["today"], "2-7": ["week"], "8-30": [], "31-90": ["month"], "90+": ["old"]}


def test_thousands_are_ruled_on_by_one_filter(ledger):
    many = pl.concat([breaks(*(f"{n:05x}" for n in range(3_000))), breaks("x", entity="orders")])
    ledger.record_breaks(many, "r0", AT)
    done = ledger.lives.rule(Wanted(entity="customers"), Ruling(Happened.ACKNOWLEDGED, "anna"), anybody, AT)
    assert done.changed == 3_000
    assert ledger.lives.count(Wanted(states=[BreakState.ACKNOWLEDGED])) == 3_000
    assert ledger.verify_audit() is None


def test_a_date_that_is_told_to_a_day_and_a_reason_stand_in_the_log(ledger):
    ledger.record_breaks(breaks("a"), "r0", AT)
    reason = 'a "quote", a \\, a line\nand 北京'
    ledger.lives.rule(Wanted(), Ruling(Happened.ACCEPTED, "anna", reason, until=dt.date(2026, 4, 1)), anybody, AT)
    event = ledger.lives.events(["a"]).row(-1, named=True)
    assert (event["who"], event["event"], event["state"]) == ("anna", "accepted", "accepted")
    assert json.loads(event["detail"]) == {"reason": reason, "until": "2026-04-01"}
    assert ledger.lives.listing(Wanted(states=["accepted"]))["note"].to_list() == [reason]


def test_breaks_of_an_earlier_version_go_on_with_their_life(url):
    with Ledger.open(url) as ledger:
        for day, found in enumerate((["a", "b"], ["a", "c"], ["a", "b"])):
            ledger.record_breaks(breaks(*found), f"r{day}", AT + day * DAY)
    with create_engine(url, poolclass=NullPool).begin() as db:
        without_lives(db)
    with Ledger.open(url) as ledger:
        kept = ledger.lives.listing(Wanted(states=None))
        assert states(kept) == {"a": "open", "b": "regressed", "c": "fixed"}
        log = ledger.lives.events(["a", "b", "c"])
        assert dict(log.select("fingerprint", "state").iter_rows()) == states(kept)
        assert log.filter(pl.col("fingerprint") == "c").select("event", "who", "at").row(0) == (
            "carried over",
            "r2",
            AT + 2 * DAY,
        )
        frame = ledger.record_breaks(breaks("a", "b", "c"), "r3", AT + 3 * DAY, due_days={"major": 3}).breaks
        assert states(frame) == {"a": "open", "b": "open", "c": "regressed"}
        assert news_of(frame) == {"a": "overdue", "b": "overdue", "c": "regressed"}
        said = ledger.lives.events(["a", "b", "c"]).to_dicts()
        assert {name: life.state for name, life in replay(said).items()} == states(frame)


def news_of(frame):
    return dict(frame.select("fingerprint", "news").iter_rows())
