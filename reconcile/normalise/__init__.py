"""From a snapshot's raw columns to canonical records: mapping, value maps, standard forms; raw values stay as evidence."""

from reconcile.normalise.coverage import unmapped_codes
from reconcile.normalise.records import normalise, side_of, source_fields
from reconcile.normalise.references import orphans, resolve, with_whole

__all__ = ["normalise", "orphans", "resolve", "side_of", "source_fields", "unmapped_codes", "with_whole"]
