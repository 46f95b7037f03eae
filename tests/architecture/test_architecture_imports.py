"""The contracts of import-linter in pyproject.toml are kept."""

from __future__ import annotations

import subprocess
import sys
import tomllib

from architecture_source import ROOT


def test_the_contracts_are_kept():
    program = "from importlinter.cli import lint_imports; raise SystemExit(lint_imports(cache_dir=None))"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_module_of_the_engine_has_its_place_in_the_layers():
    """What is in no layer could import anything."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    layers = next(contract["layers"] for contract in settings["contracts"] if contract["type"] == "layers")
    placed = {name.strip() for layer in layers for name in layer.split("|")}
    there = {
        f"reconcile.{path.stem}"
        for path in (ROOT / "reconcile").iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    assert there - placed == {"reconcile.__init__", "reconcile.sandbox"}
