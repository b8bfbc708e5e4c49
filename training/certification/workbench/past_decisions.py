"""Past decisions beside another standard: how many would change, and which; for certifiers."""

from __future__ import annotations

import uuid
from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from training.certification.judging.decision import Outcome
from training.certification.judging.gate_documents import GateKind
from training.certification.judging.standard import Standard
from training.certification.judging.what_would_change import outcome_under
from training.certification.models import Attempt, Decision
from training.certification.reviews.records import conflicts_with, latest_decisions
from training.database import db

MOST_ATTEMPTS_JUDGED = 300
"""A page that judges some hundred attempts anew takes a second; the latest say most."""


@dataclass(frozen=True, slots=True)
class ChangedOutcome:
    """An attempt that would end otherwise."""

    decision_id: uuid.UUID
    rater_name: str
    attempt: int
    computed_at: datetime
    before: Outcome
    after: Outcome
    deciding_gates: tuple[GateKind, ...]


@dataclass(frozen=True, slots=True)
class PastDecisions:
    """What a standard would have said about the latest decision of each past attempt.

    judged     how many attempts.
    moves      (before, after) and how many, the unchanged ones included.
    changed    those that would end otherwise, latest first.
    withheld   how many of these the reader may not see: their own, and those of people they train.
    has_more   whether there are earlier attempts that were not judged.
    """

    judged: int
    moves: tuple[tuple[tuple[Outcome, Outcome], int], ...]
    changed: tuple[ChangedOutcome, ...]
    withheld: int
    has_more: bool

    @property
    def number_changed(self) -> int:
        return sum(count for (before, after), count in self.moves if before is not after)


def past_decisions_under(
    standard: Standard, *, reader_id: uuid.UUID, limit: int = MOST_ATTEMPTS_JUDGED
) -> PastDecisions:
    """Hold the latest decisions on this standard's attempts against a changed one."""
    found = latest_decisions(Attempt.standard_slug == standard.slug, limit=limit + 1)
    latest = found[:limit]
    conflicts = conflicts_with(reader_id, latest)
    moves: Counter[tuple[Outcome, Outcome]] = Counter()
    changed, withheld = [], 0
    for decision in latest:
        before, after = Outcome(decision.outcome), outcome_under(standard, _evidence(decision.id))
        moves[before, after.outcome] += 1
        if before is after.outcome:
            continue
        if decision.id in conflicts:
            withheld += 1
            continue
        changed.append(
            ChangedOutcome(
                decision.id,
                decision.attempt.person.name,
                decision.attempt.number,
                decision.computed_at,
                before,
                after.outcome,
                after.deciding_gates,
            )
        )
    ordered = tuple(sorted(moves.items(), key=lambda move: (-move[1], move[0])))
    return PastDecisions(len(latest), ordered, tuple(changed), withheld, len(found) > limit)


def _evidence(decision_id: uuid.UUID) -> dict[str, object]:
    """Read one at a time: evidence is some 50 kB, and only what follows from it is kept."""
    return db.session.execute(select(Decision.evidence).filter_by(id=decision_id)).scalar_one()
