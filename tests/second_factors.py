"""The authenticator app of the people in these stories."""

from __future__ import annotations

from flask import Flask

from tests.people import PASSWORD
from training.accounts import second_factor, second_factor_records
from training.accounts.models import Person
from training.clock import now
from training.database import write_transaction

SECRET = "ONLYFORTESTSANDNOWHEREELSE234567"


def give(app: Flask, person: Person) -> None:
    """Let somebody have a second factor that everybody in the tests knows."""
    with app.app_context():
        if not second_factor_records.has_second_factor(person.id):
            second_factor_records.add_known(person, SECRET)


def code_of(app: Flask, person: Person) -> str:
    """The code their app shows, as if the last one had been used long ago.

    A code counts once, so somebody who acts twice within half a minute has to wait for the next.
    Stories do not: that it is so is told where codes are tested.
    """
    with app.app_context(), write_transaction():
        factor = second_factor_records.find_second_factor(person.id)
        assert factor is not None, f"{person.name} has no second factor"
        factor.last_step = 0
        return second_factor.code_of_step(factor.secret, second_factor.step_at(now()))


def reauthentication(app: Flask, person: Person) -> dict[str, object]:
    """The fields with which somebody shows again who they are."""
    return {"own_password": PASSWORD, "code": code_of(app, person)}
