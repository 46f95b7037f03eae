"""A push that says when it is about to write a batch, and then waits for a line: `stopped_push.py FOLDER`."""

from __future__ import annotations

import sys
from pathlib import Path

from gate_case import Case

from reconcile.push import order

order.BATCH = 5  # more batches, more moments between them


def main(folder: Path) -> None:
    def at(moment: str) -> None:
        if moment == "write begins":
            sys.stdout.write("writing\n")
            sys.stdout.flush()
            sys.stdin.readline()

    case = Case(folder, at=at)
    result = case.push()
    sys.stdout.write(f"{result.planned} {result.verified} {result.left} {result.stopped}\n")
    case.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
