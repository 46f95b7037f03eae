"""Splink's side of the comparison, in an environment of its own: read two files, train, predict, write scored pairs.

    python match_splink_side.py LEFT RIGHT OUT

Set up as its documentation advises: comparisons by kind of field with levels and term frequencies, postcode and city as one
comparison because one tells the other, u from random pairs, m by expectation maximisation on blocks of e-mail
and of phone (neither tells any other field), and several blocking rules for prediction.
"""

from __future__ import annotations

import sys

import duckdb
import splink.comparison_level_library as cll
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

SEED = 1
LOWEST = 0.01
"""Pairs below this probability are not written."""


def _place() -> cl.CustomComparison:
    """Postcode and city as one: the second is all but given by the first."""
    return cl.CustomComparison(
        output_column_name="place",
        comparison_levels=[
            cll.And(cll.NullLevel("postcode"), cll.NullLevel("city")),
            cll.ExactMatchLevel("postcode", term_frequency_adjustments=True),
            cll.LevenshteinLevel("postcode", 1),
            cll.ExactMatchLevel("city", term_frequency_adjustments=True),
            cll.JaroWinklerLevel("city", 0.9),
            cll.ElseLevel(),
        ],
    )


def _exact_or(column: str, *levels: object) -> cl.CustomComparison:
    first = [cll.NullLevel(column), cll.ExactMatchLevel(column, term_frequency_adjustments=True)]
    return cl.CustomComparison(output_column_name=column, comparison_levels=[*first, *levels, cll.ElseLevel()])


def settings() -> SettingsCreator:
    """Comparisons and blocking rules."""
    return SettingsCreator(
        link_type="link_only",
        unique_id_column_name="id",
        comparisons=[
            # its usual levels are for names of people alone: one for the two kinds here has to be stricter
            cl.NameComparison("name", jaro_winkler_thresholds=[0.95, 0.9, 0.8]),
            _exact_or("contact", cll.JaroWinklerLevel("contact", 0.9)),
            _exact_or("street", cll.JaroWinklerLevel("street", 0.95), cll.JaroWinklerLevel("street", 0.88)),
            _place(),
            _exact_or("phone", cll.LevenshteinLevel("phone", 1)),
            cl.EmailComparison("email"),
            _exact_or("tax_id"),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("email"),
            block_on("phone"),
            block_on("tax_id"),
            block_on("name", "city"),
            block_on("name", "postcode"),
            block_on("street", "postcode"),
            block_on("street", "city"),
            block_on("substr(name, 1, 3)", "postcode"),
            block_on("substr(street, 1, 6)", "postcode"),
            block_on("website"),
            block_on("name", "contact"),
        ],
        retain_matching_columns=False,
        retain_intermediate_calculation_columns=False,
    )


def main(left: str, right: str, out: str) -> None:
    """Train and predict."""
    connection = duckdb.connect()
    engine = DuckDBAPI(connection=connection)
    tables = [
        engine.register(connection.read_parquet(path), dataset_display_name=name) for path, name in ((left, "l"), (right, "r"))
    ]
    linker = Linker(tables, settings(), log_level=30)
    rules = [
        block_on("email"),
        block_on("phone", "substr(name, 1, 3)"),
        block_on("tax_id", "postcode"),
        block_on("name", "street"),
    ]
    linker.training.estimate_probability_two_random_records_match(rules, recall=0.85)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e7, seed=SEED)
    for field in ("email", "phone"):
        linker.training.estimate_parameters_using_expectation_maximisation(block_on(field))
    scored = linker.inference.predict(threshold_match_probability=LOWEST)
    # Splink says which side a record is from, and puts the sides in either order
    sides = [f"case when source_dataset_l = '{first}' then id_l else id_r end" for first in "lr"]
    found = connection.table(scored.physical_name)
    found.select(f"{sides[0]} as crm_key, {sides[1]} as erp_key, match_probability as probability").write_parquet(out)


if __name__ == "__main__":
    main(*sys.argv[1:4])
