"""Sessions by the clock, and what of an identity provider's claims counts."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
import streamlit as st
from dashboard_project import CONFIG, make_project
from guarded_project import ACCESS
from streamlit.testing.v1 import AppTest

from dashboard import data, identity
from dashboard.sessions import IDLE, LONGEST, Sessions

AT = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
CLAIMS = {"iss": "https://login.example.com", "sub": "anna", "iat": 1_000_000, "nonce": "n1"}


class Clock:
    """Turned by hand. Seconds since 1970."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sessions(clock: Clock) -> Sessions:
    return Sessions(clock)


def test_a_session_lasts_while_it_is_used(sessions: Sessions, clock: Clock):
    token = sessions.begin("anna", AT)
    for _ in range(11):
        clock.now += IDLE.total_seconds() - 1
        assert sessions.find(token).name == "anna"
    clock.now += IDLE.total_seconds() + 1
    assert sessions.find(token) is None
    clock.now -= IDLE.total_seconds()
    assert sessions.find(token) is None, "what has ended stays so"


def test_a_session_ends_however_much_it_is_used(sessions: Sessions, clock: Clock):
    token = sessions.begin("anna", AT)
    for _ in range(int(LONGEST / IDLE) * 2):
        assert sessions.find(token)
        clock.now += IDLE.total_seconds() / 2
    clock.now += 1
    assert sessions.find(token) is None


def test_sessions_are_told_apart_and_signing_out_ends_one(sessions: Sessions):
    one, other = sessions.begin("anna", AT), sessions.begin("anna", AT)
    assert len({one, other}) == 2
    assert len(one) >= 43
    assert sessions.end(one).name == "anna"
    assert sessions.end(one) is None
    assert sessions.find(one) is None
    assert sessions.find(other)
    assert sessions.find("") is None
    assert sessions.find("\ud800") is None


def test_no_secret_is_kept_as_it_is(sessions: Sessions):
    token = sessions.begin("anna", AT)
    assert token not in repr(vars(sessions))


def test_what_can_not_come_back_is_forgotten(sessions: Sessions, clock: Clock):
    for _ in range(50):
        sessions.begin("anna", AT)
    clock.now += LONGEST.total_seconds() * 2
    sessions.begin("anna", AT)
    assert len(sessions._sessions) == 1


def test_a_sign_in_at_a_provider_begins_once_and_ends_for_good(sessions: Sessions, clock: Clock):
    found = [sessions.provided(CLAIMS, "anna") for _ in range(3)]
    assert [fresh for _, fresh in found] == [True, False, False]
    assert sessions.end_provided(CLAIMS).name == "anna"
    assert sessions.provided(CLAIMS, "anna") is None
    assert sessions.provided({**CLAIMS, "nonce": "n2"}, "anna")
    clock.now += IDLE.total_seconds() + 1
    assert sessions.provided({**CLAIMS, "nonce": "n2"}, "anna") is None
    clock.now += LONGEST.total_seconds()
    sessions.begin("bert", AT)
    assert sessions.provided({**CLAIMS, "nonce": "n2"}, "anna") is None


@pytest.mark.parametrize("issued", [None, "1000000", 1_000_000 - LONGEST.total_seconds(), 1_000_061, float("nan")])
def test_a_sign_in_at_a_provider_from_another_time_is_none(sessions: Sessions, issued: object):
    assert sessions.provided({**CLAIMS, "iat": issued}, "anna") is None


def test_a_session_begins_once_in_many_windows(sessions: Sessions):
    found = []
    threads = [threading.Thread(target=lambda: found.append(sessions.provided(CLAIMS, "anna"))) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(fresh for _, fresh in found) == 1


@pytest.mark.parametrize(
    ("claims", "name", "values"),
    [
        ({"roles": ["a", "b"]}, "roles", ["a", "b"]),
        ({"roles": "a b"}, "roles", ["a b"]),
        ({"realm_access": {"roles": ["a"]}}, "realm_access.roles", ["a"]),
        ({"https://example.com/roles": ["a"]}, "https://example.com/roles", ["a"]),
        ({"roles": {"a": {}, "b": {}}}, "roles", ["a", "b"]),
        ({"roles": [1, None, "a", ["b"]]}, "roles", ["a"]),
        ({"roles": 7}, "roles", []),
        ({"roles": None}, "roles", []),
        ({}, "realm_access.roles", []),
        ({"realm_access": "roles"}, "realm_access.roles", []),
    ],
)
def test_roles_are_found_where_a_provider_puts_them(claims: dict[str, object], name: str, values: list[str]):
    assert identity.values_of(claims, name) == values


def test_a_server_that_is_not_ours_shows_nothing_but_how_to_start(tmp_path: Path, show: Callable[..., AppTest]):
    file = make_project(tmp_path / "project", CONFIG + ACCESS)
    for name, language, words in (("overview", "en", "only `reconcile dashboard` can serve"), ("approvals", "zh", "启动看板")):
        app = show(file, name, language)
        assert not app.exception
        assert words in app.error[0].value.replace("\\", "")
        assert len(app.button) == 0
        assert "Hostile" not in str(app.main)
    data.project(file).close()
    st.cache_resource.clear()
