"""What a browser holds while somebody signs in: nothing, half a sign-in, or a session."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta

from flask import request, session, url_for
from flask_login import login_user

from training.accounts import records, second_factor_records, tries
from training.accounts.models import Person
from training.clock import now

HALF_SIGN_IN = "half_sign_in"  # the name in the session, which is signed
HALF_SIGN_IN_VALID_FOR = timedelta(minutes=5)

# Browsers leave control characters out of an address and read a backslash as a slash.
READ_OTHERWISE = re.compile(r"[\x00-\x1f\x7f\\]")

Limits = tuple[tuple[tries.Limit, str], ...]


def open_session(person: Person) -> None:
    """Sign a person in with this browser."""
    enter(records.start_session(person, browser=request.user_agent.string))


def enter(signed_in: records.SignedIn) -> None:
    """Let this browser hold a session that was started."""
    _clear()
    session.permanent = True
    login_user(signed_in)


def begin_half_sign_in(person: Person, wanted: str | None) -> None:
    """Remember for some minutes that the password was right; it opens no page but the next step.

    The mark of the password lets a half sign-in lapse when the password is changed meanwhile.
    """
    _clear()
    session[HALF_SIGN_IN] = {
        "person": str(person.id),
        "until": (now() + HALF_SIGN_IN_VALID_FOR).timestamp(),
        "mark": _mark_of_password(person),
        "wanted": wanted,
    }


def find_half_signed_in() -> Person | None:
    """Who gave the right password in this browser within the last minutes."""
    half = session.get(HALF_SIGN_IN)
    if half is None or half["until"] < now().timestamp():
        return None
    person = records.find_person(uuid.UUID(half["person"]))
    if person is None or not person.is_active or _mark_of_password(person) != half["mark"]:
        return None
    return person


def wanted_page() -> str | None:
    """The page that a half signed-in person asked for."""
    half = session.get(HALF_SIGN_IN)
    return half["wanted"] if half else None


def first_page(person: Person, wanted: str | None) -> str:
    """Where somebody is led who has just signed in."""
    wanted = own_page(wanted)
    if second_factor_records.lacks_second_factor(person):
        return url_for("second_factor.overview", next=wanted)
    return wanted or url_for("home.home")


def own_page(address: str | None) -> str | None:
    """An address of this service to go on to, or None: never somebody else's."""
    if not address or not address.startswith("/") or address.startswith("//"):
        return None
    return None if READ_OTHERWISE.search(address) else address


def network_address() -> str:
    return request.remote_addr or "unknown"


def password_limits(email: str) -> Limits:
    """What guessing this account's password from here counts against."""
    return (
        (tries.SIGN_IN_PER_ACCOUNT, email),
        (tries.SIGN_IN_PER_ADDRESS, network_address()),
    )


def code_limits(person: Person) -> Limits:
    """What guessing this person's codes from here counts against."""
    return (
        (tries.CODE_PER_ACCOUNT, str(person.id)),
        (tries.CODE_PER_DAY, str(person.id)),
        (tries.CODE_PER_ADDRESS, network_address()),
    )


def are_exhausted(limits: Limits) -> bool:
    return any(tries.is_exhausted(*pair) for pair in limits)


def _clear() -> None:
    language = session.get("language")
    session.clear()  # nothing a stranger put into this browser's session outlives signing in
    if language:
        session["language"] = language


def _mark_of_password(person: Person) -> str:
    # The hash holds its random salt, so this says nothing about the password.
    return records.digest_of_token(person.password_hash or "")[:16]
