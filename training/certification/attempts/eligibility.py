"""Whether a person may open an attempt now, and if not, what is missing. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from training.certification.judging.decision import Outcome
from training.certification.judging.standard import Standard

DAYS_PER_MONTH = 30.4375
# A holder may be assessed again this long before a certificate lapses, so that there is no gap.
RENEWAL_WINDOW = timedelta(days=60)


class RequirementKind(StrEnum):
    MODULES = "modules"
    PRACTICE = "practice"
    NO_ATTEMPT_UNDER_WAY = "no-attempt-under-way"
    NO_VALID_CERTIFICATE = "no-valid-certificate"
    ATTEMPTS_LEFT = "attempts-left"
    COOLING_OFF = "cooling-off"
    REMEDIATION = "remediation"
    UNSEEN_VIGNETTES = "unseen-vignettes"


@dataclass(frozen=True, slots=True)
class PastAttempt:
    """What counts of an earlier attempt. `outcome` is that of its last decision, if any."""

    opened_at: datetime
    concluded_at: datetime | None  # when its last decision was computed, or its window closed
    outcome: Outcome | None  # none where the window closed before the form was complete
    is_closed: bool  # a certifier has signed or declined, or the window has closed
    is_certified: bool = False  # a certifier has signed
    is_set_aside: bool = False  # it does not count, whatever came of it

    @property
    def is_under_way(self) -> bool:
        """Open, or waiting for a certifier; a clear miss needs no signature to be over."""
        return not self.is_closed and self.outcome is not Outcome.DOES_NOT_MEET


@dataclass(frozen=True, slots=True)
class Requirement:
    """One condition with how far it is met: `done` of `needed`, or a moment it waits for."""

    kind: RequirementKind
    is_met: bool
    done: int = 0
    needed: int = 0  # 0 where nothing of the kind is asked for
    missing: tuple[str, ...] = ()  # slugs of modules
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Eligibility:
    requirements: tuple[Requirement, ...]

    @property
    def is_eligible(self) -> bool:
        return all(requirement.is_met for requirement in self.requirements)

    @property
    def unmet(self) -> tuple[Requirement, ...]:
        return tuple(requirement for requirement in self.requirements if not requirement.is_met)


def eligibility(
    standard: Standard,
    *,
    completed_modules: frozenset[str],
    practised: int,
    attempts: Sequence[PastAttempt],
    unseen_vignettes: int,
    certified_until: datetime | None,
    exercises: Mapping[str, datetime],
    now: datetime,
) -> Eligibility:
    """Hold a person's record against the standard's conditions for opening an attempt.

    `practised` counts different practice vignettes submitted; `unseen_vignettes` those of the
    certification pool this person never met; `certified_until` is the end of a certificate that
    is valid now; `exercises` holds when each practice vignette and module excerpt was last rated.
    An attempt that was set aside is as if it had never been made.
    """
    attempts = [attempt for attempt in attempts if not attempt.is_set_aside]
    return Eligibility(
        (
            _modules(standard, completed_modules),
            _practice(standard, practised),
            Requirement(
                RequirementKind.NO_ATTEMPT_UNDER_WAY,
                is_met=not any(attempt.is_under_way for attempt in attempts),
            ),
            _certificate(certified_until, now),
            _attempts_left(standard, attempts, now),
            _cooling_off(standard, attempts, now),
            _remediation(standard, attempts, exercises),
            _unseen(standard, unseen_vignettes),
        )
    )


def counts_from(standard: Standard, now: datetime) -> datetime:
    """Attempts opened since then count: for the number of attempts and for pooled evidence."""
    return now - timedelta(days=standard.attempts.within_months * DAYS_PER_MONTH)


def _modules(standard: Standard, completed: frozenset[str]) -> Requirement:
    needed = standard.prerequisites.modules
    missing = tuple(slug for slug in needed if slug not in completed)
    return Requirement(
        RequirementKind.MODULES,
        is_met=not missing,
        done=len(needed) - len(missing),
        needed=len(needed),
        missing=missing,
    )


def _practice(standard: Standard, practised: int) -> Requirement:
    needed = standard.prerequisites.practice_vignettes
    return Requirement(
        RequirementKind.PRACTICE, is_met=practised >= needed, done=practised, needed=needed
    )


def _certificate(certified_until: datetime | None, now: datetime) -> Requirement:
    is_lasting = certified_until is not None and certified_until - RENEWAL_WINDOW > now
    until = certified_until - RENEWAL_WINDOW if certified_until and is_lasting else None
    return Requirement(RequirementKind.NO_VALID_CERTIFICATE, is_met=not is_lasting, until=until)


def _attempts_left(
    standard: Standard, attempts: Sequence[PastAttempt], now: datetime
) -> Requirement:
    counted = sorted(a.opened_at for a in attempts if a.opened_at >= counts_from(standard, now))
    maximum = standard.attempts.maximum
    is_met = len(counted) < maximum
    months = timedelta(days=standard.attempts.within_months * DAYS_PER_MONTH)
    return Requirement(
        RequirementKind.ATTEMPTS_LEFT,
        is_met=is_met,
        done=len(counted),
        needed=maximum,
        # More may count than are allowed, where a newer version of the standard allows fewer.
        until=None if is_met else counted[len(counted) - maximum] + months,
    )


def _cooling_off(standard: Standard, attempts: Sequence[PastAttempt], now: datetime) -> Requirement:
    # Who was certified and renews has nothing to cool off from; who met the standard and was
    # declined has, and so has whoever saw a form and let its window close.
    over = [at for attempt in attempts if (at := _ended_without_certificate(attempt))]
    days = timedelta(days=standard.attempts.cooling_off_days)
    until = max(over) + days if over else None
    is_met = until is None or now >= until
    return Requirement(
        RequirementKind.COOLING_OFF,
        is_met=is_met,
        needed=standard.attempts.cooling_off_days,
        until=None if is_met else until,
    )


def _ended_without_certificate(attempt: PastAttempt) -> datetime | None:
    if attempt.is_under_way or attempt.is_certified:
        return None
    return attempt.concluded_at


def _remediation(
    standard: Standard, attempts: Sequence[PastAttempt], exercises: Mapping[str, datetime]
) -> Requirement:
    """What is to be rated again after a decision that did not lead to a certificate.

    A form that was never complete was not decided on: there are no patterns to work on. A later
    certificate shows that they were worked on, so what was missed before it asks for nothing.
    """
    certified = [attempt.opened_at for attempt in attempts if attempt.is_certified]
    decided = [
        at
        for attempt in attempts
        if attempt.outcome not in (None, Outcome.MEETS)
        and not any(opened_at > attempt.opened_at for opened_at in certified)
        and (at := _ended_without_certificate(attempt))
    ]
    needed = standard.attempts.remediation_practice if decided else 0
    done = sum(at > max(decided) for at in exercises.values()) if decided else 0
    return Requirement(
        RequirementKind.REMEDIATION, is_met=done >= needed, done=min(done, needed), needed=needed
    )


def _unseen(standard: Standard, unseen: int) -> Requirement:
    needed = standard.form.vignettes
    return Requirement(
        RequirementKind.UNSEEN_VIGNETTES, is_met=unseen >= needed, done=unseen, needed=needed
    )
