"""Pushes through faults: approved creates and updates, a proxy that strikes, pushing processes that are killed, a verdict.

    python benchmarks/push_faults.py [--actions 2000] [--kills 20] [--seed 1] [--ledger sqlite|postgresql]
        [--target sandbox-crm|sandbox-erp|both|tryton|django-crm] [--races 200]

The verdict compares the target's own database with the approvals. The last line is one JSON object; the exit code is 1 if
anything was lost, doubled, written without approval, overwritten, or told otherwise than it is.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TESTS = Path(__file__).parents[1] / "tests"
sys.path[:0] = [str(TESTS / "faults"), str(TESTS), str(TESTS.parent)]

from fault_campaign import Campaign, Case, Report, Settings  # noqa: E402  # found on the path that was just set
from fault_races import Race, race  # noqa: E402  # as above

from reconcile.records import Role  # noqa: E402  # as above

ROLES = {"sandbox-crm": (Role.CRM,), "sandbox-erp": (Role.ERP,), "both": tuple(Role)}
PATIENCE = {"tryton": 4.0, "django-crm": 4.0}
"""Seconds that the pusher waits for an answer: real systems are slower, and none may be late without a fault."""


WRITES = {"tryton": 0.4}
"""The share of writes that meet a fault: Tryton takes fifty records in one, so that there are few."""
LONG = 120.0
"""Seconds without a time-out, where only races are looked at."""


@dataclass(frozen=True)
class Chosen:
    """What the command asks for."""

    actions: int
    kills: int
    seed: int
    ledger: str
    target: str
    races: int
    seconds: float


@contextmanager
def opened(target: str, folder: Path) -> Iterator[Case]:
    """The system or systems, with nothing in them."""
    folder.mkdir()
    if target == "tryton":
        from fault_tryton import TrytonCase  # noqa: PLC0415  # needs Tryton
        from systems.tryton_server import tryton_server  # noqa: PLC0415  # as above

        with tryton_server(folder / "erp") as server:
            yield TrytonCase(folder, server)
        return
    if target == "django-crm":
        from fault_django import django_case  # noqa: PLC0415  # needs django-crm

        with django_case(folder) as running:
            yield running
        return
    from fault_sandbox import SandboxCase  # noqa: PLC0415  # only what is asked for

    sandbox = SandboxCase(folder, ROLES[target])
    sandbox.start()
    try:
        yield sandbox
    finally:
        sandbox.close()


@contextmanager
def ledger(kind: str, folder: Path) -> Iterator[str]:
    """The URL of a new ledger."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'ledger.db'}"
        return
    from postgres_cluster import Cluster  # noqa: PLC0415  # needs PostgreSQL

    cluster = Cluster()
    try:
        with cluster.database() as url:
            yield url
    finally:
        cluster.close()


def under_faults(chosen: Chosen, folder: Path) -> Report:
    """The push."""
    share = {"writes": WRITES[chosen.target]} if chosen.target in WRITES else {}
    settings = Settings(chosen.actions, chosen.kills, chosen.seed, seconds=chosen.seconds, **share)
    with opened(chosen.target, folder) as case, ledger(chosen.ledger, folder) as url:
        return Campaign(case, url, settings).run()


def in_races(chosen: Chosen, folder: Path) -> Race:
    """The race: twice as many updates as are edited."""
    settings = Settings(4 * chosen.races, seed=chosen.seed, pushers=1, spares=0, seconds=LONG, writes=0, reads=0)
    with opened(chosen.target, folder) as case, ledger(chosen.ledger, folder) as url:
        return race(case, url, settings)


def told(report: Report, chosen: Chosen) -> dict[str, Any]:
    """The figures, printed for people as well."""
    figures: dict[str, Any] = {
        "actions": chosen.actions,
        **report.verdict.counts(),
        "states": dict(report.verdict.states),
        "actions_per_second": round(chosen.actions / report.seconds, 1),
        "seconds": round(report.seconds, 1),
        "requests": report.requests,
        "faults": report.faults.total(),
        "faults_by_kind": dict(report.faults.most_common()),
        "kills": report.killed,
        "kills_by_phase": dict(report.kills.most_common()),
        "plans": report.rounds,
        "audit_broken_at": report.audit_broken_at,
    }
    for name, value in figures.items():
        print(f"{name:>20}  {value}")
    for name in ("lost", "doubled", "unapproved", "untruthful"):
        print("".join(f"  {name}: {place}\n" for place in getattr(report.verdict, name)[:10]), end="")
    return figures


def main() -> int:
    """Run what is asked for; 1 if anything went wrong."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--actions", type=int, default=2000)
    options.add_argument("--kills", type=int, default=20)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--ledger", choices=["sqlite", "postgresql"], default="sqlite")
    options.add_argument("--target", choices=[*ROLES, "tryton", "django-crm"], default="both")
    options.add_argument("--races", type=int, default=200, help="records that another client edits meanwhile; 0 for none")
    options.add_argument("--seconds", type=float, default=0, help="time-out of the pusher; by target if not given")
    given = vars(options.parse_args())
    chosen = Chosen(**{**given, "seconds": given["seconds"] or PATIENCE.get(given["target"], 1.0)})
    figures: dict[str, Any] = {"target": chosen.target, "ledger": chosen.ledger, "seed": chosen.seed}
    good = True
    with tempfile.TemporaryDirectory(prefix="push-faults-") as place:
        if chosen.actions:
            report = under_faults(chosen, Path(place) / "faults")
            figures |= told(report, chosen)
            good = report.verdict.clean and report.killed >= chosen.kills and report.audit_broken_at is None
        if chosen.races:
            run = in_races(chosen, Path(place) / "races")
            gone_wrong = {name: count for name, count in run.others.items() if count}
            figures["races"] = {
                "edited_before_push": run.before_push,
                "edited_before_write": run.before_write,
                "conflict_or_lapsed": run.given_way,
                "states": dict(run.states),
                "overwritten": len(run.overwritten),
                "others_gone_wrong": gone_wrong,
            }
            print(f"{'races':>20}  {figures['races']}")
            good = good and run.given_way == run.edited and not run.overwritten and not gone_wrong
    print(json.dumps(figures, ensure_ascii=False))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
