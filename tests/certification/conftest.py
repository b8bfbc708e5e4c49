"""What the stories about certification share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests.certification import stories
from tests.databases import Beginning
from training.accounts.models import Person, Role
from training.certification.models import Certificate
from training.database import db


@pytest.fixture
def act(app: Flask) -> Callable[..., Any]:
    """Do something behind the pages: `act(stories.decided_attempt, ines)`."""

    def run(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        with app.app_context():
            result = function(*args, **kwargs)
            db.session.commit()
            return result

    return run


@pytest.fixture
def dora(make_person: Callable[..., Person]) -> Person:
    """Another certifier."""
    return make_person("Dora", Role.CERTIFIER)


@pytest.fixture
def beginning(request: pytest.FixtureRequest, beginning: Beginning | None) -> Beginning | None:
    return stories.certified if "certificate" in request.fixturenames else beginning


@pytest.fixture
def certificate(told: dict[str, Any]) -> Certificate:
    """The certificate that Cleo signed for Ines."""
    signed: Certificate = told["certificate"]
    return signed
