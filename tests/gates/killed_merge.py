"""One push of a merge that is killed: `killed_merge.py FOLDER URL POINT` dies by SIGKILL at the POINT-th of its own steps."""

from __future__ import annotations

import sys
from pathlib import Path

from dying import dying_at
from whole_case import Wholes


def main(folder: Path, url: str, point: int) -> None:
    case = Wholes(folder, url, at=dying_at(point, "intend", "settle", "keep_copies"))
    case.push()
    case.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
