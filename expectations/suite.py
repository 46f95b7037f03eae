"""What a suite may say: frozen models of `suites/*.yaml`. `load` reads them, `run` applies them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from reconcile.config.model import Model, Text, TextList
from reconcile.records import Kind, Role

Severity = Literal["blocking", "major", "minor"]
Dimension = Literal["completeness", "validity", "uniqueness", "consistency", "timeliness"]


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


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
        description="What the expectation takes: column, value_set, regex, min_value, mostly ... "
        "$today, $now, $today-30d and, for value_set, $codes are filled in at the run."
    )
    severity: Severity = Field(description="blocking: the record can't be used; major: it does harm; minor: it should be mended.")
    dimension: Dimension | None = Field(
        None, description="The side of quality that the rule measures; known from the expectation if not given."
    )
    systems: Annotated[tuple[Role, ...], BeforeValidator(_as_list)] = Field(
        (Role.CRM, Role.ERP), min_length=1, description="The sides the rule holds for: [crm], [erp] or both."
    )
    where: dict[str, TextList] = Field(
        default={}, description="Only records whose field has one of these values are looked at, such as status: [B, C]."
    )
    field: str | None = Field(None, description="The field that a finding points to; the first column of kwargs if not given.")
    owner: Text | None = Field(None, description="Who mends it; the suite's owner if not given.")
    message: Message = Field(description="What a person reads when the rule fails.")

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that the expectation reads, in the order of its kwargs; none for a rule about the whole table."""
        named = [self.kwargs.get(key) for key in ("column", "column_A", "column_B")]
        listed = self.kwargs.get("column_list")
        return tuple(str(c) for c in (*named, *(listed if isinstance(listed, list | tuple) else ())) if c is not None)

    @property
    def mostly(self) -> float:
        """The share of records that must pass for the check to succeed, 0 to 1."""
        return float(self.kwargs.get("mostly", 1.0))

    @property
    def subject(self) -> str | None:
        """The field that findings point to, or None for a rule about the whole table."""
        return self.field or next(iter(self.columns), None)


class Suite(Model):
    """The rules of one entity, from one file."""

    name: str = Field(min_length=1, description="The suite's name on reports; the file's name if not given.")
    entity: str = Field(min_length=1, description="The entity that the rules are about, such as customers.")
    owner: Text = Field(description="Who keeps these rules and mends what they find.")
    kinds: dict[str, Kind] = Field(
        default={},
        description="For a file: what columns hold whose names are not canonical, such as OrderDate: date. They are read so, "
        "and `raw:OrderDate` is what stood there. In a project the mapping says it.",
    )
    rules: tuple[Rule, ...] = Field(min_length=1, description="The rules.")

    def owner_of(self, rule: Rule) -> str:
        """Who mends what `rule` finds."""
        return rule.owner or self.owner
