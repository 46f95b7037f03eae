"""A push under faults: approvals in portions, processes that push, a proxy in between that strikes, kills, and a verdict."""

from __future__ import annotations

import contextlib
import os
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from fault_proxy import Fault, Plan, Proxy, Request, Surgery
from fault_verdict import Books, Cell, Expected, Judge, Verdict

from reconcile import approve, wiring
from reconcile.records import Role
from reconcile.results import Action, ActionState

HERE = Path(__file__).parent
OPEN = [ActionState.APPROVED, ActionState.PUSHING, ActionState.UNKNOWN]
INSIDE = (Fault.LOCKED, Fault.PARTIAL)
PHASES = ("received", "forwarded", "committed", "delivered")


class Case(Protocol):
    """A target: one system or two, its records, its own database, and how its messages are read."""

    folder: Path
    roles: Sequence[Role]
    books: Mapping[Role, Books]
    names: Mapping[Role, str]
    guarded: bool
    """Whether the system refuses a write under a version that has moved."""
    kinds: Sequence[Fault]
    """What can happen to it."""

    def url(self, role: Role) -> str: ...
    def environment(self, urls: Mapping[Role, str]) -> dict[str, str]: ...
    def configured(self, ledger: str, seconds: float) -> Path: ...
    def plan(self, actions: int, decoys: int, dice: random.Random) -> tuple[list[Expected], list[Action]]: ...
    def records(self, role: Role, request: Request, /) -> list[str]: ...
    def surgery(self, role: Role, request: Request, fault: Fault, dice: random.Random, /) -> Surgery: ...
    def standing(self, request: Request, records: Sequence[str], /) -> Surgery | None: ...
    def edit(self, cell: Cell, value: str) -> None: ...


@dataclass(frozen=True)
class Settings:
    """How much of what: shares are of requests (of batches more, as they carry more), seconds are the pusher's patience."""

    actions: int
    kills: int = 0
    seed: int = 1
    decoys: int = 20
    pushers: int = 2
    spares: int = 2
    """Processes that wait, ready, to take the place of one that is killed."""
    seconds: float = 1.0
    portion: int = 1000
    writes: float = 0.1
    reads: float = 0.02
    rounds: int = 12
    most_seconds: float = 3000
    kinds: tuple[Fault, ...] = tuple(Fault)


@dataclass
class Report:
    """What happened, and what the databases say of it."""

    verdict: Verdict = field(default_factory=Verdict)
    faults: Counter[str] = field(default_factory=Counter)
    kills: Counter[str] = field(default_factory=Counter)
    """By what the killed process was doing; `idle` is not counted as a kill."""
    requests: int = 0
    rounds: int = 0
    seconds: float = 0.0
    audit_broken_at: int | None = None
    troubles: Counter[str] = field(default_factory=Counter)

    @property
    def killed(self) -> int:
        return sum(count for phase, count in self.kills.items() if phase != "idle")


