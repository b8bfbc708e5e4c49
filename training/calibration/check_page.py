"""The page on which a rating is looked over before it is submitted."""

from __future__ import annotations

from dataclasses import dataclass

from flask import render_template, url_for

from training.calibration import records, wording
from training.calibration.models import Purpose, RatingSession
from training.calibration.note_records import notes_of
from training.calibration.pages import Pointer, home_of
from training.calibration.ratings import (
    Lack,
    LackKind,
    Rating,
    RatingFrame,
    is_hurried,
    lacks_of,
    patterns_in,
)
from training.clock import now
from training.languages import gettext as _
from training.library.reading_words import reading_words
from training.library.schema import Item, Vignette


@dataclass(frozen=True, slots=True)
class CheckedItem:
    """One item on the check page."""

    item: Item
    rating: Rating


def check_page(
    session: RatingSession, *, has_changed: bool = False, was_refused: bool = False
) -> str:
    """Everything that is stored, what is missing, and what deserves a second look."""
    documents = records.documents_of(session)
    ratings = records.ratings_of(session)
    frame = documents.frame
    lacks = lacks_of(ratings, frame)
    return render_template(
        "calibration/check.html",
        session=session,
        home=home_of(session),
        vignette=documents.vignette.document,
        instrument=documents.instrument.document,
        items=[
            CheckedItem(documents.instrument.document.item(number), rating)
            for number, rating in ratings.items()
        ],
        lacks=[_lack_pointer(session, lack, frame) for lack in lacks],
        patterns=_second_looks(session, is_complete=not lacks),
        notes=notes_of(session.id),
        what_follows=_what_follows(session),
        reasons_required=frame.reasons_required,
        has_changed=has_changed,
        was_refused=was_refused,
    )


def _second_looks(session: RatingSession, *, is_complete: bool) -> list[str]:
    """What a careful colleague would gently point at, and the pace of whoever is done."""
    documents = records.documents_of(session)
    vignette = documents.vignette.document
    patterns = patterns_in(records.ratings_of(session), documents.frame)
    texts = [wording.pattern_text(pattern) for pattern in patterns]
    seconds = (now() - (session.first_shown_at or session.opened_at)).total_seconds()
    if is_complete and is_hurried(vignette.words, seconds):
        texts.append(_pace_text(session, vignette))
    return texts


def _pace_text(session: RatingSession, vignette: Vignette) -> str:
    """In an assessment nobody can know the text already."""
    if session.purpose not in (Purpose.CERTIFICATION, Purpose.RECHECK):
        return reading_words(vignette).was_quick
    if vignette.is_dossier:
        return _(
            "You have had this dossier for less time than reading it takes. Read it once more in "
            "peace before you submit."
        )
    return _(
        "You have had this transcript for less time than reading it takes. Read it once more in "
        "peace before you submit."
    )


def _lack_pointer(session: RatingSession, lack: Lack, frame: RatingFrame) -> Pointer:
    part = "note" if lack.kind is LackKind.NOT_EXPLAINED else "item"
    anchor = f"{part}-{lack.item or frame.items[0]}"
    address = url_for("calibration.workspace", session_id=session.id, _anchor=anchor)
    return Pointer(wording.lack_text(lack, frame), anchor, address)


def _what_follows(session: RatingSession) -> str:
    if session.purpose in (Purpose.PRACTICE, Purpose.APPLY):
        return _("Then you see the consensus beside it, with the reasons.")
    if session.purpose is Purpose.PANEL:
        return _("Nobody sees it until round one is closed. Then the panel does.")
    return _("The key stays closed, also afterwards.")
