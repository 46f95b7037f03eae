"""Who acts, and whether they may: asked at the beginning of everything that changes something."""

from __future__ import annotations

import os
import sys

from reconcile.access import Person, Rules
from reconcile.config.access import Operation
from reconcile.wiring.project import Project


def allowed(project: Project, by: Person | str | None, operation: Operation) -> Person:
    """Who this is (whoever is at the keyboard if nobody is named), once it is sure that they may do this. Raises NotAllowed."""
    rules = Rules.of(project.config)
    person = rules.at_the_keyboard(whoami()) if by is None else rules.person(by)
    rules.check(person, operation)
    return person


def whoami() -> str:
    """The account of the operating system at the keyboard: as the system knows it, not as an environment variable says."""
    try:
        if sys.platform == "win32":
            return os.getlogin()
        import pwd  # noqa: PLC0415  # not on Windows

        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # a container may run under a number that has no name
        return f"uid {os.getuid()}"
    except OSError:
        return "unknown"


def lapse(project: Project) -> int:
    """Put actions back to proposed whose approval no longer counts: its time is over, or more people must approve; how many."""
    return project.ledger.lapse(Rules.of(project.config).counts)
