"""`reconcile breaks` and what people say of them on the command line; what a run is loud about afterwards."""

from __future__ import annotations

import datetime as dt
import json
import os
import pwd

import polars as pl
import pytest
from cli_project import CONFIG, ERP, write_project

from reconcile import run_folder
from reconcile.ledger import Ledger

LOGIN = pwd.getpwuid(os.getuid()).pw_name
LATER = (dt.datetime.now(dt.UTC).date() + dt.timedelta(days=40)).isoformat()
ROLES = """\
access:
  roles:
    clerk: {may: [run, assign]}
    steward: {may: [run, assign, accept], amount: 1000}
  people:
    anna: {roles: [ROLE], login: LOGIN}
    bert: {roles: [steward]}
"""
OWNED = "breaks:\n  owners:\n    - {owner: Credit desk, fields: credit_limit}\n  due_days: {minor: 0}\n"


def listed(cli, *options: str):
    return cli("breaks", "--json", *options).last


def test_a_run_is_loud_about_what_is_new_and_silent_about_what_was_said(project, cli):
    assert cli("run").code == 1
    first = listed(cli)
    assert [row["value_at_risk"] and round(row["value_at_risk"], 2) for row in first] == [5000.0, 4000.0, 234.56, None, None]
    accepted = cli("accept", "--kind", "difference", "--until", LATER, "--reason", "legacy", "--json")
    assert (accepted.code, accepted.last) == (0, {"changed": 3, "left": {}})
    again = cli("run", "--json")
    assert (again.code, again.last["breaks"], again.last["accepted"], again.last["new"]) == (0, 2, 3, 0)
    (project / "erp/debtors.csv").write_text(ERP.replace("Evil Corp", "Evil Group").replace("Bern", "Basel"), encoding="utf-8")
    moved = cli("run")
    assert moved.code == 1
    assert "1 had been accepted and are open again." in moved.out
    (row,) = [row for row in listed(cli) if row["reopened"]]
    assert (row["erp_value"], row["state"], row["reopened"]) == ("Evil Group", "open", "values_moved")
    assert "Its values have changed since it was accepted" in cli("breaks", "show", row["fingerprint"]).out


def test_what_is_fixed_is_told_and_is_no_alarm(project, cli):
    cli("run")
    (project / "erp/debtors.csv").write_text(
        ERP.replace("Evil Corp", '"=HYPERLINK(""http://evil.example"",""x"")"'), encoding="utf-8"
    )
    fixed = cli("run", "--json")
    assert (fixed.code, fixed.last["fixed"]) == (0, 1)
    assert [row["label"] for row in listed(cli, "--state", "fixed")] == ['=HYPERLINK("http://evil.example","x")']


def test_a_beginning_of_the_fingerprint_shows_values_life_and_events(project, cli):
    cli("run")
    one = listed(cli, "--text", "lonely")[0]
    start = one["fingerprint"][:8]
    assert cli("acknowledge", start, "--reason", "asked Ulm").out == "Noted for 1 break.\n"
    assert cli("assign", start, "--to", "Sales 北京").code == 0
    shown = cli("breaks", "show", start)
    for part in ("A4", "Lonely GmbH", "4,000.00", "Acknowledged", "asked Ulm", "Sales 北京", "Found"):
        assert part in shown.out
    told = cli("breaks", "show", start, "--json").last
    assert [(e["event"], e["who"], e["detail"]) for e in told["events"][1:]] == [
        ("acknowledged", LOGIN, {"reason": "asked Ulm"}),
        ("assigned", LOGIN, {"to": "Sales 北京"}),
    ]
    assert cli("acknowledge", start).out == "Noted for 0 breaks.\n1 break left as they are: it is acknowledged already.\n"
    assert cli("reopen", start, "--json").last["changed"] == 1
    assert listed(cli, "--text", "Lonely")[0]["state"] == "open"


