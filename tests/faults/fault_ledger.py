"""Ledgers whose writers are killed in the middle of a write: several at once, again and again, and what is found afterwards."""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from ledger_writer import SIZE
from sqlalchemy import create_engine, text

from reconcile.ledger import Ledger
from reconcile.results import ActionState

HERE = Path(__file__).parent
AFTER = {
    "propose": [ActionState.PROPOSED],
    "approve": [ActionState.APPROVED],
    "intend": [ActionState.PUSHING],
    "answer": [ActionState.PUSHING],
    "settle": [ActionState.VERIFIED, ActionState.REFUSED, ActionState.UNKNOWN, ActionState.CONFLICT],
}
"""In which states an acknowledged operation leaves its actions."""
EVENTS = {
    ActionState.PROPOSED: ("undo proposed",),
    ActionState.APPROVED: ("approved",),
    ActionState.PUSHING: ("write intended", "push: pushing"),
}
"""The last entry of the audit trail about an action in that state; `push: STATE` for the others."""


@dataclass
class Killings:
    """What the kills hit, and what was wrong afterwards."""

    kills: Counter[str] = field(default_factory=Counter)
    """By the operation that was under way; `between` if none was."""
    wrong: list[str] = field(default_factory=list)
    actions: int = 0


def kill_writers(url: str, kills: int, seed: int) -> Killings:
    """Let two writers work on one ledger and kill each at a random line of what it says, then look at the ledger."""
    dice = random.Random(seed)  # noqa: S311  # repeatable
    found = Killings()
    done: dict[str, list[str]] = {}
    for turn in range(0, kills, 2):
        writers = [_started(url, f"w{turn + n}", dice.randrange(1 << 30)) for n in range(min(2, kills - turn))]
        for writer in writers:
            lines = _until_killed(writer, dice.randint(2, 40), dice.random() * 0.01)
            begun = [line.split(" ") for line in lines if line.startswith("begin ")]
            ended = [line.split(" ") for line in lines if line.startswith("end ")]
            done |= {_place(words): words[2:] for words in ended}
            found.kills["between" if len(begun) == len(ended) else begun[-1][2]] += 1
        found.wrong += problems(url, done)
    with Ledger.open(url) as ledger:
        found.actions = ledger.count_actions()
    return found


def _place(words: list[str]) -> str:
    return words[3].rpartition("-")[0]


def _started(url: str, name: str, seed: int) -> subprocess.Popen[str]:
    command = [sys.executable, str(HERE / "ledger_writer.py"), url, name, str(seed)]
    environment = {**os.environ, "PYTHONPATH": str(HERE.parents[1])}
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)


def _until_killed(writer: subprocess.Popen[str], lines: int, delay: float) -> list[str]:
    """What a writer said; it is killed a moment after it has said so many lines."""
    assert writer.stdout
    said = [line.rstrip("\n") for line, _ in zip(writer.stdout, range(lines), strict=False)]
    try:
        writer.wait(delay)
    except subprocess.TimeoutExpired:
        writer.kill()
    rest = [line.rstrip("\n") for line in writer.stdout if line.endswith("\n")]
    writer.wait()
    writer.stdout.close()
    return said + rest


def problems(url: str, done: dict[str, list[str]]) -> Iterator[str]:
    """Everything that is not as it must be."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as db:
            yield from (row[0] for row in db.execute("PRAGMA integrity_check") if row[0] != "ok")
    with Ledger.open(url) as ledger:
        if (bad := ledger.verify_audit()) is not None:
            yield f"the audit trail is broken at {bad}"
        if ledger.audit_head()[0] != ledger.audit_entries().height:
            yield "the audit trail is shorter or longer than its head says"
        states = {action.id: action.state for action in ledger.actions()}
        intact = {ticket.action.id for ticket in ledger.tickets(list(ActionState)) if ticket.intact}
        outcomes = ledger.outcomes(list(states))
    yield from _halves(states)
    yield from (
        f"{id_} was {operation} and is {states.get(id_)}"
        for _, (operation, *ids) in done.items()
        for id_ in ids
        if not _kept(states.get(id_), operation)
    )
    attempts = Counter(outcomes["action_id"].to_list())
    engine = create_engine(url)
    with engine.connect() as connection:
        last = dict(
            connection.execute(
                text("SELECT subject, event FROM audit WHERE seq IN (SELECT max(seq) FROM audit GROUP BY subject)")
            ).all()
        )
    engine.dispose()
    for id_, state in states.items():
        wanted = EVENTS.get(state, (f"push: {state}",))
        if state is not ActionState.PROPOSED and last.get(id_) not in wanted:
            yield f"{id_} is {state}, but the audit trail last says {last.get(id_)}"
        if attempts[id_] != (state not in (ActionState.PROPOSED, ActionState.APPROVED)):
            yield f"{id_} is {state} with {attempts[id_]} attempts"
        if state is not ActionState.PROPOSED and id_ not in intact:
            yield f"{id_} is {state} without an approval of what it says"


def _kept(state: ActionState | None, operation: str) -> bool:
    """Whether what was acknowledged is still there: this state, or one that a later operation made."""
    order = list(AFTER)
    return any(state in AFTER[each] for each in order[order.index(operation) :])


def _halves(states: dict[str, ActionState]) -> Iterator[str]:
    """Changes of which only a part is there."""
    groups: dict[str, Counter[str]] = {}
    for id_, state in states.items():
        ended = "ended" if state in AFTER["settle"] else state.value
        groups.setdefault(id_.rpartition("-")[0], Counter())[ended] += 1
    for name, counts in groups.items():
        if len(counts) > 1 or counts.total() != SIZE:
            yield f"{name} is half done: {dict(counts)}"
