"""Scripts that share helpers: the helpers, and then the modules of each, as one file.

The modules do not import each other, because an imported file's address carries no version, and a
browser would keep an old one. Each stands in a block of its own, so that their names do not meet,
and what fails in one does not stop the next: it is reported, as by a script of its own.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, current_app, url_for

from training.marks import mark_of

SHARED = "shared"
MODULES = {
    "consensus": ("consensus",),
    "rating-draft": ("rating-draft",),  # what the pages after the workspace need of it
    # The sheet comes first: the others find it on the form.
    "workspace": (
        "rating-sheet",
        "workspace",
        "item-help",
        "rating-draft",
        "notes",
        "find",
        "pace",
        "reading-options",
        "shortcuts",
    ),
}


def init_app(app: Flask) -> None:
    """Serve the scripts, and tell templates their addresses."""
    for name in MODULES:
        address = f"/scripts/{name}.js"
        app.add_url_rule(address, endpoint="script", view_func=script, defaults={"name": name})
    app.jinja_env.globals["script_address"] = script_address


def script(name: str) -> Response:
    return Response(_script(str(current_app.static_folder), name), mimetype="text/javascript")


def script_address(name: str) -> str:
    """The address of a script, which changes when the helpers or one of its modules do."""
    return url_for("script", name=name, v=_version(str(current_app.static_folder), name))


@lru_cache(maxsize=2 * len(MODULES))
def _version(folder: str, name: str) -> str:
    return mark_of(_script(folder, name))


def _script(folder: str, name: str) -> str:
    return _read(folder, SHARED) + "".join(_alone(_read(folder, part)) for part in MODULES[name])


def _read(folder: str, part: str) -> str:
    return Path(folder, "js", f"{part}.js").read_text("utf-8")


def _alone(module: str) -> str:
    return f"try {{\n{module}}} catch (error) {{ reportError(error); }}\n"
