"""The time: the one place that reads the clock, so that rules can be handed a moment instead."""

from datetime import UTC, datetime


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)
