"""The pictures of a cohort, filled: raters by module, raters by item, forecasts, one vignette."""

from __future__ import annotations

from typing import Any

from flask import abort, render_template

from training.calibration import wording
from training.calibration.feedback import REMEDIES
from training.calibration.history_records import past_rating
from training.calibration.models import RatingSession
from training.certification.gate_texts import GATE_NAMES
from training.charts.intervals import FigureStyle, IntervalRow
from training.clock import now
from training.cohorts import rater_records
from training.cohorts.help import FEWEST_RATERS, FEWEST_RATINGS, FEWEST_RATINGS_OF_ELEMENT, lean_of
from training.cohorts.models import Cohort
from training.cohorts.pictures import records as picture_records
from training.cohorts.pictures import wording as picture_wording
from training.cohorts.pictures.item_bias import GroupItem
from training.cohorts.pictures.stage_matrix import cells_of, most_held_up
from training.cohorts.pictures.teaching import (
    Lesson,
    items_with_too_little,
    lesson_for,
    misleading_items,
)
from training.cohorts.rater_records import RATERS_PER_PAGE, Rater
from training.cohorts.readiness.records import practice_beside_keys
from training.cohorts.readiness.rules import FEWEST_VIGNETTES, Forecast
from training.cohorts.records import LedCohort
from training.cohorts.wording import LEAN_NAMES
from training.keys.sights import knew_key
from training.library import records as library
from training.library.schema import Instrument
from training.modules.records import course_on
from training.modules.wording import STAGE_NAMES
from training.paging import Paging, paging_of
from training.tracks.records import Tracks

FORECASTS_PER_PAGE = 10
"""Each takes some fifty milliseconds the first time."""


def progress_page(led: LedCohort, tracks: Tracks, asked_page: str | None) -> str:
    """Raters by the modules of the cohort's track, with practice and certification."""
    paging = paging_of(asked_page, size=RATERS_PER_PAGE, total=led.raters)
    raters = picture_records.raters_on(led.cohort.id, paging)
    modules, done = course_on(tracks).modules, picture_records.stages_done_by(_ids(raters))
    totals = picture_records.module_totals(led.cohort.id)
    return render_template(
        "cohorts/progress.html",
        cohort=led.cohort,
        tracks=tracks,
        paging=paging,
        modules=modules,
        rows=[
            (row, cells_of(modules, done.get(row.rater.id, {})))
            for row in rater_records.rows_of(raters, tracks, at=now())
        ],
        totals=totals,
        held_up=most_held_up(modules, totals),
        words=picture_wording,
        stage_names=STAGE_NAMES,
    )


def items_page(
    led: LedCohort, tracks: Tracks, *, asked: str | None, asked_page: str | None, details: bool
) -> str:
    """Raters by the items of one instrument: that of the track, or the one asked for."""
    practised = picture_records.instruments_practised(led.cohort.id)
    slug = asked or tracks.instrument or next(iter(practised), None)
    version = (library.find_instrument(slug) or abort(404)) if slug else None
    paging = paging_of(asked_page, size=RATERS_PER_PAGE, total=led.raters)
    return render_template(
        "cohorts/items.html",
        cohort=led.cohort,
        tracks=tracks,
        paging=paging,
        instrument=version.document if version else None,
        others=[
            each for each in library.instruments() if each.slug in practised and each != version
        ],
        details=details,
        # Once for the page: it has hundreds of cells.
        names={each: str(name) for each, name in picture_wording.DIRECTION_NAMES.items()},
        fewest_raters=FEWEST_RATERS,
        fewest_ratings=FEWEST_RATINGS,
        fewest_of_rater=FEWEST_RATINGS_OF_ELEMENT,
        words=picture_wording,
        wording=wording,
        lean_of=lean_of,
        lean_names=LEAN_NAMES,
        **(_heat_map(led.cohort, version.document, paging) if version else {}),
    )


