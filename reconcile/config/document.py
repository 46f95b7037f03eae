"""The text of a configuration file as plain data, with the line of every key and everything wrong with the text itself.

Apart from `load`, because nothing here knows what the keys mean. Every scalar stays the text that was written, so that
the code 0100 keeps its zero and the country NO is no boolean; the models turn text into numbers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from reconcile.config.environment import substitute

MAX_BYTES = 2_000_000
"""A larger file is no configuration; somebody named a data file."""
MAX_DEPTH = 24
MAX_VALUES = 100_000
"""Values after aliases are followed: a small file of nested aliases can stand for billions."""

KeyPath = tuple[str | int, ...]
"""Where a value stands: keys, and positions in lists from 0."""

_LOADER: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TAG = "tag:yaml.org,2002:"
_PLAIN_TAGS = {f"{_TAG}{name}" for name in ("str", "int", "float", "bool", "null", "timestamp", "value", "merge", "seq", "map")}


@dataclass(frozen=True)
class Fault:
    """One thing wrong, at a place in the document; the line is looked up by path where it is not given."""

    path: KeyPath
    message: str
    line: int | None = None


@dataclass(frozen=True)
class Document:
    """What a file says. `data` is made of dict, list, str and None."""

    data: object
    lines: Mapping[KeyPath, int]
    from_environment: frozenset[KeyPath]
    """Values that hold something from the environment, which may be secret and is never shown."""
    faults: tuple[Fault, ...]

    def line(self, path: KeyPath) -> int | None:
        """The line of the value at `path`, or of the nearest key above it that the file has."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path)


class _Unreadable(Exception):  # never leaves this file; carries the one fault that ends the reading
    def __init__(self, message: str, line: int | None = None) -> None:
        self.fault = Fault((), message, line)


def parse(raw: bytes, environ: Mapping[str, str]) -> Document:
    """The document in `raw`, with `${NAME}` replaced from `environ`. Never raises: what is wrong stands in `faults`."""
    reading = _Reading(environ)
    try:
        text = _decode(raw)
        root = _compose(text)
        data = None if root is None else reading.value(root, (), 0)
    except _Unreadable as end:
        return Document(None, {}, frozenset(), (end.fault,))
    if data is None:
        fault = Fault((), "the file is empty. Start with the keys project, systems and entities (docs/configuration.md).")
        return Document(None, {}, frozenset(), (fault,))
    return Document(data, reading.lines, frozenset(reading.from_environment), tuple(reading.faults))


def _decode(raw: bytes) -> str:
    if len(raw) > MAX_BYTES:
        size = f"{len(raw) / 1e6:.1f} MB"
        raise _Unreadable(f"the file has {size}; a configuration has at most {MAX_BYTES // 1_000_000} MB. Is it a data file?")
    encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise _Unreadable("this is not UTF-8 text. Save the file with the encoding UTF-8.", line) from None
    for number, words in enumerate(text.split("\n"), 1):
        if UNPRINTABLE.search(words):
            raise _Unreadable("there is a control character, which no editor shows. Retype the line.", number)
    return text


UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no value may hold, not even written as an escape."""


def _compose(text: str) -> yaml.Node | None:
    """The tree of nodes. Depth is measured on the events first: the composer recurses and would overflow."""
    depth = 0
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > MAX_DEPTH:
                raise _Unreadable(f"keys are nested deeper than {MAX_DEPTH} levels.", _line_of(event.start_mark))
        node: yaml.Node | None = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        raise _Unreadable(_syntax(error), _line_of(error.problem_mark or error.context_mark)) from None
    except (yaml.YAMLError, ValueError) as error:
        raise _Unreadable(f"this is not YAML ({type(error).__name__}). Save the file again as plain UTF-8 text.") from None
    return node


def _line_of(mark: Any) -> int | None:
    """Lines from 1. The two parsers of PyYAML have two classes of mark; both may be absent."""
    return int(mark.line) + 1 if mark else None


_BRACKETS = 'a bracket [ or { is not closed, or a comma is missing. Between brackets, ${NAME} must stand in quotes: "${NAME}".'
_SYNTAX = (
    ("expected a single document", "a second document begins here; a configuration is one. Take out the line ---."),
    ("undefined alias", "a value that begins with * must stand in quotes."),
    ("alphabetic or numeric character", "a value that begins with * or & must stand in quotes."),
    ("duplicate anchor", "the same &name is given twice."),
    ("tag", "a value that begins with ! must stand in quotes."),
    (
        "mapping values are not allowed",
        (
            "there is a colon where none may stand. Put quotes around a value that holds `: `, and "
            "check that the keys of one group begin in the same column."
        ),
    ),
    ("could not find expected ':'", "a colon is missing after a key, or a value needs quotes."),
    (
        "cannot start any token",
        (
            "this character can't begin a value. Indent with spaces, not with tabs, and put quotes around "
            "a value that begins with @, ` or %."
        ),
    ),
    ("found a tab character", "indent with spaces, not with tabs."),
    ("unexpected end of stream", "a quote that was opened is not closed."),
    ("unknown escape", r"inside double quotes, \ begins a special character. Write \\, or use single quotes."),
    ("hexdecimal", r"inside double quotes, \ begins a special character. Write \\, or use single quotes."),
    ("did not find expected ',' or", _BRACKETS),
    ("expected ',' or", _BRACKETS),
    ("block end", "the indentation does not fit, or quotes are missing. Keys of one group begin in the same column."),
    ("expected key", "the indentation does not fit, or quotes are missing. Keys of one group begin in the same column."),
    ("'-' indicator", "the indentation does not fit. Items of one list begin in the same column."),
    ("block sequence entries", "a list can't begin here. Put it on lines of its own, or write [a, b]."),
    ("expected <document start>", "something stands after the end of the configuration; check the indentation and the quotes."),
    ("document start", "something stands after the end of the configuration; check the indentation and the quotes."),
)


def _syntax(error: yaml.MarkedYAMLError) -> str:
    """The parser's complaint in plain words. Its own words are not shown: they may quote the value, which may be a secret."""
    said = f"{error.problem or ''} {error.context or ''}"
    return next(
        (words for part, words in _SYNTAX if part in said), "this is not valid YAML. Check quotes, colons and indentation."
    )


@dataclass
class _Reading:
    environ: Mapping[str, str]
    lines: dict[KeyPath, int] = field(default_factory=dict)
    from_environment: set[KeyPath] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)
    values: int = 0

    def value(self, node: yaml.Node, path: KeyPath, depth: int) -> object:
        """The node as plain data; lines and faults are kept on the way."""
        line = node.start_mark.line + 1
        self.lines.setdefault(path, line)
        self.values += 1
        if self.values > MAX_VALUES or depth > MAX_DEPTH:
            raise _Unreadable("aliases (*name) repeat each other without end, or stand for too many values.", line)
        if node.tag not in _PLAIN_TAGS:
            self.faults.append(Fault(path, "a value that begins with ! must stand in quotes.", line))
            return "" if isinstance(node, yaml.CollectionNode) else str(node.value)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path, depth)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*path, at), depth + 1) for at, item in enumerate(node.value)]
        return None if node.tag == f"{_TAG}null" else self._scalar(str(node.value), path, line)

    def _mapping(self, node: yaml.MappingNode, path: KeyPath, depth: int) -> dict[str, object]:
        own: dict[str, object] = {}
        first: dict[str, int] = {}
        merged: list[yaml.Node] = []
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if key_node.tag == f"{_TAG}merge":
                merged.append(value_node)
            elif not isinstance(key_node, yaml.ScalarNode):
                self.faults.append(Fault(path, "a key must be a word; brackets in a value must stand in quotes.", line))
            elif (key := str(key_node.value)) in own:
                self.faults.append(Fault((*path, key), f"this key is given twice; the first is in line {first[key]}.", line))
            else:
                first[key] = self.lines[*path, key] = line
                own[key] = self.value(value_node, (*path, key), depth + 1)
        for value_node in merged:
            own = {**self._merged(value_node, path, depth), **own}
        return own

    def _merged(self, node: yaml.Node, path: KeyPath, depth: int) -> dict[str, object]:
        """What `<<: *name` brings in; of several, the first wins."""
        parts = node.value if isinstance(node, yaml.SequenceNode) else [node]
        out: dict[str, object] = {}
        for part in parts:
            if isinstance(part, yaml.MappingNode):
                brought = self.value(part, path, depth + 1)
                out = {**brought, **out} if isinstance(brought, dict) else out
            else:
                self.faults.append(Fault(path, "`<<:` must be followed by *name of a group of keys.", node.start_mark.line + 1))
        return out

    def _scalar(self, text: str, path: KeyPath, line: int) -> str:
        if UNPRINTABLE.search(text):
            self.faults.append(Fault(path, "the value holds a control character, written as an escape.", line))
            return ""
        if "${" not in text:
            return text
        replaced, complaints = substitute(text, self.environ)
        if UNPRINTABLE.search(replaced):
            complaints.append("the environment variable holds a control character.")
        self.faults += [Fault(path, complaint, line) for complaint in complaints]
        if replaced != text:
            self.from_environment.add(path)
        return replaced
