"""Attempts under way as certifiers see them, and the closing dates they give."""

from __future__ import annotations

import uuid

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from training.access import role_required, signed_in, signed_in_person
from training.accounts.models import Role
from training.certification.attempts import closing_dates
from training.certification.attempts.closing_dates import ClosingDayError, NotUnderWayError
from training.certification.dossiers.dossier import standard_titles
from training.certification.forms import ClosingDateForm
from training.certification.models import Attempt
from training.certification.reviews.duties import ConflictError
from training.clock import now
from training.forms import form_page
from training.languages import gettext as _

closing = Blueprint("closing", __name__)

Page = str | Response | tuple[str, int]


def attempt_or_refuse(attempt_id: uuid.UUID) -> Attempt:
    """The attempt, 404 where there is none, 403 for whoever trained the rater or is the rater."""
    attempt = closing_dates.find_attempt(attempt_id) or abort(404)
    if closing_dates.conflict_with(signed_in().id, attempt) is not None:
        abort(403)
    return attempt


@closing.get("/certifying/attempts")
@role_required(Role.CERTIFIER)
def under_way() -> Page:
    return render_template(
        "certification/under_way.html",
        rows=closing_dates.attempts_under_way(signed_in().id, at=now()),
        standard_titles=standard_titles(),
    )


@closing.route("/certifying/attempts/<uuid:attempt_id>/closing-date", methods=["GET", "POST"])
@role_required(Role.CERTIFIER)
def closing_date(attempt_id: uuid.UUID) -> Page:
    attempt = attempt_or_refuse(attempt_id)
    if not attempt.is_under_way(now()):
        return _not_under_way()
    form = ClosingDateForm()
    if form.validate_on_submit() and (answer := _set_closing_date(attempt, form)) is not None:
        return answer
    return form_page(
        "certification/closing_date.html",
        attempt=attempt,
        form=form,
        standard_title=standard_titles().get(attempt.standard_slug, attempt.standard_slug),
        today=now().date(),
    )


def _set_closing_date(attempt: Attempt, form: ClosingDateForm) -> Response | None:
    """None where the day has become none meanwhile; the form says so and keeps the reason."""
    try:
        closing_dates.set_closing_date(
            attempt.id, form.day.data, certifier=signed_in_person(), reason=form.reason.data
        )
    except ConflictError:
        abort(403)
    except NotUnderWayError:
        return _not_under_way()
    except ClosingDayError as error:  # midnight has passed since the form was checked
        form.day.refuse(error.fault)
        return None
    flash(_("The date is set, and %(name)s is told.", name=attempt.person.name), "success")
    return redirect(url_for("closing.under_way"))


def _not_under_way() -> Response:
    flash(_("This attempt is not under way any more. Its date stands as it was."), "warning")
    return redirect(url_for("closing.under_way"))
