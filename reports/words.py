"""Says the words of `reports.texts` in one language, and writes its numbers, amounts and dates."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reports.texts import LABELS, LANGUAGES, SENTENCES

if TYPE_CHECKING:
    from reconcile.config.models import Language  # a command on plain files need not load the models

_NO_CENTS = frozenset({"JPY", "KRW", "VND", "CLP", "ISK", "HUF", "IDR"})
_THOUSANDTHS = frozenset({"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"})
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True)
class Words:
    """Says things in one language. `Words("zh").label("kind", "difference")`, `Words("en").money(1234.5, "EUR")`."""

    language: Language

    @property
    def _index(self) -> int:
        return LANGUAGES.index(self.language)

    @property
    def html_language(self) -> str:
        """The value of an HTML `lang` attribute."""
        return "zh-Hans" if self.language == "zh" else "en"

    def say(self, key: str, **values: object) -> str:
        """The heading, word or sentence of that key; KeyError if there is none, which the tests find."""
        return SENTENCES[key][self._index].format(**values)

    def label(self, group: str, code: str | None) -> str:
        """What people read for a code; a code that is not known, such as a custom field, shows as itself."""
        if code is None:
            return ""
        both = LABELS[group].get(code)
        return both[self._index] if both else code

    def count(self, what: str, n: int) -> str:
        """`1 record`, `2 records`, `2 条记录`; `what` is the part of a `count.` key after the point."""
        text = SENTENCES[f"count.{what}"][self._index]
        one, _, many = text.partition("|")
        return (one if n == 1 or not many else many).format(n=self.number(n))

    def number(self, value: float | None, decimals: int = 0) -> str:
        """With thousands commas, as both languages write them; a dash if there is none."""
        if value is None or not math.isfinite(value):
            return "–"
        return f"{value:,.{decimals}f}"

    def money(self, amount: float | None, currency: str | None) -> str:
        """`EUR 1,234.50`; currencies without cents have none."""
        text = self.number(amount, 0 if currency in _NO_CENTS else 3 if currency in _THOUSANDTHS else 2)
        return f"{currency} {text}" if currency and text != "–" else text

    def share(self, value: float | None, decimals: int = 1) -> str:
        """0.9812 as `98.1%`. Only a whole is 100%: 0.99999 shows as `99.9%`, and only nothing is 0%."""
        if value is None or not math.isfinite(value):
            return "–"
        step = 10.0**-decimals
        percent = value * 100
        if 0 < value < 1:
            percent = min(max(percent, step), 100 - step)
        return f"{percent:.{decimals}f}%"

    def day(self, date: dt.date) -> str:
        """`22 Nov 2026`, `2026年11月22日`."""
        if self.language == "zh":
            return f"{date.year}年{date.month}月{date.day}日"
        return f"{date.day} {_MONTHS[date.month - 1]} {date.year}"

    def moment(self, at: dt.datetime) -> str:
        """Day and time in UTC, and says so."""
        at = at.astimezone(dt.UTC) if at.tzinfo else at.replace(tzinfo=dt.UTC)
        return f"{self.day(at)} {at:%H:%M} UTC"

    def duration(self, seconds: float) -> str:
        """`4.2 seconds`, `3 minutes 5 seconds`, `2 hours 4 minutes`; two units at most."""
        if seconds < 60:  # noqa: PLR2004  # seconds in a minute
            shown = self.number(seconds, 1)
            return f"{shown} 秒" if self.language == "zh" else f"{shown} seconds"
        minutes, rest = divmod(round(seconds), 60)
        hours, minutes_rest = divmod(minutes, 60)
        parts = [("hours", hours), ("minutes", minutes_rest)] if hours else [("minutes", minutes), ("seconds", rest)]
        return " ".join(self.count(unit, n) for unit, n in parts if n)
