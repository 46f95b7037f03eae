"""The ladder: keys before scores, one to one, and the same links whatever the order of rows or sides."""

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from taught_world import raw, world

from reconcile.config.models import Entity
from reconcile.match.dedupe import dedupe
from reconcile.match.ladder import beside_people, match
from reconcile.match.linkage import Settings
from reconcile.match.teaching import queue
from reconcile.records import KEY, MODIFIED, Kind
from reconcile.results import LINKS
from reconcile.values import Reading, standard

FIELDS = ("number", "name", "street", "phone", "email")
ENTITY = Entity.model_validate(
    {
        "crm": {"object": "a", "key": "id"},
        "erp": {"object": "b", "key": "id"},
        "fields": {name: {"crm": name, "erp": name} for name in FIELDS},
        "match": {"keys": ["number", "email"], "fields": ["name", "street", "phone"]},
    }
)
NAMES = ["Nordwind Handel GmbH", "Vela Tools Ltd", "Kestrel Foods Inc", "上海机械有限公司", "Baltic Timber AB", "Otto Weber KG"]


def side(rows, prefix):
    frame = pl.DataFrame(rows, schema=dict.fromkeys(FIELDS, pl.String), orient="row")
    keys = pl.Series(KEY, [f"{prefix}{n:04}" for n in range(frame.height)], dtype=pl.String)
    return frame.with_columns(keys, pl.lit(None, pl.Datetime("us", "UTC")).alias(MODIFIED))


def company(n):
    """A customer like no other: (number, name, street, phone, email)."""
    return (
        f"{n + 1000}",
        f"{NAMES[n % 6].split()[0]} {'abcdefghij'[n % 10] * 3}{n} GmbH",
        f"Weg {n} {n * 7}",
        f"+4930{n:07}",
        f"m{n}@x.example",
    )


def links(crm, erp, remembered=None):
    matched, _ = match(crm, erp, "customers", ENTITY, LINKS.to_frame() if remembered is None else remembered, 100_000)
    return matched


def pairs(matched):
    return set(matched.links.select("crm_key", "erp_key").iter_rows())


def test_a_shared_number_links_and_says_so():
    crm, erp = side([company(n) for n in range(5)], "C"), side([company(n) for n in range(5)], "E")
    matched = links(crm, erp)
    assert pairs(matched) == {(f"C{n:04}", f"E{n:04}") for n in range(5)}
    assert matched.links["rung"].unique().to_list() == ["key:number"]


def test_a_key_that_repeats_links_nothing_by_itself():
    twice = [("1", None, None, None, None), ("1", None, None, None, None)]
    assert pairs(links(side(twice, "C"), side(twice[:1], "E"))) == set()


def test_without_keys_names_addresses_and_phones_decide():
    def anonymous(n):
        _, name, street, phone, _ = company(n)
        return (None, name, street, phone, None)

    crm = side([anonymous(n) for n in range(60)], "C")
    erp = side([(None, anonymous(n)[1].upper(), anonymous(n)[2], anonymous(n)[3], None) for n in range(60)], "E")
    matched = links(crm, erp)
    assert pairs(matched) == {(f"C{n:04}", f"E{n:04}") for n in range(60)}
    assert set(matched.links["rung"]) == {"score"}
    assert matched.links["probability"].min() >= 0.9


def test_a_second_record_of_the_same_business_is_a_duplicate_not_a_missing_one():
    rows = [company(n) for n in range(40)]
    number, name, street, phone, email = rows[3]
    crm, erp = side([*rows, (None, name.lower(), street, phone, None)], "C"), side(rows, "E")
    matched = links(crm, erp)
    assert matched.duplicates.select("system", "key", "kept").rows() == [("crm", "C0040", "C0003")]
    assert number
    assert email


def test_what_was_linked_stays_linked():
    crm, erp = side([company(1)], "C"), side([company(2)], "E")
    remembered = pl.DataFrame(
        {"entity": ["customers"], "crm_key": ["C0000"], "erp_key": ["E0000"], "rung": ["person"], "probability": [1.0]}
    )
    assert pairs(links(crm, erp, remembered)) == {("C0000", "E0000")}


def test_a_remembered_link_to_a_record_that_is_gone_is_forgotten():
    crm, erp = side([company(1)], "C"), side([company(1)], "E")
    remembered = pl.DataFrame(
        {"entity": ["customers"], "crm_key": ["C9999"], "erp_key": ["E0000"], "rung": ["score"], "probability": [1.0]}
    )
    assert pairs(links(crm, erp, remembered)) == {("C0000", "E0000")}


