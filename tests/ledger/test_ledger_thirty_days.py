"""Thirty daily runs with changes, fixes, regressions and people: states equal a replay of the log, and what was simulated."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass

import polars as pl
from break_replay import Life, replay

from reconcile.ledger.break_log import Happened
from reconcile.ledger.lives import Ruling, Wanted
from reconcile.results import BREAKS

START = dt.datetime(2026, 3, 1, 2, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
DUE = {"blocking": 1, "major": 7, "minor": 30}
ENTITIES = ("customers", "orders", "products")
EVERYTHING = Wanted(states=None)


@dataclass
class Truth:
    """What the simulation knows of one break: the rules told once more, in plain Python."""

    severity: str
    value: int
    at_risk: float
    there: bool = True
    state: str = "new"
    since: dt.datetime = START
    assignee: str | None = None
    by_hand: bool = False
    until: dt.date | None = None
    accepted_value: int = 0
    accepted_risk: float = 0.0
    reopened: str | None = None
    overdue: bool = False
    news: str | None = None


class World:
    """Breaks that come, change, go and come back, and people who say something of some of them."""

    def __init__(self, ledger, seed: int) -> None:
        self.ledger, self.dice = ledger, random.Random(seed)  # noqa: S311  # repeatable
        self.truth: dict[str, Truth] = {}

    def change(self) -> None:
        for truth in self.truth.values():
            chance = self.dice.random()
            if truth.there and chance < 0.10:
                truth.there = False
            elif not truth.there and chance < 0.10:
                truth.there = True
            elif truth.there and chance < 0.20:
                truth.value += 1
            elif truth.there and chance < 0.25:
                truth.at_risk += self.dice.choice([-5.0, 5.0])
        for _ in range(self.dice.randint(5, 25)):
            name = f"{self.dice.getrandbits(80):020x}"
            self.truth[name] = Truth(self.dice.choice(list(DUE)), 0, 100.0, state="")

    def run(self, day: int) -> None:
        at = START + day * DAY
        for truth in self.truth.values():
            self._look(truth, at)
        names = [name for name, truth in self.truth.items() if truth.there]
        self.dice.shuffle(names)
        recorded = self.ledger.record_breaks(self._frame(names), f"r{day:02}", at, due_days=DUE)
        said = dict(recorded.breaks.select("fingerprint", "news").iter_rows())
        assert said == {name: self.truth[name].news for name in names}

    @staticmethod
    def _look(truth: Truth, at: dt.datetime) -> None:
        truth.news = None
        expired = truth.state == "accepted" and truth.until < at.date()
        if expired:
            truth.state, truth.reopened, truth.until = "open", "acceptance_over", None
        if not truth.there:
            if truth.state != "fixed":
                truth.state, truth.reopened, truth.overdue, truth.until = "fixed", None, False, None
            return
        if truth.state in ("", "fixed"):
            truth.state = truth.news = "new" if truth.state == "" else "regressed"
            truth.since = at
        elif truth.state in ("new", "regressed"):
            truth.state = "open"
        elif truth.state == "accepted":
            World._hold_against(truth)
        if expired:
            truth.news = "reopened"
        if not truth.by_hand:
            truth.assignee = "Master data" if truth.severity == "major" else None
        over = truth.state != "accepted" and truth.since + dt.timedelta(days=DUE[truth.severity]) <= at
        if over and not truth.overdue:
            truth.overdue, truth.news = True, truth.news or "overdue"

    @staticmethod
    def _hold_against(truth: Truth) -> None:
        """An acceptance holds for the values and the money that it was given to."""
        moved, more = truth.value != truth.accepted_value, truth.at_risk > truth.accepted_risk
        if moved or more:
            truth.state, truth.reopened, truth.until = "open", "values_moved" if moved else "more_at_risk", None
            truth.news = "reopened"

    def _frame(self, names: list[str]) -> pl.DataFrame:
        truths = [self.truth[name] for name in names]
        given = {
            "fingerprint": names,
            "entity": [ENTITIES[int(name[0], 16) % 3] for name in names],
            "kind": ["difference"] * len(names),
            "crm_value": [str(truth.value) for truth in truths],
            "severity": [truth.severity for truth in truths],
            "value_at_risk": [truth.at_risk for truth in truths],
            "assignee": ["Master data" if truth.severity == "major" else None for truth in truths],
        }
        frame = pl.DataFrame(given, schema_overrides={"assignee": pl.String})
        rest = [pl.lit(None, dtype).alias(name) for name, dtype in BREAKS.items() if name not in given]
        return frame.with_columns(rest).select(*BREAKS, "assignee").cast(dict(BREAKS.items()))

    def people(self, day: int) -> None:
        at = START + day * DAY + dt.timedelta(hours=7)
        open_ = [name for name, truth in self.truth.items() if truth.state in ("new", "open", "regressed")]
        some = self.dice.sample(open_, min(len(open_), 24))
        self._say(Ruling(Happened.ACKNOWLEDGED, "anna", "known"), some[:6], at)
        until = at.date() + dt.timedelta(days=self.dice.randint(0, 6))
        self._say(Ruling(Happened.ACCEPTED, "bert", "rounding", until=until), some[6:18], at)
        self._say(Ruling(Happened.ASSIGNED, "anna", to="Chen"), some[18:], at)
        settled = [name for name, truth in self.truth.items() if truth.state in ("acknowledged", "accepted")]
        self._say(Ruling(Happened.OPENED_AGAIN, "anna", "look again"), self.dice.sample(settled, min(len(settled), 2)), at)

    def _say(self, ruling: Ruling, names: list[str], at: dt.datetime) -> None:
        done = self.ledger.lives.rule(Wanted(fingerprints=names), ruling, _anybody, at)
        assert (done.changed, done.left) == (len(names), {})
        for name in names:
            truth = self.truth[name]
            if ruling.what is Happened.ASSIGNED:
                truth.assignee, truth.by_hand = ruling.to, True
                continue
            truth.reopened = None
            if ruling.what is Happened.ACKNOWLEDGED:
                truth.state = "acknowledged"
            elif ruling.what is Happened.ACCEPTED:
                truth.state, truth.until, truth.overdue = "accepted", ruling.until, False
                truth.accepted_value, truth.accepted_risk = truth.value, truth.at_risk
            else:
                truth.state, truth.until = "open", None


def _anybody(chosen: pl.DataFrame) -> pl.Series:
    return pl.Series([""]).new_from_index(0, chosen.height)


def _kept(ledger) -> dict[str, Life]:
    rows = ledger.lives.listing(EVERYTHING).iter_rows(named=True)
    return {
        row["fingerprint"]: Life(
            row["state"],
            row["assignee"],
            row["accepted_until"] and row["accepted_until"].isoformat(),
            row["reopened"],
            row["overdue_since"] is not None,
        )
        for row in rows
    }


def test_after_each_of_thirty_days_the_states_equal_a_replay_of_the_log(ledger):
    world = World(ledger, seed=5)
    seen = set()
    for day in range(30):
        world.change()
        world.run(day)
        kept = _kept(ledger)
        events = ledger.lives.events(list(kept)).to_dicts()
        seen |= {event["event"] for event in events}
        assert kept == replay(events)
        assert kept == {
            name: Life(t.state, t.assignee, t.until and t.until.isoformat(), t.reopened, t.overdue)
            for name, t in world.truth.items()
        }
        world.people(day)
        assert _kept(ledger) == replay(ledger.lives.events(list(kept)).to_dicts())
    assert seen == {happened.value for happened in Happened} - {"carried over"}
    assert len(kept) > 300
    assert {life.reopened for life in kept.values()} >= {None, "acceptance_over", "values_moved", "more_at_risk"}
    assert ledger.verify_audit() is None
