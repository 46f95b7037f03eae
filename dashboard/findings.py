"""Reads the findings of a run: the records that one rule names, and what became of each: a break, a correction, or neither."""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl
import streamlit as st

from dashboard import data
from reconcile import run_folder
from reconcile.compare.broken_rules import DOUBLED, PLACE, SAME_FIELD
from reconcile.records import Role
from reconcile.results import Action, ActionKind, BreakKind
from reconcile.spreadsheet import as_csv
from reconcile.wiring import Project
from reports.quality_model import CheckLine

_TOLD = ("fingerprint", "kind", "due_at", "assignee")
_SAME_FIELD = [BreakKind.DIFFERENCE, *SAME_FIELD]


def bare(field: str) -> str:
    """The canonical field of a column that a rule reads: of `erp.customer.number` it is `customer`."""
    return re.sub(PLACE, "", field).split(".")[0]


def settled(project: Project, run_id: str, line: CheckLine, most: int) -> pl.DataFrame:
    """The first `most` records that fail a rule (FINDINGS), with the break that stands for each.

    Of the break fingerprint, kind, due_at and assignee; null where there is none: the rule allows it, or a person has
    accepted it.
    """
    field = line.field.code if line.field else None
    found = data.failing_records(project, run_id, line.entity.code, line.system.code, line.rule, field, most)
    role = Role.ERP if line.system.code == Role.ERP else Role.CRM
    about = data.breaks_about(project, run_id, line.entity.code, role, found["key"].to_list())
    own = (pl.col("kind") == str(BreakKind.BROKEN_RULE)) & (pl.col("reason") == f"{line.suite}.{line.rule}")
    same = pl.col("kind").is_in(_SAME_FIELD) & (pl.col("field") == bare(field or ""))
    twice = pl.col("kind").is_in(DOUBLED) & pl.lit(value=line.dimension.code == "uniqueness")
    rank = pl.when(own).then(0).when(same).then(1).when(twice).then(2)
    best = about.with_columns(_rank=rank).filter(pl.col("_rank").is_not_null()).sort("_rank", "fingerprint")
    told = best.unique(f"{role}_key", keep="first", maintain_order=True).select(pl.col(f"{role}_key").alias("key"), *_TOLD)
    return found.join(told, on="key", how="left", maintain_order="left")


def correction(project: Project, fingerprint: str) -> tuple[Action, ...]:
    """The first correction that writes something and would settle a break; empty if there is none."""
    return _correction(project, str(project.store), fingerprint, data.revision(project))


@st.cache_resource(show_spinner=False, max_entries=500)
def _correction(_project: Project, store: str, fingerprint: str, revision: int) -> tuple[Action, ...]:  # noqa: ARG001  # the cache's key
    return tuple(one for one in data.resolving(_project, fingerprint, 3) if one.kind is not ActionKind.REVIEW)[:1]


def as_file(project: Project, run_id: str, line: CheckLine) -> bytes:
    """All records that fail a rule, as CSV in which nothing can run."""
    field = line.field.code if line.field else None
    many = int(line.failed.value or 0)
    return as_csv(data.failing_records(project, run_id, line.entity.code, line.system.code, line.rule, field, many))


def all_of(project: Project, run_id: str) -> Path:
    """Where all findings of a run lie, as Parquet."""
    return run_folder.run_path(project.store, run_id) / "findings.parquet"
