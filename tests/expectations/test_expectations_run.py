"""What a run says: counts, keys, missing values, sides, placeholders; and that one bad rule does not stop the others."""

import datetime as dt
from decimal import Decimal

import polars as pl
import pytest
from expectation_frames import CODES, NOW, normalised
from hypothesis import given, settings
from hypothesis import strategies as st

from expectations import Suite, load_suite, run_suites
from expectations.gx import keeping
from expectations.load import packaged_suites, parse_suite
from expectations.suite import Rule
from expectations.values import Moment
from reconcile.records import Role
from reconcile.results import CHECKS, FINDINGS


def suite_of(*rules: Rule, entity="things"):
    return Suite(name="own", entity=entity, owner="me", rules=rules)


def rule(name, expect, severity="major", message=None, **more: object):
    kwargs = more.pop("kwargs")
    message = message or {"en": "Wrong.", "zh": "错误。"}
    return Rule(name=name, expect=expect, kwargs=kwargs, severity=severity, message=message, **more)


def run(frame, *rules: Rule, role=Role.ERP, **more: object):
    return run_suites([suite_of(*rules)], "things", role, frame, now=NOW, **more)


def things(**columns: object):
    frame = pl.DataFrame(columns)
    return frame.with_columns(pl.Series("_key", [f"k{n}" for n in range(frame.height)], dtype=pl.String))


def keys(result, name):
    return result.findings.filter(rule=name)["key"].to_list()


PRESENT = rule("present", "expect_column_values_to_not_be_null", kwargs={"column": "a"})
POSITIVE = rule("positive", "expect_column_values_to_be_between", kwargs={"column": "a", "min_value": 0, "strict_min": True})


def test_frames_have_the_agreed_schemas_even_where_nothing_applies():
    for result in (
        run(things(a=[1.0]), PRESENT),
        run(things(a=[1.0, None]), PRESENT),
        run_suites([], "things", None, things(a=[1])),
    ):
        assert result.checks.schema == CHECKS
        assert result.findings.schema == FINDINGS
        assert result.notes == ()


def test_suites_of_other_entities_do_not_run():
    assert run_suites([suite_of(PRESENT, entity="others")], "things", Role.CRM, things(a=[None])).checks.is_empty()


@pytest.mark.parametrize("entity", [n for n in packaged_suites() if not n.endswith("_pair")])
@pytest.mark.parametrize("rows", [0, 1])
def test_empty_frames_and_single_rows(entity, rows):
    frame = normalised(entity, {f"k{n}": {} for n in range(rows)})
    result = run_suites([load_suite(packaged_suites()[entity])], entity, Role.CRM, frame, codes=CODES, now=NOW)
    assert result.notes == ()
    assert result.checks["success"].all()
    assert set(result.checks["evaluated"]) == {rows}


@pytest.mark.parametrize("entity", [n for n in packaged_suites() if not n.endswith("_pair")])
def test_a_frame_of_nothing_but_nulls_fails_only_where_a_value_must_be(entity):
    frame = normalised(entity, {"a": {}, "b": {}}).with_columns(pl.exclude("_key").replace_strict({}, default=None))
    frame = frame.select(pl.col(name).cast(dtype) for name, dtype in normalised(entity, {"x": {}}).schema.items())
    result = run_suites([load_suite(packaged_suites()[entity])], entity, Role.CRM, frame, codes=CODES, now=NOW)
    assert result.notes == ()
    of_all = pl.col("rule") != "shipped_at_is_present"  # of what has left alone
    must = (pl.col("rule").str.ends_with("_is_present") & of_all) | (pl.col("rule") == "can_be_reached")
    assert result.checks.filter(must)["failed"].to_list() == [2] * result.checks.filter(must).height
    assert result.checks.filter(~must)["evaluated"].sum() == 0
    assert result.findings["value"].null_count() == result.findings.height


@pytest.mark.parametrize(
    "values",
    [
        pl.Series([1.0, None, -1.0, float("nan")]),
        pl.Series([1, None, -1, None]),
        pl.Series([1, None, -1, None], dtype=pl.Int8),
        pl.Series([2**60, None, -(2**60), None]),
        pl.Series([Decimal("0.01"), None, Decimal("-0.01"), None]),
    ],
)
def test_missing_numbers_are_missing_in_every_type(values):
    result = run(things(a=values), PRESENT, POSITIVE)
    assert result.notes == ()
    assert keys(result, "present") == ["k1", "k3"]
    assert keys(result, "positive") == ["k2"]
    assert result.checks["evaluated"].to_list() == [4, 2]


