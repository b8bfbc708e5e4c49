"""What a trainer looks at: progress, items, readiness, and one practice vignette of a rater."""

from __future__ import annotations

import uuid

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from training.access import role_required, signed_in, signed_in_person
from training.accounts.models import Role
from training.calibration.models import RatingSession
from training.cohorts import records
from training.cohorts.models import Cohort
from training.cohorts.pictures import pages as picture_pages
from training.cohorts.pictures.practised_records import barrier_before, find_practised
from training.cohorts.pictures.wording import BARRIERS, UNRATED
from training.cohorts.rater_records import Rater
from training.cohorts.records import LedCohort
from training.cohorts.views import own_cohort, own_rater
from training.keys.models import Occasion
from training.keys.reader_records import KeptKeyError, choose_to_see
from training.keys.readers import Barrier
from training.tracks.records import tracks_for

cohort_pictures = Blueprint("cohort_pictures", __name__)

Page = str | Response | tuple[str, int]


def own_counted_cohort(cohort_id: uuid.UUID) -> LedCohort:
    """A cohort this trainer leads with the number of its raters, or 404."""
    return records.find_counted_cohort(cohort_id, signed_in().id) or abort(404)


@cohort_pictures.get("/cohorts/<uuid:cohort_id>/progress")
@role_required(Role.TRAINER)
def progress(cohort_id: uuid.UUID) -> str:
    led = own_counted_cohort(cohort_id)
    return picture_pages.progress_page(led, tracks_for(led.cohort.track), request.args.get("page"))


@cohort_pictures.get("/cohorts/<uuid:cohort_id>/items")
@role_required(Role.TRAINER)
def items(cohort_id: uuid.UUID) -> str:
    led = own_counted_cohort(cohort_id)
    return picture_pages.items_page(
        led,
        tracks_for(led.cohort.track),
        asked=request.args.get("instrument"),
        asked_page=request.args.get("page"),
        details=request.args.get("show") == "intervals",
    )


@cohort_pictures.get("/cohorts/<uuid:cohort_id>/readiness")
@role_required(Role.TRAINER)
def readiness(cohort_id: uuid.UUID) -> str:
    led = own_counted_cohort(cohort_id)
    return picture_pages.readiness_page(led, tracks_for(led.cohort.track), request.args.get("page"))


@cohort_pictures.get("/cohorts/<uuid:cohort_id>/raters/<uuid:person_id>/practice/<uuid:session_id>")
@role_required(Role.TRAINER)
def practised(cohort_id: uuid.UUID, person_id: uuid.UUID, session_id: uuid.UUID) -> Page:
    """A rater's first rating beside the key, which the trainer has seen from then on."""
    led = own_cohort(cohort_id)
    rater = own_rater(led, person_id)
    session = find_practised(rater.id, session_id) or abort(404)
    barrier = barrier_before(session.vignette_slug, signed_in_person())
    if barrier is None:
        try:
            choose_to_see(signed_in_person(), session.vignette_slug, Occasion.COHORT)
        except KeptKeyError:  # seated on a panel this very moment
            barrier = Barrier.PANEL
    if barrier is not None:
        return _barred(led, rater, session, barrier)
    return picture_pages.practised_page(led, rater, session)


@cohort_pictures.post(
    "/cohorts/<uuid:cohort_id>/raters/<uuid:person_id>/practice/<uuid:session_id>/opening"
)
@role_required(Role.TRAINER)
def open_key(cohort_id: uuid.UUID, person_id: uuid.UUID, session_id: uuid.UUID) -> Page:
    """Who is an expert, too, chooses to see a key that they might have been asked for."""
    led = own_cohort(cohort_id)
    rater = own_rater(led, person_id)
    session = find_practised(rater.id, session_id) or abort(404)
    barrier = barrier_before(session.vignette_slug, signed_in_person())
    if barrier is not None and not _may_choose(barrier):
        return _barred(led, rater, session, barrier)
    try:
        choose_to_see(signed_in_person(), session.vignette_slug, Occasion.COHORT)
    except KeptKeyError:
        return _barred(led, rater, session, Barrier.PANEL)
    return redirect(_practised_address(led, rater, session, "practised"))


def _barred(led: Cohort, rater: Rater, session: RatingSession, barrier: Barrier) -> Page:
    may_choose = _may_choose(barrier)
    page = render_template(
        "cohorts/practised_barred.html",
        cohort=led,
        rater=rater,
        reason=BARRIERS[barrier] if may_choose or barrier is not Barrier.UNSEEN else UNRATED,
        opening=_practised_address(led, rater, session, "open_key") if may_choose else None,
    )
    return page, 403


def _may_choose(barrier: Barrier) -> bool:
    """Whether the trainer may see the key all the same. Who is a rater, too, rates it first."""
    return barrier is Barrier.UNSEEN and not signed_in().has_role(Role.RATER)


def _practised_address(led: Cohort, rater: Rater, session: RatingSession, view: str) -> str:
    return url_for(
        f"cohort_pictures.{view}", cohort_id=led.id, person_id=rater.id, session_id=session.id
    )
