"""One push that is killed: `killed_push.py FOLDER URL POINT`. It dies by SIGKILL at the POINT-th of its own steps (0: never)."""

from __future__ import annotations

import itertools
import os
import signal
import sys
from pathlib import Path

from gate_case import Case

from reconcile.ledger import Ledger
from reconcile.push import order

order.BATCH = 5  # more batches, more moments to die in


def main(folder: Path, url: str, point: int) -> None:
    steps = itertools.count(1)

    def at(_moment: str) -> None:
        if next(steps) == point:
            os.kill(os.getpid(), signal.SIGKILL)

    def stepping(name: str) -> None:
        method = getattr(Ledger, name)

        def wrapped(*args: object, **more: object) -> object:
            at(f"before {name}")
            result = method(*args, **more)
            at(f"after {name}")
            return result

        setattr(Ledger, name, wrapped)

    for name in ("intend", "settle"):
        stepping(name)
    case = Case(folder, url, at=at)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    case.push()
    case.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
