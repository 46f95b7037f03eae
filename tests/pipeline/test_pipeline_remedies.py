"""A value that fails a rule only for how it is written is proposed in its standard form, where the rule then passes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from reconcile import pipeline
from reconcile.checks import Tables
from reconcile.config.models import ProjectConfig
from reconcile.connect.memory import MemoryConnector
from reconcile.ledger import Ledger
from reconcile.progress import Silent
from reconcile.records import KEY, PAIR, RAW, Role, Scope
from reconcile.results import CHECKS, FINDINGS, ActionKind, BreakKind, CheckResult

FORMS = {"phone": r"^\+\d+$", "email": r"^[^\sA-Z]+@[^\sA-Z]+$"}


def check(entity: str, system: Scope, records: pl.DataFrame | pl.LazyFrame, tables: Tables | None = None) -> CheckResult:
    """Telephone numbers and e-mail addresses must be written in their standard form."""
    if system == PAIR:
        return CheckResult(CHECKS.to_frame(), FINDINGS.to_frame())
    frame, role = records.lazy().collect(), Role(system)
    checks, findings = [], [FINDINGS.to_frame()]
    for field, form in FORMS.items():
        made = {"entity": entity, "system": str(role), "field": RAW + field, "rule": f"{field}_form", "severity": "minor"}
        told = frame.select(key=KEY, value=RAW + field).filter(~pl.col("value").str.contains(form))
        findings.append(
            told.with_columns(pl.lit(value).alias(name) for name, value in made.items()).match_to_schema(
                FINDINGS, missing_columns="insert"
            )
        )
        counted = {"success": told.is_empty(), "evaluated": frame.height, "failed": told.height, "dimension": "validity"}
        checks.append({**made, **counted, "suite": "forms", "message_en": "", "message_zh": "", "owner": "x", "observed": None})
    return CheckResult(pl.DataFrame(checks, schema=CHECKS), pl.concat(findings))


def customers(phones: list[str], mails: list[str], letter: str) -> pl.DataFrame:
    numbers = [str(n) for n in range(len(phones))]
    return pl.DataFrame(
        {
            "Key": [letter + n for n in numbers],
            "Number": numbers,
            "Name": ["Acme"] * len(phones),
            "Country": ["DE"] * len(phones),
            "Phone": phones,
            "Mail": mails,
        }
    )


CRM = customers(["+4930123456", "030 123456", "+4930123456", "nobody"], ["a@x.de", "b@x.de", "C@X.DE", "no mail"], "C")
ERP = customers(["030/123456", "+4930123456", "+49 40 999", "nobody"], ["a@x.de", "B@x.de", "c@x.de", "no mail"], "E")


@pytest.fixture
def proposed(tmp_path: Path):
    def run(owners: dict[str, str], fields: dict[str, Any] | None = None, **more: Any) -> tuple[set[tuple[Any, ...]], Any]:
        source = {"object": "customers", "key": "Key"}
        names = {"number": "Number", "name": "Name", "country": "Country", "phone": "Phone", "email": "Mail"}
        mapped = {name: {"crm": at, "erp": at, "owner": owners.get(name, "review")} for name, at in names.items()}
        config = ProjectConfig.model_validate({
            "project": "forms",
            "systems": {role: {"role": role, "connector": "files", "path": "."} for role in ("crm", "erp")},
            "entities": {
                "customers": {"crm": source, "erp": source, "fields": {**mapped, **(fields or {})}, "match": {"keys": ["number"]}}
            },
            **more,
        })  # fmt: skip
        systems = {role: MemoryConnector(str(role), {"customers": t}) for role, t in zip(Role, (CRM, ERP), strict=True)}
        with Ledger.open(f"sqlite:///{tmp_path / 'ledger.db'}") as ledger:
            result = pipeline.run(config, tmp_path, systems, ledger, check, Silent(), "r1")
            actions = [a for a in ledger.actions() if a.kind is ActionKind.UPDATE]
        said = {(str(a.target), a.target_key, c.field, c.before, c.after) for a in actions for c in a.changes}
        assert len(said) == sum(len(a.changes) for a in actions)  # never more than one for a field
        return said, (result, actions)

    return run


def test_a_standard_form_is_proposed_in_the_records_own_system(proposed):
    said, (result, actions) = proposed({})
    assert said == {
        ("crm", "C1", "phone", "030 123456", "+4930123456"),
        ("crm", "C2", "email", "C@X.DE", "c@x.de"),
        ("erp", "E0", "phone", "030/123456", "+4930123456"),
        ("erp", "E1", "email", "B@x.de", "b@x.de"),
    }
    broken = set(result.breaks.filter(pl.col("kind") == BreakKind.BROKEN_RULE)["fingerprint"])
    assert all(set(action.breaks) <= broken and action.breaks for action in actions)
    assert {action.tier for action in actions} == {"low"}
    assert {action.source_key for action in actions} == {None}


def test_never_against_the_owner_of_the_field(proposed):
    said, _ = proposed({"phone": "crm", "email": "erp"})
    assert {(target, key, field) for target, key, field, *_ in said} == {
        ("crm", "C1", "phone"),
        ("erp", "E1", "email"),
        ("erp", "E2", "phone"),  # a correction: the CRM's number, which is another one
    }


def test_a_policy_that_may_make_the_other_side_the_owner_counts(proposed):
    phone = {"crm": "Phone", "erp": "Phone", "owner": "review", "policies": [{"when": "country = 'DE'", "owner": "crm"}]}
    said, _ = proposed({}, {"phone": phone})
    assert {key for _, key, field, *_ in said if field == "phone"} == {"C1", "E2"}  # E2 is a correction, not a form


def test_a_field_whose_difference_is_corrected_gets_no_second_action(proposed):
    said, _ = proposed({"phone": "crm"})
    of_phone = {(target, key, after) for target, key, field, _, after in said if field == "phone"}
    assert ("erp", "E2", "+4930123456") in of_phone  # the owner's value, since the numbers differ


def test_beyond_the_bound_nothing_is_proposed(proposed):
    said, _ = proposed({}, breaks={"records_per_rule": 0})
    assert said == set()
