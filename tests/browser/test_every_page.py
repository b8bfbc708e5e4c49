"""What holds on every page: far zoomed in and dark, on paper, by name, and without motion."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Error, ViewportSize
from werkzeug.exceptions import HTTPException

from tests.browser.conftest import Service
from tests.browser.raters import session_cookie
from tests.browser.visitor import SORTS, STICKING_OUT, Visitor
from tests.certification import stories
from tests.pack import PRACTICE
from tests.second_factors import SECRET
from tests.test_roles_and_pages import PAGES, PUBLIC_PAGES
from training.accounts import records as accounts
from training.accounts import second_factor_records
from training.accounts.models import Person, Role
from training.calibration import records as calibration
from training.calibration.models import Purpose
from training.certification.reviews import acts as reviews
from training.cohorts import records as cohorts

ZOOMED: ViewportSize = {"width": 320, "height": 900}  # as wide as 1280 pixels at 400 %
PAPER: ViewportSize = {"width": 688, "height": 1000}  # A4 within its margins
CONTROLS = re.compile(
    "button|checkbox|combobox|link|listbox|menuitem|radio|searchbox|slider|spinbutton|switch|tab|"
    "textbox|DisclosureTriangle"
)
MOVING = """[...document.querySelectorAll("*")].filter((element) => {
  const style = getComputedStyle(element);
  return style.animationName !== "none" || style.scrollBehavior !== "auto"
    || style.transitionProperty !== "none" && parseFloat(style.transitionDuration) > 0;
}).map((element) => element.outerHTML.slice(0, 90))"""
LINKS = "[...document.querySelectorAll('main a[href]')].map((link) => link.href)"


class Walker(Visitor):
    """Somebody who may open everything, and goes once to each kind of page there is a link to."""

    def __init__(self, service: Service, browser: Browser, token: str) -> None:
        super().__init__(browser, service.address, viewport=ZOOMED, color_scheme="dark")
        self.context.add_cookies([session_cookie(service, token)])
        self.reader = self.context.new_cdp_session(self.page)
        self.routes = service.app.url_map.bind("localhost")
        self.walked: set[str] = set()
        self.seen_on_paper: set[str] = set()

    def walk(self, *addresses: str) -> None:
        waiting = list(addresses)
        while waiting:
            address = waiting.pop(0)
            endpoint = self.endpoint_of(address)
            if endpoint is None or endpoint in self.walked:
                continue
            self.walked.add(endpoint)
            try:
                self.go(address)
            except Error as error:
                if "Download is starting" not in error.message:
                    raise
                continue
            self.listen()
            self.faults += [f"{address} moves: {one}" for one in self.page.evaluate(MOVING)]
            waiting += self.page.evaluate(LINKS)
            self.look_on_paper(address)

    def endpoint_of(self, address: str) -> str | None:
        """What answers at an address of ours with a page; files are no pages."""
        place = urlsplit(address)
        if (place.netloc and place.netloc not in self.page.url) or "." in place.path:
            return None
        try:
            return str(self.routes.match(place.path)[0])
        except HTTPException:
            return None

    def listen(self) -> None:
        """A screen reader has a name to say for every control."""
        for node in self.reader.send("Accessibility.getFullAXTree")["nodes"]:
            role, name = (node.get(key, {}).get("value", "") for key in ("role", "name"))
            if CONTROLS.fullmatch(role) and not node["ignored"] and not name.strip():
                self.faults.append(f"{self.page.url}: a {role} without a name")

    def look_on_paper(self, address: str) -> None:
        """Every word can be read, and none lies beyond the edge of the sheet."""
        self.page.emulate_media(media="print")
        self.page.set_viewport_size(PAPER)
        self.look_at_colours(address)
        if beyond := self.page.evaluate(STICKING_OUT):
            self.faults.append(f"{address} is too wide for paper: {beyond}")
        self.page.set_viewport_size(ZOOMED)
        self.page.emulate_media(media="screen")

    def look_at_colours(self, address: str) -> None:
        """On paper the same page has other colours on other grounds, and is else what it was.

        So axe looks at the colours only, and only where no page before had the same ones.
        """
        _, places = self.page.evaluate(SORTS)
        if new := [place for place in places if place not in self.seen_on_paper]:
            faint = self.ask_axe(new, runOnly=["color-contrast"])
            self.faults += [f"{address} on paper is faint: {one}" for one in faint]
            self.seen_on_paper.update(new)


def test_every_kind_of_page(shared_service: Service, browser: Browser) -> None:
    token, certificate = somebody_with_every_role(shared_service)
    walker = Walker(shared_service, browser, token)
    walker.walk(*PAGES, *PUBLIC_PAGES, f"/certificates/{certificate}")
    walker.close()
    assert walker.faults == []
    assert len(walker.walked) > 70


def somebody_with_every_role(service: Service) -> tuple[str, str]:
    """Their sign-in session, and the number of a certificate that somebody holds.

    They lead a cohort with a rater in it and have rated; a decision waits, another is signed.
    """
    with service.app.app_context():
        everybody = person("Everybody", *Role)
        second_factor_records.add_known(everybody, SECRET)
        cohort = cohorts.open_cohort("Monday", trainer=everybody)
        member, waiting, holder = (person(name, Role.RATER) for name in ("Ines", "Otto", "Uma"))
        cohorts.join(cohort, member)
        stories.practise(member)
        stories.practise(everybody, slugs=PRACTICE[:1])
        calibration.open_session(everybody.id, PRACTICE[1], Purpose.PRACTICE)
        stories.decided_attempt(waiting)
        signed = reviews.sign(stories.decided_attempt(holder), certifier=everybody)
        assert signed is not None
        return accounts.start_session(everybody, browser="a test").get_id(), signed[0].number


def person(name: str, *roles: Role) -> Person:
    email = f"every-page-{name.lower()}@example.org"
    return accounts.add_person(email=email, name=name, roles=roles, by=None)
