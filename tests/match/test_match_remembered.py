"""A run by what an earlier run has left: nothing changed is nothing scored; what changed is decided anew; people stay."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from reconcile.config.models import Entity
from reconcile.match.changes import changed_links
from reconcile.match.ladder import match
from reconcile.match.ladder_again import Outcome, Recalled, match_remembering, recall
from reconcile.match.memory import program, save
from reconcile.match.scoring import comparison
from reconcile.records import KEY
from reconcile.results import LINKS

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "match_data.py"
FIELDS = ("name", "contact", "street", "city", "postcode", "country", "phone", "email", "tax_id")
PAIR = ["crm_key", "erp_key"]


def entity(**more: object) -> Entity:
    return Entity.model_validate({
        "crm": {"object": "a", "key": "id"},
        "erp": {"object": "b", "key": "id"},
        "fields": {name: {"crm": name, "erp": name} for name in FIELDS},
        "match": {"keys": ["email"], "fields": ["name", "contact", "street", "city", "postcode", "phone", "tax_id"], **more},
    })  # fmt: skip


ENTITY = entity()
Frames = tuple[pl.DataFrame, pl.DataFrame]


@pytest.fixture(scope="module")
def frames(tmp_path_factory) -> Frames:
    out = tmp_path_factory.mktemp("remembered")
    asked = [sys.executable, str(SCRIPT), "--records", "400", "--out", str(out), "--seed", "5"]
    subprocess.run(asked, check=True, capture_output=True)
    left, right = (
        pl.read_parquet(out / f"{side}.parquet").rename({"id": KEY}).select(KEY, *FIELDS) for side in ("left", "right")
    )
    return left, right


def run(frames: Frames, links: pl.DataFrame, known: Recalled, of: Entity = ENTITY, apart: pl.DataFrame | None = None) -> Outcome:
    return match_remembering(frames, "customers", of, links, 1_000_000, apart, known)


@dataclass(frozen=True)
class Night:
    """A full run."""

    frames: Frames
    done: Outcome

    @property
    def links(self) -> pl.DataFrame:
        return self.done.matched.links

    @property
    def known(self) -> Recalled:
        return Recalled(self.done.memory)

    def next(
        self,
        left: pl.DataFrame | None = None,
        right: pl.DataFrame | None = None,
        links: pl.DataFrame | None = None,
        **more: object,
    ) -> Outcome:
        now = (self.frames[0] if left is None else left, self.frames[1] if right is None else right)
        return run(now, self.links if links is None else links, self.known, **more)  # type: ignore[arg-type] # passed on


@pytest.fixture(scope="module")
def first(frames) -> Night:
    return Night(frames, run(frames, LINKS.to_frame(), Recalled()))


def linked(outcome: Outcome) -> dict[str, str]:
    return dict(outcome.matched.links.select(PAIR).iter_rows())


def with_value(frame: pl.DataFrame, key: str, **values: str | None) -> pl.DataFrame:
    chosen = pl.col(KEY) == key
    return frame.with_columns(pl.when(chosen).then(pl.lit(v, pl.String)).otherwise(pl.col(n)).alias(n) for n, v in values.items())


def scored_pair(night: Night) -> tuple[str, str]:
    """A link that only scores have made."""
    found = night.links.filter((pl.col("rung") == "score") & (pl.col("probability") > 0.999)).sort(PAIR)
    return found.select(PAIR).row(0)


def forbid(monkeypatch) -> None:
    def never(_comparison: object, _pairs: pl.DataFrame) -> pl.DataFrame:
        raise AssertionError("a pair was scored")

    monkeypatch.setattr(comparison.Comparison, "levels", never)


def test_a_first_run_is_the_ladder_and_leaves_a_memory(first):
    plain, _ = match(*first.frames, "customers", ENTITY, LINKS.to_frame(), 1_000_000)
    assert first.done.matched.links.equals(plain.links)
    assert first.done.matched.candidates.equals(plain.candidates)
    assert first.done.looked_at is None
    assert first.done.memory is not None


def test_where_nothing_changed_all_is_as_it_was_and_nothing_is_scored(first, monkeypatch):
    forbid(monkeypatch)
    order = np.random.default_rng(1)
    for frames in (first.frames, tuple(frame[order.permutation(frame.height)] for frame in first.frames)):
        done = first.next(*frames)
        assert done.looked_at == 0
        for name in ("links", "candidates", "duplicates", "learned"):
            now, then = getattr(done.matched, name), getattr(first.done.matched, name)
            assert now == then if isinstance(now, bytes) else now.equals(then)


def test_a_record_that_says_something_else_is_linked_anew(first):
    one, its = scored_pair(first)
    other = first.links.filter((pl.col("rung") == "score") & (pl.col("crm_key") != one)).sort(PAIR).row(5, named=True)
    said = first.frames[0].filter(pl.col(KEY) == other["crm_key"]).select(FIELDS).row(0, named=True)
    left = with_value(first.frames[0].filter(pl.col(KEY) != other["crm_key"]), one, **said)
    found = linked(first.next(left=left))
    assert found[one] == other["erp_key"]
    assert its not in found.values()
    rest = {key: partner for key, partner in linked(first.done).items() if key not in (one, other["crm_key"])}
    assert {key: found.get(key) for key in rest} == rest
    assert changed_links(first.links, first.next(left=left).matched.links).filter(pl.col("crm_key") == one)[
        "change"
    ].to_list() == ["moved"]


def test_a_link_whose_record_became_unlike_waits_for_a_person(first):
    one, its = scored_pair(first)
    nothing_alike = dict.fromkeys(FIELDS, None) | {
        "name": "Quux Bridgework",
        "city": "Nowhere",
        "postcode": "00001",
        "street": "Xylo 9",
    }
    done = first.next(left=with_value(first.frames[0], one, **nothing_alike))
    assert one not in linked(done)
    assert (one, its) in set(done.matched.candidates.select(PAIR).iter_rows())


@pytest.mark.parametrize("rung", ["person", "created"])
def test_what_a_person_or_a_push_has_linked_stays_whatever_a_record_says(first, rung):
    one, its = scored_pair(first)
    links = first.links.with_columns(rung=pl.when(pl.col("crm_key") == one).then(pl.lit(rung)).otherwise("rung"))
    done = first.next(left=with_value(first.frames[0], one, **dict.fromkeys(FIELDS, "nothing of it")), links=links)
    assert linked(done)[one] == its
    assert done.matched.links.filter(pl.col("crm_key") == one)["rung"].to_list() == [rung]


def test_a_link_by_a_key_outlives_a_slip_in_the_key(first):
    row = first.links.filter(pl.col("rung") == "key:email").sort(PAIR).row(3, named=True)
    done = first.next(left=with_value(first.frames[0], row["crm_key"], email="slip@nowhere.example"))
    assert linked(done)[row["crm_key"]] == row["erp_key"]


def test_a_record_that_is_gone_frees_its_partner(first):
    held = first.done.matched.duplicates.filter((pl.col("system") == "crm") & (pl.col("probability") > 0.99)).sort("key")
    row = held.join(first.links, left_on="kept", right_on="crm_key").row(0, named=True)
    found = linked(first.next(left=first.frames[0].filter(pl.col(KEY) != row["kept"])))
    assert row["kept"] not in found
    assert found[row["key"]] == row["erp_key"]


def test_a_decision_of_a_person_is_followed_by_a_run_that_looks_at_nothing_else(first):
    one, its = scored_pair(first)
    apart = pl.DataFrame({"crm_key": [one], "erp_key": [its]})
    links = first.links.filter(pl.col("crm_key") != one)
    done = first.next(links=links, apart=apart)
    assert linked(done).get(one) != its
    assert (one, its) not in set(done.matched.candidates.select(PAIR).iter_rows())
    assert done.looked_at is not None
    assert 0 < done.looked_at < 40


def test_twice_is_once(first):
    left = with_value(first.frames[0], scored_pair(first)[0], phone=None, street="Elsewhere 1")
    once = first.next(left=left)
    again = first.next(left=left, links=once.matched.links)
    for name in ("links", "candidates", "duplicates"):
        assert getattr(again.matched, name).equals(getattr(once.matched, name))


def test_all_is_matched_again_when_much_has_changed_or_something_else_is_asked(first, tmp_path):
    half = first.frames[0].with_columns(city=pl.when(pl.int_range(pl.len()) % 2 == 0).then(pl.lit("Ulm")).otherwise("city"))
    done = first.next(left=half)
    assert done.looked_at is None
    assert "many have changed" in done.notes[0]
    done = first.next(of=entity(review_at=0.3))
    assert done.looked_at is None
    assert "configuration" in done.notes[0]
    save(first.done.memory, tmp_path, "another version")
    assert recall(tmp_path).why == "program"
    assert "new version" in run(first.frames, first.links, recall(tmp_path)).notes[0]
    save(first.done.memory, tmp_path, program())
    assert recall(tmp_path).memory is not None
    assert recall(tmp_path / "none") == Recalled()
    assert recall(None) == Recalled()


def test_without_fields_to_score_remembered_links_stay(first):
    plain = Entity.model_validate(ENTITY.model_dump() | {"match": {"keys": ["email"]}})
    once = run(first.frames, LINKS.to_frame(), Recalled(), plain)
    assert once.memory is None
    key = once.matched.links["crm_key"][0]
    left = with_value(first.frames[0], key, email="slip@nowhere.example")
    assert linked(run((left, first.frames[1]), once.matched.links, Recalled(), plain))[key] == linked(once)[key]


def test_a_memory_on_disk_does_the_same(first, tmp_path):
    save(first.done.memory, tmp_path, program())
    left = with_value(first.frames[0], scored_pair(first)[0], phone=None)
    stored = replace(first.done, memory=recall(tmp_path).memory)
    assert Night(first.frames, stored).next(left=left).matched.links.equals(first.next(left=left).matched.links)
