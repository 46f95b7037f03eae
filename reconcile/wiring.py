"""From a configuration to parts that work together: the only place where parts are chosen. Screens call these functions."""

from __future__ import annotations

import datetime as dt
import getpass
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import expectations
from reconcile import pipeline, run_folder
from reconcile import push as push_gate
from reconcile.config.load import load
from reconcile.config.models import Language, ProjectConfig
from reconcile.connect.port import Connector
from reconcile.connect.registry import connect
from reconcile.errors import MailNotConfigured, NoRunYet, StoreUnwritable
from reconcile.ledger import Ledger
from reconcile.progress import Progress
from reconcile.records import Role
from reconcile.results import RunResult
from reports.model import View
from reports.view import build_view, summary_of


@dataclass(frozen=True)
class Project:
    """An open project."""

    config: ProjectConfig
    config_file: Path
    folder: Path
    """Where the configuration file is; relative paths start here."""
    store: Path
    """Snapshots, runs and the ledger."""
    ledger: Ledger

    def close(self) -> None:
        """Release the ledger."""
        self.ledger.close()


def open_project(config_file: Path, environ: Mapping[str, str]) -> Project:
    """Read the configuration and open the ledger. Raises ConfigError kinds, and StoreUnwritable."""
    config = load(config_file, environ)
    folder = config_file.resolve().parent
    store = folder / config.store
    try:
        store.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreUnwritable(store, error.strerror or str(error)) from error
    url = config.ledger.get_secret_value() if config.ledger else f"sqlite:///{store / 'ledger.db'}"
    ledger = Ledger.open(url, crm=config.system_name(Role.CRM), erp=config.system_name(Role.ERP))
    return Project(config, config_file, folder, store, ledger)


@contextmanager
def connected(project: Project) -> Iterator[dict[Role, Connector]]:
    """Both systems, closed at the end."""
    opened: dict[Role, Connector] = {}
    try:
        for role in Role:
            name = project.config.system_name(role)
            opened[role] = connect(name, project.config.systems[name], project.folder)
        yield opened
    finally:
        for connector in opened.values():
            connector.close()


def run(project: Project, progress: Progress, by: str | None = None) -> RunResult:
    """One run, noted in the ledger from its beginning to its end, however it ends."""
    started = dt.datetime.now(dt.UTC)
    run_id = started.strftime("%Y%m%dT%H%M%S%f")[:-3] + "Z"
    suites = expectations.Suites.of(project.config, project.folder)
    expectations.warm_up()
    with project.ledger.locked(f"run {run_id} by {by or whoami()}"), connected(project) as connectors:
        project.ledger.start_run(run_id, started, by or whoami())
        try:
            result = pipeline.run(project.config, project.store, connectors, project.ledger, suites, progress, run_id)
        except BaseException as error:
            state = "interrupted" if isinstance(error, KeyboardInterrupt) else "failed"
            project.ledger.finish_run(run_id, state, {"error": str(error) or type(error).__name__})
            raise
        project.ledger.finish_run(run_id, "finished", summary_of(result), result.finished_at)
    return result


def push(
    project: Project, ids: Sequence[str] | None, *, dry_run: bool, by: str | None, progress: Progress
) -> push_gate.PushResult:
    """Send approved actions (all, or these) to the systems, or only say what would be sent."""
    with connected(project) as connectors:
        return push_gate.push(
            project.ledger, connectors, project.config, ids, dry_run=dry_run, by=by or whoami(), progress=progress
        )


def latest_run(project: Project) -> str:
    """The id of the last run that came to its end. Raises NoRunYet."""
    finished = run_folder.finished_runs(project.store)
    if not finished:
        raise NoRunYet(project.config.project)
    return finished[-1]


def load_run(project: Project, run_id: str | None = None) -> RunResult:
    """What a run found; the latest if none is named. Raises NoRunYet, UnknownRun."""
    return run_folder.load(project.store, run_id or latest_run(project))


def view(project: Project, run_id: str | None = None, language: Language | None = None) -> View:
    """The view model of a run: what report, mail, dashboard and JSON show."""
    result = load_run(project, run_id)
    actions = [action for action in project.ledger.actions() if action.run_id == result.run_id]
    shown = project.config.limits.shown_breaks
    return build_view(result, actions, project.ledger.runs(), language or project.config.language, shown)


def write_report(project: Project, run_id: str | None = None, language: Language | None = None, out: Path | None = None) -> Path:
    """Write the HTML report of a run and return where it is."""
    from reports.html import render_report  # noqa: PLC0415 - charts take a second to import, which a run need not pay

    shown = view(project, run_id, language)
    target = out or run_folder.run_path(project.store, shown.run.run_id) / f"report.{shown.language}.html"
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(render_report(shown), encoding="utf-8")
    except OSError as error:
        raise StoreUnwritable(target, error.strerror or str(error)) from error
    return target


def send_mail(project: Project, run_id: str | None = None) -> tuple[str, ...]:
    """Send the report of a run to the configured recipients and return them. Raises MailNotConfigured."""
    from reports.mail import build_mail, send  # noqa: PLC0415 - as above

    mail = project.config.mail
    if mail is None:
        raise MailNotConfigured(project.config_file)
    send(build_mail(view(project, run_id, mail.language or project.config.language), mail), mail)
    return mail.to


def whoami() -> str:
    """Who is at the keyboard, for the audit trail."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def as_json(result: RunResult) -> str:
    """What `--json` prints after a run."""
    return json.dumps({"run_id": result.run_id, **summary_of(result)}, ensure_ascii=False, default=str)


def open_count(result: RunResult) -> int:
    """How many breaks are open after a run."""
    return result.breaks.height


def check_suites(project: Project) -> None:
    """Read every expectation suite of the project. Raises FileMissing, FileUnreadable, InvalidConfig."""
    expectations.Suites.of(project.config, project.folder)


def check_systems(project: Project) -> None:
    """Ask both systems whether they have what the configuration names. Raises NotInSystem, RetryLater kinds."""
    with connected(project) as connectors:
        pipeline.check_shapes(project.config, pipeline.in_order(project.config), connectors)