def _heat_map(cohort: Cohort, instrument: Instrument, paging: Paging) -> dict[str, Any]:
    # Here, because they need numpy.
    from training.cohorts.pictures.bias_figures import group_items, rater_cells

    rated = picture_records.differences_in(cohort.id, instrument.slug)
    raters = picture_records.raters_on(cohort.id, paging)
    cells = rater_cells(rated, _ids(raters), instrument.item_numbers)
    group = group_items(rated, instrument.item_numbers)
    return {
        "rows": [(rater, cells[rater.id]) for rater in raters],
        "group": group,
        "rated": len(rated),
        "lessons": _lessons(cohort, instrument, group),
        "too_little": items_with_too_little(group),
    }


def _lessons(cohort: Cohort, instrument: Instrument, group: tuple[GroupItem, ...]) -> list[Lesson]:
    misleading = misleading_items(group)
    if not misleading:
        return []
    kinds = picture_records.kinds_of_errors(
        cohort.id, instrument.slug, [each.item for each in misleading]
    )
    modules = [
        version.document
        for version in library.modules()
        if version.document.instrument_slug == instrument.slug
    ]
    pairs = picture_records.published_pairs(instrument.slug)
    return [
        lesson_for(each, instrument.item(each.item), kinds[each.item], modules, pairs)
        for each in misleading
    ]


def readiness_page(led: LedCohort, tracks: Tracks, asked_page: str | None) -> str:
    """What practice lets expect of the next attempt of each rater on the page."""
    standard = tracks.standard
    version = library.find_instrument(standard.instrument) if standard else None
    paging = paging_of(asked_page, size=FORECASTS_PER_PAGE, total=led.raters)
    raters = picture_records.raters_on(led.cohort.id, paging)
    forecasts = _forecasts(raters, tracks, version.document) if version else {}
    return render_template(
        "cohorts/readiness.html",
        cohort=led.cohort,
        tracks=tracks,
        paging=paging,
        rows=[(rater, *forecasts.get(rater.id, (0, None))) for rater in raters],
        chart=_forecast_rows(raters, forecasts),
        fewest=FEWEST_VIGNETTES,
        gate_names=GATE_NAMES,
        words=picture_wording,
    )


def _forecasts(
    raters: list[Rater], tracks: Tracks, instrument: Instrument
) -> dict[Any, tuple[int, Forecast | None]]:
    """For each rater with any practice how many vignettes it is, and the forecast."""
    from training.cohorts.readiness.forecast import forecast  # here, because it needs numpy

    assert tracks.standard is not None  # it named the instrument
    scale, items = instrument.scale.scores, instrument.item_numbers
    practice = practice_beside_keys(_ids(raters), instrument.slug, items)
    return {
        person_id: (len(rated), forecast(tracks.standard, scale, rated))
        for person_id, rated in practice.items()
    }


def _forecast_rows(
    raters: list[Rater], forecasts: dict[Any, tuple[int, Forecast | None]]
) -> list[IntervalRow]:
    rows = []
    for rater in raters:
        _number, found = forecasts.get(rater.id, (0, None))
        if found is not None:
            rows.append(
                IntervalRow(
                    label=rater.name,
                    value=found.share,
                    low=found.low,
                    high=found.high,
                    style=FigureStyle.SHARE,
                    note=str(picture_wording.OUTLOOKS[found.outlook]),
                )
            )
    return rows


def practised_page(cohort: Cohort, rater: Rater, session: RatingSession) -> str:
    """A rater's first practice rating beside its key, for the trainer. Notes stay the rater's."""
    past = past_rating(session, knew_key=knew_key(session))
    feedback = past.feedback([version.document for version in library.modules()])
    return render_template(
        "cohorts/practised.html",
        cohort=cohort,
        rater=rater,
        session=session,
        past=past,
        vignette=past.vignette,
        instrument=past.instrument,
        feedback=feedback,
        marked=picture_wording.marks_of_rater(feedback),
        remedies=REMEDIES,
        words=picture_wording,
        wording=wording,
    )


def _ids(raters: list[Rater]) -> list[Any]:
    return [rater.id for rater in raters]
