"""Laws of resolution: what holds for every set of scored pairs."""

from __future__ import annotations

from dataclasses import replace

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings
from resolution_cases import AT, NEAR, REVIEW, SURE, Case, beside, cases, mirrored, solved, without_twins, zones

from reconcile.match.deciding.assignment import STEP

LAWS = settings(max_examples=60, deadline=None)


def best_total(edges: tuple[tuple[int, int, float], ...]) -> float:
    """By trying everything."""
    if not edges:
        return 0.0
    (a, b, w), rest = edges[0], edges[1:]
    taken = w + best_total(tuple(e for e in rest if e[0] != a and e[1] != b))
    return max(taken, best_total(rest))


@LAWS
@given(cases())
def test_one_to_one_has_no_key_twice(case: Case):
    links = solved(case).links
    assert links["l"].is_unique().all()
    assert links["r"].is_unique().all()


@LAWS
@given(cases(), st.sampled_from(["crm", "erp"]))
def test_many_to_one_has_no_key_of_the_many_twice(case: Case, many: str):
    assert solved(case, replace(AT, many=many)).links["l" if many == "crm" else "r"].is_unique().all()


@LAWS
@given(cases(), st.sampled_from([None, "crm", "erp"]))
def test_a_pair_is_in_one_zone_only(case: Case, many: str | None):
    found = zones(solved(case, replace(AT, many=many)))
    pairs = [pair[:2] for zone in ("links", "reviews", "duplicates") for pair in found[zone]]
    assert len(pairs) == len(set(pairs))


@LAWS
@given(cases(), st.sampled_from([None, "crm", "erp"]))
def test_swapping_the_sides_mirrors(case: Case, many: str | None):
    one = zones(solved(case, replace(AT, many=many)))
    other = zones(solved(mirrored(case), replace(AT, many={"crm": "erp", "erp": "crm"}.get(many or ""))))
    for zone in ("links", "reviews", "duplicates"):
        assert {(b, a, *more) for a, b, *more in other[zone]} == one[zone]
    turned = {"crm": "erp", "erp": "crm"}
    assert {(turned[side], *more) for side, *more in other["twins"]} == one["twins"]
    assert {frozenset((turned[side], key) for side, key in part) for part in other["split"]} == one["split"]


@LAWS
@given(cases(), st.data())
def test_neither_numbers_nor_rows_decide(case: Case, data: st.DataObject):
    numbers = [data.draw(st.permutations(range(n))) for n in (case.lefts, case.rights)]
    mixed = Case(
        case.lefts,
        case.rights,
        tuple(data.draw(st.permutations(case.cross))),
        tuple((b, a, w) for a, b, w in data.draw(st.permutations(case.twins_left))),
        tuple(data.draw(st.permutations(case.twins_right))),
    )
    assert zones(solved(mixed, AT, *numbers), *numbers) == zones(solved(case))


@LAWS
@given(cases(most=4), cases(most=4))
def test_an_unrelated_component_changes_nothing(case: Case, other: Case):
    alone, together = zones(solved(case)), zones(solved(beside(case, other)))
    for zone in ("links", "reviews", "duplicates"):
        assert {pair for pair in together[zone] if pair[0] < case.lefts} == alone[zone]
    size = {"crm": case.lefts, "erp": case.rights}
    assert {row for row in together["twins"] if row[1] < size[row[0]]} == alone["twins"]


@LAWS
@given(cases(most=4, twins=False))
def test_links_are_those_without_which_the_total_is_smaller_by_near(case: Case):
    """A pair is linked where the best total that uses it beats every total in which one of its ends has another partner."""
    found = zones(solved(without_twins(case)))
    edges = tuple((a, b, max(w, STEP)) for a, b, w in case.cross if w >= REVIEW)
    best = best_total(edges)
    with_it = {(a, b): w + best_total(tuple(e for e in edges if e[0] != a and e[1] != b)) for a, b, w in edges}
    possible = {pair for pair, total in with_it.items() if best - total < NEAR}
    split = {pair[:2] for pair in found["reviews"] if pair[4] == "split"}
    for a, b, w in edges:
        rivals = [p for p in possible if p != (a, b) and (p[0] == a or p[1] == b)]
        linked = (a, b) in {pair[:2] for pair in found["links"]}
        if (a, b) in possible and not rivals and with_it[a, b] == best and w >= SURE:
            assert linked or (a, b) in split
        else:
            assert not linked
    ambiguous = {pair[:2] for pair in found["reviews"] if pair[4] == "ambiguous"}
    assert {p for p in possible for q in possible if p != q and (p[0] == q[0] or p[1] == q[1])} <= ambiguous


@LAWS
@given(cases(twins=False), st.integers(0, 4))
def test_a_tie_never_links(case: Case, which: int):
    """A copy of a record that nothing calls a twin takes the link from the first, and gets none."""
    doubled = case.rights
    copied = tuple((a, doubled, w) for a, b, w in case.cross if b == which)
    case = replace(case, rights=doubled + 1, cross=case.cross + copied)
    linked = {b for _, b, *_ in zones(solved(case))["links"]}
    if copied:
        assert linked.isdisjoint({which, doubled})


@LAWS
@given(cases())
def test_a_duplicate_belongs_to_a_link(case: Case):
    found = zones(solved(case))
    lefts, rights = {a for a, *_ in found["links"]}, {b for _, b, *_ in found["links"]}
    twin = {(side, a): kept for side, a, kept, _ in found["twins"]}
    for a, b, *_ in found["duplicates"]:
        assert (a not in lefts) or (b not in rights)
        assert (twin.get(("crm", a), a), twin.get(("erp", b), b)) in {pair[:2] for pair in found["links"]}


@pytest.mark.parametrize("near", [0.0, 2.0])
def test_a_round_of_ties_is_ambiguous(near: float):
    ring = [(i, i) for i in range(4)] + [(i, (i + 1) % 4) for i in range(4)]
    found = solved(Case(4, 4, tuple((a, b, 8.0) for a, b in ring)), replace(AT, near=near))
    assert found.links.is_empty()
    assert {pair[:2] for pair in zones(found)["reviews"]} == set(ring)
