import datetime as dt

import polars as pl

from reconcile.results import BREAKS, LIVED

AT = dt.datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


def breaks(*fingerprints: str, entity="customers", **columns: object):
    frame = pl.DataFrame({"fingerprint": list(fingerprints)}, schema={"fingerprint": pl.String})
    given = {"entity": entity, "kind": "difference", "severity": "major", **columns}
    return frame.select(
        pl.col("fingerprint") if name == "fingerprint" else pl.lit(given.get(name), dtype).alias(name)
        for name, dtype in BREAKS.items()
    )


def states(frame):
    return dict(frame.select("fingerprint", "state").rows())


def test_a_break_lives_from_new_over_open_and_fixed_to_regressed(ledger):
    lives = []
    for day, found in enumerate([["a", "b"], ["a"], ["a", "b"], ["b"], ["b"]]):
        frame, fixed = ledger.record_breaks(breaks(*found), f"r{day}", AT + day * DAY)
        lives.append((states(frame), fixed.height))
    assert lives == [
        ({"a": "new", "b": "new"}, 0),
        ({"a": "open"}, 1),
        ({"a": "open", "b": "regressed"}, 0),
        ({"b": "open"}, 1),
        ({"b": "open"}, 0),
    ]
    assert ledger.open_fingerprints().to_list() == ["b"]
    row = ledger.breaks(states=["fixed"]).row(0, named=True)
    assert (row["fingerprint"], row["fixed_run_id"], row["fixed_at"], row["last_seen"]) == ("a", "r3", AT + 3 * DAY, AT + 2 * DAY)


def test_the_frame_comes_back_in_its_order_and_schema_with_the_first_day_it_was_seen(ledger):
    ledger.record_breaks(breaks("b"), "r1", AT)
    frame, _ = ledger.record_breaks(breaks("c", "b", "a"), "r2", AT + DAY)
    assert frame.schema == LIVED
    assert frame["fingerprint"].to_list() == ["c", "b", "a"]
    assert frame["first_seen"].to_list() == [AT + DAY, AT, AT + DAY]


def test_a_run_that_is_recorded_twice_changes_nothing(ledger):
    first = ledger.record_breaks(breaks("a"), "r1", AT)
    again = ledger.record_breaks(breaks("a"), "r1", AT)
    assert states(first[0]) == states(again[0]) == {"a": "new"}


def test_an_entity_that_was_not_compared_keeps_its_breaks(ledger):
    ledger.record_breaks(pl.concat([breaks("a"), breaks("p", entity="products")]), "r1", AT)
    assert ledger.record_breaks(breaks(), "r2", AT, entities=["customers"]).fixed.height == 1
    assert ledger.open_fingerprints().to_list() == ["p"]


def test_no_breaks_at_all_are_a_result_too(ledger):
    frame, fixed = ledger.record_breaks(breaks(), "r1", AT)
    assert (frame.schema, frame.height, fixed.height) == (LIVED, 0, 0)


def test_values_of_a_break_are_as_the_last_run_saw_them(ledger):
    ledger.record_breaks(breaks("a", crm_value="1"), "r1", AT)
    ledger.record_breaks(breaks("a", crm_value="2"), "r2", AT)
    assert ledger.breaks()["crm_value"].to_list() == ["2"]


def test_screens_filter_and_page_in_the_database(ledger):
    many = breaks(*(f"f{n:03}" for n in range(100))).with_columns(value_at_risk=pl.int_range(100).cast(pl.Float64))
    other = breaks("x", entity="products", label="100% <b>_Käse</b>", kind="missing_in_erp", severity="minor")
    ledger.record_breaks(pl.concat([many, other]), "r1", AT)
    assert ledger.breaks(entity="customers", limit=3, offset=10)["value_at_risk"].to_list() == [89.0, 88.0, 87.0]
    assert ledger.breaks(text="% <B>_käse".replace("ä", "Ä").replace("Ä", "ä"))["fingerprint"].to_list() == ["x"]
    assert ledger.breaks(text="%_").is_empty()
    assert ledger.breaks(kind="missing_in_erp", severity="minor", states=["new"]).height == 1


def test_hostile_text_is_data(url, ledger):
    evil = "'); DROP TABLE breaks; -- <script>=cmd|' /C calc'!A0 \u202e\x00"
    ledger.record_breaks(breaks("a", label=evil, crm_value=evil), "r1", AT)
    kept = evil if url.startswith("sqlite") else evil.replace("\x00", "\N{SYMBOL FOR NULL}")  # PostgreSQL's texts hold no NUL
    assert ledger.breaks(text="DROP TABLE")["label"].to_list() == [kept]
