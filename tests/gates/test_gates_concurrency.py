"""Many requests at once: all workers together keep to what the system takes, and all else of a push is as with one."""

import itertools
import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from answering_server import AnsweringServer
from concurrent_case import KINDS, ConcurrentCase, creates, updates
from gate_case import Case, change, create, update

from reconcile.connect.port import Write
from reconcile.connect.registry import connect
from reconcile.ledger.pushes import Ticket
from reconcile.push import lanes, locks, order
from reconcile.results import ActionState

HERE = Path(__file__).parent
SHORT = 0.01


@pytest.fixture
def started(tmp_path):
    """`started(server, connector, workers)`: a case on SQLite, in a file of its own."""
    cases = []

    def start(server, connector, workers, **limits: float):
        url = f"sqlite:///{tmp_path / f'ledger{len(cases)}.db'}"
        cases.append(ConcurrentCase(url, connector, server.url, workers, **limits))
        return cases[-1]

    yield start
    for case in cases:
        case.close()


def wrote(server):
    """The key of each PATCH, in the order of arrival, and its status."""
    return [
        (address.rpartition("/")[2].partition("'")[2].rstrip("')") or address.rpartition("/")[2], status)
        for _, method, address, status in sorted(server.met)
        if method == "PATCH"
    ]


@pytest.mark.parametrize("connector", KINDS)
def test_as_many_requests_are_under_way_as_the_system_takes_and_never_more(started, connector):
    with AnsweringServer(0.03, 12, records=300, gather=True) as server:
        case = started(server, connector, 12)
        case.approved([*updates(300), *creates(60)])
        assert case.push().verified == 360
        assert server.filled.is_set()
        assert not any(status == 429 for *_, status in server.met)
        assert server.landed == dict.fromkeys([*(f"K{n:06}" for n in range(300)), *(f"C{n:06}" for n in range(60))], 1)