@pytest.mark.parametrize(
    "values",
    [
        pl.Series(["a", None, ""]),
        pl.Series([True, None, False]),
        pl.Series([dt.date(9999, 12, 31), None, dt.date(1, 1, 1)]),
        pl.Series([NOW, None, NOW], dtype=pl.Datetime("us", "Asia/Shanghai")),
        pl.Series([dt.time(1), None, dt.time(2)]),
        pl.Series(["a", None, "b"], dtype=pl.Categorical),
        pl.Series(["a", None, "b"], dtype=pl.Enum(["a", "b"])),
    ],
)
def test_missing_values_are_missing_in_every_other_type(values):
    result = run(things(a=values), PRESENT)
    assert keys(result, "present") == ["k1"]
    assert result.findings["value"].to_list() == [None]


def test_a_column_of_null_type_is_missing_throughout():
    assert keys(run(things(a=[None, None]), PRESENT), "present") == ["k0", "k1"]


def test_chinese_text_counts_characters_and_matches():
    frame = things(a=["上海", "上海市浦东新区", "ＡＢＣ", None])
    lengths = rule("short", "expect_column_value_lengths_to_be_between", kwargs={"column": "a", "max_value": 3})
    words = rule("han", "expect_column_values_to_match_regex", kwargs={"column": "a", "regex": "^[一-鿿]+$"})
    one_of = rule("set", "expect_column_values_to_be_in_set", kwargs={"column": "a", "value_set": ["上海", "ＡＢＣ"]})
    result = run(frame, lengths, words, one_of)
    assert keys(result, "short") == ["k1"]
    assert keys(result, "han") == ["k2"]
    assert result.findings.filter(rule="set").select("key", "value").rows() == [("k1", "上海市浦东新区")]


def test_a_column_that_is_not_there_is_a_note_and_the_other_rules_go_on():
    lacking = rule("lacking", "expect_column_values_to_not_be_null", kwargs={"column": "nope"})
    result = run(things(a=[None]), lacking, PRESENT)
    assert result.checks["rule"].to_list() == ["present"]
    assert result.notes == ("own (erp): rule lacking not applied: there is no field nope",)
    assert [(one.suite, one.rule, one.field, one.why) for one in result.left_out] == [
        ("own", "lacking", "nope", "there is no field nope")
    ]


def test_two_rules_that_ask_the_same_are_both_answered():
    again = PRESENT.model_copy(update={"name": "present_again", "severity": "minor"})
    result = run(things(a=[None, 1]), PRESENT, again)
    assert result.checks.select("rule", "failed").rows() == [("present", 1), ("present_again", 1)]
    assert (result.notes, result.findings.height) == ((), 2)


def test_the_engines_own_results_are_kept_for_whoever_asks_and_say_whose_they_are():
    with keeping() as kept:
        run(things(a=[None, 1]), PRESENT)
    run(things(a=[None, 1]), PRESENT)
    assert [result.expectation_config.meta["rule"] for result in kept] == ["present"]
    assert kept[0].result["unexpected_count"] == 1


def test_a_rule_that_the_values_do_not_allow_is_a_note_and_the_other_rules_go_on():
    frame = things(a=["x", "y"], b=[[1], [2]], c=[1.0, 2.0])
    words = rule("words", "expect_column_values_to_be_between", kwargs={"column": "a", "min_value": 0})
    lists = rule("lists", "expect_column_values_to_not_be_null", kwargs={"column": "b"})
    number_set = rule("number_set", "expect_column_values_to_be_in_set", kwargs={"column": "c", "value_set": ["one"]})
    unknown = rule("unknown", "expect_column_values_to_be_nice", kwargs={"column": "a"})
    misspelt = rule("misspelt", "expect_column_values_to_be_between", kwargs={"column": "c", "minimum": 0})
    result = run(frame, words, lists, number_set, unknown, misspelt, PRESENT)
    assert result.checks["rule"].to_list() == ["present"]
    assert [note.split(" ")[3] for note in sorted(result.notes)] == ["lists", "misspelt", "number_set", "unknown", "words"]
    assert "b holds lists" in min(result.notes)


def test_mostly_lets_a_check_succeed_and_keeps_the_findings():
    frame = things(a=[None] + [1.0] * 199)
    result = run(frame, rule("mostly", PRESENT.expect, kwargs={"column": "a", "mostly": 0.995}))
    assert result.checks.select("success", "evaluated", "failed").row(0) == (True, 200, 1)
    assert keys(result, "mostly") == ["k0"]
    assert not run(frame, rule("mostly", PRESENT.expect, kwargs={"column": "a", "mostly": 0.996})).checks["success"][0]


