"""What was shown must still stand on both sides when it is pushed: whatever of it somebody edits, the approval lapses."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from itertools import count
from pathlib import Path

import polars as pl
import pytest
from gate_case import AT, change, config, create, update
from gate_system import GateSystem
from hypothesis import given, settings
from hypothesis import strategies as st

from reconcile import approve
from reconcile.config.models import Entity, Source, System
from reconcile.connect.files.connector import FilesConnector
from reconcile.connect.memory import MemoryConnector
from reconcile.connect.port import Connector, Value
from reconcile.ledger import Ledger
from reconcile.normalise import normalise
from reconcile.progress import Silent
from reconcile.push import PushResult, push
from reconcile.push.sources import Sources
from reconcile.records import KEY, RAW, Role
from reconcile.results import Action, ActionState, Change

NAME, LIMIT = "Name__c", "Credit_Limit__c"


def taken(shown: Change, source_field: str, source_value: str | None) -> Change:
    """A change that says what it was taken from."""
    return Change(**{**vars(shown), "source_field": source_field, "source_value": source_value})


def name(before: str | None = "old", after: str = "new", said: str = "new") -> Change:
    return taken(change("name", before, after), "Name", said)


class Pair:
    """A CRM and an ERP, a ledger, and pushes between them."""

    def __init__(self, folder: Path, url: str) -> None:
        self.crm, self.erp = GateSystem(folder / "crm.db", "crm"), GateSystem(folder / "erp.db", "erp")
        self.ledger = Ledger.open(url)
        self.config = config()
        self.erp.put("customers", "E1", Name__c="old", Phone="1", Limit="100")
        self.crm.put("customers", "C-E1", Name="new", City="Ulm", Limit__c="50")

    def approved(self, *actions: Action) -> None:
        self.ledger.propose(actions, "r1", AT)
        approve.approve(self.ledger, self.config, [action.id for action in actions], by="anna")

    def push(self, *, dry_run: bool = False) -> PushResult:
        connectors = {Role.CRM: self.crm, Role.ERP: self.erp}
        return push(self.ledger, connectors, self.config, dry_run=dry_run, by="anna", progress=Silent())

    def ended(self, id_: str) -> tuple[ActionState, str]:
        action = self.ledger.actions(ids=[id_])[0]
        return action.state, action.message


@pytest.fixture
def pair(tmp_path, ledger_url):
    pair = Pair(tmp_path, ledger_url)
    yield pair
    pair.ledger.close()


def test_a_source_that_stands_lets_the_push_through(pair):
    pair.approved(update("a", name()))
    assert pair.push().verified == 1
    assert pair.erp.records("customers")["E1"]["Name__c"] == "new"


def test_a_source_value_that_moved_lets_the_approval_lapse_and_says_from_what_to_what(pair):
    pair.approved(update("a", name()))
    pair.crm.put("customers", "C-E1", Name="newer")
    assert pair.push().lapsed == 1
    assert pair.ended("a") == (ActionState.LAPSED, "name moved in the CRM from 'new' to 'newer' since it was shown")
    assert (pair.erp.landed(), pair.erp.records("customers")["E1"]["Name__c"]) == ([], "old")


def test_a_source_that_is_gone_lets_the_approval_lapse(pair):
    pair.approved(update("a", name()))
    pair.crm.remove("customers", "C-E1")
    pair.push()
    assert pair.ended("a") == (ActionState.LAPSED, "C-E1 is no longer there in the CRM")


def test_an_unrelated_field_of_either_record_may_change(pair):
    pair.approved(update("a", name()))
    pair.crm.put("customers", "C-E1", City="Bonn")
    pair.erp.put("customers", "E1", Phone="2")
    assert pair.push().verified == 1


def test_a_new_record_is_not_made_from_values_that_moved(pair):
    pair.crm.put("customers", "C9", Name="Acme")
    pair.approved(create("a", name(None, "Acme", "Acme"), source_key="C9"))
    pair.crm.put("customers", "C9", Name="Acme Ltd")
    pair.push()
    assert pair.ended("a") == (ActionState.LAPSED, "name moved in the CRM from 'Acme' to 'Acme Ltd' since it was shown")
    assert len(pair.erp.records("customers")) == 1


def test_a_dry_run_looks_at_the_source_too_and_changes_nothing(pair):
    pair.approved(update("a", name()))
    pair.crm.put("customers", "C-E1", Name="newer")
    would = pair.push(dry_run=True)
    assert (would.lapsed, would.actions[0].state) == (1, ActionState.LAPSED)
    assert pair.ended("a")[0] is ActionState.APPROVED


def test_what_was_taken_from_nothing_has_no_source_that_could_move(pair):
    pair.approved(update("a", change("name", "old", "older")))
    pair.crm.remove("customers", "C-E1")
    assert pair.push().verified == 1


def test_corrections_in_both_directions_on_one_pair_go_through_in_one_push(pair):
    to_erp = update("a", name())
    back = taken(change("limit", "50", "100", "money"), "Limit", "100")
    to_crm = Action(**{**vars(update("b", back, key="C-E1")), "target": Role.CRM, "source_key": "E1"})
    pair.approved(to_erp, to_crm)
    assert pair.push().verified == 2
    assert pair.crm.records("customers")["C-E1"]["Limit__c"] == "100"


def test_a_source_that_moved_is_said_even_where_the_target_holds_the_value_already(pair):
    pair.approved(update("a", name()))
    pair.erp.put("customers", "E1", Name__c="new")
    pair.crm.put("customers", "C-E1", Name="newer")
    pair.push()
    assert pair.ended("a")[0] is ActionState.LAPSED


def test_the_source_of_a_whole_batch_is_asked_for_once(tmp_path):
    asked: list[list[str]] = []

    class Counted(GateSystem):
        def fetch(self, source, keys, fields):  # type: ignore[no-untyped-def]
            asked.append(list(keys))
            return super().fetch(source, keys, fields)

    crm = Counted(tmp_path / "crm.db", "crm")
    for n in range(50):
        crm.put("customers", f"C-E{n}", Name="new")
    actions = [update(f"a{n}", name(), key=f"E{n}") for n in range(50)]
    assert Sources({Role.CRM: crm, Role.ERP: crm}, config()).moved(actions) == {}
    assert [len(keys) for keys in asked] == [50]


EDITS = st.text("abxyz12 ", max_size=4)


@pytest.fixture(scope="module")
def races(tmp_path_factory):
    folder = tmp_path_factory.mktemp("races")
    pair = Pair(folder, f"sqlite:///{folder / 'ledger.db'}")
    yield pair, count(2)
    pair.ledger.close()


@settings(max_examples=60, deadline=None)
@given(shown=st.tuples(EDITS, EDITS, EDITS), edited=st.tuples(EDITS, EDITS, EDITS), unrelated=st.booleans())
def test_every_edit_of_what_was_shown_ends_the_approval_and_no_other_does(races, shown, edited, unrelated):
    """Before in the target, source value, unrelated field: as shown, and as somebody has made them by the time of the push."""
    (pair, numbers), (before, said, other) = races, shown
    key = f"E{next(numbers)}"
    pair.erp.put("customers", key, Name__c=before, Phone=other)
    pair.crm.put("customers", f"C-{key}", Name=said, City=other)
    pair.approved(update(key, name(before, "after", said), key=key))
    now = (*edited[:2], edited[2] if unrelated else other)
    pair.erp.put("customers", key, Name__c=now[0], Phone=now[2])
    pair.crm.put("customers", f"C-{key}", Name=now[1], City=now[2])
    pair.push()
    moved = any(one.strip() != two.strip() for one, two in zip(shown[:2], now[:2], strict=True))
    landed = pair.erp.records("customers")[key]["Name__c"] == "after"
    assert landed is not moved
    assert pair.ended(key)[0] is (ActionState.LAPSED if moved else ActionState.VERIFIED)


# What a source says when it is read and when it is fetched must compare as one, in whatever form it comes

DAY, MOMENT = dt.date(2026, 1, 31), dt.datetime(2026, 1, 31, 23, 30, 1, 500_000, tzinfo=dt.UTC)
TYPED = pl.DataFrame(
    {
        "Id": ["A 1", "B/2"],
        "text": ["  Acme  ", None],
        "amount": [12.34, 1e6],
        "count": [7, None],
        "flag": [True, False],
        "day": [DAY, None],
        "at": [MOMENT, None],
        "naive": [MOMENT.replace(tzinfo=None), None],
        "code": ["007", "１２"],
    }
)
KINDS = {
    "text": "text", "amount": "money", "count": "quantity", "flag": "boolean", "day": "date", "at": "datetime",
    "naive": "date", "code": "identifier",
}  # fmt: skip


def _csv(folder: Path) -> Connector:
    texts = TYPED.with_columns(
        pl.col("amount").cast(pl.String).str.replace(".", ",", literal=True), Id=pl.lit("  ") + pl.col("Id")
    )
    texts.write_csv(folder / "x.csv", separator=";", datetime_format="%d.%m.%Y %H:%M", date_format="%d.%m.%Y")
    return _files(folder)


def _files(folder: Path) -> Connector:
    return FilesConnector("f", System(role="crm", connector="files", path="."), folder)


def _parquet(folder: Path) -> Connector:
    TYPED.write_parquet(folder / "x.parquet")
    return _files(folder)


def _xlsx(folder: Path) -> Connector:
    TYPED.with_columns(pl.col("at").dt.replace_time_zone(None)).write_excel(folder / "x.xlsx")
    return _files(folder)


def _memory(folder: Path) -> Connector:
    return MemoryConnector("m", {"x.memory": TYPED})


@pytest.mark.parametrize("opened", [_csv, _parquet, _xlsx, _memory], ids=lambda f: f.__name__[1:])
def test_what_nobody_touched_has_not_moved_in_whatever_form_a_system_says_it(opened, tmp_path):
    connector = opened(tmp_path)
    side = {"object": f"x.{opened.__name__[1:]}", "key": "Id"}
    fields = {field: {"crm": field, "erp": field, "type": kind} for field, kind in KINDS.items()}
    entity = Entity.model_validate({"crm": side, "erp": side, "fields": fields})
    raw = pl.concat(connector.read(Source.model_validate(side), ["Id", *KINDS]))
    system = System(role="crm", connector="files", path=".", decimal="auto")
    shown = normalise(raw, "things", entity, Role.CRM, system).frame
    assert shown[KEY].to_list() == ["A 1", "B/2"]
    actions = [
        update(f"{key}", *(taken(change(f, "x", "y", KINDS[f]), f, row[RAW + f]) for f in KINDS), entity="things")
        for key, row in zip(shown[KEY], shown.iter_rows(named=True), strict=True)
    ]
    actions = [Action(**{**vars(action), "source_key": action.id}) for action in actions]
    project = config().model_copy(update={"entities": {"things": entity}})
    assert Sources(dict.fromkeys(Role, connector), project).moved(actions) == {}
    other = [Action(**{**vars(a), "changes": tuple(taken(c, c.field, "else") for c in a.changes)}) for a in actions]
    moved = Sources(dict.fromkeys(Role, connector), project).moved(other)
    assert all(len(moved[action.id].split("; ")) == len(KINDS) for action in actions)


@pytest.mark.parametrize(
    ("value", "said", "kind", "stands"),
    [
        (Decimal("100.00"), "100", "text", True),
        (100.5, "100.5", "money", True),
        (100, "100.0", "identifier", True),
        (True, "true", "code", True),
        (MOMENT, "2026-01-31 23:30:01.500000+00:00", "text", True),
        ("2026-01-31T23:30:01Z", "2026-01-31T22:30:01Z", "date", False),  # another day, where the zone is to the east
        ("2026-01-31T23:30:01Z", "2026-02-01T00:30:01+01:00", "datetime", True),
        ("0100", "100", "identifier", False),
        (None, "", "text", True),
        (None, "x", "text", False),
        ("ACME", "Acme", "company_name", False),
    ],
)
def test_what_counts_as_the_same(tmp_path, value: Value, said, kind, stands):
    connector = MemoryConnector("m", {"customers": pl.DataFrame({"Key": ["C-E1"], "F": pl.Series([value], dtype=pl.Object)})})
    action = update("a", taken(change("name", "x", "y", kind), "F", said))
    assert (Sources(dict.fromkeys(Role, connector), config()).moved([action]) == {}) is stands
