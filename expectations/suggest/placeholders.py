"""Words and figures that people enter where they have nothing to enter."""

from __future__ import annotations

import re

WORDS = (
    "test",
    "testing",
    "tester",
    "dummy",
    "xxx",
    "xxxx",
    "xxxxx",
    "asdf",
    "qwerty",
    "foo",
    "bar",
    "foobar",
    "tbd",
    "tba",
    "todo",
    "unknown",
    "n/a",
    "na",
    "none",
    "null",
    "nil",
    "nan",
    "undefined",
    "not available",
    "not applicable",
    "no name",
    "noname",
    "?",
    "??",
    "???",
    "-",
    "--",
    ".",
    "..",
    "...",
    "#n/a",
    "#ref!",
    "#value!",
    "unbekannt",
    "keine angabe",
    "k.a.",
    "inconnu",
    "desconocido",
    "未知",
    "无",
    "测试",
    "待定",
    "暂无",
    "test@test.com",
    "test@example.com",
    "a@a.com",
    "none@none.com",
    "999999999",
    "99999",
    "000000",
    "0000000",
    "00000",
    "1234567890",
)
_TEST = re.compile(r"(?:test|dummy|xxx+|asdf+|qwerty)(?:[\s_-].*|\d*)", re.IGNORECASE)


def is_placeholder(value: str) -> bool:
    """Whether a value stands for none."""
    bare = value.strip().casefold()
    return bare in WORDS or not bare or _TEST.fullmatch(bare) is not None
