"""Who may open which page: one table, walked for every role."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from tests.pages import PersonClient
from training.access import PUBLIC_ENDPOINTS
from training.accounts.models import Person, Role

pytestmark = pytest.mark.usefixtures("small_content_folder")
EVERYBODY = frozenset(Role)
ADMINISTRATOR = frozenset({Role.ADMINISTRATOR})

# Every page without an id in its address, and the roles it opens for. Pages with an id have
# tests of their own beside the part they belong to: there it also matters whose row it is.
PAGES: dict[str, frozenset[Role]] = {
    "/home": EVERYBODY,
    "/profile": EVERYBODY,
    "/profile/password": EVERYBODY,
    "/profile/second-factor": EVERYBODY,
    "/library": EVERYBODY,
    "/glossary": EVERYBODY,
    "/instruments": EVERYBODY,
    "/instruments/dialogic-practice": EVERYBODY,
    "/manuals": EVERYBODY,
    "/manuals/dialogic-practice": EVERYBODY,
    "/manuals/dialogic-practice/items/3-item-3": EVERYBODY,
    "/manuals/dialogic-practice/print": EVERYBODY,
    "/modules": EVERYBODY,
    "/modules/first-things": EVERYBODY,
    "/modules/first-things/orient": EVERYBODY,
    "/practice": EVERYBODY,
    "/review": EVERYBODY,
    "/review/history": EVERYBODY,
    "/calendar": EVERYBODY,
    "/comments": EVERYBODY,
    "/completion": EVERYBODY,
    "/exercises": EVERYBODY,
    "/practice/patterns/dialogic-practice": EVERYBODY,
    "/practice/reasons/dialogic-practice": EVERYBODY,
    "/contests/mine": EVERYBODY,
    "/contests": frozenset({Role.EXPERT, Role.CERTIFIER}),
    "/certification": frozenset({Role.RATER}),
    "/panels": frozenset({Role.EXPERT, Role.CERTIFIER, Role.ADMINISTRATOR}),
    "/panels/new": frozenset({Role.CERTIFIER, Role.ADMINISTRATOR}),
    "/panels/codebook": frozenset({Role.EXPERT, Role.CERTIFIER, Role.ADMINISTRATOR}),
    "/panels/import": frozenset({Role.CERTIFIER, Role.ADMINISTRATOR}),
    "/cohorts": frozenset({Role.TRAINER}),
    "/keys/health": frozenset({Role.CERTIFIER, Role.ADMINISTRATOR, Role.EXPERT}),
    "/certifying": frozenset({Role.CERTIFIER}),
    "/keys/changes": frozenset({Role.CERTIFIER, Role.ADMINISTRATOR}),
    "/workbench": frozenset({Role.CERTIFIER, Role.TRAINER}),
    "/workbench/standards/dialogic-practice-rater": frozenset({Role.CERTIFIER, Role.TRAINER}),
    "/certifying/attempts": frozenset({Role.CERTIFIER}),
    "/certifying/appeals": frozenset({Role.CERTIFIER}),
    "/administration": ADMINISTRATOR,
    "/administration/people": ADMINISTRATOR,
    "/administration/invitations": ADMINISTRATOR,
    "/administration/content": ADMINISTRATOR,
    "/administration/content/check": ADMINISTRATOR,
    "/administration/content/preview": frozenset({Role.ADMINISTRATOR, Role.CERTIFIER}),
    "/administration/trail": ADMINISTRATOR,
    "/administration/trail/verification": ADMINISTRATOR,
    "/administration/trail/checkpoints": ADMINISTRATOR,
    "/administration/letters": ADMINISTRATOR,
}
# Open to everybody signed in, but only while there is something to do; tested in tests/accounts.
PAGES_AT_TIMES = (
    "/profile/second-factor/confirmation",
    "/profile/second-factor/recovery-codes",
    "/profile/second-factor/removal",
)
# Open to everybody signed in, and no pages; tested beside the part they belong to.
FILES = ("/calendar.ics",)
PUBLIC_PAGES = (
    "/",
    "/about",
    "/sign-in",
    "/join",
    "/forgotten-password",
    "/verify",
    "/register",
    "/keys",
)


@pytest.mark.parametrize("role", [*Role, None], ids=lambda role: role.value if role else "none")
def test_each_role_opens_its_pages_and_no_others(
    app: Flask,
    role: Role | None,
    make_person: Callable[..., Person],
    browser_of: Callable[[Person], PersonClient],
) -> None:
    browser = browser_of(make_person("Somebody", *([role] if role else [])))
    for address, roles in PAGES.items():
        is_open = roles == EVERYBODY or role in roles
        page = browser.get_page(address, expect=200 if is_open else 403)
        assert page.heading, address


def test_strangers_open_only_what_is_public(stranger: PersonClient) -> None:
    for address in (*PAGES, *PAGES_AT_TIMES, *FILES):
        assert stranger.get_page(address, expect=302).location.startswith("/sign-in"), address
    for address in PUBLIC_PAGES:
        stranger.get_page(address)


def test_the_navigation_leads_everybody_only_where_they_may_go(
    make_person: Callable[..., Person], browser_of: Callable[[Person], PersonClient]
) -> None:
    for role in Role:
        browser = browser_of(make_person(f"A {role.value}", role))
        page = browser.get_page("/home")
        for link in {str(link["href"]) for link in page.soup.select(".site-nav a, main a")}:
            browser.get_page(link)


def test_the_table_holds_every_page_without_an_id(app: Flask) -> None:
    listed = {*PAGES, *PAGES_AT_TIMES, *FILES, *PUBLIC_PAGES}
    for rule in app.url_map.iter_rules():
        is_page = "GET" in (rule.methods or ()) and "<" not in rule.rule
        if is_page and rule.endpoint not in PUBLIC_ENDPOINTS:
            assert rule.rule in listed, rule.rule
