"""How Han characters sound is read from the tables of pypinyin: they say what the library says."""

from __future__ import annotations

import subprocess
import sys

from pypinyin import lazy_pinyin

from reconcile.values.spelling.han import phrases, sound_of
from reconcile.values.spelling.native_words import business_words
from reconcile.values.spelling.scripts import in_latin

HAN = [*range(0x3400, 0xA000), *range(0x20000, 0x2A6E0)]


def test_each_character_sounds_as_the_library_has_it():
    for char in map(chr, HAN):
        said = lazy_pinyin(char)[0]
        assert sound_of(char) == (said.replace("v", "u") if said != char and said.isascii() else None)


def test_words_sound_as_the_library_has_them():
    for place in ("重庆", "厦门", "呼和浩特", "乌鲁木齐", "西藏"):
        assert in_latin(place) == "".join(lazy_pinyin(place))
        assert business_words()[place].strip() == in_latin(place)
    assert phrases()["银行"] == [["yín"], ["háng"]]


def test_the_library_itself_is_not_loaded():
    asked = "import sys; from reconcile.values.spelling.scripts import in_latin; in_latin('重庆')"
    asked += "; print('pypinyin' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", asked], check=True, capture_output=True, text=True)
    assert told.stdout.strip() == "False"
