"""Shared keys across two frames: once on each side, the surest first, and asked about where all else contradicts."""

import polars as pl

from reconcile.config.models import Entity
from reconcile.match.ladder import match
from reconcile.match.linkage import Settings, link
from reconcile.match.scheme import Scheme
from reconcile.progress import Silent
from reconcile.records import KEY, Kind
from reconcile.results import LINKS

KINDS = {"number": Kind.IDENTIFIER, "name": Kind.COMPANY_NAME, "street": Kind.ADDRESS, "phone": Kind.PHONE}
SPELT = ("amber", "brisk", "cedar", "delta", "ember", "fjord", "grove", "heron")


def entity(**match: object) -> Entity:
    return Entity.model_validate(
        {
            "crm": {"object": "a", "key": "id"},
            "erp": {"object": "b", "key": "id"},
            "fields": {name: {"crm": name, "erp": name, "type": kind} for name, kind in KINDS.items()},
            "match": {"keys": ["number"], "fields": ["name", "street", "phone"]} | match,
        }
    )


def company(n: int) -> tuple[str | None, ...]:
    word = SPELT[n % 8] + SPELT[n // 8 % 8][::-1]
    return f"{1000 + n * 37}", f"{word} works", f"{SPELT[n * 5 % 8]} road {n * 13 + 1}", f"+4930{n * 7919 % 10_000_000:07}"


def side(rows: list[tuple[str | None, ...]], letter: str) -> pl.DataFrame:
    made = pl.DataFrame(rows, schema=dict.fromkeys(KINDS, pl.String), orient="row")
    return made.with_columns(pl.Series(KEY, [f"{letter}{n}" for n in range(len(rows))], dtype=pl.String))


STRANGER = ("Quixotic Zephyr", "Ufer 4711", "+862133334444")
ROWS = [company(n) for n in range(40)]
WRONG = [(ROWS[0][0], *STRANGER), *ROWS[1:]]


def test_a_number_that_all_else_contradicts_is_asked_about() -> None:
    matched, _ = match(side(ROWS, "C"), side(WRONG, "E"), "things", entity(), LINKS.to_frame(), 100_000)
    assert matched.links.height == 39
    assert matched.candidates.select("crm_key", "erp_key").rows() == [("C0", "E0")]


def test_the_same_holds_for_plain_files() -> None:
    found = link(side(ROWS, "C"), side(WRONG, "E"), Scheme(KINDS, keys=(("number",),)), Settings(), Silent())
    linked = found.filter(pl.col("zone") == "link")
    assert linked.height == 39
    assert set(linked["rung"]) == {"key:number"}
    assert found.filter(pl.col("zone") == "review").select("crm_key", "erp_key").rows() == [("C0", "E0")]


def test_a_pair_that_a_person_called_different_is_not_linked_by_its_key_or_its_looks() -> None:
    apart = pl.DataFrame({"crm_key": ["C3"], "erp_key": ["E3"]})
    matched, _ = match(side(ROWS, "C"), side(ROWS, "E"), "things", entity(), LINKS.to_frame(), 100_000, apart)
    assert matched.links.height == 39
    assert matched.candidates.is_empty()
    assert matched.duplicates.is_empty()


def test_several_records_may_link_to_one_where_the_configuration_says_so() -> None:
    again = (None, *ROWS[5][1:])
    crm, erp = side([*ROWS, again], "C"), side(ROWS, "E")
    one, _ = match(crm, erp, "things", entity(), LINKS.to_frame(), 100_000)
    assert one.duplicates.select("key", "kept").rows() == [("C40", "C5")]
    many, _ = match(crm, erp, "things", entity(many="crm"), LINKS.to_frame(), 100_000)
    assert {("C5", "E5"), ("C40", "E5")} <= set(many.links.select("crm_key", "erp_key").iter_rows())
    assert many.duplicates.is_empty()


def test_few_records_are_linked_by_what_tells_and_asked_about_or_left_otherwise() -> None:
    rows = [company(n) for n in range(12)]
    plain = [(None, *row[1:]) for row in rows]
    weak = [(None, "Otherwise Named", "Elsewhere 8", rows[0][3]), *plain[1:]]
    matched, _ = match(side(plain, "C"), side(weak, "E"), "things", entity(), LINKS.to_frame(), 100_000)
    assert set(matched.links.select("crm_key", "erp_key").iter_rows()) == {(f"C{n}", f"E{n}") for n in range(1, 12)}
