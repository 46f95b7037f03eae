"""What every connector keeps to, so that nothing behind the port needs to know which system it talks to."""

from __future__ import annotations

import connector_cases as cases
import polars as pl
import pytest
from connector_cases import LIMITS, NAMES, PHONES, Case
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reconcile.config.models import Source
from reconcile.connect.port import Connector, OutcomeStatus, Search, Write, key_text

LOCAL = [cases.memory, cases.csv, cases.xlsx, cases.parquet, cases.json_lines]
SERVED = list(cases.SERVERS)
WRITERS = [cases.memory, *SERVED]
READERS = [make for make in LOCAL if make not in WRITERS]
MISSING = {"Account": "001000000000999AAA"}


@pytest.fixture(params=[*LOCAL, *SERVED], ids=lambda make: make.__name__, scope="module")
def case(request, tmp_path_factory):
    """Each connector in turn, over fresh data."""
    folder = tmp_path_factory.mktemp(request.param.__name__)
    if request.param in LOCAL:
        yield request.param(folder)
        return
    with cases.SERVERS[request.param](folder) as server:
        yield request.param(server)


@pytest.fixture
def connector(case):
    opened = case.open(200)
    yield opened
    opened.close()


@pytest.fixture
def writable(case):
    assert case.writable
    return case


def each_of(makes):
    return pytest.mark.parametrize("case", makes, ids=lambda make: make.__name__, indirect=True, scope="module")


def everything(connector: Connector, case: Case, *names: str) -> pl.DataFrame:
    return pl.concat(connector.read(case.source, [case.field(n) for n in names]))


def update(case: Case, connector: Connector, key: str, values: dict[str, object], action: str = "a") -> Write:
    fields = {case.field(n): v for n, v in values.items()}
    version = connector.fetch(case.source, [key], list(fields))[key].version
    return Write(action, case.source, fields, key=key, version=version)


def test_it_describes_what_it_has_and_nothing_else(case, connector):
    shape = connector.describe(case.source)
    assert set(case.names.values()) <= shape.fields
    assert "no such field" not in shape.fields
    assert connector.describe(Source(object="NoSuchThing", key="id")) is None


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(page_size=st.integers(1, 12), names=st.permutations(["key", "name", "phone", "limit"]).map(lambda n: n[:3]))
def test_pages_joined_are_every_record_once_in_any_page_size(case, page_size, names):
    connector = case.open(page_size)
    asked = [case.field(n) for n in dict.fromkeys(["key", *names])]
    pages = list(connector.read(case.source, asked))
    connector.close()
    assert all(page.columns == asked for page in pages)
    assert len({tuple(page.schema.items()) for page in pages}) == 1
    rows = pl.concat(pages)
    assert rows[asked[0]].to_list() == case.keys


def test_values_are_those_of_the_system(case, connector):
    rows = everything(connector, case, "key", "name", "phone", "limit")
    assert rows[case.field("name")].to_list() == NAMES
    assert rows[case.field("phone")].cast(pl.String).to_list() == PHONES
    limits = rows[case.field("limit")]
    assert (limits.cast(pl.Float64) if case.text else limits).to_list() == LIMITS


def test_the_count_is_none_or_right(case, connector):
    assert connector.count(case.source) in (None, 8)


def test_fetch_gives_what_read_gave_by_key(case, connector):
    fields = [case.field(n) for n in ("name", "phone", "limit")]
    rows = pl.concat(connector.read(case.source, [case.field("key"), *fields]))
    rows = rows.with_columns(key_text(case.source.key).alias("_key"))
    missing = MISSING.get(case.source.object, "nothing")
    found = connector.fetch(case.source, [case.keys[5], missing, *case.keys[:2], "it's"], fields)
    assert set(found) == {case.keys[5], *case.keys[:2]}
    for row in rows.filter(pl.col("_key").is_in(list(found))).iter_rows(named=True):
        assert found[row["_key"]].values == {f: row[f] for f in fields}
    assert connector.fetch(case.source, [], fields) == {}


def test_find_gives_the_keys_behind_a_value(case, connector):
    found = connector.find(case.source, case.field("external"), ["X3", "X7", "none of it"])
    assert found == {"X3": [case.keys[3]], "X7": [case.keys[7]]}
    assert connector.find(case.source, case.field("external"), []) == {}


