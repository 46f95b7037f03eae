"""One hand-made run, rich and hostile: what the report has to cope with."""

from __future__ import annotations

import datetime as dt
import json

import polars as pl
import pytest

from reconcile.records import SHAPES, Role
from reconcile.results import (
    BREAKS,
    CANDIDATES,
    CHECKS,
    COUNTS,
    FINDINGS,
    LINKS,
    Action,
    ActionKind,
    ActionState,
    Change,
    RunResult,
)

NOW = dt.datetime(2026, 11, 22, 6, 30, tzinfo=dt.UTC)
SCRIPT = "<script>alert('x')</script> & Söhne"
FORMULA = '=HYPERLINK("http://evil.example","click")'
RTL = "Invoice \u202egpj.exe\u202c Ltd"
CONTROL = "Line one\x00\x07\r\nline two\x1b[31m"
LONG = "x" * 5_000 + "A" + "y" * 4_999
LONG_TOO = "x" * 5_000 + "B" + "y" * 4_999


def _break(number: int, entity: str, kind: str, **values: object) -> dict[str, object]:
    row: dict[str, object] = dict.fromkeys(BREAKS)
    row.update(
        fingerprint=f"{number:016x}",
        entity=entity,
        kind=kind,
        label=f"Record {number}",
        crm_key=f"001{number:05d}",
        erp_key=str(1_000_000 + number),
        reason="different",
        severity="major",
        owner="erp",
        state="open",
        first_seen=NOW - dt.timedelta(days=number % 45),
    )
    row.update(values)
    return row


def hand_made_breaks() -> pl.DataFrame:
    rows = [
        _break(1, "customers", "difference", field="credit_limit", label="Müller Maschinenbau GmbH", crm_value="50000.00",
               erp_value="75000.00", reason="beyond_tolerance", severity="blocking", value_at_risk=25000.0, currency="EUR",
               moved="crm"),
        _break(2, "customers", "difference", field="name", label="上海光明贸易有限公司", crm_value="上海光明贸易有限公司",
               erp_value="上海光明貿易公司", owner="crm", state="new"),
        _break(3, "customers", "difference", field="name", label=SCRIPT, crm_value=SCRIPT, erp_value="Soehne & Co", owner="crm"),
        _break(4, "customers", "difference", field="street", label=FORMULA, crm_value="221B Baker Street",
               erp_value="221 Baker Str.", owner="crm", severity="minor"),
        _break(5, "customers", "difference", field="name", label=RTL, crm_value=RTL, erp_value="Invoice Ltd", owner="crm"),
        _break(6, "customers", "difference", field="name", label="Westminster Agricultural Supplies",
               crm_value="Westminster Agricultural Supplies & Services Limited", erp_value="Westminster Agricultural Supplies &",
               reason="truncated", owner="crm"),
        _break(7, "customers", "difference", field="website", label="Long & Co", crm_value=LONG, erp_value=LONG_TOO,
               owner="review"),
        _break(8, "customers", "difference", field="city", label="Empty city", crm_value="Leeds", erp_value=None,
               reason="empty_in_erp", owner="crm", severity="minor"),
        _break(9, "customers", "difference", field="loyalty_class", label=CONTROL, crm_value="gold", erp_value=CONTROL,
               owner="newest"),
        _break(10, "orders", "difference", field="amount", label="4500017", crm_value="1280.50", erp_value="12805.00",
               reason="beyond_tolerance", severity="blocking", value_at_risk=11524.5, currency="USD", state="regressed"),
        _break(11, "orders", "difference", field="status", label="4500018", crm_value="已确认", erp_value="300", owner="crm"),
        _break(12, "order_lines", "difference", field="quantity", label="10", crm_key="8021/10", erp_key="4500018/10",
               crm_value="12", erp_value="21", value_at_risk=890.0, currency="CNY", owner="crm"),
        _break(13, "shipments", "difference", field="shipped_at", label="8000120", crm_value="2026-11-18T01:15:00Z",
               erp_value="2026-11-18T09:15:00Z", reason="shifted_hours", severity="minor"),
        _break(14, "customers", "missing_in_erp", label="北京晨光文具有限公司", erp_key=None, reason="no_counterpart",
               owner="crm", value_at_risk=300000.0, currency="CNY", state="new", severity="blocking"),
        _break(15, "contacts", "missing_in_erp", label="Anna Schäfer", erp_key=None, reason="no_counterpart", owner="crm"),
        _break(16, "invoices", "missing_in_crm", label="9000311", crm_key=None, reason="no_counterpart",
               value_at_risk=48210.99, currency="EUR", severity="blocking"),
        _break(17, "payments", "missing_in_crm", label="7000555", crm_key=None, reason="no_counterpart",
               value_at_risk=1250000.0, currency="JPY"),
        _break(18, "customers", "duplicate_in_crm", label="Acme Ltd", crm_value="00100090, 00100091, 00100092",
               reason="same_business_twice", owner="review"),
        _break(19, "orders", "orphan_in_erp", label="4500099", crm_key=None, field="customer", erp_value="1999999",
               reason="parent_missing", owner="review", value_at_risk=5400.0, currency="EUR"),
        _break(20, "orders", "unmapped_code", label="4500044", field="status", crm_value="待审核", erp_value=None,
               reason="code_not_mapped", owner="review"),
        _break(21, "invoices", "unreadable_value", label="9000400", field="due_date", crm_value="31.02.2026", erp_value=None,
               reason="not_readable", owner="erp"),
        _break(22, "customers", "candidate", label="Greenfield Foods", crm_value="Greenfield Foods Ltd, 12 Mill Lane",
               erp_value="Greenfields Food Limited, 12 Mill Ln", reason="needs_decision", owner="review"),
        _break(23, "service_contracts", "difference", field="renewal", label="SC-1", crm_value="yes", erp_value="no",
               owner="review"),
    ]  # fmt: skip
    rows += [
        _break(100 + i, "customers" if i % 3 else "contacts", "difference", field="phone", label=f"Customer {i}",
               crm_value=f"+44 20 7946 {i:04d}", erp_value=f"+44 20 7946 {i + 1:04d}", owner="crm", severity="minor",
               state="new" if i % 5 == 0 else "open")
        for i in range(90)
    ]  # fmt: skip
    rows.append(_break(999, "customers", "difference", field="name", label="Gone", state="fixed"))
    return pl.DataFrame(rows, schema=BREAKS)


