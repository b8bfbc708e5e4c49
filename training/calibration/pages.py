"""The pages of one rating session, filled with what may be shown of it and nothing more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import render_template, url_for

from training.calibration import records, wording
from training.calibration.forms import ItemFields, fields_of
from training.calibration.models import Purpose, RatingSession
from training.calibration.note_records import notes_of
from training.calibration.ratings import (
    RatingFault,
    RatingFrame,
    SubmittedRatings,
    number_given,
    read_turns,
)
from training.calibration.records import SaveOutcome, SaveState
from training.clock import now
from training.keys.sights import knew_key
from training.languages import gettext as _
from training.library import records as library
from training.library.item_help import item_help_address
from training.library.schema import Item, Vignette


@dataclass(frozen=True, slots=True)
class Home:
    """The page a rating session belongs to: the way back."""

    label: str
    address: str


@dataclass(frozen=True, slots=True)
class WorkspaceItem:
    """One item card: what the instrument says, and what stands in its fields."""

    item: Item
    fields: ItemFields
    evidence_error: str

    @property
    def is_given(self) -> bool:
        return bool(self.fields.rating)


@dataclass(frozen=True, slots=True)
class Pointer:
    """A sentence that leads to the field it speaks of."""

    text: str
    anchor: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class DifferingItem:
    """One item of which there are two versions."""

    number: int
    name: str
    mine: ItemFields
    stored: ItemFields


def home_of(session: RatingSession) -> Home:
    """Where a session was opened from."""
    if session.purpose is Purpose.APPLY:
        return _module_home(session)
    if session.purpose is Purpose.CERTIFICATION:
        address = url_for("certification.attempt", attempt_id=session.attempt_id)
        return Home(_("Certification"), address)
    if session.purpose is Purpose.RECHECK:
        return Home(_("Certification"), url_for("certification.overview"))
    if session.purpose is Purpose.PANEL:
        return Home(_("Panels"), url_for("panels.overview"))
    return Home(_("Practice"), url_for("calibration.practice"))


def _module_home(session: RatingSession) -> Home:
    for version in library.modules():
        if session.vignette_slug in version.document.excerpts:
            address = url_for("modules.stage", slug=version.slug, stage="apply")
            return Home(version.document.title, address)
    return Home(_("Modules"), url_for("modules.overview"))  # the excerpt was taken out since


def result_address(session: RatingSession) -> str:
    """Where a submitted session leads: to its feedback where there is any, else back."""
    if session.purpose in (Purpose.PRACTICE, Purpose.APPLY):
        return url_for("calibration.feedback", session_id=session.id)
    return home_of(session).address


def workspace_page(
    session: RatingSession,
    fields: Mapping[int, ItemFields],
    *,
    faults: Sequence[RatingFault] = (),
    revision: int | None = None,
) -> str:
    """The workspace with these fields; with faults, as they were typed and from their revision."""
    documents = records.documents_of(session)
    vignette, instrument = documents.vignette.document, documents.instrument.document
    pointers = [_fault_pointer(fault, documents.frame) for fault in faults]
    evidence_errors = {
        fault.item: pointer.text
        for fault, pointer in reversed(list(zip(faults, pointers, strict=True)))
        if fault.field == "evidence"
    }
    items = [
        WorkspaceItem(instrument.item(number), typed, evidence_errors.get(number, ""))
        for number, typed in fields.items()
    ]
    return render_template(
        "calibration/workspace.html",
        session=session,
        revision=session.revision if revision is None else revision,
        home=home_of(session),
        about=_about(session),
        vignette=vignette,
        instrument=instrument,
        help_address=item_help_address(documents.instrument.id),
        items=items,
        given=sum(entry.is_given for entry in items),
        marked=_marked_turns(fields),
        notes=notes_of(session.id),
        faults=pointers,
        reasons_required=documents.frame.reasons_required,
    )


def _about(session: RatingSession) -> str:
    """What becomes of the rating, in a line above it."""
    if session.purpose is Purpose.PRACTICE and session.number > 1:
        return _("Repeat: you have seen the key of this one. Your first answers are what counts.")
    if session.purpose is Purpose.PRACTICE and knew_key(session):
        return _("Practice. You have been shown the key of this one: it counts in no figure.")
    texts = {
        Purpose.PRACTICE: _("Practice. After submitting you see the consensus, item by item."),
        Purpose.APPLY: _("An excerpt, rated on the items of this module, with feedback at once."),
        Purpose.CERTIFICATION: _("Certification. You may stop and go on later until you submit."),
        Purpose.RECHECK: _("A recheck. You may stop and go on later until you submit."),
        Purpose.PANEL: _(
            "Your independent rating for a panel. Nobody sees it before round one is closed."
        ),
    }
    return str(texts[session.purpose])


def _fault_pointer(fault: RatingFault, frame: RatingFrame) -> Pointer:
    field = f"{fault.field}-{fault.item}" if fault.field in ("reason", "evidence", "note") else ""
    anchor = field or (f"item-{fault.item}" if fault.item in frame.items else "rating-form")
    return Pointer(wording.fault_text(fault, frame), anchor)


def _marked_turns(fields: Mapping[int, ItemFields]) -> dict[int, list[str]]:
    """For each turn the items it is evidence for; fields that cannot be read mark nothing."""
    marked: dict[int, list[str]] = {}
    for number, typed in fields.items():
        try:
            turns = read_turns(typed.evidence)
        except ValueError:
            continue
        for turn in turns:
            marked.setdefault(turn, []).append(_("item %(item)s", item=number))
    return marked


def conflict_page(session: RatingSession, mine: SubmittedRatings, outcome: SaveOutcome) -> str:
    """Both versions of a rating, to choose from."""
    documents = records.documents_of(session)
    mine_fields, stored_fields = fields_of(mine), fields_of(outcome.stored)
    differing = [
        DifferingItem(
            number,
            documents.instrument.document.item(number).short_name,
            mine_fields[number],
            stored_fields[number],
        )
        for number in documents.frame.items
        if mine_fields[number] != stored_fields[number]
    ]
    return render_template(
        "calibration/conflict.html",
        session=session,
        home=home_of(session),
        vignette=documents.vignette.document,
        revision=outcome.revision,
        saved_at=outcome.saved_at,
        mine=mine_fields,
        differing=differing,
        reasons_required=documents.frame.reasons_required,
        same=len(mine_fields) - len(differing),
    )


def held_back_page(vignette: Vignette) -> str:
    """That a vignette is not practised while a panel makes its key, and why."""
    return render_template("calibration/held_back.html", vignette=vignette)


def closed_page(session: RatingSession, sent: Mapping[int, ItemFields]) -> str:
    """Why no rating is taken any more, what follows from it, and what was sent too late."""
    documents = records.documents_of(session)
    return render_template(
        "calibration/closed.html",
        session=session,
        home=home_of(session),
        vignette=documents.vignette.document,
        instrument=documents.instrument.document,
        sent={number: fields for number, fields in sent.items() if fields != ItemFields()},
        result_address=result_address(session),
        is_over=session.is_closed(now()),
        is_panel=session.purpose is Purpose.PANEL,
        reasons_required=documents.frame.reasons_required,
    )


def draft_answer(outcome: SaveOutcome, mine: SubmittedRatings) -> dict[str, object]:
    """What a script is told about a save; a stale one gets both versions."""
    answer: dict[str, object] = {
        "state": outcome.state.value,
        "revision": outcome.revision,
        "saved_at": outcome.saved_at.isoformat() if outcome.saved_at else None,
    }
    if outcome.state is SaveState.SAVED:
        answer |= {"given": number_given(outcome.stored), "items": len(outcome.stored)}
    if outcome.state is SaveState.STALE:
        answer |= {"stored": _as_json(outcome.stored), "yours": _as_json(mine)}
    return answer


def _as_json(ratings: SubmittedRatings) -> dict[str, dict[str, object]]:
    return {str(number): rating.as_dict() for number, rating in ratings.items()}
