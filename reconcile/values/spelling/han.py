"""How Han characters and words of them sound: the tables of pypinyin, read without the library itself.

Importing it takes longer than matching a few thousand records, since it cuts all its words up.
"""

from __future__ import annotations

import json
import unicodedata
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any


def sound_of(char: str) -> str | None:
    """The commonest sound of a character in Latin letters without tones; None where none is known."""
    said = _characters().get(str(ord(char)))
    sound = None if said is None else toneless(said.partition(",")[0])
    return sound if sound and sound.isascii() else None


@cache
def phrases() -> dict[str, list[list[str]]]:
    """Words of Han characters: for each character its sounds, with tones."""
    return _table("phrases_dict.json")


@cache
def toneless(syllable: str) -> str:
    """A syllable without its tone; ü is u."""
    return "".join(char for char in unicodedata.normalize("NFD", syllable) if not unicodedata.combining(char))


@cache
def _characters() -> dict[str, str]:
    """The number of each character, and its sounds apart by commas."""
    return _table("pinyin_dict.json")


def _table(name: str) -> dict[str, Any]:
    found = find_spec("pypinyin")  # it is looked up, and not imported
    places = (found.submodule_search_locations if found else None) or []
    table: dict[str, Any] = json.loads((Path(next(iter(places))) / name).read_bytes())
    return table