def test_mostly_is_exact_where_binary_fractions_are_not():
    frame = things(a=[None] * 3 + [1.0] * 7)
    assert run(frame, rule("mostly", PRESENT.expect, kwargs={"column": "a", "mostly": 0.7})).checks["success"][0]


def test_where_looks_at_some_records_only():
    frame = things(a=[None, None, "SF1", None], status=["B", "A", "C", None])
    shipped = rule("shipped", PRESENT.expect, kwargs={"column": "a"}, where={"status": ["B", "C"]})
    result = run(frame, shipped, PRESENT)
    assert result.checks.select("rule", "evaluated", "failed").rows() == [("shipped", 2, 1), ("present", 4, 3)]
    assert keys(result, "shipped") == ["k0"]
    lacking = rule("lacking", PRESENT.expect, kwargs={"column": "a"}, where={"nope": ["B"]})
    assert "no field nope" in run(frame, lacking).notes[0]


def test_pairs_pass_over_records_where_one_value_is_missing():
    day = dt.date(2026, 1, 10)
    frame = things(due=[day, None, day, dt.date(2026, 1, 9)], written=[day, day, None, day]).with_columns(
        pl.lit("09.01.2026").alias("raw:due")
    )
    due = {"column_A": "due", "column_B": "written", "or_equal": True}
    result = run(frame, rule("due", "expect_column_pair_values_a_to_be_greater_than_b", kwargs=due))
    assert result.checks.select("field", "evaluated", "failed").row(0) == ("due", 2, 1)
    assert result.findings.select("key", "value").rows() == [("k3", "due=09.01.2026; written=2026-01-10")]


def test_keys_of_several_fields():
    frame = things(order=["1", "1", "2", "1", None, None], line=["10", "20", "10", "10", "10", "10"])
    unique = rule("unique", "expect_compound_columns_to_be_unique", kwargs={"column_list": ["order", "line"]}, field="line")
    result = run(frame, unique)
    assert result.findings.select("key", "field", "value").rows() == [
        ("k0", "line", "order=1; line=10"),
        ("k3", "line", "order=1; line=10"),
    ]
    assert result.checks["dimension"].to_list() == ["uniqueness"]


def test_today_and_now_are_filled_in():
    frame = things(a=[dt.date(2026, 11, 20), dt.date(2026, 11, 21)], t=[NOW, NOW + dt.timedelta(seconds=1)])
    today = rule("today", "expect_column_values_to_be_between", kwargs={"column": "a", "max_value": Moment("today")})
    moment = rule("now", "expect_column_values_to_be_between", kwargs={"column": "t", "max_value": Moment("now")})
    old = rule("old", "expect_column_values_to_be_between", kwargs={"column": "a", "min_value": Moment("today", 1)})
    result = run(frame, today, moment, old)
    assert (keys(result, "today"), keys(result, "now"), keys(result, "old")) == (["k1"], ["k1"], ["k0"])


def test_times_are_compared_in_utc_whatever_their_zone():
    late = dt.datetime(2026, 11, 20, 9, 0, 1, tzinfo=dt.UTC)
    frame = things(t=pl.Series([NOW, late], dtype=pl.Datetime("us", "UTC")).dt.convert_time_zone("Asia/Shanghai"))
    result = run(frame, rule("now", "expect_column_values_to_be_between", kwargs={"column": "t", "max_value": Moment("now")}))
    assert keys(result, "now") == ["k1"]


def test_codes_come_from_the_project_or_the_rule_does_not_apply():
    frame = things(a=["01", "99", None])
    known = rule("known", "expect_column_values_to_be_in_set", kwargs={"column": "a", "value_set": "$codes"})
    assert keys(run(frame, known, codes={"things": {"a": ("01",)}}), "known") == ["k1"]
    more = rule("known", "expect_column_values_to_be_in_set", kwargs={"column": "a", "value_set": ["$codes", 99]})
    assert run(frame, more, codes={"things": {"a": ("01",)}}).findings.is_empty()
    assert run(frame, known).notes == ("own (erp): rule known not applied: the project has no code map for this field",)


@pytest.mark.parametrize(
    ("values", "allowed"),
    [
        (pl.Series(["1", "2"]), [1]),
        (pl.Series([1.0, 2.0]), ["1"]),
        (pl.Series([1, 2]), ["1"]),
        (pl.Series([True, False]), ["true"]),
        (pl.Series([dt.date(2026, 1, 1), dt.date(2026, 1, 2)]), ["2026-01-01"]),
    ],
)
def test_a_set_takes_the_type_of_its_column(values, allowed):
    one_of = rule("one_of", "expect_column_values_to_be_in_set", kwargs={"column": "a", "value_set": allowed})
    assert keys(run(things(a=values), one_of), "one_of") == ["k1"]


