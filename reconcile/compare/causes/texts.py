"""What makes texts differ: cut at n characters, and encoding damage (mojibake, lost letters, escapes)."""

from __future__ import annotations

import codecs
import html
from collections.abc import Callable, Iterator
from functools import partial
from urllib.parse import quote

import polars as pl

from reconcile.causes import Mechanism
from reconcile.compare.causes.candidate import LEAST, Hypothesis
from reconcile.compare.causes.evidence import Cells
from reconcile.values.text import clean

_TRIED = 3
_BESIDE = (-5, -4, -3, -2, 2, 3, 4, 5)
"""Lengths beside the one that is tried: what is cut there is chance."""
_OFTEN = 0.2
"""Of the longer values so many are cut, or a last letter that is missing may be a slip of the finger."""
_SAMPLE = 400
_LOST = r"[^\x00-\x7f]"
_SIDES = {"erp": ("crm", "erp"), "crm": ("erp", "crm")}
"""The damaged side to the columns of the whole and the damaged values."""


def hypotheses(cells: Cells) -> list[Hypothesis]:
    """Of a field that people write."""
    both = cells.with_both().different
    return [*_cuts(cells, both), *_lost(both), *_misread(both)] if both.height >= LEAST else []


# Cut at n characters


def _cuts(cells: Cells, both: pl.DataFrame) -> Iterator[Hypothesis]:
    for side, (whole, short) in _SIDES.items():
        begins = _lower(whole).str.starts_with(_lower(short)) & (_length(whole) > _length(short))
        lengths = both.filter(begins).select(n=_length(short)).group_by("n").len()
        top = lengths.sort(["len", "n"], descending=True).filter(pl.col("len") >= LEAST)["n"].head(_TRIED).to_list()
        for n in top:
            hit = _is_cut(whole, short, n)
            beside = [both.select(_is_cut(whole, short, n + away).sum()).item() for away in _BESIDE if n + away > 0]
            condition = pl.col(f"{whole}_raw").str.len_chars() > n
            covered, letter = both.select(hit.sum(), letter=(hit & (_length(whole) == n + 1)).sum()).row(0)
            often = covered >= _OFTEN * cells.all.select(condition.sum()).item()
            expected = max(sum(beside) / max(len(beside), 1), 0.0 if often else float(letter))
            yield Hypothesis(Mechanism.TRUNCATION, {"side": side, "characters": n}, hit, condition, expected)


def _is_cut(whole: str, short: str, n: int) -> pl.Expr:
    """Case does not count, as systems that cut often capitalise as well; a space at the cut goes."""
    rest = _lower(whole).str.slice(0, n).str.strip_chars_end()
    return (_length(whole) > n) & (_lower(short) == rest)


def _lower(side: str) -> pl.Expr:
    return pl.col(f"{side}_text").str.to_lowercase()


def _length(side: str) -> pl.Expr:
    return pl.col(f"{side}_text").str.len_chars()


# Encoding damage


def _lost(both: pl.DataFrame) -> Iterator[Hypothesis]:
    """Letters that the other side could not keep: a question mark, a box or nothing stands in their place."""
    for side, (whole, damaged) in _SIDES.items():
        full, left = pl.col(f"{whole}_text"), pl.col(f"{damaged}_text")
        marked = left.str.replace_all("\ufffd", "?", literal=True)
        special = full.str.contains(_LOST) & (full != left)
        replaced = full.str.replace_all(_LOST, "?") == marked.str.replace_all(_LOST, "?")
        condition = pl.col(f"{whole}_raw").str.contains(_LOST)
        hit = special & replaced & marked.str.contains("?", literal=True)
        yield Hypothesis(Mechanism.ENCODING, {"side": side, "way": "lost"}, hit, condition)
        gone = special & (clean(full.str.replace_all(_LOST, "")) == left)
        typing = (_length(whole) - _length(damaged) == 1) & full.str.contains(_LOST)
        share = full.str.count_matches(_LOST) / _length(whole)
        expected = float(both.select((typing * share).sum()).item() or 0.0)
        yield Hypothesis(Mechanism.ENCODING, {"side": side, "way": "left out"}, gone, condition, expected)


