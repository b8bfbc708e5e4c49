"""The one style sheet of every page: Bootstrap's first, then our own, part after part."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, current_app, url_for

from training.marks import mark_of

ADDRESS = "/style.css"
BOOTSTRAP = "css/bootstrap.min.css"
# What all parts stand on comes first; what paper changes about all of them comes last.
FIRST, LAST = ("tokens.css", "app.css"), ("print.css",)
COMMENT = re.compile(r"/\*(?!!).*?\*/", re.DOTALL)  # all but the note of a licence


def init_app(app: Flask) -> None:
    """Serve the sheet, and tell templates its address."""
    app.add_url_rule(ADDRESS, endpoint="style_sheet", view_func=style_sheet)
    app.jinja_env.globals["style_address"] = style_address


def style_sheet() -> Response:
    return Response(_sheet(*_folders()), mimetype="text/css")


def style_address() -> str:
    """The address of the sheet, which changes when a part of it does."""
    return url_for("style_sheet", v=_version(*_folders()))


def own_parts(folder: Path) -> list[Path]:
    """Our own style sheets in the order in which they count."""
    middle = sorted(file.name for file in folder.glob("*.css") if file.name not in FIRST + LAST)
    return [folder / name for name in (*FIRST, *middle, *LAST)]


def _folders() -> tuple[str, str]:
    own, bootstrap = current_app.static_folder, current_app.blueprints["bootstrap"].static_folder
    return f"{own}/css", str(bootstrap)


def _sheet(own: str, bootstrap: str) -> str:
    # Put together for each browser that has not got it yet, which takes a millisecond; kept, it
    # would take 600 KiB of every worker.
    parts = [Path(bootstrap, BOOTSTRAP), *own_parts(Path(own))]
    # Without comments, among them the one that names a map which is not served.
    return "\n".join(COMMENT.sub("", part.read_text(encoding="utf-8")) for part in parts)


@lru_cache(maxsize=2)
def _version(own: str, bootstrap: str) -> str:
    return mark_of(_sheet(own, bootstrap))
