"""Values side by side: nothing hidden, nothing lost, nothing endless."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from reports.marking import LONGEST, plain, shorten, side_by_side, visible

SHORT = st.text(max_size=LONGEST // 2)
HOSTILE = st.text(alphabet=st.characters(codec="utf-8"), max_size=60)


def marks(shown):
    return [s.text for s in shown.segments if s.differs]


@given(SHORT, SHORT)
def test_the_segments_are_the_value(left, right):
    a, b = side_by_side(left, right)
    assert a.text == visible(left)
    assert b.text == visible(right)
    assert (a.length, b.length) == (len(left), len(right))
    assert not a.cut


@given(SHORT.filter(bool), SHORT.filter(bool))
def test_what_is_not_marked_is_the_same_on_both_sides(left, right):
    a, b = side_by_side(left, right)
    same_a, same_b = ("".join(s.text for s in side.segments if not s.differs) for side in (a, b))
    assert same_a == same_b
    assert bool(marks(a) or marks(b)) == (left != right)


@given(HOSTILE)
def test_every_character_shown_can_be_seen(text):
    assert not {unicodedata.category(c) for c in visible(text)} & {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}


@given(st.text(min_size=1, alphabet="ab", max_size=4000), st.text(min_size=1, alphabet="ab", max_size=4000))
def test_however_long_only_so_much_is_shown_and_the_first_difference_is_in_it(left, right):
    a, b = side_by_side(left, right)
    assert len(a.text) <= LONGEST + 2
    assert len(b.text) <= LONGEST + 2
    if left != right:
        assert marks(a) or marks(b)


def test_small_slips_are_marked_and_strangers_as_a_whole():
    assert [marks(s) for s in side_by_side("50000.00", "75000.00")] == [["50"], ["75"]]
    assert [marks(s) for s in side_by_side("Services Limited", "Services")] == [[" Limited"], []]
    assert [marks(s) for s in side_by_side("已确认", "300")] == [["已确认"], ["300"]]


def test_a_direction_override_and_a_control_character_are_shown_by_their_code():
    assert visible("a\u202eb\x00\n") == "a⟨U+202E⟩b⟨U+0000⟩↵"


def test_empty_values():
    a, b = side_by_side(None, "x")
    assert a.empty
    assert not b.empty
    assert plain("").empty
    assert shorten(None) == ""
