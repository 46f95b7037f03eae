"""Duplicates in one frame: found without keys, the fullest kept, over-merged chains apart, whatever the order of rows."""

import polars as pl
import pytest

from reconcile.match.linkage import Settings
from reconcile.match.scheme import Scheme
from reconcile.match.within import GROUPS, dedupe
from reconcile.progress import Silent
from reconcile.records import KEY, Kind

KINDS = {"name": Kind.COMPANY_NAME, "street": Kind.ADDRESS, "phone": Kind.PHONE, "email": Kind.EMAIL}
WORDS = ("Nordwind", "Vela", "Kestrel", "Baltic", "Otto", "Marble")


def company(n: int) -> tuple[str | None, ...]:
    return (
        f"{WORDS[n % 6]} {'abcdefghij'[n % 10] * 3}{n} GmbH",
        f"Weg {n} {n * 7}",
        f"+4930{n * 7919 % 10_000_000:07}",
        f"m{n}@x{n}.example",
    )


def frame(rows: list[tuple[str | None, ...]]) -> pl.DataFrame:
    made = pl.DataFrame(rows, schema=dict.fromkeys(KINDS, pl.String), orient="row")
    return made.with_columns(pl.Series(KEY, [f"K{n:03}" for n in range(len(rows))]))


def groups(rows: pl.DataFrame, scheme: Scheme | None = None) -> list[tuple[str, str]]:
    found = dedupe(rows, scheme or Scheme(KINDS), Settings(), Silent())
    assert found.schema == GROUPS
    assert found["probability"].is_between(0.5, 1.0).all()
    return found.select("key", "kept").rows()


@pytest.mark.parametrize("order", [1, -1], ids=["straight", "reversed"])
def test_the_fullest_record_is_kept_and_then_that_of_the_lowest_key(order: int) -> None:
    name, street, phone, email = company(5)
    rows = [*map(company, range(40)), (name, street, phone, None), (name, street, None, email)]
    rows[5], rows[7] = (name, street, phone, None), company(7)
    found = groups(frame([*rows, company(5), company(7)])[::order])
    assert found == [("K005", "K042"), ("K040", "K042"), ("K041", "K042"), ("K043", "K007")]


def test_records_that_share_nothing_or_too_little_stay_apart() -> None:
    assert groups(frame([company(n) for n in range(40)])) == []
    same_street = [(company(n)[0], "Weg 1 7", *company(n)[2:]) for n in range(40)]
    assert groups(frame(same_street)) == []


@pytest.mark.parametrize("rows", [[], [company(1)], [(None,) * 4] * 30], ids=["none", "one", "empty"])
def test_nothing_to_compare_gives_no_groups(rows: list[tuple[str | None, ...]]) -> None:
    assert groups(frame(rows)) == []


def test_a_shared_key_groups_what_looks_different_unless_all_else_contradicts() -> None:
    keyed = Scheme(KINDS, keys=(("email",),))
    rows = [company(n) for n in range(40)]
    moved = (company(3)[0], "Allee 99 12", "+49891112223", company(3)[3])
    stranger = ("Zyx Qop", "Ufer 4711", "+862133334444", company(8)[3])
    assert groups(frame([*rows, moved, stranger]), keyed) == [("K040", "K003")]
