"""JSON Schema of a suite, so that an editor completes it. `reconcile expectations schema` prints it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from expectations.catalogue import Keyword, catalogue
from expectations.suite import Suite, System
from expectations.values import TEXT_KEYWORDS

SYSTEMS = get_args(System)


def suite_schema() -> dict[str, Any]:
    """Draft 2020-12: the models, and for each expectation what its `kwargs` may hold."""
    schema = Suite.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "Expectation suite"
    schema["required"] = ["entity", "owner", "rules"]  # the name comes from the file
    rule = schema["$defs"]["Rule"]
    rule["properties"]["expect"]["enum"] = list(catalogue())
    one_or_more = {"anyOf": [{"type": "array", "items": {"enum": list(SYSTEMS)}, "minItems": 1}, {"enum": list(SYSTEMS)}]}
    rule["properties"]["systems"] = {**one_or_more, "description": rule["properties"]["systems"]["description"]}
    text_or_number = {"type": ["string", "number", "boolean"]}
    rule["properties"]["where"]["additionalProperties"] = {
        "anyOf": [{"type": "array", "items": text_or_number}, text_or_number],
    }
    rule["allOf"] = [
        {
            "if": {"properties": {"expect": {"const": name}}},
            "then": {"properties": {"kwargs": _kwargs(entry.about, entry.kwargs)}, **_demanded(entry.kwargs)},
        }
        for name, entry in catalogue().items()
    ]
    return schema


def _kwargs(about: str, keywords: Mapping[str, Keyword]) -> dict[str, Any]:
    return {
        "description": about,
        "properties": {key: _keyword(key, keyword) for key, keyword in keywords.items()},
        "required": [key for key, keyword in keywords.items() if keyword.required],
        "additionalProperties": False,
    }


def _demanded(keywords: Mapping[str, Keyword]) -> dict[str, Any]:
    """`kwargs` may be left out where nothing of it is demanded."""
    return {"required": ["kwargs"]} if any(one.required for one in keywords.values()) else {}


def _keyword(key: str, keyword: Keyword) -> dict[str, Any]:
    about = {"description": keyword.about} if keyword.about else {}
    if keyword.choices:
        return {**about, "enum": list(keyword.choices)}
    if key == "mostly":
        return {**about, "type": "number", "exclusiveMinimum": 0, "maximum": 1}
    if key in TEXT_KEYWORDS:
        return {
            **about,
            "type": ["array", "string"] if key == "value_set" or key.endswith(("_list", "_set", "_columns")) else "string",
        }
    return about
