"""A wide file gives as many rules as a person reads, and says how many more there were."""

import datetime as dt
from pathlib import Path

import polars as pl
import pytest

from expectations.load import parse_suite
from expectations.suggest import as_yaml, most_telling, suggest, table_of_file

NOW = dt.datetime(2026, 11, 20, 9, 0, tzinfo=dt.UTC)
ROWS = 120


@pytest.fixture(scope="module")
def wide():
    """150 columns that say the same, and behind them a few that say more."""
    same = {f"col_{n:03}": [f"{(n * 7 + row * 13) % 97}.50" for row in range(ROWS)] for n in range(150)}
    status = ["open", "closed", "lost"] * (ROWS // 3)
    status[5] = "closd"
    mails = [f"m{row}@firma.de" for row in range(ROWS)]
    return pl.DataFrame({"Record Id": [f"R-{row:04}" for row in range(ROWS)], **same, "Status": status, "Mail": mails})


def test_the_most_telling_rules_stay_in_their_order(wide):
    whole = suggest(table_of_file(wide, "wide", NOW))
    few = most_telling(whole)
    assert len(whole.rules) > 300
    assert len(few.rules) == 60
    assert [one for one in whole.rules if one in few.rules] == list(few.rules)
    names = {one.rule.name for one in few.rules}
    assert {"enough_records", "record_id_is_unique", "record_id_is_present", "status_is_known", "mail_is_valid"} <= names
    suite = parse_suite(as_yaml(few).encode(), Path("wide.yaml"))
    assert set(suite.kinds) <= {name for rule in suite.rules for name in rule.columns}


def test_what_was_left_out_is_told_in_both_languages(wide):
    whole = suggest(table_of_file(wide, "wide", NOW))
    note = most_telling(whole, 10).notes[-1]
    left = len(whole.rules) - 10
    assert f"10 most telling of {len(whole.rules)} rules" in note.en
    assert f"Left out are {left}" in note.en
    assert "column_values_to_not_be_null col_#" in note.en
    assert f"略去 {left} 条" in note.zh


def test_nothing_is_left_out_where_there_are_few(wide):
    suggestion = suggest(table_of_file(wide.select("Record Id", "Status", "Mail"), "narrow", NOW))
    assert most_telling(suggestion) is suggestion
