"""Runs of the workbench in the database: begin one, compute its next slice, cancel it, find it."""

from __future__ import annotations

import threading
import time
import uuid
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import defer, selectinload

from training.certification.attempts.pool import pool_of
from training.certification.judging.standard import Standard
from training.certification.simulation.rater_kinds import RaterKind
from training.certification.simulation.standard_changes import changed, differences
from training.certification.workbench.models import RunState, SimulationRun
from training.clock import now
from training.database import db, write_transaction
from training.library import records as library
from training.library.records import Version

if TYPE_CHECKING:
    from training.certification.simulation.attempts import Plan
    from training.certification.simulation.tallies import Tallies

SLICE_SECONDS = 1.5
"""Long enough to be worth a request, short enough for a page that says how far it is."""

RUNS_LISTED = 20

# One slice at a time in each process: however many people wait, memory does not grow.
_computing = threading.Lock()


def find_run(run_id: uuid.UUID) -> SimulationRun | None:
    return db.session.scalar(
        select(SimulationRun)
        .filter_by(id=run_id)
        .options(selectinload(SimulationRun.person))
        .execution_options(populate_existing=True)
    )


def latest_runs(limit: int = RUNS_LISTED) -> list[SimulationRun]:
    """The latest runs of everybody, without what they found."""
    return list(
        db.session.scalars(
            select(SimulationRun)
            .options(
                defer(SimulationRun.result),
                defer(SimulationRun.tallies),
                selectinload(SimulationRun.person),
            )
            .order_by(SimulationRun.started_at.desc())
            .limit(limit)
        )
    )


def start_run(
    person_id: uuid.UUID,
    standard: Version[Standard],
    asked: Standard,
    *,
    seed: int,
    replications: int,
) -> SimulationRun:
    """Begin to simulate a standard, changed or not. Raises pool_keys.NoKeysError.

    Standard, instrument and keys stay those of this moment, whatever is published meanwhile.
    """
    from training.certification.simulation.attempts import no_tallies

    instrument = library.get_instrument(standard.document.instrument)
    keys = [library.get_key(entry.vignette.slug) for entry in pool_of(standard.document)]
    changes = {name: after for name, (_, after) in differences(standard.document, asked).items()}
    run = SimulationRun(
        person_id=person_id,
        standard_slug=standard.slug,
        standard_document_id=standard.id,
        instrument_document_id=instrument.id,
        key_document_ids=[str(key.id) for key in keys],
        changes=changes,
        seed=seed,
        replications=replications,
        state=RunState.UNDER_WAY,
    )
    plan = plan_of(run)
    run.steps = len(plan.steps)
    run.tallies = _stored(no_tallies(plan))
    with write_transaction() as session:
        session.add(run)
    return run


def published_standard(run: SimulationRun) -> Standard:
    """The standard as it was published when the run began."""
    return library.standard_version(run.standard_document_id).document


def changed_standard(run: SimulationRun) -> Standard:
    """The standard that the run tries."""
    asked, faults = changed(published_standard(run), run.changes)
    if asked is None:
        raise ValueError(f"run {run.id} can no longer be read: {'; '.join(map(str, faults))}")
    return asked


def plan_of(run: SimulationRun) -> Plan:
    """What the run simulates; the standard as published stands beside a changed one."""
    from training.certification.simulation.attempts import Plan
    from training.certification.simulation.pool_keys import pool_for

    published = published_standard(run)
    tried = (changed_standard(run), published) if run.changes else (published,)
    instrument = library.instrument_version(run.instrument_document_id).document
    keys = [library.key_version(uuid.UUID(key)).document for key in run.key_document_ids]
    return Plan(
        tried,
        tuple(pool_for(standard, keys, instrument) for standard in tried),
        scale=instrument.scale.scores,
        seed=run.seed,
        replications=run.replications,
    )


def compute_slice(run: SimulationRun, *, seconds: float = SLICE_SECONDS) -> None:
    """Simulate on for about so long, and keep how far it came.

    While another slice is being computed here, or when another page was quicker, nothing is done:
    what is simulated depends on the step alone, so nothing is lost either.
    """
    if run.state is not RunState.UNDER_WAY or not _computing.acquire(blocking=False):
        return
    try:
        begun, plan = run.steps_done, plan_of(run)
        tallies = _loaded(run.tallies)
        db.session.commit()  # ends the reading: nothing is held while it computes
        tallies, done = _simulated_on(plan, tallies, begun, seconds)
    finally:
        _computing.release()
    with write_transaction():
        current = _locked(run.id)
        if current.state is RunState.UNDER_WAY and current.steps_done == begun:
            current.steps_done, current.tallies = done, _stored(tallies)
            if done == current.steps:
                _end(current, plan, tallies, RunState.DONE)


def cancel_run(run: SimulationRun) -> None:
    """End a run with what was simulated so far; one that is over stays as it is."""
    plan = plan_of(run)
    with write_transaction():
        current = _locked(run.id)
        if current.state is RunState.UNDER_WAY:
            _end(current, plan, _loaded(current.tallies), RunState.CANCELLED)


def _simulated_on(plan: Plan, tallies: Tallies, begun: int, seconds: float) -> tuple[Tallies, int]:
    from training.certification.simulation.attempts import after_step

    until, done, steps = time.monotonic() + seconds, begun, plan.steps
    while done < len(steps):
        tallies = after_step(plan, tallies, steps[done])
        done += 1
        if time.monotonic() >= until:
            break
    return tallies, done


def _locked(run_id: uuid.UUID) -> SimulationRun:
    """The run as it stands now, which nobody else changes before this act is over."""
    return db.session.scalars(
        select(SimulationRun)
        .filter_by(id=run_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def _end(run: SimulationRun, plan: Plan, tallies: Tallies, state: RunState) -> None:
    from training.certification.simulation.operating_characteristics import report_of

    run.result = report_of(plan, tallies, is_complete=state is RunState.DONE)
    run.state, run.ended_at, run.tallies = state, now(), []


def _stored(tallies: Tallies) -> list[Any]:
    return [{kind.value: one.as_dict() for kind, one in each.items()} for each in tallies]


def _loaded(stored: list[Any]) -> Tallies:
    from training.certification.simulation.tallies import KindTally

    return tuple(
        {RaterKind(kind): KindTally.from_dict(one) for kind, one in each.items()} for each in stored
    )
