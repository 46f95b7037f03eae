"""Reads the configuration of a command that needs no project, such as `reconcile match` and `reconcile diff`: into one model.

Apart from `load`, which saves what it can of a project's file to check the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import ValidationError

from reconcile.config import wording
from reconcile.config.document import Document, Fault, parse
from reconcile.config.load import problems, read_bytes
from reconcile.config.model import Model
from reconcile.errors import InvalidConfig

AnyModel = TypeVar("AnyModel", bound=Model)


@dataclass(frozen=True)
class Plain(Generic[AnyModel]):
    """The configuration and where it stands, so that a column which a file lacks can be told with its line."""

    path: Path
    config: AnyModel
    document: Document

    def check(self, faults: Iterable[Fault]) -> None:
        """Raise InvalidConfig for faults that only the files can show, if there are any."""
        wrong = list(faults)
        if wrong:
            raise InvalidConfig(self.path, problems(wrong, self.document))


def load_plain(
    path: Path, environ: Mapping[str, str], model: type[AnyModel], checked: Callable[[AnyModel], Iterable[Fault]]
) -> Plain[AnyModel]:
    """The configuration in `path`.

    Args:
        path: the file.
        environ: what `${NAME}` stands for.
        model: what the file may say.
        checked: faults that the model alone can't see.

    Raises:
        FileMissing: there is no such file.
        FileUnreadable: it is a folder, or may not be read.
        InvalidConfig: everything wrong with it, in the order of its lines.
    """
    document = parse(read_bytes(path), environ)
    faults = list(document.faults)
    config: AnyModel | None = None
    if document.data is not None:
        try:
            config = model.model_validate(document.data)
        except ValidationError as error:
            faults += wording.faults(error, document, model)
        else:
            faults += checked(config)
    if config is None or faults:
        raise InvalidConfig(path, problems(faults, document))
    return Plain(path, config, document)
