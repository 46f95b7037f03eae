"""Documents say what the product does: commands and options exist, links lead somewhere, examples load."""

from __future__ import annotations

import ast
import datetime as dt
import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from architecture_source import PACKAGES, ROOT, code_in, modules, pages, parsed, place, without_code

from reconcile import __version__
from reconcile.cli.commands import EXIT_CODES, app
from reconcile.cli.reference import commands, page
from reconcile.config.load import load
from reconcile.sandbox.data import generate
from reconcile.sandbox.defects import plant

LARGEST_IMAGE = 300_000
PARTS = r"\.\.\.|[;:] |\d+|'|`|utf-8|text/html|\bERP\b|\bCRM\b"
"""Between these stand the fixed words of a message."""
COMMANDS = dict(commands())
GROUPS = {name.split()[0] for name in COMMANDS if " " in name}


def test_the_page_of_commands_is_up_to_date():
    shown = (ROOT / "docs/commands.md").read_text(encoding="utf-8")
    assert shown == page(), "run: python -m reconcile.cli.reference docs/commands.md"


def test_every_command_and_option_says_what_it_does():
    silent = [name for name, command in COMMANDS.items() if not command.help]
    silent += [
        f"{name} {p.opts}" for name, command in COMMANDS.items() for p in command.params if not p.help and p.name != "help"
    ]
    assert silent == []


def test_the_readme_names_every_command():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [name for name in COMMANDS if f"`reconcile {name}`" not in readme] == []


def test_the_readme_begins_with_two_commands():
    """From a fresh machine: one for the product, one for the tests."""
    first = (ROOT / "README.md").read_text(encoding="utf-8").split("```")[1].splitlines()[1:]
    assert len(first) == 2
    assert first[0].startswith("python3.11 -m venv .venv && ")
    assert first[0].endswith("reconcile demo")
    assert first[1] == "bash tests/run"


def test_exit_codes_are_the_same_everywhere():
    codes = sorted(set(re.findall(r"\b(\d{1,3}) (?:done|breaks|the|a|stopped)", EXIT_CODES)), key=int)
    for name in ("README.md", "docs/commands.md"):
        text = (ROOT / name).read_text(encoding="utf-8").partition("## Exit codes")[2].partition("\n## ")[0]
        assert re.findall(r"^\| (\d+) \|", text, re.MULTILINE) == codes, name


def test_commands_that_documents_name_exist():
    wrong = [
        f"{place(path)}: {line}" for path in pages() for line in code_in(path.read_text(encoding="utf-8")) if not _exists(line)
    ]
    assert wrong == []


def test_commands_that_messages_name_exist():
    wrong = []
    for path in modules(*PACKAGES):
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                wrong += [
                    f"{place(path)}: {line}" for line in re.findall(r"`(reconcile [^`]+)`", node.value) if not _exists(line)
                ]
    assert wrong == []


def _exists(line: str) -> bool:
    """Whether what follows `reconcile` in a line is a command with its own options; a line without one is fine."""
    for call in re.findall(r"(?:^|[\s/;&])reconcile ((?:[^;&|#]|\|\|)+)", line.split(" # ", maxsplit=1)[0]):
        try:
            words = shlex.split(call)
        except ValueError:
            return False
        if not words or not re.fullmatch(r"[a-z]+", words[0]):
            continue
        name = " ".join(words[:2]) if words[0] in GROUPS else words[0]
        name = words[0] if name not in COMMANDS else name  # some groups are commands as well
        if name not in COMMANDS:
            return False
        known = {option for p in COMMANDS[name].params for option in (*p.opts, *p.secondary_opts)} | {"--help", "-h"}
        if any(word.startswith("-") and word.split("=")[0] not in known for word in words):
            return False
    return True


@pytest.mark.parametrize("path", pages(), ids=place)
def test_links_lead_somewhere(path: Path):
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", without_code(path.read_text(encoding="utf-8"))):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        there = (path.parent / file).resolve() if file else path
        if not there.exists() or (anchor and there.suffix == ".md" and anchor not in _anchors(there)):
            broken.append(target)
    assert broken == []


