"""The one script of the rating workspace: its modules, one after the other.

The modules do not import each other. Each stands in a block of its own, so that their names do
not meet, and what fails in one does not stop the next: it is reported, as by a script of its own.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, current_app, url_for

from training.marks import mark_of

ADDRESS = "/workspace.js"
# The sheet comes first: the others find it on the form.
MODULES = (
    "rating-sheet",
    "workspace",
    "item-help",
    "rating-draft",
    "notes",
    "find",
    "pace",
    "reading-options",
    "shortcuts",
)


def init_app(app: Flask) -> None:
    """Serve the script, and tell templates its address."""
    app.add_url_rule(ADDRESS, endpoint="workspace_script", view_func=workspace_script)
    app.jinja_env.globals["workspace_script_address"] = workspace_script_address


def workspace_script() -> Response:
    return Response(_script(str(current_app.static_folder)), mimetype="text/javascript")


def workspace_script_address() -> str:
    """The address of the script, which changes when one of its modules does."""
    script = _script(str(current_app.static_folder))
    return url_for("workspace_script", v=mark_of(script))


@lru_cache(maxsize=2)
def _script(folder: str) -> str:
    return "".join(_alone(Path(folder, "js", f"{name}.js").read_text("utf-8")) for name in MODULES)


def _alone(module: str) -> str:
    return f"try {{\n{module}}} catch (error) {{ reportError(error); }}\n"
