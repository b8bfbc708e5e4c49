"""A visitor: signs in, keeps cookies, and fetches a page with everything it needs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode, urljoin, urlsplit

from bench.wire import ACCEPTED_ENCODINGS, Answer, exchange, request_bytes

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
CSRF_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
CSS_ADDRESS = re.compile(r"""(?:url\(\s*|@import\s+)["']?([^"')\s;]+)""")
SCRIPT_IMPORT = re.compile(r"""(?:^|[;\s])(?:import|from)\s*\(?\s*["']([^"']+)["']""")
LINKED_FILES = {"stylesheet", "icon", "modulepreload", "preload", "manifest"}


class VisitError(RuntimeError):
    """A page did not answer as it should; the text says which and how."""


@dataclass(slots=True)
class Visitor:
    """One browser, without the drawing."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    @property
    def headers(self) -> dict[str, str]:
        """What a browser sends along: its cookies, and that it reads compressed answers."""
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {"Accept-Encoding": ACCEPTED_ENCODINGS} | ({"Cookie": cookies} if cookies else {})

    def fetch(
        self,
        path: str,
        *,
        method: str = "GET",
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        status: int = 200,
    ) -> Answer:
        """Ask for a page and keep its cookies. Raises VisitError on any other status."""
        sent = self.headers | dict(headers or {})
        answer = exchange(self.port, request_bytes(method, path, headers=sent, body=body))
        self.cookies |= answer.cookies
        if answer.status != status:
            raise VisitError(f"{method} {path} answered {answer.status} instead of {status}")
        return answer

    def text(self, path: str) -> str:
        """A page or a file that was not compressed."""
        return self.fetch(path, headers={"Accept-Encoding": "identity"}).body.decode()

    def csrf_token(self, path: str) -> str:
        """The token in the forms of a page, which holds for this browser."""
        found = CSRF_TOKEN.search(self.text(path))
        if found is None:
            raise VisitError(f"{path} has no CSRF token")
        return found[1]

    def sign_in(self, email: str, password: str) -> None:
        form = urlencode(
            {"csrf_token": self.csrf_token("/sign-in"), "email": email, "password": password}
        )
        self.fetch("/sign-in", method="POST", body=form.encode(), headers=FORM, status=302)


class _FilesOfPage(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.has_icon = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        relations = set(attributes.get("rel", "").split())
        if tag == "link" and relations & LINKED_FILES:
            self.addresses.append(attributes["href"])
            self.has_icon |= "icon" in relations
        elif tag in ("script", "img") and attributes.get("src"):
            self.addresses.append(attributes["src"])
        elif attributes.get("data-help-address"):  # what the workspace's script asks for at once
            self.addresses.append(attributes["data-help-address"])


def files_of_page(html: str, address: str) -> list[str]:
    """What a browser fetches for a page: style sheets, scripts, images, the icon; each once."""
    parser = _FilesOfPage()
    parser.feed(html)
    if not parser.has_icon:
        parser.addresses.append("/favicon.ico")
    return _own(parser.addresses, address)


def files_of_file(text: str, address: str) -> list[str]:
    """What a style sheet or a script fetches in turn."""
    path = urlsplit(address).path
    patterns = {".css": CSS_ADDRESS, ".js": SCRIPT_IMPORT}
    pattern = next((p for suffix, p in patterns.items() if path.endswith(suffix)), None)
    return _own(pattern.findall(text), address) if pattern else []


def _own(addresses: list[str], base: str) -> list[str]:
    whole = [urljoin(base, each) for each in addresses if not each.startswith("data:")]
    return list(dict.fromkeys(whole))


@dataclass(frozen=True, slots=True)
class ColdVisit:
    """A page opened with an empty cache: every address, and the bytes that came for it."""

    sizes: dict[str, int]

    @property
    def requests(self) -> int:
        return len(self.sizes)

    @property
    def kilobytes(self) -> float:
        return sum(self.sizes.values()) / 1000


def visit_cold(visitor: Visitor, address: str) -> ColdVisit:
    """Fetch a page and all it needs, compressed; count heads and bodies."""
    sizes = {address: visitor.fetch(address).size}
    waiting = files_of_page(visitor.text(address), address)
    while waiting:
        file = waiting.pop(0)
        if file not in sizes:
            sizes[file] = visitor.fetch(file).size
            if urlsplit(file).path.endswith((".css", ".js")):
                waiting += files_of_file(visitor.text(file), file)
    return ColdVisit(sizes)