@pytest.mark.parametrize("connector", KINDS)
def test_of_the_batches_under_way_one_waits_to_be_written(started, connector, monkeypatch):
    monkeypatch.setattr(order, "BATCH", 20)
    with AnsweringServer(0.03, 8, records=400) as server:
        case = started(server, connector, 8)
        case.approved(updates(400))
        assert case.push().verified == 400
        spans: dict[int, list[float]] = {}
        for begun, (key, _) in zip(
            (at for at, method, *_ in sorted(server.met) if method == "PATCH"), wrote(server), strict=True
        ):
            spans.setdefault(int(key[1:]) // 20, []).append(begun)
        together = [sum(min(other) <= at <= max(other) for other in spans.values()) for own in spans.values() for at in own]
        assert 2 <= max(together) <= lanes.WRITING < lanes.MOST


@pytest.mark.parametrize("connector", KINDS)
def test_one_worker_and_many_come_to_the_same_end(started, connector, monkeypatch):
    monkeypatch.setattr(locks, "PAUSES_SECONDS", (SHORT,) * 3)
    monkeypatch.setattr(order, "BATCH", 20)
    ends = []
    for workers in (1, 9):
        with AnsweringServer(SHORT, 9, records=100) as server:
            for n in (30, 31, 90):
                server.records[f"K{n:06}"]["Name"] = "moved"
            del server.records["K000050"]
            server.locked |= {"K000060": 2, "K000061": 99, "K000099": 1}
            case = started(server, connector, workers, refused_share=0.5)
            case.approved([*updates(100), *creates(25)])
            result = case.push()
            names = sorted((record["Ext"] or record["Id"], record["Name"]) for record in server.records.values())
            told = {action.id: (action.state.value, action.message) for action in result.actions}
            ends.append((told, names, dict(server.landed), result.planned, result.left))
            assert case.ledger.verify_audit() is None
    assert ends[0] == ends[1]
    states = Counter(state for state, _ in ends[0][0].values())
    assert states == {"verified": 120, "lapsed": 4, "refused": 1}


@pytest.mark.parametrize("connector", KINDS)
def test_a_pause_that_one_worker_is_told_holds_all(started, connector):
    with AnsweringServer(0.02, 10, records=150) as server:
        case = started(server, connector, 10)
        case.approved(updates(150))
        server.refuse = {90: 4.0}
        assert case.push().verified == 150
        (told,) = (begun for begun, *_, status in server.met if status == 429)
        after = [begun - told for begun, *_ in server.met if begun > told]
        assert not [seconds for seconds in after if 2.5 < seconds < 3.99]  # what had its turn before may still arrive
        assert len([seconds for seconds in after if seconds >= 3.99]) > 20
        assert set(server.landed.values()) == {1}


@pytest.mark.parametrize("connector", KINDS)
def test_what_met_a_lock_is_sent_again_one_after_the_other_in_key_order(started, connector, monkeypatch):
    monkeypatch.setattr(locks, "PAUSES_SECONDS", (SHORT,) * 4)
    with AnsweringServer(0.02, 8, records=60) as server:
        server.locked |= {"K000041": 1, "K000007": 2, "K000020": 3, "K000055": 1}
        case = started(server, connector, 8)
        case.approved(updates(60))
        assert case.push().verified == 60
        seen: Counter[str] = Counter()
        again = []
        for begun, method, address, _ in sorted(server.met):
            key = next((key for key in server.landed if method == "PATCH" and key in address), None)
            if key and seen[key]:
                again.append((key, begun))
            seen[key or ""] += 1
        keys = [key for key, _ in again]
        assert keys == ["K000007", "K000020", "K000041", "K000055", "K000007", "K000020", "K000020"]
        gaps = [later - earlier for (_, earlier), (_, later) in itertools.pairwise(again)]
        assert min(gaps) >= 0.02  # none before the one before it was answered
        assert set(server.landed.values()) == {1}


def test_a_lock_that_stays_ends_as_refused_in_the_system_s_words(started, monkeypatch):
    monkeypatch.setattr(locks, "PAUSES_SECONDS", (SHORT,) * 2)
    with AnsweringServer(SHORT, 4, records=30) as server:
        server.locked["K000012"] = 99
        case = started(server, "odata", 4)
        case.approved(updates(30))
        result = case.push()
        (refused,) = (action for action in result.actions if action.state is ActionState.REFUSED)
        assert (refused.id, refused.message) == ("u000012", "LOCKED: K000012 is locked by SOMEBODY (attempt 3)")
        assert (result.verified, server.locked["K000012"]) == (29, 96)


def test_a_lock_in_a_collection_holds_up_its_record_alone(started, monkeypatch):
    monkeypatch.setattr(locks, "PAUSES_SECONDS", (SHORT,) * 3)
    with AnsweringServer(SHORT, 4) as server:
        server.locked |= {"C000003": 2, "C000017": 1}
        case = started(server, "salesforce", 4)
        case.approved(creates(40))
        assert case.push().verified == 40
        assert set(server.landed.values()) == {1}


def test_records_of_one_parent_are_written_one_after_the_other(started):
    with AnsweringServer(0.2, 10, records=30) as server:
        settings = started(server, "salesforce", 10).config
        connector = connect("erp", settings.systems["erp"], Path.cwd())
        source = settings.entities["customers"].erp
        parents = ("P1", "P2", None)
        writes = [Write(f"a{n}", source, {"Name": "x"}, f"K{n:06}", parent=parents[n % 3]) for n in range(24)]
        assert {outcome.status for outcome in connector.write(writes)} == {"ok"}
        connector.close()
        for parent in parents[:2]:
            mine = {write.key for write in writes if write.parent == parent}
            begun = sorted(
                at for at, method, address, _ in server.met if method == "PATCH" and address.rpartition("/")[2] in mine
            )
            assert min(later - earlier for earlier, later in itertools.pairwise(begun)) >= 0.2
        assert server.most > 2


def test_what_hangs_on_one_parent_stands_side_by_side_and_nothing_stands_beside_its_parent():
    def order_of(number):
        reference = change("customer", None, f"C{number % 3}", "reference", "customers")
        return create(f"o{number}", reference, source_key=f"O{number}", entity="orders", depends_on=(f"c{number % 3}",))

    customers = [create(f"c{n}", change("name", None, "N"), source_key=f"C{n}") for n in range(3)]
    twice = [update("x1", change("name", "A", "B")), update("x2", change("street", "A", "B"))]
    tickets = [Ticket(action, intact=True) for action in (*twice, *(order_of(n) for n in range(9)), *customers)]
    waves = [[[ticket.action.id for ticket in batch] for batch in wave] for wave in order.waves(tickets)]
    assert waves == [
        [["x1", "c0", "c1", "c2"]],
        [["x2"]],
        [["o0", "o3", "o6", "o1", "o4", "o7", "o2", "o5", "o8"]],
    ]


def pushing(ledger_url, connector, url, workers):
    command = [sys.executable, str(HERE / "concurrent_case.py"), ledger_url, connector, url, str(workers)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(HERE), str(HERE.parents[1])])}
    return subprocess.Popen(command, env=environment)


