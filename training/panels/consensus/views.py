"""Round two: the overview, the item at hand, what is recorded, the signatures."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import partial

from flask import Blueprint, abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from training.access import signed_in_person
from training.accounts import reauthentication
from training.accounts.models import Person
from training.calibration.models import Purpose
from training.calibration.records import vignettes_being_rated
from training.keys.models import Occasion
from training.keys.reader_records import reader_of
from training.keys.readers import Barrier
from training.keys.sights import note_keys_seen
from training.languages import gettext as _
from training.mail.models import Letter
from training.panels.access import everybody_on_panels
from training.panels.consensus import pages, ratification, recording
from training.panels.consensus.forms import (
    SignKeyForm,
    SignKeyWithCodeForm,
    consensus_form,
    position_form,
    sign_form,
)
from training.panels.consensus.ratification import (
    ChangedSinceError,
    NotReadyError,
    NotSignedError,
    ObstacleError,
)
from training.panels.consensus.recording import (
    Edit,
    FaultyConsensusError,
    NotYoursError,
    OverError,
    StaleEditError,
)
from training.panels.consensus.records import (
    Discussion,
    discussions_of,
    find_discussion,
    find_panel_in_discussion,
    is_chair,
    is_member,
)
from training.panels.consensus.wording import OBSTACLES
from training.panels.models import Panel

consensus = Blueprint("consensus", __name__)

Page = str | Response | tuple[str, int]
ASSESSMENTS = (Purpose.CERTIFICATION, Purpose.RECHECK)


def panel_or_404(panel_id: uuid.UUID) -> Panel:
    """A panel in round two that this person sits on, chairs or may look on at."""
    return find_panel_in_discussion(panel_id, signed_in_person()) or abort(404)


def opened_panel(panel_id: uuid.UUID) -> Panel:
    """The same, for a page that shows what a key is made of: from now on they have seen it.

    Whoever only looks on and may yet rate one of the vignettes independently is told why they
    should not, or asked first.
    """
    panel, person = panel_or_404(panel_id), signed_in_person()
    if barriers := barriers_of(panel, person):
        abort(pages.barred_page(panel, barriers))
    note_looking_on(panel, person)
    return panel


def barriers_of(panel: Panel, person: Person) -> dict[str, Barrier]:
    """By vignette, why somebody is not shown what its key is made of.

    Members are, but for one that they are assessed on just now.
    """
    slugs = [row.vignette_slug for row in panel.vignettes]
    if is_member(panel, person):
        assessed = vignettes_being_rated(person.id, ASSESSMENTS)
        return {slug: Barrier.RATING for slug in slugs if slug in assessed}
    return reader_of(person).barriers_to(slugs)


def note_looking_on(panel: Panel, person: Person) -> None:
    """Keep that somebody has seen what the panel's keys are made of, the first time they do."""
    note_keys_seen(person.id, [row.vignette_slug for row in panel.vignettes], Occasion.PANEL)


def discussion_or_404(panel_id: uuid.UUID, position: int, item: int | None = None) -> Discussion:
    """A vignette of an opened panel; with an item, one in which that item is rated."""
    discussion = find_discussion(opened_panel(panel_id), position) or abort(404)
    if item is not None and item not in discussion.items:
        abort(404)
    return discussion


@consensus.get("/panels/<uuid:panel_id>/consensus")
@everybody_on_panels
def overview(panel_id: uuid.UUID) -> Page:
    panel = opened_panel(panel_id)
    return pages.overview_page(panel, discussions_of(panel))


@consensus.post("/panels/<uuid:panel_id>/consensus/opening")
@everybody_on_panels
def look_on(panel_id: uuid.UUID) -> Page:
    """Choose to see what one could still have been asked to rate."""
    panel, person = panel_or_404(panel_id), signed_in_person()
    barriers = barriers_of(panel, person)
    if set(barriers.values()) - {Barrier.UNSEEN}:
        abort(403)
    note_looking_on(panel, person)
    return redirect(url_for("consensus.overview", panel_id=panel_id))


@consensus.get("/panels/<uuid:panel_id>/consensus/live")
@everybody_on_panels
def live(panel_id: uuid.UUID) -> Response:
    """What everybody looks at and how items were settled, for a page that asks now and then."""
    panel, person = panel_or_404(panel_id), signed_in_person()
    if barriers_of(panel, person):
        abort(403)
    note_looking_on(panel, person)
    return pages.live_answer(panel)


@consensus.get("/panels/<uuid:panel_id>/consensus/<int:position>/<int:item>")
@everybody_on_panels
def item(panel_id: uuid.UUID, position: int, item: int) -> Page:
    return pages.item_page(discussion_or_404(panel_id, position, item), item)


@consensus.post("/panels/<uuid:panel_id>/consensus/<int:position>/<int:item>/positions/<int:place>")
@everybody_on_panels
def record_position(panel_id: uuid.UUID, position: int, item: int, place: int) -> Page:
    discussion = discussion_or_404(panel_id, position, item)
    expert = discussion.items[item].find_expert(place) or abort(404)
    if place not in pages.places_of(discussion.panel, signed_in_person()):
        abort(403)
    form = position_form(expert, discussion.instrument.document.scale)
    if not form.validate():
        return pages.item_page(discussion, item, position=form, place=place), 422
    edit = Edit(panel_id, position, item, form.started_from.data, signed_in_person())
    return _record(
        discussion,
        item,
        partial(recording.record_position, edit, place, form.standpoint),
        conflict=partial(pages.position_conflict_page, discussion, item, expert, form),
        anchor=f"expert-{place}",
    )