def _kept(error: UnicodeError) -> tuple[str, int]:
    """An undefined byte becomes the control character of its number, as most systems do it."""
    if isinstance(error, UnicodeDecodeError):
        return chr(error.object[error.start]), error.start + 1
    raise error


codecs.register_error("reconcile.kept", _kept)


def _read_as(text: str, wrote: str, read: str) -> str:
    """Text written in one encoding and read in another; the text itself where it can't be written."""
    try:
        return text.encode(wrote).decode(read, "replace" if read in ("gb18030", "big5", "shift_jis") else "reconcile.kept")
    except UnicodeError:
        return text


def _twice(text: str) -> str:
    return _read_as(_read_as(text, "utf-8", "cp1252"), "utf-8", "cp1252")


_WAYS: dict[str, Callable[[str], str]] = {
    **{
        f"{wrote} as {read}": partial(_read_as, wrote=wrote, read=read)
        for wrote, read in (
            *(("utf-8", read) for read in ("cp1252", "latin-1", "cp1250", "cp1251", "mac-roman", "cp437", "cp850")),
            *(("utf-8", read) for read in ("gb18030", "big5", "shift_jis")),
            *(
                ("gb18030", "cp1252"),
                ("gb18030", "latin-1"),
                ("cp1252", "mac-roman"),
                ("cp1252", "cp437"),
                ("mac-roman", "cp1252"),
            ),
            *(("cp1252", "cp850"), ("cp850", "cp1252"), ("big5", "gb18030"), ("gb18030", "big5")),
        )
    },
    "twice utf-8 as cp1252": _twice,
    "html": partial(html.escape, quote=True),
    "url": partial(quote, safe=" /,.;:@()'"),
}
"""How a text is damaged, each as a function from the whole text to the damaged one."""


def _misread(both: pl.DataFrame) -> Iterator[Hypothesis]:
    """One way at most for each side, found on some distinct values and then asked of all of them."""
    for side, (whole, damaged) in _SIDES.items():
        odd = both.filter(pl.col(f"{whole}_raw").str.contains(r"[^\x00-\x7f]|[&<>\"%]"))
        values = odd.select(whole=f"{whole}_raw", damaged=f"{damaged}_text").unique(maintain_order=True)
        if values.height < LEAST:
            continue
        part = values.head(_SAMPLE)
        counts = {way: int((_damaged(part["whole"], way) == part["damaged"]).sum()) for way in _WAYS}
        best = max(counts, key=counts.__getitem__)
        if counts[best] < LEAST:
            continue
        found = values.with_columns(made=_damaged(values["whole"], best)).filter(pl.col("made") == pl.col("damaged"))
        known = found.select(pl.concat_str("whole", "damaged", separator="\x1f")).to_series().implode()
        hit = pl.concat_str(f"{whole}_raw", f"{damaged}_text", separator="\x1f").is_in(known)
        condition = pl.col(f"{whole}_raw").str.contains(r"[&<>\"%]" if best in ("html", "url") else _LOST)
        yield Hypothesis(Mechanism.ENCODING, {"side": side, "way": best}, hit, condition, shuffles=False)


def _damaged(values: pl.Series, way: str) -> pl.Series:
    """What that way makes of distinct texts, cleaned as every value is; null where it changes nothing."""
    texts = values.to_list()
    made = [_WAYS[way](text) for text in texts]
    changed = pl.DataFrame({"text": texts, "made": made}, schema={"text": pl.String, "made": pl.String})
    return changed.select(pl.when(pl.col("made") != pl.col("text")).then(clean(pl.col("made")))).to_series()
