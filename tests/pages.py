"""A test client that looks at every page it fetches, and fails when one is badly made."""

from __future__ import annotations

from typing import Any

from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse


class Page:
    """A fetched page: its text, its parts, its status."""

    def __init__(self, response: TestResponse) -> None:
        self.response = response
        self.status = response.status_code
        self.location = response.location
        self.html = response.get_data(as_text=True)
        self.soup = BeautifulSoup(self.html, "html.parser")

    @property
    def text(self) -> str:
        """What a person reads, with single spaces."""
        return " ".join(self.soup.get_text(" ").split())

    @property
    def heading(self) -> str:
        heading = self.soup.h1
        return " ".join(heading.get_text(" ").split()) if heading else ""

    def has_link_to(self, address: str) -> bool:
        return any(link["href"] == address for link in self.soup.select("a[href]"))

    def has_form_to(self, address: str) -> bool:
        return any(form.get("action") == address for form in self.soup.select("form"))

    @property
    def errors(self) -> str:
        """The text of the error summary."""
        summary = self.soup.select_one(".error-summary")
        return " ".join(summary.get_text(" ").split()) if summary else ""


class PersonClient(FlaskClient):
    """A browser of somebody: `get_page` and `post_page` check the page on the way.

    Like a browser that loaded the form before, it sends the CSRF token with every POST;
    `has_token=False` leaves it out.
    """

    def post(self, *args: Any, has_token: bool = True, **kwargs: Any) -> TestResponse:
        if has_token:
            headers = dict(kwargs.pop("headers", None) or {})
            kwargs["headers"] = {"X-CSRFToken": self.csrf_token()} | headers
        return super().post(*args, **kwargs)

    def csrf_token(self) -> str:
        """The token of this browser's session, signed as Flask-WTF signs it."""
        with self.session_transaction() as session:
            secret = session.setdefault("csrf_token", "0" * 40)
        serializer = URLSafeTimedSerializer(self.application.secret_key, salt="wtf-csrf-token")
        return str(serializer.dumps(secret))

    def get_page(self, address: str, *, expect: int = 200, follow: bool = False) -> Page:
        """Fetch a page and fail unless it has this status and is well made."""
        with self.get(address, follow_redirects=follow) as response:
            page = Page(response)
        assert page.status == expect, f"{address}: {page.status} {page.heading}"
        check_page(page, address)
        return page

    def post_page(
        self,
        address: str,
        data: dict[str, object] | None = None,
        *,
        expect: int = 302,
        follow: bool = False,
    ) -> Page:
        """Send a form and fail unless the answer has this status and is well made."""
        with self.post(address, data=data or {}, follow_redirects=follow) as response:
            page = Page(response)
        expect = 200 if follow and expect == 302 else expect
        assert page.status == expect, f"{address}: {page.status} {page.heading} {page.errors}"
        check_page(page, address)
        return page


def check_page(page: Page, address: str) -> None:
    """What must hold on every HTML page, whoever looks at it."""
    if page.response.mimetype != "text/html" or page.status in (301, 302, 303, 308):
        return
    assert len(page.soup.select("h1")) == 1, f"{address}: not one h1"
    assert page.soup.title, f"{address}: no title"
    assert page.soup.title.get_text().strip(), f"{address}: an empty title"
    ids = [element["id"] for element in page.soup.select("[id]")]
    repeated = {name for name in ids if ids.count(name) > 1}
    assert not repeated, f"{address}: ids occur twice: {repeated}"
    assert not page.soup.select("[style], style, [onclick], [onchange]"), f"{address}: inline"
    assert not page.soup.select("script:not([src])"), f"{address}: inline script"
    for form in page.soup.select("form[method=post]"):
        assert form.select("input[name=csrf_token][value]"), f"{address}: a form without a token"
    for label in page.soup.select("label[for]"):
        assert label["for"] in ids, f"{address}: a label for nothing: {label['for']}"
    for element in page.soup.select("[aria-describedby], [aria-labelledby]"):
        for attribute in ("aria-describedby", "aria-labelledby"):
            for name in str(element.get(attribute, "")).split():
                assert name in ids, f"{address}: {attribute} points nowhere: {name}"
    for link in page.soup.select("a[href^='#']"):
        assert link["href"][1:] in ids, f"{address}: a link to nothing: {link['href']}"
