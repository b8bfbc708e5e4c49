"""The landing page, the way home, and whether the service is well."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask_login import current_user
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response

from training.access import signed_in, signed_in_person
from training.accounts.models import Role
from training.clock import now
from training.cohorts.guidance.comment_records import number_unread
from training.cohorts.guidance.due_date_records import own_due_dates
from training.cohorts.guidance.due_date_wording import module_titles, task_address, task_text
from training.database import db
from training.home.records import home_of, waiting_for
from training.persistence import newest_migration
from training.review.records import number_for_today

home = Blueprint("home", __name__)


@home.get("/")
def landing() -> str | Response:
    if current_user.is_authenticated:
        return redirect(url_for("home.home"))
    return render_template("home/landing.html")


@home.get("/about")
def about() -> str:
    return render_template("home/about.html")


@home.get("/home", endpoint="home")
def way_home() -> str:
    person = signed_in()
    is_rater, further_roles = person.has_role(Role.RATER), person.roles - {Role.RATER}
    return render_template(
        "home/home.html",
        view=home_of(person) if is_rater else None,
        waiting=waiting_for(signed_in_person()) if further_roles else None,
        questions_today=number_for_today(person.id, now().date()),
        unread_comments=number_unread(person.id),
        due=[due for due in own_due_dates(person.id) if not due.is_done],
        at=now(),
        module_titles=module_titles,
        task_text=task_text,
        task_address=task_address,
    )


@home.get("/healthz")
def healthz() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@home.get("/readyz")
def readyz() -> tuple[dict[str, str], int]:
    """The database answers and is migrated.

    One that is further than this process knows will do: it is migrated before the service is
    started anew, and until then the old processes serve.
    """
    try:
        revision = db.session.scalar(text("SELECT version_num FROM alembic_version"))
    except SQLAlchemyError:
        revision = None
    if revision is None or revision < newest_migration():
        return {"status": "the database does not answer or is not migrated"}, 503
    return {"status": "ok"}, 200
