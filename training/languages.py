"""Which language a person reads, and how dates and numbers look in it."""

from __future__ import annotations

from flask import Flask, has_request_context, request, session
from flask_login import current_user

from training.extensions import babel

LANGUAGES = {"en": "English", "hi": "हिन्दी"}
DEFAULT_LANGUAGE = "en"
# Languages whose catalogue does not cover every text yet; the choice says so.
INCOMPLETE_LANGUAGES = frozenset({"hi"})


def init_languages(app: Flask) -> None:
    """Ask, for each request, which language to answer in."""
    babel.init_app(app, locale_selector=selected_language)


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
