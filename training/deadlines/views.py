"""A person's dates: on a page, as a file, and under a secret address for their calendar."""

from __future__ import annotations

from flask import Blueprint, abort, current_app, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from training.access import signed_in, signed_in_person
from training.accounts.models import Person
from training.clock import now
from training.config import Config
from training.deadlines import feed_records
from training.deadlines.calendar_file import calendar_file
from training.deadlines.records import events_of
from training.languages import gettext as _
from training.languages import speaking

deadlines = Blueprint("deadlines", __name__)

CALENDAR_TYPE = "text/calendar; charset=utf-8"


@deadlines.get("/calendar")
def overview() -> str:
    return _page()


def _page(new_address: str | None = None) -> str:
    person = signed_in_person()
    return render_template(
        "deadlines/overview.html",
        events=events_of(person, at=now()),
        feed=feed_records.find_feed(person.id),
        new_address=new_address,
    )


@deadlines.get("/calendar.ics")
def file() -> Response:
    """The dates to come, to be taken into a calendar once."""
    response = _calendar_of(signed_in_person())
    response.headers["Content-Disposition"] = 'attachment; filename="rater-training.ics"'
    return response


@deadlines.get("/calendar/feeds/<token>.ics")
def feed(token: str) -> Response:
    """The same for a calendar that looks again by itself, which cannot sign in."""
    person = feed_records.find_reader(token) or abort(404)
    with speaking(person.locale):
        return _calendar_of(person)


def _calendar_of(person: Person) -> Response:
    config: Config = current_app.extensions["config"]
    content = calendar_file(
        events_of(person, at=now()),
        title=_("Open Dialogue rater training"),
        public_url=config.public_url,
        at=now(),
    )
    return Response(content, content_type=CALENDAR_TYPE)


@deadlines.post("/calendar/feed")
def new_feed() -> str:
    """Make a secret address and show it, this once."""
    config: Config = current_app.extensions["config"]
    token = feed_records.make_feed(signed_in().id)
    return _page(config.public_url + url_for("deadlines.feed", token=token))


@deadlines.post("/calendar/feed/removal")
def feed_removal() -> Response:
    feed_records.end_feed(signed_in().id)
    flash(_("The private address leads nowhere any more."), "success")
    return redirect(url_for("deadlines.overview"))
