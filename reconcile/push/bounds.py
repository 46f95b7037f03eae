"""How much harm one push could do: what is measured before anything is sent, what while it runs, and who goes first.

Apart from the protocol, which says when each is asked, so that each can be read and changed alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from reconcile.config.models import Limits
from reconcile.ledger.pushes import Settled, Ticket
from reconcile.records import Role
from reconcile.refusals import refusal
from reconcile.results import Action, ActionState

ENOUGH = 20
"""A share says something from so many actions on."""
_NOT_LANDED = (ActionState.REFUSED, ActionState.CONFLICT, ActionState.UNKNOWN, ActionState.UNVERIFIED)
_BAD_CANARY = (ActionState.REFUSED, ActionState.UNKNOWN, ActionState.UNVERIFIED)

Place = tuple[str, Role]
"""An entity, and the side in which it is changed."""


def place_of(action: Action) -> Place:
    """Where an action writes."""
    return action.entity, action.target


def beyond(taken: Sequence[Ticket], limits: Limits, records: Callable[[str, Role], int | None]) -> tuple[str, ...]:
    """The limits that these actions together go beyond, each in words; empty if none.

    `records` says how many records an entity has on a side, or None; asked only where there are enough actions.
    """
    actions = [ticket.action for ticket in taken]
    return (*_many(actions, limits), *_share(actions, limits, records), *_money(actions, limits))


def _many(actions: Iterable[Action], limits: Limits) -> Iterator[str]:
    for entity, count in Counter(action.entity for action in actions).items():
        if count > limits.actions_per_entity:
            yield refusal("bound_actions", count=f"{count:,}", entity=entity, most=f"{limits.actions_per_entity:,}")


def _share(actions: Iterable[Action], limits: Limits, records: Callable[[str, Role], int | None]) -> Iterator[str]:
    for (entity, target), count in Counter(place_of(action) for action in actions).items():
        known = records(entity, target) if count >= ENOUGH else None
        if known is not None and count > limits.share_of_entity * known:
            place = {"entity": entity, "side": target.upper(), "most": f"{limits.share_of_entity:.0%}"}
            code = "bound_share" if known else "bound_first_load"  # none known: a first load, or a side that was not read whole
            yield refusal(code, count=f"{count:,}", known=f"{known:,}", **place)


def _money(actions: Iterable[Action], limits: Limits) -> Iterator[str]:
    sums: dict[str, float] = {}
    for action in actions:
        if action.value_at_risk:
            currency = action.currency or ""
            sums[currency] = sums.get(currency, 0.0) + abs(action.value_at_risk)
    for currency, amount in sorted(sums.items()):
        own = currency in limits.amounts_at_risk
        most = limits.amounts_at_risk[currency] if own else limits.amount_at_risk
        if not amount <= most:  # also if it is no number
            name = f"limits.amounts_at_risk.{currency}" if own else "limits.amount_at_risk"
            money = f"{amount:,.2f} {currency or 'without a currency'}"
            yield refusal("bound_money", amount=money, limit=name, most=f"{most:,.2f}")


class Watch:
    """What becomes of what is sent, while it is sent: how much of it does not land, and how the first of each place fared."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._sent: dict[str, Place] = {}
        self._held: dict[Place, str] = {}
        self._trusted: set[Place] = set()
        self._said = False

    def sent(self, actions: Iterable[Action]) -> None:
        """These are being written."""
        self._sent |= {action.id: place_of(action) for action in actions}

    def too_many_refused(self, settled: Mapping[str, Settled]) -> str:
        """The limit that the push has gone beyond while it ran, in words and once; empty if it has not."""
        bad = sum(settled[id_].state in _NOT_LANDED for id_ in self._sent if id_ in settled)
        if self._said or len(self._sent) < ENOUGH or bad <= self._limits.refused_share * len(self._sent):
            return ""
        self._said = True
        share = f"{self._limits.refused_share:.0%}"
        return refusal("bound_refused", bad=f"{bad:,}", sent=f"{len(self._sent):,}", most=share)

    def portion(self, place: Place, settled: Mapping[str, Settled]) -> int | None:
        """How many may be sent next at a place: as many canaries as have yet to be proven, or None for any number."""
        left = self._limits.canaries - sum(each.state is ActionState.VERIFIED for each in self._ended(place, settled))
        return left if left > 0 and place not in self._trusted | self._held.keys() else None

    def not_landed(self, batch: Sequence[Ticket], settled: Mapping[str, Settled]) -> bool:
        """Whether something of a batch did not land."""
        return any(each.state in _NOT_LANDED for t in batch if (each := settled.get(t.action.id)) is not None)

    def judge(self, place: Place, settled: Mapping[str, Settled]) -> None:
        """Look at the canaries that were just sent: if one did not land, the rest of the place waits."""
        if place in self._trusted:
            return
        ended = self._ended(place, settled)
        bad = [each for each in ended if each.state in _BAD_CANARY]
        if bad and self._limits.canaries:
            first = {"count": len(ended), "entity": place[0], "side": place[1].upper()}
            how = {"id": bad[0].action_id, "state": bad[0].state, "message": bad[0].message}
            self._held[place] = refusal("canary", **first, **how)
        elif self.portion(place, settled) is None:
            self._trusted.add(place)

    def _ended(self, place: Place, settled: Mapping[str, Settled]) -> list[Settled]:
        return [settled[id_] for id_, at in self._sent.items() if at == place and id_ in settled]

    def held(self, place: Place) -> str:
        """Why nothing more is sent at a place in this push; empty if it is."""
        return self._held.get(place, "")