def test_killed_with_twenty_requests_under_way_nothing_is_lost_or_doubled(ledger_url):
    with AnsweringServer(0.2, 20, records=120, gather=True) as server:
        case = ConcurrentCase(ledger_url, "odata", server.url, 20, canaries=0)
        case.approved(updates(120))
        with pushing(ledger_url, "odata", server.url, 20) as process:
            assert server.filled.wait(300)
            process.kill()
        assert process.returncode == -signal.SIGKILL
        server.finish()
        intended = set(case.ledger.outcomes(list(case.states()))["action_id"])
        landed = {f"u{key[1:]}" for key in server.landed}
        assert 0 < len(landed) < 120
        assert landed <= intended  # none was sent that the journal did not know
        result = case.push()
        assert set(case.states().values()) == {"verified"}, result
        assert server.landed == {f"K{n:06}": 1 for n in range(120)}
        assert case.ledger.verify_audit() is None
        case.close()


def test_interrupted_what_was_sent_is_noted_and_the_next_push_does_the_rest(ledger_url):
    with AnsweringServer(0.2, 8, records=200, gather=True) as server:
        case = ConcurrentCase(ledger_url, "odata", server.url, 8, canaries=0)
        case.approved(updates(200))
        with pushing(ledger_url, "odata", server.url, 8) as process:
            assert server.filled.wait(300)
            process.send_signal(signal.SIGINT)
            process.wait(timeout=300)
        assert process.returncode == 130
        answered = {f"u{key[1:]}" for key, status in wrote(server) if status == 204}
        noted = case.ledger.outcomes(list(case.states()))
        assert set(noted.filter(noted["status"] == "ok")["action_id"]) == answered
        assert 8 <= len(answered) < 200
        case.push()
        assert set(case.states().values()) == {"verified"}
        assert server.landed == {f"K{n:06}": 1 for n in range(200)}
        case.close()


def test_beyond_the_refused_share_no_more_goes_out_than_was_being_written(tmp_path, monkeypatch):
    monkeypatch.setattr(order, "BATCH", 10)
    case = Case(tmp_path)
    for n in range(600):
        case.erp.put("customers", f"E{n}", Name__c="Acme")
    case.approved(*(update(f"u{n:03}", change("name", "Acme", "Acme Ltd"), key=f"E{n}") for n in range(600)))
    case.erp.faults = {f"u{n:03}": "reject" for n in range(200, 600)}
    ended = case.push()
    assert ended.stopped
    assert ended.verified == 200
    most = 0.1 * len(case.erp.sent) + lanes.MOST * order.BATCH
    assert ended.refused <= most
    assert ended.planned == ended.verified + ended.refused == len(case.erp.sent) == 600 - ended.left
    case.close()


def test_an_error_in_one_batch_ends_the_push_and_the_others_are_noted(tmp_path, monkeypatch):
    monkeypatch.setattr(order, "BATCH", 5)
    calls = Counter()

    def failing(moment):
        calls[moment] += 1
        if moment == "fetch" and calls[moment] == 20:
            raise ConnectionError("the line is cut")

    case = Case(tmp_path, at=failing)
    for n in range(100):
        case.erp.put("customers", f"E{n}", Name__c="Acme")
    case.approved(*(update(f"u{n:02}", change("name", "Acme", "Acme Ltd"), key=f"E{n}") for n in range(100)))
    with pytest.raises(ConnectionError):
        case.push()
    states = Counter(case.states().values())
    assert states["pushing"] <= 5
    assert states["verified"] + states["pushing"] == len(case.erp.landed()) < 100
    assert case.push().left == 0
    assert Counter(case.states().values()) == {"verified": 100}
    assert set(Counter(case.erp.landed()).values()) == {1}
    case.close()
