"""Options that several commands share, declared once: the fields of a frozen dataclass are options of a command that takes it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import MISSING, fields, is_dataclass
from functools import wraps
from typing import Any, TypeVar, get_type_hints

R = TypeVar("R")


def spread(command: Callable[..., R]) -> Callable[..., R]:
    """The command as typer reads it: in place of each parameter that is a dataclass stand the fields of that dataclass.

    A field is annotated and has its default as a parameter would; their names must differ from those of other parameters. What
    is given is put together again before the command sees it.
    """
    hints = get_type_hints(command, include_extras=True)
    groups: dict[str, Any] = {name: kind for name, kind in hints.items() if name != "return" and is_dataclass(kind)}
    parameters: list[inspect.Parameter] = []
    for name, own in inspect.signature(command).parameters.items():
        parameters += _of(groups[name]) if name in groups else [_named(name, hints[name], own.default)]

    @wraps(command)
    def spread_out(**given: Any) -> R:
        for name, group in groups.items():
            given[name] = group(**{one.name: given.pop(one.name) for one in fields(group)})
        return command(**given)

    spread_out.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined] # what `inspect` and typer look at first
    spread_out.__annotations__ = {one.name: one.annotation for one in parameters} | {"return": hints.get("return")}
    return spread_out


def _of(group: Any) -> Iterator[inspect.Parameter]:
    """The fields of a dataclass as parameters."""
    hints = get_type_hints(group, include_extras=True)
    for one in fields(group):
        yield _named(one.name, hints[one.name], inspect.Parameter.empty if one.default is MISSING else one.default)


def _named(name: str, annotation: Any, default: Any) -> inspect.Parameter:
    """Given by its name alone, so that a parameter without a default may stand behind one that has one."""
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
