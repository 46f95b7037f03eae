"""The kill switch: anybody may stop all pushes of a project, in whichever process they run, until somebody lifts the stop."""

from __future__ import annotations

from reconcile.errors import NobodyDecides
from reconcile.ledger import Ledger
from reconcile.ledger.stops import RESUMED, STOPPED


def stop_pushes(ledger: Ledger, *, by: str, comment: str = "") -> bool:
    """Let no push start, and a running one end after its batch. False if that held already. Raises NobodyDecides."""
    return _turn(ledger, STOPPED, by, comment)


def resume_pushes(ledger: Ledger, *, by: str, comment: str = "") -> bool:
    """Lift the stop; it starts no push by itself. False if there was none. Raises NobodyDecides."""
    return _turn(ledger, RESUMED, by, comment)


def _turn(ledger: Ledger, event: str, by: str, comment: str) -> bool:
    if not by.strip():
        raise NobodyDecides
    if (ledger.push_stop() is not None) == (event == STOPPED):
        return False
    ledger.note_push(by.strip(), event, {"comment": comment.strip()})
    return True
