"""What a run found, as report, mail, file or text."""

from __future__ import annotations

import json
from pathlib import Path

from reconcile import explained, run_folder
from reconcile.config.models import Language
from reconcile.errors import MailNotConfigured, NoRunYet, StoreUnwritable
from reconcile.pipeline import references_of
from reconcile.records import Role
from reconcile.results import RunResult
from reconcile.wiring.project import Project
from reports.lives import news_of, noise_of, open_breaks
from reports.model import View
from reports.quality_past import RULE, Past, newly_failing
from reports.view import build_view, entity_order, summary_of


def latest_run(project: Project) -> str:
    """The id of the last run that came to its end. Raises NoRunYet."""
    finished = run_folder.finished_runs(project.store)
    if not finished:
        raise NoRunYet(project.config.project)
    return finished[-1]


def load_run(project: Project, run_id: str | None = None) -> RunResult:
    """What a run found; the latest if none is named. Raises NoRunYet, UnknownRun."""
    return run_folder.load(project.store, run_id or latest_run(project))


def asked(project: Project, entity: str, run_id: str | None = None) -> explained.Asked:
    """An entity of a run, made ready to be asked about any two of its records. Raises NoRunYet, UnknownRun, NotExplainable."""
    return explained.asked(project.store, run_id or latest_run(project), entity, asked_of(project, entity))


def asked_of(project: Project, entity: str) -> explained.Known:
    """What a project knows of an entity beside its runs."""
    spec = project.config.entities[entity]
    return explained.Known(
        entity=spec,
        references=references_of(entity, spec),
        apart=project.ledger.not_same(entity),
        crosswalk=project.ledger.crosswalk(entity),
        titles=(project.config.title(Role.CRM), project.config.title(Role.ERP)),
        pairs=project.config.limits.candidate_pairs,
    )


def view(project: Project, run_id: str | None = None, language: Language | None = None) -> View:
    """The view model of a run: what report, mail, dashboard and JSON show."""
    result = load_run(project, run_id)
    actions = project.ledger.actions(run_id=result.run_id)
    shown = project.config.limits.shown_breaks
    order = entity_order(result)
    told = {name: explained.doubts_of(project.store, result, name) for name in order}
    said, found = language or project.config.language, run_folder.load_causes(project.store, result.run_id)
    past = past_of(project)
    return build_view(result, actions, project.ledger.runs(), said, shown, doubts=told, causes=found, past=past)


def past_of(project: Project) -> Past:
    """What the runs of a project said of data quality."""
    return Past(project.ledger.quality.scores(), project.ledger.quality.outcomes())


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


def send_mail(project: Project, run_id: str | None = None, *, always: bool = True) -> tuple[str, ...]:
    """Send the report of a run to the configured recipients and return them. Raises MailNotConfigured.

    Unless `always`, a run that has nothing to say since the run before is not sent, and nobody returned.
    """
    from reports.mail import build_mail, send  # noqa: PLC0415 - as above

    mail = project.config.mail
    if mail is None:
        raise MailNotConfigured(project.config_file)
    if not always and not any(news_of(load_run(project, run_id)).values()):
        return ()
    send(build_mail(view(project, run_id, mail.language or project.config.language), mail), mail)
    return mail.to


def export_breaks(project: Project, run_id: str | None, target: Path) -> Path:
    """Write all breaks of a run as CSV or XLSX, by the file's ending."""
    from reports.export import write_breaks  # noqa: PLC0415 - as above

    write_breaks(load_run(project, run_id).breaks, target)
    return target


def as_json(project: Project, result: RunResult) -> str:
    """What `--json` prints after a run."""
    told = summary_of(result)
    new = newly_failing(result, past_of(project)).sort(RULE)
    return json.dumps(
        {"run_id": result.run_id, **told, "quality": {**told["quality"], "newly_failing": new.to_dicts()}},
        ensure_ascii=False,
        default=str,
    )


def open_count(result: RunResult) -> int:
    """How many breaks are open after a run; those that are accepted for a time are not."""
    return open_breaks(result).height


def noise(result: RunResult) -> int:
    """How many breaks a run has bad news of: new, come back, open again, past due since the run before."""
    return noise_of(result)
