"""How many of a target's refusals are foretold before anybody approves, and how often one is foretold that does not come.

    python benchmarks/foretold.py [--customers 120] [--seed 1]

A company in the sandbox; in the systems that own the values, cells are overwritten with what the other side refuses (too
long, too many digits, words that are in no list, nothing at all) and, as many, with what it just takes. Everything that is
proposed is pushed, whatever stands against it. The last line is one JSON object: `refused` did not land as approved,
`foretold` is the share of those that had been said, `false_alarms` landed although something had been said against them.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sqlite3
import tempfile
from collections import Counter
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np

from reconcile import approve, pipeline, wiring
from reconcile.cli.demonstration import write_project
from reconcile.progress import Silent
from reconcile.results import CHECKS, FINDINGS, ActionKind, ActionState, CheckResult
from reconcile.sandbox.data import generate, write
from reconcile.sandbox.defects import plant
from reconcile.sandbox.servers import Sandbox

DAMAGE: dict[tuple[str, str, str], tuple[list[str | None], list[str]]] = {
    ("crm", "Account", "Name"): (["n" * 82, "公" * 120, None], ["n" * 81, "司" * 81]),
    ("crm", "Account", "BillingStreet"): (["s" * 61], ["s" * 60]),
    ("crm", "Account", "BillingCity"): (["c" * 41], ["c" * 40]),
    ("crm", "Account", "BillingPostalCode"): (["12345678901"], ["1234567890"]),
    ("crm", "Account", "Website"): (["https://example.com/" + "w" * 120], ["https://example.com/" + "w" * 60]),
    ("crm", "Account", "Status__c"): (["Prospect"], ["Blocked"]),
    ("crm", "Contact", "LastName"): (["l" * 41, None], ["l" * 40]),
    ("crm", "Contact", "Title"): (["t" * 41], ["t" * 40]),
    ("crm", "Order", "TotalAmount__c"): (["1234567890123456789012"], ["123456789012345"]),
    ("crm", "OrderItem", "Quantity"): (["99999999999999999999"], ["1.5"]),
    ("erp", "A_BusinessPartner", "CreditLimitAmount"): (["12345678901234567", "100.125"], ["1234567890123456", "100.12"]),
    ("erp", "A_BusinessPartner", "PaymentTerms"): (["0090"], ["0014"]),
    ("erp", "A_Product", "ProductDescription"): (["p" * 256, None], ["p" * 255]),
    ("erp", "A_Product", "AvailableQuantity"): (["0.3333"], ["0.33"]),
    ("erp", "A_BillingDocument", "TotalGrossAmount"): (["98765432109876543"], ["9876543210987.25"]),
    ("erp", "A_OutbDeliveryHeader", "ShippingCarrier"): (["s" * 61], ["s" * 60]),
}
"""Side, object and field of the owner: values that the other side refuses, and values that it just takes."""
_UNLIKE_THE_DEMO = {
    "in_flight_minutes: 15 ": "in_flight_minutes: 0 ",
    "limits:  ": "limits:\n  canaries: 0\n  refused_share: 1\n  actions_per_entity: 1000000\n #",
    "amount_at_risk: 10_000_000": "amount_at_risk: 1.0e40",
    'Blocked: "03"}': 'Blocked: "03", Prospect: "09"}',
    'Net 60: "0060"}': 'Net 60: "0060", Net 90: "0090"}',
}


def damage(folder: Path, rng: np.random.Generator) -> int:
    """Overwrite some cells of every owner's field behind the system's back; how many."""
    count = 0
    for (side, name, field), (bad, good) in DAMAGE.items():
        with closing(sqlite3.connect(folder / f"{side}.db")) as db, db:
            rows = [row for (row,) in db.execute(f'SELECT rowid FROM "{name}"')]  # noqa: S608  # names of this file
            chosen = rng.choice(rows, size=min(len(rows), 2 * (len(bad) + len(good)) + len(rows) // 20), replace=False)
            values = [(bad if n % 2 else good)[n // 2 % len(bad if n % 2 else good)] for n in range(len(chosen))]
            db.executemany(
                f'UPDATE "{name}" SET "{field}" = ? WHERE rowid = ?',  # noqa: S608  # as above
                [(value, int(row)) for value, row in zip(values, chosen, strict=True)],
            )
            count += len(chosen)
    return count


def measure(place: Path, customers: int, seed: int) -> dict[str, object]:
    """One run and one push of everything. Returns the figures."""
    company, planted = plant(generate(seed, customers, customers, customers // 2, customers), seed, dt.datetime.now(dt.UTC))
    write(company, place / "systems", planted)
    damaged = damage(place / "systems", np.random.default_rng(seed))
    with Sandbox(place / "systems") as sandbox:
        config = write_project(place, sandbox.environment)
        text = config.read_text(encoding="utf-8")
        for one, other in _UNLIKE_THE_DEMO.items():
            text = text.replace(one, other)
        config.write_text(text, encoding="utf-8")
        project = wiring.open_project(config, {})
        try:
            return {"damaged": damaged, **pushed_whatever_was_said(project)}
        finally:
            project.close()


def pushed_whatever_was_said(project: wiring.Project) -> dict[str, object]:
    """Run, approve even what stands something against, push, and compare what was said with what came."""
    none, at, run_id = CheckResult(CHECKS.to_frame(), FINDINGS.to_frame()), dt.datetime.now(dt.UTC), "20260101T000000000Z"
    with wiring.connected(project) as connectors:
        pipeline.run(project.config, project.store, connectors, project.ledger, lambda *_: none, Silent(), run_id)
    actions = [a for a in project.ledger.actions([ActionState.PROPOSED]) if a.kind is not ActionKind.REVIEW]
    said = {action.id: action.misfits for action in actions}
    project.ledger.propose([replace(action, misfits=(), problem="") for action in actions], run_id, at)
    approve.approve(project.ledger, project.config, list(said), by="anna")
    done = wiring.push(project, None, dry_run=False, by="anna", progress=Silent(), beyond_limits=True)
    states = {action.id: action.state for action in done.actions if action.id in said}
    bad = (ActionState.REFUSED, ActionState.UNVERIFIED)
    refused = {id_ for id_, state in states.items() if state in bad}
    surprises = [action for action in done.actions if action.id in refused and not said[action.id]]
    false = [action for action in done.actions if action.state is ActionState.VERIFIED and said[action.id]]
    for action in [*surprises, *false][:20]:
        print(action.entity, action.kind, action.state, action.message[:200], [m.code for m in said[action.id]], sep=" | ")
    return {
        "actions": len(actions),
        "sent": sum(state in (*bad, ActionState.VERIFIED) for state in states.values()),
        "refused": len(refused),
        "foretold": round(1 - len(surprises) / max(1, len(refused)), 4),
        "false_alarms": len(false),
        "by_code": dict(sorted(Counter(misfit.code for id_ in refused for misfit in said[id_]).items())),
    }


def main() -> None:
    """Measure once and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--customers", type=int, default=120)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(measure(Path(folder), args.customers, args.seed)))


if __name__ == "__main__":
    main()
