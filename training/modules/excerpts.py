"""Which excerpt somebody rates next in the apply stage. Pure."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from training.modules.mastery import ExcerptResult


@dataclass(frozen=True, slots=True)
class ExcerptTry:
    """One rating session on an excerpt; its result stands when it was submitted."""

    session_id: uuid.UUID
    excerpt: str
    title: str
    number: int
    opened_at: datetime
    submitted_at: datetime | None
    result: ExcerptResult | None

    @property
    def is_under_way(self) -> bool:
        return self.submitted_at is None


@dataclass(frozen=True, slots=True)
class NextExcerpt:
    """What to rate next: the excerpt, which try at it this is, and what is known of its key."""

    excerpt: str
    number: int
    was_key_seen: bool
    session_id: uuid.UUID | None  # of the rating that is under way


def next_excerpt(excerpts: Sequence[str], tries: Sequence[ExcerptTry]) -> NextExcerpt:
    """The excerpt to rate next, given the tries at these excerpts.

    A rating that is under way is finished first. Then comes the first excerpt that was never
    submitted, and when the keys of all are known, the one whose feedback is longest ago.
    Raises ValueError when there is no excerpt.
    """
    if not excerpts:
        raise ValueError("a module needs an excerpt to rate")
    for attempt in tries:
        if attempt.is_under_way and attempt.excerpt in excerpts:
            was_key_seen = any(
                other.excerpt == attempt.excerpt and not other.is_under_way for other in tries
            )
            return NextExcerpt(attempt.excerpt, attempt.number, was_key_seen, attempt.session_id)
    latest: dict[str, ExcerptTry] = {}
    for attempt in tries:
        if attempt.excerpt not in latest or attempt.number > latest[attempt.excerpt].number:
            latest[attempt.excerpt] = attempt
    for excerpt in excerpts:
        if excerpt not in latest:
            return NextExcerpt(excerpt, 1, was_key_seen=False, session_id=None)
    longest_ago = min(
        (latest[excerpt] for excerpt in excerpts),
        key=lambda attempt: attempt.submitted_at or attempt.opened_at,
    )
    return NextExcerpt(
        longest_ago.excerpt, longest_ago.number + 1, was_key_seen=True, session_id=None
    )
