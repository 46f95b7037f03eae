"""From a configuration to parts that work together: the only place where parts are chosen. Screens call these functions.

A name loads its module when it is first asked for: the check of a file needs neither the ledger nor the connectors.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reconcile.wiring.answering import Outcome, answer
    from reconcile.wiring.asking import Proposal, call_different, keys_of, open_links, propose, undo
    from reconcile.wiring.cleansing import CleansedFiles, cleanse
    from reconcile.wiring.files import read_file
    from reconcile.wiring.finding_causes import actions_of_cause, breaks_of_cause, causes, kept_causes
    from reconcile.wiring.project import Project, connected, open_project
    from reconcile.wiring.running import check_suites, check_systems, push, run
    from reconcile.wiring.showing import (
        as_json,
        asked,
        asked_of,
        export_breaks,
        latest_run,
        load_run,
        noise,
        open_count,
        past_of,
        send_mail,
        view,
        write_report,
    )
    from reconcile.wiring.who import allowed, lapse, whoami

__all__ = [
    "CleansedFiles",
    "Outcome",
    "Project",
    "Proposal",
    "actions_of_cause",
    "allowed",
    "answer",
    "as_json",
    "asked",
    "asked_of",
    "breaks_of_cause",
    "call_different",
    "causes",
    "check_suites",
    "check_systems",
    "cleanse",
    "connected",
    "export_breaks",
    "kept_causes",
    "keys_of",
    "lapse",
    "latest_run",
    "load_run",
    "noise",
    "open_count",
    "open_links",
    "open_project",
    "past_of",
    "propose",
    "push",
    "read_file",
    "run",
    "send_mail",
    "undo",
    "view",
    "whoami",
    "write_report",
]

_MODULES = {
    "answering": ("Outcome", "answer"),
    "asking": ("Proposal", "call_different", "keys_of", "open_links", "propose", "undo"),
    "finding_causes": ("actions_of_cause", "breaks_of_cause", "causes", "kept_causes"),
    "cleansing": ("CleansedFiles", "cleanse"),
    "files": ("read_file",),
    "project": ("Project", "connected", "open_project"),
    "running": ("check_suites", "check_systems", "push", "run"),
    "showing": (
        "as_json",
        "asked",
        "asked_of",
        "export_breaks",
        "latest_run",
        "load_run",
        "noise",
        "open_count",
        "past_of",
        "send_mail",
        "view",
        "write_report",
    ),
    "who": ("allowed", "lapse", "whoami"),
}
"""Where each name is."""


def __getattr__(name: str) -> Any:
    """The name, from its module, and from then on without a detour."""
    module = next((module for module, names in _MODULES.items() if name in names), None)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"{__name__}.{module}"), name)
    globals()[name] = found
    return found
