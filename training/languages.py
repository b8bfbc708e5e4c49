"""Which language a person reads, and how dates and numbers look in it."""

from __future__ import annotations

from gettext import NullTranslations
from typing import cast

from flask import Flask, g, has_request_context, request, session
from flask_babel import get_translations
from flask_login import current_user
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

from training.extensions import babel

LANGUAGES = {"en": "English", "hi": "हिन्दी"}
DEFAULT_LANGUAGE = "en"
# Languages whose catalogue does not cover every text yet; the choice says so.
INCOMPLETE_LANGUAGES = frozenset({"hi"})


def init_languages(app: Flask) -> None:
    """Ask, for each request, which language to answer in."""
    babel.init_app(app, locale_selector=selected_language)
    app.context_processor(_remember_catalogue)
    # In place of the extension's own, which look for the catalogue with every text: on a page of
    # fifty raters a quarter of the time.
    app.jinja_env.globals.update(_=_translate, gettext=_translate, ngettext=_translate_number)


def _remember_catalogue() -> dict[str, object]:
    g.catalogue = get_translations()
    return {}


@pass_eval_context
def _translate(template: EvalContext, text: str, /, **named: object) -> str:
    translated = _catalogue(template).gettext(text)
    return _filled_in(template, translated, named)


@pass_eval_context
def _translate_number(
    template: EvalContext, singular: str, plural: str, num: int, /, **named: object
) -> str:
    translated = _catalogue(template).ngettext(singular, plural, num)
    return _filled_in(template, translated, {"num": num} | named)


def _catalogue(template: EvalContext) -> NullTranslations:
    # A letter, which is no HTML, may be in another language than the page under way.
    if template.autoescape and "catalogue" in g:
        return cast(NullTranslations, g.catalogue)
    return cast(NullTranslations, get_translations())


def _filled_in(template: EvalContext, text: str, named: dict[str, object]) -> str:
    translated = Markup(text) if template.autoescape else text  # noqa: S704 - ours, not typed
    return translated % named if "%" in text else translated


def selected_language() -> str:
    """The person's own choice, else this browser's choice here, else what it asks for."""
    if not has_request_context():
        return DEFAULT_LANGUAGE
    chosen = current_user.person.locale if current_user.is_authenticated else None
    chosen = chosen or session.get("language")
    if chosen in LANGUAGES:
        return str(chosen)
    # An incomplete language is never forced on anybody: it has to be chosen.
    complete = [code for code in LANGUAGES if code not in INCOMPLETE_LANGUAGES]
    return request.accept_languages.best_match(complete) or DEFAULT_LANGUAGE
