"""`reconcile explain` for two files, or one: weigh them as `reconcile match` or `dedupe` does, and say why about one pair."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from reconcile.errors import NotExplainable
from reconcile.match import linkage, within
from reconcile.match.discovery import Pins
from reconcile.match.discovery.found import Side
from reconcile.match.explaining.explanation import Explanation, explain
from reconcile.match.explaining.near_keys import rows_of
from reconcile.match.explaining.within_verdict import explain_within
from reconcile.match.kept import Kept
from reconcile.progress import Progress
from reconcile.records import KEY
from reconcile.refusals import refusal
from reconcile.standalone.configured import KnownWeights, configured, fitting, read_model
from reconcile.standalone.files import columns_of, columns_of_both
from reconcile.standalone.preparing import prepared, prepared_one, read_both, read_one


@dataclass(frozen=True)
class Files:
    """What is asked about."""

    left: Path
    right: Path
    config: Path | None = None
    model: Path | None = None
    """A model that `reconcile match --model` kept; learned from the files if there is none."""


def explain_files(crm_key: str, erp_key: str, files: Files, *, environ: Mapping[str, str], progress: Progress) -> Explanation:
    """Why these two records are linked or are not.

    Raises:
        ConfigError: a file, the configuration, the model or a key is wrong, or nothing goes together.
    """
    paths = (files.left, files.right)
    names = columns_of_both(paths)
    said = configured(files.config, environ, names)
    pins, settings = said.pins, said.settings
    weights = KnownWeights(files.model, read_model(files.model)) if files.model else said.known
    if weights is not None and files.config is None:
        pins, settings = _pins(weights.kept, files, names), weights.kept.settings
    frames = read_both(paths, names, pins, progress)
    found, sides = prepared(paths, names, frames, pins, progress)
    rows = rows_of([side[KEY] for side in sides], (crm_key, erp_key), [str(path) for path in paths])
    known = None if weights is None else fitting(weights, sides, found.scheme)
    scored, decided = linkage.judged(sides[0], sides[1], found.scheme, settings, progress, known)
    told = explain(scored, decided, settings, rows[0], rows[1])
    crm, erp = (raw_of(frame, side, row) for frame, side, row in zip(frames, (found.left, found.right), rows, strict=True))
    return told.with_raw(crm, erp)


def explain_one(
    one: str, other: str, file: Path, config: Path | None, *, environ: Mapping[str, str], progress: Progress
) -> Explanation:
    """Why these two records of one file count as the same business, or do not.

    Raises:
        ConfigError: the file, the configuration or a key is wrong, or there is nothing to compare by.
    """
    names = columns_of(file)
    said = configured(config, environ, [names])
    frame = read_one(file, names, said.pins, progress)
    found, side = prepared_one(file, names, frame, said.pins, progress)
    rows = rows_of([side[KEY], side[KEY]], (one, other), (str(file), str(file)))
    if rows[0] == rows[1]:
        raise NotExplainable(refusal("one_record", key=one))
    weighed, decided = within.judged(side, found.scheme, said.settings, progress)
    if weighed.model is None or weighed.comparison is None:
        raise NotExplainable(refusal("nothing_weighed", entity=file.name))
    none = decided.links.select(a="l", b="r", weight="weight", probability="probability").clear()
    inner = linkage.Scored(weighed.pairs, weighed.model, weighed.comparison, weighed.rules, (none, none))
    limits = (within.link_at(said.settings), said.settings.review_at)
    told = replace(explain_within(inner, decided, 0, rows, limits, side[KEY]), sides=("", ""))
    return told.with_raw(*(raw_of(frame, found.left, row) for row in (min(rows), max(rows))))


def _pins(model: Kept, files: Files, names: list[tuple[str, ...]]) -> Pins:
    """Where the model's fields stand in the files. Raises NotExplainable where a file has lost one of its columns."""
    from pydantic import ValidationError  # noqa: PLC0415 - only a kept model needs it

    from reconcile.config.matching import MatchConfig  # noqa: PLC0415 - as above
    from reconcile.standalone.pinning import pins_of  # noqa: PLC0415 - as above

    try:
        config = MatchConfig.model_validate(model.columns)
    except ValidationError as error:
        raise NotExplainable(
            refusal("model_unfit", file=files.model or Path(), why="it does not say where its fields are")
        ) from error
    pins = pins_of(config)
    for path, known, at in ((files.left, names[0], 0), (files.right, names[1], 1)):
        used = {n for field in (pins.fields or {}).values() for n in (field.left, field.right)[at]}
        used |= set((pins.left_key, pins.right_key)[at] or ())
        if gone := sorted(used - set(known)):
            raise NotExplainable(
                refusal("model_unfit", file=files.model or Path(), why=f"{path} has no column {', '.join(gone)}")
            )
    return pins


def raw_of(frame: pl.DataFrame, side: Side, row: int) -> dict[str, str | None]:
    """What stands in the file, field by field."""
    own = frame.row(row, named=True)
    return {
        name: " ".join(str(own[source]) for source in column.sources if own[source] is not None) or None
        for name, column in side.fields.items()
    }
