"""From a configuration to parts that work together: the only place where parts are chosen. Screens call these functions."""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import polars as pl

import expectations
from reconcile import approve, automatic, pipeline, proposing, run_folder, snapshot
from reconcile import push as push_gate
from reconcile.access import Person, Rules
from reconcile.access.rules import frame_of
from reconcile.cleanse import ReadinessView, readiness, rules_for, write_cleaned, write_rejects
from reconcile.cleanse import cleanse as clean
from reconcile.config.access import Operation
from reconcile.config.load import load
from reconcile.config.models import Entity, Language, ProjectConfig, Source, System
from reconcile.connect.port import Connector
from reconcile.connect.registry import connect
from reconcile.errors import (
    FileMissing,
    MailNotConfigured,
    NoRunYet,
    NotAllowed,
    StoreUnwritable,
    UnknownActions,
    UnknownEntity,
)
from reconcile.ledger import Ledger
from reconcile.ledger.decisions import Decided
from reconcile.match.dedupe import dedupe
from reconcile.normalise import normalise
from reconcile.plan import Reversal
from reconcile.progress import Progress
from reconcile.proposing import Asked
from reconcile.records import RAW, SHAPES, Role
from reconcile.refusals import refusal
from reconcile.results import Action, ActionKind, ActionState, CheckResult, RunResult
from reconcile.values import Reading, standard
from reconcile.values.standard import as_text
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


def run(project: Project, progress: Progress, by: Person | str | None = None) -> RunResult:
    """One run, noted in the ledger from its beginning to its end, however it ends. Raises NotAllowed."""
    who = allowed(project, by, "run").name
    started = dt.datetime.now(dt.UTC)
    run_id = started.strftime("%Y%m%dT%H%M%S%f")[:-3] + "Z"
    suites = expectations.Suites.of(project.config, project.folder)
    with (
        project.ledger.locked(f"run {run_id} by {who}"),
        connected(project) as connectors,
        expectations.Apart(suites) as check,
    ):
        project.ledger.start_run(run_id, started, who)
        lapse(project)
        try:
            result = pipeline.run(project.config, project.store, connectors, project.ledger, check, progress, run_id)
            approved = automatic.apply(project.ledger, project.config, run_id)
        except BaseException as error:
            state = "interrupted" if isinstance(error, KeyboardInterrupt) else "failed"
            project.ledger.finish_run(run_id, state, {"error": str(error) or type(error).__name__})
            raise
        summary = {**summary_of(result), **({"approved_by_rules": approved} if approved else {})}
        project.ledger.finish_run(run_id, "finished", summary, result.finished_at)
    return result


def push(
    project: Project,
    ids: Sequence[str] | None,
    *,
    dry_run: bool,
    by: Person | str | None,
    progress: Progress,
    beyond_limits: bool = False,
) -> push_gate.PushResult:
    """Send approved actions (all, or these) to the systems, or only say what would be sent."""
    who = allowed(project, by, "push")
    with connected(project) as connectors:
        return push_gate.push(
            project.ledger,
            connectors,
            project.config,
            ids,
            dry_run,
            by=who,
            progress=progress,
            beyond_limits=beyond_limits,
        )


def undo(project: Project, ids: Sequence[str], *, by: Person | str | None) -> tuple[Reversal, ...]:
    """Propose what takes these verified updates back, the last write first; doing it twice proposes once.

    Nothing is written to a system: the proposals are approved and pushed like any other.
    Raises UnknownActions, NobodyDecides, NotAllowed.
    """
    person = allowed(project, by, "undo")
    who = person.name
    ledger, actions = project.ledger, project.ledger.actions(ids=ids)
    if missing := sorted(set(ids) - {action.id for action in actions}):
        raise UnknownActions(missing)
    with _asked(project) as asked:
        found = proposing.undo(asked, ids)
    whys = Rules.of(project.config).objections(person, "undo", frame_of([one.action for one in found]))
    closed = {(one.action.part_of or one.action.id): why for one, why in zip(found, whys, strict=True) if why}
    found = tuple(
        replace(one, proposal=None, reason=why) if (why := closed.get(one.action.part_of or one.action.id)) else one
        for one in found
    )
    proposed = [(one.action.id, one.proposal) for one in found if one.proposal]
    standing = ledger.propose_undos(proposed, who)
    return tuple(
        replace(one, proposal=None, reason=_standing(one.proposal.id, standing[one.proposal.id]))
        if one.proposal and one.proposal.id in standing
        else one
        for one in found
    )


