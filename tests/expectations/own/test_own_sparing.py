"""What is ruled out in bulk before Python is asked: it must never rule out what Python would have said yes to."""

import re

import polars as pl
from ftfy.badness import MOJIBAKE_CATEGORIES, is_bad
from hypothesis import given, settings
from hypothesis import strategies as st

from expectations.own.judged import mojibake
from expectations.own.judged.mojibake import is_garbled

SIGNS = "".join(re.sub(r"(.)-(.)", r"\1\2", told) for told in MOJIBAKE_CATEGORIES.values()) + "ŒœÃÂ×ØÙà√≈‚вЂβ€ā "
HAN = "有限公司东方华眉浣犲ソ銇傚ア锛氭枃瀛楀寲銆"
WRITTEN = st.text(st.one_of(st.sampled_from(SIGNS), st.sampled_from(HAN), st.characters(max_codepoint=0x2FF)), max_size=9)
CHINESE = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), min_size=1, max_size=6)
WESTERN = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x17F), max_size=9)


def misread(written: str, reading: str) -> st.SearchStrategy[str]:
    return st.one_of(CHINESE, WESTERN).map(lambda text: text.encode(written, "ignore").decode(reading, "ignore"))


GARBLED = st.one_of(misread("utf-8", "gb18030"), misread("gb18030", "cp1252"), misread("utf-8", "cp1252"))


@given(texts=st.lists(st.one_of(WRITTEN, CHINESE, WESTERN, GARBLED, st.tuples(WESTERN, GARBLED).map("".join)), max_size=30))
@settings(max_examples=200, deadline=None)
def test_no_garbled_text_is_ruled_out_before_it_is_looked_at(texts: list[str]) -> None:
    values = pl.Series(texts, dtype=pl.String)
    never = values.str.contains(mojibake._NEVER_MEANT).to_list()
    asked = (is_bad, mojibake._utf8_as_gbk, mojibake._gbk_as_western)
    assert is_garbled(values).to_list() == [
        known or any(judge(text) for judge in asked) for known, text in zip(never, texts, strict=True)
    ]
