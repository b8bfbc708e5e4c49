"""What the stories about certification share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests.certification import stories
from training.accounts.models import Person, Role
from training.certification.models import Certificate
from training.certification.reviews import acts as reviews
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
def certificate(app: Flask, act: Callable[..., Any], ines: Person, cleo: Person) -> Certificate:
    """The certificate that Cleo signed for Ines."""
    decision_id = act(stories.decided_attempt, ines)
    signed: Certificate = act(reviews.sign, decision_id, certifier=cleo)[0]
    return signed
