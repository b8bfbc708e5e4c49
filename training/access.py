"""Who may open what: every page is closed unless it is listed here as public."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar, cast

from flask import Flask, abort, redirect, request, session, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from training.accounts.models import Person, Role
from training.accounts.records import Identity, find_person, find_signed_in
from training.accounts.second_factor_records import ROLES_THAT_NEED_ONE, lacks_second_factor
from training.clock import now
from training.extensions import login_manager
from training.unsent import page_it_came_from, unsent_text

# The only list of pages that open without signing in.
PUBLIC_ENDPOINTS = frozenset(
    {
        "static",
        "bootstrap.static",
        "style_sheet",
        "script",
        "home.landing",
        "home.healthz",
        "home.readyz",
        "home.about",
        "accounts.sign_in",
        "second_factor.sign_in",  # without the first step of signing in it leads back there
        "accounts.join_by_code",
        "accounts.join_by_invitation",
        "accounts.forgotten_password",
        "accounts.reset_password",
        "accounts.choose_language",
        "certificates.verify",
        "certificates.certificate",
        "certificates.certificate_file",
        "certificates.register",
        "public_keys.overview",
        "public_keys.as_json",
        "deadlines.feed",  # the address is the secret
    }
)

Arguments = ParamSpec("Arguments")
Answer = TypeVar("Answer")


def init_app(app: Flask) -> None:
    """Close every page, then let sign-in sessions open them."""
    login_manager.init_app(app)
    login_manager.user_loader(find_signed_in)
    app.before_request(_renew_cookie)
    app.before_request(_refuse_strangers)


def _renew_cookie() -> None:
    """Let the cookie of a sign-in last from the last day it was used on.

    To sign it anew with every answer would be work for nothing.
    """
    today = now().date().isoformat()
    if session.permanent and session.get("renewed_on") != today:
        session["renewed_on"] = today


def _refuse_strangers() -> Response | None:
    if request.endpoint is None or request.endpoint in PUBLIC_ENDPOINTS:
        return None
    if current_user.is_authenticated:
        return None
    if request.method == "GET":
        return redirect(url_for("accounts.sign_in", next=request.full_path.rstrip("?")))
    if unsent_text():
        abort(401)  # whose page gives back what was sent
    return redirect(url_for("accounts.sign_in", next=page_it_came_from()))


def role_required(
    *roles: Role,
) -> Callable[[Callable[Arguments, Answer]], Callable[Arguments, Answer]]:
    """Let in who holds one of these roles; others get 403, and a page that says so.

    Where only roles that need a second factor open the page, who has none is led to set it up.
    """

    def guard(view: Callable[Arguments, Answer]) -> Callable[Arguments, Answer]:
        @wraps(view)
        def guarded(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Answer:
            person = signed_in()
            if not person.has_role(*roles):
                abort(403)
            if ROLES_THAT_NEED_ONE.issuperset(person.roles.intersection(roles)) and (
                lacks_second_factor(person)
            ):
                return cast(Answer, _lead_to_second_factor())
            return view(*args, **kwargs)

        guarded.required_roles = frozenset(roles)  # type: ignore[attr-defined]
        return guarded

    return guard


def _lead_to_second_factor() -> Response:
    next_page = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("second_factor.overview", next=next_page))


def signed_in() -> Identity:
    """Who this request comes from, as they were when it came; only on pages that are not public."""
    return cast(Identity, current_user.person)


def signed_in_person() -> Person:
    """The person behind this request, for acts and for all there is to know of them."""
    return cast(Person, find_person(signed_in().id))


def signed_in_person_id() -> uuid.UUID | None:
    """The id of the person behind this request, or None for a stranger."""
    return current_user.person.id if current_user.is_authenticated else None
