"""One push of a merge that is killed: `killed_merge.py FOLDER URL POINT` dies by SIGKILL at the POINT-th of its own steps."""

from __future__ import annotations

import itertools
import os
import signal
import sys
from pathlib import Path

from whole_case import Wholes

from reconcile.ledger import Ledger


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

    for name in ("intend", "settle", "keep_copies"):
        stepping(name)
    case = Wholes(folder, url, at=at)
    case.push()
    case.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
