"""What a rater sees of an attempt: how far it is, and afterwards patterns, never keys."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from training.calibration.models import RatingSession
from training.certification.appeals.acts import right_of
from training.certification.appeals.rules import AppealRight
from training.certification.attempts.eligibility import Eligibility
from training.certification.attempts.pool import rests_on_authored_keys
from training.certification.attempts.standing import eligibility_of, standing_of
from training.certification.certificates.records import CertificateState, certificates_of, state_of
from training.certification.dossiers.dossier import instrument_of, names_of_items
from training.certification.gate_texts import GateText, gate_texts
from training.certification.judging.decision import Outcome
from training.certification.judging.figures import Summary, summary_of
from training.certification.judging.patterns import (
    PrinciplePattern,
    furthest_from_consensus,
    patterns_by_principle,
)
from training.certification.judging.standard import Standard
from training.certification.models import (
    Attempt,
    AttemptState,
    Certificate,
    Decision,
    Review,
    ReviewAct,
)
from training.certification.reviews.records import find_certificate_of
from training.clock import now
from training.library import records as library
from training.library.records import Version
from training.library.schema import Instrument


class VignetteState(StrEnum):
    WAITING = "waiting"
    STARTED = "started"
    SUBMITTED = "submitted"


@dataclass(frozen=True, slots=True)
class VignetteStep:
    """One vignette of the form, as its rater may see it before and after submitting."""

    session_id: uuid.UUID
    position: int
    title: str
    reading_minutes: int
    state: VignetteState
    submitted_at: datetime | None


@dataclass(frozen=True, slots=True)
class ModuleToRepeat:
    """A learning module by slug and title."""

    slug: str
    title: str


@dataclass(frozen=True, slots=True)
class Results:
    """The figures of an attempt that is over."""

    summary: Summary
    gates: tuple[GateText, ...]
    patterns: tuple[PrinciplePattern, ...]
    elements: dict[int, str]  # to work on
    module_to_repeat: ModuleToRepeat | None

    @property
    def gates_to_work_on(self) -> tuple[GateText, ...]:
        return tuple(gate for gate in self.gates if gate.needs_work)


@dataclass(frozen=True, slots=True)
class AttemptView:
    """An attempt as its rater sees it.

    unclear_gates  the sentences of the gates a decision is waiting on; named while further
                   vignettes are still possible, without a figure that could steer the rating.
    results        None until the attempt is over.
    is_lapsed      whether its window closed before every vignette was submitted.
    appeal_right   whether the rater may appeal now, and until when.
    """

    attempt: Attempt
    standard: Version[Standard]
    instrument: Version[Instrument]
    steps: tuple[VignetteStep, ...]
    decision: Decision | None
    outcome: Outcome | None
    review: Review | None
    earlier: tuple[Decision, ...]
    unclear_gates: tuple[str, ...]
    results: Results | None
    certificate: Certificate | None
    eligibility: Eligibility | None
    is_lapsed: bool
    appeal_right: AppealRight

    @property
    def submitted(self) -> int:
        return sum(step.state is VignetteState.SUBMITTED for step in self.steps)

    @property
    def next_step(self) -> VignetteStep | None:
        """The first vignette that is not submitted yet."""
        waiting = (step for step in self.steps if step.state is not VignetteState.SUBMITTED)
        return next(waiting, None)

    @property
    def minutes_left(self) -> int:
        return sum(
            step.reading_minutes for step in self.steps if step.state is not VignetteState.SUBMITTED
        )

    @property
    def principle_names(self) -> dict[str, str]:
        return {p.slug: p.name for p in self.instrument.document.principles}


def attempt_view(attempt: Attempt, *, at: datetime) -> AttemptView:
    """Gather what a rater may see of their attempt at this moment."""
    standard = library.standard_version(attempt.standard_document_id)
    instrument = instrument_of(attempt)
    decision = attempt.decisions[-1] if attempt.decisions else None
    is_open, is_lapsed = attempt.is_under_way(at), attempt.has_lapsed(at)
    outcome = Outcome(decision.outcome) if decision else None
    is_over = not is_lapsed and (
        attempt.state is AttemptState.CLOSED
        or (attempt.state is AttemptState.DECIDED and outcome is not Outcome.MORE_EVIDENCE)
    )
    certificate = find_certificate_of(decision.id) if decision else None
    return AttemptView(
        attempt=attempt,
        standard=standard,
        instrument=instrument,
        steps=tuple(_step(session) for session in attempt.sessions),
        decision=decision,
        outcome=outcome,
        review=decision.review if decision else None,
        earlier=tuple(attempt.decisions[:-1]),
        unclear_gates=_unclear_gates(decision) if decision and not is_over else (),
        results=_results(decision, standard.document, instrument.document)
        if decision and is_over
        else None,
        certificate=certificate,
        eligibility=None if is_open else _eligibility_now(attempt, at),
        is_lapsed=is_lapsed,
        appeal_right=right_of(attempt, certificate, at=at),
    )


def _step(session: RatingSession) -> VignetteStep:
    vignette = library.vignette_version(session.vignette_document_id).document
    state = VignetteState.STARTED if session.revision else VignetteState.WAITING
    return VignetteStep(
        session_id=session.id,
        position=session.position or 0,
        title=vignette.title,
        reading_minutes=vignette.reading_minutes,
        state=VignetteState.SUBMITTED if session.is_submitted else state,
        submitted_at=session.submitted_at,
    )


def _unclear_gates(decision: Decision) -> tuple[str, ...]:
    summary = summary_of(decision.figures)
    return tuple(gate.sentence for gate in summary.gates if gate.gate in summary.deciding_gates)


def _results(decision: Decision, standard: Standard, instrument: Instrument) -> Results:
    summary = summary_of(decision.figures)
    names = names_of_items(instrument)
    patterns = patterns_by_principle(
        decision.evidence,
        [principle.slug for principle in instrument.principles],
        {item.number: item.principles for item in instrument.items},
    )
    return Results(
        summary=summary,
        gates=gate_texts(summary, names),
        patterns=patterns,
        elements={number: names.get(number, "") for number in summary.elements_to_work_on},
        module_to_repeat=_module_to_repeat(patterns, standard),
    )


def _module_to_repeat(
    patterns: tuple[PrinciplePattern, ...], standard: Standard
) -> ModuleToRepeat | None:
    """The module of the track about the principle that was rated furthest from the consensus."""
    furthest = furthest_from_consensus(patterns)
    modules = {version.slug: version.document for version in library.modules()}
    on_track = (modules[slug] for slug in standard.prerequisites.modules if slug in modules)
    return next(
        (
            ModuleToRepeat(module.slug, module.title)
            for module in on_track
            if furthest and module.principle == furthest.principle
        ),
        None,
    )


def _eligibility_now(attempt: Attempt, at: datetime) -> Eligibility | None:
    standard = library.find_standard(attempt.standard_slug)
    return eligibility_of(attempt.person_id, standard, at=at) if standard else None


@dataclass(frozen=True, slots=True)
class AttemptRow:
    """An attempt in a list. `act` is what a certifier last did about it."""

    attempt: Attempt
    outcome: Outcome | None
    act: ReviewAct | None
    is_open: bool
    is_lapsed: bool

    @property
    def is_set_aside(self) -> bool:
        return self.attempt.set_aside is not None


@dataclass(frozen=True, slots=True)
class CertificateRow:
    certificate: Certificate
    state: CertificateState

    @property
    def standard_slug(self) -> str:
        return self.certificate.decision.attempt.standard_slug


@dataclass(frozen=True, slots=True)
class StandardView:
    """A standard beside a person's record: what it asks, what is missing, what came of it."""

    version: Version[Standard]
    instrument: Instrument | None
    rests_on_authored_keys: bool
    eligibility: Eligibility
    attempts: tuple[AttemptRow, ...]
    certificates: tuple[CertificateRow, ...]

    @property
    def open_attempt(self) -> Attempt | None:
        return next((row.attempt for row in self.attempts if row.is_open), None)


