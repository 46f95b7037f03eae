"""Businesses that stand several times on both sides: all their pairs are found, and nobody competes for a partner."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from reconcile.match import within
from reconcile.match.candidates.blocking import Blocks, Rule
from reconcile.match.candidates.splitting import paired
from reconcile.match.deciding.coherence import Edges, coherent_parts
from reconcile.match.kept import Kept, read, written
from reconcile.match.linkage import Settings, inside_of, link, score
from reconcile.match.scheme import Scheme
from reconcile.match.scoring.comparison import Comparison
from reconcile.progress import Silent
from reconcile.records import KEY, Kind

KINDS = {"given": Kind.PERSON_NAME, "family": Kind.PERSON_NAME, "town": Kind.TEXT, "mail": Kind.EMAIL, "born": Kind.IDENTIFIER}


def persons(count: int, times: int, seed: int) -> tuple[pl.DataFrame, pl.Series]:
    """Records of so many persons, each so many times, of which a fifth of the values is missing and a tenth mistyped."""
    chance = np.random.default_rng(seed)
    letters = np.array(list("abdefghiklmnoprstuv"))
    words = ["".join(chance.choice(letters, 7)) for _ in range(4 * count)]
    drawn = {"given": 60, "family": count, "town": 40, "mail": count, "born": count}
    columns: dict[str, list[str | None]] = {KEY: []}
    person = np.repeat(np.arange(count), times)
    for at, (name, kinds) in enumerate(drawn.items()):
        own = [words[n + at * 17] for n in chance.integers(0, kinds, count)]
        if name in ("mail", "born"):
            own = [f"{word}@{word[::-1]}.org" if name == "mail" else f"19{n:06d}" for n, word in enumerate(words[-count:])]
        values: list[str | None] = []
        for whose in person:
            value: str | None = own[whose]
            if chance.random() < 0.1:
                spot = int(chance.integers(1, 6))
                value = f"{own[whose][:spot]}{chance.choice(letters)}{own[whose][spot + 1 :]}"
            values.append(None if chance.random() < 0.2 else value)
        columns[name] = values
    columns[KEY] = [f"P{n:05d}" for n in range(len(person))]
    return pl.DataFrame(columns, schema=[KEY, *drawn]), pl.Series(person)


def sides(times: int) -> tuple[pl.DataFrame, pl.DataFrame, set[tuple[str, str]]]:
    """Two sides on which each person stands `times` times, and the true pairs."""
    frame, person = persons(250, 2 * times, 11)
    frame = frame.with_columns(person=person, odd=pl.int_range(pl.len()) % 2 == 1)
    left, right = frame.filter("odd"), frame.filter(~pl.col("odd"))
    truth = left.join(right, on="person").select(KEY, f"{KEY}_right")
    return left.drop("person", "odd"), right.drop("person", "odd"), set(truth.iter_rows())


@pytest.mark.parametrize(("times", "least"), [(3, 0.93), (4, 0.93)])
def test_every_pair_of_a_person_who_stands_several_times_is_found(times, least):
    left, right, truth = sides(times)
    found = link(left, right, Scheme(KINDS), Settings(), Silent())
    same = found.filter(pl.col("zone") != "review")
    pairs = set(same.select("crm_key", "erp_key").iter_rows())
    assert 2 * len(pairs & truth) / (len(pairs) + len(truth)) >= least
    links = same.filter(pl.col("zone") == "link")
    assert links["crm_key"].is_unique().all()
    assert links["erp_key"].is_unique().all()


def test_it_is_told_from_persons_who_stand_once():
    for times, full in ((1, False), (3, True)):
        left, right, _ = sides(times)
        scored = score(left, right, Scheme(KINDS), Settings(), Silent())
        assert scored.model.crowded is full
        kept = Kept(Scheme(KINDS), Settings(), scored.model, {})
        assert read(written(kept)).model.crowded is full


def test_large_files_of_which_whole_values_tell_little_are_looked_at_like_small_ones():
    left, right, truth = sides(3)
    bare = [frame.select(KEY, "given", "family", "town") for frame in (left, right)]
    kinds = {name: KINDS[name] for name in ("given", "family", "town")}
    small, large = (score(*bare, Scheme(kinds), Settings(small=most), Silent()) for most in (20_000, 100))
    pairs = [
        set(zip(left[KEY].gather(one.pairs["l"]), right[KEY].gather(one.pairs["r"]), strict=True)) & truth
        for one in (small, large)
    ]
    assert len(pairs[1]) >= 0.95 * len(pairs[0])


def test_a_large_chain_of_clusters_is_cut_at_its_weakest_pairs():
    """A hundred tight groups of six, each hanging on the next by one weak pair."""
    a, b, weight = [], [], []
    for group in range(100):
        own = range(6 * group, 6 * group + 6)
        for one in own:
            for other in range(one + 1, own.stop):
                a, b, weight = [*a, one], [*b, other], [*weight, 20.0]
        if group:
            a, b, weight = [*a, 6 * group - 1], [*b, 6 * group], [*weight, 4.0]
    sure = Edges(np.array(a), np.array(b), np.array(weight))
    nothing = Edges(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
    found = coherent_parts(600, sure, nothing)
    assert len(np.unique(found.cluster)) == 1
    assert found.bounded == 600
    assert len(np.unique(found.part)) == 100
    assert all(len(np.unique(found.part[6 * g : 6 * g + 6])) == 1 for g in range(100))


def test_a_large_cluster_of_equally_sure_pairs_stays_whole():
    ring = np.arange(600)
    sure = Edges(ring, (ring + 1) % 600, np.full(600, 9.0))
    against = Edges(np.array([0]), np.array([300]), np.array([-5.0]))
    assert len(np.unique(coherent_parts(600, sure, against).part)) == 1


def test_equal_titles_come_together_however_many_there_are():
    """Of more than are looked for as nearest none is: what is equal is found as such."""
    title = "proceedings of the conference on the theory of machines that learn"
    rows = [f"{title} volume {n}" for n in range(40)]
    frame = pl.DataFrame({KEY: [f"T{n:03d}" for n in range(80)], "title": [*rows, *[title] * 40]})
    comparison = Comparison.of_one(frame, Scheme({"title": Kind.TEXT}))
    blocks = Blocks.of(comparison)
    assert paired(blocks, Rule(("title",), 0.0), None).filter(pl.col("l") < pl.col("r")).height == 40 * 39 // 2


def test_fields_may_be_named_like_columns_of_pairs():
    frame, _ = persons(80, 2, 3)
    plain = within.dedupe(frame, Scheme(KINDS), Settings(), Silent())
    other = {"given": "l", "family": "r", "town": "weight", "mail": "n", "born": "k"}
    renamed = within.dedupe(frame.rename(other), Scheme({other[n]: k for n, k in KINDS.items()}), Settings(), Silent())
    assert plain.height > 40
    assert set(plain["key"]) == set(renamed["key"])


def test_what_twins_weigh_does_not_hang_on_records_that_are_like_nobody():
    frame, _ = persons(100, 3, 3)
    left, right = frame.filter(pl.int_range(pl.len()) % 3 == 0), frame.filter(pl.int_range(pl.len()) % 3 > 0)
    model = score(left, right, Scheme(KINDS), Settings(), Silent()).model
    own = np.arange(99, dtype=np.uint32)
    ends = [(own, 2 * own, 10.0), (own, 2 * own + 1, 8.0), (own, 2 * own + 2, 0.0)]
    pairs = pl.concat([pl.DataFrame({"l": l_, "r": r}).with_columns(weight=pl.lit(bits)) for l_, r, bits in ends])
    strangers = persons(2000, 1, 4)[0].with_columns(pl.col(KEY).str.replace("P", "S"))
    found = [
        inside_of(pairs, model, Comparison.of(left, side, Scheme(KINDS)), 1, Settings()).model
        for side in (right, pl.concat([right, strangers]))
    ]
    assert found[0].relations == found[1].relations > 99
