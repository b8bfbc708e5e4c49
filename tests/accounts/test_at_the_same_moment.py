"""Two people, or two tabs, act on an account at the same moment; on both databases."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests import second_factors
from tests.accounts.test_joining import NEW_PERSON, invite
from tests.at_once import at_once, inside
from tests.conftest import PASSWORD
from tests.pages import Page, PersonClient
from training.accounts import password_records, records, second_factor, second_factor_records
from training.accounts.models import Person, Role, RoleGrant, SecondFactor, SignInSession
from training.accounts.records import EmailTakenError, LastAdministratorError
from training.audit import trail
from training.audit.models import AuditEntry
from training.clock import now
from training.cohorts.models import Cohort, CohortMember
from training.database import db

AT_ONCE = 4
NOOR = "noor@example.org"
OTHER = "a lantern under nineteen bridges"


def people_called(app: Flask, email: str) -> list[Person]:
    with app.app_context():
        return list(db.session.scalars(select(Person).filter_by(email=email)).unique())


def acts(app: Flask, act: trail.Act) -> int:
    with app.app_context():
        statement = select(func.count()).select_from(AuditEntry).filter_by(act=act.value)
        return db.session.scalar(statement) or 0


def administrators(app: Flask) -> int:
    """How many people could still look after the service."""
    with app.app_context():
        statement = (
            select(func.count())
            .select_from(RoleGrant)
            .join(Person, Person.id == RoleGrant.person_id)
            .where(RoleGrant.role == Role.ADMINISTRATOR, Person.deactivated_at.is_(None))
        )
        return db.session.scalar(statement) or 0


@pytest.fixture
def bea(make_person: Callable[..., Person]) -> Person:
    """Another administrator."""
    return make_person("Bea", Role.ADMINISTRATOR)


@pytest.fixture(autouse=True)
def _trail_stays_whole(app: Flask) -> object:
    """Whatever happened at once, every line of the trail continues the one before."""
    yield
    with app.app_context():
        assert list(trail.verify()) == []


def test_one_address_makes_one_account(app: Flask) -> None:
    add = partial(records.add_person, email=NOOR, name="Noor", roles=(Role.RATER,), by=None)
    results = at_once(*[inside(app, add)] * AT_ONCE)
    refused = [result for result in results if isinstance(result, EmailTakenError)]
    assert len(refused) == AT_ONCE - 1
    assert len(people_called(app, NOOR)) == 1
    assert acts(app, trail.Act.PERSON_ADDED) == 1


def test_a_double_click_on_join_makes_one_account(app: Flask, cohort: Cohort) -> None:
    def join() -> Page:
        with app.test_client().post("/join", data=NEW_PERSON | {"code": cohort.code}) as answer:
            return Page(answer)

    pages = at_once(*[join] * AT_ONCE)
    assert sorted(page.status for page in pages) == [302] + [422] * (AT_ONCE - 1)
    assert all("Sign in first" in page.errors for page in pages if page.status == 422)
    (noor,) = people_called(app, NOOR)
    assert noor.roles == {Role.RATER}
    with app.app_context():
        joined = select(func.count()).select_from(CohortMember).filter_by(person_id=noor.id)
        assert db.session.scalar(joined) == 1


def test_an_invitation_is_accepted_by_one_of_two(app: Flask, ada: Person) -> None:
    address = invite(app, ada, NOOR, Role.EXPERT)

    def accept(name: str) -> Page:
        with app.test_client().post(address, data=NEW_PERSON | {"name": name}) as answer:
            return Page(answer)

    pages = at_once(partial(accept, "Noor"), partial(accept, "Somebody else"))
    # The slower one finds the link used, or, a moment later, that the account is there.
    assert 302 in {page.status for page in pages}
    assert {page.status for page in pages} <= {302, 404}
    welcomed = [page for page in pages if page.location == "/home"]
    assert len(welcomed) == 1
    (noor,) = people_called(app, NOOR)
    assert noor.roles == {Role.EXPERT}
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(SignInSession)) == 1


def test_who_joins_by_code_and_by_invitation_at_once_has_one_account(
    app: Flask, ada: Person, cohort: Cohort
) -> None:
    address = invite(app, ada, NOOR, Role.EXPERT)

    def send(to: str) -> Page:
        with app.test_client().post(to, data=NEW_PERSON | {"code": cohort.code}) as answer:
            return Page(answer)

    by_code, by_invitation = at_once(partial(send, "/join"), partial(send, address))
    assert by_code.status in (302, 422)
    assert by_invitation.status == 302
    assert len(people_called(app, NOOR)) == 1


def test_two_administrators_cannot_remove_each_other(app: Flask, ada: Person, bea: Person) -> None:
    withdraw = records.withdraw_role
    results = at_once(
        inside(app, partial(withdraw, ada, Role.ADMINISTRATOR, by=bea.id)),
        inside(app, partial(withdraw, bea, Role.ADMINISTRATOR, by=ada.id)),
    )
    assert sum(isinstance(result, LastAdministratorError) for result in results) == 1
    assert administrators(app) == 1


def test_two_administrators_cannot_close_each_others_account(
    app: Flask, ada: Person, bea: Person
) -> None:
    results = at_once(
        inside(app, partial(records.deactivate, ada, by=bea.id)),
        inside(app, partial(records.deactivate, bea, by=ada.id)),
    )
    assert sum(isinstance(result, LastAdministratorError) for result in results) == 1
    assert administrators(app) == 1


def test_one_closes_the_account_while_the_other_takes_the_role(
    app: Flask, ada: Person, bea: Person
) -> None:
    results = at_once(
        inside(app, partial(records.deactivate, ada, by=bea.id)),
        inside(app, partial(records.set_roles, bea, frozenset({Role.RATER}), by=ada.id)),
    )
    assert sum(isinstance(result, LastAdministratorError) for result in results) == 1
    assert administrators(app) == 1


def test_taking_a_role_and_closing_the_same_account_do_not_block_each_other(
    app: Flask, ada: Person, bea: Person
) -> None:
    rater = frozenset({Role.RATER})
    for _ in range(3):
        results = at_once(
            inside(app, partial(records.deactivate, bea, by=ada.id)),
            inside(app, partial(records.set_roles, bea, rater, by=ada.id)),
        )
        assert results == [None, None]
        with app.app_context():
            records.reactivate(bea, by=ada.id)
            records.set_roles(bea, frozenset({Role.ADMINISTRATOR}), by=ada.id)


def test_a_role_given_twice_at_once_is_given_once(app: Flask, ada: Person, otto: Person) -> None:
    give = inside(app, partial(records.grant_role, otto, Role.TRAINER, by=ada.id))
    assert at_once(*[give] * AT_ONCE) == [None] * AT_ONCE
    (stored,) = people_called(app, otto.email)
    assert stored.roles == {Role.RATER, Role.TRAINER}
    with app.app_context():
        lines = select(AuditEntry).filter_by(act=trail.Act.ROLE_GRANTED.value)
        given = [line for line in db.session.scalars(lines) if line.person_id == ada.id]
    assert len(given) == 1


def test_a_role_taken_twice_at_once_is_taken_once(app: Flask, ada: Person, otto: Person) -> None:
    take = inside(app, partial(records.withdraw_role, otto, Role.RATER, by=ada.id))
    assert at_once(*[take] * AT_ONCE) == [None] * AT_ONCE
    assert people_called(app, otto.email)[0].roles == frozenset()
    assert acts(app, trail.Act.ROLE_WITHDRAWN) == 1


def test_of_two_sets_of_roles_one_stands_and_never_a_mixture(
    app: Flask, ada: Person, otto: Person
) -> None:
    first = frozenset({Role.RATER, Role.TRAINER})
    second = frozenset({Role.EXPERT, Role.CERTIFIER})
    at_once(
        inside(app, partial(records.set_roles, otto, first, by=ada.id)),
        inside(app, partial(records.set_roles, otto, second, by=ada.id)),
    )
    assert people_called(app, otto.email)[0].roles in (first, second)


def reset_links(app: Flask, person: Person, number: int) -> list[str]:
    """The tokens of letters this person asked for."""
    tokens = []
    with app.app_context():
        for _ in range(number):
            letter = password_records.ask_for_reset(
                person.email, address_of="https://r.example/TOKEN."
            )
            assert letter is not None
            found = re.search(r"https://r\.example/(\S+)\.", letter.body)
            assert found
            tokens.append(found[1])
    return tokens


def test_one_link_sets_one_password(app: Flask, ines: Person) -> None:
    (token,) = reset_links(app, ines, 1)
    passwords = [PASSWORD + " first", PASSWORD + " second"]
    results = at_once(
        *[inside(app, partial(password_records.use_reset, token, p)) for p in passwords]
    )
    used = [place for place, result in enumerate(results) if result is not None]
    assert len(used) == 1
    with app.app_context():
        assert password_records.check_password(ines.email, passwords[used[0]]) is not None
        assert password_records.check_password(ines.email, passwords[1 - used[0]]) is None
    assert acts(app, trail.Act.PASSWORD_CHANGED) == 1


def test_two_links_of_one_person_used_at_once_set_one_password(app: Flask, ines: Person) -> None:
    for _ in range(3):
        tokens = reset_links(app, ines, 3)
        results = at_once(
            *[inside(app, partial(password_records.use_reset, t, OTHER)) for t in tokens]
        )
        assert sum(result is not None for result in results) == 1


def test_everybody_at_once_can_sign_in_and_none_is_lost(
    app: Flask, ines: Person, otto: Person, tamar: Person
) -> None:
    def sign_in(person: Person) -> str | None:
        client: PersonClient = app.test_client()
        return client.post_page("/sign-in", {"email": person.email, "password": PASSWORD}).location

    everybody = [partial(sign_in, person) for person in (ines, otto, tamar)] * 3
    assert at_once(*everybody) == ["/home"] * 9
    assert acts(app, trail.Act.SIGNED_IN) == 9


def test_one_code_opens_one_of_four_browsers(app: Flask, ines: Person) -> None:
    second_factors.give(app, ines)
    for kind in ("app", "recovery"):
        with app.app_context():
            recovery = second_factor_records.make_recovery_codes(ines)[0]
        code = second_factors.code_of(app, ines) if kind == "app" else recovery
        use = partial(second_factor_records.sign_in_with_code, ines, code, browser="a test")
        results = at_once(*[inside(app, use)] * AT_ONCE)
        assert sum(result is not None for result in results) == 1
    assert acts(app, trail.Act.SIGNED_IN) == 2


def test_two_tabs_confirm_one_second_factor_once(app: Flask, ines: Person) -> None:
    with app.app_context():
        second_factor_records.begin(ines)
        begun = second_factor_records.find_begun(ines.id)
        assert begun is not None
        code = second_factor.next_code(begun.secret, at=now(), after=0)
        assert code is not None

    def confirm() -> object:
        try:
            return second_factor_records.confirm(ines, code, keep_session=ines.id)
        except LookupError:
            return None

    results = at_once(*[inside(app, confirm)] * AT_ONCE)
    assert sum(result is not None for result in results) == 1
    with app.app_context():
        assert second_factor_records.recovery_codes_left(ines.id) == 10
    assert acts(app, trail.Act.SECOND_FACTOR_ADDED) == 1


def test_two_tabs_begin_and_one_secret_stays(app: Flask, ines: Person) -> None:
    at_once(*[inside(app, partial(second_factor_records.begin, ines))] * AT_ONCE)
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(SecondFactor)) == 1


def test_a_code_and_its_removal_at_once_leave_no_half(app: Flask, ines: Person) -> None:
    second_factors.give(app, ines)
    code = second_factors.code_of(app, ines)
    at_once(
        inside(app, partial(second_factor_records.use_code, ines.id, code)),
        inside(app, partial(second_factor_records.remove_lost, ines, by=None, reason="Lost.")),
    )
    with app.app_context():
        assert not second_factor_records.has_second_factor(ines.id)
        assert not second_factor_records.use_code(ines.id, code)
