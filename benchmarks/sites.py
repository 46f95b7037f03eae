"""Precision and recall of the links of `examples/sites` against the published truth.

    python benchmarks/sites.py

`links` counts the one-to-one links alone; `pairs` also counts each duplicate with the record that its kept twin is linked to.
The last line is one JSON object.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path

import polars as pl

from reconcile import wiring
from reconcile.progress import Silent

EXAMPLE = Path(__file__).parent.parent / "examples" / "sites"
PAIR = ["portal_id", "school_finder_id"]


def judged(pairs: pl.DataFrame, truth: pl.DataFrame) -> dict[str, float]:
    """Precision, recall and F1 of pairs (columns PAIR)."""
    hits = pairs.join(truth, on=PAIR, how="semi").height
    precision, recall = hits / pairs.height, hits / truth.height
    return {
        "pairs": pairs.height,
        "precision": round(precision, 4),
        "recall": round(recall, 4),
        "f1": round(2 * precision * recall / (precision + recall), 4),
    }


def main() -> None:
    """Run the example in a folder of its own and print."""
    truth = pl.read_csv(EXAMPLE / "truth_pairs.csv", infer_schema=False)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "sites"
        shutil.copytree(EXAMPLE, place, ignore=shutil.ignore_patterns(".reconcile"))
        project = wiring.open_project(place / "reconcile.yaml", {})
        try:
            result = wiring.run(project, Silent())
        finally:
            project.close()
    links = result.links.select(portal_id="crm_key", school_finder_id="erp_key")
    duplicates = result.breaks.filter((pl.col("kind") == "duplicate_in_crm") & pl.col("erp_key").is_not_null())
    pairs = pl.concat([links, duplicates.select(portal_id="crm_key", school_finder_id="erp_key")])
    best = truth["school_finder_id"].n_unique()
    figures = {"links": judged(links, truth) | {"possible": best}, "pairs": judged(pairs, truth)}
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
