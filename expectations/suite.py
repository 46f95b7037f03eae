"""What a suite may say: frozen models of `suites/*.yaml`. `load` reads them, `run` applies them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from reconcile.config.model import Model, Text, TextList
from reconcile.records import Kind

System = Literal["crm", "erp", "pair"]
Severity = Literal["blocking", "major", "minor"]
Dimension = Literal["completeness", "validity", "uniqueness", "consistency", "timeliness", "integrity"]

_NOT_COLUMNS = ("column_index", "column_set")
"""Keywords that say where a column stands, or which there shall be."""


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


def names_columns(keyword: str) -> bool:
    """Whether a keyword of an expectation names one or more columns of the records it is about."""
    return (keyword.startswith("column") and keyword not in _NOT_COLUMNS) or keyword.endswith(("_column", "_columns"))


class Message(Model):
    """What a person reads when the rule fails, in both languages."""

    en: str = Field(min_length=1, description="In English: what is wrong and what to do.")
    zh: str = Field(min_length=1, description="In Simplified Chinese.")


class Rule(Model):
    """One expectation with what a data steward needs to know about it."""

    name: str = Field(
        pattern=r"^[a-z][a-z0-9_]*$", description="Short name, unique in the file: small letters, digits and underscores."
    )
    expect: str = Field(description="Name of a Great Expectations expectation, such as expect_column_values_to_not_be_null.")
    kwargs: dict[str, Any] = Field(
        {},
        description="What the expectation takes: column, value_set, regex, min_value, mostly ... "
        "$today, $now, $today-30d and, for value_set, $codes are filled in at the run.",
    )
    mostly: float = Field(
        1.0,
        gt=0,
        le=1,
        description="The share of records that must pass for the rule to pass, above 0 up to 1. "
        "Records that fail are findings all the same.",
    )
    severity: Severity = Field(description="blocking: the record can't be used; major: it does harm; minor: it should be mended.")
    dimension: Dimension | None = Field(
        None, description="The side of quality that the rule measures; known from the expectation if not given."
    )
    systems: Annotated[Annotated[tuple[System, ...], Field(min_length=1)] | None, BeforeValidator(_as_list)] = Field(
        None,
        description="What the rule holds for: [crm], [erp], both, or [pair]; as the suite's `system` says if not given.",
    )
    where: dict[str, TextList] = Field(
        default={}, description="Only records whose field has one of these values are looked at, such as status: [B, C]."
    )
    when: str | None = Field(
        None,
        min_length=1,
        description="Only records of which this condition is true are looked at: SQL over the canonical fields, such as "
        "status = '100' AND amount > 1000; in a rule about pairs over crm.<field> and erp.<field>.",
    )
    field: str | None = Field(None, description="The field that a finding points to; the first column of kwargs if not given.")
    owner: Text | None = Field(None, description="Who mends it; the suite's owner if not given.")
    message: Message = Field(description="What a person reads when the rule fails.")

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that the expectation reads, in the order of its kwargs; none for a rule about the whole table."""
        named = [value for key, value in self.kwargs.items() if names_columns(key)]
        flat = [one for value in named for one in (value if isinstance(value, list | tuple) else [value])]
        return tuple(dict.fromkeys(str(one) for one in flat if one is not None))

    @property
    def looks_into(self) -> str | None:
        """The entity whose records it reads beside its own: one that is referred to, or one that refers to these."""
        named = self.kwargs.get("parent", self.kwargs.get("records"))
        return None if named is None else str(named)

    @property
    def passing_share(self) -> float:
        """The share of records that must pass for the check to succeed: `mostly` of the rule, or of its keywords."""
        return float(self.kwargs.get("mostly", self.mostly))

    @property
    def subject(self) -> str | None:
        """The field that findings point to, or None for a rule about the whole table."""
        return self.field or next(iter(self.columns), None)


class Suite(Model):
    """The rules of one entity, from one file."""

    name: str = Field(min_length=1, description="The suite's name on reports; the file's name if not given.")
    entity: str = Field(min_length=1, description="The entity that the rules are about, such as customers.")
    owner: Text = Field(description="Who keeps these rules and mends what they find.")
    system: System | None = Field(
        None, description="What the rules hold for: crm, erp, or pair for linked records of both; each side if not given."
    )
    kinds: dict[str, Kind] = Field(
        default={},
        description="For a file: what columns hold whose names are not canonical, such as OrderDate: date. They are read so, "
        "and `raw:OrderDate` is what stood there. In a project the mapping says it.",
    )
    rules: tuple[Rule, ...] = Field(min_length=1, description="The rules.")

    def systems_of(self, rule: Rule) -> tuple[System, ...]:
        """What `rule` holds for."""
        return rule.systems or ((self.system,) if self.system else ("crm", "erp"))

    def holds_for(self, system: str) -> bool:
        """Whether a rule of it is about this side, or about pairs."""
        return any(system in self.systems_of(rule) for rule in self.rules)

    def owner_of(self, rule: Rule) -> str:
        """Who mends what `rule` finds."""
        return rule.owner or self.owner
