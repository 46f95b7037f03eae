"""Why two records are linked or not: the parts sum to the whole, and each kind of pair gets its true reason."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from explained_world import World, world
from hypothesis import given, settings
from hypothesis import strategies as st

from reconcile.match.explaining.explanation import Explanation, explain
from reconcile.match.explaining.waterfall import LEVELS
from reconcile.match.linkage import Settings, judged
from reconcile.match.scheme import Scheme
from reconcile.match.scoring.fitting import weights
from reconcile.match.scoring.levels import SIZES
from reconcile.match.scoring.model import probability
from reconcile.progress import Silent
from reconcile.records import KEY, Kind
from reports.texts import LABELS
from reports.why import sentence
from reports.words import Words

PAIR = pl.Schema({"l": pl.UInt32, "r": pl.UInt32})


@pytest.fixture(scope="module")
def known() -> World:
    return world()


def rows(frame: pl.DataFrame, count: int) -> list[tuple[int, int]]:
    return list(frame.select("l", "r").head(count).iter_rows())


def unlinked(known: World, least: float, most: float) -> list[tuple[int, int]]:
    """Scored pairs that are in no zone, of weights between."""
    decided = pl.concat([f.select("l", "r") for f in (known.decided.links, known.decided.reviews, known.decided.duplicates)])
    open_ = known.scored.pairs.join(decided, on=["l", "r"], how="anti").filter(pl.col("weight").is_between(least, most))
    return rows(open_.sort("l", "r"), 200)


def first(known: World, code: str, pairs: list[tuple[int, int]]) -> Explanation:
    return next(told for told in (known.why(*pair) for pair in pairs) if told.reason.code == code)


@settings(max_examples=12)
@given(st.integers(0, 1499), st.integers(0, 1499), st.integers(0, 10**9))
def test_the_parts_sum_to_the_total_exactly_which_is_what_the_engine_says(left, right, pick):
    known = world()
    pairs = known.scored.pairs
    chosen = pairs.row(pick % pairs.height, named=True)
    for rows_of in ((left, right), (chosen["l"], chosen["r"])):
        told = known.why(*rows_of)
        assert sum(row.bits for row in told.rows) == told.total
        assert sum(row.bits for row in reversed(told.rows)) == told.total
        assert all(row.alone + row.rarity + row.dependence == row.bits for row in told.fields)
        pair = known.scored.comparison.levels(pl.DataFrame([rows_of], schema=PAIR, orient="row"))
        standing = sum(row.bits for row in told.rows if row.part == "standing")
        by_model = weights(pair, known.scored.model, known.scored.comparison)[0]
        assert told.total - standing == pytest.approx(by_model, abs=0.03)
        same = (pl.col("l") == rows_of[0]) & (pl.col("r") == rows_of[1])
        assert told.total == pytest.approx((known.scored.pairs.filter(same)["weight"].to_list() or [by_model])[0], abs=1e-4)
        assert told.probability == pytest.approx(float(probability(np.asarray(told.total))))


def test_what_its_standing_gives_or_takes_is_a_row_of_its_own(known):
    pair = known.scored.pairs.row(0, named=True)
    this = (pl.col("l") == pair["l"]) & (pl.col("r") == pair["r"])
    before = [row.bits for row in known.why(pair["l"], pair["r"]).rows if row.part == "standing"] or [0.0]
    moved = known.scored.pairs.with_columns(weight=pl.when(this).then(pl.col("weight") + 3.5).otherwise("weight"))
    told = explain(replace(known.scored, pairs=moved), known.decided, Settings(), pair["l"], pair["r"])
    assert [row.bits for row in told.rows if row.part == "standing"] == [pytest.approx(before[0] + 3.5, abs=0.03)]
    assert sum(row.bits for row in told.rows) == told.total


def test_what_answers_have_taught_is_a_row_of_its_own(known):
    pair = known.scored.pairs.row(7, named=True)
    plain = known.why(pair["l"], pair["r"])
    taught = replace(known.scored, pairs=known.scored.pairs.with_columns(pl.col("weight") * 0.5))
    told = explain(taught, known.decided, Settings(), pair["l"], pair["r"], known.scored)
    assert [row.bits for row in told.rows if row.part == "taught"] == [pytest.approx(-plain.total / 2, abs=0.01)]
    assert sum(row.bits for row in told.rows) == told.total
    same = [row for row in plain.rows if row.part == "field"]
    assert [row for row in told.rows if row.part == "field"] == same


def test_every_level_has_its_words():
    assert {family: len(names) for family, names in LEVELS.items()} == SIZES
    assert {name for names in LEVELS.values() for name in names} | {"missing"} == set(LABELS["likeness"])


def test_a_rare_value_weighs_more_than_a_common_one(known):
    cities = [row for pair in rows(known.decided.links, 60) for row in known.why(*pair).fields if row.field == "city"]
    equal = {row.crm: row for row in cities if row.level == "equal"}
    often = known.sides[0]["city"].str.to_lowercase().value_counts().sort("count", "city")["city"].to_list()
    ranked = sorted((often.index(city), row.rarity) for city, row in equal.items() if city in often)
    assert ranked[0][1] > 0 > ranked[-1][1]


def test_links_name_the_field_that_says_most(known):
    for pair in rows(known.decided.links, 20):
        told = known.why(*pair)
        assert (told.zone, told.rung, told.reason.code) == ("link", "score", "link")
        assert told.reason.details["field"] == max(told.fields, key=lambda row: row.bits).field
        assert told.compared


@pytest.mark.parametrize(
    ("why", "code"), [("below_link_at", "review_below"), ("ambiguous", "review_ambiguous"), ("split", "review_split")]
)
def test_reviews_say_which_threshold_or_which_rival(known, why, code):
    """The reason is the decision's; whichever reasons the small world happens to have, each is told."""
    pair = known.decided.links.filter(pl.col("weight") < pl.col("weight").median()).head(1)
    waiting = replace(known.decided, links=known.decided.links.head(0), reviews=pair.with_columns(why=pl.lit(why)))
    told = explain(known.scored, waiting, Settings(), *rows(pair, 1)[0])
    assert (told.zone, told.reason.code) == ("review", code)
    if why == "ambiguous":
        assert {rival.of for rival in told.reason.rivals} <= {told.crm_key, told.erp_key}


