"""One ledger and one answering server behind a real connector, for pushes of many requests at once."""

from __future__ import annotations

import sys
from pathlib import Path

from gate_case import AT, change, create, update

from reconcile import approve
from reconcile.config.models import ProjectConfig
from reconcile.connect.registry import connect
from reconcile.ledger import Ledger
from reconcile.progress import Silent
from reconcile.push import PushResult, push
from reconcile.records import Role
from reconcile.results import Action

KINDS = ("odata", "salesforce")


def config(connector: str, url: str, workers: int, **limits: float) -> ProjectConfig:
    source = {"object": "Customer", "key": "Id", "external_id": "Ext" if connector == "odata" else "Ext__c"}
    target = {"role": "erp", "connector": connector, "url": url, "batch": False, "auth": {"token": "t"}}
    pace = {"concurrent_requests": workers, "requests_per_second": 100_000, "timeout_seconds": 20}
    return ProjectConfig.model_validate(
        {
            "project": "many at once",
            "systems": {"crm": {"role": "crm", "connector": "files", "path": "."}, "erp": target | pace},
            "entities": {"customers": {"crm": source, "erp": source, "fields": {}}},
            "limits": {"actions_per_entity": 100_000, "share_of_entity": 1e9, **limits},
        }
    )


def updates(number: int) -> list[Action]:
    """Of the records that the server begins with."""
    return [update(f"u{n:06}", _named("old", n), key=f"K{n:06}") for n in range(number)]


def creates(number: int) -> list[Action]:
    return [create(f"c{n:06}", _named(None, n), source_key=f"C{n:06}") for n in range(number)]


def _named(before: str | None, number: int) -> object:
    named = change("name", before, f"new {number}")
    return type(named)(named.field, "Name", named.before, named.after, named.kind)


class ConcurrentCase:
    """The way from a plan to a push, with so many workers."""

    def __init__(self, ledger_url: str, connector: str, url: str, workers: int, **limits: float) -> None:
        self.ledger = Ledger.open(ledger_url)
        self.config = config(connector, url, workers, **limits)

    def approved(self, actions: list[Action]) -> None:
        self.ledger.propose(actions, "r1", AT)
        approve.approve(self.ledger, self.config, [action.id for action in actions], by="anna")

    def push(self) -> PushResult:
        """With a connection of its own, as each command has."""
        connector = connect("erp", self.config.systems["erp"], Path.cwd())
        try:
            return push(self.ledger, {Role.ERP: connector}, self.config, None, dry_run=False, by="anna", progress=Silent())
        finally:
            connector.close()

    def states(self) -> dict[str, str]:
        return {action.id: action.state.value for action in self.ledger.actions()}

    def close(self) -> None:
        self.ledger.close()


def main(ledger_url: str, connector: str, url: str, workers: int) -> int:
    """One push, in a process that may be killed or interrupted."""
    case = ConcurrentCase(ledger_url, connector, url, workers)
    try:
        case.push()
    except KeyboardInterrupt:
        return 130
    finally:
        case.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4], workers=int(sys.argv[4])))
