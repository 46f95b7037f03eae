"""What people have decided of records holds in later runs: pairs that are not the same, and records that were merged away."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from reconcile import approve, pipeline, proposing
from reconcile.config.models import ProjectConfig
from reconcile.connect.memory import MemoryConnector
from reconcile.ledger import Ledger
from reconcile.progress import Silent
from reconcile.proposing import Asked
from reconcile.push import push
from reconcile.records import Role
from reconcile.results import CHECKS, FINDINGS, Action, ActionKind, ActionState, BreakKind, CheckResult, RunResult

FIELDS = ("Number", "Name", "Street", "Phone", "Status")
WORDS = ("Nordwind", "Vela", "Kestrel", "Baltic", "Otto", "Marble")
BY_KEY: dict[str, Any] = {"keys": [["number"]]}
BY_SCORE: dict[str, Any] = {"fields": ["name", "street", "phone"]}
NOBODY_IS_SURE: dict[str, Any] = BY_SCORE | {"link_at": 1.0}
"""Every likely pair waits for a person."""
HOW_MANY = 30
PAIR = ("C3", "E3")


def customers(prefix: str, *more: str) -> str:
    """As many customers like no other, as CSV."""
    rows = [
        f"{prefix}{n},{1000 + n},{WORDS[n % 6]} {'abcdefghij'[n % 10] * 3}{n} GmbH,Weg {n} {n * 7},+4930{n:07},Active"
        for n in range(HOW_MANY)
    ]
    return "\n".join([",".join(("Key", *FIELDS)), *rows, *more]) + "\n"


AGAIN = f"C99,,{WORDS[3].lower()} ddd3 gmbh,Weg 3 21,+49300000003,Active"
"""The customer of C3 once more."""


class Project:
    """A project whose systems are two CSV files, in memory so that they can be written to."""

    def __init__(self, folder: Path, *more: str) -> None:
        self.folder = folder
        self.ledger = Ledger.open(f"sqlite:///{folder / 'ledger.db'}")
        files = {Role.CRM: customers("C", *more), Role.ERP: customers("E")}
        tables = {role: pl.read_csv(io.StringIO(text), infer_schema=False) for role, text in files.items()}
        self.systems = {role: MemoryConnector(str(role), {"customers": table}) for role, table in tables.items()}
        self.config = self.configured(BY_KEY)
        self.runs = 0

    def configured(self, match: dict[str, Any]) -> ProjectConfig:
        source = {"object": "customers", "key": "Key", "inactive": {"field": "Status", "value": "Inactive"}}
        fields = {name.lower(): {"crm": name, "erp": name, "owner": "crm"} for name in FIELDS if name != "Status"}
        systems = {role: {"role": role, "connector": "files", "path": "."} for role in ("crm", "erp")}
        entities = {"customers": {"crm": source, "erp": source, "fields": fields, "match": match}}
        return ProjectConfig.model_validate({"project": "verdicts", "systems": systems, "entities": entities})

    def run(self, match: dict[str, Any]) -> RunResult:
        self.runs += 1
        self.config = self.configured(match)
        nothing = CheckResult(CHECKS.to_frame(), FINDINGS.to_frame())
        return pipeline.run(self.config, self.folder, self.systems, self.ledger, lambda *_: nothing, Silent(), f"run{self.runs}")

    def pushed(self, *ids: str) -> None:
        """Approved by two people, sent, and proven."""
        for who in ("anna", "bert"):
            approve.approve(self.ledger, self.config, ids, by=who)
        push(self.ledger, self.systems, self.config, ids, False, by="anna", progress=Silent(), beyond_limits=True)
        assert set(self.ledger.action_states(ids).values()) == {ActionState.VERIFIED}

    def unlinked(self, crm_key: str, erp_key: str) -> None:
        asked = Asked(self.config, self.ledger, self.systems)
        actions = proposing.unlink(asked, "customers", crm_key, erp_key)
        self.ledger.propose_by_person(actions, "carl", "two businesses")
        self.pushed(*(action.id for action in actions if action.part_of is None))

    def open(self, kind: ActionKind) -> list[Action]:
        return [action for action in self.ledger.actions([ActionState.PROPOSED]) if action.kind is kind]


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    project = Project(tmp_path)
    yield project
    project.ledger.close()


def pairs(frame: pl.DataFrame) -> set[tuple[str, str]]:
    return set(frame.select("crm_key", "erp_key").iter_rows())


def apart(project: Project, result: RunResult) -> None:
    """The pair is nowhere linked or proposed, and everybody else is linked."""
    assert pairs(result.links) == {(f"C{n}", f"E{n}") for n in range(HOW_MANY) if n != 3}
    assert pairs(project.ledger.crosswalk("customers")) == pairs(result.links)
    assert result.candidates.is_empty()
    assert not project.open(ActionKind.LINK)
    mine = result.breaks.filter((pl.col("crm_key") == PAIR[0]) | (pl.col("erp_key") == PAIR[1]))
    assert set(mine["kind"]) == {BreakKind.MISSING_IN_CRM, BreakKind.MISSING_IN_ERP}


@pytest.mark.parametrize("match", [BY_KEY, BY_SCORE, BY_KEY | BY_SCORE], ids=["key", "score", "both"])
def test_a_pair_whose_link_was_rejected_is_neither_linked_nor_proposed_again(project, match):
    waiting = project.run(NOBODY_IS_SURE)
    assert pairs(waiting.candidates) == {(f"C{n}", f"E{n}") for n in range(HOW_MANY)}
    (link,) = [action for action in project.open(ActionKind.LINK) if action.source_key == PAIR[0]]
    approve.reject(project.ledger, project.config, [link.id], by="anna", comment="two businesses")
    assert pairs(project.ledger.not_same("customers")) == {PAIR}
    for _ in range(2):
        apart(project, project.run(match))
        assert project.ledger.action_states([link.id]) == {link.id: ActionState.REJECTED}
    assert PAIR not in pairs(project.run(NOBODY_IS_SURE).candidates)


def test_a_rejection_that_is_taken_back_links_the_pair_for_good(project):
    project.run(NOBODY_IS_SURE)
    (link,) = [action for action in project.open(ActionKind.LINK) if action.source_key == PAIR[0]]
    approve.reject(project.ledger, project.config, [link.id], by="anna")
    apart(project, project.run(BY_SCORE))
    project.pushed(link.id)
    rungs = project.run(BY_SCORE).links.filter(pl.col("crm_key") == PAIR[0])
    assert rungs.select("erp_key", "rung").rows() == [(PAIR[1], "person")]


@pytest.mark.parametrize(("match", "rung"), [(BY_KEY, "key:number"), (BY_SCORE, "score")], ids=["key", "score"])
def test_a_pair_that_a_person_unlinked_is_neither_linked_nor_proposed_again(project, match, rung):
    linked = project.run(match).links.filter(pl.col("crm_key") == PAIR[0])
    assert linked.select("erp_key", "rung").rows() == [(PAIR[1], rung)]
    project.unlinked(*PAIR)
    for again in (match, BY_KEY, BY_SCORE, BY_KEY | BY_SCORE, match):
        apart(project, project.run(again))


def test_a_record_that_was_merged_away_does_not_count_until_it_is_active_again(tmp_path):
    project = Project(tmp_path, AGAIN)
    match = BY_KEY | BY_SCORE
    first = project.run(match)
    assert first.breaks.select("kind", "crm_key", "crm_value").rows() == [(BreakKind.DUPLICATE_IN_CRM, "C99", "C3")]
    (merge,) = project.open(ActionKind.MERGE)
    project.pushed(merge.id)
    for _ in range(2):
        after = project.run(match)
        assert after.breaks.is_empty()
        assert after.links.height == HOW_MANY
        assert after.counts["crm_records"].to_list() == [HOW_MANY]
        assert any("merged or closed here do not count: 1" in note for note in after.notes)
        assert not project.ledger.actions([ActionState.PROPOSED])
    table = pl.concat(project.systems[Role.CRM].read(project.config.entities["customers"].crm, ["Key", *FIELDS]))
    active = table.with_columns(Status=pl.lit("Active"))
    project.systems[Role.CRM] = MemoryConnector("crm", {"customers": active})
    back = project.run(match)
    assert back.breaks.select("kind", "crm_key", "crm_value").rows() == [(BreakKind.DUPLICATE_IN_CRM, "C99", "C3")]
    assert [action.target_key for action in project.open(ActionKind.MERGE)] == ["C99"]
    project.ledger.close()
