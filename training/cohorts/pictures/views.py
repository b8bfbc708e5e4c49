"""What a trainer looks at: progress, items, readiness, and one practice vignette of a rater."""

from __future__ import annotations

import uuid

from flask import Blueprint, abort, render_template, request

from training.access import role_required, signed_in_person
from training.accounts.models import Role
from training.cohorts import records
from training.cohorts.pictures import pages as picture_pages
from training.cohorts.pictures.practised_records import barrier_before, find_practised
from training.cohorts.pictures.wording import BARRIERS
from training.cohorts.records import LedCohort
from training.cohorts.views import own_cohort, own_rater
from training.tracks.records import tracks_for

cohort_pictures = Blueprint("cohort_pictures", __name__)


def own_counted_cohort(cohort_id: uuid.UUID) -> LedCohort:
    """A cohort this trainer leads with the number of its raters, or 404."""
    return records.find_counted_cohort(cohort_id, signed_in_person().id) or abort(404)


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
def practised(
    cohort_id: uuid.UUID, person_id: uuid.UUID, session_id: uuid.UUID
) -> str | tuple[str, int]:
    led = own_cohort(cohort_id)
    rater = own_rater(led, person_id)
    session = find_practised(rater.id, session_id) or abort(404)
    barrier = barrier_before(session.vignette_slug, signed_in_person())
    if barrier is not None:
        page = render_template(
            "cohorts/practised_barred.html", cohort=led, rater=rater, reason=BARRIERS[barrier]
        )
        return page, 403
    return picture_pages.practised_page(led, rater, session)
