"""Why two records of a project are linked or not, from what a run has kept: its records, its model and its decisions."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from reconcile import run_folder
from reconcile.errors import NotExplainable, UnknownRun
from reconcile.match import kept, linkage
from reconcile.match.explanation import Explanation, explain
from reconcile.match.near_keys import rows_of
from reconcile.progress import Silent
from reconcile.records import KEY, RAW, Role
from reconcile.refusals import refusal


def keeps_model(store: Path, run_id: str, entity: str) -> bool:
    """Whether the pairs of this run and entity can be explained."""
    return run_folder.model_path(store, run_id, entity).is_file()


def pair(store: Path, run_id: str, entity: str, keys: tuple[str, str], titles: tuple[str, str]) -> Explanation:
    """One pair of a run, judged by the run's own model; what the run has decided of it counts.

    Args:
        store: the project's folder of results.
        run_id: which run.
        entity: which kind of record.
        keys: the CRM's key and the ERP's.
        titles: how to name both systems in an error.

    Raises:
        NotExplainable: the run has kept no model of the entity or no records, the model is damaged or of another version of
            the program, or a side has no such key.
    """
    place = run_folder.model_path(store, run_id, entity)
    sources = [run_folder.records_path(store, run_id, entity, role) for role in Role]
    if not all(path.is_file() for path in (place, *sources)):
        raise NotExplainable(refusal("no_model_kept", run=run_id, entity=entity))
    try:
        model = kept.read(place.read_bytes())
        frames = [pl.read_parquet(path) for path in sources]
        sides = [frame.select(KEY, *model.scheme.fields) for frame in frames]
        kept.check(model, sides[0], sides[1], model.scheme)
    except (kept.Unfit, pl.exceptions.ColumnNotFoundError) as error:
        raise NotExplainable(refusal("model_unfit", file=place, why=str(error).splitlines()[0])) from error
    rows = rows_of([side[KEY] for side in sides], keys, titles)
    scored, decided = linkage.judged(sides[0], sides[1], model.scheme, model.settings, Silent(), model.model)
    told = explain(scored, decided, model.settings, rows[0], rows[1])
    written = [_raw(frame, tuple(model.scheme.fields), row) for frame, row in zip(frames, rows, strict=True)]
    return _as_decided(store, run_id, entity, told).with_raw(written[0], written[1])


def _raw(frame: pl.DataFrame, fields: tuple[str, ...], row: int) -> dict[str, str | None]:
    """What the system holds, field by field; where that was not kept, the canonical value."""
    own = frame.row(row, named=True)
    values = {name: own.get(f"{RAW}{name}", own[name]) for name in fields}
    return {name: None if value is None else str(value) for name, value in values.items()}


def _as_decided(store: Path, run_id: str, entity: str, told: Explanation) -> Explanation:
    """Under the decision of the run, which remembers links and knows what people have said."""
    try:
        run = run_folder.load(store, run_id)
    except UnknownRun:
        return told
    this = (pl.col("entity") == entity) & (pl.col("crm_key") == told.crm_key) & (pl.col("erp_key") == told.erp_key)
    for zone, frame in (("link", run.links), ("review", run.candidates)):
        own = frame.filter(this)
        if own.height:
            return told.as_recorded(zone, str(own["rung"][0]) if "rung" in own.columns else told.rung)
    return told
