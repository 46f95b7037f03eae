"""What is proposed of known tables, read by a person: a rule that comes, goes or changes is seen in the golden file."""

import datetime as dt
import json
from pathlib import Path

from expectations.suggest import suggest, table_of_file
from reconcile.standalone.files import columns_of, read

NOW = dt.datetime(2026, 11, 20, 9, 0, tzinfo=dt.UTC)
ROOT = Path(__file__).parents[3]
FILES = (
    *(ROOT / "tests/data/northwind" / f"{name}.csv" for name in ("customers", "orders", "order_lines", "products")),
    *(ROOT / "examples/sites" / f"{name}.csv" for name in ("portal_sites", "school_finder_sites")),
)


def told(path):
    """One line for each rule."""
    suggestion = suggest(table_of_file(read(path, columns_of(path)), path.stem, NOW))
    yield f"{path.stem}: {len(suggestion.rules)} rules"
    for one in suggestion.rules:
        rule = one.rule
        short = rule.expect.removeprefix("expect_").removeprefix("column_values_to_")
        more = {
            **rule.kwargs,
            **({"mostly": rule.mostly} if rule.mostly else {}),
            **({"where": rule.where} if rule.where else {}),
        }
        yield f"  {rule.name}: {short} {json.dumps(more, ensure_ascii=False)} {rule.severity}"


def test_the_rules_of_known_tables(golden):
    golden("suggested.txt", "\n".join(line for path in FILES for line in told(path)) + "\n")