@consensus.post("/panels/<uuid:panel_id>/consensus/<int:position>/<int:item>/agreed")
@everybody_on_panels
def record_consensus(panel_id: uuid.UUID, position: int, item: int) -> Page:
    discussion = discussion_or_404(panel_id, position, item)
    if not is_chair(discussion.panel, signed_in_person()):
        abort(403)
    form = consensus_form(discussion.items[item], discussion.instrument.document.scale)
    if not form.validate():
        return pages.item_page(discussion, item, consensus=form), 422
    edit = Edit(panel_id, position, item, form.started_from.data, signed_in_person())
    try:
        return _record(
            discussion,
            item,
            partial(recording.record_consensus, edit, form.consensus),
            conflict=partial(pages.consensus_conflict_page, discussion, item, form),
            anchor="consensus",
        )
    except FaultyConsensusError as error:
        form.show_faults(error.faults, discussion.items[item])
        return pages.item_page(discussion, item, consensus=form), 422


def _record(
    discussion: Discussion,
    item: int,
    act: Callable[[], list[Letter]],
    *,
    conflict: Callable[..., str],
    anchor: str,
) -> Page:
    """Do it and lead back to the item; a refusal shows what was typed and what is stored."""
    try:
        letters = act()
    except StaleEditError as error:
        return conflict(error.stored), 409
    except OverError:
        return conflict(None, is_over=True), 409
    except (NotYoursError, LookupError):  # since the page was asked for
        abort(403)
    if letters:
        flash(_("Recorded. It had been signed as it was before: those signatures fell."), "warning")
    else:
        flash(_("Recorded."), "success")
    return redirect(pages.item_address(discussion, item, anchor))


@consensus.post("/panels/<uuid:panel_id>/consensus/<int:position>/<int:item>/shown")
@everybody_on_panels
def show(panel_id: uuid.UUID, position: int, item: int) -> Page:
    discussion = discussion_or_404(panel_id, position, item)
    if not is_chair(discussion.panel, signed_in_person()):
        abort(403)
    try:
        recording.show_to_everybody(panel_id, position, item, by=signed_in_person())
    except NotYoursError:
        abort(403)
    except OverError:
        _tell_over()
    else:
        flash(_("This is the item that everybody is led to now."), "success")
    return redirect(pages.item_address(discussion, item))


@consensus.route("/panels/<uuid:panel_id>/consensus/<int:position>/ratify", methods=["GET", "POST"])
@everybody_on_panels
def ratify(panel_id: uuid.UUID, position: int) -> Page:
    discussion = discussion_or_404(panel_id, position)
    form = sign_form(signed_in_person())
    if request.method == "POST" and not ratification.may_sign(discussion.panel, signed_in_person()):
        abort(403)
    if form.validate_on_submit() and _is_reauthenticated(form):
        _sign(discussion, form.digest.data or "")
        return redirect(_ratify_address(discussion))
    return pages.ratify_page(discussion, form), 422 if form.errors else 200


def _is_reauthenticated(form: SignKeyForm) -> bool:
    """By password and code where there is a second factor, by password where there is none."""
    if isinstance(form, SignKeyWithCodeForm):
        return reauthentication.is_reauthenticated(form)
    return reauthentication.is_own_password(form, signed_in_person())


def _sign(discussion: Discussion, digest: str) -> None:
    panel, position = discussion.panel, discussion.row.position
    try:
        signed = ratification.sign(panel.id, position, signer=signed_in_person(), digest=digest)
    except (ChangedSinceError, NotReadyError):
        flash(
            _("Nothing was signed: the consensus has changed since. Look at it again."), "warning"
        )
    except ObstacleError as error:
        flash(str(OBSTACLES[error.obstacle]), "warning")
    except OverError:
        _tell_over()
    else:
        flash(_ratified() if signed.is_ratified else _signed_first(), "success")


def _ratified() -> str:
    return _("The key is ratified. It is kept as it is, for good.")


def _signed_first() -> str:
    return _("Your signature is recorded. One more makes the key ratified.")


@consensus.post("/panels/<uuid:panel_id>/consensus/<int:position>/signature-withdrawal")
@everybody_on_panels
def withdraw_signature(panel_id: uuid.UUID, position: int) -> Page:
    discussion = discussion_or_404(panel_id, position)
    if not ratification.may_sign(discussion.panel, signed_in_person()):
        abort(403)
    try:
        ratification.withdraw_signature(panel_id, position, signer=signed_in_person())
    except NotSignedError:
        flash(_("There is no signature of yours to withdraw."), "warning")
    except OverError:
        _tell_over()
    else:
        flash(_("Your signature is withdrawn."), "success")
    return redirect(_ratify_address(discussion))


def _ratify_address(discussion: Discussion) -> str:
    return url_for(
        "consensus.ratify", panel_id=discussion.panel.id, position=discussion.row.position
    )


def _tell_over() -> None:
    flash(_("This key is ratified, or its panel is over: nothing changes any more."), "warning")
