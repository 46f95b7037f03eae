"""The run on one page: snapshot, normalise, match, compare, check, plan. It writes to store and ledger, never to a system."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from reconcile import run_folder, snapshot
from reconcile.balances import CONSERVATION, RESIDUALS, Conserved
from reconcile.compare import conservation
from reconcile.compare.agreement import moved_since, with_moved
from reconcile.compare.breaks import Inputs, compare
from reconcile.compare.broken_rules import BROKEN, OF_SUITES, broken_rules, with_suite
from reconcile.compare.causes import Explained, Setting, evidence, explain, together
from reconcile.compare.owners import owned
from reconcile.config.models import Entity, ProjectConfig, Source, kind_of, reference_of
from reconcile.connect.port import Connector
from reconcile.errors import StoreUnwritable
from reconcile.ledger import Ledger
from reconcile.ledger.breaks import Recorded
from reconcile.match import ladder_again, memory
from reconcile.match.changes import changed_links
from reconcile.normalise import normalise, orphans, resolve, side_of, source_fields, unmapped_codes, with_whole
from reconcile.plan import continued, plan, twins_of, with_first_seen
from reconcile.plan.changes import Planning
from reconcile.progress import Progress
from reconcile.records import INACTIVE, KEY, PAIR, SHAPES, Kind, Role
from reconcile.refusals import refusal
from reconcile.remedies import remedies
from reconcile.results import (
    BREAKS,
    CANDIDATES,
    CHECKS,
    COUNTS,
    FINDINGS,
    LINKS,
    Action,
    BreakKind,
    Check,
    CheckResult,
    Compared,
    Matched,
    Normalised,
    Rules,
    RunResult,
)
from reconcile.side_tables import linked, side_tables

_MODEL_ID = 16
"""Signs of a model's hash that name it."""


@dataclass
class _Found:
    """What the entities of a run have given so far."""

    frames: dict[str, list[pl.DataFrame]] = field(default_factory=dict)
    records: dict[Role, dict[str, pl.DataFrame]] = field(default_factory=lambda: {role: {} for role in Role})
    in_use: dict[Role, dict[str, pl.DataFrame]] = field(default_factory=lambda: {role: {} for role in Role})
    """The records that count, with what parts take from their wholes; references as each side writes them."""
    links: dict[str, pl.DataFrame] = field(default_factory=dict)
    rules: dict[str, dict[Role, Rules]] = field(default_factory=dict)
    candidates: dict[str, pl.DataFrame] = field(default_factory=dict)
    breaks: dict[str, pl.DataFrame] = field(default_factory=dict)
    agreed: dict[str, pl.DataFrame] = field(default_factory=dict)
    moved: dict[str, pl.DataFrame] = field(default_factory=dict)
    fixes: dict[str, pl.DataFrame] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    explained: list[Explained] = field(default_factory=list)
    models: dict[str, str] = field(default_factory=dict)
    """Entity to the model that its pairs were weighed by."""

    def keep(self, name: str, frame: pl.DataFrame) -> None:
        self.frames.setdefault(name, []).append(frame)

    def keep_checked(self, checked: CheckResult) -> None:
        self.keep("checks", checked.checks)
        self.keep("findings", checked.findings)
        self.keep("of_suites", with_suite(checked))
        self.notes.extend(checked.notes)

    def all(self, name: str, schema: pl.Schema) -> pl.DataFrame:
        return pl.concat([schema.to_frame(), *(frame.select(schema.names()) for frame in self.frames.get(name, []))])


