"""What resolution makes of the shapes that occur: twins, near-ties, weak chains, several to one, knots."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from resolution_cases import AT, Case, chance, frame, mirrored, solved, zones

from reconcile.match.deciding import assignment, coherence, duplicates
from reconcile.match.deciding.resolution import AGAINST, resolve


def pairs(case: Case, **at: object) -> dict[str, set]:
    """The zones without weights; reviews with their reason."""
    found = zones(solved(case, replace(AT, **at)))
    return {
        "links": {pair[:2] for pair in found["links"]},
        "reviews": {(*pair[:2], pair[4]) for pair in found["reviews"]},
        "duplicates": {pair[:2] for pair in found["duplicates"]},
        "twins": {row[:3] for row in found["twins"]},
        "split": found["split"],
    }


def test_a_pair_alone_is_linked_or_reviewed_or_neither():
    found = pairs(Case(3, 3, ((0, 0, 9.0), (1, 1, 2.0), (2, 2, -1.0))))
    assert found["links"] == {(0, 0)}
    assert found["reviews"] == {(1, 1, "below_link_at")}


def test_the_best_total_wins_over_the_best_pair():
    assert pairs(Case(2, 2, ((0, 0, 9.0), (0, 1, 8.0), (1, 0, 8.0))))["links"] == {(0, 1), (1, 0)}


def test_what_can_be_exchanged_at_hardly_any_loss_is_ambiguous():
    found = pairs(Case(1, 2, ((0, 0, 9.0), (0, 1, 8.0))))
    assert found["links"] == set()
    assert found["reviews"] == {(0, 0, "ambiguous"), (0, 1, "ambiguous")}


def test_who_is_ambiguous_between_two_is_no_duplicate_of_a_third():
    alike = ((0, 1, 3.0), (0, 2, 3.0), (1, 2, 3.0))
    found = pairs(Case(2, 3, ((0, 0, 20.0), (0, 1, 20.0), (0, 2, 8.0), (1, 2, 20.0)), alike[:1], alike))
    assert found["links"] == {(1, 2)}
    assert found["duplicates"] == found["twins"] == set()
    assert found["reviews"] == {(0, n, "ambiguous") for n in range(3)}


def test_twins_are_no_ambiguity_the_better_is_linked():
    found = pairs(Case(1, 2, ((0, 0, 8.0), (0, 1, 9.0)), twins_right=((1, 0, 10.0),)))
    assert found["links"] == {(0, 1)}
    assert found["duplicates"] == {(0, 0)}
    assert found["twins"] == {("erp", 0, 1)}
    assert found["reviews"] == set()


def test_of_equal_twins_the_lower_rank_is_linked():
    found = zones(solved(Case(1, 2, ((0, 0, 9.0), (0, 1, 9.0)), twins_right=((0, 1, 10.0),)), AT, None, [1, 0]), None, [1, 0])
    assert {pair[:2] for pair in found["links"]} == {(0, 0)}


def test_all_pairs_of_one_business_are_told_with_the_best_evidence():
    found = zones(solved(Case(2, 2, ((0, 0, 9.0), (1, 0, 6.0)), ((0, 1, 8.0),), ((0, 1, 7.0),))))
    assert {pair[:2] for pair in found["links"]} == {(0, 0)}
    chances = {(a, b): p for a, b, _, p in found["duplicates"]}
    assert set(chances) == {(0, 1), (1, 0), (1, 1)}
    assert chances[1, 0] == pytest.approx(max(chance(6.0), chance(8.0) * chance(9.0)))
    assert chances[0, 1] == pytest.approx(chance(7.0) * chance(9.0))
    assert chances[1, 1] == pytest.approx(chance(8.0) * chance(7.0) * chance(9.0))


def test_a_record_that_is_surely_the_partner_of_a_linked_one_is_a_duplicate():
    found = pairs(Case(2, 1, ((0, 0, 12.0), (1, 0, 7.0))))
    assert found["links"] == {(0, 0)}
    assert found["duplicates"] == {(1, 0)}
    assert found["twins"] == {("crm", 1, 0)}


def test_but_not_if_the_two_were_found_different():
    found = pairs(Case(2, 1, ((0, 0, 12.0), (1, 0, 7.0)), twins_left=((0, 1, -9.0),)))
    assert found["links"] == {(0, 0)}
    assert found["reviews"] == {(1, 0, "split")}
    assert found["duplicates"] == found["twins"] == set()
    assert found["split"] == {frozenset({("crm", 0), ("erp", 0)}), frozenset({("crm", 1)})}


def test_what_was_found_different_can_be_said_apart():
    against = pl.DataFrame([("crm", 0, 1, -9.0)], schema=AGAINST, orient="row")
    ranks = [pl.Series(range(n), dtype=pl.UInt32) for n in (2, 1)]
    found = resolve(frame([(0, 0, 12.0), (1, 0, 7.0)]), frame([], "a", "b"), frame([], "a", "b"), *ranks, AT, against)
    assert found.duplicates.is_empty()
    assert found.reviews["why"].to_list() == ["split"]


def test_twins_that_only_a_weak_chain_joins_are_split():
    found = pairs(Case(3, 0, (), twins_left=((0, 1, 12.0), (1, 2, 5.0), (0, 2, -10.0))))
    assert found["twins"] == {("crm", 1, 0)}
    assert found["split"] == {frozenset({("crm", 0), ("crm", 1)}), frozenset({("crm", 2)})}


def test_two_dense_groups_with_one_pair_between_them_are_two():
    ring = [(a, b, 8.0) for o in (0, 5) for a in range(o, o + 5) for b in range(a + 1, o + 5)]
    found = pairs(Case(10, 0, (), twins_left=(*ring, (4, 5, 8.0))))
    assert found["twins"] == {("crm", n, n // 5 * 5) for n in range(10) if n % 5}


@pytest.mark.parametrize("turned", [False, True])
def test_several_may_link_to_one_where_that_is_allowed(turned: bool):
    case = Case(3, 2, ((0, 0, 12.0), (1, 0, 7.0), (2, 0, 2.0)), twins_right=((0, 1, 9.0),))
    found = pairs(mirrored(case) if turned else case, many="erp" if turned else "crm")
    links, reviews, extra = {(0, 0), (1, 0)}, {(2, 0, "below_link_at")}, {(0, 1), (1, 1)}
    if turned:
        links, extra, reviews = {p[::-1] for p in links}, {p[::-1] for p in extra}, {(0, 2, "below_link_at")}
    assert (found["links"], found["reviews"], found["duplicates"]) == (links, reviews, extra)


def test_a_component_too_large_to_solve_is_said_and_only_the_clear_is_linked(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(assignment, "LARGEST", 1)
    case = Case(3, 3, ((0, 0, 20.0), (0, 1, 12.0), (1, 1, 13.0), (1, 2, 12.5), (2, 2, 13.0), (2, 0, 3.0)))
    found = solved(case)
    assert found.bounded == 4
    assert zones(found)["links"] == {(0, 0, 20.0, chance(20.0))}


def test_a_cluster_too_large_to_examine_is_said_and_held_by_its_best_pairs(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(coherence, "LARGEST", 3)
    found = solved(Case(5, 0, (), twins_left=((0, 1, 9.0), (1, 2, 6.0), (2, 3, 6.0), (3, 4, 9.0))))
    assert found.bounded == 5
    assert {row[:3] for row in zones(found)["twins"]} == {("crm", 1, 0), ("crm", 4, 3)}


def test_of_a_business_with_very_many_records_not_every_pair_is_listed(monkeypatch: pytest.MonkeyPatch):
    case = Case(3, 3, ((0, 0, 9.0), (1, 2, 5.0)), ((0, 1, 9.0), (0, 2, 9.0)), ((0, 1, 9.0), (0, 2, 9.0)))
    assert len(pairs(case)["duplicates"]) == 8
    monkeypatch.setattr(duplicates, "MOST", 8)
    assert pairs(case)["duplicates"] == {(0, 1), (0, 2), (1, 0), (2, 0), (1, 2)}


def test_nothing_is_nothing():
    found = solved(Case(2, 2, ()))
    assert [getattr(found, name).height for name in ("links", "reviews", "duplicates", "twins", "split")] == [0] * 5
    assert found.links.schema == found.duplicates.schema


def test_many_components_are_solved_like_each_alone():
    """So many that they fill several batches of the solvers."""
    random = np.random.default_rng(5)
    count = 400
    edges = {(3 * k + a, 3 * k + b): float(random.integers(0, 40)) / 2 for k in range(count) for a in range(3) for b in range(3)}
    together = zones(solved(Case(3 * count, 3 * count, tuple((a, b, w) for (a, b), w in edges.items()))))
    for k in range(0, count, 40):
        own = tuple((a - 3 * k, b - 3 * k, w) for (a, b), w in edges.items() if a // 3 == k)
        alone = zones(solved(Case(3, 3, own)))
        for zone in ("links", "reviews", "duplicates"):
            here = {(a - 3 * k, b - 3 * k, *more) for a, b, *more in together[zone] if a // 3 == k}
            assert here == alone[zone]
