"""The figures of a rating file: `flask agreement`, `compare`, `facets`, `drift` and the like."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from training.measurement.command_line import (
    ABOUT_FILE,
    STANDARD_INPUT,
    FileArgument,
    FilePath,
    JsonOption,
    bytes_of,
    known_name,
    print_result,
    ratings_of,
    refuse,
    refusing,
)

if TYPE_CHECKING:
    from training.psychometrics.facets.analysis import Anchors

# What computes is imported where it is used: `flask` loads this module for every other command.

LEAST_CONFIDENCE = 0.5
MOST_CONFIDENCE = 0.9999
MOST_COUNTED = 1000
LEAST_RUN, MOST_RUN = 10, 100_000


def _scale(
    _context: click.Context, _option: click.Parameter, text: str | None
) -> tuple[float, ...] | None:
    from training.measurement.cells import scale_in

    try:
        return None if text is None else scale_in(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


def _confidence(_context: click.Context, _option: click.Parameter, confidence: float) -> float:
    # Asked this way round, so that nan is refused as well.
    if not LEAST_CONFIDENCE <= confidence <= MOST_CONFIDENCE:
        raise click.BadParameter(f"it must lie between {LEAST_CONFIDENCE} and {MOST_CONFIDENCE}")
    return confidence


def _counts(_context: click.Context, _option: click.Parameter, text: str) -> tuple[int, ...]:
    parts = [part.strip() for part in text.split(",")]
    if not all(
        part.isascii() and part.isdigit() and 0 < int(part) <= MOST_COUNTED for part in parts
    ):
        raise click.BadParameter(f"write whole numbers from 1 to {MOST_COUNTED}, such as 1,3,6")
    return tuple(sorted({int(part) for part in parts}))


ScaleOption = click.option(
    "--scale",
    metavar="0,1,2,3,4",
    callback=_scale,
    help="All points of the scale. Without it the range of the scores is taken.",
)
ConfidenceOption = click.option(
    "--confidence",
    metavar="SHARE",
    type=float,
    default=0.95,
    show_default=True,
    callback=_confidence,
    help="How many of such intervals hold the true figure.",
)


@click.command(epilog=ABOUT_FILE)
@FileArgument
@ScaleOption
@ConfidenceOption
@JsonOption
def agreement(
    file: Path, scale: tuple[float, ...] | None, confidence: float, as_json: bool
) -> None:
    """Say how far the raters of FILE agree, when none of them is the standard.

    \b
    Examples:
      flask --app wsgi agreement ratings.csv --scale 0,1,2,3,4
      flask --app wsgi agreement - --json < ratings.csv
    """
    from training.measurement.reports import agreement_report
    from training.psychometrics.agreement import agreement as agreement_of

    table = ratings_of(file, scale)
    result = agreement_of(table, scale=scale, confidence=confidence).as_dict()
    print_result(result, agreement_report, as_json)


@click.command(epilog=ABOUT_FILE)
@FileArgument
@click.option("--reference", required=True, metavar="NAME", help="The rater who is the standard.")
@click.option("--rater", metavar="NAME", help="Show one rater only, and in full.")
@ScaleOption
@ConfidenceOption
@JsonOption
def compare(
    file: Path,
    reference: str,
    rater: str | None,
    scale: tuple[float, ...] | None,
    confidence: float,
    as_json: bool,
) -> None:
    """Put every rater of FILE beside one of them, such as the consensus of experts.

    A positive difference means that the rater scored higher than the reference.

    \b
    Examples:
      flask --app wsgi compare ratings.csv --reference Consensus --scale 0,1,2,3,4
      flask --app wsgi compare ratings.csv --reference Consensus --rater Noor
    """
    from training.measurement.reports import comparison_report
    from training.psychometrics.table_comparison import compare_table

    table = ratings_of(file, scale)
    reference = known_name("--reference", reference, table.raters)
    others = [name for name in table.raters if name != reference]
    shown = others if rater is None else [known_name("--rater", rater, others)]
    result = compare_table(table, reference=reference, scale=scale, confidence=confidence).as_dict()
    result["raters"] = {name: result["raters"][name] for name in shown}
    print_result(result, comparison_report, as_json)


@click.command(epilog=ABOUT_FILE)
@FileArgument
@ScaleOption
@click.option("--anchor", metavar="FILE", type=FilePath, help="Measures to hold fast; see above.")
@JsonOption
def facets(file: Path, scale: tuple[float, ...] | None, anchor: Path | None, as_json: bool) -> None:
    """Measure the severity of the raters of FILE apart from what they happened to rate.

    A many-facet Rasch model puts subjects, items and raters on one scale, in logits. Measures that
    are known from before can be held fast, so that this file is measured on the same scale:

    \b
      facet,name,measure
      rater,Asta,-0.31
      item,listening,0.8
      threshold,1,-1.2
      threshold,2,1.2

    A facet is subject, item, rater or threshold. Thresholds are named by their step, the lowest
    being 1; hold all of them fast or none.

    \b
    Examples:
      flask --app wsgi facets ratings.csv --scale 0,1,2,3,4
      flask --app wsgi facets autumn.csv --scale 0,1,2,3,4 --anchor spring.csv
    """
    from training.measurement.reports import facets_report
    from training.psychometrics.facets.analysis import FacetsError, bias_interactions, fit_facets
    from training.psychometrics.scale import scale_of

    if anchor == file == STANDARD_INPUT:
        raise click.UsageError("Only one file can come from standard input.")
    table = ratings_of(file, scale)
    anchors = None if anchor is None else _anchors(anchor)
    categories, warning = scale_of(table, scale)
    if len(categories) < 2:
        refuse(file, "Fewer than two different scores were given; name all with --scale.")
    with refusing(file, FacetsError):
        fit = fit_facets(table, scale=categories, anchors=anchors)
    interactions = [interaction.as_dict() for interaction in bias_interactions(fit)]
    result = {**fit.as_dict(), "interactions": interactions}
    result["warnings"] = [*([warning] if warning else []), *result["warnings"]]
    print_result(result, facets_report, as_json)


@click.command(epilog=ABOUT_FILE)
@FileArgument
@click.option("--items-fixed", is_flag=True, help="The items are all there are, not a sample.")
@click.option(
    "--sessions",
    metavar="1,3,6",
    default="3,6",
    show_default=True,
    callback=_counts,
    help="Numbers of sessions that a service's score may be the mean of.",
)
@JsonOption
def generalizability(
    file: Path, items_fixed: bool, sessions: tuple[int, ...], as_json: bool
) -> None:
    """Say what the scores of FILE differ by, and how many raters make them dependable.

    \b
    Examples:
      flask --app wsgi generalizability ratings.csv
      flask --app wsgi generalizability ratings.csv --json > components.json
    """
    from training.measurement.reports import generalizability_report
    from training.psychometrics.generalizability.study import GeneralizabilityError
    from training.psychometrics.generalizability.study import (
        generalizability as generalizability_of,
    )

    table = ratings_of(file, None)
    with refusing(file, GeneralizabilityError):
        result = generalizability_of(table, items_fixed=items_fixed, sessions=sessions).as_dict()
    print_result(result, generalizability_report, as_json)


@click.command(epilog=ABOUT_FILE)
@FileArgument
@click.option("--reference", required=True, metavar="NAME", help="The rater who is the standard.")
@click.option("--rater", required=True, metavar="NAME", help="The rater who is watched.")
@click.option(
    "--order",
    required=True,
    metavar="COLUMN",
    help="The column that says when a subject was rated: numbers, or dates such as 2026-03-31.",
)
@click.option(
    "--baseline",
    metavar="N",
    type=click.IntRange(2, MOST_COUNTED),
    default=8,
    show_default=True,
    help="So many of the first subjects are the steady time.",
)
@click.option(
    "--run-length",
    metavar="N",
    type=click.IntRange(LEAST_RUN, MOST_RUN),
    help="Flag a rater who stays the same once in N subjects on average. [default: about 168]",
)
@ConfidenceOption
@JsonOption
def drift(
    file: Path,
    reference: str,
    rater: str,
    order: str,
    baseline: int,
    run_length: int | None,
    confidence: float,
    as_json: bool,
) -> None:
    """Say whether a rater of FILE has changed since the first subjects, and when.

    Two control charts, CUSUM and EWMA, watch the mean difference from the reference and the mean
    absolute difference, subject by subject, against the rater's own beginning.

    \b
    Examples:
      flask --app wsgi drift year.csv --reference Key --rater Noor --order date
      flask --app wsgi drift year.csv --reference Key --rater Noor --order week \\
          --baseline 12 --run-length 500
    """
    from training.measurement.reading import order_in, ratings_in
    from training.measurement.reports import drift_report
    from training.measurement.sheets import RatingFileError
    from training.psychometrics.drift.charts import DriftError
    from training.psychometrics.drift.watching import Limits, watch_rater

    with refusing(file, RatingFileError):
        content = bytes_of(file)
        table = ratings_in(content)
        reference = known_name("--reference", reference, table.raters)
        others = [name for name in table.raters if name != reference]
        rater = known_name("--rater", rater, others)
        subjects = order_in(content, order, rater=rater)
    with refusing(file, DriftError):
        watched = watch_rater(
            table,
            rater=rater,
            reference=reference,
            order=subjects,
            baseline=baseline,
            limits=None if run_length is None else Limits.of(run_length),
            confidence=confidence,
        )
    print_result(watched.as_dict(), drift_report, as_json)


def _anchors(file: Path) -> Anchors:
    from training.measurement.reading import anchors_in
    from training.measurement.sheets import RatingFileError
    from training.psychometrics.facets.analysis import Anchors

    with refusing(file, RatingFileError):
        values = anchors_in(bytes_of(file))
    return Anchors(
        subjects=values.subjects,
        items=values.items,
        raters=values.raters,
        thresholds=values.thresholds,
    )
