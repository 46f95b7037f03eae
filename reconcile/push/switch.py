"""The kill switch: it stops all pushes of a project, in whichever process they run, until somebody lifts the stop."""

from __future__ import annotations

from reconcile.access import Person, Rules
from reconcile.config.models import ProjectConfig
from reconcile.ledger import Ledger
from reconcile.ledger.stops import RESUMED, STOPPED


def stop_pushes(ledger: Ledger, config: ProjectConfig, *, by: Person | str, comment: str = "") -> bool:
    """Let no push start, and a running one end after its batch. False if that held already. Raises NobodyDecides, NotAllowed."""
    return _turn(ledger, config, STOPPED, by, comment)


def resume_pushes(ledger: Ledger, config: ProjectConfig, *, by: Person | str, comment: str = "") -> bool:
    """Lift the stop; it starts no push by itself. False if there was none. Raises NobodyDecides, NotAllowed."""
    return _turn(ledger, config, RESUMED, by, comment)


def _turn(ledger: Ledger, config: ProjectConfig, event: str, by: Person | str, comment: str) -> bool:
    rules = Rules.of(config)
    person = rules.person(by)
    rules.check(person, "stop")
    if (ledger.push_stop() is not None) == (event == STOPPED):
        return False
    ledger.note_push(person.name, event, {"comment": comment.strip()})
    return True
