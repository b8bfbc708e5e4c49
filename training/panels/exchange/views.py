"""Bringing in a panel that met elsewhere: the file, a second look, and the act."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, render_template, url_for
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response

from training.access import signed_in, signed_in_person
from training.accounts.models import Person
from training.languages import gettext as _
from training.library import records as library
from training.panels.access import overseers_only
from training.panels.agreement import texts as agreement_texts
from training.panels.agreement.figures import ExpertRating, figures_of
from training.panels.exchange import import_records
from training.panels.exchange.forms import ConfirmationForm, ImportForm
from training.panels.exchange.import_records import NotBroughtInError, Vouching
from training.panels.exchange.table import (
    LARGEST_FILE,
    KnownVignette,
    PanelFile,
    PanelFileError,
    read_panel_file,
)
from training.panels.forms import CHOSEN_NO_MORE
from training.panels.records import experts

panel_imports = Blueprint("panel_imports", __name__)

Page = str | Response | tuple[str, int]


@dataclass(frozen=True, slots=True)
class Carried:
    """What was uploaded and typed, on its way to the second look and back."""

    panel_id: str
    title: str
    chair: str
    words: str
    content: str


@panel_imports.route("/panels/import", methods=["GET", "POST"])
@overseers_only
def bring_in() -> Page:
    people, known = experts(), import_records.known_vignettes()
    form = ImportForm()
    form.offer(people)
    if form.validate_on_submit() and (page := _second_look(form, known)) is not None:
        return page
    return _first_page(form, people, known), 422 if form.errors else 200


def _first_page(form: ImportForm, people: list[Person], known: dict[str, KnownVignette]) -> str:
    return render_template(
        "panels/import.html",
        form=form,
        people=people,
        vignettes=known,
        titles=_titles(known),
        largest=LARGEST_FILE // 1000,
    )


@panel_imports.post("/panels/import/confirmation")
@overseers_only
def confirm() -> Page:
    form = ConfirmationForm()
    carried = _unpacked(form.carried.data) or abort(400)
    known = import_records.known_vignettes()
    try:
        file = read_panel_file(carried.content.encode(), vignettes=known)
        vouching = _vouching(carried)
        if vouching is None:
            return _changed_since(carried, None)
        if not form.validate_on_submit():
            return _shown(file, carried, vouching, form), 422
        panel = import_records.import_panel(
            file, vouching, panel_id=uuid.UUID(carried.panel_id), by=vouching.voucher
        )
    except (PanelFileError, NotBroughtInError) as error:
        return _changed_since(carried, error)
    flash(_("The panel is brought in. Its chair is told by letter."), "success")
    return redirect(url_for("panels.panel", panel_id=panel.id))


def _second_look(form: ImportForm, known: dict[str, KnownVignette]) -> Page | None:
    """What was read, to be confirmed; where it cannot be, None, and why beside the fields."""
    content: bytes = form.file.data.read(LARGEST_FILE + 1)
    try:
        file = read_panel_file(content, vignettes=known)
    except PanelFileError as error:
        form.tell_faults(error)
        return None
    carried = Carried(str(uuid.uuid4()), content=content.decode("utf-8-sig"), **form.values())
    vouching = _vouching(carried)
    if vouching is None:  # since the form was checked
        form.chair.errors = [CHOSEN_NO_MORE]
        return None
    obstacles = import_records.obstacles_to(file, vouching)
    if obstacles:
        form.tell_obstacles(obstacles)
        return None
    return _shown(
        file, carried, vouching, ConfirmationForm(formdata=None, carried=_packed(carried))
    )


def _shown(file: PanelFile, carried: Carried, vouching: Vouching, form: ConfirmationForm) -> str:
    instrument = library.get_instrument(
        import_records.known_vignettes()[file.vignettes[0]].instrument
    ).document
    place = {name: number for number, name in enumerate(file.experts, start=1)}
    found = figures_of(
        [ExpertRating(row.vignette, row.item, place[row.expert], row.score) for row in file.rows],
        scale=instrument.scale.scores,
    )
    return render_template(
        "panels/import_second_look.html",
        form=form,
        file=file,
        vouching=vouching,
        instrument=instrument,
        titles=_titles(file.vignettes),
        agreement=found,
        experts=agreement_texts.experts_told(found, {place[name]: name for name in place}),
        texts=agreement_texts,
    )


def _vouching(carried: Carried) -> Vouching | None:
    """None where the chair is no expert any more."""
    people: dict[str, Person] = {str(person.id): person for person in experts()}
    chair = people.get(carried.chair)
    return Vouching(carried.title, chair, signed_in_person(), carried.words) if chair else None


def _changed_since(carried: Carried, error: PanelFileError | NotBroughtInError | None) -> Page:
    """What was shown a moment ago does not hold any more: the first page, with what was typed.

    `error` says why; None where the chair is no expert any more.
    """
    people = experts()
    form = ImportForm(
        formdata=None, title=carried.title, chair=carried.chair, vouching=carried.words
    )
    form.offer(people)
    if error is None:
        form.chair.errors = [_("The chair is no expert any more. Choose another one.")]
    elif isinstance(error, NotBroughtInError):
        form.tell_obstacles(error.obstacles)
    else:
        form.file.errors = [_("The vignettes changed meanwhile. Choose the file again.")]
    return _first_page(form, people, import_records.known_vignettes()), 409


def _titles(slugs: Any) -> dict[str, str]:
    return {slug: library.get_vignette(slug).document.title for slug in slugs}


def _serializer() -> URLSafeSerializer:
    """Of this person's own: what one has read, nobody else confirms in their name."""
    return URLSafeSerializer(str(current_app.secret_key), salt=f"panel-import {signed_in().id}")


def _packed(carried: Carried) -> str:
    values = {name: getattr(carried, name) for name in Carried.__dataclass_fields__}
    return str(_serializer().dumps(values))


def _unpacked(text: str | None) -> Carried | None:
    """What `_packed` made; None for anything else."""
    try:
        return Carried(**_serializer().loads(text or ""))
    except BadSignature:
        return None
