"""Races: another client edits records after their approval, and between our last look at them and our write."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from fault_campaign import Campaign, Case, Settings
from fault_verdict import Cell, Expected, Judge

from reconcile import approve
from reconcile.results import ActionState

GIVEN_WAY = (ActionState.CONFLICT, ActionState.LAPSED)


@dataclass
class Race:
    """How many records were edited when, how their actions ended, and what went wrong."""

    before_push: int = 0
    before_write: int = 0
    states: Counter[str] = field(default_factory=Counter)
    overwritten: list[str] = field(default_factory=list)
    others: dict[str, int] = field(default_factory=dict)
    """What the verdict says of the records that nobody edited, and of all others in the database."""

    @property
    def edited(self) -> int:
        return self.before_push + self.before_write

    @property
    def given_way(self) -> int:
        """Edited records whose actions ended as conflict or lapsed."""
        return sum(self.states[state.value] for state in GIVEN_WAY)


def race(case: Case, ledger_url: str, settings: Settings) -> Race:
    """Push updates of which every other record is edited by somebody else: half of them before the push, half during it."""
    campaign = Campaign(case, ledger_url, settings)
    planned, _ = case.plan(settings.actions, 0, campaign.dice)
    updates = [each for each in planned if each.cells]
    for books in case.books.values():
        books.log()
    before = {role: books.rows() for role, books in case.books.items()}
    raced = {each.action.id: _cell(each, n) for n, each in enumerate(updates[::2])}
    late = {each.action.target_key or "": raced[each.action.id] for each in updates[::4] if case.guarded}
    found = Race(len(raced) - len(late), len(late))

    def intrude(records: Sequence[str]) -> None:
        for key in [key for key in late if any(key in name for name in records)]:
            case.edit(late.pop(key), "edited just now")

    campaign.ledger.propose([each.action for each in updates], "run-1")
    approve.approve(campaign.ledger, campaign.project.config, [each.action.id for each in updates], by="anna")
    for place, cell in enumerate(cell for cell in raced.values() if cell not in late.values()):
        case.edit(cell, f"edited before {place}")
    campaign.intruder = intrude
    try:
        campaign.push_once()
    finally:
        campaign.end()
    assert not late, f"these were never written: {list(late)[:5]}"
    states = campaign.ledger.action_states([each.action.id for each in updates])
    campaign.project.close()
    found.states = Counter(states[id_].value for id_ in raced)
    for role, books in case.books.items():
        now = books.rows()
        mine = {id_: cell for id_, cell in raced.items() if cell[0] in books.tables}
        found.overwritten += [id_ for id_, (t, k, c) in mine.items() if not str(now[t][k][c]).startswith("edited")]
        expected = [each for each in updates if each.action.target is role and each.action.id not in raced]
        counts = Judge(books, before[role], expected).verdict(states, mine.values()).counts()
        found.others = dict(Counter(found.others) + Counter(counts))
    return found


def _cell(each: Expected, n: int) -> Cell:
    """One of the cells that the action would change, now this one, now that one."""
    cells = list(each.cells)
    return cells[n // 2 % len(cells)]
