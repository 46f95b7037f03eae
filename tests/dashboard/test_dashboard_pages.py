"""Every page in both languages, with hostile data, without a run, and with trouble: never an exception."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from dashboard_project import CONFIG, MARKDOWN, make_project
from loopback_ports import free_port
from streamlit.testing.v1 import AppTest

from dashboard import data, decide, jobs, launch, parts
from dashboard.words import Screen
from reconcile import approve, wiring
from reconcile.ledger import Ledger
from reconcile.ledger.actions import payload
from reconcile.ledger.audit import digest
from reconcile.progress import Silent
from reconcile.records import Role
from reconcile.results import Action, ActionKind, ActionState
from reports.marking import side_by_side

Show = Callable[..., AppTest]
PAGES = parts.PAGES


def html(app: AppTest) -> str:
    return "\n".join(str(element.proto.body) for element in app.get("html"))


def words(app: AppTest) -> str:
    """What stands on the page as text, HTML and labels."""
    texts = [e.value for kind in (app.markdown, app.title, app.subheader, app.caption, app.info, app.success) for e in kind]
    texts += [e.value for kind in (app.error, app.warning) for e in kind]
    return "\n".join([*map(str, texts), *(b.label for b in app.button), html(app)])


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_shows_its_run(ran_project: Path, show: Show, name: str, language: str):
    app = show(ran_project, name, language)
    assert not app.exception
    assert not app.error
    assert app.title[0].value == Screen(language).say(f"page.{name}")  # type: ignore[arg-type]  # a literal
    assert app.query_params["lang"] in (language, [language])


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_without_a_run_says_how_to_start_one(fresh_project: Path, show: Show, name: str, language: str):
    app = show(fresh_project, name, language)
    assert not app.exception
    assert Screen(language).say("run.none") in html(app)  # type: ignore[arg-type]  # a literal
    assert Screen(language).say("run.start") in [b.label for b in app.button]  # type: ignore[arg-type]  # a literal


@pytest.mark.parametrize("name", PAGES)
def test_markup_in_the_data_stays_text(ran_project: Path, show: Show, name: str):
    app = show(ran_project, name)
    assert "<script" not in html(app)
    assert "<img" not in html(app)
    assert "<i>One" not in html(app)
    labels = "\n".join([*(c.label for c in app.checkbox), *(m.value for m in app.markdown)])
    assert "[link](" not in labels
    assert "**bold**" not in labels
    assert "://" not in labels


def test_a_break_is_linked_to_and_shown_with_all_fields(ran_project: Path, show: Show):
    project = data.project(ran_project)
    found = data.break_page(project, data.runs(project)[0], {"field": "phone"}, "customer 11", "value", 0)
    app = show(ran_project, "mismatches", **{"break": found.rows["fingerprint"][0]})
    assert not app.exception
    shown = html(app)
    assert "+442079461110" in shown.replace('<mark class="r">', "").replace("</mark>", "")
    assert '<mark class="r">' in shown
    for field in ("Name", "City", "E-mail"):
        assert field in shown
    app.toggle(key="only differences").set_value(True).run()
    assert "E-mail" not in html(app)


def test_a_link_to_a_break_that_is_not_there_says_so(ran_project: Path, show: Show):
    app = show(ran_project, "mismatches", **{"break": "no such"})
    assert not app.exception
    assert app.warning


def test_filters_come_from_the_address_and_go_back_into_it(ran_project: Path, show: Show):
    app = show(ran_project, "mismatches", field="city", q="customer")
    assert app.selectbox(key="field widget").value == "city"
    assert app.text_input(key="q widget").value == "customer"
    assert app.dataframe[0].value["label"].str.startswith("Customer").all()
    app.selectbox(key="field widget").set_value("phone").run()
    assert app.query_params["field"] in ("phone", ["phone"])


def test_nothing_fits_the_filters(ran_project: Path, show: Show):
    app = show(ran_project, "mismatches", q="nobody is called so")
    assert not app.exception
    assert Screen("en").say("filter.none_left") in html(app)


def test_only_one_page_of_breaks_reaches_the_browser(ran_project: Path, show: Show):
    app = show(ran_project, "mismatches")
    assert len(app.dataframe[0].value) == data.PAGE
    app.button(key="next").click().run()
    project = data.project(ran_project)
    total = data.break_page(project, data.runs(project)[0], {}, "", "value", 0).total
    assert len(app.dataframe[0].value) == total - data.PAGE


def test_pages_of_a_list_hold_every_break_once(ran_project: Path):
    project = data.project(ran_project)
    run_id = data.runs(project)[0]
    for sort in data.SORTS:
        first, second = (data.break_page(project, run_id, {}, "", sort, n) for n in (0, 1))
        both = pl.concat([first.rows, second.rows])
        assert both["fingerprint"].n_unique() == first.total


def test_the_language_is_switched(ran_project: Path, show: Show):
    app = show(ran_project)
    app.radio(key="lang").set_value("zh").run()
    assert app.title[0].value == "概览"
    assert app.query_params["lang"] in ("zh", ["zh"])


# Approvals


def _cause(ledger: Ledger, field: str) -> tuple[str, list[Action]]:
    for cause, members in decide.causes(ledger.outline([ActionState.PROPOSED])).items():
        if cause.field == field:
            return cause.code, ledger.actions(ids=members["id"])
    raise AssertionError(field)


def test_nobody_decides_without_a_name(ran_project: Path, show: Show):
    code, members = _cause(data.project(ran_project).ledger, "phone")
    app = show(ran_project, "approvals", cause=code)
    app.checkbox(key=f"tick {members[0].id}").check().run()
    assert app.button(key="approve selected").disabled


def test_one_is_approved_and_the_next_click_changes_nothing(ran_project: Path, show: Show):
    ledger = data.project(ran_project).ledger
    code, members = _cause(ledger, "phone")
    app = show(ran_project, "approvals", cause=code)
    first = app.checkbox[1].key.removeprefix("tick ")
    app.checkbox(key=f"tick {first}").check().run()
    app.text_input(key="who decides").set_value("Anna").run()
    app.text_input(key="comment").set_value("called them").run()
    app.button(key="approve selected").click().run()
    assert not app.exception
    assert "1 correction approved by Anna" in app.success[0].value
    decisions = ledger.approvals([first])
    assert decisions.select("decided_by", "comment", "decision").rows() == [("Anna", "called them", "approved")]
    app.run()
    shown = {first: digest(payload(next(member for member in members if member.id == first)))}
    assert decide.approve_shown(data.project(ran_project), shown, "Anna", "") == decide.Decided(0, 1)
    assert ledger.approvals([first]).height == 1


def test_what_has_changed_since_it_was_shown_is_left_alone(ran_project: Path):
    ledger = data.project(ran_project).ledger
    _, members = _cause(ledger, "phone")
    shown = dataclasses.replace(members[2], changes=(dataclasses.replace(members[2].changes[0], after="+1"),))
    assert decide.approve_shown(data.project(ran_project), {shown.id: digest(payload(shown))}, "Anna", "") == decide.Decided(0, 1)
    assert ledger.action_states([shown.id])[shown.id] is ActionState.PROPOSED


def test_a_whole_cause_is_approved_only_after_a_look_at_the_sample(ran_project: Path, show: Show):
    ledger = data.project(ran_project).ledger
    code, members = _cause(ledger, "name")
    app = show(ran_project, "approvals", cause=code)
    app.text_input(key="who decides").set_value("Anna").run()
    assert app.button(key="approve all").disabled
    app.checkbox(key=f"sure {code} {len(members)}").check().run()
    app.button(key="approve all").click().run()
    assert set(ledger.action_states([m.id for m in members]).values()) == {ActionState.APPROVED}


def test_a_rejection_is_noted(ran_project: Path, show: Show):
    ledger = data.project(ran_project).ledger
    code, _ = _cause(ledger, "phone")
    app = show(ran_project, "approvals", cause=code)
    last = app.checkbox[2].key.removeprefix("tick ")
    app.checkbox(key=f"tick {last}").check().run()
    app.text_input(key="who decides").set_value("Bea").run()
    app.button(key="reject selected").click().run()
    assert ledger.action_states([last])[last] is ActionState.REJECTED
    app = show(ran_project, "approvals", tab="results")
    assert "Rejected" in html(app)


def test_what_needs_a_person_has_no_button_to_approve(ran_project: Path, show: Show):
    ledger = data.project(ran_project).ledger
    review = next(c for c in decide.causes(ledger.outline([ActionState.PROPOSED])) if c.kind is ActionKind.REVIEW)
    app = show(ran_project, "approvals", cause=review.code)
    assert not app.exception
    assert "approve selected" not in [b.key for b in app.button]


def test_an_action_is_linked_to(ran_project: Path, show: Show):
    ledger = data.project(ran_project).ledger
    code, members = _cause(ledger, "phone")
    assert code == "customers|update|phone|erp|low"
    app = show(ran_project, "approvals", action=members[-1].id)
    assert app.radio(key="cause widget").value == code
    assert app.checkbox[1].key == f"tick {members[-1].id}"


def test_nothing_is_written_without_a_trial(ran_project: Path, show: Show):
    project = data.project(ran_project)
    _, members = _cause(project.ledger, "phone")
    approve.approve(project.ledger, project.config, [members[1].id], by="Anna")
    app = show(ran_project, "approvals", tab="push")
    app.text_input(key="who writes").set_value("Anna").run()
    assert app.button(key="push").disabled
    ids = [action.id for action in project.ledger.actions([ActionState.APPROVED])]
    assert not decide.start_push(jobs.Desk(), project, ids, "Anna")


@pytest.mark.parametrize(("language", "said"), [("en", "Zoë stopped all writing"), ("zh", "Zoë 已停止一切写入")])
def test_all_writing_is_stopped_and_resumed_from_the_page(ran_project: Path, show: Show, language: str, said: str):
    ledger = data.project(ran_project).ledger
    app = show(ran_project, "approvals", language)
    assert app.button(key="stop pushes").disabled
    app.text_input(key="who stops").set_value("Zoë").run()
    app.text_input(key="stop comment").set_value(MARKDOWN).run()
    app.button(key="stop pushes").click().run()
    assert not app.exception
    assert (ledger.push_stop().by, ledger.push_stop().comment) == ("Zoë", MARKDOWN)
    assert said in app.error[0].value
    assert "**bold**" not in app.error[0].value
    app.button(key="resume pushes").click().run()
    assert not app.exception
    assert not app.error
    assert ledger.push_stop() is None


def test_beyond_the_limits_the_button_to_write_wakes_up_only_when_that_is_confirmed(fresh_project: Path, show: Show):
    with fresh_project.open("a", encoding="utf-8") as file:
        file.write("limits: {actions_per_entity: 1}\n")
    project = data.project(fresh_project)
    wiring.run(project, Silent(), "Anna")
    _, members = _cause(project.ledger, "phone")
    ids = [member.id for member in members[:3]]
    approve.approve(project.ledger, project.config, ids, by="Anna")
    desk = data.desk(str(project.store.resolve()))
    assert decide.start_trial(desk, project, ids, "Anna")
    assert desk.job is not None
    assert desk.job.over.wait(240)
    app = show(fresh_project, "approvals", tab="push")
    app.text_input(key="who writes").set_value("Anna").run()
    assert "3 actions of customers; limits.actions_per_entity is 1" in app.warning[0].value.replace("\\", "")
    assert app.button(key="push").disabled
    (meant,) = [box for box in app.checkbox if box.key.startswith("beyond limits")]
    meant.check().run()
    assert not app.exception
    assert not app.button(key="push").disabled
    app.button(key="push").click().run()
    assert desk.job.what == decide.WRITE
    assert desk.job.over.wait(240)
    assert desk.job.result.planned == 3
    assert project.ledger.audit_entries(subject="push")["event"].to_list() == ["push beyond limits"]


# Jobs and runs


def test_a_run_is_started_from_its_page(fresh_project: Path, show: Show):
    app = show(fresh_project, "runs")
    app.button(key="first").click().run()
    desk = data.desk(str(data.project(fresh_project).store.resolve()))
    assert desk.job is not None
    assert not desk.start("run.running", lambda _: None)  # one thing at a time
    assert desk.job.over.wait(240)
    app.run()
    assert not app.exception
    assert "The run has finished" in app.success[0].value
    assert data.runs(data.project(fresh_project))


def test_a_system_that_is_not_there_is_a_sentence(fresh_project: Path, show: Show):
    (fresh_project.parent / "erp" / "customers.csv").unlink()
    app = show(fresh_project, "runs")
    app.button(key="first").click().run()
    desk = data.desk(str(data.project(fresh_project).store.resolve()))
    assert desk.job is not None
    assert desk.job.over.wait(240)
    app.run()
    assert not app.exception
    assert "The configuration" in app.error[0].value
    assert "customers.csv" in app.code[0].value
    assert "Traceback" not in words(app)


def test_a_system_that_does_not_answer_is_a_sentence(tmp_path: Path, show: Show):
    closed = f"http://127.0.0.1:{free_port()}/"
    config = CONFIG.replace("connector: files, path: erp", f'connector: odata, url: "{closed}"')
    file = make_project(tmp_path / "away", config)
    app = show(file, "runs", "zh")
    app.button(key="first").click().run()
    project = data.project(file)
    job = data.desk(str(project.store.resolve())).job
    assert job is not None
    assert job.over.wait(240)
    app.run()
    assert not app.exception
    assert "系统无法连接或拒绝访问" in app.error[0].value
    assert "Traceback" not in words(app)
    app = show(file, "runs", "zh")
    assert "失败" in html(app)
    project.close()


def test_an_earlier_run_is_looked_at_and_left_again(fresh_project: Path, show: Show):
    project = data.project(fresh_project)
    old, new = (wiring.run(project, Silent(), "Anna").run_id for _ in range(2))
    app = show(fresh_project)
    assert not app.info
    app = show(fresh_project, "mismatches", run=old)
    assert not app.exception
    assert "an earlier run" in app.info[0].value
    assert app.query_params["run"] in (old, [old])
    app.button(key="newest").click().run()
    assert not app.info
    app = show(fresh_project, "runs", run=old)
    assert app.selectbox(key="chosen run widget").value == old
    app.selectbox(key="chosen run widget").set_value(new).run()
    assert not app.exception
    assert app.session_state["run"] is None


def test_a_job_that_breaks_says_so_and_ends(caplog: pytest.LogCaptureFixture):
    desk = jobs.Desk()

    def work(job: jobs.Job) -> None:
        with job.step("compare", 4) as step:
            step.advance(2)
            assert job.current[0].share == 0.5
            raise RuntimeError("secret detail")

    assert desk.start("run.running", work)
    assert desk.job is not None
    assert desk.job.over.wait(240)
    assert desk.busy is None
    assert isinstance(desk.job.error, RuntimeError)
    assert "run.running failed" in caplog.text


def test_no_configuration_is_a_sentence(tmp_path: Path, show: Show):
    app = show(tmp_path / "nowhere.yaml")
    assert not app.exception
    assert "nowhere" in app.error[0].value


def test_a_wrong_configuration_is_said_line_by_line(tmp_path: Path, show: Show):
    file = tmp_path / "reconcile.yaml"
    file.write_text("project: X\nsystms: {}\n", encoding="utf-8")
    app = show(file)
    assert not app.exception
    assert app.error
    assert "systms" in app.code[0].value


# The command line, and small parts


def test_the_configuration_is_chosen_by_argument_then_environment(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("RECONCILE_CONFIG", "b.yaml")
    assert data.config_file(["--config", "a.yaml"]) == Path("a.yaml")
    assert data.config_file([]) == Path("b.yaml")
    monkeypatch.delenv("RECONCILE_CONFIG")
    assert data.config_file(["--other"]) == Path("reconcile.yaml")


def test_the_command_line_is_private_and_quiet(tmp_path: Path):
    argv = launch.command(tmp_path / "reconcile.yaml", 8123, headless=True)
    assert "--browser.gatherUsageStats=false" in argv
    assert "--server.address=127.0.0.1" in argv
    assert "--client.showErrorDetails=none" in argv
    assert "--server.port=8123" in argv
    assert argv[-3:] == ["--", "--config", str((tmp_path / "reconcile.yaml").resolve())]


def test_no_file_of_the_dashboard_is_named_like_a_package():
    names = {path.stem for path in launch.APP.parent.glob("*.py")}
    assert not names & {"reports", "expectations", "reconcile", "streamlit", "polars"}


def test_a_value_is_marked_and_escaped():
    left, _ = side_by_side("<b>1234567</b>", "<b>1234568</b>")
    assert parts.shown(Screen("en"), left) == '<bdi dir="auto">&lt;b&gt;123456<mark class="r">7</mark>&lt;/b&gt;</bdi>'


def test_options_that_read_the_same_are_told_apart():
    assert parts.distinct({"a": "x", "b": "x", "c": "y"}, {"a": "low", "b": "high"}) == {
        "a": "x · low",
        "b": "x · high",
        "c": "y",
    }
    assert parts.distinct({"a": "x", "b": "x"}, {"a": "low", "b": "low"}) == {"a": "x · low · a", "b": "x · low · b"}


def test_markdown_is_shown_letter_by_letter():
    assert parts.plain_markdown("a *b* [c](d) :e: $f$\n# g") == r"a \*b\* \[c\]\(d\) \:e\: \$f\$ \# g"


def test_an_address_in_a_name_becomes_no_link():
    assert parts.plain_markdown("http://evil.example") == "http\\:\u2060//evil\\.example"
    assert "www." not in parts.plain_markdown("WWW.evil.example").lower()
    assert "@e" not in parts.plain_markdown("me@evil.example")


def test_a_changed_configuration_is_opened_anew(fresh_project: Path):
    before = data.project(fresh_project)
    text = fresh_project.read_text(encoding="utf-8").replace("title: Two", "title: Second")
    fresh_project.write_text(text, encoding="utf-8")
    os.utime(fresh_project, ns=(1, 1))
    after = data.project(fresh_project)
    before.close()
    assert after.config.title(Role.ERP) == "Second"