def hand_made_counts() -> pl.DataFrame:
    rows = [
        ("customers", 2004, 1998, 1981, 1, 14, 12, 3, 25753, 25490),
        ("contacts", 3001, 2990, 2988, 0, 13, 2, 1, 17928, 17880),
        ("products", 400, 400, 400, 0, 0, 0, 0, 2000, 2000),
        ("orders", 5000, 5002, 4996, 0, 4, 6, 2, 24980, 24961),
        ("order_lines", 12544, 12544, 12544, 0, 0, 0, 0, 50176, 50175),
        ("invoices", 4380, 4391, 4380, 0, 0, 11, 0, 26280, 26277),
        ("payments", 3902, 3907, 3902, 0, 0, 5, 0, 15608, 15608),
        ("shipments", 4100, 4100, 4100, 0, 0, 0, 0, 16400, 16399),
        ("service_contracts", 3, 3, 3, 0, 0, 0, 0, 0, 0),
    ]
    names = [c for c in COUNTS.names() if c not in ("breaks", "value_at_risk")]
    frame = pl.DataFrame(rows, schema={n: COUNTS[n] for n in names}, orient="row")
    return frame.with_columns(breaks=pl.lit(0, pl.Int64), value_at_risk=pl.lit(0.0)).select(COUNTS.names())


