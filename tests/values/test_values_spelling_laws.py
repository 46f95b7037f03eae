"""What holds for every name in its match form, whatever it is made of."""

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

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
from reconcile.values.spelling.legal_words import FORMS
from reconcile.values.spelling.tables import listed

EVERY = (acronym, company_core, company_legal_form, latin, person_keys, person_tokens, phonetic, simplified)
WORDS = st.sampled_from(
    listed("""
    Müller Mueller Smith AND & and the Ltd Limited GmbH Co. KG s.a.r.l. S.A. de C.V. ООО 株式会社 (株) 有限公司 股份有限公司
    北京 重慶 華為 科技 技術 Intl Int'l Mfg I.B.M. J A s o blue oe ue buee Israel van der de la al- Dr. Jr. Bill 王小明
    トヨタ キャノン ッ ー 삼성전자 (주) PT Tbk Ａｃｍｅ １２３ one First St. Владимир محمد บริษัท จำกัด בע״מ Ωmega ½ № 々 ﬁne
    hoesa beschraenkter Gesellschaft mit Haftung
    """)
)
NAMES = st.one_of(
    st.lists(WORDS, min_size=1, max_size=6).map(" ".join), st.lists(WORDS, max_size=4).map("".join), st.text(max_size=25)
)
COLUMNS = st.lists(st.none() | NAMES, max_size=8).map(lambda names: pl.Series("name", names, dtype=pl.String))


@pytest.mark.parametrize("spell", [company_core, latin, simplified])
@settings(max_examples=80, deadline=None)
@given(names=COLUMNS)
@example(names=pl.Series("name", ["The Ltd", "Co Ltd", "and Ltd", "j and j", "buee", "s and a ltd", None, ""]))
def test_spelling_twice_is_spelling_once(spell, names):
    once = spell(names)
    assert spell(once).to_list() == once.to_list()


@pytest.mark.parametrize("spell", EVERY)
@settings(max_examples=25, deadline=None)
@given(names=COLUMNS)
def test_a_name_is_spelled_the_same_in_every_column(spell, names):
    """Neither what stands beside it nor where it stands counts; null stays null, and nothing is lost or added."""
    alone = [spell(names[row : row + 1])[0] for row in range(len(names))]
    plain = [None if value is None else list(value) if isinstance(value, pl.Series) else value for value in alone]
    assert spell(names).to_list() == plain
    assert spell(names.reverse()).to_list() == plain[::-1]
    assert [value for name, value in zip(names, plain, strict=True) if name is None and value is not None] == []


@pytest.mark.parametrize("spell", [company_core, company_legal_form, person_tokens, latin, phonetic])
@settings(max_examples=40, deadline=None)
@given(words=st.lists(WORDS, min_size=1, max_size=6).map(" ".join))
def test_case_and_width_do_not_matter(spell, words):
    wide = "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in words)
    said = spell(pl.Series([words, words.lower(), words.upper(), wide])).to_list()
    assert said[0] == said[1] == said[3]
    assert said[0] == said[2] or "ß" in words


@settings(max_examples=80, deadline=None)
@given(names=COLUMNS)
def test_a_legal_form_is_never_the_whole_name(names):
    spoken = names.is_not_null() & latin(names).is_not_null()
    assert company_core(names.filter(spoken)).null_count() == 0


def test_every_legal_form_is_parted_from_a_name():
    forms = pl.Series([way for ways in FORMS.values() for way in ways])
    for names in ("Zyxo " + forms, "ZYXO " + forms.str.to_uppercase() + "."):
        assert names.filter(company_legal_form(names).is_null()).to_list() == []
        assert names.filter(company_core(names) != "zyxo").to_list() == []


def test_no_row_no_word():
    empty = pl.Series("name", [], dtype=pl.String)
    for spell in EVERY:
        assert spell(empty).to_list() == []
        assert spell(pl.Series("name", [None], dtype=pl.String)).to_list() == [None]
    assert formal_tokens(person_tokens(empty)).to_list() == []
