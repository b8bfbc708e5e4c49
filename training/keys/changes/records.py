"""Putting a version of a key in use, and what certifiers decide about what rested on the old."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, bindparam, exists, func, select
from sqlalchemy.orm import defer, lazyload, selectinload

from training.accounts.models import Person
from training.audit import trail
from training.calibration.models import RatingSession
from training.calibration.records import vignettes_being_rated
from training.certification.models import Attempt, AttemptState, Decision
from training.database import db, write_transaction
from training.keys.changes.consequence_records import (
    Judged,
    OtherDecision,
    decisions_that_change,
    judged_by,
)
from training.keys.changes.differences import ChangedItem, changed_items
from training.keys.changes.replacements import key_replacements
from training.keys.models import KeyChange, KeyChangeCase
from training.library import records as library
from training.library.models import CurrentDocument, DocumentKind
from training.library.precedence import fits
from training.library.records import ReplacedKey, Version
from training.library.schema import Instrument, Key, Vignette
from training.panels.models import Panel, PanelVignette

CHANGES_LISTED = 50


class AlreadyInUseError(ValueError):
    """This version is the one in use; mostly somebody was quicker."""


class ReplacedMeanwhileError(ValueError):
    """Another version than the one compared with is in use by now."""


class DoesNotFitError(ValueError):
    """The vignette is worded otherwise than the panel rated it, or rated otherwise."""


@dataclass(frozen=True, slots=True)
class WaitingKey:
    """A ratified key that is not in use yet, and whether it still fits its vignette."""

    slug: str
    title: str
    document_id: uuid.UUID
    panel_title: str
    ratified_at: datetime
    fits: bool


@dataclass(frozen=True, slots=True)
class ListedChange:
    """A change of a key, how many cases it has, and how many of them are open."""

    change: KeyChange
    cases: int
    open_cases: int


@dataclass(frozen=True, slots=True)
class RevisionNote:
    """That the key of a rated vignette was revised since, for the page of its feedback.

    `items` are those with another consensus; `is_withheld` while the rater is rating the same
    vignette again, so that the new consensus is not shown before it is submitted.
    """

    revised_at: datetime
    items: tuple[ChangedItem, ...]
    is_withheld: bool


# Putting a key in use.


def put_in_use(
    slug: str,
    document_id: uuid.UUID,
    *,
    by: Person,
    reason: str,
    instead_of: uuid.UUID | None = None,
) -> KeyChange:
    """Let a stored version of a key take the place of the one in use.

    Nothing that was rated or decided changes: a case is opened for every decision that would end
    otherwise. `instead_of` is the version that the consequences were shown against. Raises
    AlreadyInUseError, ReplacedMeanwhileError, DoesNotFitError, and
    library.records.UnknownDocumentError where there is no such key.
    """
    new = library.key_version(document_id)
    _refuse(new, slug, library.get_key(slug).id, instead_of)
    judged = judged_by(key_replacements([new]), [slug])
    with write_transaction() as session:
        # Once in use, some version of a key always is.
        current = session.scalars(_keys_in_use([slug], is_shared=False)).one()
        old_id = current.document_id
        _refuse(new, slug, old_id, instead_of)
        current.document_id = document_id
        (change,) = record_changes(
            [ReplacedKey(slug, old_id, document_id)], by=by.id, reason=reason, judged=judged
        )
        return change


def _refuse(new: Version[Key], slug: str, in_use: uuid.UUID, instead_of: uuid.UUID | None) -> None:
    """Raise what stands against putting this version in the place of the one in use."""
    if new.slug != slug:
        raise library.UnknownDocumentError(f"no key {new.id} of {slug!r}")
    if in_use == new.id:
        raise AlreadyInUseError(slug)
    if instead_of not in (None, in_use):
        raise ReplacedMeanwhileError(slug)
    if not fits_in_use(new):
        raise DoesNotFitError(slug)


def record_changes(
    replaced: Sequence[ReplacedKey],
    *,
    by: uuid.UUID | None,
    reason: str,
    judged: Judged | None = None,
) -> list[KeyChange]:
    """Write down that keys were replaced, in the act that did so, with the cases that follow.

    A decision that rests on several of them is judged with all, and is one case. `judged` before
    the act need not be judged in it, unless other keys were changed since.
    """
    changes = [
        KeyChange(
            vignette_slug=one.slug,
            from_document_id=one.from_id,
            to_document_id=one.to_id,
            put_in_use_by_id=by,
            reason=reason,
        )
        for one in replaced
    ]
    db.session.add_all(changes)
    db.session.flush()
    judged = judged_by(key_replacements(), [one.slug for one in replaced], judged)
    cases = _add_cases(changes, filter(None, judged.others.values()))
    for change in changes:
        trail.note(
            trail.Act.KEY_PUT_IN_USE,
            f"key of {change.vignette_slug}",
            person_id=by,
            instead_of=str(change.from_document_id),
            version=str(change.to_document_id),
            cases=sum(case.key_change_id == change.id for case in cases),
        )
    return changes


def _add_cases(
    changes: Sequence[KeyChange], others: Iterable[OtherDecision]
) -> list[KeyChangeCase]:
    """A case for each decision, under the first of the changes that it rests on."""
    cases = []
    for other in others:
        change = next(change for change in changes if change.vignette_slug in other.texts)
        cases.append(
            KeyChangeCase(
                key_change_id=change.id,
                decision_id=other.decision.id,
                outcome_before=other.decision.outcome,
                outcome_after=other.after.outcome.value,
            )
        )
    db.session.add_all(cases)
    db.session.flush()
    return cases


def attempt_decided(session: RatingSession) -> None:
    """Open a case where an attempt that began before a change of keys was decided on just now.

    Called in the act of a submission. The decision was computed by the versions that were in use
    when the vignettes were opened. The keys in use are locked, so that a change under way either
    finds this decision or is found here.
    """
    attempt = db.session.get_one(Attempt, session.attempt_id)
    if attempt.state is not AttemptState.DECIDED:
        return
    decision = attempt.decisions[-1]
    slugs = {rated["vignette"] for rated in decision.evidence["sessions"]}
    db.session.scalars(_keys_in_use(slugs, is_shared=True)).all()
    others = list(decisions_that_change([decision], key_replacements()))
    if others:
        statement = select(KeyChange).where(KeyChange.vignette_slug.in_(others[0].texts))
        _add_cases(db.session.scalars(statement.order_by(*_LATEST_FIRST)).all(), others)


_LATEST_FIRST = (KeyChange.put_in_use_at.desc(), KeyChange.vignette_slug)


def _keys_in_use(slugs: Collection[str], *, is_shared: bool) -> Select[CurrentDocument]:
    """The keys in use, locked: by one who changes them, or by many who rely on them."""
    return (
        select(CurrentDocument)
        .where(CurrentDocument.kind == DocumentKind.KEY, CurrentDocument.slug.in_(slugs))
        .order_by(CurrentDocument.slug)
        # Joined with its document, a row that changed while its lock was awaited would be lost.
        .options(lazyload(CurrentDocument.document))
        .with_for_update(read=is_shared)
        .execution_options(populate_existing=True)
    )


def fits_in_use(key: Version[Key]) -> bool:
    """Whether a key is about its vignette as it is worded and rated now."""
    vignette = library.find_vignette(key.slug)
    if vignette is None:
        return False
    return _fits(key, vignette, library.get_instrument(vignette.document.instrument).document)


def _fits(key: Version[Key], vignette: Version[Vignette], instrument: Instrument) -> bool:
    items = vignette.document.rated_items(instrument.item_numbers)
    return fits(key.document, vignette.digest, items, instrument.scale.scores)


def was_rated_on_another_instrument(key: Version[Key]) -> bool:
    """Whether the panel rated with another version of the instrument than is in use now."""
    panel, in_use = key.document.panel, library.get_instrument(key.document.instrument)
    return panel is not None and panel.instrument_digest != in_use.digest


def note_export(key: Version[Key], *, by: uuid.UUID) -> None:
    """Write into the trail that somebody took what a key would change as a file."""
    with write_transaction():
        trail.note(
            trail.Act.DATA_EXPORTED,
            f"key of {key.slug}",
            person_id=by,
            what="consequences of a key",
            digest=key.digest,
        )


# Finding changes.


def waiting_keys() -> list[WaitingKey]:
    """Keys that panels ratified and that are not in use, latest first.

    But for those in whose place another one was put. One that had to go because its vignette was
    worded otherwise waits for the old wording.
    """
    was_replaced = exists().where(KeyChange.from_document_id == PanelVignette.key_document_id)
    is_in_use = exists().where(CurrentDocument.document_id == PanelVignette.key_document_id)
    rows = db.session.execute(
        select(PanelVignette, Panel.title)
        .join(Panel)
        .where(PanelVignette.ratified_at.is_not(None), ~was_replaced, ~is_in_use)
        .order_by(PanelVignette.ratified_at.desc())
    )
    found = rows.all()
    in_use = library.vignettes_of([vignette.vignette_slug for vignette, _ in found])
    instruments = {version.slug: version.document for version in library.instruments()}
    return [_waiting(vignette, title, in_use, instruments) for vignette, title in found]


def _waiting(
    vignette: PanelVignette,
    panel_title: str,
    in_use: Mapping[str, Version[Vignette]],
    instruments: Mapping[str, Instrument],
) -> WaitingKey:
    assert vignette.key_document_id is not None
    assert vignette.ratified_at is not None
    key = library.key_version(vignette.key_document_id)
    worded = in_use.get(vignette.vignette_slug)
    rated = library.vignette_version(vignette.vignette_document_id)
    return WaitingKey(
        vignette.vignette_slug,
        rated.document.title,
        vignette.key_document_id,
        panel_title,
        vignette.ratified_at,
        worded is not None and _fits(key, worded, instruments[key.document.instrument]),
    )


def find_key(slug: str, document_id: uuid.UUID) -> Version[Key] | None:
    """A stored version of a vignette's key, in use or not."""
    try:
        version = library.key_version(document_id)
    except library.UnknownDocumentError:
        return None
    return version if version.slug == slug else None


