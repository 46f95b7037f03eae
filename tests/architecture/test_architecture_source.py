"""What every module keeps to: it says what it is for, stays short, has a name that means something, and loops over no rows."""

from __future__ import annotations

import ast
import re

from architecture_source import PACKAGES, ROOT, comments, functions, modules, parsed, place

LONGEST_FILE = 450
LONGEST_FUNCTION = 60
LONGEST_DOCSTRING = 4
EMPTY_NAMES = {"utils", "util", "helper", "helpers", "manager", "handler", "common", "base", "impl", "misc", "processor"}
HOT = ("reconcile/normalise", "reconcile/match", "reconcile/compare", "reconcile/values", "reconcile/snapshot.py")
ROW_LOOPS = {"to_dicts", "iter_rows", "rows", "rows_by_key", "map_rows"}
PANDAS_EDGES = ("expectations/", "reconcile/match/teaching/classifier.py")
REASONED = re.compile(r"#\s*(?:noqa:\s*[A-Z0-9, ]+|type:\s*ignore\[[a-z-, ]+\])\s*(?:-|#)\s*\S")


def test_every_module_says_in_one_to_four_lines_what_it_is_for():
    lines = {place(path): len((ast.get_docstring(parsed(path)) or "").splitlines()) for path in modules()}
    assert {name: count for name, count in lines.items() if not 1 <= count <= LONGEST_DOCSTRING} == {}


def test_files_stay_short():
    lines = {place(path): path.read_text(encoding="utf-8").count("\n") for path in modules(*PACKAGES, "tests", "benchmarks")}
    assert {name: count for name, count in lines.items() if count > LONGEST_FILE} == {}


def test_functions_stay_short():
    """Counted without the docstring, which may explain every argument."""
    lengths = {}
    for path in modules():
        for function in functions(parsed(path)):
            body = function.body[1:] if ast.get_docstring(function) and len(function.body) > 1 else function.body
            head = function.body[0].lineno - function.lineno
            lengths[f"{place(path)}: {function.name}"] = head + (function.end_lineno or 0) - body[0].lineno + 1
    assert {name: count for name, count in lengths.items() if count > LONGEST_FUNCTION} == {}


def test_names_say_something():
    parts = {place(path): {*path.relative_to(ROOT).with_suffix("").parts} for path in modules()}
    words = {name: {word for part in names for word in part.split("_")} for name, names in parts.items()}
    assert {name: found & EMPTY_NAMES for name, found in words.items() if found & EMPTY_NAMES} == {}


def test_every_exception_from_the_style_has_a_reason():
    found = []
    for path in modules(*PACKAGES, "benchmarks"):
        for line, text in comments(path):
            if re.search(r"#\s*(noqa|type:\s*ignore)", text) and not REASONED.search(text):
                found.append(f"{place(path)}:{line}: {text}")
    assert found == []


def test_no_loop_over_rows_where_it_would_be_hot():
    calls = [
        f"{place(path)}:{node.lineno}: .{node.func.attr}()"
        for path in modules()
        if place(path).startswith(HOT)
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ROW_LOOPS
    ]
    assert calls == []


def test_pandas_stays_at_its_two_edges():
    users = {
        place(path)
        for path in modules()
        for node in ast.walk(parsed(path))
        for name in _imported(node)
        if name.split(".")[0] in {"pandas", "recordlinkage"}
    }
    assert {name for name in users if not name.startswith(PANDAS_EDGES)} == set()


def test_only_the_edge_reads_the_environment():
    """Below the wiring everything comes as an argument, so that two projects can be open at once."""
    edges = ("reconcile/cli/", "dashboard/", "expectations/apart.py")
    users = {
        place(path)
        for path in modules()
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "os"
        if node.attr in {"environ", "getenv"}
    }
    assert {name for name in users if not name.startswith(edges)} == set()


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module or ""] if isinstance(node, ast.ImportFrom) else []
