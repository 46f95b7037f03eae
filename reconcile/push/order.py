"""In which order approved actions are written: parents before children, and no record twice in one batch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from reconcile.ledger.pushes import Ticket
from reconcile.records import SHAPES, Role

BATCH = 200
"""So many records are fetched, written and read back at a time."""
_PLACES = {entity: place for place, entity in enumerate(SHAPES)}


def in_order(tickets: Sequence[Ticket]) -> list[Ticket]:
    """Tickets by entity as in SHAPES, then by how many actions come before them, CRM first; else as in the plan.

    What waits for an action on a later entity, as a merge waits for the records that it moves, comes after that.
    """
    depths = _depths(tickets)
    places = _places(tickets, depths)
    return sorted(tickets, key=lambda ticket: (places[ticket.action.id], *_kin(ticket, depths)))


def batches(tickets: Sequence[Ticket]) -> Iterator[list[Ticket]]:
    """Ordered tickets in portions of one entity, one depth and one target, in which no record occurs twice."""
    return (batch for wave in waves(tickets) for batch in wave)


def waves(tickets: Sequence[Ticket]) -> Iterator[list[list[Ticket]]]:
    """The batches, in groups that may be written side by side: nothing in a group waits for, or repeats, another of it.

    Records of one parent stand next to each other, so that few batches meet at a parent that a system locks.
    """
    depths = _depths(tickets)
    for _, group in groupby(in_order(tickets), key=lambda ticket: _kin(ticket, depths)):
        rounds: list[dict[str, Ticket]] = []
        for ticket in sorted(group, key=_parents):
            key = ticket.action.target_key or f"new {ticket.action.source_key}"
            wave = next((wave for wave in rounds if key not in wave), None)
            if wave is None:
                rounds.append(wave := {})
            wave[key] = ticket
        for wave in rounds:
            once = list(wave.values())
            yield [once[i : i + BATCH] for i in range(0, len(once), BATCH)]


def _parents(ticket: Ticket) -> list[str]:
    return [change.after or "" for change in ticket.action.changes if change.reference]


def _kin(ticket: Ticket, depths: Mapping[str, int]) -> tuple[int, str, Role]:
    return depths[ticket.action.id], ticket.action.entity, ticket.action.target


def _places(tickets: Sequence[Ticket], depths: Mapping[str, int]) -> dict[str, int]:
    """The place of each action: its entity's, or that of an action that it depends on, whichever is later."""
    out: dict[str, int] = {}
    for ticket in sorted(tickets, key=lambda ticket: depths[ticket.action.id]):
        before = [out[parent] for parent in ticket.action.depends_on if parent in out]
        out[ticket.action.id] = max([_PLACES.get(ticket.action.entity, len(_PLACES)), *before])
    return out


def _depths(tickets: Sequence[Ticket]) -> dict[str, int]:
    """How many actions of the plan stand above each one; those in a circle come last, and wait at the push."""
    waiting = {ticket.action.id: ticket.action.depends_on for ticket in tickets}
    depths: dict[str, int] = {}
    level = 0
    while waiting:
        free = [id_ for id_, parents in waiting.items() if not any(parent in waiting for parent in parents)] or list(waiting)
        depths |= dict.fromkeys(free, level)
        waiting = {id_: parents for id_, parents in waiting.items() if id_ not in depths}
        level += 1
    return depths
