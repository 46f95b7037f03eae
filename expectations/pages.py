"""Pages for reading: the Data Docs of Great Expectations, made from its own results, and mended so that they need no internet.

Its templates load a dozen files from elsewhere and write values of records as markup. Here the pages get a style sheet
and a script of our own beside them, a rule that forbids the browser to ask anybody, and values as text.
"""

from __future__ import annotations

import datetime as dt
import html
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, ParamSpec

from expectations import gx
from expectations.page_words import in_chinese
from reconcile.errors import StoreUnwritable
from reconcile.results import CheckResult

P = ParamSpec("P")

SITE_MARK = "static/data_docs_offline.css"
"""Is in every folder that `write_pages` has made."""
_OURS = ("data_docs_offline.css", "data_docs_offline.js")
_WHOLE_LISTS = ("unexpected_list", "unexpected_index_list", "unexpected_rows")
_SEVERITY = {"blocking": "critical", "major": "warning", "minor": "info"}
_TABLE = {"class_name": "RowsWithRule", "module_name": "expectations.page_rows"}
_RENDERER = {
    "class_name": "ValidationResultsPageRenderer",
    "column_section_renderer": {"class_name": "ValidationResultsColumnSectionRenderer", "table_renderer": _TABLE},
}
"""The page of results as Great Expectations makes it, but for its table."""
_FOREIGN = re.compile(
    r"<link[^>]+(?:href=\"https?:|rel=\"shortcut icon\")[^>]*>|<script[^>]+src=\"https?:[^>]*>\s*</script>|<footer.*?</footer>|"
    r"background: url\('https?:[^;]*;",
    re.DOTALL,
)
_LOGO = re.compile(r"src=\"https?:[^\"]*\"")
_POLICY = "default-src 'self' file: data: 'unsafe-inline'; connect-src 'none'; form-action 'none'"


@dataclass(frozen=True)
class Page:
    """What one suite said of one table."""

    suite: str
    table: str
    """What was looked at, such as a file's name."""
    results: Sequence[Mapping[str, Any]]
    """From `with_results`."""


def with_results(
    function: Callable[P, CheckResult], *args: P.args, **kwargs: P.kwargs
) -> tuple[CheckResult, list[dict[str, Any]]]:
    """What a check answers, and what Great Expectations said meanwhile: plain values, with the first failing ones alone."""
    with gx.keeping() as kept:
        answer = function(*args, **kwargs)
    verdicts = dict(answer.checks.select("rule", "success").iter_rows())
    return answer, [_plain(result, verdicts) for result in kept]


def write_pages(
    pages: Sequence[Page], folder: Path, now: dt.datetime | None = None, language: Literal["en", "zh"] = "en"
) -> Path:
    """The site with a page for each of `pages`; takes the place of one that is there. Gives its first page.

    Raises:
        StoreUnwritable: the folder can't be written.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".pages-", dir=folder.parent) as place:
            site = Path(place).resolve() / "site"
            _build([_in_language(page, language) for page in pages], site, now or dt.datetime.now(dt.UTC))
            for name in _OURS:
                (site / "static" / name).write_bytes(files("expectations").joinpath("site", name).read_bytes())
            shutil.rmtree(site / "static" / "styles")  # what the pages use of it stands in them
            shutil.rmtree(site / "static" / "fonts")
            for page in site.rglob("*.html"):
                text = _at_home(page.read_text(encoding="utf-8"), page, site)
                page.write_text(in_chinese(text) if language == "zh" else text, encoding="utf-8")
            _put(site, folder)
    except OSError as error:
        raise StoreUnwritable(folder, error.strerror or str(error)) from error
    return folder / "index.html"


def _in_language(page: Page, language: str) -> Page:
    """The page whose rules are told in that language, each with what it means if it fails."""
    return replace(page, results=[_told_in(result, language) for result in page.results])


def _told_in(result: Mapping[str, Any], language: str) -> dict[str, Any]:
    config = result["expectation_config"]
    about = config["meta"]
    told = {**about, "language": language, "says": html.escape(about.get(language, ""))}
    notes = [html.escape(about[word], quote=False) for word in ("rule", language) if word in about]
    return {**result, "expectation_config": {**config, "meta": told, "notes": notes}}


def _build(pages: Sequence[Page], site: Path, now: dt.datetime) -> None:
    """The site as Great Expectations makes it."""
    gx.load()
    import great_expectations  # noqa: PLC0415 # slow, see `gx.load`
    from great_expectations.core.expectation_validation_result import (  # noqa: PLC0415 # as above
        expectationSuiteValidationResultSchema,
    )
    from great_expectations.core.run_identifier import RunIdentifier  # noqa: PLC0415 # as above
    from great_expectations.data_context.types import resource_identifiers as known  # noqa: PLC0415 # as above

    context = great_expectations.get_context(mode="ephemeral")
    store = {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(site)}
    index = {"class_name": "DefaultSiteIndexBuilder"}
    wanted: Any = {"class_name": "SiteBuilder", "show_how_to_buttons": False, "store_backend": store, "site_index_builder": index}
    wanted["site_section_builders"] = {"validations": {"renderer": _RENDERER}}
    context.add_data_docs_site("check", wanted)
    run = RunIdentifier(run_name="check", run_time=now)
    for suite in dict.fromkeys(page.suite for page in pages):
        results = [result for page in pages if page.suite == suite for result in page.results]
        context.suites.add(great_expectations.ExpectationSuite(name=suite, expectations=_expectations(results)))
    for page in pages:
        told = expectationSuiteValidationResultSchema.load(_told(page, run, now))
        table = re.sub(r"[^\w.()-]", "_", page.table)  # becomes the name of a file
        name = known.ValidationResultIdentifier(known.ExpectationSuiteIdentifier(page.suite), run, table)
        context.validation_results_store.set(name, told)
    context.build_data_docs(site_names=["check"])


def _expectations(results: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Each rule of a suite once, though it was asked of both sides."""
    by_rule = {str(one["expectation_config"]["meta"]["rule"]): one["expectation_config"] for one in results}
    wanted = ("type", "kwargs", "meta", "notes", "severity")
    return [{key: value for key, value in config.items() if key in wanted} for config in by_rule.values()]


