"""What trainers take away of their cohorts: practice ratings and agreement, with a codebook.

For measuring (P10, P11): GET /cohorts/<cohort id>/exports/ratings.csv is the long table, one line
for each rating; /exports/agreement.csv one line for each rater and vignette; /exports/workbook
both and the codebook as XLSX. No parameters; who asks is signed in as a trainer of the cohort.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from itertools import chain

from flask import Blueprint, redirect, render_template, send_file, stream_with_context, url_for
from werkzeug.wrappers import Response

from training.access import role_required, signed_in_person
from training.accounts.models import Role
from training.clock import now
from training.cohorts.exports.records import (
    exported_rows,
    has_more_ratings,
    note_export,
    vignettes_kept_from,
)
from training.cohorts.exports.tables import HEADERS, ExportTable, csv_lines
from training.cohorts.exports.wording import CODEBOOK_HEADER, codebook, codebook_rows
from training.cohorts.exports.workbook import MOST_RATINGS, Sheet, workbook_file
from training.cohorts.views import own_cohort
from training.library import records as library

cohort_exports = Blueprint("cohort_exports", __name__)

CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@cohort_exports.get("/cohorts/<uuid:cohort_id>/exports")
@role_required(Role.TRAINER)
def overview(cohort_id: uuid.UUID) -> str:
    led = own_cohort(cohort_id)
    kept = vignettes_kept_from(signed_in_person(), led)
    return render_template(
        "cohorts/exports.html",
        cohort=led,
        rows=codebook(),
        most_ratings=MOST_RATINGS,
        is_too_large=has_more_ratings(led.id, MOST_RATINGS),
        left_out=sorted(v.document.title for v in library.vignettes_of(kept).values()),
    )


@cohort_exports.get("/cohorts/<uuid:cohort_id>/exports/ratings.csv")
@role_required(Role.TRAINER)
def ratings(cohort_id: uuid.UUID) -> Response:
    return _table_as_csv(cohort_id, ExportTable.RATINGS)


@cohort_exports.get("/cohorts/<uuid:cohort_id>/exports/agreement.csv")
@role_required(Role.TRAINER)
def agreement(cohort_id: uuid.UUID) -> Response:
    return _table_as_csv(cohort_id, ExportTable.AGREEMENT)


@cohort_exports.get("/cohorts/<uuid:cohort_id>/exports/codebook.csv")
@role_required(Role.TRAINER)
def codebook_as_csv(cohort_id: uuid.UUID) -> Response:
    """Beside the tables, so that who takes one takes the other; it says nothing of the cohort."""
    led = own_cohort(cohort_id)
    return _csv(csv_lines(CODEBOOK_HEADER, [codebook_rows()]), _name(led.id, "codebook", "csv"))


@cohort_exports.get("/cohorts/<uuid:cohort_id>/exports/workbook")
@role_required(Role.TRAINER)
def workbook(cohort_id: uuid.UUID) -> Response:
    led, trainer = own_cohort(cohort_id), signed_in_person()
    if has_more_ratings(led.id, MOST_RATINGS):
        return redirect(url_for("cohort_exports.overview", cohort_id=led.id))  # it says why
    kept = vignettes_kept_from(trainer, led)
    note_export(led, "workbook", by=trainer, without=kept)
    tables = (
        Sheet(
            table.value,
            HEADERS[table],
            chain.from_iterable(exported_rows(table, led.id, without=kept)),
        )
        for table in ExportTable
    )
    file = workbook_file([Sheet("codebook", CODEBOOK_HEADER, codebook_rows()), *tables])
    response = send_file(
        file, XLSX_TYPE, as_attachment=True, download_name=_name(led.id, "practice", "xlsx")
    )
    response.call_on_close(file.close)
    return response


def _table_as_csv(cohort_id: uuid.UUID, table: ExportTable) -> Response:
    led, trainer = own_cohort(cohort_id), signed_in_person()
    kept = vignettes_kept_from(trainer, led)
    note_export(led, table.value, by=trainer, without=kept)
    lines = csv_lines(HEADERS[table], exported_rows(table, led.id, without=kept))
    return _csv(stream_with_context(lines), _name(led.id, table.value, "csv"))


def _csv(lines: Iterable[str], name: str) -> Response:
    response = Response(lines, content_type=CSV_TYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _name(cohort_id: uuid.UUID, what: str, ending: str) -> str:
    """Of a file; with the day, because what it holds grows."""
    return f"cohort-{str(cohort_id)[:8]}-{what}-{now().date()}.{ending}"
