"""Names from life: which meet in their match form, and which must stay apart."""

from pathlib import Path

import polars as pl
import pytest

from reconcile.values.spelling import (
    acronym,
    company_core,
    company_legal_form,
    formal_tokens,
    latin,
    person_keys,
    person_tokens,
    phonetic,
    simplified,
)

TABLE = Path(__file__).with_name("names_that_meet.txt")
PAIRS = [
    tuple(cell.strip() for cell in line.split(" | "))
    for line in TABLE.read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]


def same(spell, left, right):
    one, other = spell(pl.Series([left, right])).to_list()
    return one is not None and one == other


def one_person(left, right):
    tokens = person_tokens(pl.Series([left, right]))
    return any(agree(*sorted(words.to_list(), key=len)) for words in (tokens, formal_tokens(tokens)))


def agree(few, many):
    """Words in full first, so that an initial takes what is left."""
    left = list(many)
    for word in sorted(few, key=len, reverse=True):
        found = [other for other in left if word == other or (1 in {len(word), len(other)} and word[0] == other[0])]
        if not found:
            return False
        left.remove(word if word in found else found[0])
    return bool({*few} & {*many})


MEETS = {
    "company": lambda left, right: same(lambda names: company_core(names).str.replace_all(" ", ""), left, right),
    "form": lambda left, right: same(company_legal_form, left, right),
    "acronym": lambda left, right: same(acronym, left, right),
    "sound": lambda left, right: same(phonetic, left, right),
    "person": one_person,
}


def test_the_table_is_large_and_says_both():
    assert len(PAIRS) >= 150
    assert {pair[1] for pair in PAIRS} == {"meets", "apart"}
    assert len(set(PAIRS)) == len(PAIRS)


@pytest.mark.parametrize("how", MEETS)
def test_names_meet_or_stay_apart(how):
    cases = [(expected, left, right) for kind, expected, left, right in PAIRS if kind == how]
    wrong = [case for case in cases if MEETS[how](*case[1:]) != (case[0] == "meets")]
    assert cases
    assert wrong == []


@pytest.mark.parametrize(
    ("traditional", "simple"),
    [
        ("北京華為技術有限公司", "北京华为技术有限公司"),
        ("廣東", "广东"),
        ("広島", "广岛"),
        ("臺灣", "台湾"),
        ("乾隆", "乾隆"),
        ("ＡＢＣ漢語", "ABC汉语"),
    ],
)
def test_traditional_characters_become_simplified_ones(traditional, simple):
    assert simplified(pl.Series([traditional, simple])).to_list() == [simple, simple]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Владимир", "vladimir"),
        ("重庆 厦门 银行", "chongqing xiamen yinhang"),
        ("ファースト ショップ", "fasuto shoppu"),
        ("Łódź, Straße", "lodz strasse"),
        ("Ελλάδα", "ellada"),
        ("Ünïcödé № 5", "unicode no 5"),
    ],
)
def test_other_scripts_in_latin_letters(written, read):
    assert latin(pl.Series([written]))[0] == read


def test_who_meets_shares_a_key():
    pairs = [(left, right) for kind, expected, left, right in PAIRS if kind == "person" and expected == "meets"]
    left, right = (person_keys(pl.Series([pair[side] for pair in pairs])) for side in (0, 1))
    shared = left.list.set_intersection(right).list.len()
    assert [pair for pair, count in zip(pairs, shared, strict=True) if not count] == []
