"""The life of a run's breaks as screens show it: which are open, how old, and what the run has to say since the run before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from reconcile.results import Action, BreakState, News, RunResult
from reconcile.run_folder import with_life
from reports.details import break_lines, ranked, resolving_of, shown_of
from reports.figures import count, term
from reports.model import KindSection
from reports.words import Words

SILENT = (BreakState.FIXED.value, BreakState.ACCEPTED.value)
"""States of breaks that need nobody."""
BAD_NEWS = tuple(news.value for news in News)
"""What a run says that somebody has to do something about."""
FIXED = BreakState.FIXED.value


def lived(result: RunResult, breaks: pl.DataFrame | None = None) -> pl.DataFrame:
    """The run's breaks (or these of them) as LIVED, with `state` and `news` filled and `age_days` (Int64) added."""
    age = (pl.lit(result.finished_at).cast(pl.Datetime("us", "UTC")) - pl.col("first_seen")).dt.total_days()
    state = pl.col("state").fill_null(BreakState.NEW.value)
    told = pl.when(state.is_in([News.NEW.value, News.REGRESSED.value])).then(state)  # what earlier versions have kept
    return with_life(result.breaks if breaks is None else breaks).with_columns(
        state=state, news=pl.coalesce("news", told), age_days=age.clip(lower_bound=0).fill_null(0)
    )


def open_breaks(result: RunResult) -> pl.DataFrame:
    """The run's breaks that somebody has to settle: neither fixed nor accepted; columns as `lived` gives them."""
    return lived(result).filter(~pl.col("state").is_in(SILENT))


def news_of(result: RunResult) -> dict[str, int]:
    """How many breaks are new, came back, are open again or went past due since the run before, and how many are fixed."""
    counted = dict(open_breaks(result).group_by("news").len().iter_rows())
    return {**{code: counted.get(code, 0) for code in BAD_NEWS}, FIXED: result.fixed}


def noise_of(result: RunResult) -> int:
    """How many breaks the run has bad news of."""
    news = news_of(result)
    return sum(news[code] for code in BAD_NEWS)


def news_sections(
    words: Words, result: RunResult, actions: Sequence[Action], shown: int, rules: Mapping[str, str]
) -> tuple[KindSection, ...]:
    """One section for each piece of news, the bad ones first, each with its top `shown` breaks; `rules` as in `break_lines`."""
    open_ = ranked(open_breaks(result))
    frames = {code: open_.filter(pl.col("news") == code) for code in BAD_NEWS}
    frames[FIXED] = ranked(lived(result, result.gone))
    totals: Mapping[str, int] = news_of(result)
    top = {code: shown_of(frame, shown) for code, frame in frames.items() if totals[code]}
    resolving = resolving_of(actions, {f for frame in top.values() for f in frame["fingerprint"].to_list()})
    return tuple(
        KindSection(
            kind=term(words, "news", code),
            help=words.label("news_help", code),
            anchor=f"news-{code}",
            total=count(words, "breaks", totals[code]),
            lines=break_lines(words.language, rows, resolving, rules),
            note=note(words, rows.height, totals[code]),
        )
        for code, rows in top.items()
    )


def note(words: Words, shown: int, total: int) -> str:
    """How many of how many are shown; empty where it is plain."""
    if shown < total:
        return words.say("say.shown_of", shown=words.number(shown), total=words.number(total))
    return ""


def summary(words: Words, news: Mapping[str, int]) -> str:
    """The news in a few words, such as `3 new, 1 past due`; empty where there is none."""
    return words.say("say.list_comma").join(words.count(f"news_{code}", n) for code, n in news.items() if n)
