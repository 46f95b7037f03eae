"""Laws of matching anew by what is remembered: nothing changed is nothing scored, and what changed comes out as in a full run."""

from __future__ import annotations

import signal
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from reconcile.match import linkage
from reconcile.match.candidates.blocking import Blocks
from reconcile.match.kept import Kept
from reconcile.match.linkage import Settings, judged
from reconcile.match.memory import (
    Again,
    Forgotten,
    Keys,
    Memory,
    Sides,
    again,
    as_decided,
    changed,
    link_again,
    load,
    marks,
    remember,
    save,
)
from reconcile.match.memory.world import world_of
from reconcile.match.scheme import Scheme
from reconcile.match.scoring.forms import match_forms
from reconcile.progress import Silent
from reconcile.records import KEY, Kind

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "match_data.py"
RECORDS = 400
KINDS = {
    "name": Kind.COMPANY_NAME, "contact": Kind.PERSON_NAME, "street": Kind.ADDRESS, "city": Kind.TEXT, "country": Kind.COUNTRY,
    "postcode": Kind.POSTAL_CODE, "phone": Kind.PHONE, "email": Kind.EMAIL, "tax_id": Kind.TAX_ID, "website": Kind.URL,
}  # fmt: skip
SCHEME = Scheme(KINDS, keys=(("email",),))
GOES = {"all at once": Settings(), "in two goes": Settings(small=100)}
Frames = tuple[pl.DataFrame, pl.DataFrame]


@dataclass(frozen=True)
class Run:
    """A full run and what it has left."""

    frames: Frames
    memory: Memory
    zones: pl.DataFrame

    @staticmethod
    def sides(frames: Frames) -> Sides:
        """Two frames as they are now."""
        own = (marks(frames[0], list(KINDS)), marks(frames[1], list(KINDS)))
        return Sides((frames[0][KEY], frames[1][KEY]), own, lambda side, rows: frames[side][rows])

    def again(self, left: pl.DataFrame | None = None, right: pl.DataFrame | None = None) -> tuple[pl.DataFrame, Again]:
        """What comes of these frames instead."""
        frames = (self.frames[0] if left is None else left, self.frames[1] if right is None else right)
        sides = self.sides(frames)
        done = again(self.memory, sides, changed(self.memory, sides), link_again)
        pairs = done.decided.pairs
        zones = pairs.with_columns(crm_key=frames[0][KEY].gather(pairs["l"]), erp_key=frames[1][KEY].gather(pairs["r"]))
        return zones.select(linkage.ZONES.names()).sort("crm_key", "erp_key"), done


def full(frames: Frames, settings: Settings) -> Run:
    scored, decided = judged(*frames, SCHEME, settings, Silent())
    kept = Kept(SCHEME, replace(settings, link_at=scored.linked_at), scored.model, {})
    own = (marks(frames[0], list(KINDS)), marks(frames[1], list(KINDS)))
    memory = remember(kept, Keys(KINDS, SCHEME.keys), "", scored, frames, own, as_decided(decided), decided.twins)
    assert memory is not None
    return Run(frames, memory, linkage.zones(decided, frames[0][KEY], frames[1][KEY]))


@pytest.fixture(scope="module")
def frames(tmp_path_factory) -> Frames:
    out = tmp_path_factory.mktemp("memory")
    asked = [sys.executable, str(SCRIPT), "--records", str(RECORDS), "--out", str(out), "--seed", "3"]
    subprocess.run(asked, check=True, capture_output=True)
    left, right = (pl.read_parquet(out / f"{side}.parquet").rename({"id": KEY}).select(KEY, *KINDS) for side in ("left", "right"))
    return left, right


@pytest.fixture(scope="module", params=list(GOES))
def run(request, frames) -> Run:
    return full(frames, GOES[request.param])


def links(zones: pl.DataFrame) -> dict[str, str]:
    return dict(zones.filter(pl.col("zone") == "link").select("crm_key", "erp_key").iter_rows())


def forbid(monkeypatch) -> None:
    def never(_comparison: object, _pairs: pl.DataFrame) -> pl.DataFrame:
        raise AssertionError("a pair was scored")

    monkeypatch.setattr(linkage.Comparison, "levels", never)


def test_where_nothing_changed_all_is_as_it_was_and_nothing_is_scored(run, monkeypatch):
    forbid(monkeypatch)
    order = np.random.default_rng(1)
    for frames in (run.frames, tuple(frame[order.permutation(frame.height)] for frame in run.frames)):
        zones, done = run.again(*frames)
        assert zones.equals(run.zones)
        assert done.looked_at == 0


