"""What a delimited text file is written in: its encoding and its delimiter, told from its bytes.

Apart from the reader, because both answers are guesses that the configuration may overrule.
"""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from reconcile.errors import FileUnreadable

SAMPLE_BYTES = 1 << 20
"""How much of a file is looked at to tell its delimiter, and at a time for its encoding."""
DELIMITERS = (",", ";", "\t", "|")
_SAMPLE_RECORDS = 200
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16: its mark begins with the same two bytes
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_UTF8_CHARACTER = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_GB_CHARACTER = re.compile(rb"[\x81-\xfe][\x30-\x39][\x81-\xfe][\x30-\x39]|[\x81-\xfe][\x40-\x7e\x80-\xfe]")
_COMMON_GB = re.compile(rb"[\xa1-\xa9\xb0-\xd7][\xa1-\xfe]|.{4}", re.DOTALL)
"""Punctuation and everyday Chinese; rarer characters begin with the bytes that Latin text has for small accented letters."""
_HIGH = re.compile(rb"[\x80-\xff]")
_QUOTED = re.compile(r'"(?:[^"]|"")*"')
_SET_ENCODING = "Save the file as UTF-8, or set `encoding:` of the source."


def encoding_of(path: Path) -> str:
    """The encoding of a text file, as a Python codec name.

    A byte order mark decides; then NUL bytes (UTF-16); then whether the whole file is UTF-8; then whether its high
    bytes pair up as Chinese does (gb18030) or stand among Latin letters (windows-1252).

    Raises:
        FileUnreadable: nothing fits, or it is UTF-8 with a few damaged bytes.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    line = 1
    with path.open("rb") as file:
        head = file.read(SAMPLE_BYTES)
        marked = next((name for bom, name in _BOMS if head.startswith(bom)), None) or _wide(head)
        if marked:
            return marked
        chunk = head + file.readline()
        while chunk:
            try:
                decoder.decode(chunk, final=False)
            except UnicodeDecodeError as error:
                return _legacy(path, chunk, line + chunk.count(b"\n", 0, error.start))
            line += chunk.count(b"\n")
            chunk = file.read(SAMPLE_BYTES) + file.readline()
    if decoder.getstate()[0]:
        return _legacy(path, head, line)
    return "utf-8"


def _wide(head: bytes) -> str | None:
    """UTF-16 without a mark: text whose every second byte is mostly NUL."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = len(head) // 2
    if half and odd > half * 0.3 and odd > even * 3:
        return "utf-16-le"
    if half and even > half * 0.3 and even > odd * 3:
        return "utf-16-be"
    return None


def _legacy(path: Path, sample: bytes, line: int) -> str:
    high = len(_HIGH.findall(sample))
    in_utf8 = sum(len(c) for c in _UTF8_CHARACTER.findall(sample))
    if in_utf8 > high * 0.9:
        raise FileUnreadable(path, f"it is UTF-8, but line {line} holds a byte that is not", hint=_SET_ENCODING)
    if _decodes(sample, "gb18030"):
        characters = _GB_CHARACTER.findall(sample)
        chinese = sum(1 for c in characters if _COMMON_GB.fullmatch(c))
        if chinese * 2 > len(characters):
            return "gb18030"
    if _decodes(sample, "windows-1252"):
        return "windows-1252"
    if _decodes(sample, "gb18030"):
        return "gb18030"
    raise FileUnreadable(path, f"its encoding can't be told; the first odd byte is on line {line}", hint=_SET_ENCODING)


def _decodes(sample: bytes, encoding: str) -> bool:
    try:
        codecs.getincrementaldecoder(encoding)().decode(sample, final=False)
    except UnicodeDecodeError:
        return False
    return True


def delimiter_of(sample: str) -> str:
    """The delimiter of the text: the one that cuts most records into as many fields as the first; a comma if none does."""
    unquoted = _QUOTED.sub("q", sample)
    if '"' in unquoted:  # a quote that the sample cuts open, or one inside a plain field
        unquoted = _up_to_open_quote(unquoted)
    records = [r for r in unquoted.splitlines() if r.strip()][:_SAMPLE_RECORDS] or [""]

    def score(delimiter: str) -> tuple[float, int]:
        first = records[0].count(delimiter)
        same = sum(1 for r in records if r.count(delimiter) == first)
        return (same / len(records) if first else 0.0, first)

    best = max(DELIMITERS, key=score)
    return best if score(best)[1] else ","


def _up_to_open_quote(text: str) -> str:
    opened = re.search(r'(?:^|[\n,;\t|])"[^"]*$', text)
    return text[: opened.start()] if opened else text
