"""The page of the journal, and what it says when another tab was there before."""

from __future__ import annotations

from flask import render_template

from training.access import signed_in
from training.languages import lazy_gettext as _l
from training.modules import records
from training.modules.forms import JournalForm
from training.modules.learning import Learning
from training.modules.models import JournalEntry
from training.modules.stages import Stage

ENTRY_CHANGED = _l(
    "This entry was changed in another tab or on another device. Nothing is lost: both texts stand "
    "below, the saved one first. Keep what you need, and save."
)
ENTRY_REMOVED = _l(
    "This entry was removed in another tab or on another device. What you wrote here stands below: "
    "save it if you wish to keep it."
)
ENTRY_NOT_REMOVED = _l(
    "This entry was changed in another tab or on another device. Nothing was removed: it stands "
    "below as it is now."
)


def reflect_page(
    learning: Learning, form: JournalForm | None = None, *, notice: object = ""
) -> tuple[str, int]:
    """The journal; with a notice, what came in between kept an act from being done."""
    entry = records.find_journal_entry(signed_in().id, learning.slug)
    form = form or _form_on(entry)
    page = render_template(
        "modules/reflect.html",
        module=learning.module,
        stage=learning.module.stage(Stage.REFLECT),
        form=form,
        entry=entry,
        prompt=learning.document.reflect.prompt,
        hints=learning.document.reflect.hints,
        notice=notice,
    )
    if notice:
        return page, 409
    return page, 422 if form.errors else 200


def _form_on(entry: JournalEntry | None) -> JournalForm:
    """A form with what is stored, whatever was sent."""
    form = JournalForm(formdata=None, obj=entry)
    form.before.data = form.text.data
    return form


def both_texts(learning: Learning, form: JournalForm) -> tuple[str, int]:
    """What another tab saved and what was sent, one below the other, to be saved again."""
    entry = records.find_journal_entry(signed_in().id, learning.slug)
    form.before.data = entry.text if entry else ""
    if entry is None:
        return reflect_page(learning, form, notice=ENTRY_REMOVED)
    form.text.data = f"{entry.text}\n\n{form.text.data}"
    # Whoever took it back from their trainers in one tab does not share it again by the other.
    form.is_shared.data = form.is_shared.data and entry.is_shared
    return reflect_page(learning, form, notice=ENTRY_CHANGED)
