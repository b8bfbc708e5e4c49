"""The instruments, as raters read them."""

from __future__ import annotations

from flask import Blueprint, abort, render_template

from training.library import records

library = Blueprint("library", __name__)


@library.get("/instruments")
def instruments() -> str:
    return render_template("library/instruments.html", instruments=records.instruments())


@library.get("/instruments/<slug>")
def instrument(slug: str) -> str:
    version = records.find_instrument(slug)
    if version is None:
        abort(404)
    return render_template("library/instrument.html", instrument=version.document, version=version)
