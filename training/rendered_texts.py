"""Markdown as HTML, rendered once for all processes: kept beside the pages compiled for them.

A process that only shows what is published loads neither a reader of Markdown nor the cleaners.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from functools import cache, lru_cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from flask import Flask, current_app
from markupsafe import Markup

from training.safe_html import WHAT_IS_ALLOWED, render_markdown

RENDERED_BY = ("markdown-it-py", "bleach", "nh3")
TEXTS_AT_HAND = 500


def init_app(app: Flask, folder: Path | None) -> None:
    """Keep rendered texts in this folder; without one each process renders for itself."""
    app.extensions["rendered_texts"] = folder


def html_of(text: str) -> Markup:
    """The clean HTML of a Markdown text, as training.safe_html renders it."""
    return _html_of(current_app.extensions["rendered_texts"], text)


def render_beforehand(texts: Iterable[str]) -> None:
    """Render what was just published, so that no reader waits for it."""
    for text in texts:
        html_of(text)


@lru_cache(maxsize=TEXTS_AT_HAND)
def _html_of(folder: Path | None, text: str) -> Markup:
    if folder is None:
        return render_markdown(text)
    file = folder / f"{sha256((_renderer() + text).encode()).hexdigest()}.html"
    with suppress(OSError, UnicodeDecodeError):
        # As safe as when it was written: whoever could change it could change the compiled pages.
        return Markup(file.read_text(encoding="utf-8"))  # noqa: S704
    html = render_markdown(text)
    with suppress(OSError):
        _write(file, html)
    return html


@cache
def _renderer() -> str:
    """What HTML depends on beside the text: with any of it another, all is rendered anew."""
    return repr((WHAT_IS_ALLOWED, [version(package) for package in RENDERED_BY]))


def _write(file: Path, html: str) -> None:
    # Whole or not at all, whoever writes the same at this moment.
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", dir=file.parent, suffix=".new", delete=False
    ) as new:
        new.write(html)
    os.replace(new.name, file)
