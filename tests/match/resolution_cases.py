"""Small random matching problems, and their answers in terms of keys, for the laws of resolution."""

from __future__ import annotations

from dataclasses import dataclass, replace

import hypothesis.strategies as st
import polars as pl

from reconcile.match.deciding.resolution import Resolved, Thresholds, resolve

SURE, REVIEW, NEAR = 4.0, 0.0, 2.0
Edge = tuple[int, int, float]
Numbers = list[int] | None


def chance(weight: float) -> float:
    return 1 / (1 + 2.0**-weight)


AT = Thresholds(link_at=chance(SURE), review_at=chance(REVIEW), near=NEAR)


@dataclass(frozen=True)
class Case:
    """A problem over records 0 to lefts - 1 and 0 to rights - 1, whose numbers are their keys and ranks."""

    lefts: int
    rights: int
    cross: tuple[Edge, ...]
    twins_left: tuple[Edge, ...] = ()
    twins_right: tuple[Edge, ...] = ()


def frame(edges: list[Edge], one: str = "l", two: str = "r") -> pl.DataFrame:
    schema = {one: pl.UInt32, two: pl.UInt32, "weight": pl.Float64, "probability": pl.Float64}
    return pl.DataFrame([(a, b, float(w), chance(w)) for a, b, w in edges], schema=schema, orient="row")


def solved(case: Case, at: Thresholds = AT, number_left: Numbers = None, number_right: Numbers = None) -> Resolved:
    """The answer; with `number_*`, the engine sees record k under another number, of the same rank."""
    left, right = number_left or list(range(case.lefts)), number_right or list(range(case.rights))
    ranks = []
    for numbers in (left, right):
        rank = [0] * len(numbers)
        for key, number in enumerate(numbers):
            rank[number] = key
        ranks.append(pl.Series(rank, dtype=pl.UInt32))
    return resolve(
        frame([(left[a], right[b], w) for a, b, w in case.cross]),
        frame([(left[a], left[b], w) for a, b, w in case.twins_left], "a", "b"),
        frame([(right[a], right[b], w) for a, b, w in case.twins_right], "a", "b"),
        ranks[0],
        ranks[1],
        at,
    )


def zones(found: Resolved, number_left: Numbers = None, number_right: Numbers = None) -> dict[str, set]:
    """The answer in keys."""
    left = {n: k for k, n in enumerate(number_left)} if number_left else None
    right = {n: k for k, n in enumerate(number_right)} if number_right else None
    of = {"crm": lambda n: left[n] if left else n, "erp": lambda n: right[n] if right else n}

    def pairs(rows: pl.DataFrame) -> set:
        return {(of["crm"](a), of["erp"](b), *more) for a, b, *more in rows.rows()}

    parts: dict[tuple[int, int], set] = {}
    for cluster, part, side, record in found.split.rows():
        parts.setdefault((cluster, part), set()).add((side, of[side](record)))
    return {
        "links": pairs(found.links),
        "reviews": pairs(found.reviews),
        "duplicates": pairs(found.duplicates),
        "twins": {(side, of[side](a), of[side](kept), p) for side, a, kept, p in found.twins.rows()},
        "split": {frozenset(members) for members in parts.values()},
    }


def mirrored(case: Case) -> Case:
    return Case(case.rights, case.lefts, tuple((b, a, w) for a, b, w in case.cross), case.twins_right, case.twins_left)


def beside(case: Case, other: Case) -> Case:
    """Both problems as one, the records of the second numbered after those of the first."""
    left, right = case.lefts, case.rights
    return Case(
        left + other.lefts,
        right + other.rights,
        case.cross + tuple((a + left, b + right, w) for a, b, w in other.cross),
        case.twins_left + tuple((a + left, b + left, w) for a, b, w in other.twins_left),
        case.twins_right + tuple((a + right, b + right, w) for a, b, w in other.twins_right),
    )


def without_twins(case: Case) -> Case:
    return replace(case, twins_left=(), twins_right=())


@st.composite
def cases(draw: st.DrawFn, most: int = 5, twins: bool = True) -> Case:
    lefts, rights = draw(st.integers(1, most)), draw(st.integers(1, most))
    weights = st.integers(-12, 24).map(lambda n: n / 2)

    def edges(places: list[tuple[int, int]], share: int) -> tuple[Edge, ...]:
        chosen = draw(st.lists(st.sampled_from(places), unique=True, max_size=share)) if places else []
        return tuple((a, b, draw(weights)) for a, b in sorted(chosen))

    inside = [[(a, b) for a in range(n) for b in range(a + 1, n)] if twins else [] for n in (lefts, rights)]
    return Case(
        lefts,
        rights,
        edges([(a, b) for a in range(lefts) for b in range(rights)], lefts * rights),
        edges(inside[0], 4),
        edges(inside[1], 4),
    )
