"""How far the experts of a panel agree, as a page and as figures; their ratings as a file."""

from __future__ import annotations

import csv
import io
import uuid
from collections.abc import Iterable

from flask import (
    Blueprint,
    Response,
    abort,
    jsonify,
    make_response,
    render_template,
    stream_with_context,
)
from werkzeug.wrappers import Response as AnyResponse

from training.access import signed_in_person
from training.library import records as library
from training.panels.access import everybody_on_panels, visible_panel
from training.panels.agreement import records as agreement_records
from training.panels.agreement import texts as agreement_texts
from training.panels.consensus.records import STATES_WITH_DISCUSSION
from training.panels.consensus.views import opened_panel
from training.panels.exchange import export_records
from training.panels.exchange import texts as exchange_texts
from training.panels.exchange.cells import safe_cell
from training.panels.exchange.table import lines_of
from training.panels.models import Panel, PanelOrigin, PanelState

panel_reports = Blueprint("panel_reports", __name__)

Page = str | AnyResponse | tuple[str, int]


def panel_with_ratings(panel_id: uuid.UUID) -> Panel:
    """The same, for what shows what the experts gave: from now on they have seen it.

    Refused with an explanation while the experts still rate alone and once a panel is cancelled,
    and to whoever looks on and may yet rate one of the vignettes independently.
    """
    panel = visible_panel(panel_id)
    if panel.state not in STATES_WITH_DISCUSSION:
        page = render_template(
            "panels/report_refused.html",
            panel=panel,
            is_cancelled=panel.state is PanelState.CANCELLED,
        )
        abort(make_response(page, 403))
    return opened_panel(panel_id)


@panel_reports.get("/panels/<uuid:panel_id>/agreement")
@everybody_on_panels
def agreement(panel_id: uuid.UUID) -> Page:
    panel = panel_with_ratings(panel_id)
    found = agreement_records.agreement_of_panel(panel.id)
    instrument = library.instrument_version(panel.instrument_document_id).document
    titles = agreement_records.titles_of(panel)
    names = {seat.place: seat.name for seat in panel.seats}
    return render_template(
        "panels/report_agreement.html",
        panel=panel,
        agreement=found,
        instrument=instrument,
        titles=titles,
        strips=[
            (slug, title, agreement_texts.spread_of(found.ratings, slug, instrument))
            for slug, title in titles.items()
        ],
        experts=agreement_texts.experts_told(found, names),
        texts=agreement_texts,
        is_elsewhere=panel.origin is PanelOrigin.ELSEWHERE,
    )


@panel_reports.get("/panels/<uuid:panel_id>/agreement.json")
@everybody_on_panels
def agreement_as_json(panel_id: uuid.UUID) -> Page:
    panel = panel_with_ratings(panel_id)
    found = agreement_records.agreement_of_panel(panel.id)
    return jsonify({"panel": str(panel.id), "title": panel.title, **found.as_dict()})


@panel_reports.get("/panels/<uuid:panel_id>/ratings.csv")
@everybody_on_panels
def ratings(panel_id: uuid.UUID) -> Page:
    panel = panel_with_ratings(panel_id)
    export_records.note_export(panel, by=signed_in_person())
    lines = lines_of(export_records.exported_ratings(panel))
    return _file(stream_with_context(lines), f"panel-{panel.id}-ratings.csv")


@panel_reports.get("/panels/codebook")
@everybody_on_panels
def codebook() -> Page:
    return render_template("panels/report_codebook.html", rows=exchange_texts.codebook())


@panel_reports.get("/panels/<uuid:panel_id>/codebook.csv")
@everybody_on_panels
def codebook_as_file(panel_id: uuid.UUID) -> Page:
    """Beside the ratings, so that who takes one takes the other; it says nothing of the panel."""
    panel = visible_panel(panel_id)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("column", "meaning", "import"))
    writer.writerows([map(safe_cell, row) for row in exchange_texts.codebook()])
    return _file([text.getvalue()], f"panel-{panel.id}-codebook.csv")


def _file(lines: Iterable[str], name: str) -> Response:
    response = Response(lines, mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