def test_empty_sides_and_empty_values_are_no_trouble():
    nothing = side([], "C")
    blank = side([(None,) * 5] * 3, "E")
    assert pairs(links(nothing, blank)) == set()
    assert pairs(links(side([(None,) * 5] * 3, "C"), blank)) == set()


def test_a_thousand_equal_names_stay_within_the_budget():
    rows = [(None, "Test", None, None, None)] * 1000
    matched, notes = match(side(rows, "C"), side(rows, "E"), "customers", ENTITY, LINKS.to_frame(), 100_000)
    assert matched.links.is_empty()
    assert "not scored" in notes[0]


@settings(max_examples=15, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(random):
    rows = [company(n) for n in range(30)]
    partly = [
        (None if n % 3 else number, name, street, phone, None if n % 2 else email)
        for n, (number, name, street, phone, email) in enumerate(rows)
    ]
    crm, erp = side(partly, "C"), side(rows, "E")
    straight = links(crm, erp).links
    order = list(range(30))
    random.shuffle(order)
    assert links(crm[order], erp[order[::-1]]).links.equals(straight)


def test_duplicates_inside_one_list_are_gathered_into_groups():
    rows = [company(n) for n in range(40)]
    _, name, street, phone, _ = rows[5]
    again = [(None, name.upper(), street, phone, None), (None, name, street, phone, "other@x.example")]
    found = dedupe(side([*rows, *again], "K"), "customers", ENTITY)
    assert found.select("key", "kept").rows() == [("K0040", "K0005"), ("K0041", "K0005")]


def test_what_people_have_decided_holds_in_the_next_run():
    (left, right), known = sites_of()
    entity = Entity.model_validate(
        {
            "crm": {"object": "a", "key": "id"},
            "erp": {"object": "b", "key": "id"},
            "fields": {
                "name": {"crm": "n", "erp": "n", "type": "company_name"},
                "address": {"crm": "a", "erp": "a", "type": "address"},
                "phone": {"crm": "p", "erp": "p", "type": "phone"},
            },
            "match": {"fields": ["name", "address", "phone"]},
        }
    )
    before, _ = match(left, right, "sites", entity, LINKS.to_frame(), 5_000_000)
    looked = pl.concat([before.links, before.candidates.with_columns(rung=pl.lit("review"))], how="diagonal")
    names = ["crm_key", "erp_key"]
    said = looked.join(known.with_columns(same=pl.lit(value=True)), on=names, how="left").filter(
        pl.col("crm_key").hash(1) % 2 == 0
    )
    same = said.filter(pl.col("same")).with_columns(entity=pl.lit("sites"), rung=pl.lit("person"), probability=pl.lit(1.0))
    apart = said.filter(pl.col("same").is_null()).select(names)
    after, _ = match(left, right, "sites", entity, same.select(LINKS.names()).cast(dict(LINKS)), 5_000_000, apart)
    assert after.links.join(apart, on=names, how="semi").is_empty()
    assert after.candidates.join(apart, on=names, how="semi").is_empty()
    assert same.join(after.links, on=names, how="anti").is_empty()
    right_ones = [frame.links.join(known, on=names, how="semi").height / frame.links.height for frame in (before, after)]
    assert right_ones[1] > right_ones[0]


def test_pairs_are_weighed_by_what_people_have_decided_and_by_nothing_else():
    answers = world().answered(queue(world().scored, world().decided, count=200))
    same = answers.filter("same").select("l", "r", rung=pl.lit("person"))
    apart = answers.filter(~pl.col("same")).select("l", "r")
    limits = Settings(link_at=0.9)
    found, decisions = beside_people(world().scored, same, apart, limits)
    assert decisions == answers.height
    assert not found.pairs["weight"].equals(world().scored.pairs["weight"])
    assert beside_people(world().scored, same.with_columns(rung=pl.lit("score")), apart.clear(), limits) == (world().scored, 0)


def sites_of():
    """Both lists of nurseries as a project has them, and the true pairs."""
    (left, right), truth = raw()
    kinds = {"name": Kind.COMPANY_NAME, "address": Kind.ADDRESS, "phone": Kind.PHONE}
    names = dict(zip(kinds, ("Site name", "Address", "Phone"), strict=True))
    sides = [
        frame.select(
            pl.col("Id").str.strip_chars().alias(KEY),
            *(standard(kind, pl.col(names[name]), pl.String(), Reading()).alias(name) for name, kind in kinds.items()),
            pl.lit(None, pl.Datetime("us", "UTC")).alias(MODIFIED),
        )
        for frame in (left, right)
    ]
    return (sides[0], sides[1]), truth
