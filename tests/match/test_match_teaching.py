"""Which pairs people are asked about, and what their answers change."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from taught_world import NAMES, raw, scored, world

from reconcile.match.linkage import Settings
from reconcile.match.teaching import QUESTIONS, decided, queue, taught
from reconcile.match.teaching.classifier import judged, logistic

ENDS = ["l", "r"]


@pytest.fixture(scope="module")
def questions():
    return queue(world().scored, world().decided)


@pytest.fixture(scope="module")
def answers(questions):
    return world().answered(questions.head(200))


def pattern_of(pairs):
    return pairs.join(world().scored.pairs.select(*ENDS, "_pattern"), on=ENDS, how="left", maintain_order="left")["_pattern"]


# the queue


def test_the_queue_asks_about_each_record_once_before_any_comes_again(questions):
    assert questions.schema == QUESTIONS
    first = questions.head(150)
    assert first["l"].is_unique().all()
    assert first["r"].is_unique().all()
    assert questions.select(ENDS).is_unique().all()
    again = questions.filter(~(questions["l"].is_first_distinct() & questions["r"].is_first_distinct()))
    assert again.height, "what is left comes later"


def test_twenty_pairs_that_agree_alike_are_not_asked_about_first(questions):
    counts = pattern_of(questions.head(40)).value_counts()["count"]
    assert counts.max() <= 8
    assert counts.len() >= 12
    plain = questions.with_columns(doubt=(pl.col("probability") - 0.5).abs()).sort("doubt").head(40)
    assert pattern_of(plain).n_unique() < counts.len(), "the least sure ones by themselves are more alike"


def test_questions_are_about_pairs_of_which_many_are_decided_wrongly(questions):
    asked = world().answered(questions.head(100))
    given = pl.concat([world().decided.links.select(ENDS), world().decided.duplicates.select(ENDS)])
    made = asked.join(given.with_columns(made=pl.lit(value=True)), on=ENDS, how="left")["made"].fill_null(value=False)
    wrong = (made != asked.join(given, on=ENDS, how="left")["same"]).mean()
    everything = world().answered(given)
    assert wrong > 2 * (1 - everything["same"].mean())


def test_the_order_of_the_rows_has_no_say_in_the_queue(questions):
    (left, right), truth = raw()
    mixed = scored((left.sample(fraction=1.0, shuffle=True, seed=3), right.reverse()), truth)
    other = mixed.keyed(queue(mixed.scored, mixed.decided, count=100)).select(NAMES)
    assert other.equals(world().keyed(questions.head(100)).select(NAMES))


def test_what_was_answered_is_not_asked_again_and_its_like_comes_later(questions):
    first = questions.head(30)
    then = queue(world().scored, world().decided, first)
    assert then.join(first, on=ENDS, how="semi").is_empty()
    asked = pattern_of(first.head(1))[0]
    alike = [frame.filter(pattern_of(frame) == asked)["value"].max() for frame in (questions.slice(30), then)]
    assert alike[1] <= alike[0]


def test_only_what_is_not_sure_is_asked_about_where_that_is_wanted():
    found = queue(world().scored, world().decided, sure_from=0.99)
    assert found["probability"].is_between(0.01, 0.99).all()
    assert queue(world().scored, world().decided, count=7).height == 7


# answers hold


def test_every_answer_holds_whatever_the_records_look_like(questions):
    """Also answers that nobody would believe: the most certain links are none, and quite different records are the same."""
    sure = world().decided.links.sort("weight", *ENDS, descending=[True, False, False]).head(20)
    unlike = world().scored.pairs.sort("weight", *ENDS).filter(pl.col("l").is_first_distinct() & pl.col("r").is_first_distinct())
    said = pl.concat(
        [sure.select(*ENDS, same=pl.lit(value=False)), unlike.head(20).select(*ENDS, same=pl.lit(value=True))]
    ).unique(ENDS)
    found = decided(world().scored, said, Settings(), world().sides)
    given = pl.concat([found.links.select(ENDS), found.duplicates.select(ENDS)])
    assert said.filter("same").join(given, on=ENDS, how="anti").is_empty()
    everything = pl.concat([given, found.reviews.select(ENDS)])
    assert said.filter(~pl.col("same")).join(everything, on=ENDS, how="semi").is_empty()
    assert found.links["l"].is_unique().all()
    assert found.links["r"].is_unique().all()
    person = found.links.filter(pl.col("rung") == "person")
    assert person.join(said.filter("same"), on=ENDS, how="anti").is_empty()
    assert person.height


def test_two_records_called_the_same_as_a_third_are_one_link_and_one_duplicate():
    link = world().decided.links.sort("weight", *ENDS).row(0, named=True)
    other = next(row for row in range(world().sides[0].height) if row != link["l"])
    said = pl.DataFrame(
        {"l": [link["l"], other], "r": [link["r"]] * 2, "same": [True, True]}, schema_overrides={"l": pl.UInt32, "r": pl.UInt32}
    )
    found = decided(world().scored, said, Settings(), world().sides)
    zones = [frame.join(said, on=ENDS, how="semi").height for frame in (found.links, found.duplicates)]
    assert zones == [1, 1]


def test_no_answers_change_nothing():
    none = world().answered(world().scored.pairs.clear())
    found = taught(world().scored, none, Settings(), world().decided)
    assert (found.lesson.used, found.lesson.reason, found.lesson.trials) == ("as_learned", "few", ())
    assert found.scored is world().scored
    for name in ("links", "reviews", "duplicates"):
        before, after = (getattr(one, name).select(*ENDS, "weight") for one in (world().decided, found.decided(world().sides)))
        assert before.equals(after), name


# learning


def test_two_hundred_answers_make_decisions_better_also_where_nobody_was_asked(answers):
    found = taught(world().scored, answers, Settings(), world().decided)
    then = found.decided(world().sides)
    assert world().f1(then) > world().f1(world().decided) + 0.02
    assert world().f1(then, answers) > world().f1(world().decided, answers) + 0.01
    assert found.lesson.reason == "better"
    assert found.lesson.used in {"tables", "scale", "fields"}
    chosen = next(trial for trial in found.lesson.trials if trial.way == found.lesson.used)
    assert chosen.wrong == min(trial.wrong for trial in found.lesson.trials)
    assert chosen.fewer > chosen.error > 0
    assert found.lesson.link_at <= found.lesson.link_at_before
    assert [trial.way for trial in found.lesson.trials] == ["as_learned", "tables", "scale", "fields"]


def test_the_order_of_the_answers_has_no_say(answers):
    one = taught(world().scored, answers, Settings(), world().decided)
    other = taught(world().scored, answers.reverse(), Settings(), world().decided)
    assert one.lesson == other.lesson
    assert one.scored.pairs.equals(other.scored.pairs)


def test_answers_at_random_are_pinned_and_teach_nothing(answers):
    coins = np.random.default_rng(5).random(answers.height) < 0.5
    found = taught(world().scored, answers.with_columns(same=pl.Series(coins)), Settings(), world().decided)
    assert (found.lesson.used, found.lesson.reason) == ("as_learned", "no_better")
    assert len(found.lesson.trials) == 4
    assert found.scored is world().scored


def test_few_answers_are_pinned_and_no_classifier_is_asked(answers):
    found = taught(world().scored, answers.head(8), Settings(), world().decided)
    assert (found.lesson.used, found.lesson.reason) == ("as_learned", "few")
    assert world().f1(found.decided(world().sides)) >= world().f1(world().decided)
    some = taught(world().scored, answers.head(15), Settings(), world().decided)
    assert [trial.way for trial in some.lesson.trials] == ["as_learned", "tables"]


def test_a_threshold_of_the_settings_stays(answers):
    found = taught(world().scored, answers, replace(Settings(), link_at=0.97), world().decided)
    assert (found.lesson.link_at, found.settings.link_at) == (0.97, 0.97)


# what recordlinkage does


def test_the_classifier_finds_what_made_the_answers():
    rng = np.random.default_rng(1)
    features = rng.normal(size=(4000, 2))
    same = rng.random(4000) < 1 / (1 + np.exp(-(2 * features[:, 0] - 1)))
    found = logistic(features, same, 1.0)
    assert found.coefficients == pytest.approx([2, 0], abs=0.2)
    assert found.intercept == pytest.approx(-1, abs=0.2)
    assert found.bits(np.zeros((1, 2)))[0] == pytest.approx(found.intercept / np.log(2))


def test_predictions_are_judged_by_precision_and_recall():
    found = judged(np.array([True, True, False, False]), np.array([True, False, True, False]))
    assert (found.right, found.wrong, found.precision, found.recall) == (2, 2, 0.5, 0.5)
    nothing = judged(np.array([False, False]), np.array([False, False]))
    assert (nothing.right, nothing.precision, nothing.recall) == (2, None, None)
