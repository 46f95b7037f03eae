"""The frozen view model: everything that report, mail, dashboard and JSON show, computed once by `reports.view`.

Apart from `view`, which computes it; here is only the shape. Codes come with their label, numbers with unit and text.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, fields, is_dataclass

from reconcile.config.models import Language
from reports.marking import Shown
from reports.quality_model import Figure as Figure  # noqa: PLC0414  # named here, too: the view is made of them
from reports.quality_model import Quality
from reports.quality_model import Term as Term  # noqa: PLC0414  # as above
from reports.why import Why
from reports.words import Words


@dataclass(frozen=True)
class Headline:
    """The figures at the top."""

    records: Figure
    """Of both systems."""
    match_rate: Figure
    """Linked records of both systems by all records of both systems."""
    cells_equal: Figure
    """Share of compared field values that are equal."""
    cells: Figure
    """Field values compared."""
    open: Figure
    """All that are open: new, still open and come back."""
    new: Figure
    regressed: Figure
    reopened: Figure
    """Had been accepted, and are open again since the run before."""
    overdue: Figure
    """Went past due since the run before."""
    fixed: Figure
    accepted: Figure
    """Accepted for a time: they are not among the open ones."""
    change: Figure
    """Open breaks, less those of the run before; value None in a first run."""
    value_at_risk: tuple[Figure, ...]
    """One for each currency, the largest first."""
    actions: Figure
    """Proposed and not yet decided."""
    sentences: tuple[str, ...]
    """The same, to be read."""


@dataclass(frozen=True)
class EntityLine:
    """The totals of one entity."""

    entity: Term
    crm_records: Figure
    erp_records: Figure
    links: Figure
    candidates: Figure
    only_crm: Figure
    only_erp: Figure
    in_flight: Figure
    match_rate: Figure
    cells_equal: Figure
    breaks: Figure
    value_at_risk: tuple[Figure, ...]


@dataclass(frozen=True)
class KindLine:
    """One kind of break, counted for each entity in the order of `View.entity_terms`."""

    kind: Term
    counts: tuple[Figure, ...]
    total: Figure
    value_at_risk: tuple[Figure, ...]


@dataclass(frozen=True)
class OwnerLine:
    """The breaks that one owner settles, counted for each age in the order of `View.ages`."""

    owner: Term
    counts: tuple[Figure, ...]
    total: Figure


@dataclass(frozen=True)
class BreakLine:
    """One break, side by side."""

    fingerprint: str
    anchor: str
    entity: Term
    kind: Term
    field: Term | None
    label: str
    crm_key: str
    erp_key: str
    crm_value: Shown
    erp_value: Shown
    reason: Term
    moved: Term | None
    """Of a difference: which side has left the last agreement."""
    severity: Term
    owner: Term
    state: Term
    age: Figure
    value_at_risk: Figure
    actions: tuple[str, ...]
    """Ids of the actions that would resolve it."""
    assignee: str = ""
    """Who looks after it."""
    due: str = ""
    """The day by which it should be fixed."""
    overdue: bool = False
    reopened: str = ""
    """Why it is open again, if it had been accepted."""
    accepted_until: str = ""
    note: str = ""
    """The reason that a person gave for it."""

    def holds_nothing(self, side: str) -> bool:
        """Whether that side (crm or erp) has the record and its field is empty there; else an empty value says nothing."""
        key, value = (self.crm_key, self.crm_value) if side == "crm" else (self.erp_key, self.erp_value)
        if self.kind.code == "broken_rule":  # of one record; a rule about a pair gives one value for both
            return bool(key) and value.empty and self.field is not None and not (self.crm_key and self.erp_key)
        return bool(key) and value.empty and self.kind.code in ("difference", f"orphan_in_{side}")

    @property
    def is_duplicate(self) -> bool:
        """Whether its value is the key of the other record of the same side."""
        return self.kind.code.startswith("duplicate_")


@dataclass(frozen=True)
class KindSection:
    """The top of one kind of break."""

    kind: Term
    help: str
    anchor: str
    total: Figure
    lines: tuple[BreakLine, ...]
    note: str
    """How many of how many are shown."""


@dataclass(frozen=True)
class ChangeLine:
    """One field of an action."""

    field: Term
    target_field: str
    before: Shown
    after: Shown


@dataclass(frozen=True)
class ActionLine:
    """One proposed correction."""

    id: str
    anchor: str
    kind: Term
    entity: Term
    target: Term
    target_key: str
    source_key: str
    label: str
    changes: tuple[ChangeLine, ...]
    more_changes: int
    clause: str
    tier: Term
    state: Term
    value_at_risk: Figure
    breaks: tuple[str, ...]
    message: str
    problems: tuple[str, ...] = ()
    """Why the target would refuse it, in sentences; such a correction can't be approved."""


