"""What `reconcile expectations suggest` prints, in English and Simplified Chinese."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

SUGGESTED: Mapping[str, tuple[str, str]] = {
    "written": (
        "{file}: {rules} rules{held}. Edit it, then: {check}",
        "{file}：{rules} 条规则{held}。编辑后运行：{check}",
    ),
    "none": ("{about}: no suite, since there is no rule to propose{held}", "{about}：没有可提出的规则，因此没有规则集{held}"),
    "held": (", {count} left out that suites in use ask already", "，另有 {count} 条因现有规则集已包含而略去"),
    "take": ("To use them, write in {config}:", "若要使用，请在 {config} 中写入："),
}


def suggested(language: Literal["en", "zh"], key: str, **values: object) -> str:
    """One of SUGGESTED, with its arguments."""
    return SUGGESTED[key][0 if language == "en" else 1].format(**values)
