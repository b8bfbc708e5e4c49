"""Markdown to clean HTML. The only module that knows bleach, so that it can be replaced here."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from markupsafe import Markup

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

ALLOWED_TAGS = frozenset(
    {"a", "abbr", "blockquote", "br", "caption", "code", "dd", "dl", "dt", "em", "h2", "h3", "h4"}
    | {"hr", "li", "ol", "p", "strong", "sub", "sup", "ul"}
    | {"table", "tbody", "td", "th", "thead", "tr"}
)
ALLOWED_ATTRIBUTES: dict[str, list[str]] = {
    "a": ["href", "title"],
    "abbr": ["title"],
    "ol": ["start"],
    "th": ["scope"],
}
ALLOWED_PROTOCOLS = frozenset({"http", "https", "mailto"})
WHAT_IS_ALLOWED = (
    sorted(ALLOWED_TAGS),
    sorted(ALLOWED_ATTRIBUTES.items()),
    sorted(ALLOWED_PROTOCOLS),
)


def render_markdown(text: str) -> Markup:
    """The HTML of a Markdown text, with only the tags, attributes and protocols above.

    Two cleaners, one after the other: what slips through one has to slip through both.
    """
    import bleach  # with the first text: bleach and markdown-it are a tenth of the time to start
    import nh3

    html = bleach.clean(
        _markdown().render(text),
        tags=ALLOWED_TAGS,
        attributes=ALLOWED_ATTRIBUTES,
        protocols=ALLOWED_PROTOCOLS,
        strip=True,
    )
    return Markup(  # noqa: S704 - this is where text becomes safe
        nh3.clean(
            html,
            tags=set(ALLOWED_TAGS),
            attributes={tag: set(names) for tag, names in ALLOWED_ATTRIBUTES.items()},
            url_schemes=set(ALLOWED_PROTOCOLS),
            link_rel="noopener noreferrer",
        )
    )


@cache
def _markdown() -> MarkdownIt:
    """The reader of Markdown; raw HTML in a text is shown as text, never interpreted."""
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False, "typographer": False}).enable("table")
