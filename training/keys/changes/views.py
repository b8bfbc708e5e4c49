"""Putting keys in use: what would change, and what certifiers decide about it."""

from __future__ import annotations

import uuid

from flask import (
    Blueprint,
    abort,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.wrappers import Response

from training.access import role_required, signed_in, signed_in_person
from training.accounts import reauthentication
from training.accounts.models import Role
from training.certification import gate_texts
from training.certification.judging.decision import Outcome
from training.certification.reviews.duties import ConflictError
from training.certification.reviews.records import (
    conflict_with,
    conflicts_with,
    find_certificate_of,
)
from training.forms import form_page
from training.keys.changes import case_records, consequence_records
from training.keys.changes import records as change_records
from training.keys.changes import texts as change_texts
from training.keys.changes.case_records import ActDoesNotFitError, AlreadyDecidedError
from training.keys.changes.consequence_table import csv_of
from training.keys.changes.differences import Consequences
from training.keys.changes.forms import CaseForm, PutInUseForm
from training.keys.changes.records import (
    AlreadyInUseError,
    DoesNotFitError,
    ReplacedMeanwhileError,
)
from training.keys.models import CaseAct, KeyChange, KeyChangeCase, Occasion
from training.keys.reader_records import reader_of
from training.keys.readers import Barrier
from training.keys.sights import note_keys_seen
from training.languages import gettext as _
from training.library import records as library
from training.library.records import Version
from training.library.schema import Key

key_changes = Blueprint("key_changes", __name__)

Page = str | Response | tuple[str, int]


def key_or_404(slug: str, document_id: uuid.UUID) -> Version[Key]:
    """A stored version of a key whose vignette is in use."""
    if library.find_vignette(slug) is None:
        abort(404)
    return change_records.find_key(slug, document_id) or abort(404)


def barrier_to(slug: str) -> Barrier | None:
    """Why the signed-in person is not shown the key of this vignette, or None."""
    return reader_of(signed_in_person()).barrier_to(slug)


def item_names(slug: str) -> dict[int, str]:
    """What the items of a vignette are called, by number."""
    instrument = library.get_instrument(library.get_vignette(slug).document.instrument).document
    return {item.number: item.short_name for item in instrument.items}


def key_to_show(slug: str, document_id: uuid.UUID) -> Version[Key]:
    """The same, noted as seen; whoever must not see it yet gets the page that says why."""
    key = key_or_404(slug, document_id)
    if barrier := barrier_to(slug):
        abort(make_response(*_barred(barrier, slug)))
    note_keys_seen(signed_in().id, [slug], Occasion.KEY_CHANGE)
    return key


def change_or_404(change_id: uuid.UUID) -> KeyChange:
    return change_records.find_change(change_id) or abort(404)


@key_changes.get("/keys/changes")
@role_required(Role.CERTIFIER, Role.ADMINISTRATOR)
def overview() -> Page:
    """Without a word of any key, so that nobody has to be kept from it."""
    changes = change_records.latest_changes()
    return render_template(
        "keys/changes.html",
        waiting=change_records.waiting_keys(),
        changes=changes,
        titles=change_records.vignette_titles([one.change.vignette_slug for one in changes]),
        texts=change_texts,
    )


@key_changes.route("/keys/changes/<slug>/<uuid:document_id>", methods=["GET", "POST"])
@role_required(Role.CERTIFIER, Role.ADMINISTRATOR)
def preview(slug: str, document_id: uuid.UUID) -> Page:
    key = key_to_show(slug, document_id)
    form = PutInUseForm()
    if form.is_submitted() and not signed_in().has_role(Role.CERTIFIER):
        abort(403)
    if form.validate_on_submit() and (answer := _put_in_use(key, form)):
        return answer
    in_use = library.get_key(slug)
    form.instead_of.data = str(in_use.id)
    return form_page(
        "keys/change_preview.html",
        form=form,
        key=key,
        in_use=in_use,
        vignette=library.get_vignette(slug).document,
        names=item_names(slug),
        fits=change_records.fits_in_use(key),
        is_of_another_instrument=change_records.was_rated_on_another_instrument(key),
        consequences=_consequences(key),
        texts=change_texts,
        words=gate_texts,
    )


def _consequences(key: Version[Key]) -> Consequences:
    return consequence_records.consequences_of(key.slug, key.id, reader_id=signed_in().id)


def _put_in_use(key: Version[Key], form: PutInUseForm) -> Response | None:
    """The way on; None where the page has to be read once more before it can be done."""
    try:
        change = change_records.put_in_use(
            key.slug,
            key.id,
            by=signed_in_person(),
            reason=form.reason.data,
            instead_of=form.seen_version,
        )
    except AlreadyInUseError:
        flash(_("This key is in use already. The first change and its reason stand."), "warning")
        return redirect(url_for("key_changes.overview"))
    except (ReplacedMeanwhileError, DoesNotFitError):
        form.refuse_outdated()
        return None
    flash(_("The key is in use. Nothing that was decided has changed."), "success")
    return redirect(url_for("key_changes.change", change_id=change.id))


@key_changes.get("/keys/changes/<slug>/<uuid:document_id>/consequences.csv")
@role_required(Role.CERTIFIER, Role.ADMINISTRATOR)
def consequences_file(slug: str, document_id: uuid.UUID) -> Page:
    key = key_to_show(slug, document_id)
    change_records.note_export(key, by=signed_in().id)
    response = make_response(csv_of(_consequences(key)))
    response.mimetype = "text/csv"
    response.headers["Content-Disposition"] = f'attachment; filename="key-change-{slug}.csv"'
    return response


@key_changes.post("/keys/changes/<slug>/opening")
@role_required(Role.CERTIFIER, Role.ADMINISTRATOR)
def open_key(slug: str) -> Page:
    """Choose to see a key that one could still have been asked to rate for."""
    if library.find_vignette(slug) is None:
        abort(404)
    barrier = barrier_to(slug)
    if barrier not in (None, Barrier.UNSEEN):
        return _barred(barrier, slug)
    note_keys_seen(signed_in().id, [slug], Occasion.KEY_CHANGE)
    overview_address, asked = url_for("key_changes.overview"), request.form.get("back", "")
    return redirect(asked if asked.startswith(f"{overview_address}/") else overview_address)


def _barred(barrier: Barrier, slug: str) -> tuple[str, int]:
    """The page that says why a key is not shown, and lets those choose who may."""
    page = render_template(
        "keys/change_barred.html",
        barrier=barrier,
        slug=slug,
        vignette=library.get_vignette(slug).document,
    )
    return page, 200 if barrier is Barrier.UNSEEN else 403


@key_changes.get("/keys/changes/<uuid:change_id>")
@role_required(Role.CERTIFIER, Role.ADMINISTRATOR)
def change(change_id: uuid.UUID) -> Page:
    """Its cases, for everybody of these roles; the key's items for those who may see them."""
    found = change_or_404(change_id)
    slug, reader = found.vignette_slug, signed_in_person()
    barrier = barrier_to(slug)
    if barrier is None:
        note_keys_seen(reader.id, [slug], Occasion.KEY_CHANGE)
    conflicts = conflicts_with(reader.id, [case.decision for case in found.cases])
    shown = [case for case in found.cases if case.decision_id not in conflicts]
    return render_template(
        "keys/change.html",
        change=found,
        title=change_records.vignette_titles([slug]).get(slug, slug),
        is_in_use=library.get_key(slug).id == found.to_document_id,
        barrier=barrier,
        items=change_records.items_changed_by(found) if barrier is None else (),
        names=item_names(slug),
        cases=sorted(shown, key=lambda case: case.act is not None),
        withheld=len(conflicts),
        texts=change_texts,
        words=gate_texts,
        Outcome=Outcome,
    )


@key_changes.route("/keys/changes/<uuid:change_id>/cases/<uuid:case_id>", methods=["GET", "POST"])
@role_required(Role.CERTIFIER)
def case(change_id: uuid.UUID, case_id: uuid.UUID) -> Page:
    """It holds nothing of the key, so that every certifier without a conflict can decide."""
    found = case_or_refuse(change_id, case_id)
    if found.act is not None:
        return _decided_before(found)
    form = CaseForm()
    form.offer(case_records.acts_open(found))
    if form.validate_on_submit() and reauthentication.is_reauthenticated(form):
        if (answer := _decide(found, form)) is not None:
            return answer
        form.offer_anew(case_records.acts_open(found))
    return form_page(
        "keys/change_case.html",
        form=form,
        case=found,
        title=change_records.vignette_titles([found.key_change.vignette_slug]).get(
            found.key_change.vignette_slug
        ),
        certificate=find_certificate_of(found.decision_id),
        demonstration_hint=reauthentication.demonstration_hint(signed_in_person()),
        texts=change_texts,
        words=gate_texts,
        Outcome=Outcome,
    )


def case_or_refuse(change_id: uuid.UUID, case_id: uuid.UUID) -> KeyChangeCase:
    """The case, 404 where there is none, 403 for whoever is or trained the rater."""
    found = case_records.find_case(change_id, case_id) or abort(404)
    if conflict_with(signed_in().id, found.decision) is not None:
        abort(403)
    return found


def _decide(found: KeyChangeCase, form: CaseForm) -> Response | None:
    """The way on; None where what can be decided has changed since the page was asked for."""
    try:
        case_records.decide(
            found.id,
            act=CaseAct(form.act.data),
            certifier=signed_in_person(),
            reason=form.reason.data,
        )
    except AlreadyDecidedError:
        return _decided_before(found)
    except ConflictError:
        abort(403)
    except ActDoesNotFitError:
        return None
    flash(_("Your decision is recorded, and the rater is told."), "success")
    return redirect(url_for("key_changes.change", change_id=found.key_change_id))


def _decided_before(found: KeyChangeCase) -> Response:
    flash(_("This case was decided before. The first decision and its reason stand."), "warning")
    return redirect(url_for("key_changes.change", change_id=found.key_change_id))
