"""The manuals: their list, each on a page, item by item, whole for the printer, as a PDF."""

from __future__ import annotations

from flask import Blueprint, abort, current_app, redirect, render_template, url_for
from werkzeug.wrappers import Response

from training.access import signed_in_person
from training.config import Config
from training.languages import DEFAULT_LANGUAGE
from training.library import records as library
from training.library.glossary_filter import glossary_in_use
from training.library.records import Version
from training.library.schema import Instrument, Manual, Term
from training.manuals import wording
from training.manuals.addresses import address_of, find_item
from training.manuals.examples import ItemExamples
from training.manuals.manual_pdf import manual_pdf
from training.manuals.records import examples_for, find_manual
from training.manuals.words_explained import terms_of

manuals = Blueprint("manuals", __name__)

Page = str | Response | tuple[str, int]


@manuals.context_processor
def _wording() -> dict[str, object]:
    return {"wording": wording, "content_language": DEFAULT_LANGUAGE, "address_of": address_of}


def instrument_or_404(slug: str) -> Version[Instrument]:
    """The instrument in use that a manual is about."""
    return library.find_instrument(slug) or abort(404)


def written_part(instrument: Instrument) -> Manual | None:
    config: Config = current_app.extensions["config"]
    return find_manual(instrument.slug, config.content_paths)


def terms_explained(instrument: Instrument) -> list[Term]:
    return terms_of(glossary_in_use(), instrument, written_part(instrument))


def all_examples(instrument: Instrument) -> dict[int, ItemExamples]:
    """The worked examples of every item, as the signed-in person may read them."""
    manual = written_part(instrument)
    return examples_for(signed_in_person(), instrument, manual, instrument.item_numbers)


@manuals.get("/manuals")
def overview() -> Page:
    return render_template("manuals/overview.html", versions=library.instruments())


@manuals.get("/manuals/<slug>")
def manual(slug: str) -> Page:
    version = instrument_or_404(slug)
    return render_template(
        "manuals/manual.html",
        version=version,
        instrument=version.document,
        manual=written_part(version.document),
    )


@manuals.get("/manuals/<slug>/items/<item>")
def item(slug: str, item: str) -> Page:
    """One item. An address with another name, or with the number alone, leads to its own."""
    version = instrument_or_404(slug)
    instrument = version.document
    found = find_item(instrument, item) or abort(404)
    if item != address_of(found):
        return redirect(url_for("manuals.item", slug=slug, item=address_of(found)))
    examples = examples_for(
        signed_in_person(), instrument, written_part(instrument), [found.number]
    )
    return render_template(
        "manuals/item.html",
        version=version,
        instrument=instrument,
        item=found,
        examples=examples.get(found.number),
        neighbours=[
            instrument.item(number)
            for number in (found.number - 1, found.number + 1)
            if number in instrument.item_numbers
        ],
    )


@manuals.get("/manuals/<slug>/print")
def whole(slug: str) -> Page:
    """The whole manual on one page, for the printer."""
    version = instrument_or_404(slug)
    return render_template(
        "manuals/whole.html",
        version=version,
        instrument=version.document,
        manual=written_part(version.document),
        examples=all_examples(version.document),
        terms=terms_explained(version.document),
    )


@manuals.get("/manuals/<slug>.pdf")
def file(slug: str) -> Page:
    """The whole manual as a PDF, with the solutions that are open to this reader."""
    version = instrument_or_404(slug)
    config: Config = current_app.extensions["config"]
    pdf = manual_pdf(
        version,
        written_part(version.document),
        all_examples(version.document),
        terms_explained(version.document),
        public_url=config.public_url,
    )
    headers = {"Content-Disposition": f'attachment; filename="manual-{slug}.pdf"'}
    return current_app.response_class(pdf, mimetype="application/pdf", headers=headers)
