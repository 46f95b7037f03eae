"""The base of N linked pairs with M fields: seconds to write it first, when nothing has changed, and when one pair in 100 has.

    python benchmarks/agreements.py [--pairs 100000] [--fields 10] [--url postgresql+psycopg://...]

The last line is one JSON object. Without `--url`, a SQLite file in a temporary folder; a URL must name an empty database.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from reconcile.ledger import Ledger

AT = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
SECONDS: dict[str, float] = {}
PROCESSOR: dict[str, float] = {}
"""Of these, what our own process computed: all that counts on a machine that is busy with other things."""


@contextmanager
def timed(name: str) -> Iterator[None]:
    """Note how long it took."""
    begun, computed = time.perf_counter(), time.process_time()
    yield
    SECONDS[name] = round(time.perf_counter() - begun, 3)
    PROCESSOR[name] = round(time.process_time() - computed, 3)


def agreed(pairs: int, fields: int, *, differ: int = 0, changed: int = 0) -> pl.DataFrame:
    """What a run sees: in `differ` pairs the first field does not agree, in `changed` pairs it agrees on another value."""
    number = pl.int_range(pairs)
    texts = [f"Value {n} of " + number.cast(pl.String) for n in range(fields)]
    texts[0] = pl.when(number < changed).then("Other " + texts[0]).otherwise(texts[0])
    cells = [pl.struct(crm=text, erp=text.str.to_uppercase()) for text in texts]
    cells[0] = pl.when(number < pairs - differ).then(cells[0])
    keys = {"crm_key": "0015g00000" + number.cast(pl.String), "erp_key": "10" + number.cast(pl.String)}
    return pl.select(**keys, **{f"field_{n}": cell for n, cell in enumerate(cells)})


def measure(ledger: Ledger, pairs: int, fields: int) -> None:
    """Runs, one after the other, of which each sees something else."""
    hundredth = pairs // 100
    runs = {
        "first": (agreed(pairs, fields), pairs),
        "nothing_changed": (agreed(pairs, fields), 0),
        "one_percent_changed": (agreed(pairs, fields, changed=hundredth), hundredth),
        "ten_percent_differ": (agreed(pairs, fields, changed=hundredth, differ=pairs // 10), 0),
        "all_differ_in_a_field": (agreed(pairs, fields, differ=pairs), 0),
    }
    for number, (name, (seen, written)) in enumerate(runs.items()):
        with timed(name):
            assert ledger.record_base("customers", seen, seen.select("crm_key", "erp_key"), f"r{number}", AT) == written
    with timed("read_all"):
        assert ledger.base("customers").height == pairs * fields
    with timed("read_a_thousand_pairs"):
        assert ledger.base("customers", runs["first"][0]["crm_key"].head(1000).to_list()).height == min(1000, pairs) * fields


def main() -> None:
    """Make the ledger, measure, print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--pairs", type=int, default=100_000)
    options.add_argument("--fields", type=int, default=10)
    options.add_argument("--url", default="")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = chosen.url or f"sqlite:///{Path(folder) / 'ledger.db'}"
        with Ledger.open(url) as ledger:
            measure(ledger, chosen.pairs, chosen.fields)
    database = url.partition(":")[0].partition("+")[0]
    said = {"database": database, "pairs": chosen.pairs, "fields": chosen.fields, "seconds": SECONDS, "processor": PROCESSOR}
    print(json.dumps(said))


if __name__ == "__main__":
    main()