@dataclass(frozen=True)
class ActionGroup:
    """The corrections of one entity in one system."""

    target: Term
    entity: Term
    anchor: str
    total: Figure
    kinds: tuple[tuple[Term, Figure], ...]
    tiers: tuple[tuple[Term, Figure], ...]
    states: tuple[tuple[Term, Figure], ...]
    value_at_risk: tuple[Figure, ...]
    lines: tuple[ActionLine, ...]
    note: str


@dataclass(frozen=True)
class RunFacts:
    """Which run this is."""

    run_id: str
    project: str
    crm_title: str
    erp_title: str
    started_at: dt.datetime
    finished_at: dt.datetime
    started: str
    finished: str
    duration: Figure
    notes: tuple[str, ...]


@dataclass(frozen=True)
class HistoryPoint:
    """One finished run, this one last."""

    run_id: str
    at: dt.datetime
    text: str
    open: int
    match_rate: float | None


@dataclass(frozen=True)
class DoubtLine:
    """One explained pair."""

    label: str
    """What a person knows the CRM's record by."""
    why: Why


@dataclass(frozen=True)
class DoubtGroup:
    """Pairs of one entity that wait for a person or are the least sure links, explained."""

    entity: Term
    lines: tuple[DoubtLine, ...]


@dataclass(frozen=True)
class RuleLine:
    """One rule of what must add up, on the documents of one system."""

    rule: Term
    system: Term
    entity: Term
    judged: Figure
    broken: Figure
    in_flight: Figure
    not_judged: Figure
    reading: Term
    """How the amounts were read; an empty code where there is nothing to say."""


@dataclass(frozen=True)
class ResidualLine:
    """What is left open of one customer in one currency."""

    customer: str
    key: str
    system: Term
    invoiced: Figure
    credited: Figure
    paid: Figure
    unpaid: Figure
    uninvoiced: Figure


@dataclass(frozen=True)
class Balances:
    """What must add up across documents."""

    rules: tuple[RuleLine, ...]
    lacking: str
    """Which rules could not run, and what they miss."""
    residuals: tuple[ResidualLine, ...]


@dataclass(frozen=True)
class CauseLine:
    """One explanation of many differences, with an example of them."""

    id: str
    anchor: str
    mechanism: Term
    entity: Term
    fields: tuple[Term, ...]
    sentence: str
    """What makes the values differ."""
    where: str
    """The records that it is found in; empty for all."""
    covered: Figure
    records: Figure
    of_fields: Figure
    of_all: Figure
    satisfying: Figure
    purity: Figure
    pure: str
    """Purity with its two counts."""
    value_at_risk: Figure
    field: Term
    """Of the example, as are the keys and values."""
    crm_key: str
    erp_key: str
    crm_value: Shown
    erp_value: Shown
    fix: Term
    """rule or bulk."""
    advice: str
    fix_text: str
    """YAML for the configuration, or a command."""


@dataclass(frozen=True)
class Causes:
    """What explains the differences of a run."""

    sentence: str
    lines: tuple[CauseLine, ...] = ()


@dataclass(frozen=True)
class View:
    """All of it."""

    language: Language
    run: RunFacts
    headline: Headline
    entity_terms: tuple[Term, ...]
    entities: tuple[EntityLine, ...]
    kinds: tuple[KindLine, ...]
    ages: tuple[Term, ...]
    owners: tuple[OwnerLine, ...]
    breaks: tuple[KindSection, ...]
    quality: Quality
    actions: tuple[ActionGroup, ...]
    history: tuple[HistoryPoint, ...]
    doubts: tuple[DoubtGroup, ...] = ()
    causes: Causes = Causes("")
    news: tuple[KindSection, ...] = ()
    """What is new, came back, is open again, past due or fixed since the run before; empty in a first run."""
    news_text: str = ""
    """The same in a few words; empty if there is none."""
    balances: Balances | None = None
    """None where the project asks for nothing to add up."""

    @property
    def words(self) -> Words:
        """How this view's language says things."""
        return Words(self.language)

    def to_json(self) -> str:
        """One JSON object with the same names; moments as ISO text, in UTC."""
        return json.dumps(_plain(self), ensure_ascii=False, allow_nan=False)


def _plain(value: object) -> object:
    if is_dataclass(value):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, tuple | list):
        return [_plain(v) for v in value]
    return value.isoformat() if isinstance(value, dt.datetime) else value
