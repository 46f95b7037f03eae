"""What a target's own database says of the approvals: what was lost, doubled, written without approval, or told wrongly."""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from reconcile.results import Action, ActionState

Cell = tuple[str, str, str]
"""Table, key of the row (its parts joined by `/`), column."""
NOT_WRITTEN = (ActionState.REFUSED, ActionState.CONFLICT, ActionState.LAPSED)
ENDLESS = (ActionState.APPROVED, ActionState.PUSHING)


@dataclass(frozen=True)
class Ref:
    """The key of the row of a table whose mark is this: known only when the row is there."""

    table: str
    mark: str


@dataclass(frozen=True)
class New:
    """A row that shall come into being once: `mark` is what it is known by, `cells` what its other columns shall hold."""

    table: str
    mark: str | Ref
    cells: Mapping[str, str | Ref]


@dataclass(frozen=True)
class Expected:
    """One action, and what it does to the database: cells that change, rows that come."""

    action: Action
    cells: Mapping[Cell, str] = field(default_factory=dict)
    rows: tuple[New, ...] = ()


@dataclass(frozen=True)
class Table:
    """One table of the target: its key, the column that new rows are known by, and the columns that matter."""

    key: tuple[str, ...]
    mark: str
    columns: tuple[str, ...]


class Books:
    """The target's database, with a log of every write that was committed, kept by the database itself."""

    def __init__(self, file: Path, tables: Mapping[str, Table], *, only_changes: bool = False) -> None:
        self.file = file
        self.tables = tables
        self._only_changes = only_changes  # for systems that save a record several times in one request

    def open(self) -> sqlite3.Connection:
        return sqlite3.connect(self.file, timeout=30, isolation_level=None)

    def log(self) -> None:
        """From now on each committed insert, delete, and update of a column that matters leaves a line."""
        with closing(self.open()) as db:
            db.execute("CREATE TABLE fault_log (seq INTEGER PRIMARY KEY, tbl TEXT, row TEXT, what TEXT)")
            for name, table in self.tables.items():
                columns = ", ".join(f'"{column}"' for column in (*table.columns, table.mark))
                for what, when, side in (
                    ("insert", "INSERT", "NEW"),
                    ("delete", "DELETE", "OLD"),
                    ("update", f"UPDATE OF {columns}", "NEW"),
                ):
                    changed = " OR ".join(f'NEW."{column}" IS NOT OLD."{column}"' for column in (*table.columns, table.mark))
                    only = f"WHEN {changed} " if what == "update" and self._only_changes else ""
                    key = " || '/' || ".join(f'{side}."{part}"' for part in table.key)
                    values = f"INSERT INTO fault_log (tbl, row, what) VALUES ('{name}', {key}, '{what}')"
                    db.execute(f'CREATE TRIGGER "fault_{name}_{what}" AFTER {when} ON "{name}" {only}BEGIN {values}; END')

    def logged(self) -> Counter[tuple[str, str, str]]:
        """(table, row, what) to how often."""
        with closing(self.open()) as db:
            rows = db.execute("SELECT tbl, row, what, count(*) FROM fault_log GROUP BY 1, 2, 3")
            return Counter({(tbl, row, what): count for tbl, row, what, count in rows})

    def rows(self) -> dict[str, dict[str, dict[str, str | None]]]:
        """Table to key to column to value, as text."""
        out: dict[str, dict[str, dict[str, str | None]]] = {}
        with closing(self.open()) as db:
            for name, table in self.tables.items():
                columns = list(dict.fromkeys((*table.key, table.mark, *table.columns)))
                found = db.execute(f'SELECT {", ".join(chr(34) + c + chr(34) for c in columns)} FROM "{name}"')
                read = (dict(zip(columns, (None if v is None else str(v) for v in row), strict=True)) for row in found)
                out[name] = {"/".join(str(row[part]) for part in table.key): row for row in read}
        return out


Rows = Mapping[str, Mapping[str, Mapping[str, str | None]]]


