"""What a suggestion consists of: rules, each with what was seen that speaks for it, and with what it finds today."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from expectations.suite import Dimension, Severity
from reconcile.records import Kind, Role


class Both(NamedTuple):
    """One text in both languages."""

    en: str
    zh: str

    def joined(self, more: Both) -> Both:
        """This text and another one behind it."""
        return Both(f"{self.en} {more.en}", f"{self.zh}{more.zh}")


@dataclass(frozen=True)
class Proposal:
    """One rule as it will stand in the suite, and why."""

    name: str
    expect: str
    kwargs: Mapping[str, Any]
    """As they are written: placeholders such as `$today` and dates as text."""
    severity: Severity
    message: Both
    reason: Both
    """What was seen; what the rule finds today is told by `Tally`."""
    mostly: float | None = None
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    dimension: Dimension | None = None
    """Where it is another one than the expectation says."""


@dataclass(frozen=True)
class Tally:
    """What a rule finds in the data that it was made from."""

    evaluated: int
    """Records that it has an opinion on."""
    failed: int
    met: bool
    """Whether the check would succeed."""
    examples: tuple[str, ...] = ()
    """Some of the values that fail, those that fail most often first."""


@dataclass(frozen=True)
class Suggested:
    """One rule of a suggestion, judged."""

    rule: Proposal
    tally: Mapping[Role | None, Tally]
    """By side; None for a file."""


@dataclass(frozen=True)
class Suggestion:
    """A suite for one entity, to be edited by the person who keeps the data."""

    entity: str
    rules: tuple[Suggested, ...]
    kinds: Mapping[str, Kind]
    """Of a file: columns that have to be read as something other than text."""
    seen: Both
    """What the suggestion rests on: rows, columns, sides, and whether only a sample was looked at."""
    notes: tuple[Both, ...] = ()
    """What was seen and made no rule, with the reason."""
    system: Role | None = None
    """The side of a project that it is for; None for a file."""
    held: int = 0
    """Rules that were left out, because suites in use ask the same already."""

    @property
    def parents(self) -> tuple[str, ...]:
        """The tables that the rules look into, each once."""
        named = (one.rule.kwargs.get("parent") for one in self.rules)
        return tuple(dict.fromkeys(str(name) for name in named if name and name != self.entity))