def test_several_searches_are_answered_in_their_order(case, connector):
    external, key = case.field("external"), case.field("key")
    searches = [
        Search(case.source, external, ["X3", "X7"]),
        Search(case.source, key, [case.keys[1]]),
        Search(case.source, external, ["none of it"]),
        Search(case.source, external, ["X0"]),
    ]
    found = connector.find_each(searches)
    assert found == [
        {"X3": [case.keys[3]], "X7": [case.keys[7]]},
        {case.keys[1]: [case.keys[1]]},
        {},
        {"X0": [case.keys[0]]},
    ]
    assert connector.find_each([]) == []


@each_of(READERS)
def test_a_reader_refuses_to_write(case, connector):
    assert not case.writable
    before = everything(connector, case, "key", "name")
    outcomes = connector.write([Write("a", case.source, {"name": "x"}, key=case.keys[0]), Write("b", case.source, {"name": "y"})])
    assert [(o.action_id, o.status) for o in outcomes] == [("a", OutcomeStatus.REJECTED), ("b", OutcomeStatus.REJECTED)]
    assert everything(connector, case, "key", "name").equals(before)


@each_of(WRITERS)
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    phone=st.one_of(st.none(), st.text("0123456789 +-()'\"\\/北京", min_size=1, max_size=30).map(str.strip).filter(bool)),
    limit=st.decimals(0, 10**9, places=2),
)
def test_what_was_written_is_fetched(writable, phone, limit):
    connector, key = writable.open(200), writable.keys[2]
    (outcome,) = connector.write([update(writable, connector, key, {"phone": phone, "limit": limit})])
    now = connector.fetch(writable.source, [key], [writable.field("phone"), writable.field("limit")])[key]
    connector.close()
    assert (outcome.status, outcome.key) == (OutcomeStatus.OK, key), outcome.message
    assert now.values == {writable.field("phone"): phone, writable.field("limit"): float(limit)}


@each_of(WRITERS)
def test_a_record_that_moved_on_is_a_conflict_even_within_a_second(writable, connector):
    key = writable.keys[1]
    stale = update(writable, connector, key, {"phone": "111"}, "stale")
    (first,) = connector.write([update(writable, connector, key, {"phone": "222"})])
    (second,) = connector.write([stale])
    assert (first.status, second.status) == (OutcomeStatus.OK, OutcomeStatus.CONFLICT)
    assert second.message
    now = connector.fetch(writable.source, [key], [writable.field("phone")])[key]
    assert now.values == {writable.field("phone"): "222"}


@each_of(WRITERS)
def test_one_bad_record_does_not_stop_the_others_and_outcomes_keep_their_order(writable, connector):
    good = update(writable, connector, writable.keys[7], {"phone": "333"}, "good")
    missing = MISSING.get(writable.source.object, "nothing")
    writes = [
        Write("unknown field", writable.source, {"Nope": "1"}, key=writable.keys[5], version=None),
        Write("no record", writable.source, {writable.field("limit"): 1}, key=missing),
        good,
        Write("no object", Source(object="NoSuchThing", key="id"), {"x": "1"}, key="1"),
    ]
    outcomes = connector.write(writes)
    assert [o.action_id for o in outcomes] == ["unknown field", "no record", "good", "no object"]
    assert [o.status.value for o in outcomes] == ["rejected", "rejected", "ok", "rejected"]
    assert all(o.message for o in outcomes if o.status is OutcomeStatus.REJECTED)


@each_of(WRITERS)
def test_a_create_gives_a_key_and_the_same_create_twice_is_one_record(writable, connector):
    own = "BusinessPartnerFullName" if writable.source.object == "A_BusinessPartner" else writable.field("name")
    values = {own: "New 公司", writable.field("phone"): "444", writable.field("limit"): 5, **writable.required}
    create = Write("c", writable.source, values, external_id=(writable.field("external"), "NEW"))
    (outcome,) = connector.write([create])
    assert outcome.status is OutcomeStatus.OK, outcome.message
    assert connector.fetch(writable.source, [outcome.key], list(values))[outcome.key].values == values
    if writable.upserts:
        (again,) = connector.write([create])
        assert (again.status, again.key) == (OutcomeStatus.OK, outcome.key)
    assert connector.find(writable.source, writable.field("external"), ["NEW"]) == {"NEW": [outcome.key]}


def test_closing_twice_is_harmless(case):
    connector = case.open(5)
    connector.close()
    connector.close()