def vignette_titles(slugs: Collection[str]) -> dict[str, str]:
    """The titles of these vignettes as they are in use."""
    found = library.vignettes_of(slugs)
    return {slug: version.document.title for slug, version in found.items()}


def find_change(change_id: uuid.UUID) -> KeyChange | None:
    """A change with its cases, each with its decision, whose it is, and who decided on it."""
    return db.session.scalar(
        select(KeyChange)
        .filter_by(id=change_id)
        .options(
            selectinload(KeyChange.put_in_use_by),
            selectinload(KeyChange.cases).options(
                selectinload(KeyChangeCase.decided_by),
                selectinload(KeyChangeCase.decision).options(
                    defer(Decision.figures),
                    defer(Decision.evidence),
                    selectinload(Decision.attempt).selectinload(Attempt.person),
                ),
            ),
        )
        .execution_options(populate_existing=True)
    )


def items_changed_by(change: KeyChange) -> tuple[ChangedItem, ...]:
    """The items on which the two versions of a change differ."""
    old = library.key_version(change.from_document_id).document
    return changed_items(old, library.key_version(change.to_document_id).document)


def latest_changes(limit: int = CHANGES_LISTED) -> list[ListedChange]:
    """Changes with open cases, and the latest others; latest first."""
    cases = func.count(KeyChangeCase.id)
    still_open = func.count(KeyChangeCase.id).filter(KeyChangeCase.act.is_(None))
    rows = db.session.execute(
        select(KeyChange, cases, still_open)
        .outerjoin(KeyChangeCase)
        .group_by(KeyChange.id)
        .options(selectinload(KeyChange.put_in_use_by))
        .order_by((still_open > 0).desc(), *_LATEST_FIRST)
        .limit(limit)
    )
    return [ListedChange(change, number, open_) for change, number, open_ in rows]


