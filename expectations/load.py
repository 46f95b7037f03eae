"""Reads a suite: YAML, models and what Great Expectations will ask for, with every problem reported together."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TypeVar

import polars as pl
from pydantic import ValidationError

from expectations.catalogue import Entry, catalogue
from expectations.suite import Message, Rule, Suite
from expectations.values import CODES, TEXT_KEYWORDS, read_value
from reconcile.config.document import MAX_BYTES, Document, Fault, KeyPath, parse
from reconcile.config.model import Model
from reconcile.config.wording import closest, listed, printable, quoted
from reconcile.errors import FileMissing, FileUnreadable, InvalidConfig, Problem
from reconcile.records import PAIR, SHAPES, Kind
from reconcile.values.conditions import SIDES, BadCondition, condition

AnyModel = TypeVar("AnyModel", bound=Model)


def load_suite(path: Path, *, named_by: str = "the command") -> Suite:
    """The suite in a YAML file.

    Raises:
        FileMissing: there is no such file.
        FileUnreadable: it is a folder, or may not be read.
        InvalidConfig: everything wrong with it, in the order of its lines.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise FileMissing(path, named_by=named_by) from None
    except OSError as error:
        reason = f"it can't be read: {error.strerror or error}"
        raise FileUnreadable(path, reason, hint="Name a suite, such as customers.yaml, that you may read.") from None
    return parse_suite(raw, path)


PAIRS = "_pair"
"""Ends the names of the suites about linked records."""


def packaged_suites() -> dict[str, Path]:
    """The suites that come with the product: name, which is the entity's with or without PAIRS, to file."""
    folder = files("expectations").joinpath("suites")
    return {Path(str(one)).stem: Path(str(one)) for one in sorted(folder.iterdir(), key=str) if one.name.endswith(".yaml")}


def parse_suite(raw: bytes, file: Path) -> Suite:
    """The suite in `raw`; `file` gives messages their place and the suite its name.

    Raises:
        InvalidConfig: everything wrong with it, in the order of its lines.
    """
    document = parse(raw, {})
    faults = list(document.faults)
    data = document.data
    if data is not None and not isinstance(data, dict):
        faults.append(Fault((), "a suite holds the keys entity, owner and rules, each on its own line."))
    if not isinstance(data, dict):
        raise InvalidConfig(file, _problems(faults, document))
    rules, wrong = _rules(data.get("rules"), _Around.of(data))
    faults += wrong
    suite, wrong = _validated(Suite, {"name": file.stem, **data, "rules": rules or [_STAND_IN]}, ())
    faults += wrong
    faults += [Fault(("rules",), "there is no rule. Begin one with `- name:`.")] if not data.get("rules") else []
    if suite is None or faults:
        raise InvalidConfig(file, _problems(faults, document))
    return suite


_STAND_IN = Rule.model_construct(
    name="stand_in", expect="", kwargs={}, severity="minor", message=Message.model_construct(en="", zh="")
)
"""So that the keys around the rules are checked even where no rule is right."""


@dataclass(frozen=True)
class _Around:
    """What the keys around the rules say that a condition needs to know; nothing where they are wrong."""

    kinds: Mapping[str, Kind] | None
    """What the entity's fields hold; None of an entity that only a project knows."""
    system: object

    @classmethod
    def of(cls, data: Mapping[str, object]) -> _Around:
        shape, own = SHAPES.get(str(data.get("entity"))), data.get("kinds")
        told = {str(k): Kind(v) for k, v in own.items() if v in tuple(Kind)} if isinstance(own, dict) else {}
        return cls({**shape.fields, **told} if shape else None, data.get("system"))


def _rules(given: object, around: _Around) -> tuple[list[Rule], list[Fault]]:
    """The rules that are right, and what is wrong with the others."""
    if not isinstance(given, list):
        return [], [Fault(("rules",), "must be a list: begin each rule with `- name:`.")] if given else []
    rules: list[Rule] = []
    faults: list[Fault] = []
    seen: dict[str, int] = {}
    for at, one in enumerate(given):
        rule, wrong = _rule(one, ("rules", at), around)
        faults += wrong
        name = one.get("name") if isinstance(one, dict) else None
        if isinstance(name, str) and seen.setdefault(name, at) != at:
            faults.append(Fault(("rules", at, "name"), f"{quoted(name)} is the name of another rule too; give each its own."))
        if rule is not None:
            rules.append(rule)
    return rules, faults


def _rule(given: object, path: KeyPath, around: _Around) -> tuple[Rule | None, list[Fault]]:
    rule, faults = _validated(Rule, given, path)
    if not isinstance(given, dict):
        return None, faults
    expect, kwargs = given.get("expect"), given.get("kwargs", {})
    if isinstance(expect, str):
        entry = catalogue().get(expect)
        if entry is None:
            faults.append(Fault((*path, "expect"), _unknown(expect, catalogue(), "no such expectation")))
        elif isinstance(kwargs, dict):
            faults += [Fault((*path, "kwargs", *inner), words) for inner, words in _kwargs(entry, kwargs)]
            if "mostly" in kwargs and "mostly" in given:
                faults.append(Fault((*path, "mostly"), "stands in `kwargs` too; keep one."))
    faults += [Fault((*path, "when"), words) for words in _condition(given, around)]
    if rule is None or faults:
        return None, faults
    typed = {key: value if key in TEXT_KEYWORDS else read_value(value) for key, value in rule.kwargs.items()}
    return rule.model_copy(update={"kwargs": typed}), faults


