"""What every part of `reconcile.yaml` is built from: the frozen model, and texts, names and secrets as YAML gives them.

Apart from the models, so that each file of models can be read alone.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, StringConstraints, WithJsonSchema


def _as_text(value: object) -> object:
    """YAML reads 100 as a number; codes and keys are text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else value


def _as_secret(value: object) -> object:
    text = _as_text(value)
    return SecretStr(text) if isinstance(text, str) else text


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str | int) else value


_SCALAR = {"type": ["string", "number", "boolean"]}
_NAME = {"type": ["string", "number"], "minLength": 1}

Text = Annotated[str, BeforeValidator(_as_text), WithJsonSchema(_SCALAR)]
Name = Annotated[str, BeforeValidator(_as_text), StringConstraints(min_length=1), WithJsonSchema(_NAME)]
"""Text that names something, so it can't be empty."""
TextList = Annotated[
    tuple[Name, ...],
    BeforeValidator(_as_list),
    Field(min_length=1),
    WithJsonSchema({"anyOf": [_NAME, {"type": "array", "items": _NAME, "minItems": 1}]}),
]
Keys = Annotated[
    tuple[TextList, ...],
    WithJsonSchema({"type": "array", "items": {"anyOf": [_NAME, {"type": "array", "items": _NAME, "minItems": 1}]}}),
]
Secret = Annotated[SecretStr, BeforeValidator(_as_secret), WithJsonSchema(_SCALAR)]
"""Masked wherever the configuration is shown, and not stripped."""
Delimiter = Annotated[str, StringConstraints(strip_whitespace=False)]
"""Not stripped: a tab is a separator."""


class Model(BaseModel):
    """Frozen, and no unknown keys."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        str_strip_whitespace=True,
        allow_inf_nan=False,
        hide_input_in_errors=True,  # an input may be a secret in the wrong place
    )
