"""Renders the readiness page of one cleansing: one self-contained HTML file in the look of the report."""

from __future__ import annotations

from dataclasses import dataclass

from reconcile.cleanse.gates import Gate
from reconcile.cleanse.view import ReadinessView
from reconcile.cleanse.words import reason
from reconcile.config.models import Language
from reports.html import environment
from reports.marking import side_by_side, visible
from reports.readiness_texts import SENTENCES
from reports.texts import LANGUAGES
from reports.words import Words


@dataclass(frozen=True)
class _Page:
    """What the template asks for, in one language."""

    words: Words

    def say(self, key: str, **values: object) -> str:
        """The word or sentence of this page."""
        return SENTENCES[key][LANGUAGES.index(self.words.language)].format(**values)

    def field(self, name: str | None) -> str:
        """A field's label; the key's where there is none."""
        return visible(self.words.label("field", name)) if name else self.say("word.key")

    def limit(self, gate: Gate) -> str:
        """What a gate demands."""
        key = "word.at_most" if gate.code == "duplicates" else "word.at_least"
        return self.say(key, share=self.words.share(gate.limit))

    def because(self, shared: tuple[str, ...], probability: float) -> str:
        """Why two records are one."""
        if not shared:
            return self.say("word.similar", share=self.words.share(probability))
        comma = "、" if self.words.language == "zh" else ", "
        return self.say("word.same", fields=comma.join(self.field(name) for name in shared))

    def reason(self, rule: str) -> str:
        """Why a value is a problem."""
        return visible(reason(rule, self.words.language))


def render_readiness(view: ReadinessView, language: Language) -> str:
    """The readiness page as HTML text; its size is bounded by what the view holds."""
    words = Words(language)
    page = _Page(words)
    failed = sum(not gate.passed for gate in view.gates)
    lead = page.say(
        f"lead.{view.verdict}",
        gates=words.number(len(view.gates)),
        failed=words.number(failed),
        records=words.number(view.records),
        cleaned=words.number(view.cleaned),
        rejected=words.number(view.rejected),
    )
    title = page.say("title", entity=visible(words.label("entity", view.entity)), system=visible(view.system))
    template = environment(words).get_template("readiness.html.j2")
    return template.render(view=view, page=page, lead=lead, title=title, visible=visible, side_by_side=side_by_side)
