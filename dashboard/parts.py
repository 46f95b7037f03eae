"""What the pages share: where they are, escaped tables and values, the run's frame, and trouble said as a sentence.

All data that becomes HTML or Markdown is escaped here, and nowhere else.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

import streamlit as st

from dashboard import data, identity
from dashboard.jobs import Desk, Job, Stage
from dashboard.words import Screen
from reconcile import wiring
from reconcile.access import Person
from reconcile.config.access import Operation
from reconcile.errors import ConfigError, ReconcileError, RetryLater
from reconcile.records import Role
from reconcile.wiring import Project
from reports import refused
from reports.marking import Shown, shorten
from reports.model import Figure, Term, View

PAGES = ("overview", "mismatches", "review", "approvals", "quality", "runs")
"""The pages by name; each is `screens/<name>.py` and the address `/<name>`."""
STATE_TONES: Mapping[str, str] = {
    "verified": "good", "fixed": "good", "finished": "good", "low": "good", "minor": "calm",
    "approved": "calm", "new": "calm", "pushing": "calm", "unverified": "calm", "running": "calm",
    "acknowledged": "calm", "accepted": "good",
    "medium": "warm", "major": "warm", "regressed": "warm", "lapsed": "warm", "unknown": "warm", "interrupted": "warm",
    "high": "bad", "blocking": "bad", "refused": "bad", "conflict": "bad", "failed": "bad",
}  # fmt: skip
"""Code of a state, tier or severity to the tone of its pill."""
_LONG_WORD = 24
_ADDRESS = re.compile(r":(?=//)|www(?=\.)|@", re.IGNORECASE)
_JOINER = "\u2060"
"""Not seen, and no part of an address: Streamlit makes links of what looks like one, escaped or not."""
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~$:&=^])")


@dataclass(frozen=True)
class Here:
    """Where a page stands."""

    project: Project
    screen: Screen
    desk: Desk
    runs: Sequence[str]
    """Ids of the runs that came to their end, the newest first."""
    run_id: str | None
    """The run that is looked at; None if there is none yet."""
    person: Person | None = None
    """Who is signed in; None where nobody signs in."""

    @property
    def titles(self) -> dict[str, str]:
        """Role to the system's title."""
        return {role: shorten(self.project.config.title(role), 80) for role in Role}

    def view(self) -> View:
        """The view of the run that is looked at."""
        return data.view(self.project, self.run_id or "", self.screen.language)


def here() -> Here:
    """Where the page stands, as `app.py` found it."""
    found: Here = st.session_state["here"]
    return found


def plain_markdown(text: str) -> str:
    """The text as Streamlit's Markdown shows it letter by letter; an address in it becomes no link."""
    return _MARKDOWN.sub(r"\\\1", _ADDRESS.sub(lambda found: found[0] + _JOINER, " ".join(text.split())))


