"""What became of the links of two files since the last run that was remembered.

The links of a run that went by a memory are kept as what is not as the memory's run had it, so that nothing else is read.
"""

from __future__ import annotations

import io
from pathlib import Path

import polars as pl

from reconcile.errors import StoreUnwritable
from reconcile.match.changes import changed_links
from reconcile.match.memory import LISTED, Forgotten, decided_in, program, save_links
from reconcile.spreadsheet import write_replacing

_SINCE, _CHANGES = "since.parquet", "changes.parquet"
_PAIR = ["crm_key", "erp_key"]
_TOLD = pl.Schema({"crm_key": pl.String, "erp_key": pl.String, "there": pl.Boolean})
"""A link of which the memory has it and the last run not, or the last run (there) and the memory not."""


def last_links(folder: Path) -> pl.DataFrame | None:
    """The links of the last run: crm_key, erp_key; None if the folder holds none."""
    try:
        decided, place = decided_in(folder)
        gone, new = _since(place)
    except Forgotten:
        return None
    links = decided.filter(pl.col("zone") == "link").select(_PAIR)
    return pl.concat([links.join(gone, on=_PAIR, how="anti"), new])


def changes_of_some(folder: Path, gone: pl.DataFrame, new: pl.DataFrame) -> pl.DataFrame:
    """What became of the links since the last run, after one that went by the folder's memory.

    Args:
        folder: holds the memory, and takes the changes.
        gone: crm_key, erp_key: links of the memory that are none now.
        new: crm_key, erp_key: links that the memory has not.

    Returns:
        CHANGES.

    Raises:
        StoreUnwritable: the folder can't be written.
    """
    _, place = decided_in(folder)
    try:
        gone_then, new_then = _since(place)
        lost = [_less(gone, gone_then), _less(new_then, new)]
        gained = [_less(new, new_then), _less(gone_then, gone)]
        changes = changed_links(pl.concat(lost), pl.concat(gained))
        _keep(folder, changes)
        _write(place, gone, new)
    except OSError as error:
        raise StoreUnwritable(folder, error.strerror or str(error)) from error
    return changes


def changes_of_all(folder: Path, before: pl.DataFrame | None, zones: pl.DataFrame) -> pl.DataFrame | None:
    """The same after a run that has matched all records; None if there was none before.

    Args:
        folder: holds what this run has left, if anything; takes the changes.
        before: `last_links` before this run.
        zones: what this run has come to, as of `linkage.ZONES`.

    Raises:
        StoreUnwritable: the folder can't be written.
    """
    linked = zones.filter(pl.col("zone") == "link")
    links = linked.select(_PAIR)
    try:
        _settle(folder, linked)
        if before is None:
            return None
        changes = changed_links(before, links)
        _keep(folder, changes)
    except OSError as error:
        raise StoreUnwritable(folder, error.strerror or str(error)) from error
    return changes


def _settle(folder: Path, linked: pl.DataFrame) -> None:
    """Let the folder tell these links, also where the run has left no memory, such as of a file without records."""
    links = linked.select(_PAIR)
    try:
        decided, place = decided_in(folder)
    except Forgotten:
        nowhere = linked.with_columns(l=pl.lit(0), r=pl.lit(0)).select(LISTED.names()).cast(LISTED)
        save_links(nowhere, folder, program())
        return
    known = decided.filter(pl.col("zone") == "link").select(_PAIR)
    if (place / _SINCE).exists() or not known.equals(links):
        _write(place, _less(known, links), _less(links, known))


def _since(place: Path) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What the last run had not of the memory's links, and what else it had. Raises Forgotten."""
    try:
        told = pl.read_parquet(place / _SINCE) if (place / _SINCE).exists() else _TOLD.to_frame()
        told = told.match_to_schema(_TOLD)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise Forgotten("damaged") from error
    return told.filter(~pl.col("there")).select(_PAIR), told.filter("there").select(_PAIR)


def _write(place: Path, gone: pl.DataFrame, new: pl.DataFrame) -> None:
    told = [frame.select(_PAIR).with_columns(there=pl.lit(there)) for frame, there in ((gone, False), (new, True))]
    _replacing(pl.concat(told), place / _SINCE)


def _keep(folder: Path, changes: pl.DataFrame) -> None:
    _replacing(changes, folder / _CHANGES)


def _replacing(frame: pl.DataFrame, path: Path) -> None:
    """Whole or not at all."""
    content = io.BytesIO()
    frame.write_parquet(content, compression="lz4")
    write_replacing(path, content.getvalue())


def _less(links: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    return links.join(known, on=_PAIR, how="anti", maintain_order="left")
