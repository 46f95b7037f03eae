"""Reads `reconcile.yaml`: text, environment, models and cross-checks, with every problem reported together.

The only door to a ProjectConfig; nothing below it reads the file or the environment.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from pydantic import ValidationError

from reconcile.config import checks, wording
from reconcile.config.document import MAX_BYTES, Document, Fault, KeyPath, parse
from reconcile.config.models import ProjectConfig
from reconcile.config.salvage import usable
from reconcile.errors import FileMissing, FileUnreadable, InvalidConfig, Problem


def load(path: Path, environ: Mapping[str, str]) -> ProjectConfig:
    """The configuration in `path`, with `${NAME}` replaced from `environ`.

    Raises:
        FileMissing: there is no such file.
        FileUnreadable: it is a folder, or may not be read.
        InvalidConfig: everything wrong with it, in the order of its lines.
    """
    document = parse(read_bytes(path), environ)
    config: ProjectConfig | None = None
    faults = list(document.faults)
    if document.data is not None and not _is_group(document.data):
        what = "a list" if isinstance(document.data, list) else "text"
        faults.append(Fault((), f"the file must hold keys such as `project:` and `systems:`; found {what}."))
    elif document.data is not None:
        config, wrong = _validated(document)
        faults += _not_said_yet(wrong, faults)
        parts = usable(document.data, [fault.path for fault in faults])
        faults += _not_explained_by(checks.faults(parts), faults)
    if config is None or faults:
        raise InvalidConfig(path, problems(faults, document))
    return config


def read_bytes(path: Path) -> bytes:
    """What the file holds, up to a little more than a configuration may. Raises FileMissing, FileUnreadable."""
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise FileMissing(path) from None
    except IsADirectoryError:
        raise FileUnreadable(
            path, "this is a folder", hint="Name the configuration file in it, such as reconcile.yaml."
        ) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise FileUnreadable(path, f"it can't be read: {reason}", hint="Check its permissions.") from None


def _is_group(data: object) -> bool:
    return isinstance(data, dict)


def _validated(document: Document) -> tuple[ProjectConfig | None, list[Fault]]:
    try:
        return ProjectConfig.model_validate(document.data), []
    except ValidationError as error:
        return None, list(wording.faults(error, document))


def _not_said_yet(new: Iterable[Fault], known: Iterable[Fault]) -> list[Fault]:
    """Without what an earlier fault at the same place has caused, such as a number that is still `${NAME}`."""
    said = {fault.path for fault in known}
    return [fault for fault in new if fault.path not in said]


def _not_explained_by(new: Iterable[Fault], known: Iterable[Fault]) -> list[Fault]:
    """Without what follows from an earlier fault above or below."""
    said = [fault.path for fault in known]
    return [fault for fault in new if not any(_one_within_other(fault.path, path) for path in said)]


def _one_within_other(one: KeyPath, other: KeyPath) -> bool:
    shorter = min(len(one), len(other))
    return shorter > 0 and one[:shorter] == other[:shorter]


def problems(faults: Iterable[Fault], document: Document) -> list[Problem]:
    """What users read, in the order of the lines, each once."""
    found = {Problem(_key(fault.path), fault.message, fault.line or document.line(fault.path)): None for fault in faults}
    return sorted(found, key=lambda problem: problem.line or 0)


def _key(path: KeyPath) -> str:
    """`entities.customers.match.keys`: keys only; the line says which item of a list."""
    return wording.printable(".".join(str(part) for part in path if isinstance(part, str)))