def test_a_record_that_now_says_what_another_said_is_linked_with_its_partner(run):
    known = links(run.zones)
    left = run.frames[0]
    one, other = sorted(known)[:2]
    swapped = left.with_columns(
        pl.when(pl.col(KEY) == one)
        .then(pl.lit(other))
        .when(pl.col(KEY) == other)
        .then(pl.lit(one))
        .otherwise(pl.col(KEY))
        .alias(KEY)
    )
    zones, done = run.again(left=swapped)
    assert links(zones) == known | {one: known[other], other: known[one]}
    assert 0 < done.looked_at < 0.2 * 2 * RECORDS


def test_a_record_that_is_gone_frees_its_partner_for_the_next_best(run):
    # of a business that the CRM has twice, the record that holds the link goes
    twice = run.zones.filter(pl.col("zone") == "duplicate").join(
        run.zones.filter(pl.col("zone") == "link"), on="erp_key", suffix="_held"
    )
    row = twice.filter(pl.col("probability") > 0.99).sort("erp_key").row(0, named=True)
    rest = run.frames[0].filter(pl.col(KEY) != row["crm_key_held"])
    found = links(run.again(left=rest)[0])
    assert row["crm_key_held"] not in found
    assert found[row["crm_key"]] == row["erp_key"]
    lone = full((rest, run.frames[1]), run.memory.kept.settings)
    assert links(lone.zones)[row["crm_key"]] == row["erp_key"]


def test_a_new_record_finds_its_partner_and_all_others_stay(run):
    known = links(run.zones)
    gone = sorted(known)[5]
    before = full(
        (run.frames[0].filter(pl.col(KEY) != gone), run.frames[1]),
        GOES["all at once"] if run.memory.known.near else GOES["in two goes"],
    )
    found = links(before.again(left=run.frames[0])[0])
    assert found[gone] == known[gone]
    others = {key: partner for key, partner in links(before.zones).items() if partner != known[gone]}
    assert {key: found.get(key) for key in others} == others


def test_twice_is_once_and_the_order_of_rows_says_nothing(run):
    left = worked(run.frames[0])
    once = run.again(left=left)[0]
    order = np.random.default_rng(2)
    assert run.again(left=left)[0].equals(once)
    assert run.again(left[order.permutation(left.height)], run.frames[1][order.permutation(run.frames[1].height)])[0].equals(once)


def test_what_changed_comes_out_as_in_a_full_run(run):
    frames = (worked(run.frames[0]), worked(run.frames[1])[:-5])
    mine, whole = links(run.again(*frames)[0]), links(full(frames, run.memory.kept.settings).zones)
    before = links(run.zones)
    apart = {key for key in {*mine, *whole} if mine.get(key) != whole.get(key)}
    # of so few records a full run learns something else each time, also of those that nobody has touched
    assert len(apart) <= 0.08 * len(whole)
    assert len({key for key in apart if mine.get(key) != before.get(key)}) <= 0.02 * len(whole)


def test_a_shared_key_that_now_stands_twice_links_nobody_by_itself(run):
    keyed = run.zones.filter(pl.col("rung") == "key:email").sort("crm_key").row(0, named=True)
    mail = run.frames[0].filter(pl.col(KEY) == keyed["crm_key"])["email"][0]
    other = run.frames[0].filter(pl.col(KEY) != keyed["crm_key"])[KEY][7]
    left = run.frames[0].with_columns(pl.when(pl.col(KEY) == other).then(pl.lit(mail)).otherwise("email").alias("email"))
    found = run.again(left=left)[0]
    assert found.filter((pl.col("rung") == "key:email") & (pl.col("erp_key") == keyed["erp_key"])).is_empty()


def test_a_memory_is_read_back_as_it_was_written(run, tmp_path):
    save(run.memory, tmp_path / "new", "this")
    back = load(tmp_path / "new", "this")
    frames = (worked(run.frames[0]), run.frames[1])
    assert Run(run.frames, back, run.zones).again(*frames)[0].equals(run.again(*frames)[0])


