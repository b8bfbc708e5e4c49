"""Documents in use as raters will see them, for those who answer for them; keys beside them."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from training.access import role_required, signed_in_person
from training.accounts.models import Role
from training.administration.document_pages import documents_sought
from training.certification.gate_texts import GATE_NAMES
from training.keys.changes.texts import rating_text
from training.keys.models import Occasion
from training.keys.reader_records import KeptKeyError, choose_to_see, reader_of
from training.keys.readers import Barrier
from training.languages import DEFAULT_LANGUAGE
from training.languages import gettext as _
from training.library import records as library
from training.library.models import DocumentKind
from training.library.records import Version
from training.library.schema import Key, Observation, Vignette
from training.modules.lesson_texts import lesson_text

content_previews = Blueprint("content_previews", __name__)

BESIDE = "beside"
"""What the address says when the key is asked for; nobody who only looks around comes by it."""
READING_ROLES = (Role.ADMINISTRATOR, Role.CERTIFIER)
PREVIEWED = tuple(kind for kind in DocumentKind if kind is not DocumentKind.KEY)
Page = str | Response | tuple[str, int]
Marks = dict[int, list[dict[str, str]]]


@content_previews.context_processor
def _wording() -> dict[str, object]:
    return {"content_language": DEFAULT_LANGUAGE, "rating_text": rating_text}


def kind_or_404(name: str) -> DocumentKind:
    """The kind of document an address names."""
    return DocumentKind(name) if name in list(DocumentKind) else abort(404)


def vignette_or_404(slug: str) -> Version[Vignette]:
    return library.find_vignette(slug) or abort(404)


@content_previews.get("/administration/content/preview")
@role_required(*READING_ROLES)
def overview() -> Page:
    """What there is to preview; a key is seen beside its vignette."""
    return render_template("administration/previews.html", **documents_sought(PREVIEWED))


@content_previews.get("/administration/content/preview/<kind>/<slug>")
@role_required(*READING_ROLES)
def preview(kind: str, slug: str) -> Page:
    match kind_or_404(kind):
        case DocumentKind.INSTRUMENT:
            return redirect(url_for("library.instrument", slug=slug))
        case DocumentKind.KEY:
            return redirect(_address_with_key(slug))
        case DocumentKind.VIGNETTE:
            return _vignette_page(vignette_or_404(slug))
        case DocumentKind.MODULE:
            return _module_page(slug)
        case DocumentKind.STANDARD:
            return _standard_page(slug)


def _vignette_page(version: Version[Vignette]) -> Page:
    """As raters read it; with its key only for those who asked, after they chose to see it."""
    reader = reader_of(signed_in_person())
    barrier = reader.barrier_to(version.slug)
    if barrier not in (None, Barrier.UNSEEN):
        return _barred(version, barrier)
    is_seen = version.slug in reader.seen
    is_key_asked_for = request.args.get("key") == BESIDE
    key = library.get_key(version.slug).document if is_seen and is_key_asked_for else None
    return render_template(
        "administration/preview_vignette.html",
        version=version,
        vignette=version.document,
        instrument=library.get_instrument(version.document.instrument).document,
        key=key,
        marked=_evidence_marks(key) if key else {},
        is_seen=is_seen,
        may_rate=barrier is Barrier.UNSEEN,
    )


def _barred(version: Version[Vignette], barrier: Barrier | None) -> tuple[str, int]:
    page = render_template(
        "administration/preview_barred.html", vignette=version.document, barrier=barrier
    )
    return page, 403


def _evidence_marks(key: Key) -> Marks:
    """Beside each turn, the items that rest on it."""
    marks: Marks = {}
    for number, rating in sorted(key.items.items()):
        mark = {
            "text": _("Item %(number)s", number=number),
            "anchor": f"item-{number}",
            "by": "experts",
        }
        for turn in rating.evidence:
            marks.setdefault(turn, []).append(mark)
    return marks


@content_previews.post("/administration/content/preview/vignette/<slug>/opening")
@role_required(*READING_ROLES)
def open_key(slug: str) -> Page:
    """Choose to see the key, which is written down; from then on it may be asked for."""
    version, person = vignette_or_404(slug), signed_in_person()
    barrier = reader_of(person).barrier_to(slug)
    if barrier not in (None, Barrier.UNSEEN):
        return _barred(version, barrier)
    try:
        choose_to_see(person, slug, Occasion.PREVIEW)
    except KeptKeyError:
        return _barred(version, Barrier.PANEL)
    flash(_("You see the key now. This is written down."), "success")
    return redirect(_address_with_key(slug))


def _address_with_key(slug: str) -> str:
    return url_for("content_previews.preview", kind="vignette", slug=slug, key=BESIDE)


def _module_page(slug: str) -> Page:
    version = library.find_module(slug) or abort(404)
    module = version.document
    return render_template(
        "administration/preview_module.html",
        version=version,
        module=module,
        lesson_text=lesson_text(module, module.lesson[DEFAULT_LANGUAGE]),
        marked=_note_marks(module.observe),
        excerpts=[library.get_vignette(excerpt) for excerpt in module.excerpts],
    )


def _note_marks(observation: Observation) -> Marks:
    """Beside each turn, the notes about it."""
    marks: Marks = {}
    for number, annotation in enumerate(observation.annotations, start=1):
        mark = {"text": _("Note %(number)s", number=number), "anchor": f"note-{number}"}
        for turn in annotation.turns:
            marks.setdefault(turn, []).append(mark)
    return marks


def _standard_page(slug: str) -> Page:
    version = library.find_standard(slug) or abort(404)
    return render_template(
        "administration/preview_standard.html",
        version=version,
        standard=version.document,
        gate_names=GATE_NAMES,
    )