def standard_views(
    person_id: uuid.UUID,
    standards: Iterable[Version[Standard]],
    certificates: Iterable[CertificateRow],
    *,
    at: datetime,
) -> list[StandardView]:
    """These standards in their order, each as it stands for a person with these certificates."""
    held = list(certificates)
    return [
        StandardView(
            version=version,
            instrument=_instrument(version.document),
            rests_on_authored_keys=rests_on_authored_keys(version.document),
            eligibility=standing.eligibility,
            attempts=tuple(map(attempt_row, standing.attempts)),
            certificates=tuple(row for row in held if row.standard_slug == version.slug),
        )
        for version in standards
        for standing in [standing_of(person_id, version, at=at)]
    ]


def _instrument(standard: Standard) -> Instrument | None:
    version = library.find_instrument(standard.instrument)
    return version.document if version else None


def attempt_row(attempt: Attempt) -> AttemptRow:
    """An attempt with its latest outcome; none while vignettes are being rated, or too late."""
    moment = now()
    is_open, is_lapsed = attempt.is_under_way(moment), attempt.has_lapsed(moment)
    last = attempt.decisions[-1] if attempt.decisions else None
    if last is None or is_open or is_lapsed:
        return AttemptRow(attempt, None, None, is_open, is_lapsed)
    act = last.review.act if last.review else None
    return AttemptRow(attempt, Outcome(last.outcome), act, is_open, is_lapsed)


def certificate_rows(person_id: uuid.UUID, *, at: datetime) -> list[CertificateRow]:
    """The certificates a person was given, with their state now."""
    return [
        CertificateRow(certificate, state_of(certificate, at=at))
        for certificate in certificates_of(person_id)
    ]


def module_titles() -> dict[str, str]:
    """The titles of the modules in use by slug."""
    return {version.slug: version.document.title for version in library.modules()}
