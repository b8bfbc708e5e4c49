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
# What a page is made of, whatever is written there: every sort of element within its parent, shown
# or not; and every sort of place for words, with the colours and letters of all that it lies in. Of
# each sort of place the page remembers examples, those with the most words first: of a single
# letter, or of words that something covers, axe does not say whether they can be read.
SORTS = """() => {
  const one = (element) => [element.tagName, element.className, element.role, element.type,
    ...element.getAttributeNames()].join(" ");
  const isShown = (element) => element.checkVisibility({ visibilityProperty: true });
  const wordsOf = (element) => element.matches("input, select, textarea") ? `${element.value} `
    : [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE)
      .map((node) => node.data.trim()).join("");
  const places = new Map([[null, ""]]);
  const placeOf = (element) => {
    if (!places.has(element)) {
      const style = getComputedStyle(element);
      places.set(element, [placeOf(element.parentElement), one(element), style.color,
        style.backgroundColor, style.backgroundImage, style.opacity, style.textShadow,
        style.fontSize, style.fontWeight, style.position].join("; "));
    }
    return places.get(element);
  };
  const all = [...document.querySelectorAll("*")];
  const sorts = all.map((element) => [isShown(element), one(element),
    element.parentElement && one(element.parentElement)].join("; "));
  const written = all.filter(isShown).map((element) => [element, wordsOf(element).length])
    .filter(([, length]) => length).sort(([, one], [, other]) => other - one);
  window.examples = new Map(written.map(([element]) => [placeOf(element), []]));
  for (const [element] of written) window.examples.get(placeOf(element)).push(element);
  return [[...new Set(sorts)], [...window.examples.keys()]];
}"""
# Whether words stand out from their ground is asked of examples only: to ask it of every word takes
# axe most of its time. Only what is wrong is told, which spares it half its work on a long page.
LOOK = """async ([places, options]) => {
  const examples = places.flatMap((place) => window.examples.get(place).slice(0, 3));
  examples.forEach((element) => element.setAttribute("data-example", ""));
  axe.configure({ rules: [{ id: "color-contrast", selector: "[data-example]" }] });
  const { violations } = await axe.run({ ...options, resultTypes: ["violations"] });
  examples.forEach((element) => element.removeAttribute("data-example"));
  return violations.map(
    ({ id, nodes }) => [id, nodes.slice(0, 3).map((node) => node.html.slice(0, 160))]);
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
# What axe has looked at in this run: sorts of elements and places by kind of page, window, colours.
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
        sorts, places = self.page.evaluate(SORTS)
        seen = seen_by_axe[kind, self.window]
        if not seen.issuperset(sorts + places):
            faults = self.ask_axe([place for place in places if place not in seen])
            self.faults += [f"axe on {kind}: {fault}" for fault in faults]
            seen.update(sorts, places)

    def ask_axe(self, places: list[str], **options: object) -> list[str]:
        """What is wrong with this page; whether words stand out, in these sorts of places."""
        script = "" if self.page.evaluate("'axe' in window") else f"{AXE_SCRIPT};"
        faults = self.page.evaluate(script + LOOK, [places, options])
        return [f"{fault}: {found}" for fault, found in faults]

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