def _anchors(path: Path) -> set[str]:
    """As GitHub makes them from headings."""
    heads = re.findall(r"(?m)^#{1,6} +(.+?) *$", re.sub(r"(?ms)^```.*?^```$", "", path.read_text(encoding="utf-8")))
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def test_every_page_can_be_reached_from_the_readme():
    seen: set[Path] = set()
    waiting = [ROOT / "README.md"]
    while waiting:
        here = waiting.pop()
        if here in seen or here.suffix != ".md":
            continue
        seen.add(here)
        linked = re.findall(r"\]\(([^)#\s]+)[^)]*\)", here.read_text(encoding="utf-8"))
        targets = [(here.parent / target).resolve() for target in linked if "://" not in target]
        waiting += [target / "README.md" if target.is_dir() else target for target in targets]
    assert [place(path) for path in pages() if path not in seen] == []


def test_images_are_small():
    sizes = {place(path): path.stat().st_size for path in (ROOT / "docs/images").iterdir()}
    assert sizes
    assert {name: size for name, size in sizes.items() if size > LARGEST_IMAGE} == {}


def _projects() -> Iterator[tuple[str, str]]:
    for path in pages():
        for block in re.findall(r"(?ms)^ *```yaml\n(.*?)^ *```$", path.read_text(encoding="utf-8")):
            text = re.sub(r"(?m)^" + re.match(r" *", block)[0], "", block)
            if text.startswith("project:"):
                yield place(path), text


@pytest.mark.parametrize(("name", "text"), list(_projects()))
def test_whole_configurations_in_documents_load(name: str, text: str, tmp_path: Path):
    file = tmp_path / "reconcile.yaml"
    file.write_text(text, encoding="utf-8")
    assert load(file, dict.fromkeys(re.findall(r"\$\{(\w+)\}", text), "set by the reader")).entities


def test_the_help_says_what_exit_codes_mean():
    assert EXIT_CODES in (typer.main.get_command(app).help or "")


def test_the_architecture_page_shows_the_layers_as_they_are():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    layers = next(contract["layers"] for contract in settings["contracts"] if contract["type"] == "layers")
    shown = _architecture().partition("Imports point one way:\n\n```\n")[2].partition("\n```")[0].splitlines()
    cut = [{name.strip().removeprefix("reconcile.") for name in layer.split("|")} for layer in layers]
    assert [{name.strip().removeprefix("reconcile.") for name in line.split("|")} for line in shown] == cut


def test_the_layout_names_every_part_of_the_engine_and_nothing_else():
    block = _architecture().partition("## Layout\n\n```\n")[2].partition("\n```")[0]
    inside = block.partition("reconcile/")[2].partition("\nexpectations/")[0].splitlines()[1:]
    named = {word for line in inside for word in line.split("  ")[1].split() if line.startswith("  ")}
    there = {
        f"{path.name}/" if path.is_dir() else path.name
        for path in (ROOT / "reconcile").iterdir()
        if path.name not in {"__init__.py", "__pycache__", "py.typed"}
    }
    assert named == there


def _architecture() -> str:
    return (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")


def test_the_sandbox_page_names_every_defect_and_what_a_run_reports():
    now = dt.datetime(2026, 3, 4, tzinfo=dt.UTC)
    _, planted = plant(generate(seed=7, customers=800, contacts=900, products=200, orders=1500), 7, now)
    shown = (ROOT / "docs/sandbox.md").read_text(encoding="utf-8")
    rows = re.findall(r"(?m)^\| `(\w+)`: .* \| (\w+) \| `(\w+)`.* \| (yes|no)", shown)
    done = planted.select("defect", "entity", "break_kind", "pushable").unique().rows()
    assert {(*row[:3], "yes" if row[3] else "no") for row in done} == set(rows)


def test_messages_that_are_explained_are_said_by_the_product():
    page_text = (ROOT / "docs/troubleshooting.md").read_text(encoding="utf-8")
    explained = [span for cell in re.findall(r"(?m)^\| (`[^|]*) \|", page_text) for span in re.findall(r"`([^`]+)`", cell)]
    said = "\n".join(
        node.value
        for path in modules(*PACKAGES)
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
    pieces = [(span, piece.strip()) for span in explained for piece in re.split(PARTS, span)]
    assert len(pieces) > 20
    assert [(span, piece) for span, piece in pieces if len(piece) > 9 and piece not in said] == []


def test_continuous_integration_runs_the_test_command_of_the_readme():
    command = (ROOT / "README.md").read_text(encoding="utf-8").split("```")[1].splitlines()[2]
    assert (ROOT / ".ci/run").read_text(encoding="utf-8").splitlines()[-1] == f"exec {command}"


def test_the_changelog_knows_the_version():
    said = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert said == __version__
    assert f"## [{said}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
