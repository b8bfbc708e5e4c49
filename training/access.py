"""Who may open what: every page is closed unless it is listed here as public."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar, cast

from flask import Flask, abort, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from training.accounts.models import Person, Role
from training.extensions import login_manager

# The only list of pages that open without signing in.
PUBLIC_ENDPOINTS = frozenset(
    {
        "static",
        "bootstrap.static",
        "home.landing",
        "home.healthz",
        "home.readyz",
        "home.about",
        "accounts.sign_in",
        "accounts.join_by_code",
        "accounts.join_by_invitation",
        "accounts.forgotten_password",
        "accounts.reset_password",
        "accounts.choose_language",
        "certificates.verify",
        "certificates.certificate",
        "certificates.register",
    }
)

Arguments = ParamSpec("Arguments")
Answer = TypeVar("Answer")


def init_app(app: Flask) -> None:
    """Close every page, then let sign-in sessions open them."""
    from training.accounts.records import find_signed_in

    login_manager.init_app(app)
    login_manager.user_loader(find_signed_in)
    app.before_request(_refuse_strangers)


def _refuse_strangers() -> Response | None:
    if request.endpoint is None or request.endpoint in PUBLIC_ENDPOINTS:
        return None
    if current_user.is_authenticated:
        return None
    next_page = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("accounts.sign_in", next=next_page))


def role_required(
    *roles: Role,
) -> Callable[[Callable[Arguments, Answer]], Callable[Arguments, Answer]]:
    """Let in who holds one of these roles; others get 403, and a page that says so."""

    def guard(view: Callable[Arguments, Answer]) -> Callable[Arguments, Answer]:
        @wraps(view)
        def guarded(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Answer:
            if not signed_in_person().has_role(*roles):
                abort(403)
            return view(*args, **kwargs)

        guarded.required_roles = frozenset(roles)  # type: ignore[attr-defined]
        return guarded

    return guard


def signed_in_person() -> Person:
    """The person behind this request; only on pages that are not public."""
    return cast(Person, current_user.person)


def signed_in_person_id() -> uuid.UUID | None:
    """The id of the person behind this request, or None for a stranger."""
    return current_user.person.id if current_user.is_authenticated else None