def test_filters_leave_what_they_say(project, cli):
    write_project(project, CONFIG + OWNED)
    cli("run")
    cases = {
        ("--owner", "credit DESK"): 1,
        ("--owner", ""): 4,
        ("--overdue",): 2,
        ("--severity", "minor"): 2,
        ("--kind", "missing_in_erp"): 1,
        ("--age", "0-1"): 5,
        ("--age", "90+"): 0,
        ("--entity", "customers", "--state", "accepted"): 0,
        ("--text", "corp"): 2,
        ("--limit", "3"): 3,
    }
    assert {options: len(listed(cli, *options)) for options in cases} == cases


def test_all_breaks_of_a_cause_are_settled_at_once(project, cli):
    cli("run")
    names = [row["fingerprint"] for row in listed(cli, "--kind", "difference")]
    run_id = run_folder.finished_runs(project / ".reconcile")[-1]
    file = run_folder.run_path(project / ".reconcile", run_id) / "cause_members.parquet"
    pl.DataFrame({"cause": ["shift-1"] * 3, "fingerprint": names}).write_parquet(file)
    assert len(listed(cli, "--cause", "shift")) == 3
    assert cli("acknowledge", "--cause", "shift-1", "--json").last["changed"] == 3
    wrong = cli("acknowledge", "--cause", "other")
    assert (wrong.code, wrong.err) == (2, "The latest run has kept no cause 'other'. It has: shift-1.\n")


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["acknowledge"], "Name the breaks by their fingerprints, or choose them by a filter such as --entity, or --all."),
        (["acknowledge", "zz"], "No such break: zz. `reconcile breaks` lists them."),
        (["accept", "--all", "--until", "2020-01-01", "--reason", "x"], "That can't be done: 2020-01-01 is over; "),
        (["accept", "--all", "--until", LATER, "--reason", " "], "That can't be done: a reason is missing."),
        (["assign", "--all", "--to", " "], "That can't be done: nobody is named to look after it."),
        (["breaks", "--entity", "custmers"], "There is no entity 'custmers' in this project."),
    ],
)
def test_what_makes_no_sense_is_said(project, cli, command, said):
    cli("run")
    answer = cli(*command)
    assert answer.code == 2
    assert answer.err.startswith(said)
    assert {row["state"] for row in listed(cli)} == {"new"}


def test_roles_say_who_may_settle_what(project, cli):
    write_project(project, CONFIG + ROLES.replace("LOGIN", LOGIN).replace("ROLE", "clerk"))
    cli("run")
    assert cli("acknowledge", "--all").code == 0
    refused = cli("accept", "--all", "--until", LATER, "--reason", "x")
    assert (refused.code, refused.err) == (
        2,
        "anna may not accept breaks: no role of anna may accept breaks (clerk). bert may.\n",
    )
    write_project(project, CONFIG + ROLES.replace("LOGIN", LOGIN).replace("ROLE", "steward"))
    some = cli("accept", "--all", "--until", LATER, "--reason", "x", "--json").last
    assert some == {"changed": 3, "left": {"role steward approves up to 1,000.00": 2}}
    assert cli("accept", "--kind", "missing_in_erp", "--until", LATER, "--reason", "x").code == 2
    with Ledger.open(f"sqlite:///{project / '.reconcile/ledger.db'}") as ledger:
        events = ledger.audit_entries().filter(pl.col("event") == "break accepted")
        assert events["who"].to_list() == ["anna"] * 3
        assert json.loads(events["detail"][0]) == {"reason": "x", "until": LATER}


def test_chinese_is_spoken_where_the_project_does(project, cli):
    write_project(project, CONFIG.replace("project: Small", "project: Small\nlanguage: zh"))
    cli("run")
    assert "共 5 条差异" in cli("breaks").out
    assert "已登记 5 条差异。" in cli("acknowledge", "--all").out
    assert "该差异已处于状态" in cli("acknowledge", "--all").out + cli("acknowledge", listed(cli)[0]["fingerprint"]).out
