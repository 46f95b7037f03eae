"""A small real company, damaged by hand: everything a run says of it, and the laws that hold whatever it says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl
import pytest
from golden_northwind import EDITS, store

from reconcile import pipeline, wiring
from reconcile.progress import Silent
from reconcile.results import CHECKS, FINDINGS, Action, CheckResult, RunResult

MIRRORED = {
    "missing_in_crm": "missing_in_erp", "duplicate_in_crm": "duplicate_in_erp", "orphan_in_crm": "orphan_in_erp",
    "empty_in_crm": "empty_in_erp", "crm": "erp",
}  # fmt: skip
MIRRORED |= {other: one for one, other in MIRRORED.items()}


def no_check(*_: object) -> CheckResult:
    return CheckResult(pl.DataFrame(schema=CHECKS), pl.DataFrame(schema=FINDINGS))


@contextmanager
def opened(config: Path) -> Iterator[wiring.Project]:
    project = wiring.open_project(config, {})
    try:
        yield project
    finally:
        project.close()


def run(project: wiring.Project, run_id: str = "20260101T000000000Z") -> RunResult:
    with wiring.connected(project) as connectors:
        return pipeline.run(project.config, project.store, connectors, project.ledger, no_check, Silent(), run_id)


def breaks_of(config: Path) -> pl.DataFrame:
    with opened(config) as project:
        return run(project).breaks


@pytest.fixture(scope="module")
def reported(tmp_path_factory) -> tuple[RunResult, list[Action]]:
    """The damaged company's run and its actions."""
    with opened(store(tmp_path_factory.mktemp("northwind"), EDITS)) as project:
        return run(project), project.ledger.actions()


def test_what_a_run_says_of_northwind(reported, golden):
    golden("northwind.txt", as_text(*reported))


def test_ids_and_fingerprints_do_not_depend_on_the_order_of_rows(reported, tmp_path):
    result, actions = reported
    with opened(store(tmp_path, EDITS, shuffled=True)) as project:
        again = run(project)
        assert set(again.breaks["fingerprint"]) == set(result.breaks["fingerprint"])
        assert {a.id for a in project.ledger.actions()} == {a.id for a in actions}
    assert again.counts.equals(result.counts)


def test_a_system_agrees_with_itself(tmp_path):
    for system in ("shop", "books"):
        assert breaks_of(store(tmp_path / system, systems=(system, system))).is_empty()


def test_the_company_agrees_before_anybody_edits_it(tmp_path):
    assert breaks_of(store(tmp_path)).is_empty()


def test_swapping_the_sides_mirrors_the_breaks(reported, tmp_path):
    mirrored = breaks_of(store(tmp_path, EDITS, systems=("books", "shop")))
    columns = ["entity", "kind", "field", "crm_key", "erp_key", "crm_value", "erp_value", "reason", "owner", "value_at_risk"]
    back = mirrored.select(
        "entity", pl.col("kind").replace(MIRRORED), "field", crm_key="erp_key", erp_key="crm_key", crm_value="erp_value",
        erp_value="crm_value", reason=pl.col("reason").replace(MIRRORED), owner=pl.col("owner").replace(MIRRORED),
        value_at_risk="value_at_risk",
    ).sort(columns)  # fmt: skip
    assert back.rows() == reported[0].breaks.select(columns).sort(columns).rows()


def test_a_break_is_new_then_open_then_fixed_then_back(tmp_path):
    config = store(tmp_path, EDITS)
    with opened(config) as project:
        first, second = run(project, "r1"), run(project, "r2")
        assert set(first.breaks["state"]) == {"new"}
        assert set(second.breaks["state"]) == {"open"}
        assert second.fixed == 0
        store(tmp_path)
        third = run(project, "r3")
        assert (third.breaks.height, third.fixed) == (0, first.breaks.height)
        assert not project.ledger.actions(["proposed"])
        store(tmp_path, EDITS)
        fourth = run(project, "r4")
        assert set(fourth.breaks["state"]) == {"regressed"}
        assert set(fourth.breaks["fingerprint"]) == set(first.breaks["fingerprint"])


def as_text(result: RunResult, actions: list[Action]) -> str:
    """Counts, links that no key made, breaks, findings and actions, one line each."""
    counts = ["records shop/books, links, only shop/books, values, equal, breaks"]
    for r in result.counts.iter_rows(named=True):
        sides = [f"{r[f'crm_{n}']}/{r[f'erp_{n}']}" for n in ("records",)] + [str(r["links"]), f"{r['only_crm']}/{r['only_erp']}"]
        counts.append(f"{r['entity']}: {', '.join(sides)}, {r['cells']}, {r['cells_equal']}, {r['breaks']}")
    scored = [f"{r['entity']}: {r['crm_key']} = {r['erp_key']}" for r in _rows(result.links.filter(pl.col("rung") == "score"))]
    breaks = [
        f"{_name(r)} [{_keys(r)}] {r['crm_value']!r} | {r['erp_value']!r} {r['reason']}, owner {r['owner']}, "
        f"{r['severity']}{_money(r['value_at_risk'])}"
        for r in _rows(result.breaks)
    ]
    findings = [
        f"{r['entity']} {r['system']} {r['key']} {r['field']}: {r['rule']} {r['value']!r}" for r in _rows(result.findings)
    ]
    by_id = {action.id: action for action in actions}
    planned = [
        _action(action, by_id) for action in sorted(actions, key=lambda a: (a.entity, a.kind, a.target, a.clause, a.label))
    ]
    parts = {"counts": counts, "linked by likeness": scored, "breaks": breaks, "findings": findings, "actions": planned}
    return "\n\n".join("\n".join([f"# {title}", *lines]) for title, lines in parts.items()) + "\n"


def _rows(frame: pl.DataFrame) -> list[dict[str, object]]:
    order = [name for name in ("entity", "system", "kind", "field", "crm_key", "erp_key", "key") if name in frame.columns]
    return frame.sort(order, nulls_last=True).to_dicts()


def _name(row: dict[str, object]) -> str:
    return f"{row['entity']}{'.' + str(row['field']) if row['field'] else ''} {row['kind']}"


def _keys(row: dict[str, object]) -> str:
    return f"{row['crm_key'] or '-'} = {row['erp_key'] or '-'}"


def _money(value: object) -> str:
    return "" if value is None else f", at risk {value:g}"


def _action(action: Action, by_id: dict[str, Action]) -> str:
    waits = "".join(f", after {by_id[parent].label}" for parent in action.depends_on)
    changes = "; ".join(f"{c.field} {c.before!r} -> {c.after!r}" for c in action.changes)
    keys = f"{action.target} {action.target_key or '(new)'} from {action.source_key}"
    return f"{action.kind} {action.entity} {keys} ({action.clause}, {action.tier}{waits}): {changes}".rstrip(": ")
