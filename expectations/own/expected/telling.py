"""How our expectations are told on pages: one sentence in English and Chinese for each, whatever asks for it.

A page is in the language of the expectation's `meta`: {"language": "zh"}. English is what Great Expectations itself speaks.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from great_expectations.expectations.expectation import _style_row_condition, render_suite_parameter_string
from great_expectations.render import LegacyDiagnosticRendererType, LegacyRendererType, RenderedStringTemplateContent
from great_expectations.render.renderer.renderer import renderer
from great_expectations.render.renderer_configuration import RendererConfiguration, RendererValueType
from great_expectations.render.util import num_to_str, parse_row_condition_string

from expectations.own.expected.found import SETS, Words, past_told, set_told, value_told

_LANGUAGES = ("en", "zh")
_MOSTLY: Words = (", at least $mostly_pct % of the time", "，至少 $mostly_pct% 的值符合")
_END: Words = (".", "。")


class Told:
    """Mixed into an expectation before its base: its sentences instead of the base's."""

    sentence: ClassVar[Words]
    """What is expected, `$keyword` for what is given; `$column` stands in front of it."""
    clauses: ClassVar[Mapping[str, Words]] = {}
    """Keyword to what is added to the sentence where the keyword is given."""
    shares: ClassVar[tuple[str, ...]] = ()
    """Keywords that are told as percentages."""
    dimension: ClassVar[str] = "validity"
    """The side of quality that it measures."""

    @classmethod
    def template(cls, given: Mapping[str, Any], language: int, *, with_column: bool) -> tuple[str, dict[str, Any]]:
        """The sentence in the language of that number, and what its `$keyword`s stand for."""
        params = {name: _told(value, language) for name, value in given.items() if value not in (None, [], {}, ())}
        params.update({name: f"{num_to_str(given[name] * 100)} %" for name in cls.shares if name in params})
        text = cls.sentence[language] + "".join(words[language] for name, words in cls.clauses.items() if given.get(name))
        mostly = given.get("mostly")
        if isinstance(mostly, int | float) and mostly < 1:
            params["mostly_pct"] = num_to_str(mostly * 100, no_scientific=True)
            text += _MOSTLY[language]
        if with_column and "column" in given:
            text = f"$column {text}" if language == 0 else f"$column：{text}"
        return text + _END[language], params

    @classmethod
    def _prescriptive_template(cls, renderer_configuration: RendererConfiguration) -> RendererConfiguration:
        """What Great Expectations' newer pages show."""
        told = renderer_configuration.configuration or getattr(renderer_configuration.result, "expectation_config", None)
        given = cls._with_defaults(renderer_configuration.kwargs)
        text, params = cls.template(given, _language(told), with_column=renderer_configuration.include_column_name)
        for name, value in params.items():
            renderer_configuration.add_param(name=name, param_type=RendererValueType.STRING, value=str(value))
        renderer_configuration.template_str = text
        return renderer_configuration

    @classmethod
    @renderer(renderer_type=LegacyRendererType.PRESCRIPTIVE)  # type: ignore[untyped-decorator]  # Great Expectations is untyped for us
    @render_suite_parameter_string  # type: ignore[untyped-decorator]  # as above
    def _prescriptive_renderer(
        cls, configuration: Any = None, result: Any = None, runtime_configuration: Any = None, **_kwargs: Any
    ) -> list[RenderedStringTemplateContent]:
        """What Data Docs show."""
        told = configuration or getattr(result, "expectation_config", None)
        given = cls._with_defaults(told.kwargs if told else {})
        asked = runtime_configuration or {}
        text, params = cls.template(given, _language(told), with_column=asked.get("include_column_name") is not False)
        styling = asked.get("styling")
        if given.get("row_condition") is not None:
            text, styling = _style_row_condition(parse_row_condition_string(given["row_condition"]), text, params, styling)
        content = {"template": text, "params": params, "styling": styling}
        return [RenderedStringTemplateContent(content_block_type="string_template", string_template=content)]

    @classmethod
    @renderer(renderer_type=LegacyDiagnosticRendererType.OBSERVED_VALUE)  # type: ignore[untyped-decorator]  # as above
    def _diagnostic_observed_value_renderer(
        cls, configuration: Any = None, result: Any = None, runtime_configuration: Any = None, **_kwargs: Any
    ) -> str:
        """What was found, and what would have been allowed where earlier runs say so."""
        del runtime_configuration
        told = (result.result or {}) if result else {}
        if "observed_value" not in told:  # of a rule about records: how many fail
            return str(cls._get_observed_value_from_evr(result=result))  # type: ignore[attr-defined]  # the base that this is mixed into
        return cls.found(told, _language(configuration or getattr(result, "expectation_config", None)))

    @classmethod
    def found(cls, result: Mapping[str, Any], language: int) -> str:
        """What Great Expectations' `result` of a rule about a column or table says, in the language of that number."""
        details: Mapping[str, Any] = result.get("details") or {}
        share = bool(details.get("share"))
        if result.keys() & SETS.keys():
            return set_told(result, language)
        return value_told(result.get("observed_value"), language, share=share) + past_told(details, language, share=share)

    @classmethod
    def _with_defaults(cls, given: Mapping[str, Any]) -> dict[str, Any]:
        fields: Mapping[str, Any] = getattr(cls, "__fields__", {})
        named = {name for text in (*cls.sentence, *(w for words in cls.clauses.values() for w in words)) for name in _named(text)}
        return {**{name: fields[name].default for name in named if name in fields}, **given}


def _named(text: str) -> list[str]:
    """The keywords that a sentence holds."""
    return [
        "".join(sign for sign in word if sign.isidentifier()) for word in text.replace("$", " $").split() if word.startswith("$")
    ]


def _language(told: Any) -> int:
    """The number of the language that an expectation's `meta` asks for; English if it asks for none."""
    wanted = str((getattr(told, "meta", None) or {}).get("language", "en"))[:2]
    return _LANGUAGES.index(wanted) if wanted in _LANGUAGES else 0


def _told(value: Any, language: int) -> Any:
    if isinstance(value, list | tuple):
        return (", ", "、")[language].join(str(one) for one in value)
    if isinstance(value, Mapping):
        return (", ", "、")[language].join(f"{name}: {one}" for name, one in value.items())
    return value