def run(
    config: ProjectConfig,
    store: Path,
    connectors: Mapping[Role, Connector],
    ledger: Ledger,
    check: Check,
    progress: Progress,
    run_id: str,
) -> RunResult:
    """One run of a project, from the systems to proposed actions.

    Args:
        config: the project.
        store: folder of snapshots and runs.
        connectors: the systems, by role.
        ledger: what is remembered: crosswalk, breaks, actions.
        check: the expectation suites.
        progress: where steps are announced.
        run_id: sorts by time.

    Returns:
        Everything found, also saved in the store and the ledger.
    """
    started = dt.datetime.now(dt.UTC)
    entities = in_order(config)
    taken = take_snapshots(config, entities, connectors, run_folder.snapshots_path(store, run_id), progress)
    known = ledger.open_fingerprints()
    found = _Found(rules=rules_of(entities, connectors))
    with progress.step("compare", len(entities)) as step:
        for name, entity in entities.items():
            _one_entity(config, store, run_id, name, entity, ledger, known, started, found)
            step.advance()
    conserved = _conserve(config, known, started, found)
    with progress.step("check", len(entities) * 3) as step:
        columns = snapshot.columns(taken, started)
        past = ledger.quality.history().lazy(), pl.concat([ledger.quality.columns(), columns]).lazy()
        for checked in _checked(check, store, run_id, entities, found.links, *past):
            found.keep_checked(checked)
            step.advance()
    _break_rules(config, known, check, found)
    with progress.step("plan", len(entities)) as step:
        actions = _plan(entities, found, step.advance)
        actions = continued(actions, ledger.merges_begun(twins_of(actions)))
        links = found.all("links", LINKS)
        model = pl.col("entity").replace_strict(found.models, default=None, return_dtype=pl.String)
        ledger.record_links(links.with_columns(model=model), run_id, started, entities=list(entities))
        found.notes.extend(_changes(store, run_id, links, entities))
        breaks, gone = _with_life(config, ledger, found, run_id, started)
        ledger.quality.record(found.all("checks", CHECKS), run_id, started, columns)
        for name, agreed in found.agreed.items():
            ledger.record_base(name, agreed, found.links[name], run_id, started)
        ledger.propose(with_first_seen(actions, breaks), run_id, started)
    result = RunResult(
        run_id=run_id,
        project=config.project,
        crm_title=config.title(Role.CRM),
        erp_title=config.title(Role.ERP),
        started_at=started,
        finished_at=dt.datetime.now(dt.UTC),
        counts=found.all("counts", COUNTS),
        links=links,
        candidates=found.all("candidates", CANDIDATES),
        breaks=breaks,
        findings=found.all("findings", FINDINGS),
        checks=found.all("checks", CHECKS),
        fixed=gone.height,
        gone=gone,
        actions=len(actions),
        notes=tuple(found.notes),
        conservation=conserved.rules,
        residuals=conserved.residuals,
    )
    _save(store, result, together(found.explained), entities)
    return result


def in_order(config: ProjectConfig) -> dict[str, Entity]:
    """The configured entities, parents before children; those without a canonical shape come last."""
    order = [*SHAPES, *config.entities]
    return {name: config.entities[name] for name in dict.fromkeys(order) if name in config.entities}


def wanted(config: ProjectConfig, entities: Mapping[str, Entity], role: Role) -> list[tuple[str, Source, list[str]]]:
    """(entity, source, source fields) of everything that a run reads from one side."""
    system = config.system(role)
    sides = [side_of(name, entity, role, system) for name, entity in entities.items() if entity.kept_by(role)]
    return [(side.entity, side.source, source_fields(side)) for side in sides]


def take_snapshots(
    config: ProjectConfig, entities: Mapping[str, Entity], connectors: Mapping[Role, Connector], folder: Path, progress: Progress
) -> dict[Role, list[snapshot.Manifest]]:
    """Both systems at once; all objects and fields are looked for before the first record is read."""
    check_shapes(config, entities, connectors)

    def read(role: Role) -> list[snapshot.Manifest]:
        return [
            snapshot.take(connectors[role], config.system_name(role), entity, source, fields, folder, progress)
            for entity, source, fields in wanted(config, entities, role)
        ]

    with ThreadPoolExecutor(len(Role)) as pool:
        return dict(zip(Role, pool.map(read, Role), strict=True))


def check_shapes(config: ProjectConfig, entities: Mapping[str, Entity], connectors: Mapping[Role, Connector]) -> None:
    """Raise NotInSystem for every object and field that the configuration names and a system lacks."""
    names = {role: config.system_name(role) for role in Role}
    flat = [(names[role], entity, source, fields) for role in Role for entity, source, fields in wanted(config, entities, role)]
    snapshot.check_shapes(config, {names[role]: connectors[role] for role in Role}, flat)


