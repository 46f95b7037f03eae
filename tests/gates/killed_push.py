"""One push that is killed: `killed_push.py FOLDER URL POINT`. It dies by SIGKILL at the POINT-th of its own steps (0: never)."""

from __future__ import annotations

import sys
from pathlib import Path

from dying import dying_at
from gate_case import Case

from reconcile.push import order

order.BATCH = 5  # more batches, more moments to die in


def main(folder: Path, url: str, point: int) -> None:
    case = Case(folder, url, at=dying_at(point, "intend", "settle"))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    case.push()
    case.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