def test_a_duplicate_names_who_holds_the_link(known):
    left, right = known.decided.links["l"].to_list(), known.decided.links["r"].to_list()
    keys = [side[KEY].to_list() for side in known.sides]
    partner = {keys[0][a]: keys[1][b] for a, b in zip(left, right, strict=True)}
    partner |= {erp: crm for crm, erp in partner.items()}
    named = 0
    for pair in rows(known.decided.duplicates, 25):
        told = known.why(*pair)
        assert (told.zone, told.reason.code) == ("duplicate", "duplicate")
        for rival in told.reason.rivals:
            named += 1
            assert not rival.linked or partner[rival.of] == rival.key
    assert named >= 20


def test_who_took_the_place_weighs_more_by_what_is_said(known):
    told = first(known, "taken", unlinked(known, -6.0, 60.0))
    rival = told.reason.rivals[0]
    keys = [side[KEY].to_list() for side in known.sides]
    pair = (rival.of, rival.key) if rival.side == "crm" else (rival.key, rival.of)
    rows_of = tuple(side.index(key) for side, key in zip(keys, pair, strict=True))
    assert rows_of in set(known.decided.links.select("l", "r").iter_rows())
    better = known.why(*rows_of)
    assert rival.better_by == pytest.approx(better.total - told.total, abs=1e-3)
    assert rival.better_by > 0
    standing = sum(row.bits for row in told.rows if row.part == "standing")
    assert probability(np.asarray(told.total - standing)) >= told.review_at


def test_a_pair_that_others_outweigh_together_names_them(known):
    pair = next(p for p in unlinked(known, -6.0, 60.0) if known.why(*p).reason.code == "taken")
    weaker = known.decided.links.with_columns(weight=pl.lit(-5.0))
    above = known.scored.pairs.with_columns(pl.col("weight").clip(lower_bound=1.0))
    told = explain(replace(known.scored, pairs=above), replace(known.decided, links=weaker), Settings(), *pair)
    assert told.reason.code == "total"
    assert all(rival.better_by < 0 for rival in told.reason.rivals)


def test_a_pair_below_the_threshold_names_what_spoke_against_it(known):
    told = first(known, "unlike", unlinked(known, -60.0, -1.0))
    assert told.probability < told.review_at
    assert told.reason.details["field"] == min(told.fields, key=lambda row: row.bits).field
    assert min(row.bits for row in told.fields) < 0


