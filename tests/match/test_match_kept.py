"""A kept model: the same bytes for the same model, every number exact, and a clear word about what is none."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from explained_world import world
from hypothesis import given
from hypothesis import strategies as st

from reconcile.match.kept import Kept, Unfit, check, read, written
from reconcile.match.linkage import Settings, score
from reconcile.match.scheme import Scheme
from reconcile.match.scoring.fitting import weights
from reconcile.match.scoring.model import Model, Tables
from reconcile.progress import Silent
from reconcile.records import Kind

SHARES = st.lists(st.floats(1e-12, 1.0), min_size=2, max_size=6).map(np.asarray)


def kept() -> Kept:
    known = world()
    return Kept(known.scheme, Settings(link_at=0.93), known.scored.model, {"crm_key": "id"})


def test_what_is_read_is_what_was_written():
    data = written(kept())
    again = read(data)
    assert written(again) == data
    assert (again.scheme, again.settings, again.columns) == (kept().scheme, kept().settings, kept().columns)


def test_a_read_model_weighs_every_pair_as_before():
    known, model = world(), read(written(kept())).model
    pairs, comparison = known.scored.pairs, known.scored.comparison
    assert np.array_equal(weights(pairs, model, comparison), weights(pairs, known.scored.model, comparison))


def test_a_known_model_is_used_and_not_learned_anew():
    known = world()
    other = replace(known.scored.model, matches=known.scored.model.matches / 8)
    again = score(known.sides[0], known.sides[1], known.scheme, Settings(), Silent(), other)
    assert again.model is other
    apart = (known.scored.pairs["weight"] - again.pairs["weight"]).drop_nulls()
    assert apart.median() == pytest.approx(3.0, abs=0.01)


@given(SHARES, SHARES, st.floats(0.1, 1e9))
def test_numbers_are_exact(alone, table, matches):
    tables = Tables({"名称": alone}, {"名称": ("b", np.stack([table, table]))})
    model = Model(tables, tables, matches, matches * 7, None, 0.0)
    found = read(written(Kept(Scheme({"名称": Kind.TEXT}), Settings(), model, {}))).model
    assert np.array_equal(found.same.alone["名称"], alone)
    assert np.array_equal(found.chance.given["名称"][1], np.stack([table, table]))
    assert (found.matches, found.pairs, found.related) == (matches, matches * 7, None)


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b"\xff\xfe", b'{"format": 1}', b'{"format": 1, "model": []}'])
def test_what_is_no_model_is_said(data):
    with pytest.raises(Unfit, match="no model"):
        read(data)


def test_another_format_is_said():
    with pytest.raises(Unfit, match="format is 2"):
        read(json.dumps({**json.loads(written(kept())), "format": 2}).encode())


def test_a_model_for_other_fields_is_refused():
    known = world()
    fields = dict(known.scheme.fields)
    dropped = min(fields)
    with pytest.raises(Unfit, match=dropped):
        check(kept(), *known.sides, Scheme({name: kind for name, kind in fields.items() if name != dropped}))
    check(kept(), *known.sides, known.scheme)


def test_a_model_of_other_levels_is_refused():
    known = world()
    short = Tables({**known.scored.model.same.alone, "name": np.asarray([0.5, 0.5])})
    with pytest.raises(Unfit, match="name"):
        check(replace(kept(), model=replace(known.scored.model, same=short)), *known.sides, known.scheme)


def test_the_order_of_the_rows_changes_no_byte():
    known = world()
    shuffled = known.sides[0].sample(fraction=1.0, shuffle=True, seed=3)
    again = score(shuffled, known.sides[1], known.scheme, Settings(link_at=0.93), Silent()).model
    assert written(replace(kept(), model=again)) == written(kept())