@contextmanager
def _asked(project: Project) -> Iterator[Asked]:
    with connected(project) as connectors:
        yield Asked(project.config, project.ledger, connectors)


@dataclass(frozen=True)
class Proposal:
    """What came of asking for something."""

    actions: tuple[Action, ...]
    """What would be written, in that order."""
    standing: Mapping[str, ActionState]
    """Those that had been proposed before and stand as they are, by id."""
    needed: int = 1
    """How many different people must approve them."""
    approvers: tuple[str, ...] = ()
    """Who may, of those whom the configuration names; empty also where it names nobody."""

    @property
    def whole(self) -> Action:
        """What is decided on: the action itself, or the whole of its parts."""
        return next(action for action in self.actions if action.part_of is None)


def propose(
    project: Project, what: Callable[[Asked], tuple[Action, ...]], *, by: Person | str | None, comment: str = ""
) -> Proposal:
    """Propose what a person asks for, such as `lambda asked: proposing.link(asked, "customers", "A1", "E1")`.

    Nothing is written to a system: it is approved and pushed like any other action. Raises UnknownEntity, NoSuchRecord,
    NotProposable, NobodyDecides, NotAllowed (also if a role does not reach one part of a whole), and what the connectors raise.
    """
    person, rules = allowed(project, by, "propose"), Rules.of(project.config)
    with _asked(project) as asked:
        actions = proposing.foretold(asked, what(asked))
    frame = frame_of(actions)
    whys = rules.objections(person, "propose", frame)
    if (closed := whys != "").any():
        raise NotAllowed(person.name, "propose this", whys.filter(closed)[0], rules.who_may("propose", frame.filter(closed)))
    standing = project.ledger.propose_by_person(actions, person.name, comment)
    kept = {action.id: action for action in project.ledger.actions(ids=[action.id for action in actions])}
    return Proposal(actions, standing, *rules.approvers([kept[action.id] for action in actions]))


def open_links(project: Project, entity: str, crm_key: str, erp_key: str) -> list[Action]:
    """What waits for a decision, or to be written, and would link these two."""
    states, keys = [ActionState.PROPOSED, ActionState.APPROVED], {Role.CRM: crm_key, Role.ERP: erp_key}
    found = [
        action
        for role, key in keys.items()
        for action in project.ledger.actions(
            states, entity, kind=ActionKind.LINK, target=role, target_key=key, source_key=keys[role.other]
        )
    ]
    return [action for action in found if not action.undoes and action.changes[0].after]


def call_different(
    project: Project, entity: str, crm_key: str, erp_key: str, *, by: Person | str | None, comment: str = ""
) -> Decided:
    """Note that two records are not the same, by rejecting what proposes to link them; proposed first, where nothing does.

    Raises UnknownEntity, NoSuchRecord, NotProposable if they are linked, NobodyDecides, NotAllowed, and what connectors raise.
    """
    person = allowed(project, by, "reject")
    linking = [action.id for action in open_links(project, entity, crm_key, erp_key)]
    if not linking:
        asked = propose(project, lambda a: proposing.link(a, entity, crm_key, erp_key), by=person, comment=comment)
        linking = [asked.whole.id]
    return approve.reject(project.ledger, project.config, linking, by=person, comment=comment)


def _standing(id_: str, state: ActionState) -> str:
    if state is ActionState.REJECTED:
        return refusal("undo_rejected", id=id_)
    return refusal("undo_stands", id=id_, state=state)


def keys_of(project: Project, entity: str, side: Role, key: str) -> tuple[str | None, str | None]:
    """The CRM's key and the ERP's of a record that one side calls `key`; None where it has no counterpart."""
    other = project.ledger.counterparts(entity, side, [key]).get(key)
    return (key, other) if side is Role.CRM else (other, key)


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
    actions = project.ledger.actions(run_id=result.run_id)
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


def allowed(project: Project, by: Person | str | None, operation: Operation) -> Person:
    """Who this is (whoever is at the keyboard if nobody is named), once it is sure that they may do this. Raises NotAllowed."""
    rules = Rules.of(project.config)
    person = rules.at_the_keyboard(whoami()) if by is None else rules.person(by)
    rules.check(person, operation)
    return person


