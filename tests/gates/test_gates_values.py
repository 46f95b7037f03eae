import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from gate_case import create, update
from hypothesis import given
from hypothesis import strategies as st

from reconcile.ledger.pushes import Ticket
from reconcile.push.order import batches, in_order
from reconcile.push.values import is_same, shown, to_value

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("current", "text", "kind"),
    [
        (" Acme  ", "Acme", "text"),
        (None, "", "text"),
        ("", None, "money"),
        (1200.0, "1200", "money"),
        ("1200.00", "1200", "quantity"),
        (Decimal("1E+3"), "1000.0", "money"),
        ("1.234,56", "1.234,56", "money"),
        ("2026-01-02T00:00:00", "2026-01-02", "date"),
        (dt.date(2026, 1, 2), "2026-01-02", "date"),
        ("2026-01-02T08:00:00.000+0800", "2026-01-02T00:00:00Z", "datetime"),
        ("2026-01-02T08:00:00", "2026-01-02T00:00:00Z", "datetime"),
        (dt.datetime(2026, 1, 2, tzinfo=dt.UTC), "2026-01-02T00:00:00Z", "datetime"),
        (True, "true", "boolean"),
        ("0", "false", "boolean"),
        ("+431234567", "+43 (1) 234-567", "phone"),
    ],
)
def test_the_same_value_in_two_forms_is_the_same(current, text, kind):
    assert is_same(current, text, kind, SHANGHAI)


@pytest.mark.parametrize(
    ("current", "text", "kind"),
    [
        ("ACME", "Acme", "text"),
        ("01", "1", "code"),
        ("1200.001", "1200", "money"),
        ("1.234,56", "1234.56", "money"),
        ("NaN", "nan", "money"),
        ("31.02.2026", "2026-02-28", "date"),
        ("2026-01-02T00:00:00", "2026-01-02T00:00:00Z", "datetime"),
        (None, "0", "quantity"),
        ("maybe", "true", "boolean"),
        ("431234567", "+431234567", "phone"),
        ("+431234567", "+43 1 234568", "phone"),
    ],
)
def test_another_value_is_another_value(current, text, kind):
    assert not is_same(current, text, kind, SHANGHAI)


@pytest.mark.parametrize(
    ("text", "kind"),
    [("1.234,56", "money"), ("Infinity", "money"), ("31.02.2026", "date"), ("soon", "datetime"), ("ja", "boolean")],
)
def test_a_text_that_is_no_value_of_its_kind_is_refused(text, kind):
    with pytest.raises(ValueError):  # noqa: PT011  # each kind has its own words
        to_value(text, kind)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4))
def test_a_number_survives_the_way_to_the_system_and_back(number):
    text = f"{number:f}"
    assert is_same(to_value(text, "money"), text, "money", SHANGHAI)
    assert "E" not in (shown(to_value(text, "money")) or "")


@given(st.datetimes(timezones=st.just(dt.UTC)))
def test_an_instant_survives_the_way_to_the_system_and_back(moment):
    assert is_same(to_value(moment.isoformat(), "datetime"), moment.isoformat(), "datetime", SHANGHAI)


_ENTITIES = st.sampled_from(["customers", "orders", "order_lines", "elsewhere"])


@given(st.lists(st.tuples(_ENTITIES, st.lists(st.integers(0, 30), max_size=3), st.integers(0, 3)), max_size=30))
def test_parents_come_first_and_no_record_twice_in_a_batch(rows):
    tickets = []
    for n, (entity, parents, key) in enumerate(rows):
        above = tuple(f"a{p}" for p in parents if p < n and rows[p][0] == entity)
        action = (
            update(f"a{n}", entity=entity, key=f"E{key}", depends_on=above)
            if n % 2
            else create(f"a{n}", source_key=f"C{n}", entity=entity, depends_on=above)
        )
        tickets.append(Ticket(action, intact=True))
    places = {ticket.action.id: n for n, batch in enumerate(batches(tickets)) for ticket in batch}
    assert len(places) == len(tickets) == len(in_order(tickets))
    for ticket in tickets:
        assert all(places[parent] < places[ticket.action.id] for parent in ticket.action.depends_on)
    for batch in batches(tickets):
        keys = [ticket.action.target_key for ticket in batch if ticket.action.target_key]
        assert len(keys) == len(set(keys))
        assert len({(ticket.action.entity, ticket.action.target) for ticket in batch}) == 1


def test_a_circle_of_parents_is_no_endless_loop():
    circle = [Ticket(create(a, source_key=a, depends_on=(b,)), intact=True) for a, b in (("x", "y"), ("y", "x"))]
    assert len(in_order(circle)) == 2
