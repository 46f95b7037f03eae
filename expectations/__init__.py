"""Expectation suites: rules that a data steward keeps in YAML, and the only code that uses Great Expectations.

Its import takes three to four seconds, so nothing here does it before the first run, or before `warm_up`.
"""

from __future__ import annotations

import threading

from expectations import gx
from expectations.apart import Apart, answered
from expectations.asked import columns_asked, columns_of_table
from expectations.child import Child
from expectations.load import PAIRS, load_suite, packaged_suites
from expectations.pages import SITE_MARK, Page, with_results, write_pages
from expectations.port import Suites, check_records
from expectations.run import run_suites
from expectations.suite import Suite

__all__ = [
    "PAIRS",
    "SITE_MARK",
    "Apart",
    "Child",
    "Page",
    "Suite",
    "Suites",
    "answered",
    "check_records",
    "columns_asked",
    "columns_of_table",
    "load_suite",
    "packaged_suites",
    "run_suites",
    "warm_up",
    "with_results",
    "write_pages",
]


def warm_up() -> threading.Thread:
    """Import Great Expectations in the background, while the caller waits for systems to answer. Need not be joined.

    Only for a caller that truly waits: the import holds the interpreter's lock, and reading 150 pages over HTTP meanwhile took
    three times as long. There, `Apart` is better.
    """
    thread = threading.Thread(target=gx.load, name="expectations-warm-up", daemon=True)
    thread.start()
    return thread