@pytest.mark.parametrize(("name", "content", "code"), [
    ("memory.json", None, "nothing"), ("memory.json", b"{", "damaged"), ("memory.json", b"[]", "damaged"),
    ("memory.json", b'{"format": 1, "program": "this"}', "program"), ("kept-*/crm.npy", b"x", "damaged"),
    ("kept-*/crm.npy", None, "damaged"), ("kept-*/decided.arrow", b"", "damaged"), ("kept-*/model.json", b"{}", "damaged"),
])  # fmt: skip
def test_a_memory_that_is_of_no_use_says_why(run, tmp_path, name, content, code):
    save(run.memory, tmp_path, "this")
    (place,) = tmp_path.glob(name)
    if content is None:
        place.unlink()
    else:
        place.write_bytes(content)
    with pytest.raises(Forgotten, match=code):
        load(tmp_path, "this")
    save(run.memory, tmp_path, "this")
    assert load(tmp_path, "this").asked == run.memory.asked
    with pytest.raises(Forgotten, match="program"):
        load(tmp_path, "that")


def test_a_new_memory_leaves_nothing_of_the_old_one_and_of_the_first_format(run, tmp_path):
    earlier = ("crm.parquet", "erp.parquet", "decided.parquet", "inner.parquet", "links.parquet", "terms-0-0.parquet")
    for name in (*earlier, "changes.parquet", "mine.parquet"):
        (tmp_path / name).write_bytes(b"x")
    save(run.memory, tmp_path, "this")
    save(run.memory, tmp_path, "this")
    left = {path.name.partition("-")[0] for path in tmp_path.iterdir()}
    assert left == {"memory.json", "model.json", "changes.parquet", "mine.parquet", "kept"}
    assert len(list(tmp_path.glob("kept-*"))) == 1


@pytest.mark.parametrize(("stop_at", "asked"), [("crm.npy", "old"), ("memory.json.part", "old"), ("rmdir", "new")])
def test_a_memory_that_is_killed_while_it_is_written_is_the_old_one_or_the_new_one(run, tmp_path, stop_at, asked):
    place, other = tmp_path / "memory", tmp_path / "other"
    save(replace(run.memory, asked="old"), place, "this")
    save(replace(run.memory, asked="new"), other, "this")
    killed = subprocess.run([sys.executable, "-c", KILLED, str(place), str(other), stop_at], check=False, capture_output=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    found = load(place, "this")
    assert found.asked == asked
    assert Run(run.frames, found, run.zones).again(*run.frames)[0].equals(run.zones)
    save(run.memory, place, "this")
    assert len(list(place.glob("kept-*"))) == 1


KILLED = """
import os, signal, sys
from pathlib import Path
from reconcile.match.memory import load, save
place, other, stop_at = sys.argv[1:]
memory = load(Path(other), "this")
def stop(event, told):  # a file is opened, or a folder removed
    if event in ("open", "os.rmdir") and (stop_at in str(told[0]) or stop_at in event) and str(told[0]).startswith(place):
        os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(stop)
save(memory, Path(place), "this")
"""


def test_how_often_a_value_stands_is_known_of_all_records_as_they_are_now(run):
    frames = (worked(run.frames[0]), worked(run.frames[1])[:-5])
    sides = run.sides(frames)
    found = changed(run.memory, sides)
    world = world_of(run.memory, sides, found, inside=False)
    scheme = run.memory.scheme
    forms = tuple(match_forms(frame, scheme) for frame in frames)
    kinds = dict(run.memory.known.usual.kinds)
    usual = world.usual(Blocks(*(form.select(KEY, *kinds) for form in forms), kinds), forms)
    assert usual.counts
    for name, counts in usual.counts.items():
        values = pl.concat([form[name] for form in forms]).drop_nulls().hash(3)
        whole = values.to_frame("v").group_by("v").agg(n=pl.len().cast(pl.Float64))
        assert counts.select("v", "n").sort("v").equals(whole.sort("v"))


def test_a_key_that_repeats_now_is_told(run):
    twice = pl.concat([run.frames[0], run.frames[0][:1]])
    assert changed(run.memory, run.sides((twice, run.frames[1]))).repeats == (True, False)
    new = run.frames[1][:2].with_columns(pl.lit("X1").alias(KEY))
    assert changed(run.memory, run.sides((run.frames[0], pl.concat([run.frames[1], new])))).repeats == (False, True)


def worked(frame: pl.DataFrame) -> pl.DataFrame:
    """The records after somebody has worked on a few of them."""
    turn = pl.int_range(pl.len()) % 60
    other = frame["street"].shift(1)
    ordered = frame.sort(KEY)
    return ordered.with_columns(
        name=pl.when(turn == 3).then(pl.col("name").str.replace("a", "e")).otherwise("name"),
        phone=pl.when(turn == 17).then(pl.lit(None)).otherwise("phone"),
        street=pl.when(turn == 31).then(pl.lit(other)).otherwise("street"),
    )
