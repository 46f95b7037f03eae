"""Asking about pairs in the terminal: both records side by side, the sentence that explains them, one letter for an answer."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Protocol

import polars as pl
from rich.table import Table
from rich.text import Text

from reconcile.cli import show
from reconcile.match.explaining.explanation import Explanation
from reconcile.match.teaching import Quality
from reconcile.standalone import answering
from reports.why import share_of, why_of
from reports.words import Words

_BACK, _QUIT = ("b", "back", "返回"), ("q", "quit", "退出")


class Questions(Protocol):
    """Pairs that a person is asked about, in order."""

    @property
    def questions(self) -> pl.DataFrame:
        """crm_key, erp_key, zone."""

    def explained(self, at: int) -> Explanation:
        """One of them."""

    def answer(self, at: int, answer: str) -> str | None:
        """Keep an answer; the key of a sentence that tells what came of it, if anything has."""


def ask(words: Words, asked: Questions) -> dict[str, int]:
    """Pair after pair, until there is none left or somebody quits; how many answers of each kind were given."""
    at, given = 0, dict.fromkeys((answering.SAME, answering.NOT_SAME, answering.UNSURE), 0)
    if asked.questions.is_empty():
        show.say(words.say("teach.nothing"))
    while at < asked.questions.height:
        _show(words, asked, at)
        word = _word(words)
        if word in _QUIT:
            break
        if word in _BACK:
            at = max(at - 1, 0)
            continue
        answer = answering.answer_of(word)
        if answer is None:
            show.say(words.say("teach.no_answer"))
            continue
        if told := asked.answer(at, answer):
            show.say(words.say(told))
        given[answer] += 1
        at += 1
    return given


def _word(words: Words) -> str:
    """What is typed; the end of the input is a wish to quit."""
    show.out.print(Text(words.say("teach.prompt")), end="")
    line = sys.stdin.readline()
    return line.strip().lower() if line else _QUIT[0]


def _show(words: Words, asked: Questions, at: int) -> None:
    """Both records side by side, and the sentence that explains what was made of them."""
    told = asked.explained(at)
    why, zone = why_of(words, told), words.label("asked_zone", asked.questions["zone"][at])
    share = share_of(words, told.probability)
    head = words.say("teach.head", at=at + 1, of=asked.questions.height, zone=zone, share=share)
    table = Table(title=head, title_justify="left", header_style="bold", box=None, pad_edge=False)
    for name in (words.say("why.word.step"), *why.heads, words.say("why.word.likeness")):
        table.add_column(name, overflow="fold")
    for step in why.steps:
        if step.kind == "field":
            table.add_row(*(Text(text) for text in (step.label, step.crm, step.erp, step.likeness)))
    show.say("")
    show.out.print(table)
    show.say(why.sentence)


def say_quality(words: Words, quality: Quality) -> None:
    """What answers to a random sample say, with their intervals."""
    said = [(name, share) for name in ("links", "duplicates", "recall") if (share := getattr(quality, name))]
    for name, share in said:
        numbers = {
            key: share_of(words, getattr(share, at)) for key, at in (("share", "estimate"), ("low", "low"), ("high", "high"))
        }
        show.say(words.say(f"teach.{name}", **numbers, answered=f"{share.answered:,}", of=f"{share.of:,}"))
    show.say(words.say("teach.surely" if said else "teach.more"))


def say_sheet(words: Words, sheet: Path, count: int, *, as_json: bool) -> None:
    """Where the questions are, and what to do with them."""
    said = words.say("teach.sheet", count=f"{count:,}", file=sheet)
    show.say(json.dumps({"sheet": str(sheet), "pairs": count}, ensure_ascii=False) if as_json else said)


def told_quality(quality: Quality | None) -> dict[str, object]:
    """The same for programs."""
    return {} if quality is None else {"quality": asdict(quality)}
