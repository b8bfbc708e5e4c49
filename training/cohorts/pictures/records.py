"""What the pictures of a cohort are drawn from: its raters page by page, stages, differences."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Collection

from sqlalchemy import Select, case, func, select

from training.calibration.feedback import Kind, kind_of
from training.calibration.models import ItemRating, Purpose, RatingSession, SessionAgreement
from training.calibration.ratings import Rating
from training.cohorts.models import CohortMember
from training.cohorts.pictures.item_bias import Rated
from training.cohorts.pictures.stage_matrix import ModuleTotal
from training.cohorts.rater_records import Rater, raters_in
from training.cohorts.records import members
from training.database import db
from training.exercises.rules import Pair, pairs_of
from training.keys.sights import IS_BLIND_PRACTICE
from training.library import records as library
from training.library.models import Document
from training.library.schema import Pool
from training.modules.models import StageCompletion
from training.modules.stages import STAGES
from training.paging import Paging

ERRORS_LOOKED_AT = 1000
"""The latest ratings that say which kind of error is frequent: enough, and always as many."""


def raters_on(cohort_id: uuid.UUID, paging: Paging) -> list[Rater]:
    """The raters on one page of a cohort, in the order in which they joined."""
    rows = db.session.execute(raters_in(cohort_id).offset(paging.offset).limit(paging.size))
    return [Rater(*row) for row in rows]


def stages_done_by(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, dict[str, int]]:
    """How many stages these people have done, by person and slug of the module."""
    rows = db.session.execute(
        select(StageCompletion.person_id, StageCompletion.module_slug, func.count())
        .where(StageCompletion.person_id.in_(ids))
        .group_by(StageCompletion.person_id, StageCompletion.module_slug)
    )
    done: defaultdict[uuid.UUID, dict[str, int]] = defaultdict(dict)
    for person_id, slug, stages in rows:
        done[person_id][slug] = stages
    return dict(done)


def module_totals(cohort_id: uuid.UUID) -> dict[str, ModuleTotal]:
    """Over everybody in a cohort: by module how many have done it, and how many are in it."""
    each = (
        select(StageCompletion.module_slug, func.count().label("stages"))
        .where(StageCompletion.person_id.in_(_members(cohort_id)))
        .group_by(StageCompletion.person_id, StageCompletion.module_slug)
        .subquery()
    )
    is_done = case((each.c.stages >= len(STAGES), 1), else_=0)
    rows = db.session.execute(
        select(each.c.module_slug, func.sum(is_done), func.count()).group_by(each.c.module_slug)
    )
    return {slug: ModuleTotal(int(done), begun - int(done)) for slug, done, begun in rows}


def instruments_practised(cohort_id: uuid.UUID) -> list[str]:
    """The slugs of the instruments on which anybody in a cohort has submitted practice."""
    rows = db.session.scalars(
        select(Document.slug)
        .join(RatingSession, RatingSession.instrument_document_id == Document.id)
        .join(SessionAgreement, SessionAgreement.session_id == RatingSession.id)
        .where(
            SessionAgreement.person_id.in_(_members(cohort_id)),
            RatingSession.purpose == Purpose.PRACTICE,
        )
        .distinct()
    )
    return sorted(rows)


def differences_in(cohort_id: uuid.UUID, instrument: str) -> list[Rated]:
    """Every first practice rating of a cohort on one instrument, as it differs from its key."""
    rows = db.session.execute(
        select(SessionAgreement.person_id, SessionAgreement.differences)
        .join(RatingSession, RatingSession.id == SessionAgreement.session_id)
        .join(Document, Document.id == RatingSession.instrument_document_id)
        .where(
            SessionAgreement.person_id.in_(_members(cohort_id)),
            IS_BLIND_PRACTICE,
            Document.slug == instrument,
        )
    )
    return [
        Rated(person_id, {int(item): points for item, points in differences.items()})
        for person_id, differences in rows
    ]


def kinds_of_errors(
    cohort_id: uuid.UUID, instrument: str, items: Collection[int]
) -> dict[int, Counter[Kind]]:
    """How often each kind of error was made on these items, over a cohort's latest ratings."""
    rows = db.session.execute(
        select(
            RatingSession.key_document_id,
            ItemRating.item_number,
            ItemRating.score,
            ItemRating.is_not_rateable,
            ItemRating.evidence,
        )
        .join(RatingSession, RatingSession.id == ItemRating.session_id)
        .join(SessionAgreement, SessionAgreement.session_id == RatingSession.id)
        .join(Document, Document.id == RatingSession.instrument_document_id)
        .where(
            SessionAgreement.person_id.in_(_members(cohort_id)),
            IS_BLIND_PRACTICE,
            Document.slug == instrument,
            ItemRating.item_number.in_(items),
        )
        .order_by(RatingSession.submitted_at.desc(), RatingSession.id)
        .limit(ERRORS_LOOKED_AT)
    )
    kinds: dict[int, Counter[Kind]] = {item: Counter() for item in items}
    for key_id, item, score, is_not_rateable, evidence in rows:
        consensus = library.key_version(key_id).document.items[item]
        kinds[item][kind_of(Rating(score, is_not_rateable, "", tuple(evidence)), consensus)] += 1
    return kinds


def published_pairs(instrument: str) -> list[Pair]:
    """The contrast pairs on an instrument, by item; nobody's answers are in them."""
    exercises = {version.slug: version.document for version in library.vignettes(Pool.EXERCISE)}
    return [pair for pair in pairs_of(exercises, {}) if pair.instrument == instrument]


def _members(cohort_id: uuid.UUID) -> Select[uuid.UUID]:
    return members(cohort_id).with_only_columns(CohortMember.person_id).order_by(None)
