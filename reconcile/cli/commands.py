"""All commands, gathered into one program.

Apart from `main`, because loading them all takes a second that a command on plain files need not pay.
"""

from __future__ import annotations

import typer

from reconcile import __version__
from reconcile.cli import (
    accounts,
    auditing,
    breaks,
    causes,
    checking,
    cleansing,
    configuration,
    demonstration,
    diffing,
    explaining,
    gates,
    lending,
    matching,
    proposing,
    reporting,
    reviewing,
    running,
    settling,
    suggesting,
    suite_schema,
    teaching,
    tracing,
    undoing,
)
from reconcile.cli.show import say

EXIT_CODES = """\
Exit codes: 0 done, no bad news; 1 breaks are new, came back or are past due; 2 the configuration or the command is wrong;
3 a system can't be reached or refuses, or the store can't be written; 130 stopped by you."""

app = typer.Typer(
    name="reconcile",
    help="Finds where a CRM and an ERP disagree, and leads people to corrections that are proven to have landed.\n\n"
    + EXIT_CODES,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for part in (
    running,
    breaks,
    settling,
    suggesting,
    suite_schema,
    gates,
    reviewing,
    lending,
    causes,
    proposing,
    undoing,
    auditing,
    tracing,
    explaining,
    teaching,
    accounts,
    reporting,
    configuration,
    cleansing,
    checking,
    matching,
    diffing,
    demonstration,
):
    part.add_to(app)


@app.command()
def version() -> None:
    """Print the version."""
    say(__version__)
