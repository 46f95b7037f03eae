"""From a configuration to parts that work together: the only place where parts are chosen. Screens call these functions."""

from reconcile.wiring.answering import Outcome, answer
from reconcile.wiring.asking import Proposal, call_different, keys_of, open_links, propose, undo
from reconcile.wiring.causes import actions_of_cause, breaks_of_cause, causes, kept_causes
from reconcile.wiring.cleansing import CleansedFiles, cleanse
from reconcile.wiring.files import read_file
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
