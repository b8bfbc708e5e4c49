"""Noor goes the whole way in a real browser: from a code to a certificate a stranger verifies."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Locator, ViewportSize

from tests import second_factors
from tests.browser.conftest import Service
from tests.browser.visitor import NARROW, WIDE, Visitor
from tests.conftest import PASSWORD
from tests.pack import CERTIFICATION, ITEMS, MODULES, PRACTICE, canary, level
from training.accounts.models import Role
from training.accounts.passwords import hash_password
from training.accounts.records import add_person, find_person_by_email
from training.accounts.second_factor_records import add_known, lacks_second_factor

STORY = re.compile(r"The story of ([a-z0-9-]+)")
# A click on a radio button and a text put into a field, with the events that follow from them.
FILL_IN = """(sheet) => sheet.forEach(([id, text]) => {
  const field = document.getElementById(id);
  if (text === null) return field.click();
  field.value = text;
  for (const kind of ["input", "change"]) field.dispatchEvent(new Event(kind, { bubbles: true }));
})"""


@contextmanager
def visiting(
    browser: Browser, service: Service, viewport: ViewportSize, has_scripts: bool
) -> Iterator[Visitor]:
    """A visitor, whose findings are told at the end of the visit."""
    visitor = Visitor(browser, service.address, viewport=viewport, has_scripts=has_scripts)
    try:
        yield visitor
    finally:
        visitor.close()
    assert visitor.faults == []


def add_staff(service: Service) -> None:
    staff = {"Tamar": Role.TRAINER, "Cleo": Role.CERTIFIER, "Emeka": Role.EXPERT}
    with service.app.app_context():
        password_hash = hash_password(PASSWORD)
        for name, role in (staff | {"Ada": Role.ADMINISTRATOR}).items():
            person = add_person(
                email=f"{name.lower()}@example.org",
                name=name,
                roles=(role,),
                by=None,
                password_hash=password_hash,
            )
            if lacks_second_factor(person):
                add_known(person, second_factors.SECRET)


def next_code(service: Service, email: str) -> str:
    """What the app of somebody shows."""
    with service.app.app_context():
        person = find_person_by_email(email)
    assert person is not None
    return second_factors.code_of(service.app, person)


def sign_in_with_code(visitor: Visitor, service: Service, email: str) -> None:
    visitor.sign_in(email)
    assert visitor.heading == "Enter your code"
    visitor.fill("Code", next_code(service, email))
    visitor.press("Sign in", within=visitor.page.get_by_role("main"))


def show_again_who_one_is(visitor: Visitor, service: Service, email: str) -> None:
    visitor.fill("Your password", PASSWORD)
    visitor.fill("Code", next_code(service, email))


def open_cohort(visitor: Visitor) -> str:
    """Tamar opens a cohort and reads its code."""
    visitor.sign_in("tamar@example.org")
    visitor.go("/cohorts")
    main = visitor.page.get_by_role("main")
    main.get_by_role("textbox").first.fill("Winter group")
    visitor.press("Open the cohort")
    found = re.search(r"[B-Z2-9]{4}-[B-Z2-9]{4}", main.inner_text())
    assert found, main.inner_text()
    return found[0]


def join(visitor: Visitor, code: str) -> None:
    visitor.go("/")
    visitor.go(f"/join?code={code}")
    visitor.fill("Your name", "Noor Haddad")
    visitor.fill("E-mail address", "noor@example.org")
    visitor.fill("Password", PASSWORD)
    visitor.fill("Password, once more", PASSWORD)
    visitor.press("Join")
    assert visitor.heading == "Hello, Noor Haddad"


def learn(visitor: Visitor, number: int) -> None:
    """One module, from the Continue button to the end of its last stage."""
    visitor.go("/home")
    visitor.follow("Continue")
    visitor.press("I have read this")
    visitor.go(f"/modules/{MODULES[number]}/observe")
    complete_stage(visitor)
    visitor.go(f"/modules/{MODULES[number]}/check")
    answer_questions(visitor)
    visitor.go(f"/modules/{MODULES[number]}/apply")
    visitor.press("Start rating")
    rate(visitor, {3: 2, 4: 2})
    assert "feedback" in visitor.page.url
    visitor.go(f"/modules/{MODULES[number]}/reflect")
    visitor.page.get_by_role("textbox").first.fill("What stayed with me: the silence.")
    visitor.press("Save")


def complete_stage(visitor: Visitor) -> None:
    form = visitor.page.locator("form[action$='/completion']").first
    form.get_by_role("button").click()
    visitor.page.wait_for_load_state("load")
    visitor.look()


def answer_questions(visitor: Visitor) -> None:
    visitor.page.locator("form[action$='/check/tries']").get_by_role("button").click()
    visitor.page.wait_for_load_state("load")
    for position in range(6):
        visitor.look()
        assert f"Question {position + 1} of 6" in visitor.heading
        answer(visitor, visitor.page.locator("fieldset.question"))
        visitor.press("Answer")
        assert visitor.sees("Your answer is right.")
        visitor.follow("Next question" if position < 5 else "See the summary")
    assert visitor.heading == "6 of 6 right"


def answer(visitor: Visitor, question: Locator) -> None:
    """The right answer: in the small pack the first options, steps in order, the missed reply."""
    for place in range(question.locator("select").count()):
        select = question.locator("select").nth(place)
        text = question.locator(f"label[for={select.get_attribute('id')}]").inner_text()
        step = re.search(r"Step (\d)", text)
        assert step
        select.select_option(step[1])
    is_single = question.locator("input[type=radio]").count() > 0
    for label in question.locator("label").all():
        option = re.search(r"Option (\d) of", label.inner_text())
        is_right = option is not None and int(option[1]) <= (1 if is_single else 2)
        if is_right or "Do you sleep?" in label.inner_text():
            visitor.page.locator(f"#{label.get_attribute('for')}").check()


def rate(visitor: Visitor, scores: dict[int, int | None], *, by_hand: bool = True) -> None:
    """Rate these items in the workspace, look at the check page, and submit.

    By hand every control is scrolled to and pressed. Who has done so with one sheet of a kind
    fills in the next at once: to draw the page after each of two hundred clicks is half a story.
    """
    visitor.look()
    assert "canary" not in visitor.page.content()
    tab = visitor.page.get_by_role("tab", name="Rating")
    if tab.count() and tab.is_visible():
        tab.click()
    sheet = list(filled_in(scores))
    if by_hand:
        for field, text in sheet:
            place = visitor.page.locator(f"#{field}")
            place.check() if text is None else place.fill(text)
    else:
        visitor.page.evaluate(FILL_IN, sheet)
    visitor.press("Save and check")
    visitor.press("Submit this rating for good")


def filled_in(scores: dict[int, int | None]) -> Iterator[tuple[str, str | None]]:
    """The fields of a sheet in their order, with what is written there or None for a click."""
    for item, score in scores.items():
        yield f"rating-{item}-{'NR' if score is None else score}", None
        if score is None:
            yield f"reason-{item}", "Nobody was there."
        else:
            yield f"evidence-{item}", str(item)


def practise(visitor: Visitor, *, by_hand: bool) -> None:
    visitor.go("/practice")
    visitor.page.locator("[aria-labelledby=next-title]").get_by_role("button").click()
    visitor.page.wait_for_load_state("load")
    found = STORY.search(visitor.heading)
    assert found
    assert found[1] in PRACTICE
    rate(visitor, {item: level(found[1], item) for item in ITEMS}, by_hand=by_hand)
    assert canary(found[1], 3) in visitor.page.content()


def be_assessed(visitor: Visitor) -> None:
    visitor.go("/home")
    visitor.follow("Continue")
    visitor.page.locator("a[href$='/new-attempt']").first.click()
    visitor.page.wait_for_load_state("load")
    visitor.look()
    visitor.page.locator("input[type=checkbox]").check()
    visitor.press("Open the attempt")
    attempt = visitor.page.url
    met = []
    for position in range(1, len(CERTIFICATION) + 1):
        visitor.follow(f"Continue with vignette {position}")
        found = STORY.search(visitor.heading)
        assert found
        met.append(found[1])
        rate(visitor, nearly(found[1], position), by_hand=position == 1)
        assert visitor.page.url == attempt
    assert sorted(met) == sorted(CERTIFICATION)
    assert visitor.sees("Meets")
    assert "canary" not in visitor.page.content()


def nearly(slug: str, position: int) -> dict[int, int | None]:
    """The key's scores with one of them off by a point, to either side in turn."""
    scores = {item: level(slug, item) for item in ITEMS}
    for item in (position, position % 12 + 4):
        score = scores[item]
        if score is not None:
            scores[item] = min(max(score + (1 if position % 2 else -1), 0), 4)
    return scores


