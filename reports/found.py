"""What a rule about a column or table found, in the language of the screen and with its names of fields.

Apart from `quality`, so that a check of one file need not load the whole view.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from reports.figures import field_text
from reports.words import Words

_FIELD = re.compile("`([^`]+)`")


def found(words: Words, check: Mapping[str, Any]) -> str:
    """Of a row of CHECKS; empty for a rule about records. Of a run of an earlier version, as it was kept."""
    said = check.get(f"found_{words.language}") or check["observed"] or ""
    return _FIELD.sub(lambda one: field_text(words, one[1]), said)
