"""What trainers see and do: their own cohorts and the raters in them."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from training.access import role_required, signed_in, signed_in_person
from training.accounts.models import Role
from training.clock import now
from training.cohorts import invitation_records, rater_details, rater_records, records
from training.cohorts.forms import CohortForm, InvitationsForm, NewCohortForm
from training.cohorts.help import NeedCode, lean_of
from training.cohorts.kept_rows import keeper
from training.cohorts.models import Cohort
from training.cohorts.rater_certification import attempts_of_rater
from training.cohorts.rater_records import Rater
from training.cohorts.wording import INVITATION_STATES, LEAN_NAMES
from training.forms import form_page
from training.languages import gettext as _
from training.languages import lazy_gettext as _l
from training.languages import ngettext, selected_language
from training.library import records as library
from training.library.schema import Instrument
from training.mail.models import Letter
from training.mail.post import in_outbox
from training.modules import records as modules
from training.modules.wording import STAGE_NAMES, STATE_NAMES
from training.tracks.case_words import case_words
from training.tracks.records import Tracks, tracks_for
from training.unsent import given_back

cohorts = Blueprint("cohorts", __name__)

CLOSED = _l("The cohort was closed meanwhile. Open it again first, in its settings.")

Page = str | Response | tuple[str, int]


def own_cohort(cohort_id: uuid.UUID) -> Cohort:
    """A cohort this trainer leads, or 404."""
    return records.find_led_cohort(cohort_id, signed_in().id) or abort(404)


def own_open_cohort(cohort_id: uuid.UUID) -> Cohort:
    """A cohort this trainer leads and that people can still join; 409 for a closed one."""
    cohort = own_cohort(cohort_id)
    if cohort.closed_at is not None:
        abort(409)
    return cohort


def not_sent(cohort: Cohort, reason: object, typed: str | None) -> Page:
    """What was typed is given back, with the reason why nothing came of it."""
    return given_back(
        _("Nothing was sent"),
        reason,
        typed,
        back=cohort.name,
        back_address=url_for("cohorts.cohort", cohort_id=cohort.id),
    )


def own_rater(cohort: Cohort, person_id: uuid.UUID) -> Rater:
    """Somebody who is in this cohort now, or 404."""
    return rater_records.find_rater(cohort.id, person_id) or abort(404)


@cohorts.route("/cohorts", methods=["GET", "POST"])
@role_required(Role.TRAINER)
def overview() -> Page:
    trainer = signed_in_person()
    tracks = tracks_for(None)
    form = NewCohortForm().offer(tracks)
    if form.validate_on_submit():
        cohort = records.open_cohort(
            form.name.data, trainer=trainer, track=form.chosen_track, cohort_id=form.chosen_id
        )
        flash(_("The cohort %(name)s is open.", name=cohort.name), "success")
        return redirect(url_for("cohorts.cohort", cohort_id=cohort.id))
    return form_page(
        "cohorts/overview.html", form=form, led=records.led_cohorts(trainer.id), tracks=tracks
    )


@cohorts.get("/cohorts/<uuid:cohort_id>")
@role_required(Role.TRAINER)
def cohort(cohort_id: uuid.UUID) -> Page:
    counted = records.find_counted_cohort(cohort_id, signed_in().id) or abort(404)
    tracks = tracks_for(counted.cohort.track)
    words = _words(tracks)
    table = rater_records.rater_table(
        cohort_id,
        tracks=tracks,
        total=counted.raters,
        asked_page=request.args.get("page"),
        published=(words["published"], tracks.digests),
        at=now(),
    )
    several_instruments = len(table.instruments) > 1
    return render_template(
        "cohorts/cohort.html",
        cohort=counted.cohort,
        join_address=_join_address(counted.cohort),
        tracks=tracks,
        table=table,
        several_instruments=several_instruments,
        kept_row=keeper(cohort_id, several_instruments, selected_language(), words["published"]),
        **words,
    )


@cohorts.route("/cohorts/<uuid:cohort_id>/settings", methods=["GET", "POST"])
@role_required(Role.TRAINER)
def settings(cohort_id: uuid.UUID) -> Page:
    led = own_cohort(cohort_id)
    tracks = tracks_for(led.track)
    form = CohortForm(name=led.name, track=tracks.slug, track_before=tracks.slug).offer(tracks)
    if form.validate_on_submit():
        records.change_settings(
            led, name=form.name.data, track=form.chosen_track, by=signed_in_person()
        )
        flash(_("The settings of %(name)s are saved.", name=led.name), "success")
        return redirect(url_for("cohorts.cohort", cohort_id=led.id))
    return form_page(
        "cohorts/settings.html", cohort=led, form=form, join_address=_join_address(led)
    )


@cohorts.post("/cohorts/<uuid:cohort_id>/code")
@role_required(Role.TRAINER)
def change_code(cohort_id: uuid.UUID) -> Page:
    led = own_open_cohort(cohort_id)
    records.change_code(led, by=signed_in_person())
    flash(_("The new code is %(code)s.", code=led.code), "success")
    return redirect(url_for("cohorts.settings", cohort_id=led.id))


@cohorts.post("/cohorts/<uuid:cohort_id>/code/removal")
@role_required(Role.TRAINER)
def switch_code_off(cohort_id: uuid.UUID) -> Page:
    led = own_cohort(cohort_id)
    records.switch_code_off(led, by=signed_in_person())
    flash(_("The code is switched off. Nobody can join with it."), "success")
    return redirect(url_for("cohorts.settings", cohort_id=led.id))


@cohorts.post("/cohorts/<uuid:cohort_id>/closing")
@role_required(Role.TRAINER)
def close(cohort_id: uuid.UUID) -> Page:
    led = own_cohort(cohort_id)
    records.close(led, by=signed_in_person())
    flash(_("The cohort is closed. Its raters keep everything."), "success")
    return redirect(url_for("cohorts.cohort", cohort_id=led.id))


@cohorts.post("/cohorts/<uuid:cohort_id>/reopening")
@role_required(Role.TRAINER)
def reopen(cohort_id: uuid.UUID) -> Page:
    led = own_cohort(cohort_id)
    records.reopen(led, by=signed_in_person())
    flash(_("The cohort is open again."), "success")
    return redirect(url_for("cohorts.settings", cohort_id=led.id))


@cohorts.route("/cohorts/<uuid:cohort_id>/invitations", methods=["GET", "POST"])
@role_required(Role.TRAINER)
def invitations(cohort_id: uuid.UUID) -> Page:
    led, form = own_cohort(cohort_id), InvitationsForm()
    if request.method == "POST" and led.closed_at is not None:
        return not_sent(led, CLOSED, form.addresses.data)
    if form.validate_on_submit():
        try:
            sent = invitation_records.invite_several(
                form.read, cohort=led, by=signed_in_person(), address_of=_invitation_address()
            )
        except records.CohortClosedError:  # by another trainer, at this very moment
            return not_sent(led, CLOSED, form.addresses.data)
        _tell(sent.letters, sent.left_out)
        return redirect(url_for("cohorts.invitations", cohort_id=led.id))
    return form_page(
        "cohorts/invitations.html",
        cohort=led,
        form=form,
        invitations=invitation_records.invitations(led.id),
        state_names=INVITATION_STATES,
    )


@cohorts.post("/cohorts/<uuid:cohort_id>/invitations/<uuid:invitation_id>/withdrawal")
@role_required(Role.TRAINER)
def withdraw_invitation(cohort_id: uuid.UUID, invitation_id: uuid.UUID) -> Page:
    led = own_cohort(cohort_id)
    by = signed_in_person()
    if invitation_records.withdraw_invitation(invitation_id, cohort_id=led.id, by=by):
        flash(_("The invitation is withdrawn. Its link does not work any more."), "success")
    elif not invitation_records.is_to(led, invitation_id):
        abort(404)
    else:  # by a second click, or accepted meanwhile: the list shows how it stands
        flash(_("This invitation is not open any more."), "info")
    return redirect(url_for("cohorts.invitations", cohort_id=led.id))


@cohorts.get("/cohorts/<uuid:cohort_id>/raters/<uuid:person_id>")
@role_required(Role.TRAINER)
def rater(cohort_id: uuid.UUID, person_id: uuid.UUID) -> Page:
    led = own_cohort(cohort_id)
    found, tracks = own_rater(led, person_id), tracks_for(led.track)
    return render_template(
        "cohorts/rater.html",
        cohort=led,
        tracks=tracks,
        chosen=tracks_for(rater_details.chosen_track(found.id)),
        row=rater_records.rows_of([found], tracks, at=now())[0],
        progress=modules.learning_progress(found.id, tracks),
        checks=rater_details.finished_checks(found.id),
        practice=rater_details.practice_by_instrument(found.id, tracks.instrument),
        attempts=attempts_of_rater(found.id),
        entries=modules.shared_journal_entries(found.id),
        state_names=STATE_NAMES,
        **_words(tracks),
    )


@cohorts.post("/cohorts/<uuid:cohort_id>/raters/<uuid:person_id>/removal")
@role_required(Role.TRAINER)
def remove_rater(cohort_id: uuid.UUID, person_id: uuid.UUID) -> Page:
    led = own_cohort(cohort_id)
    found = rater_records.find_rater(led.id, person_id)
    if found is None and not records.has_been_in(led.id, person_id):
        abort(404)
    if found is None:  # by a second click
        flash(_("Whoever that was is not in this cohort any more."), "info")
    else:
        records.remove_member(led, found.id, by=signed_in_person())
        flash(_("%(name)s is not in this cohort any more.", name=found.name), "success")
    return redirect(url_for("cohorts.cohort", cohort_id=led.id))


def _words(tracks: Tracks) -> dict[str, Any]:
    """What the tables need to name modules, stages and elements, and what is rated on a track."""
    modules_in_use, instruments_in_use = library.modules(), library.instruments()
    instruments: dict[str, Instrument] = {v.slug: v.document for v in instruments_in_use}
    return {
        "module_titles": {version.slug: version.document.title for version in modules_in_use},
        "published": (
            *(version.digest for version in modules_in_use),
            *(version.digest for version in instruments_in_use),
        ),
        "stage_names": STAGE_NAMES,
        "instruments": instruments,
        "cases": case_words(tracks.instrument),
        "NeedCode": NeedCode,
        "lean_of": lean_of,
        "lean_names": LEAN_NAMES,
    }


def _join_address(led: Cohort) -> str | None:
    if led.code is None or led.closed_at is not None:
        return None
    return url_for("accounts.join_by_code", code=led.code, _external=True)


def _invitation_address() -> str:
    return url_for("accounts.join_by_invitation", token="TOKEN", _external=True)  # noqa: S106


def _tell(letters: tuple[Letter, ...], left_out: tuple[str, ...]) -> None:
    """Say what became of the letters."""
    kept = in_outbox(letters)
    if letters:
        text = ngettext(
            "%(num)d invitation is written.", "%(num)d invitations are written.", len(letters)
        )
        flash(text, "success")
    if kept:
        flash(
            ngettext(
                "%(num)d letter was not sent. An administrator finds it in the outbox.",
                "%(num)d letters were not sent. An administrator finds them in the outbox.",
                kept,
            ),
            "warning",
        )
    if left_out:
        text = _(
            "Left out, because they are in the cohort or invited already: %(addresses)s",
            addresses=", ".join(left_out),
        )
        flash(text, "info")
