"""A suggestion as a suite file: YAML to be edited, each rule with its reason as a comment above it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from expectations.suggest.proposal import Both, Suggested, Suggestion, Tally
from reconcile.config.wording import printable

_WIDTH = 118
_OPENING = Both(
    "Proposed from the data. Keep what is right, delete what is not, name the owner; a rule is no fact until a person says so.",
    "根据数据提出的规则。请保留正确的、删除不合适的，并填写负责人；经人确认之前，规则只是建议。",
)
_OWNER = Both("TODO: who keeps this data", "待填：数据负责人")


def as_yaml(suggestion: Suggestion, language: Literal["en", "zh"] = "en") -> str:
    """The file's text; reasons in `language`, messages in both. A suggestion without rules can't be loaded until one is added."""
    at = 0 if language == "en" else 1
    lines = [*_comment(_OPENING[at], ""), *_comment(suggestion.seen[at], "")]
    lines += [line for note in suggestion.notes for line in _comment(note[at], "")]
    lines += [f"entity: {_scalar(suggestion.entity)}", f"owner: {_scalar(_OWNER[at])}"]
    lines += [f"system: {suggestion.system}"] if suggestion.system else []
    if suggestion.kinds:
        lines.append("kinds:")
        lines += [f"  {_scalar(name)}: {kind.value}" for name, kind in suggestion.kinds.items()]
    lines += ["", "rules:" if suggestion.rules else "rules: []"]
    for one in suggestion.rules:
        lines += [*_rule(one, at), ""]
    return "\n".join(lines).rstrip() + "\n"


def _rule(one: Suggested, at: int) -> Iterator[str]:
    rule = one.rule
    yield from _comment(rule.reason[at], "  ")
    for tally in one.tally.values():
        yield from _comment(found(tally)[at], "  ")
    yield f"  - name: {rule.name}"
    yield f"    expect: {rule.expect}"
    yield f"    kwargs: {_flow(rule.kwargs)}"
    if rule.mostly is not None:
        yield f"    mostly: {rule.mostly:g}"
    if rule.where:
        yield f"    where: {_flow({name: list(values) for name, values in rule.where.items()})}"
    yield f"    severity: {rule.severity}"
    if rule.dimension:
        yield f"    dimension: {rule.dimension}"
    yield "    message:"
    yield f"      en: {_scalar(rule.message.en)}"
    yield f"      zh: {_scalar(rule.message.zh)}"


def found(tally: Tally) -> Both:
    """What the rule finds today, as a sentence."""
    if not tally.failed:
        return (
            Both("Today it finds nothing.", "目前没有发现问题。")
            if tally.met
            else Both("Today it does not hold.", "目前不成立。")
        )
    holds = Both("so the check holds.", "检查通过。") if tally.met else Both("so the check fails.", "检查不通过。")
    such = ", ".join(repr(value) for value in tally.examples)
    return Both(
        f"Today it finds {tally.failed:,} of {tally.evaluated:,}{f', such as {such}' if such else ''}; {holds.en}",
        f"目前在 {tally.evaluated:,} 条中发现 {tally.failed:,} 条{f'，例如 {such}' if such else ''}；{holds.zh}",
    )


def _comment(text: str, indent: str) -> Iterator[str]:
    """The text behind `#`, on as many lines as it takes; nothing in it can end the comment."""
    line = ""
    for word in printable(" ".join(text.split())).split(" "):
        if line and len(line) + len(word) + 1 > _WIDTH:
            yield f"{indent}# {line}"
            line = word
        else:
            line = f"{line} {word}" if line else word
    yield f"{indent}# {line}"


def _flow(value: Mapping[str, Any]) -> str:
    return "{" + ", ".join(f"{_scalar(key)}: {_inner(inner)}" for key, inner in value.items()) + "}"


def _inner(value: Any) -> str:
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_scalar(str(one)) for one in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return _scalar(value) if isinstance(value, str) else f"{value!r}"


_ESCAPED = {sign: f"\\u{ord(sign):04x}" for sign in "\x7f\x85\u2028\u2029\ufeff"}
"""Signs that JSON leaves as they are, and YAML takes for the end of a line or refuses."""
_WORDS = ("yes", "no", "true", "false", "null", "on", "off", "y", "n")
"""What YAML takes for something other than text."""


def _scalar(text: str) -> str:
    """Text as YAML: bare where that can't be misread, else in quotes, which JSON's are too."""
    plain = text.replace("_", "a").replace(" ", "a")
    if (
        plain.isascii()
        and plain.isalnum()
        and not text.isdigit()
        and text[0].isalpha()
        and text == text.strip()
        and text.lower() not in _WORDS
    ):
        return text
    written = json.dumps(text.replace("${", "$${"), ensure_ascii=False)
    return "".join(_ESCAPED.get(sign, sign) for sign in written)
