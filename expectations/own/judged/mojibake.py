"""Text that was read in another encoding than it was written in: `MÃ¼ller`, `浣犲ソ`, `ÄãºÃ`, replacement characters."""

from __future__ import annotations

import re
from functools import cache

import polars as pl

_NEVER_MEANT = r"\x{fffd}|锟斤拷|烫烫烫|屯屯屯|[\x{80}-\x{9f}]|ï»¿|ï¿½|\?\?\?"
"""Signs of a character that could not be read, of memory that nobody filled, and controls that no keyboard has."""
_ASIAN = r"\x{3040}-\x{30ff}\x{3400}-\x{9fff}\x{ac00}-\x{d7af}"
_SUSPECT_TO_FTFY = rf"[^\x00-\x7f{_ASIAN}]{{2}}|[\x{{80}}-\x{{9f}}ŒœÃÂ]"
"""What every sign of ftfy's has: two letters side by side that are neither ASCII nor Asian, or one of a few."""
_HIGH_SIGNS = r"(?:[\x{80}-\x{ff}ŒœŠšŸŽžƒˆ˜–—‘’‚“”„†‡•…‰‹›€™] *){4}"
"""Four letters in a row that a Western encoding has above ASCII."""
_HAN = r"[\x{4e00}-\x{9fff}]"
_HAN_IN_A_WORD = re.compile("[a-z][\u4e00-\u9fff]|[\u4e00-\u9fff][a-z]")
_WESTERN = re.compile("[\x20-\x7e\u00c0-\u017f]*")
_COMMON_HAN = (0xB0, 0xD7)
"""First bytes of the 3,755 characters of GB 2312 that are in daily use."""
_SHORTEST = 2
_FOLLOWING, _LEAD = 0x80, 0xC0
"""The least bytes of UTF-8 that go on with a character, and that begin one."""


def is_garbled(values: pl.Series) -> pl.Series:
    """Whether each distinct text was read in a wrong encoding; text of ASCII alone never was.

    UTF-8 read as Latin-1, cp1252 and their kin is what ftfy knows; UTF-8 read as GBK and GBK read as Latin-1 are seen here.
    """
    from ftfy.badness import is_bad  # noqa: PLC0415 - only who looks for mojibake pays for it

    found = values.str.contains(_NEVER_MEANT)
    maybe_gbk = values.str.contains(_HAN) & ~values.str.contains(_no_gbk())
    high, suspect = values.str.contains(_HIGH_SIGNS), values.str.contains(_SUSPECT_TO_FTFY)
    for some, judge in ((suspect, is_bad), (high, _gbk_as_western), (maybe_gbk, _utf8_as_gbk)):
        rows = (some & ~found).fill_null(value=False).arg_true()
        found = found.scatter(rows, pl.Series([judge(text) for text in values.gather(rows)], dtype=pl.Boolean))
    return found


@cache
def _no_gbk() -> str:
    """A pattern of texts that are no UTF-8 when they are written as GBK.

    Before the last sign, which may be cut off, there is a Chinese character whose two bytes UTF-8 never has side by side.
    """
    pairs = {sign: sign.encode("gb18030") for sign in map(chr, range(0x4E00, 0xA000))}
    never = [sign for sign, two in pairs.items() if two[0] >= _LEAD and not _FOLLOWING <= two[1] < _LEAD]
    return f"(?s)[{''.join(never)}]."


def _utf8_as_gbk(text: str) -> bool:
    """Chinese in UTF-8 that was read as GBK: written back as GBK it is UTF-8 again, of fewer and more common characters."""
    if len(text) < _SHORTEST or not any("\u4e00" <= sign <= "\u9fff" for sign in text):
        return False
    try:
        again = text.encode("gb18030")
    except UnicodeEncodeError:
        return False
    read = _as_utf8(again)
    han = [sign for sign in read if "\u4e00" <= sign <= "\u9fff"]
    if read and not han:
        return bool(_HAN_IN_A_WORD.search(text)) and bool(_WESTERN.fullmatch(read))
    shorter = len(read) < len(text)
    return shorter and bool(han) and all(_common(sign) for sign in han) and len(han) * 2 > sum(sign > "\x7f" for sign in read)


def _as_utf8(written: bytes) -> str:
    """The text; the last character may be cut off, since an odd number of bytes leaves one over. Empty if it is no UTF-8."""
    for cut in range(3):
        try:
            return written[: len(written) - cut].decode("utf-8")
        except UnicodeDecodeError:
            continue
    return ""


def _gbk_as_western(text: str) -> bool:
    """Chinese in GBK that was read as Latin-1: nothing but high signs, in pairs that are common characters."""
    signs = [sign for sign in text if sign > "\x7f"]
    if len(signs) < _SHORTEST * 2 or len(signs) % 2:
        return False
    try:
        written = "".join(signs).encode("cp1252")
        read = written.decode("gb2312")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return False
    together = "".join(signs) in text.replace(" ", "")
    return together and all(_common(sign) for sign in read)


def _common(sign: str) -> bool:
    try:
        return _COMMON_HAN[0] <= sign.encode("gb2312")[0] <= _COMMON_HAN[1]
    except UnicodeEncodeError:
        return False
