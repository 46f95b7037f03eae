"""What the list of changed links says."""

from __future__ import annotations

import hypothesis.strategies as st
import polars as pl
from hypothesis import given

from reconcile.match.changes import CHANGES, changed_links


def links(*pairs: str) -> pl.DataFrame:
    """Links such as "A-X"."""
    keys = [pair.split("-") for pair in pairs]
    return pl.DataFrame(keys, schema={"crm_key": pl.String, "erp_key": pl.String}, orient="row")


def test_links_appear_vanish_and_move():
    found = changed_links(links("A-X", "B-Y", "C-Z", "E-V", "G-T"), links("A-X", "B-W", "D-U", "F-V", "G-T"))
    assert found.schema == CHANGES
    assert found.rows() == [
        ("appeared", "D", "U", None, None),
        ("moved", "B", "W", None, "Y"),
        ("moved", "F", "V", "E", None),
        ("vanished", "C", "Z", None, None),
    ]


def test_two_that_change_partners_have_both_moved():
    assert changed_links(links("A-X", "B-Y"), links("A-Y", "B-X")).rows() == [
        ("moved", "A", "Y", None, "X"),
        ("moved", "B", "X", None, "Y"),
    ]


def test_nothing_changed():
    assert changed_links(links("A-X"), links("A-X")).is_empty()
    assert changed_links(links(), links()).schema == CHANGES


one_to_one = st.permutations("UVWXYZ").flatmap(
    lambda right: st.sets(st.integers(0, 5)).map(lambda own: [f"{'ABCDEF'[i]}-{right[i]}" for i in sorted(own)])
)


@given(one_to_one, one_to_one)
def test_the_changes_turn_the_one_into_the_other(before: list[str], after: list[str]):
    found = changed_links(links(*before), links(*after))
    gained = {f"{c}-{e}" for word, c, e, *_ in found.rows() if word != "vanished"}
    lost = {f"{c}-{e}" for word, c, e, *_ in found.rows() if word == "vanished"}
    lost |= {f"{c_old or c}-{e_old or e}" for word, c, e, c_old, e_old in found.rows() if word == "moved"}
    assert gained == set(after) - set(before)
    assert lost == set(before) - set(after)
    assert set(before) - lost | gained == set(after)
