"""How the command line shows things: one console, progress bars, tables, and errors as sentences."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars
from rich.table import Table
from rich.text import Text

from reconcile.progress import Step

if TYPE_CHECKING:
    from reconcile.config.models import Language
    from reports.words import Words

_PLAIN_WIDTH = 160
"""Columns of a table that goes into a file or a pipe."""
_LONGEST = 300
"""Characters of one cell."""
out = Console(highlight=False, width=None if sys.stdout.isatty() else _PLAIN_WIDTH)
err = Console(stderr=True, highlight=False)


class _BarStep:
    def __init__(self, bars: Bars, task: TaskID) -> None:
        self._bars, self._task = bars, task

    def advance(self, amount: int = 1) -> None:
        """Move the bar."""
        self._bars.advance(self._task, amount)


class BarProgress:
    """Progress as bars on standard error; on something that is no terminal, one line for each finished step."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._quiet = quiet
        self._bars: Bars | None = None

    @contextmanager
    def showing(self) -> Iterator[BarProgress]:
        """The bars are on the screen."""
        if self._quiet or not sys.stderr.isatty():
            yield self
            return
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Bars(*columns, console=err, transient=True) as bars:
            self._bars = bars
            yield self
        self._bars = None

    @contextmanager
    def step(self, name: str, total: int | None = None) -> Iterator[Step]:
        """One bar."""
        name = _step_name(name)
        if self._bars is None:
            begun = dt.datetime.now(dt.UTC)
            yield _Uncounted()
            if not self._quiet:
                seconds = (dt.datetime.now(dt.UTC) - begun).total_seconds()
                err.print(Text(f"{name}: {seconds:.1f} s"), style="dim")
            return
        task = self._bars.add_task(name, total=total)
        yield _BarStep(self._bars, task)
        self._bars.update(task, total=total or 1, completed=total or 1)


def _step_name(name: str) -> str:
    """The step in the language that is spoken; what has no word there is said in English."""
    return name if _SPOKEN[0] == "en" else words().label("step", name)


class _Uncounted:
    def advance(self, amount: int = 1) -> None:
        """Nobody counts."""


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]], *, numbers: Iterable[str] = ()) -> None:
    """Print a table; columns named in `numbers` stand to the right. Values are shown as they are, never as markup."""
    right = set(numbers)
    shown = Table(title=title, title_justify="left", header_style="bold", box=None, pad_edge=False)
    for column in columns:
        shown.add_column(column, justify="right" if column in right else "left", overflow="fold")
    for row in rows:
        shown.add_row(*(Text(_text(value)) for value in row))
    out.print(shown)


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.2f}"
    if isinstance(value, dt.datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    text = str(value)
    shown = text[:_LONGEST] + ("…" if len(text) > _LONGEST else "")
    return "".join(c if c.isprintable() else "·" for c in shown)


_SPOKEN: list[Language] = ["en"]


def speak(language: Language) -> None:
    """From now on refusals are said in this language: the project's, once it is known."""
    _SPOKEN[0] = language


def spoken() -> Language:
    """The language that refusals are said in."""
    return _SPOKEN[0]


def words() -> Words:
    """The words of the project's language; English until a project is open."""
    from reports.words import Words  # noqa: PLC0415  # a command that says nothing in words need not wait for them

    return Words(_SPOKEN[0])


def told(refused: object) -> str:
    """A refusal, or an error, in the project's language."""
    from reports.refused import said  # noqa: PLC0415  # as above

    return said(words(), refused)


def say(text: str, style: str = "") -> None:
    """Print one line of plain text."""
    out.print(Text(text), style=style or None, soft_wrap=True)


def beneath(text: str) -> None:
    """Print plain text as a paragraph that belongs to the line above."""
    out.print(Padding(Text("".join(c if c.isprintable() else "·" for c in text)), (0, 0, 0, 4)))


def complain(text: str) -> None:
    """Print an error on standard error."""
    err.print(Text(text), style="red", soft_wrap=True)
