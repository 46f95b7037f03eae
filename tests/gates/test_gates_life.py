"""Whatever people, runs, other writers and a failing system do in whatever order, the gates hold."""

import shutil
import tempfile
from contextlib import nullcontext
from pathlib import Path

import pytest
from gate_case import AT, Case, change, create, update
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from reconcile import approve
from reconcile.results import ActionState

PLAN = [
    *(update(f"u{n}", change("name", "Acme", f"Acme {n}"), key=f"E{n}") for n in range(3)),
    *(create(f"c{n}", change("name", None, f"New {n}"), source_key=f"C{n}") for n in range(2)),
    *(
        create(
            f"o{n}",
            change("customer", None, f"C{n}", "reference", "customers"),
            entity="orders",
            source_key=f"O{n}",
            depends_on=(f"c{n}",),
        )
        for n in range(2)
    ),
]
IDS = st.lists(st.sampled_from([action.id for action in PLAN]), min_size=1, unique=True)


class Gates(RuleBasedStateMachine):
    new_ledger = staticmethod(lambda: nullcontext(""))

    @initialize()
    def begin(self):
        self.folder = Path(tempfile.mkdtemp(prefix="gates"))
        self.database = self.new_ledger()
        self.case = Case(self.folder, self.database.__enter__())
        for n in range(3):
            self.case.erp.put("customers", f"E{n}", Name__c="Acme")
        self.runs = 0
        self.propose([action.id for action in PLAN])

    @rule(ids=IDS)
    def propose(self, ids):
        self.runs += 1
        self.case.ledger.propose([a for a in PLAN if a.id in ids], f"r{self.runs}", AT)

    @rule(ids=IDS)
    def approve(self, ids):
        known = [id_ for id_ in ids if id_ in self.case.states()]
        approve.approve(self.case.ledger, self.case.config, known, by="anna")

    @rule(ids=IDS)
    def reject(self, ids):
        known = [id_ for id_ in ids if id_ in self.case.states()]
        approve.reject(self.case.ledger, self.case.config, known, by="bert")

    @rule(n=st.integers(0, 2), name=st.sampled_from(["Acme", "Moved", "Acme 1"]))
    def somebody_writes(self, n, name):
        self.case.erp.put("customers", f"E{n}", Name__c=name)

    @rule(ids=IDS, fault=st.sampled_from(["", "reject", "conflict", "lose", "lost"]))
    def the_system_fails(self, ids, fault):
        self.case.erp.faults |= dict.fromkeys(ids, fault)

    @rule(dry_run=st.booleans())
    def push(self, dry_run):
        before = self.case.states()
        sent = len(self.case.erp.sent)
        result = self.case.push(dry_run=dry_run)
        new = [write.action_id for write in self.case.erp.sent[sent:]]
        allowed = {id_ for id_, state in before.items() if state in ("approved", "unknown", "pushing")}
        assert set(new) <= allowed
        assert len(new) == len(set(new))
        if dry_run:
            assert (new, self.case.states()) == ([], before)
            return
        ended = [a.state for a in result.actions if a.id not in before or before[a.id] in ("approved", "unknown")]
        assert ActionState.PUSHING not in ended
        for action in result.actions:
            if action.state is ActionState.VERIFIED and before[action.id] in ("approved", "unknown"):
                self.holds(action)

    def holds(self, action):
        """What was verified stands in the system."""
        rows = self.case.erp.records(action.entity)
        key = action.target_key or next(k for k, row in rows.items() if row.get("Ext") == action.source_key)
        for one in action.changes:
            assert rows[key][one.target_field] == one.after or one.reference

    @invariant()
    def nothing_is_doubled_and_the_trail_is_whole(self):
        for name in ("customers", "orders"):
            made = [row["Ext"] for row in self.case.erp.records(name).values() if "Ext" in row]
            assert len(made) == len(set(made))
        assert self.case.ledger.verify_audit() is None
        keys = self.case.ledger.crosswalk().select("entity", "erp_key")
        assert keys.n_unique() == keys.height

    def teardown(self):
        self.case.close()
        self.database.__exit__(None, None, None)
        shutil.rmtree(self.folder)


class GatesOnPostgres(Gates):
    pass


@pytest.fixture(scope="module", autouse=True)
def _server(cluster):
    GatesOnPostgres.new_ledger = staticmethod(cluster.database)


Gates.TestCase.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)
GatesOnPostgres.TestCase.settings = settings(max_examples=10, stateful_step_count=20, deadline=None)
TestGates = Gates.TestCase
TestGatesOnPostgres = GatesOnPostgres.TestCase
