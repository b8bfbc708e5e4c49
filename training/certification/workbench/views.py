"""The workbench: whom a standard would certify, for certifiers and trainers, before it decides."""

from __future__ import annotations

import csv
import io
import uuid

from flask import (
    Blueprint,
    abort,
    flash,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.wrappers import Response

from training.access import role_required, signed_in
from training.accounts.models import Role
from training.certification import gate_texts
from training.certification.judging.standard import Standard
from training.certification.workbench import records as workbench_records
from training.certification.workbench import texts as workbench_texts
from training.certification.workbench.forms import (
    WorkbenchForm,
    names_of_form,
    names_of_gate,
    workbench_form,
)
from training.certification.workbench.models import RunState, SimulationRun
from training.forms import form_page
from training.languages import gettext as _
from training.library import records as library
from training.library.records import Version

workbench = Blueprint("workbench", __name__)

Page = str | Response | tuple[str, int]


def standard_or_404(slug: str) -> Version[Standard]:
    standard = library.find_standard(slug)
    if standard is None:
        abort(404)
    return standard


def run_or_404(run_id: uuid.UUID) -> SimulationRun:
    run = workbench_records.find_run(run_id)
    if run is None:
        abort(404)
    return run


@workbench.get("/workbench")
@role_required(Role.CERTIFIER, Role.TRAINER)
def overview() -> Page:
    standards = library.standards()
    return render_template(
        "certification/workbench.html",
        standards=standards,
        runs=workbench_records.latest_runs(),
        titles={version.slug: version.document.title for version in standards},
        texts=workbench_texts,
    )


@workbench.route("/workbench/standards/<slug>", methods=["GET", "POST"])
@role_required(Role.CERTIFIER, Role.TRAINER)
def standard(slug: str) -> Page:
    found = standard_or_404(slug)
    form = workbench_form(found.document, request.args)
    if form.validate_on_submit():
        return _start(found, form)
    return form_page(
        "certification/workbench_standard.html",
        form=form,
        standard=found,
        form_names=names_of_form(),
        names_of_gate=names_of_gate,
        words=gate_texts,
    )


def _start(found: Version[Standard], form: WorkbenchForm) -> Page:
    from training.certification.simulation.pool_keys import NoKeysError

    assert form.asked is not None  # a valid form has a valid standard
    try:
        run = workbench_records.start_run(
            signed_in().id,
            found,
            form.asked,
            seed=form.seed.data,
            replications=form.replications.data,
        )
    except NoKeysError:
        flash(_("The certification pool holds no keys to simulate with. Publish some."), "warning")
        return redirect(url_for("workbench.overview"))
    return redirect(url_for("workbench.run", run_id=run.id))


@workbench.get("/workbench/runs/<uuid:run_id>")
@role_required(Role.CERTIFIER, Role.TRAINER)
def run(run_id: uuid.UUID) -> Page:
    found = run_or_404(run_id)
    published = workbench_records.published_standard(found)
    rows = workbench_texts.kind_rows(found.result) if found.result else ()
    return render_template(
        "certification/workbench_run.html",
        run=found,
        standard=published,
        changes=workbench_texts.changes_in_words(published, found.changes),
        rows=rows,
        series=workbench_texts.series_names(is_changed=bool(found.changes)),
        texts=workbench_texts,
        RunState=RunState,
    )


@workbench.post("/workbench/runs/<uuid:run_id>/slices")
@role_required(Role.CERTIFIER, Role.TRAINER)
def compute_slice(run_id: uuid.UUID) -> Page:
    """Simulate on for a moment. The page's script asks for one slice after the other; without it
    a person does so with a button."""
    workbench_records.compute_slice(run_or_404(run_id))
    found = run_or_404(run_id)
    if request.accept_mimetypes.best == "application/json":
        is_over = found.state is not RunState.UNDER_WAY
        return jsonify({"percent": found.percent, "is_over": is_over})
    return redirect(url_for("workbench.run", run_id=found.id))


@workbench.post("/workbench/runs/<uuid:run_id>/cancellation")
@role_required(Role.CERTIFIER, Role.TRAINER)
def cancel(run_id: uuid.UUID) -> Page:
    found = run_or_404(run_id)
    workbench_records.cancel_run(found)
    return redirect(url_for("workbench.run", run_id=found.id))


@workbench.get("/workbench/runs/<uuid:run_id>/result.json")
@role_required(Role.CERTIFIER, Role.TRAINER)
def result_as_json(run_id: uuid.UUID) -> Page:
    found = finished_run_or_404(run_id)
    response = jsonify({**(found.result or {}), "changes": found.changes})
    response.headers["Content-Disposition"] = f'attachment; filename="workbench-{found.id}.json"'
    return response


@workbench.get("/workbench/runs/<uuid:run_id>/result.csv")
@role_required(Role.CERTIFIER, Role.TRAINER)
def result_as_csv(run_id: uuid.UUID) -> Page:
    found = finished_run_or_404(run_id)
    response = make_response(_csv_of(found))
    response.mimetype = "text/csv"
    response.headers["Content-Disposition"] = f'attachment; filename="workbench-{found.id}.csv"'
    return response


def finished_run_or_404(run_id: uuid.UUID) -> SimulationRun:
    found = run_or_404(run_id)
    if found.result is None:
        abort(404)
    return found


def _csv_of(found: SimulationRun) -> str:
    from training.certification.simulation.result_table import COLUMNS, rows_of

    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows(rows_of(found.result or {}))
    return text.getvalue()


@workbench.get("/workbench/runs/<uuid:run_id>/past-decisions")
@role_required(Role.CERTIFIER)
def past_decisions(run_id: uuid.UUID) -> Page:
    """Only for certifiers: it names raters and what was decided about them, though no key."""
    from training.certification.workbench.past_decisions import past_decisions_under

    found = run_or_404(run_id)
    published = workbench_records.published_standard(found)
    return render_template(
        "certification/workbench_past_decisions.html",
        run=found,
        standard=published,
        changes=workbench_texts.changes_in_words(published, found.changes),
        past=past_decisions_under(
            workbench_records.changed_standard(found), reader_id=signed_in().id
        ),
        words=gate_texts,
    )