def hand_made_checks() -> pl.DataFrame:
    rows = [
        ("customers", "customers", "crm", "tax_id_is_valid", "tax_id", "major", False, 2004, 17,
         "Tax IDs have a valid check digit.", "税号的校验位应正确。", "validity", "", None),
        ("customers", "customers", "crm", "name_is_there", "name", "blocking", True, 2004, 0,
         "Every customer has a name.", "每个客户都应有名称。", "completeness", "", None),
        ("customers", "customers", "erp", "email_looks_like_one", "email", "minor", False, 1998, 44,
         "E-mail addresses look like <name>@<domain>.", "电子邮箱格式应正确。", "validity", "", None),
        ("customers", "customers", "erp", "number_is_unique", "number", "blocking", True, 1998, 0,
         "Customer numbers are unique.", "客户编号不应重复。", "uniqueness", "", None),
        ("invoices", "invoices", "erp", "due_after_invoice", "due_date", "blocking", False, 4391, 3,
         "Invoices fall due on or after the invoice date.", "发票到期日不应早于开票日期。", "consistency", "", None),
        ("orders", "orders", "crm", "amount_is_positive", "amount", "major", True, 5000, 0,
         "Order amounts are positive.", "订单金额应为正数。", "validity", "", None),
    ]  # fmt: skip
    told = [name for name in CHECKS.names() if not name.startswith(("found_", "answered_by"))]
    frame = pl.DataFrame(rows, schema={name: CHECKS[name] for name in told}, orient="row")
    return frame.match_to_schema(CHECKS, missing_columns="insert")


def hand_made_findings() -> pl.DataFrame:
    rows = [("customers", "crm", f"001{i:05d}", "tax_id", "tax_id_is_valid", "major", f"GB{i:09d}", None) for i in range(17)]
    rows += [
        ("customers", "erp", str(1_000_000 + i), "email", "email_looks_like_one", "minor", "<b>no@mail</b>", None)
        for i in range(44)
    ]
    rows += [
        ("invoices", "erp", str(9_000_000 + i), "due_date", "due_after_invoice", "blocking", "2026-01-01", None) for i in range(3)
    ]
    return pl.DataFrame(rows, schema=FINDINGS, orient="row")


def hand_made_actions() -> list[Action]:
    def action(number: int, kind: ActionKind, entity: str, target: Role, changes: tuple[Change, ...], **more: object) -> Action:
        values = {
            "label": f"Record {number}",
            "clause": f"{entity}: owner crm",
            "breaks": (f"{number:016x}",),
            "tier": "low",
        } | more
        keys = [f"001{number:05d}", str(1_000_000 + number)]
        target_key, source_key = keys if target is Role.CRM else reversed(keys)
        target_key = None if kind is ActionKind.CREATE else target_key
        return Action(f"a{number:015x}", kind, entity, target, target_key, source_key, changes=changes,
                      run_id="20261122-063000-1f3a", **values)  # fmt: skip

    return [
        action(1, ActionKind.UPDATE, "customers", Role.CRM, (Change("credit_limit", "CreditLimit__c", "50000.00",
               "75000.00", "money"),),
               label="Müller Maschinenbau GmbH", clause="customers.credit_limit: owner erp", tier="high",
               value_at_risk=25000.0, currency="EUR"),
        action(3, ActionKind.UPDATE, "customers", Role.ERP,
               (Change("name", "BusinessPartnerFullName", "Soehne & Co", SCRIPT, "company_name"),), label=SCRIPT, tier="medium"),
        action(14, ActionKind.CREATE, "customers", Role.ERP,
               (Change("name", "BusinessPartnerFullName", None, "北京晨光文具有限公司", "company_name"),
                Change("credit_limit", "CreditLimitAmount", None, "300000.00", "money"),
                Change("currency", "Currency", None, "CNY", "currency")),
               label="北京晨光文具有限公司", tier="medium", value_at_risk=300000.0, currency="CNY"),
        action(16, ActionKind.CREATE, "invoices", Role.CRM, (Change("amount", "Amount__c", None, "48210.99", "money"),),
               label="9000311", tier="high", value_at_risk=48210.99, currency="EUR"),
        action(22, ActionKind.REVIEW, "customers", Role.CRM, (), label="Greenfield Foods", tier="high"),
        action(5, ActionKind.UPDATE, "customers", Role.ERP, (Change("name", "BusinessPartnerFullName", "Invoice Ltd", RTL,
               "company_name"),),
               label=RTL, state=ActionState.VERIFIED),
        *(action(100 + i, ActionKind.UPDATE, "customers", Role.ERP,
                 (Change("phone", "PhoneNumber", f"+44 20 7946 {i + 1:04d}", f"+44 20 7946 {i:04d}", "phone"),),
                        label=f"Customer {i}")
          for i in range(60)),
    ]  # fmt: skip


