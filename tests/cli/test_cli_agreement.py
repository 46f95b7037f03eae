"""What both agreed on before, and who has changed since: on a correction, and in the history of its record."""

from __future__ import annotations

import pytest

THEN = {"A1": "both last agreed on “Leeds”, from ", "A2": "both last agreed on “York”, from ", "A3": "both last agreed on “Bath”"}
SINCE = {
    "A1": "since then the CRM has changed.",
    "A2": "since then the ERP has changed.",
    "A3": "since then both have changed.",
}


@pytest.fixture
def moved(project, cli):
    """The cities of three customers agree in one run and, for three reasons, not in the next; ids by CRM key."""
    first = cli("run", "--json").last["run_id"]
    crm, erp = project / "crm/accounts.csv", project / "erp/debtors.csv"
    crm.write_text(crm.read_text().replace(",Leeds,", ",Hull,").replace(",Bath,", ",Dover,"))
    erp.write_text(erp.read_text().replace(";York;", ";Ely;").replace(";Bath;", ";Deal;"))
    cli("run")
    found = [action for action in cli("actions", "--json").last if action["target"] == "crm" and action["entity"] == "customers"]
    return first, {action["target_key"]: action for action in found if any(c["field"] == "city" for c in action["changes"])}


def test_a_correction_says_who_has_changed_since_both_agreed(moved, cli):
    _, actions = moved
    assert actions.keys() == SINCE.keys()
    for key, action in actions.items():
        said = " ".join(cli("actions", action["id"]).out.split())
        assert f"City: {THEN[key]}" in said
        assert SINCE[key] in said
        assert [one for one in SINCE.values() if one in said] == [SINCE[key]]


def test_a_field_that_never_agreed_says_so(project, cli):
    cli("run")
    action = next(a for a in cli("actions", "--json").last if a["target_key"] == "A1" and a["changes"])
    assert "Credit limit: both have never been seen to agree." in cli("actions", action["id"]).out


def test_the_history_of_the_record_tells_it_too(moved, cli):
    first, _ = moved
    told = cli("history", "customers", "crm", "A1")
    said = " ".join(told.out.split())
    assert f"{first} agreed" in said
    assert "since: “2024-01-05” in the CRM, “05.01.2024” in the ERP" in said
    assert "City: both last agreed on “Leeds”" in said
    assert SINCE["A1"] in said
    entries = cli("history", "customers", "crm", "A1", "--json").last["history"]
    assert [entry["who"] for entry in entries if entry["event"] == "agreed"] == [first]


def test_the_approval_of_what_is_shown_outlives_a_run_that_changes_nothing(moved, cli):
    _, actions = moved
    cli("approve", actions["A1"]["id"], "--by", "anna")
    cli("run")
    (still,) = cli("actions", actions["A1"]["id"], "--json").last
    assert still["state"] == "approved"
    assert still["evidence"] == actions["A1"]["evidence"]
