"""How trainers guide raters: due dates, comments, reminders; and where a rater reads comments."""

from __future__ import annotations

import uuid

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from training.access import role_required, signed_in, signed_in_person
from training.accounts.models import Role
from training.clock import now
from training.cohorts.guidance import comment_records, due_date_records, reminder_records
from training.cohorts.guidance.due_date_wording import module_titles, task_text
from training.cohorts.guidance.forms import CommentForm, DueDateForm, ReminderForm
from training.cohorts.rater_records import find_rater
from training.cohorts.views import CLOSED, not_sent, own_cohort
from training.forms import form_page
from training.languages import gettext as _
from training.languages import lazy_gettext as _l
from training.languages import ngettext
from training.mail.post import in_outbox
from training.modules.records import course_on
from training.tracks.records import tracks_for

RATER_GONE = _l("Whoever it is for is not in this cohort any more.")

guidance = Blueprint("guidance", __name__)

Page = str | Response | tuple[str, int]


@guidance.route("/cohorts/<uuid:cohort_id>/due-dates", methods=["GET", "POST"])
@role_required(Role.TRAINER)
def due_dates(cohort_id: uuid.UUID) -> Page:
    led = own_cohort(cohort_id)
    if request.method == "POST" and led.closed_at is not None:
        return not_sent(led, CLOSED, None)
    tracks = tracks_for(led.track)
    form = DueDateForm().offer(course_on(tracks))
    if form.validate_on_submit():
        due_date_records.set_due_date(led, form.chosen, form.day.data, by=signed_in_person())
        flash(_("The due date is set. Your raters see it at home and in their dates."), "success")
        return redirect(url_for("guidance.due_dates", cohort_id=led.id))
    return form_page(
        "cohorts/due_dates.html",
        cohort=led,
        form=form,
        lines=due_date_records.due_lines(led, tracks),
        at=now(),
        titles=module_titles(),
        task_text=task_text,
    )


@guidance.post("/cohorts/<uuid:cohort_id>/due-dates/<uuid:due_id>/removal")
@role_required(Role.TRAINER)
def remove_due_date(cohort_id: uuid.UUID, due_id: uuid.UUID) -> Page:
    led = own_cohort(cohort_id)
    due_date_records.remove_due_date(led, due_id, by=signed_in_person())
    flash(_("The due date is removed."), "success")
    return redirect(url_for("guidance.due_dates", cohort_id=led.id))


@guidance.route("/cohorts/<uuid:cohort_id>/reminders", methods=["GET", "POST"])
@role_required(Role.TRAINER)
def reminders(cohort_id: uuid.UUID) -> Page:
    led, form, reach = own_cohort(cohort_id), ReminderForm(), None
    if request.method == "POST" and led.closed_at is not None:
        return not_sent(led, CLOSED, form.message.data)
    if form.validate_on_submit():
        if "send" in request.form:
            letters = reminder_records.remind(
                led, form.chosen, form.message.data or "", by=signed_in_person()
            )
            _tell_sent(len(letters), kept=in_outbox(letters))
            return redirect(url_for("guidance.reminders", cohort_id=led.id))
        reach = reminder_records.reach_of(led, form.chosen, at=now())
    return form_page(
        "cohorts/reminders.html",
        cohort=led,
        form=form,
        reach=reach,
        rest_days=reminder_records.REST.days,
        titles=module_titles(),
        task_text=task_text,
    )


def _tell_sent(letters: int, *, kept: int) -> None:
    if not letters:
        flash(
            _("Nobody else was reminded: nobody it is for has gone without a reminder for long."),
            "info",
        )
        return
    flash(
        ngettext("%(num)d rater is reminded.", "%(num)d raters are reminded.", letters), "success"
    )
    if kept:
        flash(
            ngettext(
                "%(num)d letter was not sent. An administrator finds it in the outbox.",
                "%(num)d letters were not sent. An administrator finds them in the outbox.",
                kept,
            ),
            "warning",
        )


@guidance.route(
    "/cohorts/<uuid:cohort_id>/raters/<uuid:person_id>/comments", methods=["GET", "POST"]
)
@role_required(Role.TRAINER)
def rater_comments(cohort_id: uuid.UUID, person_id: uuid.UUID) -> Page:
    """`?about=` with the id of a rating chooses what the comment is about."""
    led, form = own_cohort(cohort_id), CommentForm(about=request.args.get("about"))
    rater = find_rater(led.id, person_id)
    if rater is None and request.method == "POST":
        return not_sent(led, RATER_GONE, form.text.data)
    if rater is None:
        abort(404)
    form.offer(comment_records.occasions(rater.id))
    if form.validate_on_submit():
        comment_records.write_comment(
            led,
            rater.id,
            form.text.data,
            session_id=form.chosen,
            by=signed_in_person(),
            comment_id=form.chosen_id,
        )
        flash(_("%(name)s can read your comment now.", name=rater.name), "success")
        return redirect(url_for("guidance.rater_comments", cohort_id=led.id, person_id=rater.id))
    return form_page(
        "cohorts/rater_comments.html",
        cohort=led,
        rater=rater,
        form=form,
        comments=comment_records.comments_in(led.id, rater.id),
    )


@guidance.get("/comments")
def own_comments() -> str:
    comments = comment_records.comments_to(signed_in().id)
    return render_template("cohorts/own_comments.html", comments=comments)


@guidance.post("/comments/reading")
def read_comments() -> Response:
    """Mark as read what was on the page: what came in since has not been read."""
    shown = request.form.getlist("comment", type=uuid.UUID)
    comment_records.mark_read(signed_in().id, shown)
    return redirect(url_for("guidance.own_comments"))
