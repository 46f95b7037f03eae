"""Settling breaks on the page of mismatches: noted in the ledger under a name, shown at once, and silent where it is accepted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import data
from reconcile import wiring
from reconcile.ledger.lives import Wanted
from reconcile.progress import Silent
from reconcile.wiring import settling

Show = Callable[..., AppTest]
LATER = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=9)


@contextmanager
def run_once(file: Path) -> Iterator[wiring.Project]:
    """The project as the dashboard has it open, after one run; the fixture closes it."""
    project = data.project(file)
    wiring.run(project, Silent(), "Anna")
    yield project


def opened(app: AppTest, fingerprint: str, what: str) -> AppTest:
    """The form of one break."""
    app.toggle(key=f"settle {fingerprint}").set_value(True).run()
    return next(radio for radio in app.radio if radio.label in ("What to note", "处理方式")).set_value(what).run()


def texts(app: AppTest) -> str:
    return "\n".join([*(e.value for e in (*app.success, *app.warning)), *(str(e.proto.body) for e in app.get("html"))])


@pytest.mark.parametrize(
    ("language", "accept", "noted"), [("en", "Accept for a time", "Noted for 1 break"), ("zh", "暂时接受", "已登记 1 条差异")]
)
def test_a_break_is_accepted_on_its_page_and_leaves_the_list(fresh_project, show: Show, language, accept, noted):
    with run_once(fresh_project) as project:
        before = data.break_page(project, data.runs(project)[0], {}, "", "value", 0)
        one = before.rows["fingerprint"][0]
        app = opened(show(fresh_project, "mismatches", language, **{"break": one}), one, accept)
        assert app.button(key="settle button").disabled
        app.text_input(key="settle who").set_value("Anna").run()
        assert app.button(key="settle button").disabled, "a reason is needed"
        app.text_input(key="settle reason").set_value("an *old* <b>system</b>").run()
        app.date_input(key="settle until").set_value(LATER).run()
        app.button(key="settle button").click().run()
        assert not app.exception
        assert noted in texts(app).replace("\\", "")
        assert "an *old* &lt;b&gt;system&lt;/b&gt;" in texts(app)
        row = project.ledger.lives.listing(Wanted(states=None, fingerprints=[one])).row(0, named=True)
        assert (row["state"], row["accepted_until"], row["note"]) == ("accepted", LATER, "an *old* <b>system</b>")
        assert project.ledger.lives.events([one])["who"].to_list()[-1] == "Anna"
        run_id = data.runs(project)[0]
        after = data.break_page(project, run_id, {}, "", "value", 0)
        assert (after.total, one in after.rows["fingerprint"]) == (before.total - 1, False)
        silent = data.break_page(project, run_id, {"state": "accepted"}, "", "value", 0)
        assert silent.rows["fingerprint"].to_list() == [one]
        assert data.choices(project, run_id, {})["state"]["accepted"] == 1


def test_who_looks_after_breaks_is_a_filter_and_an_older_run_stays_as_it_was(fresh_project, show: Show):
    with run_once(fresh_project) as project:
        run_id = data.runs(project)[0]
        names = data.break_page(project, run_id, {}, "", "value", 0).rows["fingerprint"].to_list()
        wanted = Wanted(states=None, fingerprints=names[:3])
        assert settling.assign(project, wanted, to="<i>Sales</i>", by="Anna").changed == 3
        found = data.break_page(project, run_id, {"assignee": "<i>Sales</i>"}, "", "value", 0)
        assert sorted(found.rows["fingerprint"]) == sorted(names[:3])
        app = show(fresh_project, "mismatches", assignee="<i>Sales</i>")
        assert not app.exception
        assert app.dataframe[0].value["assignee"].to_list() == ["<i>Sales</i>"] * 3
        wiring.run(project, Silent(), "Anna")
        assert data.break_page(project, run_id, {"assignee": "<i>Sales</i>"}, "", "value", 0).total == 0
        assert data.break_page(project, data.runs(project)[0], {"assignee": "<i>Sales</i>"}, "", "value", 0).total == 3
        old = show(fresh_project, "mismatches", run=run_id, **{"break": names[0]})
        old.toggle(key=f"settle {names[0]}").set_value(True).run()
        assert any("latest run" in caption.value for caption in old.caption)
        assert not [button for button in old.button if button.key == "settle button"]


def test_what_was_shown_before_another_run_is_not_settled(fresh_project, show: Show):
    with run_once(fresh_project) as project:
        one = data.break_page(project, data.runs(project)[0], {}, "", "value", 0).rows["fingerprint"][0]
        app = opened(show(fresh_project, "mismatches", **{"break": one}), one, "Acknowledge")
        app.text_input(key="settle who").set_value("Anna").run()
        wiring.run(project, Silent(), "Bert")
        app.button(key="settle button").click().run()
        assert "latest run" in texts(app)
        assert project.ledger.lives.listing(Wanted(fingerprints=[one]))["state"].to_list() == ["open"]