def test_rules_about_a_whole_column_say_what_was_found():
    frame = things(a=[1.0, 2.0, 3.0])
    low = rule("low", "expect_column_mean_to_be_between", kwargs={"column": "a", "max_value": 1})
    rows = rule("rows", "expect_table_row_count_to_be_between", kwargs={"min_value": 1})
    result = run(frame, low, rows)
    assert result.checks.select("rule", "field", "success", "evaluated", "failed", "observed").rows() == [
        ("low", "a", False, 3, 0, "2.0"),
        ("rows", None, True, 3, 0, "3"),
    ]
    assert result.notes == ()
    assert not run(frame.clear(), rows).checks["success"][0]


def test_markup_formulas_and_huge_cells_stay_data():
    huge = "x" * 10_000_000
    frame = things(a=["<script>alert(1)</script>", "=1+1", huge, "a@b.de"])
    mail = rule("mail", "expect_column_values_to_match_regex", kwargs={"column": "a", "regex": r"^[^@\s]+@[^@\s]+\.[^@\s.]{2,}$"})
    result = run(frame, mail)
    assert result.findings["value"].str.head(30).to_list() == ["<script>alert(1)</script>", "=1+1", "x" * 30]
    assert result.findings["value"].str.len_chars().max() == 1000


def test_column_names_that_look_like_code():
    frame = things(**{"a{}": [1.0], 'b"x': [2.0], "列": [3.0]})
    columns = ["a{}", 'b"x', "列"]
    unequal = rule("equal", "expect_multicolumn_values_to_be_equal", kwargs={"column_list": columns})
    assert run(frame, unequal).findings["value"].to_list() == ['a{}=1.0; b"x=2.0; 列=3.0']


@settings(max_examples=25, deadline=None)
@given(st.lists(st.one_of(st.none(), st.floats(-5, 5), st.just(float("nan"))), max_size=20), st.integers(-5, 5))
def test_counts_and_keys_are_what_polars_says(values, low):
    frame = things(a=pl.Series(values, dtype=pl.Float64))
    at_least = rule("at_least", "expect_column_values_to_be_between", kwargs={"column": "a", "min_value": low})
    unique = rule("unique", "expect_column_values_to_be_unique", kwargs={"column": "a"})
    result = run(frame, PRESENT, at_least, unique)
    known = frame.with_columns(pl.col("a").fill_nan(None))
    assert keys(result, "present") == known.filter(pl.col("a").is_null())["_key"].to_list()
    assert keys(result, "at_least") == known.filter(pl.col("a") < low)["_key"].to_list()
    assert keys(result, "unique") == known.filter(pl.col("a").is_not_null() & pl.col("a").is_duplicated())["_key"].to_list()
    assert result.checks["failed"].to_list() == [len(keys(result, name)) for name in ("present", "at_least", "unique")]
    assert result.checks["evaluated"].to_list() == [len(values), known["a"].count(), known["a"].count()]


def test_rules_from_a_file_run_as_they_are_written(tmp_path):
    text = """
entity: things
owner: me
rules:
  - name: recent
    expect: expect_column_values_to_be_between
    kwargs: {column: day, min_value: $today-30d, max_value: 2026-12-31}
    severity: minor
    message: {en: Old., zh: 过旧。}
  - name: norway
    expect: expect_column_values_to_be_in_set
    kwargs: {column: country, value_set: [NO, SE, 0100]}
    severity: minor
    message: {en: Unknown., zh: 未知。}
"""
    suite = parse_suite(text.encode(), tmp_path / "own.yaml")
    frame = things(day=[dt.date(2026, 10, 21), dt.date(2026, 10, 20)], country=["NO", "0100"])
    result = run_suites([suite], "things", Role.CRM, frame, now=NOW)
    assert result.notes == ()
    assert result.findings.select("key", "rule").rows() == [("k1", "recent")]


def test_a_rule_about_whole_records_shows_the_field_it_points_to():
    about = {"kwargs": {"column": "_key", "regex": "^k0$"}, "field": "amount"}
    frame = things(amount=[1.5, 2.5], **{"raw:amount": ["1.5", "2,50"]})
    found = run(frame, rule("first", "expect_column_values_to_match_regex", **about)).findings
    assert found.select("key", "field", "value").rows() == [("k1", "amount", "2,50")]
    without = run(frame.drop("amount", "raw:amount"), rule("first", "expect_column_values_to_match_regex", **about)).findings
    assert without.select("key", "field", "value").rows() == [("k1", "amount", "k1")]
