"""A random sample of a run's pairs, kept beside the run, so that answers given over days measure one and the same sample."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl

from reconcile import run_folder
from reconcile.errors import StoreUnwritable
from reconcile.explained import Asked
from reconcile.match.rows import ENDS, keyed, numbered
from reconcile.match.teaching import ANSWERS, QUESTIONS, Quality, Survey, queue, survey

_KEYS = ["crm_key", "erp_key"]


def rows_of_answers(asked: Asked, said: pl.DataFrame) -> pl.DataFrame:
    """Answers (crm_key, erp_key, same) as rows of the run: `teaching.ANSWERS`. Those of records that are gone are left out."""
    found = numbered(said.filter(pl.col("same").is_not_null()), asked.frames)
    return found.select(ANSWERS.names()).cast(ANSWERS).unique(ENDS, keep="last", maintain_order=True)


def questions(asked: Asked, said: pl.DataFrame, most: int) -> pl.DataFrame:
    """The pairs to ask about: those that wait for a person, then the others that teach most, best first.

    Args:
        asked: the run.
        said: the answers so far, as the ledger has them.
        most: at most so many.

    Returns:
        crm_key, erp_key, zone. None that was answered or looked at, and no link that a key or a person has made.
    """
    known = rows_of_answers(asked, said.with_columns(pl.col("same").fill_null(value=False)))
    sure = asked.links.filter(pl.col("rung") != "score")
    found = keyed(queue(asked.scored, asked.decided, known.select(ENDS)).select(QUESTIONS.names()), asked.frames)
    found = found.join(sure.select(_KEYS), on=_KEYS, how="anti", maintain_order="left")
    waiting = found.join(asked.waiting.select(_KEYS), on=_KEYS, how="semi", maintain_order="left")
    rest = found.join(waiting.select(_KEYS), on=_KEYS, how="anti", maintain_order="left")
    return pl.concat([waiting, rest]).select(*_KEYS, "zone").head(most)


def begin(store: Path, asked: Asked, entity: str, said: pl.DataFrame, count: int) -> Survey:
    """Draw a sample of pairs of a run to ask about, and keep it. Raises StoreUnwritable."""
    drawn = survey(asked.scored, asked.decided, count, answered=rows_of_answers(asked, said))
    kept = {
        "pairs": keyed(drawn.pairs, asked.frames).select(*_KEYS, "stratum").rows(),
        "sizes": dict(drawn.sizes),
        "known": {stratum: list(known) for stratum, known in drawn.known.items()},
    }
    target = _path(store, asked.run_id, entity)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")
    except OSError as error:
        raise StoreUnwritable(target.parent, error.strerror or str(error)) from error
    return drawn


def begun(store: Path, asked: Asked, entity: str) -> Survey | None:
    """The sample that was drawn of a run; None if none was."""
    target = _path(store, asked.run_id, entity)
    if not target.is_file():
        return None
    kept = json.loads(target.read_text(encoding="utf-8"))
    pairs = pl.DataFrame(kept["pairs"], schema=dict.fromkeys((*_KEYS, "stratum"), pl.String), orient="row")
    known = {stratum: (int(counts[0]), int(counts[1])) for stratum, counts in kept["known"].items()}
    return Survey(numbered(pairs, asked.frames).select(*ENDS, "stratum"), kept["sizes"], known)


def still_open(asked: Asked, drawn: Survey, said: pl.DataFrame) -> pl.DataFrame:
    """The pairs of a sample that nobody has looked at yet, in its order: crm_key, erp_key, stratum."""
    return keyed(drawn.pairs, asked.frames).join(said.select(_KEYS), on=_KEYS, how="anti", maintain_order="left")


def measured(asked: Asked, drawn: Survey, said: pl.DataFrame) -> Quality:
    """What the answers to a sample say of precision and recall."""
    return drawn.measured(rows_of_answers(asked, said))


def _path(store: Path, run_id: str, entity: str) -> Path:
    return run_folder.run_path(store, run_id) / "models" / f"{entity}.survey.json"
