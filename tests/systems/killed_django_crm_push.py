"""One push to django-crm that is killed: `killed_django_crm_push.py FOLDER POINT`. It dies at the POINT-th step (0: never)."""

from __future__ import annotations

import itertools
import os
import signal
import sys
from pathlib import Path

from systems.django_crm_project import opened

from reconcile import wiring
from reconcile.connect.web.http import Http
from reconcile.ledger import Ledger
from reconcile.progress import Silent
from reconcile.push import order, push

order.BATCH = 5  # more batches, more moments to die in


def main(folder: Path, point: int) -> None:
    steps = itertools.count(1)

    def stepping(owner: type, name: str) -> None:
        method = getattr(owner, name)

        def wrapped(*args: object, **more: object) -> object:
            die_here()
            result = method(*args, **more)
            die_here()  # what was done is not yet known to anybody
            return result

        setattr(owner, name, wrapped)

    def die_here() -> None:
        if next(steps) == point:
            os.kill(os.getpid(), signal.SIGKILL)

    for owner, name in ((Ledger, "intend"), (Ledger, "settle"), (Http, "write")):
        stepping(owner, name)
    project = opened(folder)
    soon = {name: system.model_copy(update={"timeout_seconds": 0.000001}) for name, system in project.config.systems.items()}
    config = project.config.model_copy(update={"systems": soon})  # no wait before what surely did not land is sent again
    with wiring.connected(project) as connectors:
        push(project.ledger, connectors, config, dry_run=False, by="anna", progress=Silent(), beyond_limits=True)
    project.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
