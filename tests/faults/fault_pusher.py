"""A process that pushes until nothing is left, as `reconcile push --yes` does again and again: `fault_pusher.py CONFIG NAME`.

It says `ready`, waits for a line, and goes on after every trouble until it is killed or a push has nothing more to do.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from reconcile import wiring
from reconcile.errors import ProjectLocked, RetryLater
from reconcile.progress import Silent
from reconcile.results import ActionState

IN_THE_SYSTEM = (ActionState.PUSHING, ActionState.UNKNOWN)
OPEN = (ActionState.APPROVED, *IN_THE_SYSTEM)
PAUSE = 0.2
"""Seconds between two looks at a lock that another process holds."""
IDLE = 3
"""Pushes in a row that changed nothing, after which what is left waits for a person."""


def main(config: Path, name: str) -> None:
    project = wiring.open_project(config, os.environ)
    _say("ready")
    sys.stdin.readline()
    idle = 0
    while idle < IDLE:
        before = project.ledger.action_counts().sort("state", "entity")
        try:
            wiring.push(project, None, dry_run=False, by=name, progress=Silent())
        except ProjectLocked:
            time.sleep(PAUSE)
            if project.ledger.count_actions(OPEN):
                continue
        except RetryLater as error:
            _say(f"trouble {type(error).__name__}")
            continue
        unchanged = project.ledger.action_counts().sort("state", "entity").equals(before)
        waiting = project.ledger.count_actions(IN_THE_SYSTEM)
        idle = idle + 1 if unchanged and not waiting else 0
        if not project.ledger.count_actions(OPEN):
            break
        if unchanged:
            time.sleep(PAUSE)
    _say("done")
    project.close()


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
