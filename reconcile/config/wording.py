"""Pydantic's errors in plain words: what was found, what is allowed, and which key was probably meant.

Apart from `load`, because wording is its own craft. No value that came from the environment is ever quoted.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from enum import Enum
from typing import Any, get_args, get_origin

from pydantic import SecretStr, ValidationError
from pydantic_core import ErrorDetails

from reconcile.config.document import Document, Fault, KeyPath
from reconcile.config.model import Model
from reconcile.config.models import ProjectConfig

_SHOWN = 40
"""Characters of a value that a message quotes."""


def faults(error: ValidationError, document: Document, root: type[Model] = ProjectConfig) -> Iterator[Fault]:
    """One fault for each error, at its place in the document. A key that is missing because it is misspelt is said once.

    `root` is the model that the whole document was read as.
    """
    details = [(tuple(part for part in d["loc"] if part != "[key]"), d) for d in error.errors(include_url=False)]
    meant = {(*path[:-1], _meant(path, root)) for path, detail in details if detail["type"] == "extra_forbidden"}
    for path, detail in details:
        if detail["type"] != "missing" or path not in meant:
            yield Fault(path, _words(detail, path, document, root))


def _meant(path: KeyPath, root: type[Model]) -> str | None:
    model = model_at(path[:-1], root)
    return closest(str(path[-1]), model.model_fields) if model else None


def did_you_mean(word: str, choices: Iterable[str]) -> str:
    """`; did you mean `name`?` where one choice is close, else a full stop."""
    close = closest(word, choices)
    return f"; did you mean `{close}`?" if close else "."


def closest(word: str, choices: Iterable[str]) -> str | None:
    """The choice that the word was probably meant to be, or None."""
    by_fold = {choice.casefold().replace("-", "_"): choice for choice in choices}
    close = difflib.get_close_matches(word[:_SHOWN].casefold().replace("-", "_"), by_fold, n=1, cutoff=0.66)
    return by_fold[close[0]] if close else None


def quoted(value: str) -> str:
    """A value for a message, cut where it is long."""
    shown = value if len(value) <= _SHOWN else value[:_SHOWN] + "…"
    return f"`{printable(shown)}`"


def printable(text: str) -> str:
    """The text without characters that no terminal should get."""
    return "".join(c if c.isprintable() else "·" for c in text)


def listed(names: Iterable[str]) -> str:
    """`a`, `b` and `c`."""
    words = [f"`{name}`" for name in names]
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def model_at(path: KeyPath, root: type[Model] = ProjectConfig) -> type[Model] | None:
    """The model that says which keys may stand at `path`, or None where keys are free."""
    annotation: Any = root
    for part in path:
        if isinstance(annotation, type) and issubclass(annotation, Model):
            known = annotation.model_fields.get(str(part))
            annotation = known.annotation if known else None
            if get_origin(annotation) not in (dict, tuple):  # an optional group
                annotation = next((a for a in get_args(annotation) if _is_model(a)), annotation)
        else:
            origin = get_origin(annotation)
            annotation = get_args(annotation)[1 if origin is dict else 0] if origin in (dict, tuple) else None
    return annotation if _is_model(annotation) else None


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, Model)


def _words(detail: ErrorDetails, path: KeyPath, document: Document, root: type[Model]) -> str:
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "missing":
        return _missing(path, root)
    if kind == "extra_forbidden":
        return _unknown_key(path, root)
    if kind == "value_error":
        return f"{context['error']}."
    found = _found(detail["input"], path, document, root)
    if kind in ("literal_error", "enum"):
        return f"found {found}, which is not allowed here. {_choices(detail['input'], path, document, root)}"
    return f"{_MUST.get(kind, _must_else)(context)}; found {found}."


def _must_else(_context: dict[str, Any]) -> str:
    return "this value can't be used here"


_MUST: dict[str, Any] = {
    "string_type": lambda _: "must be text",
    "model_type": lambda _: "must be a group of keys, each on its own line below",
    "dict_type": lambda _: "must be a group of keys, each on its own line below",
    "model_attributes_type": lambda _: "must be a group of keys, each on its own line below",
    "tuple_type": lambda _: "must be a list, such as [a, b]",
    "int_type": lambda _: "must be a whole number",
    "int_parsing": lambda _: "must be a whole number",
    "int_from_float": lambda _: "must be a whole number",
    "int_parsing_size": lambda _: "must be a whole number of fewer digits",
    "float_type": lambda _: "must be a number, such as 0.5",
    "float_parsing": lambda _: "must be a number, such as 0.5",
    "finite_number": lambda _: "must be a finite number",
    "bool_type": lambda _: "must be true or false",
    "bool_parsing": lambda _: "must be true or false",
    "greater_than": lambda c: f"must be more than {_number(c['gt'])}",
    "greater_than_equal": lambda c: f"must be at least {_number(c['ge'])}",
    "less_than": lambda c: f"must be less than {_number(c['lt'])}",
    "less_than_equal": lambda c: f"must be at most {_number(c['le'])}",
    "too_short": lambda _: "must not be empty",
    "string_too_short": lambda _: "must not be empty",
}


def _number(value: float) -> str:
    return f"{value:g}" if abs(value) < 100_000 else f"{value:,.0f}"  # noqa: PLR2004 # beyond, :g writes 1e+06


def _missing(path: KeyPath, root: type[Model]) -> str:
    model = model_at(path[:-1], root)
    known = model.model_fields.get(str(path[-1])) if model and path else None
    return f"this key is missing. It says: {known.description}" if known else "this key is missing."


def _unknown_key(path: KeyPath, root: type[Model]) -> str:
    key, model = str(path[-1]), model_at(path[:-1], root)
    allowed = list(model.model_fields) if model else []
    for name in allowed:
        below = model_at((*path[:-1], name), root)
        if below and key in below.model_fields:
            return f"there is no such key here; it belongs under `{name}`."
    close = closest(key, allowed)
    return f"there is no such key{did_you_mean(key, allowed)}" + ("" if close else f" Keys here are {listed(allowed)}.")


def _choices(value: object, path: KeyPath, document: Document, root: type[Model]) -> str:
    """What is allowed, and what was probably meant."""
    allowed = _allowed(path, root)
    close = closest(value, allowed) if isinstance(value, str) and path not in document.from_environment else None
    return f"Did you mean `{close}`? Allowed: {listed(allowed)}." if close else f"Allowed: {listed(allowed)}."


def _allowed(path: KeyPath, root: type[Model]) -> list[str]:
    """The words that a choice offers: of a Literal or an enum, also inside a list or beside None."""
    names = [part for part in path if isinstance(part, str)]
    model = model_at(tuple(names[:-1]), root)
    known = model.model_fields.get(names[-1]) if model else None
    return list(_words_of(known.annotation)) if known else []


def _words_of(annotation: Any) -> Iterator[str]:
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        yield from (str(member.value) for member in annotation)
    elif isinstance(annotation, str):
        yield annotation
    else:
        for inner in get_args(annotation):
            yield from _words_of(inner)


def _found(value: object, path: KeyPath, document: Document, root: type[Model]) -> str:
    """What stood there, in words; text only where it can't be a secret and is short enough to help."""
    if isinstance(value, SecretStr) or path in document.from_environment:
        return "what the environment variable holds"
    if isinstance(value, str):
        must_be_group = model_at(path, root) is not None
        return "text" if must_be_group else quoted(value) if value else "empty text"
    if isinstance(value, dict):
        return "a group of keys"
    if isinstance(value, list | tuple):
        return "a list" if value else "an empty list"
    return "nothing" if value is None else f"`{value}`"
