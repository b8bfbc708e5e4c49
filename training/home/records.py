"""What the home page shows: a person's record put together from every part."""

from __future__ import annotations

import uuid
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime

from training.accounts.models import Person, Role
from training.accounts.records import Identity
from training.calibration.practice_records import practice_overview
from training.certification.appeals.records import number_waiting_for as number_of_appeals
from training.certification.attempts.eligibility import Eligibility, RequirementKind
from training.certification.attempts.standing import attempts_of, standing_of
from training.certification.certificates import renewals
from training.certification.judging.decision import Outcome
from training.certification.models import Attempt, AttemptState, Certificate
from training.certification.reviews.records import waiting_decisions
from training.clock import now
from training.cohorts.records import LedCohort, led_cohorts
from training.home.time_left import TimeOnWay, time_left
from training.home.way import Record, Way, way_of
from training.keys.changes.records import number_of_open_cases
from training.keys.contests.records import number_waiting_for as number_of_contests
from training.library import records as library
from training.library.schema import Pool
from training.mail.post import letters_failed
from training.modules.progress import LearningProgress
from training.modules.records import learning_progress
from training.panels.assignment_records import OwnAssignment, waiting_assignments
from training.tracks.records import Tracks, tracks_for


@dataclass(frozen=True, slots=True)
class HomeView:
    """Everything the home page of a rater needs, on their own track.

    time        about how much is left of the way; None where there is no standard to reach.
    elsewhere   attempts that are under way on other tracks: their windows close as well.
    """

    tracks: Tracks
    way: Way
    learning: LearningProgress
    eligibility: Eligibility | None
    attempt: Attempt | None  # the latest
    certificate: Certificate | None  # valid now
    lapsed: Certificate | None = None  # the last one, where none is valid now
    time: TimeOnWay | None = None
    elsewhere: tuple[Attempt, ...] = ()

    @property
    def module_titles(self) -> dict[str, str]:
        """The titles of the modules of the track by slug."""
        return {module.slug: module.title for module in self.learning.modules}


def home_of(person: Person | Identity) -> HomeView:
    """Where a person is on the whole way of their track, at this moment."""
    moment, tracks = now(), tracks_for(person.track)
    learning, standard = learning_progress(person.id, tracks), tracks.own
    if standard is None:
        way = way_of(_learner(person.id, learning))
        return HomeView(tracks, way, learning, None, None, None)
    standing = standing_of(person.id, standard, at=moment)
    held, attempt = standing.held, standing.attempts[-1] if standing.attempts else None
    record = replace(
        _record(
            standing.eligibility,
            attempt,
            held.valid,
            standard.document.form.vignettes,
            at=moment,
        ),
        is_in_renewal_window=held.valid is not None
        and renewals.is_in_window(held.valid, at=moment),
    )
    way = way_of(record)
    return HomeView(
        tracks,
        way,
        learning,
        standing.eligibility,
        attempt,
        held.valid,
        held.lapsed,
        _time_left(way, learning, standard.document.instrument),
        _under_way_elsewhere(person.id, tracks, moment),
    )


def _time_left(way: Way, learning: LearningProgress, instrument: str) -> TimeOnWay:
    minutes: defaultdict[Pool, list[int]] = defaultdict(list)
    for version in library.vignettes(Pool.PRACTICE, Pool.CERTIFICATION):
        if version.document.instrument == instrument:
            minutes[version.document.pool].append(version.document.reading_minutes)
    return time_left(
        way,
        learning=learning.minutes_left,
        reading_practice=minutes[Pool.PRACTICE],
        reading_assessed=minutes[Pool.CERTIFICATION],
    )


def _under_way_elsewhere(person_id: uuid.UUID, tracks: Tracks, at: datetime) -> tuple[Attempt, ...]:
    return tuple(
        attempt
        for version in tracks.every
        if not tracks.is_own(version.slug)
        for attempt in attempts_of(person_id, version.slug)
        if attempt.is_under_way(at)
    )


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for a person in the roles beside rater; None where they lack the role."""

    assignments: list[OwnAssignment] | None  # vignettes to rate for a panel, the first due on top
    contests: int | None
    decisions: int | None
    appeals: int | None
    key_cases: int | None  # decisions that a new key would change
    cohorts: list[LedCohort] | None  # those that are open
    letters_failed: int | None


def waiting_for(person: Person) -> Waiting:
    """The figures on the cards of trainers, experts, certifiers and administrators."""
    is_certifier = person.has_role(Role.CERTIFIER)
    return Waiting(
        assignments=waiting_assignments(person.id) if person.has_role(Role.EXPERT) else None,
        contests=number_of_contests(person)
        if person.has_role(Role.EXPERT, Role.CERTIFIER)
        else None,
        decisions=len(waiting_decisions()) if is_certifier else None,
        appeals=number_of_appeals(person) if is_certifier else None,
        key_cases=number_of_open_cases() if is_certifier else None,
        cohorts=[led for led in led_cohorts(person.id) if led.cohort.closed_at is None]
        if person.has_role(Role.TRAINER)
        else None,
        letters_failed=letters_failed() if person.has_role(Role.ADMINISTRATOR) else None,
    )


def _learner(person_id: uuid.UUID, learning: LearningProgress) -> Record:
    """The record where there is no standard: one learns, and practises on what there is."""
    practice = practice_overview(person_id)
    return Record(
        modules_done=learning.modules_done,
        modules=len(learning.modules),
        practised=sum(entry.first_id is not None for entry in practice),
        practice_needed=len(practice),
        vignettes_submitted=0,
        vignettes_in_form=0,
        has_open_attempt=False,
        is_waiting_for_certifier=False,
        certified_until=None,
        may_open_attempt=False,
    )


def _record(
    eligibility: Eligibility,
    attempt: Attempt | None,
    certificate: Certificate | None,
    form_size: int,
    *,
    at: datetime,
) -> Record:
    is_open = attempt is not None and attempt.is_under_way(at)
    sessions = attempt.sessions if attempt is not None and is_open else []
    required = {each.kind: each for each in eligibility.requirements}
    modules, practice = required[RequirementKind.MODULES], required[RequirementKind.PRACTICE]
    return Record(
        modules_done=modules.done,
        modules=modules.needed,
        practised=practice.done,
        practice_needed=practice.needed,
        vignettes_submitted=sum(session.is_submitted for session in sessions),
        vignettes_in_form=len(sessions) or form_size,
        has_open_attempt=is_open,
        is_waiting_for_certifier=_is_waiting(attempt),
        certified_until=_until(certificate),
        may_open_attempt=eligibility.is_eligible,
    )


def _is_waiting(attempt: Attempt | None) -> bool:
    if attempt is None or attempt.state is not AttemptState.DECIDED:
        return False
    return attempt.decisions[-1].outcome != Outcome.DOES_NOT_MEET.value


def _until(certificate: Certificate | None) -> datetime | None:
    return certificate.valid_until if certificate else None