def rules_of(entities: Mapping[str, Entity], connectors: Mapping[Role, Connector]) -> dict[str, dict[Role, Rules]]:
    """What each side demands of the fields of each entity, so that no correction is proposed blindly that would be refused."""
    sides = {name: {Role.CRM: entity.crm, Role.ERP: entity.erp} for name, entity in entities.items()}
    return {
        name: {role: snapshot.rules_of(connectors[role], of[role]) for role in Role if entities[name].kept_by(role)}
        for name, of in sides.items()
    }


def _one_entity(
    config: ProjectConfig,
    store: Path,
    run_id: str,
    name: str,
    entity: Entity,
    ledger: Ledger,
    known: pl.Series,
    taken_at: dt.datetime,
    found: _Found,
) -> None:
    """Normalise, match and compare one entity; its parents were here before."""
    references = references_of(name, entity)
    findings, dangling = [], []
    for role in Role:
        raw = _read(store, run_id, config.system_name(role), name, entity, role)
        normalised = normalise(raw, name, entity, role, config.system(role))
        run_folder.save_records(store, run_id, name, role, normalised.frame)
        found.records[role][name] = normalised.frame
        findings.append(normalised.findings)
        found.notes.extend(_left_out(name, config.title(role), normalised))
        dangling.append(orphans(normalised.frame, references, found.records[role], role))
    crm, erp = (with_whole(found.records[role][name], name, found.records[role]) for role in Role)
    crm, erp = (
        _in_use(frame, name, entity, role, ledger, config, found.notes) for role, frame in zip(Role, (crm, erp), strict=True)
    )
    found.in_use[Role.CRM][name], found.in_use[Role.ERP][name] = crm, erp
    resolved = resolve(crm, references, found.links)
    matched, notes = (
        (Matched.nothing(), []) if entity.only else _matched(config, store, run_id, name, entity, (resolved, erp), ledger)
    )
    if matched.learned:
        found.models[name] = hashlib.sha256(matched.learned).hexdigest()[:_MODEL_ID]
    if entity.only is None:
        found.links[name] = matched.links
    found.candidates[name] = matched.candidates
    inputs = Inputs(name, entity, resolved, erp, matched, pl.concat(findings), pl.concat(dangling), found.links, taken_at, known)
    compared = compare(inputs, config.in_flight_minutes)
    differences = compared.breaks.filter(pl.col("kind") == BreakKind.DIFFERENCE)
    found.moved[name] = moved_since(differences, ledger.base(name, differences["crm_key"].to_list()))
    found.breaks[name] = with_moved(compared.breaks, found.moved[name])
    found.explained.append(_explained(config, name, (resolved, erp), compared, found.moved[name]))
    found.notes.extend(notes)
    found.keep("findings", pl.concat([inputs.findings, compared.left_out]))
    if entity.only is None:
        found.agreed[name] = compared.agreed
    counts = {"entity": name, **compared.counts, **({"links": None} if entity.only else {})}
    found.keep("counts", pl.DataFrame([counts], schema=COUNTS))
    found.keep("links", matched.links)
    found.keep("candidates", matched.candidates)
    found.keep("breaks", found.breaks[name])
    found.keep("waiting", compared.waiting)


def _read(store: Path, run_id: str, system: str, name: str, entity: Entity, role: Role) -> pl.DataFrame:
    """The snapshot of one entity of one side; no record where that side does not keep it."""
    if not entity.kept_by(role):
        return pl.DataFrame(schema=dict.fromkeys((entity.crm if role is Role.CRM else entity.erp).key, pl.String))
    return snapshot.load(run_folder.snapshots_path(store, run_id), system, name)


