"""Whether somebody may do something, and why not: one answer for a single action and for a hundred thousand at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Self

import polars as pl

from reconcile.access.people import Directory, Person
from reconcile.config.access import Access, AccessRole, Approvals, Operation
from reconcile.config.models import ProjectConfig
from reconcile.config.people import folded
from reconcile.errors import NobodyDecides, NotAllowed
from reconcile.refusals import Refusal, refusal
from reconcile.results import Action

CANDIDATES = pl.Schema(
    {
        "entity": pl.String,
        "target": pl.String,
        "tier": pl.String,
        "value_at_risk": pl.Float64,
        "currency": pl.String,
        "proposed_by": pl.String,
    }
)
"""What rules need to know of an action."""
_WORDS = {
    "see": "see this",
    "undo": "propose undos",
    "stop": "stop or resume pushes",
    "administer": "administer access",
    "assign": "acknowledge or assign breaks",
    "accept": "accept breaks",
}
_LIMITED = ("approve", "accept")
"""Operations that end at an amount."""
_OF_BREAKS = ("assign", "accept")
"""Operations that write to no side."""


class Rules:
    """The rules of one project. Without `access` in the configuration, everything is allowed to everybody."""

    def __init__(self, access: Access | None, approvals: Approvals) -> None:
        self._access = access
        self._directory = Directory(access)
        self.counts: Mapping[str, int] = {"merge": 2} | {str(each): count for each, count in approvals.needed.items()}
        """How many must approve, by tier and for merges; one where nothing is said."""
        asked = access is not None or "own_proposals" in approvals.model_fields_set
        self.own_proposals = approvals.own_proposals or not asked
        """Whether people may approve what they have proposed. Names that nobody has to prove forbid nothing by themselves."""

    @classmethod
    def of(cls, config: ProjectConfig) -> Self:
        """The rules that a configuration gives."""
        return cls(config.access, config.approvals)

    @property
    def given(self) -> bool:
        """Whether the configuration says who may do what."""
        return self._access is not None

    @property
    def by_claims(self) -> bool:
        """Whether an identity provider may name people whom the configuration does not."""
        return self._access is not None and bool(self._access.claims)

    # Who somebody is

    def person(self, who: Person | str) -> Person:
        """The person of that name; whoever the configuration does not name has no role. Raises NobodyDecides."""
        if isinstance(who, Person):
            return who
        name = who.strip()
        if not folded(name):
            raise NobodyDecides
        return self._directory.by_any_name(name) or Person(name)

    def at_the_keyboard(self, login: str) -> Person:
        """The person for whom an account of the operating system stands.

        Without `access`, the account's name signs. With it, an account that stands for nobody is nobody whom the configuration
        or a delegation could mean.
        """
        name = login.strip() or "unknown"
        return self._directory.by_login(login) or Person(f"account {name}" if self.given else name)

    def from_claims(self, name: str, email: str, values: Iterable[str]) -> Person:
        """The person that an identity provider names: found by address alone, with the roles that the claim's values stand for.

        Whoever is not in the configuration signs with the address, or with a name that nobody else bears.
        """
        roles = [self._access.claims[value] for value in values if value in self._access.claims] if self._access else []
        known = self._directory.by_email(email) if folded(email) else None
        if known is not None:
            return Person(known.name, tuple(dict.fromkeys((*known.roles, *roles))))
        signs = email.strip() or name.strip()
        if not folded(signs):
            raise NobodyDecides
        taken = self._directory.by_any_name(signs) is not None
        return Person(f"{signs} (identity provider)" if taken else signs, tuple(dict.fromkeys(roles)))

    def people(self) -> tuple[Person, ...]:
        """Everybody whom the configuration names."""
        return tuple(self._directory)

    def same(self, one: Person, name: str) -> bool:
        """Whether a name, in any spelling, means this person."""
        return bool(self.spellings(one, [name]))

    def spellings(self, person: Person, names: Collection[str]) -> list[str]:
        """Those of the names that mean this person."""
        return self._directory.spellings(person, names)

    # What somebody may do

    def check(self, person: Person, operation: Operation) -> None:
        """Raises NotAllowed, which names who may instead."""
        if why := self.objection(person, operation):
            raise NotAllowed(person.name, word(operation), why, self.who_may(operation))

    def objection(self, person: Person, operation: Operation, action: Action | None = None) -> str:
        """Why this person may not do this, at all or with this action: the role and its limit in words. Empty if allowed."""
        if not self._access or operation == "see" or self._roles(person, operation):
            return "" if action is None else self.objections(person, operation, frame_of([action])).item()
        if not person.roles:
            return refusal("no_role", who=person.name)
        return refusal("role_lacks", who=person.name, doing=word(operation), roles=", ".join(person.roles))

    def objections(self, person: Person, operation: Operation, frame: pl.DataFrame) -> pl.Series:
        """The same for each row of CANDIDATES, as text."""
        why = pl.lit("")
        if self._access and operation != "see":
            roles = self._roles(person, operation)
            why = (
                _of_all([_limit(name, role, operation) for name, role in roles.items()])
                if roles
                else pl.lit(str(self.objection(person, operation)))
            )
        if operation == "approve":
            why = pl.when(self.proposed(person, frame)).then(pl.lit(str(self.own_words(person)))).otherwise(why)
        return frame.with_columns(why.alias("why")).get_column("why")

    def proposed(self, person: Person, frame: pl.DataFrame) -> pl.Series:
        """Whether this person has proposed it and may therefore not approve it, for each row of CANDIDATES."""
        names = [] if self.own_proposals else frame["proposed_by"].unique().drop_nulls().to_list()
        return frame["proposed_by"].is_in(self.spellings(person, names)).fill_null(value=False)

    @staticmethod
    def own_words(person: Person) -> Refusal:
        """Why nobody may approve what they proposed, in words."""
        return refusal("own_proposal", who=person.name)

    def needed(self) -> pl.Expr:
        """How many different people must approve, by the columns tier and kind."""
        by_tier = pl.col("tier").replace_strict(dict(self.counts), default=1, return_dtype=pl.Int64)
        merges = pl.when(pl.col("kind") == "merge").then(self.counts["merge"]).otherwise(1)
        return pl.max_horizontal(by_tier, merges)

    def who_may(self, operation: Operation, frame: pl.DataFrame | None = None) -> tuple[str, ...]:
        """Names of the people in the configuration who may do this, at all or with one of these CANDIDATES."""
        able = [person for person in self._directory if not self.objection(person, operation)]
        if frame is not None and frame.height:
            able = [person for person in able if (self.objections(person, operation, frame) == "").any()]
        return tuple(person.name for person in able)

    def approvers(self, whole: Sequence[Action]) -> tuple[int, tuple[str, ...]]:
        """How many different people must approve these together, and those of the configuration who may approve every one."""
        frame = frame_of(whole)
        kinds = frame.with_columns(kind=pl.Series([action.kind.value for action in whole], dtype=pl.String))
        needed = kinds.select(self.needed().max()).item() if whole else 1
        may = (person for person in self._directory if not self.objection(person, "approve"))
        able = [person.name for person in may if (self.objections(person, "approve", frame) == "").all()]
        return int(needed), tuple(able)

    def _roles(self, person: Person, operation: Operation) -> dict[str, AccessRole]:
        roles = self._access.roles if self._access else {}
        return {name: roles[name] for name in person.roles if name in roles and operation in roles[name].may}


def word(operation: Operation) -> str:
    """An operation as it stands in a sentence after `may`."""
    return _WORDS.get(operation, operation)


def frame_of(actions: Sequence[Action]) -> pl.DataFrame:
    """What rules need to know of actions: CANDIDATES."""
    columns = {name: [None if (held := getattr(a, name)) is None else held for a in actions] for name in CANDIDATES}
    return pl.DataFrame(columns | {"target": [action.target.value for action in actions]}, schema=CANDIDATES)


def _of_all(limits: Sequence[pl.Expr]) -> pl.Expr:
    """Empty where one role allows it; else what each of them says."""
    allowed = pl.any_horizontal(limit == "" for limit in limits)
    return pl.when(allowed).then(pl.lit("")).otherwise(pl.concat_str(limits, separator="; "))


def _limit(name: str, role: AccessRole, operation: Operation) -> pl.Expr:
    """What a role that may do this does not allow, in words; empty where it does."""
    why = _beyond_amount(name, role) if operation in _LIMITED else pl.lit("")
    checks: list[tuple[str, Collection[str] | None, str, str]] = [("entity", role.entities, "entity_only", "entities")]
    if operation not in _OF_BREAKS:
        checks.insert(0, ("target", role.targets, "side_only", "sides"))
    if operation == "approve":
        checks.insert(0, ("tier", role.tiers, "tier_only", "tiers"))
    for column, allowed, code, argument in checks:
        if allowed is not None:
            shown = " and ".join(a.upper() if column == "target" else a for a in allowed) or "nothing"
            outside = ~pl.col(column).is_in(list(allowed)).fill_null(value=False)
            said = refusal(code, role=name, **{argument: shown})
            why = pl.when(outside).then(pl.lit(str(said))).otherwise(why)
    return why


def _beyond_amount(name: str, role: AccessRole) -> pl.Expr:
    """A value that is no number is beyond every limit; no value is within each."""
    why = _above(name, role.amount, pl.col("currency").fill_null("")) if role.amount is not None else pl.lit("")
    for currency, most in role.amounts.items():
        here = pl.col("currency").str.to_uppercase() == currency.upper()
        why = pl.when(here).then(_above(name, most, pl.lit(currency))).otherwise(why)
    return why


def _above(name: str, most: float, currency: pl.Expr) -> pl.Expr:
    value = pl.col("value_at_risk").abs()
    text = refusal("amount_only", role=name, amount=f"{most:,.2f} ")
    said = pl.concat_str(pl.lit(str(text)), currency).str.strip_chars_end()
    return pl.when(value.is_null() | (value <= most)).then(pl.lit("")).otherwise(said)
