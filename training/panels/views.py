"""Panels: what waits for an expert, opening a panel, seeing to it, closing round one."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from flask import Blueprint, abort, flash, redirect, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from training.access import signed_in, signed_in_person
from training.accounts.models import Person
from training.forms import form_page
from training.languages import gettext as _
from training.panels import assignment_records, pages, records, round_one
from training.panels.access import everybody_on_panels, overseers_only, visible_panel
from training.panels.forms import (
    CancellationForm,
    ClosingForm,
    DueDateForm,
    ExpertForm,
    NewPanelForm,
    WithdrawalForm,
    choices_of,
)
from training.panels.models import Panel, PanelSeat, PanelState
from training.panels.rules import (
    NotOpenedError,
    PanelAct,
    Refusal,
    RefusedError,
    may,
    short_of_ratings,
)
from training.panels.wording import refusal_text

panels = Blueprint("panels", __name__)

Page = str | Response | tuple[str, int]


def chaired_panel(panel_id: uuid.UUID) -> Panel:
    """A panel the signed-in person chairs; 404 for one they do not see, 403 for the others."""
    panel = visible_panel(panel_id)
    if panel.chair_id != signed_in().id:
        abort(403)
    return panel


def seat_or_404(panel: Panel, place: int) -> PanelSeat:
    """Who sits at this place of a panel or did so, 404 where nobody ever has."""
    return next((seat for seat in panel.seats if seat.place == place), None) or abort(404)


@panels.get("/panels")
@everybody_on_panels
def overview() -> Page:
    person = signed_in_person()
    return pages.overview_page(
        person,
        assignment_records.assignments_of(person.id),
        records.panels_visible_to(person),
    )


@panels.route("/panels/new", methods=["GET", "POST"])
@overseers_only
def new_panel() -> Page:
    versions = {version.slug: version for version in records.panel_vignettes()}
    vignettes = {slug: version.document for slug, version in versions.items()}
    people = records.experts()
    by_id = {str(person.id): person for person in people}
    form = NewPanelForm()
    form.offer(pages.vignette_choices(), pages.expert_choices(people), choices_of(people))
    if form.validate_on_submit():
        try:
            return _open_panel(form, by_id)
        except NotOpenedError as error:
            form.tell(error.faults, vignettes)
    elif form.is_submitted():  # everything that is wrong is said at once
        chosen = [versions[slug] for slug in form.vignettes.data or () if slug in versions]
        experts = [by_id[each] for each in dict.fromkeys(form.experts.data or ()) if each in by_id]
        faults = records.opening_faults(chosen, experts, by_id.get(form.chair.data))
        form.tell(faults, vignettes)
    return form_page("panels/new_panel.html", form=form, people=people, vignettes=vignettes)


def _open_panel(form: NewPanelForm, people: dict[str, Person]) -> Response:
    panel = records.open_panel(
        form.title.data,
        form.vignettes.data,
        chair=people[form.chair.data],
        experts=[people[person_id] for person_id in form.experts.data],
        due=form.due.data,
        by=signed_in_person(),
        panel_id=form.chosen_id,
    )
    flash(_("The panel is open, and its experts are invited by letter."), "success")
    return redirect(url_for("panels.panel", panel_id=panel.id))


@panels.get("/panels/<uuid:panel_id>")
@everybody_on_panels
def panel(panel_id: uuid.UUID) -> Page:
    found = visible_panel(panel_id)
    person = signed_in_person()
    return pages.panel_page(
        found,
        person,
        assignment_records.assignments_in(found.id, person.id),
        assignment_records.seat_rows(found),
    )


@panels.post("/panels/<uuid:panel_id>/assignments/<uuid:assignment_id>")
@everybody_on_panels
def open_assignment(panel_id: uuid.UUID, assignment_id: uuid.UUID) -> Page:
    found = visible_panel(panel_id)
    try:
        session = round_one.open_assignment(assignment_id, signed_in().id) or abort(404)
    except RefusedError as error:
        return _refused(error, found)
    return redirect(url_for("calibration.workspace", session_id=session.id))


@panels.route("/panels/<uuid:panel_id>/closing", methods=["GET", "POST"])
@everybody_on_panels
def close_round_one(panel_id: uuid.UUID) -> Page:
    found, person = chaired_panel(panel_id), signed_in_person()
    form = ClosingForm()
    return _act(
        found,
        PanelAct.CLOSE_ROUND_ONE,
        form,
        lambda by: round_one.close_early(found.id, by=by, reason=form.reason.data),
        done=_("Round one is closed. The panel goes on with what is in."),
        is_done=lambda: (
            found.state is PanelState.CONSENSUS
            and found.rating_closed_by_id == person.id
            and found.rating_closing_reason == form.reason.data
        ),
        template="panels/closing.html",
        missing=assignment_records.experts_missing(found),
        needed=assignment_records.number_needed(found, assignment_records.seat_rows(found)),
        is_overseer=person.has_role(*records.OVERSEERS),
        is_short=bool(short_of_ratings(round_one.stand_of(found.id))),
    )


@panels.route("/panels/<uuid:panel_id>/experts", methods=["GET", "POST"])
@overseers_only
def add_expert(panel_id: uuid.UUID) -> Page:
    found = visible_panel(panel_id)
    seated = {seat.person_id for seat in found.seats}
    people = [person for person in records.experts() if person.id not in seated]
    form = ExpertForm()
    form.offer(pages.expert_choices(people, found))
    return _act(
        found,
        PanelAct.INVITE_EXPERT,
        form,
        lambda by: records.add_expert(found.id, _chosen(form, people), by=by),
        done=_("The expert is invited by letter."),
        template="panels/add_expert.html",
        people=people,
    )


@panels.route("/panels/<uuid:panel_id>/experts/<int:place>/withdrawal", methods=["GET", "POST"])
@overseers_only
def withdraw_expert(panel_id: uuid.UUID, place: int) -> Page:
    found = visible_panel(panel_id)
    seat = seat_or_404(found, place)
    form = WithdrawalForm()

    def is_done() -> bool:
        return seat.withdrawn_at is not None and seat.withdrawal_reason == form.reason.data

    if seat.withdrawn_at is not None and not is_done():
        return _refused(RefusedError(Refusal.NOT_SEATED), found)
    return _act(
        found,
        PanelAct.WITHDRAW_EXPERT,
        form,
        lambda by: records.withdraw_expert(found.id, place, by=by, reason=form.reason.data),
        done=_("%(name)s is off the panel, and told by letter.", name=seat.name),
        is_done=is_done,
        template="panels/withdrawal.html",
        seat=seat,
    )


@panels.route("/panels/<uuid:panel_id>/due-date", methods=["GET", "POST"])
@overseers_only
def change_due_date(panel_id: uuid.UUID) -> Page:
    found = visible_panel(panel_id)
    form = DueDateForm(due=found.due_at.date() if found.due_at else None)
    return _act(
        found,
        PanelAct.CHANGE_DUE_DATE,
        form,
        lambda by: records.change_due_date(found.id, form.due.data, by=by),
        done=_("The date is set."),
        template="panels/due_date.html",
    )


@panels.route("/panels/<uuid:panel_id>/chair", methods=["GET", "POST"])
@overseers_only
def change_chair(panel_id: uuid.UUID) -> Page:
    found = visible_panel(panel_id)
    taken = {found.chair_id, found.vouched_by_id}
    people = [person for person in records.experts() if person.id not in taken]
    form = ExpertForm()
    form.offer(pages.chair_choices(people, found))
    return _act(
        found,
        PanelAct.CHANGE_CHAIR,
        form,
        lambda by: records.change_chair(found.id, _chosen(form, people), by=by),
        done=_("The panel has another chair, who is told by letter."),
        template="panels/chair.html",
        people=people,
    )


@panels.route("/panels/<uuid:panel_id>/cancellation", methods=["GET", "POST"])
@overseers_only
def cancel(panel_id: uuid.UUID) -> Page:
    found = visible_panel(panel_id)
    form = CancellationForm()
    return _act(
        found,
        PanelAct.CANCEL,
        form,
        lambda by: records.cancel_panel(found.id, by=by, reason=form.reason.data),
        done=_("The panel is cancelled, and everybody on it is told by letter."),
        is_done=lambda: (
            found.state is PanelState.CANCELLED and found.cancelling_reason == form.reason.data
        ),
        template="panels/cancellation.html",
    )


def _chosen(form: ExpertForm, people: list[Person]) -> Person:
    return next(person for person in people if person.id == form.chosen)


def _act(
    found: Panel,
    act: PanelAct,
    form: FlaskForm,
    do: Callable[[Person], None],
    *,
    done: str,
    template: str,
    is_done: Callable[[], bool] = lambda: False,
    **context: object,
) -> Page:
    """The page of an act on a panel: refused where it does not fit, done when it is confirmed.

    is_done  whether this very act stands already, so that a double click is told nothing else.
    """
    back = redirect(url_for("panels.panel", panel_id=found.id))
    if not may(act, found.state):
        if not is_done():
            flash(_("This cannot be done with the panel any more."), "warning")
        return back
    if form.validate_on_submit():
        try:
            do(signed_in_person())
        except RefusedError as error:
            return back if is_done() else _refused(error, found)
        flash(done, "success")
        return back
    return form_page(template, panel=found, form=form, **context)


def _refused(error: RefusedError, found: Panel) -> Response:
    flash(refusal_text(error, pages.titles_in(found)), "warning")
    return redirect(url_for("panels.panel", panel_id=found.id))
