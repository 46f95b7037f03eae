"""A process that only writes into a ledger, until it is killed: `ledger_writer.py URL NAME SEED`.

Before each change it says `begin NAME OPERATION`, after it `end NAME OPERATION IDS`, so that what was acknowledged is known.
"""

from __future__ import annotations

import random
import sys

from reconcile.ledger import Ledger
from reconcile.ledger.pushes import Settled
from reconcile.records import Role
from reconcile.results import Action, ActionKind, ActionState, Change

SIZE = 40
"""Actions in one change: it lasts longer, and half of it must never be seen."""
ENDS = (ActionState.VERIFIED, ActionState.REFUSED, ActionState.UNKNOWN, ActionState.CONFLICT)


def _plan(name: str, turn: int) -> list[Action]:
    return [
        Action(
            id=f"{name}-{turn:04d}-{n:02d}",
            kind=ActionKind.UPDATE,
            entity="customers",
            target=Role.ERP,
            target_key=f"E-{name}-{turn}-{n}",
            source_key=None,
            label=f"客户 {n}",
            changes=(Change("name", "Name", "Acme", f"Acme {turn}", "text"),),
            clause="customers.name: owner crm",
            breaks=(f"f-{name}-{turn}-{n}",),
            tier="low",
        )
        for n in range(SIZE)
    ]


def main(url: str, name: str, seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311  # repeatable
    with Ledger.open(url) as ledger:
        _say(f"ready {name}")
        for turn in range(10_000):
            actions = _plan(name, turn)
            ids = [action.id for action in actions]
            with _told(name, "propose", ids):
                ledger.propose_undos([("", action) for action in actions], name)
            with _told(name, "approve", ids):
                ledger.decide(ids, ActionState.APPROVED, [ActionState.PROPOSED], name, "")
            with _told(name, "intend", ids):
                ledger.intend(ids, name)
            with _told(name, "answer", ids):
                ledger.settle([Settled(id_, ActionState.PUSHING, status="ok", key=id_) for id_ in ids], name)
            with _told(name, "settle", ids):
                ledger.settle([Settled(id_, dice.choice(ENDS), "said", read_back={"Name": "x"}) for id_ in ids], name)


class _told:  # noqa: N801  # reads as a statement
    def __init__(self, name: str, operation: str, ids: list[str]) -> None:
        self._words = f"{name} {operation} {' '.join(ids)}"

    def __enter__(self) -> None:
        _say(f"begin {self._words}")

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            _say(f"end {self._words}")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
