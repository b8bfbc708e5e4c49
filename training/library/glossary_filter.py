"""The template filter `glossed`, and which terms the page under way explains already."""

from __future__ import annotations

from flask import current_app, g
from markupsafe import Markup, escape

from training.library.glossary import Glossary, glossary_of
from training.library.glossary_marks import mark_terms


def glossary_in_use() -> Glossary:
    """The glossary of the content folders this application reads."""
    return glossary_of(current_app.extensions["config"].content_paths)


def glossed(text: str) -> Markup:
    """A text whose words the glossary explains: as buttons, with their meanings after it.

    Markup is taken as it is, other text is escaped. A page explains a term once, in whichever of
    its texts comes first. What is put after the text is phrasing content, so a `<p>` may hold it.
    Pages that use this link css/glossary.css.
    """
    already: frozenset[str] = g.get("glossed_terms", frozenset())
    marked = mark_terms(str(escape(text)), glossary_in_use(), already)
    if not marked.terms:
        return Markup(marked.html)  # noqa: S704 - escaped above
    g.glossed_terms = already | {term.slug for term in marked.terms}
    notes = current_app.jinja_env.get_template("library/glossary_notes.html")
    return Markup(marked.html + notes.render(terms=marked.terms))  # noqa: S704 - as above
