"""Where one is: the entry of the navigation that a page belongs to."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.pages import PersonClient
from training.accounts.models import Person, Role

MakePerson = Callable[..., Person]
Browsers = Callable[[Person], PersonClient]

BELONGS = {
    "/home": "Home",
    "/calendar": "Home",
    "/contests": "Home",
    "/keys/health": "Home",
    "/modules": "Modules",
    "/review": "Modules",
    "/completion": "Modules",
    "/practice": "Practice",
    "/exercises": "Practice",
    "/contests/mine": "Practice",
    "/certification": "Certification",
    "/library": "Instruments",
    "/manuals": "Manuals",
    "/panels/import": "Panels",
    "/cohorts": "Cohorts",
    "/certifying/appeals": "Certifying",
    "/certifying/attempts": "Certifying",
    "/keys/changes": "Certifying",
    "/administration/content/preview": "Certifying",
    "/workbench": "Workbench",
    "/administration/trail/checkpoints": "Administration",
    "/profile": "Ada",
}


def current_on(browser: PersonClient, address: str) -> list[str]:
    page = browser.get_page(address)
    return [link.get_text() for link in page.soup.select("header nav a[aria-current=page]")]


@pytest.fixture
def everything(make_person: MakePerson, browser_of: Browsers) -> PersonClient:
    """The browser of Ada, who has every role."""
    return browser_of(make_person("Ada", *Role))


def test_every_page_belongs_to_one_entry_at_most(everything: PersonClient) -> None:
    for address, label in BELONGS.items():
        assert set(current_on(everything, address)) == {label}, address


def test_what_certifiers_and_administrators_share_belongs_to_what_they_have(
    make_person: MakePerson, browser_of: Browsers
) -> None:
    for name, role, label in (
        ("Cleo", Role.CERTIFIER, "Certifying"),
        ("Ada", Role.ADMINISTRATOR, "Administration"),
    ):
        browser = browser_of(make_person(name, role))
        assert set(current_on(browser, "/administration/content/preview")) == {label}


def test_the_pages_above_a_page_are_a_named_list_and_none_of_them_is_the_page(
    everything: PersonClient,
) -> None:
    """What stands between them is drawn, so that nobody hears it read aloud."""
    page = everything.get_page("/administration/trail/checkpoints")
    (above,) = page.soup.select("main nav[aria-label='You are here']")
    assert [item.get_text() for item in above.select("ol > li > a")] == ["Administration", "Trail"]
    assert above.get_text() == "AdministrationTrail"
    assert not above.select("[aria-current]")
