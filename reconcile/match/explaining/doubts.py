"""The few decisions of a run that a reader should see explained: pairs that wait for a person, and the least sure links.

They are explained while what was scored is at hand, so that a report need not weigh anything again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import polars as pl

from reconcile.match.deciding.resolution import Resolved
from reconcile.match.explaining.explanation import Explanation, Reason, Rival, Row, explain, raw_values
from reconcile.match.linkage import Scored, Settings
from reconcile.match.rows import ENDS

MOST_WAITING = 6
MOST_LINKS = 4
_UNSURE = 0.99
"""Links from here on are not doubtful."""


def doubts(
    scored: Scored,
    decided: Resolved,
    settings: Settings,
    waiting: pl.DataFrame,
    made: pl.DataFrame,
    sides: tuple[pl.DataFrame, pl.DataFrame],
    untaught: Scored | None = None,
) -> tuple[Explanation, ...]:
    """The likeliest pairs that wait, then the least sure links, each explained.

    Args:
        scored: the pairs that were compared.
        decided: what became of them.
        settings: by which thresholds.
        waiting: l, r, probability: the run's candidates.
        made: l, r, probability: the links that scores have made in this run.
        sides: the records, with raw values.
        untaught: the pairs as they weighed before people's answers taught something, if they did.
    """
    asked = waiting.sort("probability", *ENDS, descending=[True, False, False]).head(MOST_WAITING)
    least = made.filter(pl.col("probability") < _UNSURE).sort("probability", *ENDS).head(MOST_LINKS)
    found = []
    for zone, pairs in (("review", asked), ("link", least)):
        for left, right in zip(pairs["l"].to_list(), pairs["r"].to_list(), strict=True):
            told = explain(scored, decided, settings, left, right, untaught)
            if told.zone != zone:  # a key that everything else contradicts waits whatever the scores say
                told = told.as_recorded(zone, "score", Reason("review_below", told.reason.details, told.reason.rivals))
            names = [one.field for one in told.fields]
            found.append(told.with_raw(*(raw_values(frame, row, names) for frame, row in zip(sides, (left, right), strict=True))))
    return tuple(found)


def written(told: tuple[Explanation, ...]) -> bytes:
    """Explanations as a JSON array, which `read` takes."""
    return json.dumps([asdict(one) for one in told], ensure_ascii=False, allow_nan=False).encode()


def read(data: bytes) -> tuple[Explanation, ...]:
    """What `written` has written. Raises ValueError, KeyError or TypeError for anything else."""
    return tuple(_read(one) for one in json.loads(data))


def _read(said: Mapping[str, Any]) -> Explanation:
    reason = said["reason"]
    rivals = tuple(Rival(**rival) for rival in reason["rivals"])
    return Explanation(
        **{
            **said,
            "rows": tuple(Row(**row) for row in said["rows"]),
            "reason": Reason(reason["code"], reason["details"], rivals),
            "raw": {name: (values[0], values[1]) for name, values in said["raw"].items()},
            "sides": (said["sides"][0], said["sides"][1]),
        }
    )
