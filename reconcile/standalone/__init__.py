"""Matching of plain files without a project: read, find what to match by, link, write."""

from reconcile.standalone.run import Result, dedupe_file, match_files

__all__ = ["Result", "dedupe_file", "match_files"]