def _condition(rule: Mapping[str, object], around: _Around) -> Iterator[str]:
    """What is wrong with `when`."""
    text = rule.get("when")
    if not isinstance(text, str) or not text.strip() or around.kinds is None:
        return
    try:
        condition(text, around.kinds)
    except BadCondition as error:
        yield f"{error}"
        return
    systems = rule.get("systems") or around.system
    pairs = PAIR in systems if isinstance(systems, list | str) else False
    sides = [name for name in pl.sql_expr(text).meta.root_names() if name in SIDES]
    if sides and not pairs:
        yield f"names `{sides[0]}.`, but the rule is about one side: name the field alone."


def _kwargs(entry: Entry, kwargs: Mapping[str, object]) -> Iterator[tuple[KeyPath, str]]:
    """What is wrong with the keywords of one expectation: the way to it inside `kwargs`, and the words."""
    for key in kwargs:
        if key not in entry.kwargs:
            yield (key,), _unknown(key, entry.kwargs, "this expectation takes no such key")
    for key, keyword in entry.kwargs.items():
        if keyword.required and kwargs.get(key) in (None, "", [], {}):
            yield (key,) if key in kwargs else (), f"`{key}` is missing. {keyword.about}"
        elif kwargs.get(key) is not None:
            yield from (((key,), words) for words in _keyword(key, kwargs[key], keyword.choices))
    if {"min_value", "max_value"} <= set(entry.kwargs) and not {"min_value", "max_value"} & set(kwargs):
        yield (), "give `min_value`, `max_value` or both."


def _keyword(key: str, value: object, choices: tuple[str, ...]) -> Iterator[str]:
    """What is wrong with the value of one keyword."""
    if choices and value not in choices:
        yield f"must be one of {listed(choices)}."
    if key.startswith("regex"):
        yield from _expressions(value)
    elif key in ("column", "column_A", "column_B") and not isinstance(value, str):
        yield "must be the name of one field."
    elif key == "column_list" and not (isinstance(value, list) and len(value) > 1):
        yield "must be a list of at least two fields, such as [order, line]."
    elif key == "value_set" and not (isinstance(value, list) or value == CODES):
        yield f"must be a list, such as [A, B], or {CODES} for the codes of the project's code map."
    elif key not in TEXT_KEYWORDS:
        try:
            read = read_value(value)
        except ValueError as error:
            yield f"{error}; found {quoted(str(value))}."
        else:
            if key == "mostly" and not (isinstance(read, int | float) and 0 < read <= 1):
                yield f"must be more than 0 and at most 1: the share of records that must pass; found {quoted(str(value))}."


def _expressions(value: object) -> Iterator[str]:
    for expression in value if isinstance(value, list) else [value]:
        try:
            re.compile(str(expression))
        except re.error as error:
            yield f"{quoted(str(expression))} is no regular expression: {error}. Put it in single quotes."


def _unknown(word: str, known: Mapping[str, object], what: str) -> str:
    close = closest(word, known)
    hint = f"did you mean `{close}`?" if close else f"known are {listed(list(known)[:8])}{' and more' if len(known) > 8 else ''}."  # noqa: PLR2004 # as many as fit a line
    return f"{quoted(word)}: {what}; {hint}"


def _validated(model: type[AnyModel], given: object, path: KeyPath) -> tuple[AnyModel | None, list[Fault]]:
    try:
        return model.model_validate(given), []
    except ValidationError as error:
        return None, [
            Fault((*path, *detail["loc"]), _words(detail["type"], detail["msg"], detail["loc"], model))
            for detail in error.errors(include_url=False, include_input=False)
        ]


def _words(kind: str, message: str, place: KeyPath, model: type[Model]) -> str:
    """Pydantic's errors in plain words."""
    fields = Message.model_fields if "message" in place[:-1] else model.model_fields
    key = str(place[-1]) if place else ""
    if kind == "missing":
        return f"this key is missing. It says: {fields[key].description}"
    if kind == "extra_forbidden":
        return _unknown(key, fields, "there is no such key here")
    if kind in ("model_type", "dict_type"):
        return "must be a group of keys, each on its own line below."
    if kind == "string_pattern_mismatch":
        return "must begin with a small letter and hold only small letters, digits and underscores."
    if kind in ("too_short", "string_too_short"):
        return "must not be empty."
    said = re.sub("^Input should ", "must ", message.removeprefix("Value error, "))
    return said[:1].lower() + said[1:] + "."


def line_of(file: Path, place: KeyPath) -> int | None:
    """The line of a value in a suite's file, such as `("rules", 0, "name")`."""
    return parse(file.read_bytes(), {}).line(place)


def _problems(faults: list[Fault], document: Document) -> list[Problem]:
    """In the order of the lines, each once."""
    found = {Problem(_dotted(fault.path), fault.message, fault.line or document.line(fault.path)): None for fault in faults}
    return sorted(found, key=lambda problem: problem.line or 0)


def _dotted(path: KeyPath) -> str:
    """`rules.3.message.zh`; rules are counted from 1."""
    return printable(".".join(str(part + 1) if isinstance(part, int) else part for part in path))
