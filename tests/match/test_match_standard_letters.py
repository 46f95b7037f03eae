"""Text that matching takes as it is: the standard form would have changed nothing of it."""

from __future__ import annotations

import re

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconcile.match.discovery.found import Column
from reconcile.match.discovery.standardising import standardised
from reconcile.records import Kind
from reconcile.values import Reading, standard
from reconcile.values.columns import SETTLED_LETTERS

_SETTLED = re.compile(f"[{SETTLED_LETTERS}]")
_LETTERS = [letter for letter in map(chr, range(0x80, 0xD800)) if _SETTLED.match(letter)]
_KINDS = (Kind.TEXT, Kind.COMPANY_NAME, Kind.PERSON_NAME, Kind.ADDRESS)


def test_no_letter_that_is_taken_as_it_is_has_another_normal_form():
    letters = pl.Series(_LETTERS)
    for form in ("NFC", "NFKC"):
        assert (letters.str.normalize(form) == letters).all()


@pytest.mark.parametrize("kind", _KINDS)
@given(
    st.lists(
        st.text(st.one_of(st.sampled_from(_LETTERS), st.characters(codec="utf-8")), max_size=8) | st.sampled_from(["无", "n/a"])
    )
)
def test_what_is_taken_as_it_is_is_in_standard_form(kind: Kind, texts: list[str]):
    frame = pl.DataFrame({"k": pl.Series(map(str, range(len(texts))), dtype=pl.String), "v": pl.Series(texts, dtype=pl.String)})
    found = standardised(frame, {"v": Column(("v",), kind)}, ("k",))["v"]
    expected = frame.select(standard(kind, pl.col("v"), pl.String(), Reading()))["v"]
    assert found.equals(expected.alias("v"), null_equal=True)
