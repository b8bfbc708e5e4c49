"""The text of a lesson with its pictures and its explained words, kept as it was rendered.

It is the same for everybody who reads it in one language, and makes a quarter of the page's work.
"""

from __future__ import annotations

from flask import render_template, request
from markupsafe import Markup

from training.languages import selected_language
from training.library import records as library
from training.library.figures import DRAWN_FROM_INSTRUMENT, figures_in
from training.library.glossary import Glossary
from training.library.glossary_filter import glossary_in_use
from training.library.records import Version
from training.library.schema import Instrument, Module

TEXTS_KEPT = 200  # some 20 kB each

_Key = tuple[str, str, str, str, Glossary]
_rendered_texts: dict[_Key, Markup] = {}


def lesson_text(module: Module, lesson: str) -> Markup:
    """The HTML of one of the module's lessons, in the language of the page."""
    drawn = _find_instrument_drawn(module, lesson)
    digest = drawn.digest if drawn else ""
    key = (lesson, digest, selected_language(), request.script_root, glossary_in_use())
    rendered = _rendered_texts.get(key)
    if rendered is None:
        if len(_rendered_texts) >= TEXTS_KEPT:
            _rendered_texts.clear()
        rendered = _rendered_texts[key] = _render(lesson, drawn)
    return rendered


def _render(lesson: str, drawn: Version[Instrument] | None) -> Markup:
    instrument = drawn.document if drawn else None
    html = render_template("modules/lesson_text.html", lesson=lesson, instrument=instrument)
    return Markup(html)  # noqa: S704 - a template that escapes what is no markup


def _find_instrument_drawn(module: Module, lesson: str) -> Version[Instrument] | None:
    """The instrument that the module prepares for, where a picture is drawn from it."""
    is_drawn = DRAWN_FROM_INSTRUMENT in figures_in(lesson)
    return library.find_instrument(module.instrument_slug) if is_drawn else None
