"""Markdown as HTML, rendered once for all processes.

A process that only shows what is published loads neither a reader of Markdown nor the cleaners.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, lru_cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from markupsafe import Markup

from training.kept_files import kept, kept_folder
from training.safe_html import WHAT_IS_ALLOWED, render_markdown

RENDERED_BY = ("markdown-it-py", "bleach", "nh3")
TEXTS_AT_HAND = 500


def html_of(text: str) -> Markup:
    """The clean HTML of a Markdown text, as training.safe_html renders it."""
    return _html_of(kept_folder(), text)


def render_beforehand(texts: Iterable[str]) -> None:
    """Render what was just published, so that no reader waits for it."""
    for text in texts:
        html_of(text)


@lru_cache(maxsize=TEXTS_AT_HAND)
def _html_of(folder: Path | None, text: str) -> Markup:
    if folder is None:
        return render_markdown(text)
    file = folder / f"{sha256((_renderer() + text).encode()).hexdigest()}.html"
    html = kept(file, lambda: render_markdown(text).encode())
    return Markup(html.decode())  # noqa: S704 - cleaned when it was made


@cache
def _renderer() -> str:
    """What HTML depends on beside the text: with any of it another, all is rendered anew."""
    return repr((WHAT_IS_ALLOWED, [version(package) for package in RENDERED_BY]))