def number_of_open_cases() -> int:
    """How many decisions wait for a certifier because a key was changed."""
    statement = select(func.count()).select_from(KeyChangeCase)
    return db.session.scalar(statement.where(KeyChangeCase.act.is_(None))) or 0


# Put together once: every page of feedback asks it.
_LATEST_CHANGE = (
    select(KeyChange)
    .where(KeyChange.vignette_slug == bindparam("vignette"))
    .order_by(*_LATEST_FIRST)
    .limit(1)
)


def revision_note(session: RatingSession) -> RevisionNote | None:
    """That the key of this submitted rating was revised since, where the consensus moved."""
    if not session.is_submitted or library.is_key_in_use(session.key_document_id):
        return None
    change = db.session.scalar(_LATEST_CHANGE, {"vignette": session.vignette_slug})
    replaced_by = key_replacements().by_id.get(session.key_document_id) if change else None
    if change is None or replaced_by is None:
        return None
    rated = library.key_version(session.key_document_id).document
    changed = changed_items(rated, replaced_by.document)
    items = tuple(item for item in changed if item.is_rated_otherwise)
    if not items:
        return None
    is_rated_again = session.vignette_slug in vignettes_being_rated(session.person_id)
    return RevisionNote(change.put_in_use_at, items, is_withheld=is_rated_again)