@pytest.fixture(scope="session")
def result() -> RunResult:
    return RunResult(
        run_id="20261122-063000-1f3a",
        project="Sandbox Trading",
        crm_title="Salesforce",
        erp_title="S/4HANA",
        started_at=NOW - dt.timedelta(seconds=21.4),
        finished_at=NOW,
        counts=hand_made_counts(),
        links=pl.DataFrame(schema=LINKS),
        candidates=pl.DataFrame(schema=CANDIDATES),
        breaks=hand_made_breaks(),
        findings=hand_made_findings(),
        checks=hand_made_checks(),
        fixed=7,
        actions=66,
        notes=("customers: 5,000,000 candidate pairs is the budget; 12 blocks were skipped <see the log>.",),
    )


@pytest.fixture(scope="session")
def empty_result(result) -> RunResult:
    return RunResult(
        **{
            **vars(result),
            "counts": pl.DataFrame(schema=COUNTS),
            "breaks": pl.DataFrame(schema=BREAKS),
            "findings": pl.DataFrame(schema=FINDINGS),
            "checks": pl.DataFrame(schema=CHECKS),
            "fixed": 0,
            "notes": (),
        }
    )


@pytest.fixture(scope="session")
def actions() -> list[Action]:
    return hand_made_actions()


@pytest.fixture(scope="session")
def runs() -> pl.DataFrame:
    """As `ledger.runs()` gives them: this run stands among them, one did not end."""
    rows = [
        (f"run-{i}", NOW - dt.timedelta(days=7 - i), json.dumps({"breaks": 190 - 12 * i, "match_rate": 0.97 + i / 500}))
        for i in range(6)
    ]
    rows += [("run-broken", NOW - dt.timedelta(hours=2), None), ("20261122-063000-1f3a", NOW - dt.timedelta(seconds=21), None)]
    return pl.DataFrame(
        rows, schema={"run_id": pl.String, "started_at": pl.Datetime("us", "UTC"), "summary": pl.String}, orient="row"
    )


@pytest.fixture(scope="session")
def many(result) -> RunResult:
    """50,000 breaks of every kind and entity."""
    kinds = ["difference", "missing_in_crm", "missing_in_erp", "duplicate_in_crm", "duplicate_in_erp", "orphan_in_crm",
             "orphan_in_erp", "unmapped_code", "unreadable_value", "candidate"]  # fmt: skip
    n = pl.int_range(50_000, eager=True)
    breaks = pl.select(
        fingerprint="f" + n.cast(pl.String).str.zfill(15),
        entity=pl.Series(list(SHAPES)).gather(n % 8),
        kind=pl.Series(kinds).gather(n // 8 % 10),
        field=pl.lit("name"),
        crm_key="001" + n.cast(pl.String),
        erp_key="1" + n.cast(pl.String),
        label="Company " + n.cast(pl.String) + " 有限公司 GmbH & Co. KG",
        crm_value="A rather long value that stands for what the CRM says about record " + n.cast(pl.String),
        erp_value="A rather long text that stands for what an ERP says about the record " + n.cast(pl.String),
        reason=pl.lit("different"),
        moved=pl.when(pl.Series(kinds).gather(n // 8 % 10) == "difference").then(pl.lit("both")),
        severity=pl.lit("major"),
        owner=pl.lit("crm"),
        value_at_risk=(n * 7919 % 100_003).cast(pl.Float64),
        currency=pl.Series(["EUR", "USD", "CNY"]).gather(n % 3),
        state=pl.lit("open"),
        first_seen=pl.lit(NOW).cast(pl.Datetime("us", "UTC")) - pl.duration(days=n % 60),
    )
    return RunResult(**{**vars(result), "breaks": breaks.cast(dict(BREAKS))})