def _conserve(config: ProjectConfig, known: pl.Series, taken_at: dt.datetime, found: _Found) -> Conserved:
    """What must add up across documents; its breaks stand with those of their entity."""
    if config.conservation is None:
        return Conserved(BREAKS.to_frame(), CONSERVATION.to_frame(), RESIDUALS.to_frame())
    records = {role: {n: f for n, f in found.in_use[role].items() if config.entities[n].kept_by(role)} for role in Role}
    inputs = conservation.Inputs(records, found.links, taken_at, known)
    conserved = conservation.conserve(inputs, config.conservation, config.in_flight_minutes)
    for (name,), rows in conserved.breaks.group_by("entity"):
        found.breaks[str(name)] = pl.concat([found.breaks[str(name)], rows])
    found.keep("breaks", conserved.breaks)
    more = conserved.breaks.group_by("entity").agg(
        pl.len().cast(pl.Int64).alias("_breaks"), pl.col("value_at_risk").sum().alias("_value")
    )
    found.frames["counts"] = [
        frame.join(more, on="entity", how="left")
        .with_columns(
            pl.col("breaks") + pl.col("_breaks").fill_null(0), pl.col("value_at_risk") + pl.col("_value").fill_null(0.0)
        )
        .drop("_breaks", "_value")
        for frame in found.frames.get("counts", [])
    ]
    return conserved


def _checked(
    check: Check,
    store: Path,
    run_id: str,
    entities: Mapping[str, Entity],
    links: Mapping[str, pl.DataFrame],
    history: pl.LazyFrame,
    columns: pl.LazyFrame,
) -> Iterator[CheckResult]:
    """What the suites say of each side and of the pairs of each entity; they read the records from the run's folder."""
    records = {role: {n: pl.scan_parquet(run_folder.records_path(store, run_id, n, role)) for n in entities} for role in Role}
    crosswalk = pl.concat([LINKS.to_frame(), *links.values()]).lazy()
    tables = {system: side_tables(system, records, crosswalk, history, columns) for system in (*Role, PAIR)}
    for name in entities:
        for role in Role:
            yield check(name, role, records[role][name], tables[role])
        pairs = linked(records[Role.CRM][name], records[Role.ERP][name], links.get(name, LINKS.to_frame()).lazy())
        yield check(name, PAIR, pairs, tables[PAIR])


def _break_rules(config: ProjectConfig, known: pl.Series, check: Check, found: _Found) -> None:
    """Rules of suites that did not pass; their breaks stand with those of their entity."""
    checks, findings = found.all("checks", CHECKS), found.all("of_suites", OF_SUITES)
    told = pl.concat([found.all("breaks", BREAKS), found.all("waiting", BREAKS)])
    broken = broken_rules(checks, findings, found.records, told, known, config.breaks.records_per_rule)
    for (name,), rows in broken.group_by("entity"):
        found.breaks[str(name)] = pl.concat([found.breaks[str(name)], rows.select(BREAKS.names())])
        records = {role: found.records[role][str(name)] for role in Role}
        found.fixes[str(name)] = remedies(str(name), config.entities[str(name)], records, rows, findings, check)
    found.keep("breaks", broken)
    found.keep("owned", broken)


def _explained(
    config: ProjectConfig, name: str, sides: tuple[pl.DataFrame, pl.DataFrame], compared: Compared, moved: pl.DataFrame
) -> Explained:
    """The causes of one entity's differences."""
    entity = config.entities[name]
    kinds = {field: kind for field, spec in entity.fields.items() if (kind := kind_of(name, field, spec))}
    seen = evidence(name, kinds, sides, (compared.breaks, compared.agreed), moved)
    return explain(seen, Setting(entity, {role: config.system_name(role) for role in Role}))


def _save(store: Path, result: RunResult, told: Explained, entities: Collection[str]) -> None:
    """The run's folder, whole when this is done."""
    run_folder.save_causes(store, result.run_id, told.causes, told.members)
    run_folder.save(store, result)
    for name in entities:
        run_folder.forget_older(store, result.run_id, name)


def _with_life(config: ProjectConfig, ledger: Ledger, found: _Found, run_id: str, at: dt.datetime) -> Recorded:
    """The breaks of the run as the ledger goes on with them, and those that are gone."""
    suites = found.all("owned", BROKEN)
    mine = owned(found.all("breaks", BREAKS), config.breaks.owners, found.records, config.entities, suites)
    due = {str(severity): days for severity, days in config.breaks.due_days.items()}
    return ledger.record_breaks(mine, run_id, at, entities=list(config.entities), due_days=due)


