"""Which language a person reads, and our texts in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from gettext import NullTranslations
from typing import Any, cast

from flask import Flask, g, has_request_context, request, session
from flask_babel import force_locale, get_translations
from flask_babel.speaklater import LazyString
from flask_login import current_user
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

from training.extensions import babel

LANGUAGES = {"en": "English", "hi": "हिन्दी"}
DEFAULT_LANGUAGE = "en"
# Languages in which not everything can be read, since lessons, transcripts and anchors are English;
# the choice says so.
INCOMPLETE_LANGUAGES = frozenset({"hi"})


def init_languages(app: Flask) -> None:
    """Ask, for each request, which language to answer in."""
    babel.init_app(app, locale_selector=selected_language)
    app.jinja_env.globals.update(_=_translate, gettext=_translate, ngettext=_translate_number)


def gettext(text: str, /, **named: object) -> str:
    """A text in the language spoken now, with what is named put in its places."""
    translated = _catalogue().gettext(text)
    return translated % named if named else translated


def ngettext(singular: str, plural: str, num: int, /, **named: object) -> str:
    """A text for so many, in the language spoken now; `num` is one of what it names."""
    return _catalogue().ngettext(singular, plural, num) % ({"num": num} | named)


def lazy_gettext(text: str, /, **named: object) -> Any:
    """A text in the language that is spoken where it is shown."""
    return LazyString(gettext, text, **named)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Meanwhile another language is spoken, as in a letter to somebody else."""
    with force_locale(language):
        outer = g.pop("catalogue", None)
        try:
            yield
        finally:
            g.pop("catalogue", None)
            if outer is not None:
                g.catalogue = outer


def _catalogue() -> NullTranslations:
    # Kept, because the extension looks for application, locale, domain and catalogue again with
    # every text: on a page of fifty raters a quarter of the time.
    try:
        return cast(NullTranslations, g.catalogue)
    except AttributeError:
        g.catalogue = get_translations()
        return cast(NullTranslations, g.catalogue)
    except RuntimeError:  # no request and no command: nobody is spoken to
        return NullTranslations()


@pass_eval_context
def _translate(template: EvalContext, text: str, /, **named: object) -> str:
    return _filled_in(template, _catalogue().gettext(text), named)


@pass_eval_context
def _translate_number(
    template: EvalContext, singular: str, plural: str, num: int, /, **named: object
) -> str:
    translated = _catalogue().ngettext(singular, plural, num)
    return _filled_in(template, translated, {"num": num} | named)


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