class _Pusher:
    """A place for one pushing process after the other, with a door of its own in each proxy."""

    def __init__(self, name: str, config: Path, environment: Mapping[str, str]) -> None:
        self.name = name
        path = os.pathsep.join([str(HERE), str(HERE.parents[1])])
        self._command = [sys.executable, str(HERE / "fault_pusher.py"), str(config), name]
        self._environment = {**os.environ, **environment, "PYTHONPATH": path}
        self.process: subprocess.Popen[str] | None = None
        self.said: list[str] = []
        self.ready = False
        self.going = False
        self.done = False

    def start(self) -> None:
        pipe = subprocess.PIPE
        log = Path(self._command[2]).parent / f"{self.name}.err"
        with log.open("a", encoding="utf-8") as errors:
            self.process = subprocess.Popen(
                self._command, env=self._environment, stdin=pipe, stdout=pipe, stderr=errors, text=True
            )
        self.ready, self.going, self.done = False, False, False
        threading.Thread(target=self._listen, args=(self.process,), daemon=True).start()

    def go(self) -> None:
        assert self.process
        assert self.process.stdin
        self.going = True
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.write("go\n")
            self.process.stdin.flush()

    def _listen(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout
        for line in process.stdout:
            self.said.append(line)
            if process is self.process:
                self.ready, self.done = True, line == "done\n"

    def kill(self) -> bool:
        """Whether it was alive."""
        if self.process is None or self.process.poll() is not None:
            return False
        self.process.kill()
        self.process.wait()
        return True

    def end(self) -> None:
        self.kill()
        if self.process:
            for pipe in (self.process.stdin, self.process.stdout):
                if pipe:
                    pipe.close()


class Campaign:
    """One run over one case and one ledger."""

    def __init__(self, case: Case, ledger_url: str, settings: Settings) -> None:
        self.case = case
        self.settings = settings
        self.dice = random.Random(settings.seed)  # noqa: S311  # repeatable
        self.report = Report()
        self.proxies = {role: self._proxy(role) for role in Role if case.url(role)}
        config = case.configured(ledger_url, settings.seconds)
        self.doors: dict[int, tuple[Role, int]] = {}
        self.pushers: list[_Pusher] = []
        for number in range(settings.pushers + settings.spares):
            urls = {}
            for role, proxy in self.proxies.items():
                port = proxy.listen()
                self.doors[port] = (role, number)
                urls[role] = case.url(role).replace(proxy.target, f"http://127.0.0.1:{port}")
            self.pushers.append(_Pusher(f"pusher-{number}", config, case.environment(urls)))
        self.project = wiring.open_project(config, case.environment({role: case.url(role) for role in self.proxies}))
        self.ledger = self.project.ledger
        self.intruder: Callable[[Sequence[str]], None] | None = None
        self._written = 0
        self._strike_at = 0
        self._phase = ""
        self._struck = threading.Lock()

    def _proxy(self, role: Role) -> Proxy:
        target = "/".join(self.case.url(role).split("/")[:3])
        more = {"hold": self.settings.seconds * 1.6, "seed": self.settings.seed}
        return Proxy(target, self._choose, self._hook, **more)  # type: ignore[arg-type]  # floats and ints

    # In the threads of the proxies

    def _choose(self, request: Request) -> Plan:
        role, _ = self.doors[request.port]
        records = self.case.records(role, request)
        if records and self.intruder:
            self.intruder(records)
        with self._struck:
            self._written += len(records)
            if standing := self.case.standing(request, records):
                return Plan(surgery=standing)
            share = min(1.0, self.settings.writes * (1 + len(records) / 50)) if records else self.settings.reads
            if self.dice.random() >= share:
                return Plan()
            fault = self.dice.choice(
                [kind for kind in self.settings.kinds if kind in self.case.kinds and (records or kind not in INSIDE)]
            )
            surgery = self.case.surgery(role, request, fault, self.dice) if fault in INSIDE else None
            return Plan(fault, surgery)

    def _hook(self, moment: str, request: Request) -> None:
        if self._strike_at and moment == self._phase and self._written >= self._strike_at:
            role, number = self.doors[request.port]
            if self.case.records(role, request):
                self._strike_at = 0
                delay = self.dice.uniform(0, 0.08) if moment == "delivered" else 0.0
                threading.Timer(delay, self._kill, (number, moment)).start() if delay else self._kill(number, moment)

    def _kill(self, number: int, moment: str) -> None:
        if not self.pushers[number].kill():
            self._arm()
            return
        open_attempts = self.ledger.tickets([ActionState.PUSHING])
        doing = {
            "received": "request sent, not at the target yet",
            "forwarded": "target at work",
            "committed": "target done, answer under way",
        }.get(moment)
        if doing is None:
            waiting = any(ticket.last_status == "intended" for ticket in open_attempts)
            doing = "answer there, not in the journal" if waiting else "answer in the journal, not read back"
        self.report.kills[doing if open_attempts else "idle"] += 1
        self._arm()

    def _arm(self) -> None:
        """The next kill, after a random number of actions more, such that all fall before the end."""
        left = self.settings.kills - self.report.killed
        if left > 0:
            rest = self.settings.actions - self.ledger.count_actions([ActionState.VERIFIED, ActionState.PUSHING])
            self._phase = self.dice.choice(PHASES)
            self._strike_at = self._written + self.dice.randint(1, max(1, int(rest * 0.9 / left)))

    # In the thread of the caller

    def run(self) -> Report:
        """Propose, approve in portions, push until nothing is left, and judge."""
        approved, decoys = self.case.plan(self.settings.actions, self.settings.decoys, self.dice)
        for books in self.case.books.values():
            books.log()
        before = {role: books.rows() for role, books in self.case.books.items()}
        begun = time.monotonic()
        try:
            self._rounds(approved, decoys)
        finally:
            self.end()
        self.report.seconds = time.monotonic() - begun
        self._judge(approved, before)
        return self.report

    def push_once(self) -> None:
        """Push what is approved, until nothing changes any more."""
        self._round([])

    def end(self) -> None:
        """End all processes, and wait for what they have sent."""
        for pusher in self.pushers:
            pusher.end()
        arrived = all(proxy.idle() for proxy in self.proxies.values())
        for proxy in self.proxies.values():
            proxy.close()
        assert arrived, "requests are still under way"

    def _rounds(self, approved: Sequence[Expected], decoys: Sequence[Action]) -> None:
        ids = [each.action.id for each in approved]
        actions = [each.action for each in approved]
        self._arm()
        for number in range(1, self.settings.rounds + 1):
            states = self.ledger.action_states(ids)
            again = [a for a in actions if states.get(a.id) not in (ActionState.VERIFIED, *OPEN)]
            if not again or self._late():
                break
            self.report.rounds = number
            self.ledger.propose([*again, *decoys], f"run-{number}")
            approve.reject(self.ledger, self.project.config, [a.id for a in decoys[::2]], by="anna")
            self._round([a.id for a in again])

    def _round(self, ids: Sequence[str]) -> None:
        waiting = list(ids)
        while not self._late():
            if waiting and self.ledger.count_actions([ActionState.APPROVED]) <= self.settings.portion // 2:
                approve.approve(self.ledger, self.project.config, waiting[: self.settings.portion], by="anna")
                del waiting[: self.settings.portion]
            codes = [pusher.process.poll() if pusher.process else -9 for pusher in self.pushers]
            assert set(codes) <= {None, 0, -9}, f"a process ended with {codes}: see {self.case.folder}"
            if not waiting and any(pusher.done for pusher in self.pushers):
                break
            for pusher, code in zip(self.pushers, codes, strict=True):
                if code is not None or pusher.done:
                    pusher.end()
                    pusher.start()
            going = sum(pusher.going for pusher in self.pushers)
            for pusher in [p for p in self.pushers if p.ready and not p.going][: max(0, self.settings.pushers - going)]:
                pusher.go()
            time.sleep(0.02)
        for pusher in self.pushers:
            pusher.end()
            pusher.process, pusher.done = None, False

    def _late(self) -> bool:
        self._begun = getattr(self, "_begun", time.monotonic())
        return time.monotonic() - self._begun > self.settings.most_seconds

    def _judge(
        self, approved: Sequence[Expected], before: Mapping[Role, Mapping[str, Mapping[str, Mapping[str, str | None]]]]
    ) -> None:
        states = self.ledger.action_states([each.action.id for each in approved])
        for role, books in self.case.books.items():
            mine = [each for each in approved if each.action.target is role]
            self.report.verdict.add(Judge(books, before[role], mine).verdict(states))
        for proxy in self.proxies.values():
            self.report.faults += Counter({fault.value: count for fault, count in proxy.counts.items()})
            self.report.requests += proxy.requests
        self.report.troubles = Counter(line.strip() for pusher in self.pushers for line in pusher.said)
        self.report.audit_broken_at = self.ledger.verify_audit()
        self.project.close()
