"""The authenticator app of the people in these stories."""

from __future__ import annotations

import time

from flask import Flask

from training.accounts import second_factor, second_factor_records
from training.accounts.models import Person
from training.clock import now

SECRET = "ONLYFORTESTSANDNOWHEREELSE234567"


def give(app: Flask, person: Person) -> None:
    """Let somebody have a second factor that everybody in the tests knows."""
    with app.app_context():
        if not second_factor_records.has_second_factor(person.id):
            second_factor_records.add_known(person, SECRET)


SECONDS_TO_TYPE = 10


def code_of(app: Flask, person: Person) -> str:
    """The next code that counts: an older one where there still is one, else one waits for it.

    Three acts in a row need no waiting: the last half minute, unless it is about to lapse, this
    one and the next.
    """
    while True:
        with app.app_context():
            factor = second_factor_records.find_second_factor(person.id)
        assert factor is not None, f"{person.name} has no second factor"
        moment = now()
        step = second_factor.step_at(moment)
        left = second_factor.SECONDS_PER_STEP - moment.timestamp() % second_factor.SECONDS_PER_STEP
        oldest = step - 1 if left > SECONDS_TO_TYPE else step
        first = max(oldest, factor.last_step + 1)
        if first <= step + 1:
            return second_factor.code_of_step(factor.secret, first)
        time.sleep(1)


def reauthentication(app: Flask, person: Person) -> dict[str, object]:
    """The fields with which somebody shows again who they are."""
    from tests.conftest import PASSWORD  # here, because the fixtures there give second factors

    return {"own_password": PASSWORD, "code": code_of(app, person)}
