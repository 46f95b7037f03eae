"""What the model concludes from patterns: nothing of fields that always say the same, however their counts are rounded."""

from __future__ import annotations

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from reconcile.match.scoring.fitting import all_pairs, seen, uncompared
from reconcile.match.scoring.model import Seen, learned

SIZES = {"one": 4, "other": 4, "third": 6}
EQUAL = dict.fromkeys(SIZES, 1e-5)
SAME = Seen({name: np.full(1, size - 1, np.uint8) for name, size in SIZES.items()}, np.array([50.0]))


@given(st.lists(st.floats(0.01, 1000.0), min_size=1, max_size=40))
@settings(deadline=None, max_examples=60)
def test_fields_that_say_the_same_in_all_random_pairs_depend_on_nothing(counts):
    third = np.arange(len(counts), dtype=np.uint8) % 6
    flat = np.zeros(len(counts), np.uint8)
    model = learned(SAME, Seen({"one": flat, "other": flat, "third": third}, np.array(counts)), EQUAL, SIZES, (100.0, 100.0))
    assert not {"one", "other"} & (set(model.chance.given) | {parent for parent, _ in model.chance.given.values()})


def leveled(rows: range, level: int) -> pl.DataFrame:
    levels = pl.Series("one", np.full(len(rows), level, np.uint8))
    return pl.DataFrame({"l": rows, "r": rows, "_pattern": levels.cast(pl.UInt64)}).with_columns(levels)


@given(st.integers(1, 400), st.integers(0, 7))
@settings(deadline=None, max_examples=40)
def test_what_was_compared_is_counted_in_full_whatever_random_pairs_happen_to_show(drawn, twice):
    compared = pl.concat([leveled(range(7), 3), leveled(range(7, 30), 2)])
    random = pl.concat([leveled(range(100, 100 + drawn), 0), compared.head(twice)])
    whole = all_pairs(seen(compared, ("one",)), uncompared(random, compared, 100_000.0, ("one",)))
    shares = [float(whole.counts[whole.levels["one"] == level].sum() / whole.counts.sum()) for level in (3, 2, 0)]
    assert np.allclose(shares, [7 / 100_000, 23 / 100_000, 1 - 30 / 100_000])
