"""Exceptions of a check that can't be made: no such suite, rule or column, or none of the rules is about these records."""

from __future__ import annotations

from collections.abc import Sequence

from reconcile.errors.roots import ConfigError, first_of
from reconcile.refusals import refusal


class UnknownSuite(ConfigError):
    """No file of this name, and no suite that comes along."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        super().__init__(refusal("unknown_suite", name=name, known=", ".join(known)))


class NothingToCheck(ConfigError):
    """None of the rules can be applied to a file: most likely they are about another entity."""

    def __init__(self, file: str, suite: str, entity: str, lacking: Sequence[str], columns: Sequence[str]) -> None:
        said = {"file": file, "suite": suite, "entity": entity, "lacking": first_of(lacking), "columns": first_of(columns)}
        super().__init__(refusal("nothing_to_check", **said))


class NamedTwice(ConfigError):
    """Two files would be the records of one entity: rules could not tell them apart."""

    def __init__(self, name: str, files: Sequence[str]) -> None:
        super().__init__(refusal("named_twice", name=name, files=first_of(files)))


class NoSuchRule(ConfigError):
    """A rule, entity or side that is not among those that would be checked."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        super().__init__(refusal("no_such_rule", name=name, known=", ".join(known)))
