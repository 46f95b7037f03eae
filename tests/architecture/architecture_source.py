"""The project's files as the architecture tests see them: parsed once, with their place from the root."""

from __future__ import annotations

import ast
import re
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("reconcile", "expectations", "reports", "dashboard")


@cache
def modules(*folders: str) -> tuple[Path, ...]:
    """Python files of the folders; of the four packages if none is named."""
    return tuple(sorted(path for folder in folders or PACKAGES for path in (ROOT / folder).rglob("*.py")))


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def comments(path: Path) -> Iterator[tuple[int, str]]:
    """Line and text of every comment."""
    with path.open("rb") as file:
        for token in tokenize.tokenize(file.readline):
            if token.type == tokenize.COMMENT:
                yield token.start[0], token.string


def pages() -> tuple[Path, ...]:
    """The Markdown files that people read."""
    return tuple(sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").rglob("*.md")]))


def without_code(text: str) -> str:
    """Markdown without its blocks and spans of code."""
    return re.sub(r"`[^`\n]*`", "", re.sub(r"(?ms)^ *```.*?^ *```$", "", text))


def code_in(text: str) -> Iterator[str]:
    """Lines of shell blocks and spans of code."""
    for block in re.findall(r"(?ms)^ *```(?:bash|sh)?\n(.*?)^ *```$", text):
        yield from block.splitlines()
    yield from re.findall(r"`([^`\n]+)`", re.sub(r"(?ms)^ *```.*?^ *```$", "", text))
