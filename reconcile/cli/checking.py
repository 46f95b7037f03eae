"""`reconcile check`: what expectation suites say of a file, or of the records of a project."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from reconcile.cli import show
from reconcile.records import PAIR, Role, Scope

if TYPE_CHECKING:
    import expectations
    from reconcile.wiring.checking import Checked

FailOn = Literal["blocking", "major", "minor", "never"]
GATES: dict[FailOn, tuple[str, ...]] = {
    "blocking": ("blocking",),
    "major": ("blocking", "major"),
    "minor": ("blocking", "major", "minor"),
    "never": (),
}
"""Severities of a failing rule that end the command with 1."""
_READ = "CSV, XLSX, Parquet or JSON lines"


_File = Annotated[Path | None, typer.Argument(help=f"{_READ}; without it, the records of the project are checked.")]
_Suite = Annotated[
    list[str] | None, typer.Option("--suite", help="A suite's YAML file, or the name of one that comes along, such as customers.")
]
_Key = Annotated[
    str | None, typer.Option("--key", "-k", help="The file's column that names a record; its number, from 1, if not given.")
]
_When = Annotated[str | None, typer.Option("--when", help="An SQL condition on the file's columns: which records are looked at.")]
_With = Annotated[
    list[str] | None,
    typer.Option(
        "--with",
        metavar="[NAME=]FILE[:COLUMN]",
        help="A file that rules look into, such as customers=customers.csv: NAME is what rules call its records (the file's "
        "name if not given), COLUMN what names a record, for rules that name no column. May be given several times.",
    ),
]
_System = Annotated[
    Literal["crm", "erp", "pair"] | None,
    typer.Option("--system", help="Only rules for this side, or for linked records: crm, erp or pair."),
]
_Entity = Annotated[str | None, typer.Option("--entity", help="Of a project, only this entity, such as customers.")]
_Rule = Annotated[list[str] | None, typer.Option("--rule", help="Only this rule; may be given several times.")]
_Fresh = Annotated[bool, typer.Option("--fresh", help="Of a project, pull the records now, instead of those of the latest run.")]
_FailOn = Annotated[
    FailOn,
    typer.Option(
        "--fail-on", help="The exit code is 1 if a rule of this severity or above fails: blocking, major, minor; or never."
    ),
]
_Out = Annotated[
    Path | None, typer.Option("--out", "-o", help="Write all findings to a file that ends in .parquet, .csv or .xlsx.")
]
_Docs = Annotated[
    Path | None, typer.Option("--docs", help="Write the Data Docs of Great Expectations into this folder, to be read offline.")
]
_Limit = Annotated[int, typer.Option("--limit", min=0, help="At most so many failing records of each rule.")]
_Config = Annotated[Path, typer.Option("--config", "-c", envvar="RECONCILE_CONFIG", help="The project's configuration file.")]
_Language = Annotated[
    Literal["en", "zh"] | None,
    typer.Option("--language", help="en or zh; the project's language if not given, English for a file."),
]
_Json = Annotated[bool, typer.Option("--json", help="Print the result as one JSON object on the last line.")]


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(check)


def check(
    file: _File = None,
    *,
    suite: _Suite = None,
    key: _Key = None,
    when: _When = None,
    others: _With = None,
    system: _System = None,
    entity: _Entity = None,
    rule: _Rule = None,
    fresh: _Fresh = False,
    fail_on: _FailOn = "minor",
    out: _Out = None,
    docs: _Docs = None,
    limit: _Limit = 3,
    config: _Config = Path("reconcile.yaml"),
    language: _Language = None,
    as_json: _Json = False,
) -> int:
    """Check the records of a file, or of a project, with expectation suites. Nothing is written to a system or to the ledger."""
    given = _one(suite)
    _fit(file, given, of_file={"--key": key, "--when": when, "--with": others}, of_project={"--entity": entity, "--fresh": fresh})
    import expectations  # noqa: PLC0415 # the child starts before the rest of the program is loaded, which takes as long as a file

    side: Scope | None = None if system is None else PAIR if system == PAIR else Role(system)
    show.speak(language or "en")
    progress = show.BarProgress(quiet=as_json)
    with expectations.Child() as child, progress.showing():
        if file is not None and given is not None:
            from reconcile.wiring.checking import AskedOfFile, check_file  # noqa: PLC0415 # as above

            asked = AskedOfFile(file, given, key, when, side, tuple(rule or ()), out, docs, tuple(others or ()), show.spoken())
            done, about = check_file(asked, child, progress), {"file": str(file), "suite": given}
        else:
            done, about = _project(config, child, progress, given, side, entity, rule, out, docs, language, fresh=fresh)
    from reconcile.cli import checked  # noqa: PLC0415 # as above

    gate = done.checks.filter(~done.checks["success"])["severity"].is_in(GATES[fail_on]).any()
    told = checked.Told(done, about, fail_on, limit, out, docs, passed=not gate)
    if as_json:
        show.say(checked.as_json(told))
    else:
        checked.show_all(told, language or show.spoken())
    return 1 if gate else 0


def _one(suites: list[str] | None) -> str | None:
    """The suite that was given. Raises BadParameter if there are more, or if it has no name."""
    if suites and (len(suites) > 1 or not suites[0].strip()):
        raise typer.BadParameter("--suite takes one suite; put the rules into one file, or check once for each suite.")
    return suites[0] if suites else None


def _fit(file: Path | None, suite: str | None, *, of_file: dict[str, object], of_project: dict[str, object]) -> None:
    """Options that don't go together. Raises BadParameter."""
    if file is not None and suite is None:
        raise typer.BadParameter("A file is checked with --suite: a YAML file, or the name of one that comes along.")
    for name, value in (of_project if file is not None else of_file).items():
        if value:
            raise typer.BadParameter(f"{name} is for {'a project' if file is not None else 'a file'}.")


def _project(
    config: Path,
    child: expectations.Child,
    progress: show.BarProgress,
    suite: str | None,
    system: Scope | None,
    entity: str | None,
    rule: list[str] | None,
    out: Path | None,
    docs: Path | None,
    language: Literal["en", "zh"] | None,
    *,
    fresh: bool,
) -> tuple[Checked, dict[str, str]]:
    """The records of a project, and what was looked at."""
    from reconcile.cli.options import opened  # noqa: PLC0415 # as above
    from reconcile.wiring.checking_project import AskedOfProject, check_project  # noqa: PLC0415 # as above

    with opened(config) as project:
        show.speak(language or project.config.language)
        asked = AskedOfProject(suite, entity, system, tuple(rule or ()), out, docs, fresh=fresh, language=show.spoken())
        return check_project(project, asked, child, progress), {"project": project.config.project}
