"""`flask standards simulate`: whom a standard certifies, before anybody is judged by it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from training.certification.standard_documents import (
    ContentOption,
    StandardInContent,
    standard_in,
)
from training.measurement.command_line import REFUSED, JsonOption, print_result

if TYPE_CHECKING:
    from training.certification.judging.standard import Standard
    from training.certification.simulation.attempts import Plan
    from training.certification.simulation.tallies import Tallies

# What computes is imported where it is used: `flask` loads this module for every other command.

MOST_REPLICATIONS = 100_000
LARGEST_SEED = 2**31 - 1
CANCELLED = 130  # as a shell calls what Ctrl+C has ended
LINES_OF_PROGRESS = 10


@click.group()
def standards() -> None:
    """Try out standards before anybody is judged by them."""


@standards.command()
@click.argument("slug", metavar="SLUG")
@click.option(
    "--replications",
    type=click.IntRange(1, MOST_REPLICATIONS),
    default=500,
    show_default=True,
    help="How many raters of each kind.",
)
@click.option(
    "--seed",
    type=click.IntRange(0, LARGEST_SEED),
    default=2026,
    show_default=True,
    help="The same seed gives the same figures.",
)
@click.option(
    "--set",
    "settings",
    metavar="NAME=VALUE",
    multiple=True,
    help="Change the standard, as in gross.at_most=.05 or attempts.pooled=no; may be repeated.",
)
@JsonOption
@ContentOption
def simulate(
    slug: str,
    replications: int,
    seed: int,
    settings: tuple[str, ...],
    as_json: bool,
    folders: tuple[Path, ...],
) -> None:
    """Say which kinds of raters would meet the standard SLUG, and how surely.

    The keys are those of the certification pool in the content; where they are too few for the
    longest attempt, further ones are made from them. With --set, the standard as it is stands
    beside the changed one. Progress is told on standard error; Ctrl+C ends the run with what has
    been done so far.

    \b
    Examples:
      flask --app wsgi standards simulate dialogic-practice-rater
      flask --app wsgi standards simulate dialogic-practice-rater --set gross.at_most=.05 --json
    """
    from training.certification.simulation.operating_characteristics import report_of
    from training.certification.simulation.report import simulation_report
    from training.certification.simulation.standard_changes import differences

    found = standard_in(folders, slug, option="SLUG", with_vignettes=True)
    asked = _changed(found.standard, settings)
    changes = differences(found.standard, asked)
    standards_tried = (asked, found.standard) if changes else (asked,)
    plan = _plan(found, standards_tried, seed=seed, replications=replications)
    tallies, is_complete = _simulated(plan)
    report: dict[str, Any] = {
        **report_of(plan, tallies, is_complete=is_complete),
        "changes": {name: list(texts) for name, texts in changes.items()},
    }
    print_result(report, simulation_report, as_json)
    if not is_complete:
        sys.exit(CANCELLED)


def _changed(standard: Standard, settings: tuple[str, ...]) -> Standard:
    from training.certification.simulation.standard_changes import changed

    changes = {}
    for setting in settings:
        name, sign, value = setting.partition("=")
        if not sign:
            raise click.BadParameter(f"{setting!r} is not NAME=VALUE.", param_hint="--set")
        if name.strip() in changes:
            raise click.BadParameter(f"{name.strip()} is set twice.", param_hint="--set")
        changes[name.strip()] = value
    asked, faults = changed(standard, changes)
    if asked is None:
        for fault in faults:
            click.echo(f"--set {fault}", err=True)
        click.echo("Nothing was computed.", err=True)
        sys.exit(REFUSED)
    return asked


def _plan(
    found: StandardInContent, tried: tuple[Standard, ...], *, seed: int, replications: int
) -> Plan:
    from training.certification.simulation.attempts import Plan
    from training.certification.simulation.pool_keys import NoKeysError, keys_of_pack, pool_for

    try:
        pools = tuple(
            pool_for(standard, keys_of_pack(found.pack, standard), found.instrument)
            for standard in tried
        )
    except NoKeysError as error:
        click.echo(str(error), err=True)
        click.echo("Nothing was computed.", err=True)
        sys.exit(REFUSED)
    scale = found.instrument.scale.scores
    return Plan(tried, pools, scale=scale, seed=seed, replications=replications)


def _simulated(plan: Plan) -> tuple[Tallies, bool]:
    """What was done until the end, or until Ctrl+C."""
    from training.certification.simulation.attempts import after_step, no_tallies

    tallies, steps, tell = no_tallies(plan), plan.steps, _teller(plan)
    for done, step in enumerate(steps):
        try:
            tallies = after_step(plan, tallies, step)
            tell(done + 1, len(steps))
        except KeyboardInterrupt:
            raters = sum(one.tally.raters for one in tallies[0].values())
            wanted = len(tallies[0]) * plan.replications
            click.echo(f"\nCancelled after {raters} of {wanted} raters.", err=True)
            return tallies, False
    return tallies, True


def _teller(plan: Plan) -> Callable[[int, int], None]:
    """On a terminal one line that counts, elsewhere a few lines."""
    is_terminal = sys.stderr.isatty()
    said = -1

    def tell(done: int, steps: int) -> None:
        nonlocal said
        percent = 100 * done // steps
        if is_terminal:
            click.echo(f"\rsimulated {percent} %", nl=done == steps, err=True)
        elif percent * LINES_OF_PROGRESS // 100 > said:
            said = percent * LINES_OF_PROGRESS // 100
            click.echo(f"simulated {percent} %", err=True)

    return tell
