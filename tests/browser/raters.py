"""A rater at work in a real browser, and what the database holds of that work."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from itertools import count
from typing import TYPE_CHECKING, Any

from playwright.sync_api import Browser, Page, Request, expect
from sqlalchemy import func, select

from tests.browser.visitor import WIDE, Visitor
from tests.conftest import PASSWORD
from training.accounts import records as accounts
from training.accounts.models import Role
from training.accounts.passwords import hash_password
from training.audit.models import AuditEntry
from training.audit.trail import Act
from training.calibration import records
from training.calibration.models import (
    ItemRating,
    Purpose,
    RatingSession,
    SessionAgreement,
    SessionState,
)
from training.calibration.ratings import Rating
from training.database import db

if TYPE_CHECKING:
    from tests.browser.conftest import Service

SAVED = re.compile(r"^\d+ of 12 rated, saved \d\d:\d\d$")
# Written by the browser itself when a story takes its connection away.
NO_CONNECTION = re.compile(r"net::ERR_(INTERNET_DISCONNECTED|FAILED)")
NUMBERS = count(1)  # of raters: they share a service and must not share an address


class Rater:
    """Somebody with one vignette to rate, signed in in one browser."""

    def __init__(self, service: Service, browser: Browser, **window: Any) -> None:
        self.service = service
        self.browser = browser
        self.email = f"rater-{next(NUMBERS)}@example.org"
        with service.app.app_context():
            person = accounts.add_person(
                email=self.email,
                name="Ines",
                roles=(Role.RATER,),
                by=None,
                password_hash=_password_hash(),
            )
            self.person_id = person.id
            token = accounts.start_session(person, browser="a test").get_id()
            self.session_id = self.given("practice-one")
        # With motion, as most people have it: the workspace is where it could get in the way.
        window = {"viewport": WIDE, "has_motion": True} | window
        self.visitor = Visitor(browser, service.address, **window)
        self.context = self.visitor.context
        self.page = self.visitor.page
        self.context.add_cookies([session_cookie(service, token)])

    @property
    def address(self) -> str:
        """The workspace of the vignette."""
        return f"{self.service.address}/rating-sessions/{self.session_id}"

    def given(self, slug: str, purpose: Purpose = Purpose.PRACTICE) -> uuid.UUID:
        """Open a vignette without the browser."""
        with self.service.app.app_context():
            return records.open_session(self.person_id, slug, purpose).id

    def has_rated(self, ratings: dict[int, Rating]) -> None:
        """Let this be what is stored so far."""
        with self.service.app.app_context():
            outcome = records.save_ratings(self.session_id, ratings, revision=self.revision())
            assert outcome.state is records.SaveState.SAVED

    def open(self, page: Page | None = None, where: str = "") -> Page:
        """The workspace, or a page behind it, in the first tab or in this one."""
        page = page or self.page
        page.goto(f"{self.address}{where}")
        return page

    def open_another_tab(self, where: str = "") -> Page:
        return self.open(self.context.new_page(), where)

    def expect_status(self, text: str | re.Pattern[str], page: Page | None = None) -> None:
        """The status line comes to say this; a text is what it says about saving."""
        line = (page or self.page).locator(".action-status")
        expected = re.compile(rf", {re.escape(text)}$") if isinstance(text, str) else text
        expect(line).to_have_text(expected, timeout=10_000)

    def stored(self) -> dict[int, Rating]:
        """What the database holds of every item."""
        with self.service.app.app_context():
            return records.ratings_of(db.session.get_one(RatingSession, self.session_id))

    def revision(self) -> int:
        """How often something was saved."""
        with self.service.app.app_context():
            return db.session.get_one(RatingSession, self.session_id).revision

    def state(self) -> SessionState:
        with self.service.app.app_context():
            return db.session.get_one(RatingSession, self.session_id).state

    def rows(self) -> int:
        """How many item ratings the database holds."""
        return self._count(ItemRating, session_id=self.session_id)

    def submissions(self) -> tuple[int, int]:
        """How many comparisons and how many lines in the trail the submitting left."""
        return (
            self._count(SessionAgreement, session_id=self.session_id),
            self._count(AuditEntry, subject=f"rating session {self.session_id}"),
        )

    def signed_out_times(self) -> int:
        return self._count(AuditEntry, person_id=self.person_id, act=Act.SIGNED_OUT)

    def _count(self, model: type, **values: object) -> int:
        with self.service.app.app_context():
            statement = select(func.count()).select_from(model).filter_by(**values)
            return db.session.scalars(statement).one()

    def kept_on_the_device(self, page: Page | None = None) -> list[str]:
        """The names of the drafts in the browser's storage."""
        names: list[str] = (page or self.page).evaluate(
            "Object.keys(localStorage).filter((name) => name.startsWith('rating-draft:'))"
        )
        return names


@contextmanager
def working(service: Service, browser: Browser, **window: Any) -> Iterator[Rater]:
    """A rater whose browser is heard until it is closed: no script may have failed."""
    rater = Rater(service, browser, **window)
    try:
        yield rater
    finally:
        rater.visitor.close()
    assert [fault for fault in rater.visitor.faults if not NO_CONNECTION.search(fault)] == []


def saves_of(page: Page) -> list[Request]:
    """A list that grows with every draft the page sends."""
    sent: list[Request] = []
    page.on("request", lambda r: sent.append(r) if r.url.endswith("/draft") else None)
    return sent


def session_cookie(service: Service, token: str) -> Any:
    serializer = service.app.session_interface.get_signing_serializer(service.app)  # type: ignore[attr-defined]
    value = serializer.dumps({"_user_id": token, "_fresh": True, "_permanent": True})
    return {"name": "session", "value": str(value), "url": service.address}


@lru_cache
def _password_hash() -> str:
    return hash_password(PASSWORD)
