"""`reconcile report` and `reconcile dashboard`."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path
from typing import Annotated

import typer

from reconcile import wiring
from reconcile.cli import show
from reconcile.cli.options import DEFAULT_CONFIG, ConfigFile, LanguageOption, RunId, opened


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command()(report)
    app.command()(export)
    app.command()(dashboard)


def report(
    config: ConfigFile = DEFAULT_CONFIG,
    *,
    run: RunId = None,
    language: LanguageOption = None,
    out: Annotated[Path | None, typer.Option("--out", help="Where to write it; into the run's folder if not given.")] = None,
    mail: Annotated[bool, typer.Option("--mail", help="Also send it to the recipients of the `mail:` block.")] = False,
    always: Annotated[bool, typer.Option("--always", help="With --mail: send it also when there is no news.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the view model as JSON instead of writing HTML.")] = False,
) -> None:
    """Write the HTML report of a run; with --mail, send it too, if the run has any news since the run before."""
    with opened(config) as project:
        if as_json:
            typer.echo(wiring.view(project, run, language).to_json())
            return
        show.say(f"Report: {wiring.write_report(project, run, language, out)}")
        if mail:
            to = wiring.send_mail(project, run, always=always)
            show.say(f"Sent to {', '.join(to)}" if to else "Nothing was sent: no news since the run before. `--always` sends it.")


def export(
    file: Annotated[Path, typer.Argument(help="Where to write: a name ending in .csv or .xlsx.")],
    config: ConfigFile = DEFAULT_CONFIG,
    *,
    run: RunId = None,
) -> None:
    """Write every break of a run to a file that a spreadsheet opens without running anything in it."""
    with opened(config) as project:
        show.say(f"Breaks: {wiring.export_breaks(project, run, file)}")


def dashboard(
    config: ConfigFile = DEFAULT_CONFIG,
    *,
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="Port on this machine.")] = 8501,
    headless: Annotated[bool, typer.Option("--headless", help="Do not open a browser.")] = False,
) -> int:
    """Open the dashboard: overview, mismatches, approvals, quality, runs."""
    with opened(config):
        pass  # what is wrong with the project is said here, not in the browser
    return show_dashboard(config.resolve(), port, headless=headless)


def show_dashboard(config: Path, port: int, *, headless: bool) -> int:
    """Run the dashboard until it ends, or until this process is asked to end; it never outlives this process."""
    from dashboard.launch import command  # noqa: PLC0415 - only this command needs it

    def ended(_signal: int, _frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, ended)
    with subprocess.Popen(command(config, port, headless)) as child:
        try:
            return child.wait()
        except KeyboardInterrupt:
            return 0
        finally:
            child.terminate()
            signal.signal(signal.SIGTERM, before)