def sign(visitor: Visitor, service: Service) -> str:
    sign_in_with_code(visitor, service, "cleo@example.org")
    visitor.go("/certifying")
    visitor.page.locator("a[href*='/certifying/decisions/']").first.click()
    visitor.page.wait_for_load_state("load")
    visitor.look()
    assert "canary" not in visitor.page.content()
    visitor.page.locator("a[href$='/signature']").click()
    visitor.page.wait_for_load_state("load")
    visitor.look()
    visitor.page.locator("input[type=checkbox]").check()
    show_again_who_one_is(visitor, service, "cleo@example.org")
    visitor.press("Sign and issue the certificate")
    found = re.search(r"[B-Z2-9]{4}-[B-Z2-9]{4}-[B-Z2-9]{4}", visitor.page.content())
    assert found
    return found[0]


def verify(visitor: Visitor, number: str, *, expected: str) -> None:
    visitor.go("/verify")
    visitor.fill("Number of the certificate", number.lower().replace("-", " "))
    visitor.press("Verify")
    assert visitor.sees("Noor Haddad")
    assert visitor.sees(expected)
    assert "noor@example.org" not in visitor.page.content()


def revoke(visitor: Visitor, service: Service, number: str) -> None:
    visitor.go(f"/certifying/certificates/{number}/revocation")
    visitor.page.get_by_role("textbox").first.fill("Issued by mistake in a rehearsal.")
    visitor.page.locator("input[type=checkbox]").check()
    show_again_who_one_is(visitor, service, "cleo@example.org")
    visitor.page.locator("main form").get_by_role("button").click()
    visitor.page.wait_for_load_state("load")
    visitor.look()


