"""Every exception of the product, grouped by what the caller may do about it.

ConfigError: fix the configuration or the command. RetryLater: the same call may work later.
Stop: going on would do harm.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from reconcile.errors.checking import NamedTwice, NoSuchRule, NothingToCheck, UnknownSuite
from reconcile.errors.deciding import (
    AccountExists,
    DelegationUnfit,
    NobodyDecides,
    NotAllowed,
    NotByRule,
    NotSignedIn,
    OwnProposal,
    PasswordUnfit,
    SignInNeeded,
    UnknownAccount,
    UnknownPerson,
    UnknownRule,
)
from reconcile.errors.roots import ConfigError, ReconcileError, RetryLater, Stop, first_of
from reconcile.refusals import Refusal, refusal

__all__ = [
    "AccountExists", "ConfigError", "DelegationUnfit", "FileMissing", "FileUnreadable", "InvalidConfig", "KeyRepeats",
    "KeyUnfit", "LedgerTooNew", "LedgerUnusable", "LinksNotOneToOne", "MailAddressInvalid", "MailNotConfigured",
    "MailNotSent", "MemoryUnreadable", "NamedTwice", "NoRunYet", "NoSuchRecord", "NoSuchRule", "NobodyDecides", "NotAllowed",
    "NotByRule", "NotEnoughMemory", "NotExplainable", "NotInSystem", "NotProposable", "NotPushable", "NotSettled",
    "NotSignedIn", "NothingChosen", "NothingInCommon", "NothingToCheck", "NothingToCompare", "OutputUnfit", "OwnProposal",
    "PartAlone", "PasswordUnfit", "Problem", "ProjectLocked", "PushesStopped", "ReconcileError", "RetryLater",
    "RuleUnfit", "SameFileTwice", "SendingEnded", "SignInNeeded", "Stop", "StoreUnwritable", "SystemAnswerUnreadable",
    "SystemRefused", "SystemUnreachable", "TooManyPairs", "UnknownAccount", "UnknownActions", "UnknownEntity", "UnknownFields",
    "UnknownPerson", "UnknownRule", "UnknownRun", "UnknownSuite", "WouldBeRefused",
]  # fmt: skip  # a list of names


@dataclass(frozen=True)
class Problem:
    """One thing wrong in a configuration file: where, what, and what to do."""

    key: str
    message: str
    line: int | None = None

    def text(self, file: str) -> str:
        """`file:line: key: message`, the form that editors turn into a link."""
        place = f"{file}:{self.line}" if self.line else file
        return f"{place}: {self.key}: {self.message}" if self.key else f"{place}: {self.message}"


class InvalidConfig(ConfigError):
    """All problems of one configuration file, reported together."""

    def __init__(self, file: Path, problems: Sequence[Problem]) -> None:
        self.file = file
        self.problems = tuple(problems)
        count = "1 problem" if len(self.problems) == 1 else f"{len(self.problems)} problems"
        lines = [f"{file} has {count}:", *(f"  {p.text(str(file))}" for p in self.problems)]
        super().__init__("\n".join(lines))


class FileMissing(ConfigError):
    """A file that the command or the configuration names is not there."""

    def __init__(self, path: Path, *, named_by: str = "the command") -> None:
        super().__init__(f"{path}: no such file (named by {named_by}). Check the path, which is read from {Path.cwd()}.")


class FileUnreadable(ConfigError):
    """A file is there but can't be read as what it should be."""

    def __init__(self, path: Path, reason: str, *, hint: str) -> None:
        super().__init__(f"{path}: {reason}. {hint}")


class NotEnoughMemory(ConfigError):
    """Matching may use less memory than its records need; said before anything heavy is done."""

    def __init__(self, needed: int, allowed: int) -> None:
        super().__init__(refusal("not_enough_memory", needed=_memory(needed), allowed=_memory(allowed)))


class MemoryUnreadable(ConfigError):
    """What was said of memory is no size."""

    def __init__(self, text: str) -> None:
        super().__init__(refusal("memory_unreadable", text=repr(text[:40])))


