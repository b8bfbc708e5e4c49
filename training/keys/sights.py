"""Who has seen which key: whoever has cannot rate that vignette independently any more."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import and_, bindparam, exists, or_, select, union
from sqlalchemy.exc import IntegrityError

from training.audit import trail
from training.calibration.history import FIRST
from training.calibration.models import Purpose, RatingSession
from training.database import db, read_rows, write_transaction
from training.keys.models import KeySight, Occasion

# That a rating was submitted by somebody who had been shown its key elsewhere, or is under way and
# they have been by now. Who repeats a vignette knows it from practice: that its number tells.
KNEW_KEY = exists().where(
    KeySight.person_id == RatingSession.person_id,
    KeySight.vignette_slug == RatingSession.vignette_slug,
    or_(RatingSession.submitted_at.is_(None), KeySight.seen_at <= RatingSession.submitted_at),
)
# What figures of practice are taken of, `PastRating.counts` as the database is asked for it.
IS_BLIND_PRACTICE = and_(
    RatingSession.purpose == Purpose.PRACTICE, RatingSession.number == FIRST, ~KNEW_KEY
)


def keys_seen(person_id: uuid.UUID) -> frozenset[str]:
    """The vignettes whose key this person has seen, in practice or otherwise."""
    practised = select(RatingSession.vignette_slug).where(
        RatingSession.person_id == person_id,
        RatingSession.purpose == Purpose.PRACTICE,
        RatingSession.submitted_at.is_not(None),
    )
    otherwise = select(KeySight.vignette_slug).where(KeySight.person_id == person_id)
    return frozenset(db.session.scalars(union(practised, otherwise)))


def keys_shown(person_id: uuid.UUID) -> dict[str, datetime]:
    """When this person was shown which key other than by practising, by the vignette."""
    rows = db.session.execute(
        select(KeySight.vignette_slug, KeySight.seen_at).filter_by(person_id=person_id)
    )
    return dict(rows.all())


def people_who_saw(vignette_slugs: Collection[str]) -> dict[str, frozenset[uuid.UUID]]:
    """For each of these vignettes the people who have seen its key."""
    practised = select(RatingSession.vignette_slug, RatingSession.person_id).where(
        RatingSession.vignette_slug.in_(vignette_slugs),
        RatingSession.purpose == Purpose.PRACTICE,
        RatingSession.submitted_at.is_not(None),
    )
    otherwise = select(KeySight.vignette_slug, KeySight.person_id).where(
        KeySight.vignette_slug.in_(vignette_slugs)
    )
    seen: dict[str, set[uuid.UUID]] = {slug: set() for slug in vignette_slugs}
    for slug, person_id in db.session.execute(union(practised, otherwise)):
        seen[slug].add(person_id)
    return {slug: frozenset(people) for slug, people in seen.items()}


# Put together once: every page of feedback asks it.
_KNEW_KEY_OF_SESSION = select(KNEW_KEY).where(RatingSession.id == bindparam("session"))


def knew_key(session: RatingSession) -> bool:
    """Whether a rater had been shown the key when they submitted this, or has been while it is a
    draft; by practising the vignette before does not count here."""
    return bool(read_rows(_KNEW_KEY_OF_SESSION, session=session.id).scalar())


def note_keys_seen(
    person_id: uuid.UUID, vignette_slugs: Collection[str], occasion: Occasion
) -> None:
    """Keep that a person sees these keys now; a key they know already is left alone.

    Call it before the page is made: what cannot be noted is not shown. Joins an outer act.
    """
    note_keys_seen_by([person_id], vignette_slugs, occasion)


def note_keys_seen_by(
    people: Collection[uuid.UUID], vignette_slugs: Collection[str], occasion: Occasion
) -> None:
    """Keep that several people see these keys now, as `note_keys_seen` does for one."""
    # In one order for everybody: two panels with the same people may close at the same moment,
    # and each sight waits for the same sight of the other.
    for person_id in sorted(set(people)):
        unseen = set(vignette_slugs) - keys_seen(person_id)
        if not unseen:
            continue  # mostly so, and then a page need not wait for its turn to write
        with write_transaction():
            for slug in sorted(unseen):
                _note(person_id, slug, occasion)


def _note(person_id: uuid.UUID, slug: str, occasion: Occasion) -> None:
    if _add(KeySight(person_id=person_id, vignette_slug=slug, occasion=occasion)):
        trail.note(
            trail.Act.KEY_SEEN, f"key of {slug}", person_id=person_id, occasion=occasion.value
        )


def _add(sight: KeySight) -> bool:
    """Whether it is new: two pages that are opened at once note one sight."""
    try:
        with db.session.begin_nested():
            db.session.add(sight)
    except IntegrityError:
        return False
    return True
