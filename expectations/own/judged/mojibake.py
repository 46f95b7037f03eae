"""Text that was read in another encoding than it was written in: `MÃ¼ller`, `浣犲ソ`, `ÄãºÃ`, replacement characters."""

from __future__ import annotations

import re

import polars as pl

_NEVER_MEANT = r"\x{fffd}|锟斤拷|烫烫烫|屯屯屯|[\x{80}-\x{9f}]|ï»¿|ï¿½|\?\?\?"
"""Signs of a character that could not be read, of memory that nobody filled, and controls that no keyboard has."""
_SUSPECT = r"[^\x00-\x7f]"
_HAN_IN_A_WORD = re.compile("[a-z][\u4e00-\u9fff]|[\u4e00-\u9fff][a-z]")
_WESTERN = re.compile("[\x20-\x7e\u00c0-\u017f]*")
_COMMON_HAN = (0xB0, 0xD7)
"""First bytes of the 3,755 characters of GB 2312 that are in daily use."""
_SHORTEST = 2


def is_garbled(values: pl.Series) -> pl.Series:
    """Whether each distinct text was read in a wrong encoding; text of ASCII alone never was.

    UTF-8 read as Latin-1, cp1252 and their kin is what ftfy knows; UTF-8 read as GBK and GBK read as Latin-1 are seen here.
    """
    from ftfy.badness import is_bad  # noqa: PLC0415 - only who looks for mojibake pays for it

    plain = values.str.contains(_NEVER_MEANT)
    some = values.str.contains(_SUSPECT) & ~plain
    rows = some.fill_null(value=False).arg_true()
    judged = [is_bad(text) or _utf8_as_gbk(text) or _gbk_as_western(text) for text in values.gather(rows)]
    return plain.scatter(rows, pl.Series(judged, dtype=pl.Boolean)) if judged else plain


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
