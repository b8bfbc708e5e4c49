"""`flask decide`: what a standard says about every rater of a file, without a database."""

from __future__ import annotations

from pathlib import Path

import click

from training.certification.standard_documents import ContentOption, standard_in
from training.measurement.command_line import (
    ABOUT_FILE,
    FileArgument,
    JsonOption,
    known_name,
    print_result,
    ratings_of,
    refusing,
)

# What computes is imported where it is used: `flask` loads this module for every other command.


@click.command(epilog=ABOUT_FILE)
@FileArgument
@click.option("--standard", "slug", required=True, metavar="SLUG", help="Which standard to apply.")
@click.option("--reference", required=True, metavar="NAME", help="The rater who is the key.")
@JsonOption
@ContentOption
def decide(file: Path, slug: str, reference: str, as_json: bool, folders: tuple[Path, ...]) -> None:
    """Say whether each rater of FILE meets a standard, gate by gate.

    Subjects are vignettes, and all that a rater rated count as one attempt. Items are named by
    their number in the standard's instrument: 1, 01 or item 1. Scale and items come from the
    instrument, never from the file. What the rater or the reference has no line for counts for
    nothing.

    \b
    Examples:
      flask --app wsgi decide ratings.csv --standard dialogic-practice-rater --reference Key
      flask --app wsgi decide - --standard dialogic-practice-rater --reference Key --json
    """
    from training.certification.judging.decision import decide as decide_on
    from training.certification.judging.decision_file import (
        ItemNamesError,
        decision_as_dict,
        evidence_on,
        numbers_of_items,
    )
    from training.certification.judging.decision_report import decision_report
    from training.clock import now

    found = standard_in(folders, slug, option="--standard")
    standard, scale = found.standard, found.instrument.scale.scores
    ratings = ratings_of(file, scale)
    reference = known_name("--reference", reference, ratings.raters)
    with refusing(file, ItemNamesError):
        items = numbers_of_items(ratings, found.instrument.item_numbers)
    decisions = {}
    for rater in ratings.raters:
        if rater == reference:
            continue
        shown = evidence_on(ratings, rater, reference=reference, items=items, scale=scale)
        if shown.left_out:
            click.echo(f"{rater!r} left out {shown.left_out} ratings of the reference.", err=True)
        decisions[rater] = decision_as_dict(decide_on(standard, shown.evidence, now=now()))
    result = {
        "standard": {"slug": standard.slug, "version": standard.version},
        "raters": decisions,
    }
    print_result(result, decision_report, as_json)