@pytest.mark.parametrize(
    ("viewport", "has_scripts"),
    [
        pytest.param(WIDE, True, id="wide"),
        pytest.param(NARROW, True, id="narrow"),
        pytest.param(WIDE, False, id="without-scripts"),
    ],
)
def test_the_whole_way(
    browser: Browser, service: Service, viewport: ViewportSize, has_scripts: bool
) -> None:
    add_staff(service)

    def visit() -> object:
        return visiting(browser, service, viewport, has_scripts)

    with visit() as tamar, visit() as noor, visit() as cleo, visit() as stranger:  # type: ignore[attr-defined]
        code = open_cohort(tamar)
        join(noor, code)
        for number in range(len(MODULES)):
            learn(noor, number)
        for number in range(len(PRACTICE)):
            practise(noor, by_hand=number == 0)
        be_assessed(noor)
        look_after_noor(tamar)
        number = sign(cleo, service)
        verify(stranger, number, expected="valid")
        noor.go("/home")
        noor.follow("Open your certificate")
        assert noor.sees(number)
        revoke(cleo, service, number)
        verify(stranger, number, expected="rehearsal")


def look_after_noor(tamar: Visitor) -> None:
    """The trainer sees where Noor is, and opens her page."""
    tamar.go("/cohorts")
    tamar.follow("Winter group")
    assert tamar.sees("Noor Haddad")
    tamar.follow("Noor Haddad")
    assert tamar.sees("2 of 2") or tamar.sees("2/2")


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_the_other_pages_are_well_made_too(
    browser: Browser, service: Service, viewport: ViewportSize
) -> None:
    """Pages that are not on the way: the public's, the expert's and the administrator's."""
    add_staff(service)
    pages = {
        None: ["/", "/about", "/sign-in", "/join", "/forgotten-password", "/verify", "/register"],
        "emeka@example.org": ["/home", "/panels", "/instruments", "/instruments/dialogic-practice"],
        "ada@example.org": [
            "/home",
            "/profile",
            "/profile/password",
            "/profile/second-factor",
            "/profile/second-factor/recovery-codes",
            "/profile/second-factor/removal",
            "/administration",
            "/administration/people",
            "/administration/invitations",
            "/administration/content",
            "/administration/content/check",
            "/administration/trail",
            "/administration/trail/verification",
            "/administration/letters",
            "/no-such-page",
        ],
    }
    for email, addresses in pages.items():
        with visiting(browser, service, viewport, True) as visitor:
            if email == "ada@example.org":
                sign_in_with_code(visitor, service, email)
            elif email:
                visitor.sign_in(email)
            for address in addresses:
                visitor.go(address)
            if email:
                visitor.sign_out()
