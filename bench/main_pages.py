"""The ten main pages, as people of the demonstration come to them in a real browser."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from bench.servers import gunicorn
from bench.wire import HOST
from training.config import PROJECT_ROOT
from training.demonstration.people import PASSWORD

CHROMIUM_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
CODE = re.compile(r"\b\d{6}\b")


@dataclass(frozen=True, slots=True)
class MainPage:
    """A page, who looks at it (nobody signed in where it is public), and the way to it.

    way     an address, then what is clicked on from there.
    worth   what a picture of the page begins with, where that is not its top.
    """

    name: str
    person: str | None
    way: tuple[str, ...]
    worth: str | None = None


MAIN_PAGES = (
    MainPage("landing", None, ("/",)),
    MainPage("home", "learner", ("/home",)),
    MainPage("module", "learner", ("/modules", ".module-entry-current h3 a")),
    MainPage("lesson", "learner", ("/modules", ".module-entry-current h3 a", ".btn-primary")),
    MainPage("workspace", "learner", ("/practice", ".practice-card .btn")),
    MainPage("feedback", "lenient", ("/practice", ".practice-card a.btn"), ".chart-figure"),
    MainPage("patterns", "lenient", ("/practice/patterns/dialogic-practice",), "h2"),
    MainPage("cohort", "trainer", ("/cohorts", "main a:has-text('Autumn')"), "h2:text('Raters')"),
    MainPage("dossier", "certifier", ("/certifying", "tbody th a"), "h2:text('The gates')"),
    MainPage("certificate", None, ("/register", "main table a"), ".certificate"),
)


@dataclass(slots=True)
class Demonstration:
    """The demonstration, served, and a browser in it."""

    address: str
    browser: Browser
    signed_in: dict[str, Any] = field(default_factory=dict)
    found: dict[str, str] = field(default_factory=dict)

    def context(self, person: str | None, **window: Any) -> BrowserContext:
        """A window of its own with an empty cache, somebody signed in."""
        if person and person not in self.signed_in:
            self.signed_in[person] = self._sign_in(person)
        state = self.signed_in[person] if person else None
        return self.browser.new_context(
            base_url=self.address, storage_state=state, locale="en-GB", **window
        )

    def cookies(self, person: str | None) -> dict[str, str]:
        """The cookies of somebody's browser by name."""
        with self.context(person) as context:
            return {cookie["name"]: cookie["value"] for cookie in context.cookies()}

    def address_of(self, main: MainPage) -> str:
        """Where the page is, after its way has been gone once."""
        if main.name not in self.found:
            with self.context(main.person) as context:
                page = context.new_page()
                page.goto(main.way[0])
                for step in main.way[1:]:
                    page.locator(step).first.click()
                    page.wait_for_load_state()
                self.found[main.name] = page.url.removeprefix(self.address)
        return self.found[main.name]

    def _sign_in(self, person: str) -> Any:
        with self.context(None) as context:
            page = context.new_page()
            page.goto("/sign-in")
            page.get_by_label("E-mail address").fill(f"{person}@example.org")
            page.get_by_label("Password").fill(PASSWORD)
            _press_sign_in(page)
            # The demonstration shows the code of the second factor to who is asked for it.
            if code := CODE.search(page.get_by_role("main").inner_text()):
                page.locator("input[autocomplete=one-time-code]").fill(code[0])
                _press_sign_in(page)
            return context.storage_state()


def _press_sign_in(page: Page) -> None:
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_load_state()


def chromium() -> str:
    """The path of a Chromium; without one, this ends with a message."""
    found = next((path for name in CHROMIUM_NAMES if (path := shutil.which(name))), None)
    return found or sys.exit(
        "There is no Chromium on this machine; install chromium and try again."
    )


@contextmanager
def demonstration(folder: Path) -> Iterator[Demonstration]:
    """Set the demonstration up in this folder, and serve it until the block is left."""
    path = chromium()
    environment = {"DEMO": "1", "INSTANCE_PATH": str(folder)}
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "demo", "--no-serve"]
    subprocess.run(  # noqa: S603 - the arguments are ours
        command,
        cwd=PROJECT_ROOT,
        env=os.environ | environment,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    log = folder / "server.log"
    with (
        gunicorn("wsgi:app", environment=environment, log=log) as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu"]
        )
        yield Demonstration(f"http://{HOST}:{server.port}", browser)
        browser.close()
