"""The states of breaks worked out by hand from their log, one event after the other: shares nothing with the program but the log.

It goes by what each event means, not by the state that the log notes beside it, but for what an earlier version carries over.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any


@dataclass
class Life:
    state: str
    assignee: str | None = None
    accepted_until: str | None = None
    reopened: str | None = None
    overdue: bool = False


def replay(events: list[dict[str, Any]]) -> dict[str, Life]:
    lives: dict[str, Life] = {}
    for event in sorted(events, key=lambda e: e["seq"]):
        said, name = json.loads(event["detail"]), event["fingerprint"]
        if event["event"] in ("found", "carried over"):
            assert name not in lives, "a break is found once; later it comes back"
            lives[name] = Life("new" if event["event"] == "found" else event["state"], said.get("to"))
        elif event["event"] in ("acknowledged", "accepted", "assigned"):
            _told(lives[name], event["event"], said)
        else:
            _seen(lives[name], event["event"], said)
    return lives


def _seen(life: Life, what: str, said: dict[str, Any]) -> None:
    if what == "still open":
        assert life.state in ("new", "regressed")
        life.state = "open"
    elif what == "fixed":
        assert life.state != "fixed"
        life.state, life.accepted_until, life.reopened, life.overdue = "fixed", None, None, False
    elif what == "came back":
        assert life.state == "fixed"
        life.state = "regressed"
    elif what == "opened again":
        assert life.state in ("accepted", "acknowledged")
        life.state, life.accepted_until, life.reopened = "open", None, said.get("why")
    else:
        assert what == "past due", what
        assert not life.overdue
        life.overdue = True


def _told(life: Life, what: str, said: dict[str, Any]) -> None:
    if what == "assigned":
        life.assignee = said.get("to")
        return
    assert life.state not in (("fixed",) if what == "accepted" else ("fixed", "accepted", "acknowledged"))
    life.state, life.accepted_until, life.reopened = what, said.get("until"), None
    life.overdue = life.overdue and what != "accepted"
