"""Looking back on practice: the patterns over it, and every reason met."""

from __future__ import annotations

from flask import Blueprint, abort, request

from training.access import signed_in_person
from training.calibration.history_records import past_ratings, readable_ratings
from training.calibration.looking_back_pages import patterns_page, reasons_page
from training.exercises.records import next_pairs_for
from training.library import records as library
from training.library.schema import Instrument

looking_back = Blueprint("looking_back", __name__)


def instrument_or_404(slug: str) -> Instrument:
    version = library.find_instrument(slug) or abort(404)
    return version.document


@looking_back.get("/practice/patterns/<slug>")
def patterns(slug: str) -> str:
    instrument, person = instrument_or_404(slug), signed_in_person()
    history = past_ratings(person.id, slug)
    return patterns_page(instrument, history, next_pairs_for(person.id, slug))


@looking_back.get("/practice/reasons/<slug>")
def reasons(slug: str) -> str:
    instrument, person = instrument_or_404(slug), signed_in_person()
    return reasons_page(instrument, readable_ratings(person.id, slug), request.args)