@dataclass
class Verdict:
    """Ids of actions, or places of the database, by what is wrong with them."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    unapproved: list[str] = field(default_factory=list)
    untruthful: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    states: Counter[str] = field(default_factory=Counter)

    @property
    def clean(self) -> bool:
        return not (self.lost or self.doubled or self.unapproved or self.untruthful)

    def counts(self) -> dict[str, int]:
        """How many of each."""
        names = ("lost", "doubled", "unapproved", "untruthful", "unknown")
        return {name: len(getattr(self, name)) for name in names}

    def add(self, other: Verdict) -> None:
        """Take over what another database says."""
        for name in ("lost", "doubled", "unapproved", "untruthful", "unknown"):
            getattr(self, name).extend(getattr(other, name))
        self.states += other.states


class Judge:
    """Compares a target's database before and after with what was approved, and with what the ledger says of each action."""

    def __init__(self, books: Books, before: Rows, approved: Sequence[Expected]) -> None:
        self._books = books
        self._before = before
        self._approved = approved

    def verdict(self, states: Mapping[str, ActionState], edited: Iterable[Cell] = ()) -> Verdict:
        """`states`: what the ledger says; `edited`: cells that another client changed, which no action may have overwritten."""
        after, log = self._books.rows(), self._books.logged()
        marks: dict[tuple[str, str], list[str]] = defaultdict(list)
        for name, table in self._books.tables.items():
            for key, row in after[name].items():
                if row[table.mark] is not None:
                    marks[name, str(row[table.mark])].append(key)
        found, explained = Verdict(), set(edited)
        for expected in self._approved:
            state = states[expected.action.id]
            found.states[state.value] += 1
            times, holds = self._landed(expected, after, log, marks, explained)
            self._judge(found, expected.action.id, state, times, holds=holds)
        found.unapproved += self._unexplained(after, explained)
        return found

    def _landed(
        self,
        expected: Expected,
        after: Rows,
        log: Counter[tuple[str, str, str]],
        marks: Mapping[tuple[str, str], list[str]],
        explained: set[Cell],
    ) -> tuple[int, bool]:
        """How often an action was written, and whether the database holds all of it; what it explains is noted."""
        times, holds = 0, True
        for (table, key, column), value in expected.cells.items():
            times = max(times, log[table, key, "update"])
            there = after[table].get(key, {}).get(column) == value
            holds &= there
            explained |= {(table, key, column)} if there else set()
        for new in expected.rows:
            mark = self._resolved(new.mark, marks)
            keys = marks.get((new.table, mark or ""), [])
            times = max(times, len(keys), *(log[new.table, key, "insert"] + log[new.table, key, "update"] for key in keys), 0)
            wanted = {column: self._resolved(value, marks) for column, value in new.cells.items()}
            for key in keys:
                row = after[new.table][key]
                right = all(row[column] == value for column, value in wanted.items())
                holds &= right
                explained |= {(new.table, key, "")} if right else set()
            holds &= bool(keys)
        return times, holds

    def _resolved(self, value: str | Ref, marks: Mapping[tuple[str, str], list[str]]) -> str | None:
        if isinstance(value, str):
            return value
        return next(iter(marks.get((value.table, value.mark), [])), None)

    def _judge(self, found: Verdict, id_: str, state: ActionState, times: int, *, holds: bool) -> None:
        if times > 1:
            found.doubled.append(id_)
        if state is ActionState.VERIFIED and not holds:
            found.lost.append(id_)
            found.untruthful.append(id_)
        if state in ENDLESS:
            found.lost.append(id_)
        if state is ActionState.UNKNOWN:
            found.unknown.append(id_)
        if (state in NOT_WRITTEN and times) or (state is ActionState.UNVERIFIED and holds):
            found.untruthful.append(id_)

    def _unexplained(self, after: Rows, explained: set[Cell]) -> list[str]:
        out = []
        for name, rows in after.items():
            known = self._before[name]
            out += [f"{name} {key} is gone" for key in known if key not in rows]
            for key, row in rows.items():
                if key not in known:
                    out += [] if (name, key, "") in explained else [f"{name} {key} is new: {row}"]
                    continue
                moved = [column for column in row if row[column] != known[key][column]]
                out += [f"{name} {key} {c}: {row[c]}" for c in moved if (name, key, c) not in explained]
        return out
