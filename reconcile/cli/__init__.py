"""The command line: parse, call, show. No rule lives here."""

from reconcile.cli.main import main

__all__ = ["main"]