def test_without_anything_against_it_there_is_too_little_for_it(known):
    chosen = known.decided.links.filter(pl.col("weight") > 30).head(12)
    bare = known.sides[0][chosen["l"]].with_columns(
        ("BARE" + pl.col(KEY)).alias(KEY), pl.when(False).then(pl.exclude(KEY, "country", "city")).name.keep()
    )
    both = pl.concat([known.sides[0], bare])
    scored, decided = judged(both, known.sides[1], known.scheme, Settings(), Silent(), known.scored.model)
    pairs = enumerate(chosen["r"], known.sides[0].height)
    told = next(t for t in (explain(scored, decided, Settings(), *pair) for pair in pairs) if t.reason.code == "little")
    assert (told.zone, told.compared) == ("none", True)
    assert told.crm_key.startswith("BARE")
    assert all(row.bits >= 0 for row in told.fields)
    assert told.probability < told.review_at


def test_sites_and_households_are_told_by_what_the_related_class_takes(known):
    told = first(known, "related", unlinked(known, -12.0, -0.1))
    taken = sum(row.bits for row in told.rows if row.part == "related")
    assert taken < 0
    assert told.total - taken >= 0 > told.total


def test_a_split_cluster_is_said(known):
    members = known.decided.split
    pairs = members.filter(pl.col("side") == "crm").join(members.filter(pl.col("side") == "erp"), on="cluster")
    apart = pairs.filter(pl.col("part") != pl.col("part_right")).select(l="record", r="record_right")
    told = [known.why(*pair) for pair in apart.iter_rows()]
    assert {one.reason.code for one in told if one.zone == "none"} == {"split"}


def test_what_was_never_compared_is_said_to_share_nothing(known):
    told = next(t for t in (known.why(i, 1499 - i) for i in range(50)) if not t.compared)
    assert (told.zone, told.reason.code) == ("none", "no_block")
    assert int(told.reason.details["rules"]) == len(known.scored.rules)
    assert told.total < 0


def test_what_was_settled_before_names_the_sure_partner(known):
    """Large files look no further for records with a sure partner: such a pair shares a value and is not scored."""
    pair = next(p for p in unlinked(known, -6.0, 60.0) if known.why(*p).reason.code == "taken")
    left_out = known.scored.pairs.filter(~((pl.col("l") == pair[0]) & (pl.col("r") == pair[1])))
    told = explain(replace(known.scored, pairs=left_out), known.decided, Settings(), *pair)
    assert told.reason.code == "settled"
    assert not told.compared
    assert told.reason.rivals[0].linked


def test_a_value_that_too_many_share_brings_nobody_together():
    count, common = 3000, 210
    fields = {"name": Kind.TEXT, "code": Kind.IDENTIFIER}
    sides = [
        pl.DataFrame(
            {
                KEY: [f"{side}{i}" for i in range(count)],
                "name": [f"{'xq'[at]}{(i * 7919 + at * 13) % 99991:05d}{side}" for i in range(count)],
                "code": ["99999" if i < common else f"{i * 104729 % 99990:05d}" for i in range(count)],
            }
        )
        for at, side in enumerate("ab")
    ]
    scheme = Scheme(fields)
    scored, decided = judged(sides[0], sides[1], scheme, Settings(), Silent())
    told = explain(scored, decided, Settings(), 3, 7)
    assert (told.compared, told.reason.code) == (False, "common_block")
    assert "code" in told.reason.details["blocks"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_reason_is_a_whole_sentence(known, language):
    told = known.why(*rows(known.decided.links, 1)[0])
    for code in LABELS["why"]:
        said = sentence(Words(language), replace(told, reason=replace(told.reason, code=code)))
        assert told.crm_key in said
        assert told.erp_key in said
        assert "{" not in said
        assert said.endswith("。" if language == "zh" else ".")


def test_a_decision_on_record_counts(known):
    told = known.why(*rows(known.decided.links, 1)[0])
    assert told.as_recorded("link", "score") is told
    by_key = told.as_recorded("link", "key:tax_id+country")
    assert (by_key.reason.code, by_key.reason.details["fields"]) == ("link_key", "tax_id+country")
    assert "Tax ID, Country" in sentence(Words("en"), by_key)
    assert by_key.total == told.total
