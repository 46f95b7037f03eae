"""`${NAME}` and `${NAME:-default}` in a value, replaced from the environment; `$${` stays a plain `${`."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping

_MARK = re.compile(r"(?P<plain>\$\$\{)|\$\{(?P<inside>[^{}]*)\}|(?P<open>\$\{)")
_INSIDE = re.compile(r"(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?::-(?P<default>.*))?", re.DOTALL)


def substitute(text: str, environ: Mapping[str, str]) -> tuple[str, list[str]]:
    """The text with every variable replaced, and what is wrong in words. A variable that is missing stays as it was written."""
    complaints: list[str] = []

    def replacement(mark: re.Match[str]) -> str:
        if mark["plain"]:
            return "${"
        inside = None if mark["open"] else _INSIDE.fullmatch(mark["inside"])
        if inside is None:
            complaints.append("`${` begins a variable, written ${NAME} or ${NAME:-default}. For a plain `${`, write `$${`.")
            return mark[0]
        value = environ.get(inside["name"]) or inside["default"]
        if value is None:
            complaints.append(_missing(inside["name"], environ))
            return mark[0]
        return value

    return _MARK.sub(replacement, text), complaints


def _missing(name: str, environ: Mapping[str, str]) -> str:
    if name in environ:
        return f"the environment variable {name} is empty. Set it, or write ${{{name}:-}} if it may be empty."
    close = difflib.get_close_matches(name, environ, n=1, cutoff=0.8)
    hint = f"; did you mean {close[0]}?" if close else "."
    return f"the environment variable {name} is not set{hint} Set it before the command, or write ${{{name}:-default}}."
