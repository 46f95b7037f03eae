"""What is told from a sample of two large files is what all of them say, however many records say the very same on both."""

import polars as pl
import pytest

from reconcile.match.candidates.blocking import Blocks, possible_rules
from reconcile.match.candidates.splitting import paired
from reconcile.match.scheme import Scheme
from reconcile.match.scoring import comparison as scoring
from reconcile.match.scoring.comparison import Comparison
from reconcile.records import KEY, Kind

RECORDS = 40_000
SCHEME = Scheme({"phone": Kind.PHONE, "code": Kind.REFERENCE})


def records(start: int) -> pl.DataFrame:
    """Records of which the first half say the very same on both sides, and whose telephone numbers four share by chance."""
    number = pl.int_range(RECORDS, eager=True)
    own = number + start * (number >= RECORDS // 2).cast(pl.Int64)
    return pl.DataFrame(
        {
            KEY: number.cast(pl.String),
            "phone": "+4930" + (own * 7919 % 10_007 + 1_000_000).cast(pl.String),
            "code": "R" + (own + 1_000_000).cast(pl.String),
        }
    )


@pytest.fixture(scope="module")
def compared() -> Comparison:
    return Comparison.of(records(0), records(RECORDS), SCHEME)


def test_what_a_rule_costs_is_told_from_a_sample(compared: Comparison):
    blocks = Blocks.of(compared)
    sample = (compared.low(0, 4_000), compared.low(1, 4_000))
    for rule in possible_rules(blocks, 20.0, sample):
        if rule.parts in {("phone",), ("code",)}:
            assert rule.pairs == pytest.approx(paired(blocks, rule, None).height, rel=0.25), rule.parts


def test_how_often_values_are_equal_is_told_from_a_share_of_them(compared: Comparison, monkeypatch: pytest.MonkeyPatch):
    whole = Comparison.of(records(0), records(RECORDS), SCHEME).equal
    monkeypatch.setattr(scoring, "_COUNTED", 4_000)
    assert compared.equal == pytest.approx(whole, rel=0.25)


def test_how_often_values_repeat_in_one_file_is_told_from_a_share_of_them(monkeypatch: pytest.MonkeyPatch):
    twice = pl.concat([records(0), records(0).with_columns(pl.col(KEY) + "b")])
    whole = Comparison.of_one(twice, SCHEME).equal
    monkeypatch.setattr(scoring, "_COUNTED", 8_000)
    assert Comparison.of_one(twice, SCHEME).equal == pytest.approx(whole, rel=0.25)


def test_what_a_share_tells_does_not_depend_on_the_order_of_the_records(monkeypatch: pytest.MonkeyPatch):
    often = pl.concat([records(0).gather_every(step).with_columns(pl.col(KEY) + f"-{step}") for step in (1, 2, 3, 5)])
    monkeypatch.setattr(scoring, "_COUNTED", 8_000)
    orders = [often, often.reverse(), *(often.sample(fraction=1, shuffle=True, seed=seed) for seed in (1, 2))]
    told = [Comparison.of(frame, records(RECORDS), SCHEME).equal for frame in orders]
    assert told == [told[0]] * len(orders)
