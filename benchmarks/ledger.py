"""A ledger of N links and N actions: seconds to keep them, to list, filter and count them, and to approve them all.

    python benchmarks/ledger.py [--rows 100000] [--access] [--url postgresql+psycopg://...]

The last line is one JSON object. Without `--url`, a SQLite file in a temporary folder; a URL must name an empty database.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from reconcile import approve
from reconcile.access import Rules
from reconcile.config.models import ProjectConfig
from reconcile.ledger import Ledger
from reconcile.records import Role
from reconcile.results import Action, ActionKind, ActionState, Change

AT = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
SECONDS: dict[str, float] = {}


@contextmanager
def timed(name: str) -> Iterator[None]:
    """Note how long it took."""
    begun = time.perf_counter()
    yield
    SECONDS[name] = round(time.perf_counter() - begun, 3)


def links(rows: int) -> pl.DataFrame:
    """One link for each customer."""
    number = pl.int_range(rows).cast(pl.String)
    fixed = {"entity": pl.lit("customers"), "rung": pl.lit("key:number"), "probability": pl.lit(1.0)}
    frame = pl.select(crm_key="C" + number, erp_key="E" + number, **fixed)
    return frame.select("entity", "crm_key", "erp_key", "rung", "probability")


def plan(rows: int) -> list[Action]:
    """One update for each customer."""
    return [
        Action(
            id=f"{n:064x}",
            kind=ActionKind.UPDATE,
            entity="customers" if n % 2 else "orders",
            target=Role.ERP,
            target_key=f"E{n}",
            source_key=f"C{n}",
            label=f"Customer {n} GmbH",
            changes=(Change("street", "Street", f"Mill Lane {n}", f"Main Street {n}", "text", None),),
            clause="customers.street: owner crm",
            breaks=(f"f{n}",),
            tier="low",
        )
        for n in range(rows)
    ]


_SIDE = {"object": "orders", "key": "Key"}
_PROJECT: dict[str, object] = {
    "project": "benchmark",
    "systems": {role: {"role": role, "connector": "files", "path": "."} for role in ("crm", "erp")},
    "entities": {"orders": {"crm": _SIDE, "erp": _SIDE, "fields": {}}},
}
_ACCESS: dict[str, object] = {
    "access": {
        "roles": {
            "clerk": {"may": ["approve"], "entities": ["orders"], "tiers": ["low"], "amount": 1000},
            "controller": {"may": ["approve", "reject"], "targets": ["erp"], "amount": 1e6, "amounts": {"JPY": 1e8}},
        },
        "people": {"benchmark": {"roles": ["clerk", "controller"]}, "second": {"roles": ["controller"]}},
    },
    "approvals": {"needed": {"low": 2}},
}


def measure(ledger: Ledger, rows: int, *, access: bool) -> None:
    """Each step once, in the order in which a project meets them."""
    ledger.start_run("r1", AT, "benchmark")
    known, actions = links(rows), plan(rows)
    with timed("record_links"):
        ledger.record_links(known, "r1", AT)
    with timed("record_same_links"):
        ledger.record_links(known, "r1", AT)
    with timed("crosswalk"):
        assert ledger.crosswalk("customers").height == rows
    with timed("propose"):
        ledger.propose(actions, "r1", AT)
    with timed("propose_same"):
        ledger.propose(actions, "r2", AT)
    with timed("list_page"):
        assert len(ledger.actions(limit=50, offset=rows // 2)) == 50
    with timed("filter_page"):
        assert len(ledger.actions([ActionState.PROPOSED], "orders", text="mer 99", limit=50)) > 0
    with timed("count"):
        assert ledger.count_actions([ActionState.PROPOSED]) == rows
        assert ledger.action_counts()["count"].sum() == rows
    with timed("list_all"):
        ids = [action.id for action in ledger.actions([ActionState.PROPOSED])]
    config = ProjectConfig.model_validate(_PROJECT | (_ACCESS if access else {}))
    with timed("approve_100_one_by_one"):
        for id_ in ids[:100]:
            approve.approve(ledger, config, [id_], by="benchmark")
    with timed("approve_all"):
        done = approve.approve(ledger, config, ids[100:], by="benchmark")
        assert done.changed + done.waiting == rows - 100
    if access:
        with timed("approve_all_as_second"):
            assert approve.approve(ledger, config, ids, by="second").changed == rows
    with timed("lapse"):
        assert ledger.lapse(Rules.of(config).counts) == 0
    with timed("audit_of_one"):
        assert ledger.audit_entries(subject=ids[-1]).height == 1 + access
    with timed("verify_audit"):
        assert ledger.verify_audit() is None


def main() -> None:
    """Make the ledger, measure, print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=100_000)
    options.add_argument("--url", default="")
    options.add_argument("--access", action="store_true", help="roles with limits, and two people who approve everything")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = chosen.url or f"sqlite:///{Path(folder) / 'ledger.db'}"
        with Ledger.open(url) as ledger:
            measure(ledger, chosen.rows, access=chosen.access)
        with timed("open"):
            Ledger.open(url).close()
    print(
        json.dumps(
            {
                "database": url.partition(":")[0].partition("+")[0],
                "rows": chosen.rows,
                "access": chosen.access,
                "seconds": SECONDS,
            }
        )
    )


if __name__ == "__main__":
    main()
