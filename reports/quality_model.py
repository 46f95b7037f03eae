"""What the view says of data quality, and the terms and figures that every part of it is made of.

Apart from `model`, which holds the rest of the view.
"""

from __future__ import annotations

from dataclasses import dataclass

from reports.marking import Shown


@dataclass(frozen=True)
class Term:
    """A code and what people read for it in the view's language."""

    code: str
    text: str


@dataclass(frozen=True)
class Figure:
    """A number, its unit (records, breaks, share, days, or a currency code) and how it is written."""

    value: float | int | None
    unit: str
    text: str
    anchor: str = ""
    """Id of the part of the report in which its records stand; empty if there is none."""


NO_CHANGE = Figure(None, "points", "")
"""Where there is no run before."""


@dataclass(frozen=True)
class Example:
    """One record that fails a rule."""

    key: str
    value: Shown
    counterpart: str = ""
    """Of a pair, the ERP's key; then `key` is the CRM's."""


@dataclass(frozen=True)
class CheckLine:
    """One rule that some record fails, within what the rule allows or beyond it."""

    suite: str
    entity: Term
    system: Term
    field: Term | None
    rule: str
    dimension: Term
    severity: Term
    state: Term
    """failed, or passed: fewer records fail than the rule allows."""
    message: str
    evaluated: Figure
    failed: Figure
    examples: tuple[Example, ...]
    anchor: str
    owner: Term = Term("", "")
    """Who mends what it finds."""
    due: str = ""
    """The day by which the first of its breaks is to be settled; empty if none has one."""
    corrections: Figure = Figure(0, "corrections", "0")
    """Proposed ones that would settle breaks of it; none where the view was made without actions."""
    observed: str = ""
    """What a rule about a column or table found."""
    newly: bool = False
    """It passed, or was not there, in the run before."""

    @property
    def code(self) -> str:
        """Names the rule on any page."""
        return f"{self.suite}|{self.rule}|{self.entity.code}|{self.system.code}"


@dataclass(frozen=True)
class SeverityLine:
    """Rules of one severity."""

    severity: Term
    checks: Figure
    passed: Figure
    failed: Figure
    """Rules that some record fails."""
    records: Figure
    """Failures, each record counted once for each rule."""


@dataclass(frozen=True)
class ScoreLine:
    """How good one entity of one system is: the share of judged values that pass, weighted by severity."""

    entity: Term
    """An empty code for all of them together."""
    system: Term
    score: Figure
    checks: Figure
    dimensions: tuple[tuple[Term, Figure], ...]
    """Those of the six in which values were judged."""
    change: Figure = NO_CHANGE
    """Since the run before, in points of a hundred."""
    past: tuple[float | None, ...] = ()
    """The score in earlier runs and in this one, 0 to 100, this one last."""

    def of(self, dimension: str) -> Figure | None:
        """The score of one dimension; None where nothing was judged."""
        return next((figure for term, figure in self.dimensions if term.code == dimension), None)


@dataclass(frozen=True)
class DimensionLine:
    """One of the six sides of quality, over everything that was judged."""

    dimension: Term
    score: Figure
    change: Figure
    checks: Figure
    failed: Figure
    """Rules that did not pass."""
    past: tuple[float | None, ...]


@dataclass(frozen=True)
class LossLine:
    """A rule that lowers the score of its dimension."""

    dimension: Term
    message: str
    entity: Term
    system: Term
    points: Figure
    """Of the score of the dimension, over everything that was judged."""
    code: str
    """As that of its CheckLine."""
    anchor: str = ""
    """Where the rule stands among those that fail, if it does."""


@dataclass(frozen=True)
class Quality:
    """What the expectations found."""

    severities: tuple[SeverityLine, ...]
    scores: tuple[ScoreLine, ...]
    failing: tuple[CheckLine, ...]
    """The top ones: not passed first, then by severity."""
    note: str
    dimensions: tuple[DimensionLine, ...] = ()
    whole: ScoreLine | None = None
    """All entities and systems together; None where nothing was judged."""
    news: str = ""
    """Which rules newly fail since the run before, in one line; empty if none does."""
    losses: tuple[LossLine, ...] = ()
    """Of each dimension the rules that take most points, in the order of the dimensions."""
    meaning: str = ""
    """What the score of everything means."""
