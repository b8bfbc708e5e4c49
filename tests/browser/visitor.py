"""A person at a browser: goes to pages, fills them in, and looks at each with axe."""

from __future__ import annotations

import re
import time
from collections import defaultdict
from contextlib import suppress
from typing import Literal
from urllib.parse import urlsplit

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Locator, Page, ViewportSize

from tests.conftest import PASSWORD

WIDE: ViewportSize = {"width": 1280, "height": 900}
NARROW: ViewportSize = {"width": 390, "height": 844}
ZOOMED: ViewportSize = {"width": 320, "height": 256}  # a screen of 1280 by 1024 at 400 %
# What differs between two pages of one kind: ids, modules, and numbers of tries, questions,
# certificates.
IDENTITY = re.compile(
    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[B-Z2-9]{4}-[B-Z2-9]{4}-[B-Z2-9]{4}"
    r"|(?<=/)\d+|(?<=^/modules/)[^/]+"
)
SECONDS_OF_PATIENCE = 3.0
# Written by the browser itself when a form is refused; nothing is wrong with the page.
EXPECTED_ERRORS = re.compile(r"the server responded with a status of (404|409|422|429)")
# Only what is wrong is told, which spares axe half its work on a long page.
LOOK = (
    AXE_SCRIPT
    + """;
axe.run({ resultTypes: ["violations"] }).then(({ violations }) => violations.map(
  ({ id, nodes }) => [id, nodes.slice(0, 3).map((node) => node.html.slice(0, 160))]
))"""
)
# What a page is made of: every sort of element within its parent, whatever is written there.
SORTS = """() => {
  const one = (element) => element.tagName + "." + element.className + "." + element.role;
  return [...new Set([...document.querySelectorAll("*")].map((element) =>
    [element.parentElement ? one(element.parentElement) : "", one(element), element.type,
     ...element.getAttributeNames()].join(" ")
  ))];
}"""
# What lies beyond the right edge where the page itself scrolls sideways; at least that it does.
STICKING_OUT = """() => {
  const { clientWidth, scrollWidth } = document.documentElement;
  if (scrollWidth - clientWidth <= 1) return [];
  const beyond = [...document.body.querySelectorAll("*")].filter((element) =>
    element.checkVisibility() && element.getBoundingClientRect().right > clientWidth + 1);
  const first = beyond.slice(0, 3).map((one) => one.outerHTML.slice(0, 90));
  return [`${scrollWidth - clientWidth} px`, ...first];
}"""
# What axe has looked at in this run: sorts of elements by kind of page, window and colours.
seen_by_axe: defaultdict[tuple[object, ...], set[str]] = defaultdict(set)


class Visitor:
    """One person in one browser window. Every page is looked at once, by its kind.

    They want no motion, unless told otherwise: to draw every step of a transition takes a third of
    a story, and axe must see colours that have come to rest.
    """

    def __init__(
        self,
        browser: Browser,
        address: str,
        *,
        viewport: ViewportSize,
        has_scripts: bool = True,
        is_phone: bool = False,
        color_scheme: Literal["light", "dark"] = "light",
        has_motion: bool = False,
    ) -> None:
        self.context = browser.new_context(
            base_url=address,
            viewport=viewport,
            java_script_enabled=has_scripts,
            is_mobile=is_phone,
            has_touch=is_phone,
            color_scheme=color_scheme,
            reduced_motion="no-preference" if has_motion else "reduce",
            locale="en-GB",
            timezone_id="UTC",
        )
        self.has_scripts = has_scripts
        self.window = (viewport["width"], viewport["height"], is_phone, color_scheme)
        self.context.set_default_timeout(10_000)
        self.page: Page = self.context.new_page()
        self.looked_at: set[str] = set()
        self.faults: list[str] = []
        # Of the context, so that further tabs are heard too.
        self.context.on("console", lambda message: self._hear(message.type, message.text))
        self.context.on("weberror", lambda error: self.faults.append(f"script: {error.error}"))

    def _hear(self, kind: str, text: str) -> None:
        if kind == "error" and not EXPECTED_ERRORS.search(text):
            self.faults.append(f"console on {self.page.url}: {text}")

    def close(self) -> None:
        self.context.close()

    def go(self, address: str) -> None:
        self.page.goto(address)
        self.look()

    def look(self) -> None:
        """Axe finds nothing, and the page does not scroll sideways."""
        kind = IDENTITY.sub("*", urlsplit(self.page.url).path)
        if kind in self.looked_at or not self.has_scripts:
            return
        self.looked_at.add(kind)
        self._look_with_axe(kind)
        if beyond := self.page.evaluate(STICKING_OUT):
            self.faults.append(f"{kind} scrolls sideways: {beyond}")

    def _look_with_axe(self, kind: str) -> None:
        """Axe is slow, so it looks again at a kind of page only where something new is there."""
        seen, sorts = seen_by_axe[kind, self.window], self.page.evaluate(SORTS)
        if seen.issuperset(sorts):
            return
        seen.update(sorts)
        for fault, places in self.page.evaluate(LOOK):
            self.faults.append(f"axe on {kind}: {fault}: {places}")

    def press(self, name: str, *, within: Locator | None = None) -> None:
        """Press the button of this name and look at the page it leads to."""
        place = within if within is not None else self.page
        place.get_by_role("button", name=name, exact=True).first.click()
        self._arrive()

    def follow(self, name: str) -> None:
        """Follow the link of this name."""
        self.page.get_by_role("main").get_by_role("link", name=name, exact=True).first.click()
        self._arrive()

    def _arrive(self) -> None:
        self.page.wait_for_load_state("load")
        self.look()

    def fill(self, label: str, text: str) -> None:
        self.page.get_by_label(label, exact=True).fill(text)

    def sees(self, text: str) -> bool:
        """Whether the page's main part holds this text, or will in a moment.

        On a busy machine the page that a button leads to may still be on its way.
        """
        deadline = time.monotonic() + SECONDS_OF_PATIENCE
        while text not in " ".join(self.page.get_by_role("main").inner_text().split()):
            if time.monotonic() > deadline:
                return False
            self.page.wait_for_timeout(100)
        return True

    @property
    def heading(self) -> str:
        return " ".join(self.page.locator("h1").inner_text().split())

    def sign_in(self, email: str) -> None:
        self.go("/sign-in")
        self.fill("E-mail address", email)
        self.fill("Password", PASSWORD)
        self.press("Sign in", within=self.page.get_by_role("main"))

    def sign_out(self) -> None:
        with suppress(Exception):
            summary = self.page.locator(".site-menu summary")
            if summary.is_visible():
                summary.click()
        self.page.get_by_role("button", name="Sign out").locator("visible=true").click()
        self._arrive()
