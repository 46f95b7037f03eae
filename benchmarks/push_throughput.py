"""How fast a push is against a system that answers every request in 50 ms and takes 20 at once, and what we add to an action.

    python benchmarks/push_throughput.py [--actions 4000] [--seconds 0.05] [--at-once 20] [--workers 20] [--ways odata_patch,...]
        [--url postgresql+psycopg://...]

Counted are requests of any kind that the system answered (reads before and after a write are requests, too), against what it
could answer: at-once / seconds. Where each write is a request of its own, `writes` says the same of the writes alone. A server of
its own process; the journal is a real ledger. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from reconcile import approve
from reconcile.config.models import ProjectConfig
from reconcile.connect.registry import connect
from reconcile.ledger import Ledger
from reconcile.ledger.pushes import Settled
from reconcile.progress import Silent
from reconcile.push import push
from reconcile.records import Role
from reconcile.results import Action, ActionKind, ActionState, Change

SERVER = Path(__file__).parents[1] / "tests" / "gates" / "answering_server.py"
BATCH = 200


@dataclass(frozen=True)
class Way:
    """One way of writing."""

    connector: str
    kind: ActionKind
    batch: bool = True
    one_each: bool = True
    """Whether each write is a request of its own."""


WAYS = {
    "odata_patch": Way("odata", ActionKind.UPDATE, batch=False),
    "odata_post": Way("odata", ActionKind.CREATE, batch=False),
    "salesforce_patch": Way("salesforce", ActionKind.UPDATE),
    "odata_batch_of_25": Way("odata", ActionKind.UPDATE, one_each=False),
    "salesforce_collection_of_200": Way("salesforce", ActionKind.CREATE, one_each=False),
}


@contextmanager
def serving(seconds: float, at_once: int, records: int) -> Iterator[str]:
    """The address of a new server."""
    command = [sys.executable, str(SERVER), str(seconds), str(at_once), str(records)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        yield f"http://127.0.0.1:{server.stdout.readline().strip()}"
        server.stdin.close()


def project(way: Way, url: str, at_once: int) -> ProjectConfig:
    """Everything allowed, and as many requests at once as the system takes."""
    source = {"object": "Customer", "key": "Id", "external_id": "Ext" if way.connector == "odata" else "Ext__c"}
    target = {"role": "erp", "connector": way.connector, "url": url, "batch": way.batch, "auth": {"token": "t"}}
    pace = {"concurrent_requests": at_once, "requests_per_second": 100_000}
    most: dict[str, Any] = {"actions_per_push": 1_000_000, "actions_per_entity": 1_000_000, "share_of_entity": 1e9}
    return ProjectConfig.model_validate(
        {
            "project": "throughput",
            "systems": {"crm": {"role": "crm", "connector": "files", "path": "."}, "erp": target | pace},
            "entities": {"customers": {"crm": source, "erp": source, "fields": {}}},
            "limits": most,
        }
    )


def plan(kind: ActionKind, actions: int) -> list[Action]:
    """So many updates, or creates, of customers."""
    return [
        Action(
            id=f"{n:064x}",
            kind=kind,
            entity="customers",
            target=Role.ERP,
            target_key=f"K{n:06}" if kind is ActionKind.UPDATE else None,
            source_key=f"C{n}",
            label=f"Customer {n}",
            changes=(Change("name", "Name", "old" if kind is ActionKind.UPDATE else None, f"Customer {n} GmbH", "text"),),
            clause="customers.name: owner crm",
            breaks=(f"f{n}",),
            tier="low",
        )
        for n in range(actions)
    ]


def pushed(way: Way, ledger: Ledger, options: argparse.Namespace) -> dict[str, float]:
    """Push so many actions this way, and say how fast it was."""
    with serving(options.seconds, options.at_once, options.actions if way.kind is ActionKind.UPDATE else 0) as url:
        config = project(way, url, options.workers or options.at_once)
        ledger.propose(todo := plan(way.kind, options.actions), "r1")
        approve.approve(ledger, config, [action.id for action in todo], by="benchmark")
        connector = connect("erp", config.systems["erp"], Path.cwd())
        connector.describe(config.entities["customers"].erp)  # signing in and metadata come once, before
        before, begun, busy = httpx.get(f"{url}/figures").json(), time.perf_counter(), time.process_time()
        result = push(ledger, {Role.ERP: connector}, config, None, False, by="benchmark", progress=Silent())
        took, spent = time.perf_counter() - begun, time.process_time() - busy
        after = httpx.get(f"{url}/figures").json()
        connector.close()
    assert result.verified == options.actions, result.stopped or result.over_limits
    possible = options.at_once / options.seconds
    requests = after["met"] - before["met"] - 1
    figures = {
        "actions_per_second": round(options.actions / took, 1),
        "requests": requests,
        "requests_per_second": round(requests / took, 1),
        "share_of_possible": round(requests / took / possible, 3),
        "at_once": after["most"],
        "refused_as_busy": after["busy"],
        "cpu_ms_per_action": round(1000 * spent / options.actions, 2),
    }
    return figures | ({"writes_share_of_possible": round(options.actions / took / possible, 3)} if way.one_each else {})


def overhead(ledger: Ledger, actions: int) -> dict[str, float]:
    """Milliseconds an action: approving all, then intending and settling in the batches of a push, answer and read-back each."""
    todo = plan(ActionKind.UPDATE, actions)
    config = project(WAYS["odata_patch"], "http://127.0.0.1:9", 1)
    ids = [action.id for action in todo]
    ledger.propose(todo, "r1")
    steps: dict[str, float] = {}
    begun = time.perf_counter()
    approve.approve(ledger, config, ids, by="benchmark")
    steps["approve"] = time.perf_counter() - begun
    begun = time.perf_counter()
    for first in range(0, actions, BATCH):
        some = ids[first : first + BATCH]
        assert len(ledger.intend(some, "benchmark")) == len(some)
        ledger.settle([Settled(id_, ActionState.PUSHING, "", status="ok", key=id_) for id_ in some], "benchmark")
        ledger.settle([Settled(id_, ActionState.VERIFIED, "", key=id_, read_back={"Name": id_}) for id_ in some], "benchmark")
    steps["journal"] = time.perf_counter() - begun
    out = {name: round(1000 * seconds / actions, 3) for name, seconds in steps.items()}
    return out | {"ms_per_action": round(sum(out.values()), 3)}


def main() -> None:
    """Measure each way on a ledger of its own, and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--actions", type=int, default=4000)
    options.add_argument("--seconds", type=float, default=0.05)
    options.add_argument("--at-once", type=int, default=20)
    options.add_argument("--workers", type=int, default=0, help="concurrent_requests; if not given, as many as the system takes")
    options.add_argument("--url", default="", help="an empty database for the ledger; only the overhead is measured then")
    options.add_argument("--ways", default=",".join(WAYS))
    chosen = options.parse_args()
    out: dict[str, Any] = {"possible_requests_per_second": chosen.at_once / chosen.seconds, "actions": chosen.actions}
    with tempfile.TemporaryDirectory() as folder:
        for name in () if chosen.url else chosen.ways.split(","):
            with Ledger.open(f"sqlite:///{Path(folder) / name}.db") as ledger:
                out[name] = pushed(WAYS[name], ledger, chosen)
                print(name, out[name], flush=True)
        with Ledger.open(chosen.url or f"sqlite:///{Path(folder) / 'overhead'}.db") as ledger:
            out["overhead"] = {"database": "postgresql" if chosen.url else "sqlite", **overhead(ledger, chosen.actions)}
    print(json.dumps(out | {"load_average": round(os.getloadavg()[0], 1)}))


if __name__ == "__main__":
    main()
