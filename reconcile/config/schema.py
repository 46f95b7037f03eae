"""The JSON Schemas of the configuration files, from the models, so that an editor completes and explains keys."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

from reconcile.config.diffing import DiffConfig
from reconcile.config.matching import MatchConfig
from reconcile.config.model import Model
from reconcile.config.models import ProjectConfig

File = Literal["project", "match", "diff"]
"""A kind of configuration file: a project's, or what `reconcile match` and `reconcile diff` take with `--config`."""
_FILES: Mapping[File, tuple[type[Model], str]] = MappingProxyType(
    {"project": (ProjectConfig, "reconcile.yaml"), "match": (MatchConfig, "match.yaml"), "diff": (DiffConfig, "diff.yaml")}
)
_VARIABLE = {"type": "string", "pattern": r"\$\{[^{}]+\}", "description": "A value from the environment."}


def json_schema(file: File = "project") -> dict[str, Any]:
    """JSON Schema 2020-12, for `# yaml-language-server: $schema=...`. A number or a choice may also be `${NAME}`."""
    model, title = _FILES[file]
    generated: dict[str, Any] = TypeAdapter(model).json_schema(mode="validation")
    generated["$defs"] = {name: _open_to_variables(model) for name, model in sorted(generated["$defs"].items())}
    generated["properties"] = {name: _open_to_variable(value) for name, value in generated["properties"].items()}
    return {"$schema": GenerateJsonSchema.schema_dialect, **generated, "title": title}


def _open_to_variables(model: dict[str, Any]) -> dict[str, Any]:
    if "properties" not in model:
        return model
    return {**model, "properties": {name: _open_to_variable(value) for name, value in model["properties"].items()}}


def _open_to_variable(value: dict[str, Any]) -> dict[str, Any]:
    """The property, or a text with a variable in it where text would not be allowed otherwise. Titles only repeat the key."""
    value = {key: part for key, part in value.items() if key != "title"}
    narrow = value.get("type") in ("integer", "number", "boolean") or "enum" in value
    if not narrow:
        return value
    about: dict[str, Any] = {key: value[key] for key in ("description", "default") if key in value}
    return {**about, "anyOf": [{key: part for key, part in value.items() if key not in about}, _VARIABLE]}
