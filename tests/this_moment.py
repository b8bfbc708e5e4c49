"""What happens between the look a page takes and the act it does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest


def just_before(
    monkeypatch: pytest.MonkeyPatch, place: object, name: str, something: Callable[[], object]
) -> None:
    """Let something else happen the next time this is about to be done, and then do it."""
    done = getattr(place, name)

    def at_last(*args: Any, **kwargs: Any) -> Any:
        monkeypatch.setattr(place, name, done)
        something()
        return done(*args, **kwargs)

    monkeypatch.setattr(place, name, at_last)
