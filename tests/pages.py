"""A test client that looks at every page it fetches, and fails when one is badly made."""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from typing import Any

from bs4 import BeautifulSoup, Tag
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

    @cached_property
    def soup(self) -> BeautifulSoup:
        return BeautifulSoup(self.html, "html.parser")

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
    # One walk for all of it: every page of every test comes by here.
    elements = [element for element in page.soup.descendants if isinstance(element, Tag)]
    ids = [str(element["id"]) for element in elements if "id" in element.attrs]
    repeated = {name for name, times in Counter(ids).items() if times > 1}
    assert not repeated, f"{address}: ids occur twice: {repeated}"
    assert sum(element.name == "h1" for element in elements) == 1, f"{address}: not one h1"
    assert page.soup.title, f"{address}: no title"
    assert page.soup.title.get_text().strip(), f"{address}: an empty title"
    known = set(ids)
    for element in elements:
        check_element(element, known, address)


def check_element(element: Tag, ids: set[str], address: str) -> None:
    """Nothing is inline, a form has its token, and what points into the page arrives."""
    name, attributes = element.name, element.attrs
    assert name != "style", f"{address}: inline"
    assert attributes.keys().isdisjoint({"style", "onclick", "onchange"}), f"{address}: inline"
    if name == "script":
        assert "src" in attributes, f"{address}: inline script"
    elif name == "form" and str(attributes.get("method")).lower() == "post":
        token = element.find("input", attrs={"name": "csrf_token", "value": True})
        assert token, f"{address}: a form without a token"
    elif name == "label" and "for" in attributes:
        assert attributes["for"] in ids, f"{address}: a label for nothing: {attributes['for']}"
    elif name == "a" and str(attributes.get("href")).startswith("#"):
        assert attributes["href"][1:] in ids, f"{address}: a link to nothing: {attributes['href']}"
    for attribute in ("aria-describedby", "aria-labelledby"):
        for target in str(attributes.get(attribute, "")).split():
            assert target in ids, f"{address}: {attribute} points nowhere: {target}"