class TooManyPairs(ConfigError):
    """The records that a blocking rule brings together are more pairs than may be scored."""

    def __init__(self, parts: Sequence[str], pairs: float, most: int, *, pinned: bool) -> None:
        rule = " + ".join(parts)
        code = "too_many_pinned" if pinned else "too_many_pairs"
        super().__init__(refusal(code, rule=rule, pairs=f"{pairs:,.0f}", most=f"{most:,}"))


def _memory(size: int) -> str:
    return f"{size / 2**30:,.1f} GB"


class NotInSystem(ConfigError):
    """The configuration names objects or fields that a system does not have; said before any data is read."""

    def __init__(self, missing: Sequence[str]) -> None:
        self.missing = tuple(missing)
        super().__init__("The configuration names what a system does not have:\n" + "\n".join(f"  {m}" for m in missing))


class UnknownRun(ConfigError):
    """No such run in this project."""

    def __init__(self, run_id: str) -> None:
        super().__init__(f"There is no run {run_id!r} in this project. Start one with `reconcile run`.")


class NoRunYet(ConfigError):
    """The project has no run that came to its end."""

    def __init__(self, project: str) -> None:
        super().__init__(refusal("no_run", project=project))


class NothingChosen(ConfigError):
    """A decision was asked for, but on nothing."""

    def __init__(self) -> None:
        super().__init__("Name the actions by their ids, or choose them with --entity, --tier or --all.")


class MailNotConfigured(ConfigError):
    """The configuration names no recipients."""

    def __init__(self, file: Path) -> None:
        super().__init__(f"{file} has no `mail:` block. Add one with host, sender and to, then try again.")


class MailAddressInvalid(ConfigError):
    """A sender or recipient of the configuration is no mail address."""

    def __init__(self, key: str, text: str) -> None:
        super().__init__(f"{key}: {text[:100]!r} is no mail address. Write it as box@example.com or Name <box@example.com>.")


class UnknownFields(ConfigError):
    """Fields that the command names and the entity does not have."""

    def __init__(self, names: Sequence[str], *, known: Iterable[str], of: str) -> None:
        super().__init__(f"No such field of {of}: {', '.join(names)}. Its fields are: {', '.join(known)}.")


class RuleUnfit(ConfigError):
    """A rule asks of a column what the column can't hold, or something of the wrong kind."""

    def __init__(self, what: str, *, hint: str) -> None:
        super().__init__(f"{what}. {hint}")


class UnknownEntity(ConfigError):
    """No such entity in this project."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        super().__init__(refusal("unknown_entity", name=repr(name), known=", ".join(known)))


class UnknownActions(ConfigError):
    """Action ids that the ledger does not hold."""

    def __init__(self, ids: Sequence[str]) -> None:
        super().__init__(refusal("unknown_actions", ids=first_of(ids)))


class NotSettled(ConfigError):
    """What was said of breaks can't be noted: it is not clear which are meant, until when or why. `why` is a Refusal."""


class NotPushable(ConfigError):
    """An approval of actions that only ask a person to look: there is nothing to write."""

    def __init__(self, ids: Sequence[str]) -> None:
        super().__init__(refusal("only_review", ids=first_of(ids)))


class NoSuchRecord(ConfigError):
    """A record that the command names and the system does not have."""

    def __init__(self, entity: str, system: str, key: str) -> None:
        super().__init__(refusal("no_such_record", system=system, key=repr(key), entity=entity))


class NotExplainable(ConfigError):
    """A pair that can't be explained: a side has no such key, a model is unfit, or a run has kept none."""

    def __init__(self, why: Refusal) -> None:
        super().__init__(why)


class NotProposable(ConfigError):
    """What a person asked for can't be proposed."""

    def __init__(self, reason: Refusal) -> None:
        super().__init__(refusal("not_proposable", why=reason))


class PartAlone(ConfigError):
    """A decision on a part of what is decided as a whole."""

    def __init__(self, parts: Sequence[str], whole: str) -> None:
        super().__init__(refusal("part_alone", part=first_of(parts), whole=whole))


class WouldBeRefused(ConfigError):
    """An approval of actions that their target would refuse, by its own metadata."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(refusal("would_be_refused", problems=first_of(problems)))


class LedgerUnusable(ConfigError):
    """The ledger's URL names no database that can be used."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"The ledger can't be opened: {reason}. Correct `ledger:` in the configuration, or leave it out.")