def whoami() -> str:
    """The account of the operating system at the keyboard: as the system knows it, not as an environment variable says."""
    try:
        if sys.platform == "win32":
            return os.getlogin()
        import pwd  # noqa: PLC0415  # not on Windows

        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # a container may run under a number that has no name
        return f"uid {os.getuid()}"
    except OSError:
        return "unknown"


def lapse(project: Project) -> int:
    """Put actions back to proposed whose approval no longer counts: its time is over, or more people must approve; how many."""
    return project.ledger.lapse(Rules.of(project.config).counts)


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


@dataclass(frozen=True)
class CleansedFiles:
    """What a cleansing wrote."""

    view: ReadinessView
    cleaned: tuple[Path, ...]
    rejects: Path
    page: Path


def cleanse(
    project: Project,
    entity_name: str,
    role: Role,
    *,
    out: Path,
    as_format: Literal["csv", "xlsx", "parquet"],
    language: Language | None,
    progress: Progress,
) -> CleansedFiles:
    """Read one entity of one system, clean it, and write the cleaned file, the rejects and the readiness page into `out`."""
    entity = _entity(project, entity_name)
    system = project.config.system(role)
    spoken = language or project.config.language
    name = project.config.system_name(role)
    with connected(project) as connectors:
        needs = pipeline.wanted(project.config, {entity_name: entity}, role)
        pipeline.check_shapes(project.config, {entity_name: entity}, connectors)
        for _, source, fields in needs:
            snapshot.take(connectors[role], name, entity_name, source, fields, project.store / "cleanse", progress)
    with progress.step("cleanse"):
        raw = snapshot.load(project.store / "cleanse", name, entity_name)
        normalised = normalise(raw, entity_name, entity, role, system)
        rules = rules_for(entity_name, entity, role)

        def similar(frame: pl.DataFrame) -> pl.DataFrame:
            return dedupe(frame, entity_name, entity, project.config.limits.candidate_pairs)

        cleansed = clean(normalised, rules, raw=raw, similar=similar, language=spoken)
        shown = readiness(
            cleansed, project=project.config.project, system=project.config.title(role), made_at=dt.datetime.now(dt.UTC)
        )
    with progress.step("write"):
        from reports.readiness import render_readiness  # noqa: PLC0415 - as above

        page = out / f"{entity_name}_{role}_readiness.{spoken}.html"
        cleaned, rejects = write_cleaned(cleansed, out, as_format), write_rejects(cleansed, out)
        page.write_text(render_readiness(shown, spoken), encoding="utf-8")
    return CleansedFiles(shown, tuple(cleaned), rejects, page)


def _entity(project: Project, name: str) -> Entity:
    if name not in project.config.entities:
        raise UnknownEntity(name, tuple(project.config.entities))
    return project.config.entities[name]


def check_file(file: Path, suite: str) -> CheckResult:
    """One expectation suite on one file of records; `suite` is a YAML file, or the name of one that comes with the product."""
    path = expectations.packaged_suites().get(suite) or Path(suite)
    return expectations.check_file(_canonical(read_file(file), expectations.load_suite(path).entity), path)


def read_file(file: Path) -> pl.DataFrame:
    """All columns of a CSV, XLSX, Parquet or JSON lines file. Raises FileMissing, FileUnreadable."""
    system = System.model_validate({"role": Role.CRM, "connector": "files", "path": str(file.resolve().parent)})
    source = Source.model_validate({"object": file.name, "key": "*"})
    connector = connect("file", system, Path.cwd())
    try:
        shape = connector.describe(source)
        if shape is None:
            raise FileMissing(file)
        return pl.concat(connector.read(source, sorted(shape.fields)))
    finally:
        connector.close()


def _canonical(frame: pl.DataFrame, entity: str) -> pl.DataFrame:
    """Columns that bear a canonical name in their standard form, with the raw text beside them."""
    shape = SHAPES.get(entity)
    kinds = {name: kind for name, kind in (shape.fields if shape else {}).items() if name in frame.columns}
    raw = [as_text(pl.col(name), frame.schema[name]).alias(RAW + name) for name in kinds]
    typed = [standard(kind, pl.col(name), frame.schema[name], Reading()).alias(name) for name, kind in kinds.items()]
    return frame.with_columns(raw + typed)


def export_breaks(project: Project, run_id: str | None, target: Path) -> Path:
    """Write all breaks of a run as CSV or XLSX, by the file's ending."""
    from reports.export import write_breaks  # noqa: PLC0415 - as above

    write_breaks(load_run(project, run_id).breaks, target)
    return target