def _told(page: Page, run: Any, now: dt.datetime) -> dict[str, Any]:
    """A suite's results in the words of Great Expectations."""
    import great_expectations  # noqa: PLC0415 # slow, see `gx.load`

    many, well = len(page.results), sum(bool(result["success"]) for result in page.results)
    return {
        "success": well == many,
        "suite_name": page.suite,
        "suite_parameters": {},
        "results": list(page.results),
        "statistics": {
            "evaluated_expectations": many,
            "successful_expectations": well,
            "unsuccessful_expectations": many - well,
            "success_percent": 100 * well / many if many else None,
        },
        "meta": {
            "run_id": run.to_json_dict(),
            "great_expectations_version": great_expectations.__version__,
            "validation_time": now.isoformat(),
            "batch_spec": {"data_asset_name": html.escape(page.table)},
            "active_batch_definition": {
                "datasource_name": "reconcile",
                "data_connector_name": "check",
                "data_asset_name": page.table,
                "batch_identifiers": {},
            },
        },
    }


def _plain(result: Any, verdicts: Mapping[str, bool]) -> dict[str, Any]:
    """One result as plain values: the first failing values and not all, no markup in them, and what its rule says to people.

    Whether it holds is what the check says, which knows how many may fail.
    """
    result.result = {key: _sayable(value) for key, value in (result.result or {}).items() if key not in _WHOLE_LISTS}
    plain: dict[str, Any] = result.to_json_dict()
    plain["result"] = _escaped(plain["result"])
    config = plain["expectation_config"]
    config["kwargs"].pop("batch_id", None)
    about = config.setdefault("meta", {})
    plain["success"] = verdicts.get(about.get("rule", ""), plain["success"])
    if "mostly" in about:
        config["kwargs"]["mostly"] = float(about.pop("mostly"))
    config["severity"] = _SEVERITY.get(about.get("severity", ""), "critical")
    about[gx.ANSWERED_BY] = result.meta[gx.ANSWERED_BY]
    return plain


def _sayable(value: Any) -> Any:
    """What JSON has no word for as text, such as the length of time that pandas finds."""
    from great_expectations.util import convert_to_json_serializable  # noqa: PLC0415 # slow, see `gx.load`

    try:
        return convert_to_json_serializable(value)
    except TypeError:
        return str(value)


def _escaped(value: Any) -> Any:
    """Text as the page must hold it; the templates would take it for markup."""
    if isinstance(value, str):
        return html.escape(value)
    if isinstance(value, Mapping):
        return {key: _escaped(inner) for key, inner in value.items()}
    return [_escaped(inner) for inner in value] if isinstance(value, list | tuple) else value


def _at_home(text: str, page: Path, site: Path) -> str:
    """The page without anything from elsewhere, with our style sheet and script."""
    static = Path(os.path.relpath(site / "static", page.parent)).as_posix()
    style, script = (f"{static}/{name}" for name in _OURS)
    ours = f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
    ours += f'<link rel="stylesheet" href="{style}">\n<script src="{script}"></script>\n'
    ours += f'<link rel="icon" href="{static}/images/favicon.ico">\n'
    text = _LOGO.sub(f'src="{static}/images/logo-long.png"', _FOREIGN.sub("", text))
    return text.replace("</title>", "</title>\n" + ours, 1)


def _put(site: Path, folder: Path) -> None:
    """The new site where it belongs; of an old one nothing stays."""
    folder.mkdir(exist_ok=True)
    shutil.rmtree(folder / "validations", ignore_errors=True)  # the new site has none if no rule could be evaluated
    for part in sorted(site.iterdir()):
        old = folder / part.name
        if old.is_dir():
            shutil.rmtree(old)
        shutil.move(part, old)
