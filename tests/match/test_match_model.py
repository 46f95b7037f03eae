"""What the model concludes from patterns: nothing of fields that always say the same, however their counts are rounded."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

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
