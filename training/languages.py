"""Which language a person reads, and our texts in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from gettext import NullTranslations
from typing import Any

from flask import (
    Flask,
    appcontext_popped,
    appcontext_pushed,
    has_app_context,
    has_request_context,
    request,
    session,
)
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
    appcontext_pushed.connect(_forget_catalogue, app)
    appcontext_popped.connect(_forget_catalogue, app)
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
        outer = _spoken.set(None)
        try:
            yield
        finally:
            _spoken.reset(outer)


# Kept, because the extension looks for application, locale, domain and catalogue again with every
# text: on a page of fifty raters a quarter of the time. A request begins and ends without it.
_spoken: ContextVar[NullTranslations | None] = ContextVar("catalogue", default=None)


def _catalogue() -> NullTranslations:
    catalogue = _spoken.get()
    if catalogue is None:
        catalogue = get_translations()
        if has_app_context():  # otherwise nobody is spoken to
            _spoken.set(catalogue)
    return catalogue


def _forget_catalogue(*_signal: object, **_of: object) -> None:
    _spoken.set(None)


class _TextsOfPages(dict[str, Markup]):
    """The texts of one catalogue as a page takes them: each is put into HTML once."""

    def __init__(self, catalogue: NullTranslations) -> None:
        self.catalogue = catalogue

    def __missing__(self, text: str) -> Markup:
        self[text] = Markup(self.catalogue.gettext(text))  # noqa: S704 - ours, not typed
        return self[text]


_texts_of_pages = lru_cache(maxsize=2 * len(LANGUAGES))(_TextsOfPages)


@pass_eval_context
def _translate(template: EvalContext, text: str, /, **named: object) -> str:
    catalogue = _catalogue()
    if not template.autoescape:
        translated = catalogue.gettext(text)
    else:
        translated = _texts_of_pages(catalogue)[text]
    return translated % named if "%" in text else translated


@pass_eval_context
def _translate_number(
    template: EvalContext, singular: str, plural: str, num: int, /, **named: object
) -> str:
    translated = _catalogue().ngettext(singular, plural, num)
    if template.autoescape:
        translated = Markup(translated)  # noqa: S704 - ours, not typed
    return translated % ({"num": num} | named)


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
