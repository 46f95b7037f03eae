"""What the threads that speak to one system share: none has a limit, a pause or a budget of its own."""

import threading
import time

import pytest

from reconcile.connect.web import traffic
from reconcile.connect.web.traffic import Pace, Traffic
from reconcile.errors import SendingEnded


class Busy:
    """Notes how many are in it at once; each stays until as many are there as could be, or a moment has passed."""

    def __init__(self, most: int) -> None:
        self.most = 0
        self._here = 0
        self._lock = threading.Lock()
        self._full = threading.Barrier(most)

    def stay(self):
        with self._lock:
            self._here += 1
            self.most = max(self.most, self._here)
        try:
            self._full.wait(timeout=60)
        finally:
            with self._lock:
                self._here -= 1


@pytest.mark.parametrize("at_once", [1, 2, 7])
def test_as_many_are_under_way_as_allowed_and_never_more(at_once):
    shared, busy = Traffic(100_000, at_once), Busy(at_once)

    def one(number):
        with shared.turn():
            busy.stay()
        return number

    threads = [threading.Thread(target=shared.together, args=(one, range(at_once * 4))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert busy.most == at_once
    shared.close(1)


def test_no_more_at_a_time_than_the_caller_wants():
    shared, busy = Traffic(100_000, 8), Busy(3)
    assert shared.together(lambda n: busy.stay() or n, range(12), most=3) == list(range(12))
    assert busy.most == 3
    shared.close(1)


def test_what_is_made_comes_in_order_and_work_may_share_out_work_of_its_own():
    shared = Traffic(100_000, 3)
    assert shared.together(lambda n: shared.together(lambda m: (n, m), range(5)), range(6)) == [
        [(n, m) for m in range(5)] for n in range(6)
    ]
    assert shared.together(str, []) == []
    shared.close(1)


def test_the_first_error_is_raised_and_nothing_more_is_begun():
    shared, begun = Traffic(100_000, 4), []

    def one(number):
        begun.append(number)
        if number == 2:
            raise ValueError(number)

    with pytest.raises(ValueError, match="2"):
        shared.together(one, range(1000))
    assert len(begun) < 1000
    shared.close(1)


def test_a_pause_holds_everybody_those_who_wait_already_too():
    pace, through, first = Pace(2), [], threading.Event()

    def one():
        pace.wait()
        through.append(time.monotonic())
        first.set()

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    assert first.wait(60)
    told = time.monotonic()
    pace.hold(1.2)
    for thread in threads:
        thread.join()
    held = sorted(through)[1:]
    assert held[0] - told >= 1.2
    assert held[-1] - held[0] >= 0.5  # and after it the pace holds, as nobody owns an old turn


def test_a_longer_pause_is_not_cut_by_a_shorter_one():
    pace = Pace(1000)
    began = time.monotonic()
    pace.hold(0.3)
    pace.hold(0.01)
    pace.wait()
    assert time.monotonic() - began >= 0.3


def test_repeats_end_at_the_budget_of_all(monkeypatch):
    monkeypatch.setattr(traffic, "REPEATS", 5)
    shared = Traffic(100_000, 2)
    for _ in range(20):
        with shared.turn():
            pass
    assert [shared.may_repeat() for _ in range(9)] == [True] * 7 + [False] * 2  # 5, and a tenth of 20


def test_after_closing_nobody_who_waits_is_let_through_and_who_is_through_may_finish():
    shared, order = Traffic(100_000, 1), []
    inside, leave = threading.Event(), threading.Event()

    def through():
        with shared.turn():
            inside.set()
            leave.wait(60)
            order.append("answer")

    def waiting():
        with pytest.raises(SendingEnded), shared.turn():
            order.append("sent")

    threads = [threading.Thread(target=through), threading.Thread(target=waiting)]
    threads[0].start()
    inside.wait(60)
    threads[1].start()
    closing = threading.Thread(target=lambda: (shared.close(60), order.append("closed")))
    closing.start()
    threads[1].join(60)
    leave.set()
    closing.join(60)
    assert order == ["answer", "closed"]


def test_closing_ends_a_pause():
    shared = Traffic(100_000, 1)
    shared.hold(60)
    ended = []

    def waiting():
        try:
            with shared.turn():
                ended.append("sent")
        except SendingEnded:
            ended.append("not sent")

    thread = threading.Thread(target=waiting)
    thread.start()
    shared.close(60)
    thread.join(60)
    assert ended == ["not sent"]
