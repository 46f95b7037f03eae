"""Names of rules from names of columns, in any script, and which names and values a suite file can hold at all."""

from __future__ import annotations

import re

from expectations.values import CODES
from reconcile.config.document import UNPRINTABLE
from reconcile.match.discovery.headers import words_of

_LONGEST = 40


def slug(name: str, place: int) -> str:
    """`Order Date` as order_date; a name that has no plain letters as column_3, by its position, from 1."""
    plain = re.sub(r"[^a-z0-9]+", "_", "_".join(words_of(name))).strip("_")[:_LONGEST].strip("_")
    return plain if re.match(r"[a-z]", plain) else f"column_{place + 1}"


def sayable(text: str) -> bool:
    """Whether a suite file can hold it: not empty, nothing that no editor shows, no word that stands for something else."""
    return bool(text) and text != CODES and not UNPRINTABLE.search(text)


def trimmed(text: str) -> bool:
    """Whether it has no blanks at its ends, which a suite file loses in its keys and in the codes of `where`."""
    return text == text.strip()
