"""`reconcile cleanse` and `reconcile check`: one file or one system on its own."""

from __future__ import annotations

import typer


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