class LedgerTooNew(ConfigError):
    """A later version of the product made this ledger."""

    def __init__(self, ledger: str, version: int, known: int) -> None:
        super().__init__(f"{ledger} has version {version}; this program knows up to {known}. Use the newer program that made it.")


class NothingInCommon(ConfigError):
    """Two files in which no column of one goes with a column of the other."""

    def __init__(self, left: Path, columns: Sequence[str], right: Path, others: Sequence[str]) -> None:
        super().__init__(
            f"No column of {left} goes with one of {right}, so there is nothing to match by. {left.name} has: "
            f"{first_of(columns)}; {right.name} has: {first_of(others)}. "
            "If two of them hold the same, name them under `fields` in a file, and give it with --config."
        )


class NothingToCompare(ConfigError):
    """A file without a column that tells its records apart."""

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        super().__init__(
            f"{path} has no column that its records could be compared by; it has: {first_of(columns)}. "
            "A column must hold more than one value, and must not be the record's own number."
        )


class SameFileTwice(ConfigError):
    """A file is to be matched with itself."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} is named twice. To find the records that stand in it more than once: `reconcile dedupe`.")


class KeyRepeats(ConfigError):
    """A column that the configuration calls a key names two records, or none."""

    def __init__(self, path: Path, columns: Sequence[str], example: str) -> None:
        super().__init__(
            f"{path}: {' + '.join(columns)} names no record of its own: {example}. "
            "Name a column that never repeats, or write [] to number the rows."
        )


class KeyUnfit(ConfigError):
    """What is said of the key by which two files are compared names no column of theirs."""

    def __init__(self, why: Refusal) -> None:
        super().__init__(why)


class OutputUnfit(ConfigError):
    """A result can't be written under this name."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: {reason}.")


class SystemUnreachable(RetryLater):
    """No connection, a time-out, or an answer that is no answer."""

    def __init__(self, system: str, url: str, reason: str) -> None:
        super().__init__(refusal("unreachable", system=system, url=url, why=reason))


class SystemRefused(RetryLater):
    """The system answered and said no: credentials, permission, or a request it does not accept."""

    def __init__(self, system: str, url: str, status: int, reason: str, *, hint: str = "") -> None:
        self.status = status
        super().__init__(f"{system}: {url} answered {status}: {reason}." + (f" {hint}" if hint else ""))


class SystemAnswerUnreadable(RetryLater):
    """The system answered with something else than its interface promises, such as an HTML page."""

    def __init__(self, system: str, url: str, reason: str) -> None:
        super().__init__(f"{system}: {url} gave an answer that can't be read: {reason}. A proxy or a log-in page may be between.")


class MailNotSent(RetryLater):
    """The mail server can't be reached, or did not take the message."""

    def __init__(self, place: str, reason: str, *, hint: str) -> None:
        super().__init__(f"The mail was not sent by {place}: {reason}. {hint}")


class ProjectLocked(Stop):
    """Another run of the same project is under way."""

    exit_code = 3

    def __init__(self, holder: str) -> None:
        super().__init__(refusal("locked", holder=holder))


class PushesStopped(Stop):
    """Somebody has stopped all pushes of the project."""

    exit_code = 3

    def __init__(self, by: str, since: str, comment: str) -> None:
        said = {"who": by, "since": since}
        super().__init__(refusal("pushes_stopped_for", **said, comment=comment) if comment else refusal("pushes_stopped", **said))


class SendingEnded(Stop):
    """A connection was closed while requests still waited for their turn; none of them was sent."""

    exit_code = 3

    def __init__(self) -> None:
        super().__init__("The connection was closed before this request had its turn. Run the command again.")


class LinksNotOneToOne(Stop):
    """One record would be linked to two; the crosswalk takes only pairs."""

    def __init__(self, entity: str, column: str, key: str) -> None:
        super().__init__(
            f"{entity}: the {column} {key!r} stands in more than one link, so no link of this run was stored. "
            "Check the match keys of this entity: they must tell records apart."
        )


class StoreUnwritable(Stop):
    """The project's folder can't be written: disk full, or no permission."""

    exit_code = 3

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"{path} can't be written: {reason}. Nothing was lost: free the disk, or set `store:` to another folder, "
            "then run again."
        )
