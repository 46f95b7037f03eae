"""What `reconcile.yaml` may say: frozen models, every key with a description that editors and `docs/configuration.md` show.

Apart from `load`, which finds the file, the line and the environment; here is only what is allowed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from pydantic import Field, field_validator, model_validator

from reconcile.config.access import Access, Approvals
from reconcile.config.breaks import Breaks
from reconcile.config.conservation import Conservation
from reconcile.config.equality import Equality
from reconcile.config.model import Delimiter, Keys, Model, Name, Secret, Text, TextList
from reconcile.records import SHAPES, Kind, Role

Language = Literal["en", "zh"]
Owner = Literal["crm", "erp", "newest", "changed_side", "review"]


class Auth(Model):
    """How to sign in. Write secrets as `${NAME}`; they are masked wherever the configuration is shown."""

    username: Text | None = Field(None, description="User name, for basic authentication or the password grant.")
    password: Secret | None = Field(None, description="Password, written as ${NAME}.")
    client_id: Text | None = Field(None, description="OAuth client (connected app).")
    client_secret: Secret | None = Field(None, description="OAuth client secret, written as ${NAME}.")
    token: Secret | None = Field(None, description="A bearer token that does not expire, written as ${NAME}.")
    token_url: str | None = Field(None, description="Where tokens are issued, if not the system's default.")


class System(Model):
    """One side of the comparison and how it is reached."""

    role: Role = Field(description="crm or erp: which side of the pair this system is.")
    connector: Literal["files", "salesforce", "odata", "tryton", "django_crm"] = Field(description="How the system is reached.")
    title: Text | None = Field(None, description="The name that people use for it; the key if not given.")
    url: str | None = Field(None, description="Base address, for salesforce, odata, tryton and django_crm.")
    path: str | None = Field(None, description="Folder of the files, relative to the configuration file, for files.")
    auth: Auth = Field(default=Auth(), description="How to sign in.")  # type: ignore[call-arg]  # every key has a default
    timezone: str = Field("UTC", description="Zone of dates and times that carry none, such as Asia/Shanghai.")
    decimal: Literal[".", ",", "auto"] = Field("auto", description="The decimal mark of numbers that come as text.")
    day_first: bool = Field(True, description="Whether 03/04/2026 is the third of April, where dates come that way.")
    odata_version: Literal["auto", "v2", "v4"] = Field(
        "auto", description="For odata: the version of OData to speak; auto takes the one that the service's $metadata names."
    )
    page_size: int = Field(1000, ge=1, le=50_000, description="Records asked for in one page.")
    timeout_seconds: float = Field(30.0, gt=0, description="How long one request may take, in seconds.")
    requests_per_second: float = Field(50.0, gt=0, description="At most so many requests are sent each second.")
    concurrent_requests: int = Field(
        4, ge=1, le=100, description="At most so many requests are under way at once; 1 sends one after the other."
    )
    batch: bool = Field(
        True, description="For odata: several writes travel in one $batch request. false where the service or a proxy takes none."
    )

    @model_validator(mode="after")
    def _reachable(self) -> System:
        if self.connector == "files" and not self.path:
            raise ValueError("a system with connector `files` needs `path`, the folder of its files")
        if self.connector != "files" and not self.url:
            raise ValueError(f"a system with connector `{self.connector}` needs `url`, its base address")
        return self


class Inactive(Model):
    """What makes a record inactive: still there, and no longer used."""

    field: Name = Field(description="The field that says so, such as Status__c or active.")
    value: Text = Field(description="What stands in it then, such as Inactive or false.")


class Source(Model):
    """Where one side keeps an entity."""

    object: Name = Field(
        description="File name, sObject, entity set or model, such as customers.csv, Account, A_BusinessPartner or party.party."
    )
    key: TextList = Field(description="The field, or the fields, that identify a record.")
    modified: Name | None = Field(None, description="The field that says when a record was last changed.")
    external_id: Name | None = Field(
        None,
        description="The field that keeps the other system's key; new records are written by it, so that none is written twice.",
    )
    inactive: Inactive | None = Field(
        None, description="What makes a record inactive. Without it, nothing is deactivated or merged here, only reviewed."
    )
    merged_into: Name | None = Field(
        None, description="The field of a merged record that names the record which stays; left alone if not given."
    )
    where: str | None = Field(
        None,
        description="A filter in the system's own language: SOQL condition, OData $filter, Tryton domain as JSON, or parameters.",
    )
    delimiter: Delimiter | None = Field(None, description="For CSV: the separator; found from the file if not given.")
    encoding: str | None = Field(
        None, description="For CSV: such as utf-8, gb18030 or windows-1252; found from the file if not given."
    )
    sheet: Name | None = Field(None, description="For XLSX: the sheet; the first if not given.")


class Policy(Model):
    """Who owns a field of some records."""

    when: Text = Field(
        description="Which records, as a condition in SQL over the fields of the entity, such as country = 'CN' AND amount > 10. "
        "A field alone is what the ERP says, or the CRM where the ERP says nothing; crm.country and erp.country name a side."
    )
    owner: Owner = Field(description="Who is right there; the same words as for the field's own `owner`.")


class FieldMap(Equality):
    """One canonical field: where each side keeps it, what it is, who owns it."""

    crm: Name | None = Field(None, description="The CRM's field; a path such as Account.Name follows a relation.")
    erp: Name | None = Field(None, description="The ERP's field; a path such as to_Address/CityName follows a relation.")
    type: Kind | None = Field(None, description="What it holds; known for canonical fields.")
    owner: Owner = Field(
        "review",
        description="Who is right when they differ: crm, erp, newest (last changed record), changed_side (who alone has left "
        "what both said when they agreed last; a person where both have, or never agreed) or review (a person).",
    )
    policies: tuple[Policy, ...] = Field(
        (), description="Another owner for some records: the first policy that holds counts, `owner` where none does."
    )
    sync_minutes: float | None = Field(
        None,
        ge=0,
        description="How long the ordinary sync of this field may take, in minutes; `in_flight_minutes` if not given.",
    )
    compare: bool = Field(True, description="false: the field serves matching and reports only.")
    to: Name | None = Field(None, description="For references: the entity referred to; known for canonical fields.")


BLOCK_PARTS = ("whole", "start", "end", "last", "local", "year", "day")
"""Parts of fields that `match.block` may name, behind a colon."""
BLOCK_NEAREST = "nearest"
"""What `match.block` may name instead of a field."""


def blocked_fields(block: Iterable[tuple[str, ...]]) -> Iterator[tuple[int, str]]:
    """The place of each rule of `match.block`, and the fields it names, without their parts; unknown parts stay."""
    for at, names in enumerate(block):
        if names != (BLOCK_NEAREST,):
            for name in names:
                field, _, part = name.partition(":")
                yield at, field if part in BLOCK_PARTS else name


class Match(Model):
    """How records are linked."""

    keys: Keys = Field((), description="Shared keys, the surest first; each a field, or fields that count together.")
    fields: tuple[str, ...] = Field((), description="Fields whose similarity decides where no key does.")
    block: Keys = Field(
        (),
        description="Only records equal in one of these are compared; chosen from the values if not given. Each a field, a part "
        "of it such as `phone:end`, or several together; `nearest` adds what stands nearest by words.",
    )
    link_at: float | None = Field(
        None, gt=0, le=1, description="From this probability a pair is linked; found from target_precision if not given."
    )
    review_at: float = Field(0.5, gt=0, le=1, description="From this probability a person is asked.")
    target_precision: float = Field(
        0.995, gt=0, lt=1, description="Share of the links that should be right; link_at follows from it."
    )
    many: Role | None = Field(
        None,
        description="crm or erp: several records of that side may link to one of the other; one to one if not given. Only for "
        "`reconcile match`.",
    )

    @field_validator("keys", "block", mode="before")
    @classmethod
    def _each_a_list(cls, value: object) -> object:
        return [[v] if isinstance(v, str) else v for v in value] if isinstance(value, list | tuple) else value


class Entity(Model):
    """One kind of record: its two sources, its fields, how it is matched and what may be created."""

    crm: Source = Field(description="Where the CRM keeps it.")
    erp: Source = Field(description="Where the ERP keeps it.")
    only: Role | None = Field(
        None,
        description="crm or erp, if that side alone keeps it, such as lines of shipments: it is read, checked and serves "
        "`conservation`; nothing is compared, and the other side is left out.",
    )
    fields: dict[str, FieldMap] = Field(description="Canonical field name to its place on each side.")
    match: Match = Field(default=Match(), description="How records are linked.")  # type: ignore[call-arg]  # every key has a default
    create_in: tuple[Role, ...] = Field((), description="Sides in which a missing record may be created: [erp], [crm], or both.")
    duplicates: bool = Field(True, description="Whether records of one side that are the same business are looked for.")

    @model_validator(mode="before")
    @classmethod
    def _one_side(cls, data: object) -> object:
        """The side that does not keep it has a source that nobody reads."""
        roles = [role.value for role in Role]
        if isinstance(data, dict) and data.get("only") in roles:
            return {Role(data["only"]).other.value: {"object": "-", "key": "-"}, **data}
        return data

    def kept_by(self, role: Role) -> bool:
        """Whether that side has it."""
        return self.only in (None, role)


class Mail(Model):
    """Where the report goes by mail."""

    host: str = Field("localhost", description="SMTP server.")
    port: int = Field(25, ge=1, le=65535, description="SMTP port.")
    security: Literal["none", "starttls", "tls"] = Field("none", description="How the connection is protected.")
    username: Text | None = Field(None, description="User name at the SMTP server.")
    password: Secret | None = Field(None, description="Password at the SMTP server, written as ${NAME}.")
    sender: str = Field(description="The From address.")
    to: tuple[str, ...] = Field(min_length=1, description="The recipients.")
    language: Language | None = Field(None, description="en or zh; the project's language if not given.")


class Limits(Model):
    """Budgets. What goes past one is capped or refused, and said."""

    candidate_pairs: int = Field(5_000_000, ge=1000, description="At most so many pairs are scored for one entity.")
    shown_breaks: int = Field(
        50, ge=1, description="At most so many breaks of one kind stand in the report; all are in the files."
    )
    actions_per_push: int = Field(
        10_000, ge=1, description="At most so many actions are pushed by one command; the next takes the rest."
    )
    actions_per_entity: int = Field(
        1000, ge=1, description="A push of more actions of one entity ends before it sends, unless it has `--beyond-limits`."
    )
    share_of_entity: float = Field(
        0.1,
        gt=0,
        description="The same for this share of the records that an entity has on a side (0.1 is a tenth), from 20 actions on.",
    )
    amount_at_risk: float = Field(
        1_000_000.0, ge=0, description="The same for this amount at risk in any one currency, in that currency."
    )
    amounts_at_risk: dict[Name, float] = Field(
        default={}, description="The same for single currencies, instead of `amount_at_risk`, such as JPY: 150000000."
    )
    refused_share: float = Field(
        0.1,
        ge=0,
        le=1,
        description="A running push ends when more than this share of what it sent did not land, from 20 actions on.",
    )
    canaries: int = Field(
        5,
        ge=0,
        description="So many of each entity and side are sent and verified first; if one does not land, the others wait.",
    )


class ProjectConfig(Model):
    """One project: two systems and what they share."""

    project: Name = Field(description="The project's name, shown on reports.")
    language: Language = Field("en", description="Language of reports and mail: en or zh.")
    store: str = Field(".reconcile", description="Folder of snapshots, runs and the ledger, relative to this file.")
    ledger: Secret | None = Field(
        None, description="Database of the ledger as an SQLAlchemy URL; SQLite in the store if not given."
    )
    systems: dict[str, System] = Field(description="The two systems, one of each role.")
    entities: dict[str, Entity] = Field(min_length=1, description="What is compared.")
    in_flight_minutes: float = Field(
        15.0,
        ge=0,
        description="A record changed so recently, in minutes, is not yet a break: the ordinary sync may not have run.",
    )
    checks: dict[str, tuple[Name, ...]] = Field(
        default={}, description="Expectation suites per entity, by file name; those that come with the product if not given."
    )
    conservation: Conservation | None = Field(
        None,
        description="What must add up across documents. Without this key nothing is; with nothing behind it, every rule is.",
    )
    mail: Mail | None = Field(None, description="Where the report goes by mail.")
    access: Access | None = Field(None, description="Who may do what; without it, whoever opens the project may do everything.")
    approvals: Approvals = Field(
        default=Approvals(),  # type: ignore[call-arg]  # every key has a default
        description="How many must approve, for how long it holds, and what a named rule approves.",
    )
    breaks: Breaks = Field(
        default=Breaks(),  # type: ignore[call-arg]  # every key has a default
        description="Who looks after which breaks, and within how many days they are due.",
    )
    limits: Limits = Field(default=Limits(), description="Budgets of one run.")  # type: ignore[call-arg]  # every key has a default

    @field_validator("conservation", mode="before")
    @classmethod
    def _all_rules(cls, given: object) -> object:
        return {} if given is None else given

    @field_validator("systems")
    @classmethod
    def _one_of_each_role(cls, systems: dict[str, System]) -> dict[str, System]:
        roles = sorted(s.role for s in systems.values())
        if roles != [Role.CRM, Role.ERP]:
            raise ValueError(f"there must be one system with role crm and one with role erp; found: {', '.join(roles) or 'none'}")
        return systems

    def system_name(self, role: Role) -> str:
        """The key under `systems` of the side with this role."""
        return next(name for name, system in self.systems.items() if system.role is role)

    def system(self, role: Role) -> System:
        """The side with this role."""
        return self.systems[self.system_name(role)]

    def title(self, role: Role) -> str:
        """What people call the side with this role."""
        return self.system(role).title or self.system_name(role)


def kind_of(entity: str, name: str, spec: FieldMap) -> Kind | None:
    """The kind of a field: what the configuration says, else what the entity's canonical shape says, else None."""
    shape = SHAPES.get(entity)
    return spec.type or (shape.fields.get(name) if shape else None)


def kinds_of(name: str, entity: Entity) -> dict[str, Kind]:
    """What each field of an entity holds, as far as that is known."""
    return {field: kind for field, spec in entity.fields.items() if (kind := kind_of(name, field, spec))}


def field_at(entity: Entity, role: Role, source_field: str) -> str | None:
    """The canonical name of the field that one side keeps there; None if it is not mapped."""
    return next((name for name, spec in entity.fields.items() if getattr(spec, role) == source_field), None)


def referring(entities: Mapping[str, Entity], name: str, role: Role) -> Iterator[tuple[str, str, str]]:
    """(entity, canonical field, source field) of everything that refers to the entity `name` on one side."""
    for entity, spec in entities.items():
        for field, place in spec.fields.items():
            source_field = getattr(place, role)
            if source_field and reference_of(entity, field, place) == name:
                yield entity, field, source_field


def reference_of(entity: str, name: str, spec: FieldMap) -> str | None:
    """The entity that a reference field points to, or None."""
    shape = SHAPES.get(entity)
    return spec.to or (shape.references.get(name) if shape else None)
