"""The small pack with its second track in use."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests.databases import Beginning
from tests.pack import programme_pack
from tests.pages import PersonClient
from training.accounts.models import Person
from training.library import records as library

BrowserOf = Callable[[Person], PersonClient]
Act = Callable[..., Any]


@pytest.fixture
def act(app: Flask) -> Act:
    """Do something behind the pages: `act(stories.make_eligible, ines)`."""

    def run(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        with app.app_context():
            return function(*args, **kwargs)

    return run


def programme(app: Flask) -> dict[str, Any]:
    """The second standard is in use, with its instrument, modules and dossiers."""
    with app.app_context():
        library.publish(programme_pack(), person_id=None)
        return {}


@pytest.fixture
def beginning() -> Beginning:
    return programme