def distinct(labels: Mapping[str, str], more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Code to label, where labels that are the same are told apart by `more`, else by the code.

    Streamlit's lists know their options by the labels alone: of two that read the same, the second can't be chosen.
    """
    counted = Counter(labels.values())
    once = {code: f"{label} · {(more or {}).get(code, code)}" if counted[label] > 1 else label for code, label in labels.items()}
    again = Counter(once.values())
    return {code: f"{label} · {code}" if again[label] > 1 else label for code, label in once.items()}


# HTML


def text(value: str) -> str:
    """Escaped, and kept in its own writing direction; only what has no place to break is broken anywhere."""
    css = ' class="r-long"' if max(map(len, value.split()), default=0) > _LONG_WORD else ""
    return f'<bdi dir="auto"{css}>{escape(value)}</bdi>' if value else ""


def shown(screen: Screen, value: Shown) -> str:
    """A value with its differing characters marked."""
    if value.empty:
        return f'<span class="r-none">{escape(screen.say("word.empty"))}</span>'
    inner = "".join(f'<mark class="r">{escape(s.text)}</mark>' if s.differs else escape(s.text) for s in value.segments)
    cut = screen.say("say.cut", characters=screen.count("characters", value.length)) if value.cut else ""
    css = ' class="r-long"' if max(map(len, value.text.split()), default=0) > _LONG_WORD else ""
    return f'<bdi dir="auto"{css}>{inner}</bdi>' + (f' <span class="r-cut">({escape(cut)})</span>' if cut else "")


def pill(term: Term) -> str:
    """A state, tier or severity."""
    return f'<span class="r-pill {STATE_TONES.get(term.code, "")}">{escape(term.text)}</span>' if term.text else ""


def number(figure: Figure) -> str:
    """A figure; nothing at all stands back."""
    return escape(figure.text) if figure.value else f'<span class="zero">{escape(figure.text)}</span>'


def money(figures: Iterable[Figure]) -> str:
    """The largest currency, and how many more there are, which show when the mouse rests on it; a dash if there is none."""
    texts = [figure.text for figure in figures]
    if not texts:
        return '<span class="zero">–</span>'
    more = f'<span class="r-more">+{len(texts) - 1}</span>' if len(texts) > 1 else ""
    return f'<span title="{escape(", ".join(texts))}">{escape(texts[0])}{more}</span>'


def table(
    heads: Sequence[str],
    rows: Iterable[Sequence[str]],
    numeric: Sequence[int] = (),
    classes: Sequence[str] = (),
    *,
    sides: bool = False,
) -> str:
    """An HTML table.

    Args:
        heads: texts; escaped here.
        rows: cells as HTML, made by the functions above.
        numeric: columns that hold numbers.
        classes: one for each row, if any.
        sides: whether the table sets two systems side by side, which get the same room.
    """
    css = ["num" if i in numeric else "" for i in range(len(heads))]
    head = "".join(f'<th class="{c}">{escape(h)}</th>' for h, c in zip(heads, css, strict=True))
    body = []
    for place, row in enumerate(rows):
        cells = "".join(f'<td class="{c}">{cell}</td>' for cell, c in zip(row, css, strict=True))
        body.append(f'<tr class="{classes[place] if classes else ""}">{cells}</tr>')
    opening = f'<div class="r-scroll"><table class="r{" sides" if sides else ""}">'
    return f"{opening}<thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table></div>"


def cards(items: Iterable[tuple[str, str, str, str]]) -> None:
    """Headline figures: (label, figure, note, tone), all as text."""
    small = 16
    inner = "".join(
        f'<div class="r-card {tone}"><div class="k">{escape(label)}</div>'
        f'<div class="v{" small" if len(value) > small else ""}">{escape(value)}</div><div class="n">{escape(note)}</div></div>'
        for label, value, note, tone in items
    )
    st.html(f'<div class="r-cards">{inner}</div>')


def heading(here: Here, page: str) -> None:
    """Title and lead of a page, and a word if an earlier run is looked at."""
    st.title(plain_markdown(here.screen.say(f"page.{page}")), anchor=False)
    lead = here.screen.say(f"lead.{page}") if page != "overview" else ""
    if lead:
        st.html(f'<p class="r-lead">{escape(lead)}</p>')
    if here.run_id and here.run_id != here.runs[0] and page != "runs":
        moment = here.screen.moment(data.started(here.project, here.run_id))
        with st.container(horizontal=True, vertical_alignment="center"):
            st.info(plain_markdown(here.screen.say("frame.older", moment=moment)), icon=":material/history:")
            st.button(here.screen.say("frame.newest"), on_click=look_at, args=(None,), key="newest")


def subheading(words: str) -> None:
    """The title of a part of a page."""
    st.subheader(plain_markdown(words), anchor=False)


def empty(title: str, more: str = "") -> None:
    """What stands where there is nothing to show."""
    st.html(f'<div class="r-empty"><b>{escape(title)}</b>{escape(more)}</div>')


# Trouble


def trouble(screen: Screen, error: Exception) -> None:
    """An error as a heading and a sentence that says what to do; never a stack trace."""
    if not isinstance(error, ReconcileError):
        st.error(
            f"**{plain_markdown(screen.say('trouble.unexpected'))}**  \n"
            + plain_markdown(screen.say("trouble.unexpected_help", what=type(error).__name__)),
            icon=":material/error:",
        )
        return
    kind = "config" if isinstance(error, ConfigError) else "retry" if isinstance(error, RetryLater) else "stop"
    first, _, rest = refused.said(screen, error).partition("\n")
    lines = [screen.say(f"trouble.{kind}_help"), first.rstrip(":")]
    said = "  \n".join(map(plain_markdown, lines))
    st.error(f"**{plain_markdown(screen.say(f'trouble.{kind}'))}**  \n{said}", icon=":material/error:")
    if rest.strip():
        st.code(rest, language=None, wrap_lines=True)


# The address


_OWN = 6
_FRAME = ("lang", "run")
"""Parameters of every page's address."""


def arrive(page: str) -> None:
    """Take note of the address: if it is none that the page wrote itself, somebody has come here anew.

    A click may still carry an address from before the last one was written, so the last few count as the page's own.
    """
    query = {name: value for name, value in st.query_params.to_dict().items() if name not in _FRAME}
    st.session_state["arrived"] = (page, query) not in st.session_state.get("addresses", [])
    if st.session_state["arrived"]:
        st.session_state["addresses"] = [(page, query)]
    st.session_state["page"] = page


def linked(name: str) -> str | None:
    """A value that the address sets when somebody arrives, and the page changes later: `st.session_state[name]`."""
    if st.session_state["arrived"]:
        st.session_state[name] = st.query_params.get(name)
    value: str | None = st.session_state.get(name)
    return value


def address(**parameters: str | None) -> None:
    """Make the page's address lead back to what is shown: language, run and the page's own parameters."""
    screen: Screen = st.session_state["here"].screen
    own = {name: value for name, value in parameters.items() if value}
    run = st.session_state.get("run")
    wanted = {"lang": screen.language, **({"run": run} if run else {}), **own}
    written = (st.session_state["page"], own)
    st.session_state["addresses"] = [*(a for a in st.session_state["addresses"] if a != written), written][-_OWN:]
    st.session_state["run written"] = run
    if st.query_params.to_dict() != wanted:
        st.query_params.from_dict(wanted)


def chosen_run(runs: Sequence[str]) -> str | None:
    """The run that is looked at: the one in a new address, else the one chosen before, else the newest."""
    asked = st.query_params.get("run")
    if asked and asked != st.session_state.get("run written"):
        st.session_state["run"] = st.session_state["run written"] = asked
    run = st.session_state.get("run")
    if run not in runs or run == runs[0]:
        st.session_state["run"] = None
    return run if run in runs else (runs[0] if runs else None)


def choice(
    widget: Callable[..., object],
    name: str,
    title: str,
    labels: Mapping[str, str],
    then: Callable[[str], None] | None = None,
    **more: object,
) -> str:
    """One of several codes, kept in `st.session_state[name]`; the first if nothing that still exists was chosen.

    Args:
        widget: `st.selectbox` or one that is called like it.
        name: where the code is kept.
        title: the widget's label.
        labels: code to what people read.
        then: called with a code when somebody chooses it.
        more: for the widget.

    The widget is told its value at every turn, because the browser knows options by labels, and these change with the
    language and with the numbers in them.
    """
    kept = str(st.session_state.get(name))
    code = kept if kept in labels else next(iter(labels))
    st.session_state[name] = code
    key = f"{name} widget"
    st.session_state[key] = code

    def keep() -> None:
        if st.session_state[key] in labels:
            st.session_state[name] = st.session_state[key]
            if then:
                then(st.session_state[key])

    widget(title, list(labels), format_func=lambda c: labels.get(c, str(c)), key=key, on_change=keep, **more)
    return code


def look_at(run_id: str | None) -> None:
    """Look at this run from now on; None is the newest, whichever that is."""
    st.session_state["run"] = run_id


def page_file(page: str) -> str:
    """The page's file, as `st.page_link` wants it."""
    return f"screens/{page}.py"


# People and jobs


def who(here: Here, key: str) -> str:
    """The name that stands beside decisions: of whoever is signed in; else asked once, kept for the session."""
    if here.person:
        say = here.screen.say
        st.text_input(say("enter.signs"), value=here.person.name, disabled=True, key=f"{key} as", help=say("enter.signs_help"))
        return here.person.name
    st.session_state[key] = st.session_state.get("who", "")

    def keep() -> None:
        st.session_state["who"] = st.session_state[key].strip()[:120]

    st.text_input(
        here.screen.say("frame.your_name"), key=key, on_change=keep, max_chars=120, help=here.screen.say("frame.your_name_help")
    )
    return str(st.session_state.get("who", ""))


def refuse(error: ReconcileError) -> None:
    """Remember why what somebody pressed was not done; the page says it, or after the end of a session, the sign-in page."""
    screen: Screen = st.session_state["here"].screen
    st.session_state["refusal"] = refused.said(screen, error)


def refusal() -> None:
    """What the last press was refused for, said once."""
    if said := st.session_state.pop("refusal", ""):
        st.warning(plain_markdown(said), icon=":material/block:")


def barred(here: Here, operation: Operation) -> str:
    """Why whoever is signed in may not do this at all, in the language of the page; empty if they may."""
    if not identity.barred(here.project, here.person, operation):
        return ""
    roles = ", ".join(here.person.roles) if here.person else ""
    return here.screen.say("enter.may_not", roles=roles or here.screen.say("enter.no_role"))


def reasons(*why: str) -> None:
    """Why buttons can't be pressed, each reason once."""
    for said in dict.fromkeys(filter(None, why)):
        st.caption(f":material/lock: {plain_markdown(said)}")


def start_run(here: Here) -> None:
    """Begin a run in the background; nothing if something is under way, or for whoever may not."""
    try:
        project, by = identity.acting(here.project, st.session_state.get("who", ""))
        who = wiring.allowed(project, by or None, "run")
    except ReconcileError as error:
        refuse(error)
        return
    if here.desk.start("run.running", lambda job: wiring.run(project, job, who)):
        st.session_state["run"] = None
    st.session_state["watching"] = True


def no_run(here: Here) -> None:
    """What a page shows before the first run."""
    empty(here.screen.say("run.none"), here.screen.say("run.none_help"))
    if not job_status(here):
        barred_from_runs = barred(here, "run")
        st.button(
            here.screen.say("run.start"),
            type="primary",
            icon=":material/play_arrow:",
            disabled=bool(barred_from_runs),
            on_click=start_run,
            args=(here,),
            key="first",
        )
        reasons(barred_from_runs)
        ended(here, "run.running")


def job_status(here: Here) -> bool:
    """Progress of what is under way; False if nothing is."""
    if not here.desk.busy:
        return False
    st.session_state["watching"] = True
    _watch(here)
    return True


@st.fragment(run_every=0.6)
def _watch(here: Here) -> None:
    job = here.desk.busy
    if job is None or (here.person and identity.signed_in(here.project) is None):
        st.rerun()
    with st.container(border=True):
        st.markdown(f"**{plain_markdown(here.screen.say(job.what))} …**")
        for stage in job.current:
            _stage(here, stage)
        if not job.current:
            st.progress(0.0, text=" ")


def _stage(here: Here, stage: Stage) -> None:
    screen, systems = here.screen, here.project.config.systems
    said = screen.step(stage.name, {name: shorten(system.title or name, 80) for name, system in systems.items()})
    if stage.total:
        said = screen.say("step.of", step=said, done=screen.number(stage.done), total=screen.number(stage.total))
    elif stage.done:
        said = f"{said}: {screen.number(stage.done)}"
    st.progress(stage.share, text=plain_markdown(shorten(said, 120)))


def ended(here: Here, what: str) -> Job | None:
    """The job of this name that ended last, if this session waited for it; its trouble is said here."""
    job = here.desk.job
    if job is None or job.what != what or not job.over.is_set() or not st.session_state.get("watching"):
        return None
    if job.error:
        trouble(here.screen, job.error)
    return job
