"""What the workspace tells beyond the anchors of the items: one document that browsers keep.

It would be a quarter of every workspace and is the same for all texts of an instrument. So its
address names the version of the instrument and a mark of its text, and it is fetched once.
"""

from __future__ import annotations

import uuid
from functools import lru_cache

from flask import current_app, url_for

from training.languages import selected_language
from training.library import records
from training.marks import mark_of


def item_help(version_id: uuid.UUID) -> str:
    """How to rate, and every item's markers, drift signs and near confusions, as HTML.

    It is in the reader's language.

    Raises records.UnknownDocumentError when there is no such version of an instrument.
    """
    return _item_help(version_id, selected_language())


def item_help_address(version_id: uuid.UUID) -> str:
    """Where it is read; the address changes when the text does."""
    mark = mark_of(item_help(version_id))
    return url_for("library.help_with_items", version_id=version_id, v=mark)


@lru_cache(maxsize=16)
def _item_help(version_id: uuid.UUID, _language: str) -> str:
    # Outside render_template, which looks up a page's surroundings: this has none.
    template = current_app.jinja_env.get_template("library/item_help.html")
    return template.render(instrument=records.instrument_version(version_id).document)
