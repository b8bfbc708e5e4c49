"""A test client that looks at every page it fetches, and fails when one is badly made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from bs4 import BeautifulSoup
from flask import Flask, template_rendered
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from lxml.etree import XPath
from lxml.html import Element, HtmlElement, document_fromstring
from markupsafe import escape
from werkzeug.test import TestResponse
from wtforms.form import BaseForm
from wtforms.widgets import HiddenInput

Attributes = dict[str, str]
NOT_READ = XPath("//script | //style | //template")  # what stands in them is read by nobody
FIELDS = frozenset({"input", "select", "textarea"})
TEXTS = XPath("//text()", smart_strings=False)


@dataclass(slots=True)
class Form:
    """A form on a page, and whether it would be believed when it is sent."""

    attributes: Attributes
    has_token: bool = False


class Parts:
    """The elements, forms and texts of a page in their order.

    A tree of BeautifulSoup takes ten times as long, and most pages are only looked at for what is
    here.
    """

    def __init__(self, html: str) -> None:
        root = document_fromstring(html) if html.strip() else Element("html")
        found = [element for element in root.iter() if isinstance(element.tag, str)]
        self.elements: list[tuple[str, Attributes]] = [
            (element.tag, dict(element.attrib)) for element in found
        ]
        self.forms = [_form(element) for element in found if element.tag == "form"]
        self.first: dict[str, list[str]] = {}  # the texts of the first h1 and of the first title
        for element in found:
            if element.tag in ("h1", "title"):
                self.first.setdefault(element.tag, list(element.itertext()))
        self._root = root

    @cached_property
    def texts(self) -> list[str]:
        for element in NOT_READ(self._root):
            element.drop_tree()
        return list(TEXTS(self._root))


def _form(element: HtmlElement) -> Form:
    tokens = (field for field in element.iter("input") if field.get("name") == "csrf_token")
    return Form(dict(element.attrib), any("value" in field.attrib for field in tokens))


def in_one_line(texts: Iterable[str]) -> str:
    """Texts as a person reads them, with single spaces."""
    return " ".join(" ".join(texts).split())


class Page:
    """A fetched page: its text, its parts, its status; `soup` where its tree matters."""

    def __init__(self, response: TestResponse) -> None:
        self.response = response
        self.status = response.status_code
        self.location = response.location
        self.html = response.get_data(as_text=True)

    @cached_property
    def parts(self) -> Parts:
        is_page = self.response.mimetype == "text/html"
        return Parts(self.html if is_page else f"<pre>{escape(self.html)}</pre>")

    @cached_property
    def soup(self) -> BeautifulSoup:
        return BeautifulSoup(self.html, "lxml")

    @property
    def text(self) -> str:
        """What a person reads, with single spaces."""
        return in_one_line(self.parts.texts)

    @property
    def heading(self) -> str:
        return in_one_line(self.parts.first.get("h1", ()))

    def has_link_to(self, address: str) -> bool:
        return ("a", address) in ((tag, each.get("href")) for tag, each in self.parts.elements)

    def has_form_to(self, address: str) -> bool:
        return any(form.attributes.get("action") == address for form in self.parts.forms)

    @property
    def errors(self) -> str:
        """The text of the error summary."""
        summary = self.soup.select_one(".error-summary")
        return in_one_line([summary.get_text(" ")]) if summary else ""


class PersonClient(FlaskClient):
    """A browser of somebody: `get_page` and `post_page` check the page on the way.

    Like a browser that loaded the form before, it sends the CSRF token with every POST;
    `has_token=False` leaves it out.
    """

    forms: tuple[BaseForm, ...] = ()  # those of the page that was fetched last

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        forms: list[BaseForm] = []

        def note(_app: Flask, *, context: dict[str, Any], **_rest: object) -> None:
            forms.extend(forms_in(context))
            for value in context.values():
                forms.extend(forms_in(value) if isinstance(value, dict) else ())

        with template_rendered.connected_to(note):
            response = super().open(*args, **kwargs)
        self.forms = tuple(forms)
        return response

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
        check_order_of_fields(page, self.forms, address)
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
        check_order_of_fields(page, self.forms, address)
        return page


def forms_in(values: Mapping[Any, Any]) -> list[BaseForm]:
    return [value for value in values.values() if isinstance(value, BaseForm)]


def check_page(page: Page, address: str) -> None:
    """What must hold on every HTML page, whoever looks at it."""
    if page.response.mimetype != "text/html" or page.status in (301, 302, 303, 308):
        return
    elements = page.parts.elements
    ids = Counter(attributes["id"] for _, attributes in elements if "id" in attributes)
    repeated = {name for name, times in ids.items() if times > 1}
    assert not repeated, f"{address}: ids occur twice: {repeated}"
    assert sum(tag == "h1" for tag, _ in elements) == 1, f"{address}: not one h1"
    assert in_one_line(page.parts.first.get("title", ())), f"{address}: no title"
    for form in page.parts.forms:
        is_post = form.attributes.get("method", "").lower() == "post"
        assert form.has_token or not is_post, f"{address}: a form without a token"
    for tag, attributes in elements:
        check_element(tag, attributes, ids, address)
    if "error-summary" in page.html:
        check_error_summary(page, address)


def check_element(tag: str, attributes: Attributes, ids: Container[str], address: str) -> None:
    """Nothing is inline, and what points into the page arrives."""
    assert tag != "style", f"{address}: inline"
    assert attributes.keys().isdisjoint({"style", "onclick", "onchange"}), f"{address}: inline"
    if tag == "script":
        assert "src" in attributes, f"{address}: inline script"
    elif tag == "label" and "for" in attributes:
        assert attributes["for"] in ids, f"{address}: a label for nothing: {attributes['for']}"
    elif tag == "a" and attributes.get("href", "").startswith("#"):
        assert attributes["href"][1:] in ids, f"{address}: a link to nothing: {attributes['href']}"
    for attribute in ("aria-describedby", "aria-labelledby"):
        for target in attributes.get(attribute, "").split():
            assert target in ids, f"{address}: {attribute} points nowhere: {target}"
    if attributes.get("aria-invalid") == "true":
        said = attributes.get("aria-describedby", "").split()
        assert f"{attributes['id']}-error" in said, f"{address}: no error beside {attributes['id']}"


def check_order_of_fields(page: Page, forms: Iterable[BaseForm], address: str) -> None:
    """A summary of errors names them as the form declares its fields: so do they stand.

    Checked on every page with a form, as not every story leaves everything out.
    """
    if not forms:
        return
    ids = [attributes["id"] for _, attributes in page.parts.elements if "id" in attributes]
    places = {name: place for place, name in enumerate(ids)}
    for form in forms:
        fields = [field for field in form if not isinstance(field.widget, HiddenInput)]
        shown = [field.id for field in fields if field.id in places]
        assert shown == sorted(shown, key=places.__getitem__), f"{address}: {shown}"


def check_error_summary(page: Page, address: str) -> None:
    """Whoever follows what it says is where they can mend it, from the top of the page down."""
    elements = page.parts.elements
    ids = [attributes.get("id") for _, attributes in elements]
    links = page.soup.select(".error-summary a[href^='#']")
    places = [ids.index(str(link["href"])[1:]) for link in links]
    assert places == sorted(places), f"{address}: not in the order of the page: {page.errors}"
    for place in places:
        tag, attributes = elements[place]
        can_take_focus = tag in FIELDS or "tabindex" in attributes
        assert can_take_focus, f"{address}: cannot take the focus: {attributes['id']}"
