"""The commands and their exit codes: 0 nothing open, 1 breaks open, 2 configuration or command wrong, 3 a system fails."""

from __future__ import annotations

import contextlib
import errno
import importlib
import logging
import os
import sys
import traceback
from collections.abc import Sequence

import typer

from reconcile.cli.show import complain, told
from reconcile.errors import ReconcileError

_STOPPED = 130
_STOPPED_TEXT = "Stopped. What was finished is kept; the same command goes on or starts afresh without doing anything twice."


def main() -> None:
    """Run one command; every failure is a sentence and an exit code."""
    logging.getLogger("stamina").setLevel(logging.ERROR)  # a retry is no news to a user; a failure is, and is an error
    try:
        result = _program(sys.argv[1:])(prog_name="reconcile", standalone_mode=False)
        code = result if isinstance(result, int) else 0
        if code == _STOPPED:  # typer takes Ctrl-C for itself
            complain(_STOPPED_TEXT)
    except ReconcileError as error:
        complain(told(error))
        code = error.exit_code
    except typer.Exit as stop:
        code = stop.exit_code
    except (KeyboardInterrupt, typer.Abort):
        complain(_STOPPED_TEXT)
        code = _STOPPED
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - the reader went away; nothing may be flushed to it
        code = 0
    except Exception as error:  # noqa: BLE001 - the last door: a user gets a sentence, a developer asks for the trace
        code = _unexpected(error)
    raise SystemExit(code)


_PLAIN = {"match": "matching", "dedupe": "matching", "diff": "diffing", "check": "checking"}
"""Commands on plain files, and the module of each."""


def _program(arguments: Sequence[str]) -> typer.Typer:
    """The commands; of plain files only theirs, so that nothing else is loaded."""
    module = _PLAIN.get(arguments[0]) if arguments else None
    if module is None:
        from reconcile.cli.commands import app  # noqa: PLC0415 - all of the engine, which an error in this file need not load

        return app
    own = typer.Typer(name="reconcile", pretty_exceptions_enable=False, context_settings={"help_option_names": ["-h", "--help"]})
    own.callback()(lambda: None)  # with one command alone, its name would be taken for its first argument
    importlib.import_module(f"reconcile.cli.{module}").add_to(own)
    return own


def _unexpected(error: Exception) -> int:
    if type(error).__module__.startswith(("click", "typer")):
        with contextlib.suppress(AttributeError):
            error.message = error.message.replace("Value error, ", "")  # type: ignore[attr-defined]  # what pydantic begins with
            error.show()  # type: ignore[attr-defined]  # click's usage errors show themselves
        return 2
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        complain("The disk is full. Nothing was lost: free some space, then run the same command again.")
        return 3
    if os.environ.get("RECONCILE_DEBUG"):
        traceback.print_exc()
    else:
        complain(
            f"Something went wrong that should not: {type(error).__name__}: {error}. "
            "Set RECONCILE_DEBUG=1 and run again to see where, and please report it."
        )
    return 3
