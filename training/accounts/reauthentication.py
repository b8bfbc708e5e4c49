"""Showing again who one is, on the page of an act that matters."""

from __future__ import annotations

from typing import Any

from flask import current_app

from training.access import signed_in_person
from training.accounts import second_factor, second_factor_records, signing_in, tries
from training.accounts.models import Person
from training.accounts.passwords import is_right_password
from training.clock import now
from training.config import Config
from training.languages import gettext as _


def is_reauthenticated(form: Any) -> bool:
    """Whether the form holds the signed-in person's password and a code, which is spent with it.

    What is not right is said at its field and counted, so that whoever finds a browser open can
    guess here no more often than on the sign-in page. What else was typed stays in the form.
    """
    person = signed_in_person()
    return is_own_password(form, person) and is_own_code(form, person)


def is_own_password(form: Any, person: Person) -> bool:
    """Whether the form's `own_password` is this person's."""
    return is_password_in(form.own_password, person, refusal=_("This is not your password."))


def is_password_in(field: Any, person: Person, *, refusal: str) -> bool:
    """Whether a field holds this person's password; where not, it is counted and refused there."""
    limits = signing_in.password_limits(person.email)
    if signing_in.are_exhausted(limits):
        field.errors = [too_many_tries()]
        return False
    if not is_right_password(person.password_hash, field.data):
        tries.count_try(*limits)
        field.errors = [refusal]
        return False
    return True


def is_own_code(form: Any, person: Person) -> bool:
    """Whether the form's `code` is one of this person's; it is spent with it."""
    limits = signing_in.code_limits(person)
    if signing_in.are_exhausted(limits):
        form.code.errors = [too_many_tries()]
        return False
    if not second_factor_records.use_code(person.id, form.code.data):
        refuse_code(form, person)
        return False
    return True


def refuse_code(form: Any, person: Person) -> None:
    """Count a wrong code, write it down, and say so at its field."""
    tries.count_try(*signing_in.code_limits(person))
    second_factor_records.note_refused_code(person.id)
    form.code.errors = [
        _("This code is not right or was used before. Wait for the next one in your app.")
    ]


def too_many_tries() -> str:
    return _("Too many tries. Wait a quarter of an hour, then try again.")


def demonstration_hint(person: Person) -> str | None:
    """The code that an invented person's app would show, so that everybody can try their pages.

    None for real people, whose codes the service never shows, and outside the demonstration.
    """
    config: Config = current_app.extensions["config"]
    if not (config.is_demonstration and person.is_demonstration):
        return None
    factor = second_factor_records.find_second_factor(person.id)
    if factor is None:
        return None
    code = second_factor.next_code(factor.secret, at=now(), after=factor.last_step)
    if code is None:
        return _("Demonstration: the last codes are used. Load this page again in half a minute.")
    return _("Demonstration: the app of this invented person shows %(code)s.", code=code)