def _changes(store: Path, run_id: str, links: pl.DataFrame, entities: Mapping[str, Entity]) -> list[str]:
    """What became of the links since the run before: kept in the run's folder, and told in a sentence for each entity."""
    before = run_folder.last_links(store)
    if before is None:
        return []
    notes, found = [], []
    for name in entities:
        of = pl.col("entity") == name
        changes = changed_links(before.filter(of), links.filter(of))
        found.append(changes.select(pl.lit(name).alias("entity"), *changes.columns))
        counts = {word: f"{changes.filter(pl.col('change') == word).height:,}" for word in ("appeared", "vanished", "moved")}
        if changes.height:
            notes.append(str(refusal("links_changed", entity=name, **counts)))
    run_folder.save_changes(store, run_id, pl.concat(found))
    return notes


def _matched(
    config: ProjectConfig,
    store: Path,
    run_id: str,
    name: str,
    entity: Entity,
    frames: tuple[pl.DataFrame, pl.DataFrame],
    ledger: Ledger,
) -> tuple[Matched, list[str]]:
    """Who is who, by what earlier runs have left; this one's model and memory stay in its folder."""
    pairs, apart = config.limits.candidate_pairs, ledger.not_same(name)
    known = ladder_again.recall(run_folder.last_memory(store, name))
    outcome = ladder_again.match_remembering(frames, name, entity, ledger.crosswalk(name), pairs, apart, known)
    matched = outcome.matched
    if matched.learned:
        run_folder.save_model(store, run_id, name, matched.learned, matched.doubtful)
    if outcome.memory is not None:
        place = run_folder.memory_path(store, run_id, name)
        try:
            memory.save(outcome.memory, place, memory.program())
        except OSError as error:
            raise StoreUnwritable(place, error.strerror or str(error)) from error
    return matched, outcome.notes


def _in_use(
    frame: pl.DataFrame, name: str, entity: Entity, role: Role, ledger: Ledger, config: ProjectConfig, notes: list[str]
) -> pl.DataFrame:
    """The records that count: not those that a merge or a deactivation has closed, as long as they are still inactive."""
    inactive = (entity.crm if role is Role.CRM else entity.erp).inactive
    closed = ledger.set_aside(name, role) if inactive else None
    if inactive is None or closed is None or closed.is_empty():
        return frame
    still = pl.col(INACTIVE).str.strip_chars().str.to_lowercase() == inactive.value.lower()
    kept = frame.filter(~(pl.col(KEY).is_in(closed.implode()) & still.fill_null(value=False)))
    if count := frame.height - kept.height:
        notes.append(str(refusal("set_aside", entity=name, system=config.title(role), count=f"{count:,}")))
    return kept


def _left_out(entity: str, title: str, normalised: Normalised) -> list[str]:
    """A sentence for records that can't be compared because their key does not name them, and for each hole in a code map."""
    found = [(normalised.findings.filter(pl.col("rule") == rule).height, rule) for rule in ("key_empty", "key_repeated")]
    keys = [str(refusal(rule, entity=entity, system=title, count=f"{count:,}")) for count, rule in found if count]
    holes = unmapped_codes(normalised)
    return keys + [str(refusal("codes_not_mapped", entity=entity, system=title, **hole)) for hole in holes]


def references_of(name: str, entity: Entity) -> dict[str, str]:
    """Reference field to the entity it points to."""
    kinds = {field: kind_of(name, field, spec) for field, spec in entity.fields.items()}
    pointed = {field: reference_of(name, field, spec) for field, spec in entity.fields.items()}
    return {field: to for field, to in pointed.items() if to and kinds[field] is Kind.REFERENCE}


def _plan(entities: Mapping[str, Entity], found: _Found, advance: Callable[[], None]) -> list[Action]:
    """The actions of all entities, parents before children."""
    actions: list[Action] = []
    made: dict[str, pl.DataFrame] = {}
    for name, entity in entities.items():
        crm, erp = found.records[Role.CRM][name], found.records[Role.ERP][name]
        known = (found.rules.get(name, {}), found.candidates[name], found.records, entities, found.rules, found.moved[name])
        fixes = found.fixes.get(name, pl.DataFrame())
        planned = plan(Planning(name, entity, crm, erp, found.breaks[name], made, found.links, *known, fixes))
        made[name] = planned.made
        actions.extend(planned.actions)
        advance()
    return actions
