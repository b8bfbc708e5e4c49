"""The whole life of a key in real browsers: five experts, their chair, a rater, two certifiers."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from playwright.sync_api import Browser, expect

from tests import second_factors
from tests.browser.conftest import Service
from tests.browser.raters import session_cookie
from tests.browser.test_workspace import wait_until
from tests.browser.visitor import NARROW, WIDE, Visitor
from tests.calibration.rating_sheets import agreeing
from tests.certification import stories
from tests.conftest import PASSWORD
from tests.pack import ITEMS, PRACTICE, STANDARD, level
from tests.panels import life, round_two
from tests.panels.stories import EXPERTS
from training.accounts import records as accounts
from training.accounts.models import Person, Role
from training.accounts.passwords import hash_password
from training.calibration import records as calibration
from training.calibration.after_submission import AFTER_SUBMISSION
from training.calibration.models import Purpose
from training.calibration.ratings import Rating
from training.certification.attempts import records as attempts
from training.certification.reviews import acts as reviews
from training.clock import now
from training.panels import round_one

SLUG = PRACTICE[0]
TITLE = f"The story of {SLUG}"
BAND, DROPPED, SCORE = 3, 4, 5  # the items on which the experts agree in the pages
ASKS_EVERY = 4000  # milliseconds, as in consensus.js
ROLES = {
    **dict.fromkeys((*EXPERTS, "Noor"), Role.EXPERT),
    **dict.fromkeys(("Cleo", "Dora"), Role.CERTIFIER),
    **dict.fromkeys(("Ines", "Otto"), Role.RATER),
}


@dataclass
class Cast:
    """The people of a story, and a window for each who comes to the pages."""

    service: Service
    browser: Browser
    window: dict[str, Any]
    people: dict[str, Person] = field(default_factory=dict)
    visitors: list[Visitor] = field(default_factory=list)

    def __post_init__(self) -> None:
        with self.service.app.app_context():
            password_hash = hash_password(PASSWORD)
            for name, role in ROLES.items():
                self.people[name] = accounts.add_person(
                    email=f"{name.lower()}@example.org",
                    name=name,
                    roles=(role,),
                    by=None,
                    password_hash=password_hash,
                )
        for name in ("Cleo", "Dora"):
            second_factors.give(self.service.app, self.people[name])

    def __getitem__(self, name: str) -> Person:
        return self.people[name]

    @property
    def experts(self) -> list[Person]:
        return [self[name] for name in EXPERTS]

    def enter(self, name: str = "") -> Visitor:
        """Somebody in a window of their own, signed in; a stranger without a name."""
        visitor = Visitor(self.browser, self.service.address, **self.window)
        self.visitors.append(visitor)
        if name:
            with self.service.app.app_context():
                token = accounts.start_session(self[name], browser="a test").get_id()
            visitor.context.add_cookies([session_cookie(self.service, token)])
        return visitor


@contextmanager
def playing(service: Service, browser: Browser, **window: Any) -> Iterator[Cast]:
    """The people of a story; what their browsers found is told at its end."""
    cast = Cast(service, browser, window)
    try:
        yield cast
    finally:
        for visitor in cast.visitors:
            visitor.close()
    assert [fault for visitor in cast.visitors for fault in visitor.faults] == []


def reason_of(name: str, item: int) -> str:
    return f"What {name} saw in item {item}."


def sheet_of(name: str) -> dict[int, Rating]:
    """An expert's ratings: the key's, but Ilse stands two points away on one item."""
    far = {BAND: Rating(1, evidence=(3,))} if name == "Ilse" else {}
    return {
        item: replace(rating, note=reason_of(name, item))
        for item, rating in (agreeing(SLUG) | far).items()
    }


# Round one


def open_panel(cleo: Visitor) -> str:
    """Cleo opens a panel of four experts, with a chair who has no seat, and invites a fifth."""
    cleo.go("/panels")
    cleo.follow("Open a panel")
    cleo.fill("Name of the panel", "Spring panel")
    cleo.page.get_by_label(TITLE).check()
    for name in EXPERTS[:4]:
        cleo.page.get_by_role("checkbox", name=name).check()
    cleo.page.get_by_label("Chair", exact=True).select_option(label="Noor")
    cleo.fill("Round one is due on", (now() + timedelta(days=14)).date().isoformat())
    cleo.press("Open the panel and send the letters")
    address = cleo.page.url
    cleo.follow("Add an expert")
    cleo.page.get_by_label("Expert", exact=True).select_option(label=EXPERTS[4])
    cleo.press("Add and invite")
    assert cleo.sees("5. Ilse")
    return address


def rate_without_pages(cast: Cast, panel_id: uuid.UUID, *names: str) -> None:
    for name in names:
        with cast.service.app.app_context():
            assignment_id = life.assignment_of(panel_id, cast[name])
            session = round_one.open_assignment(assignment_id, cast[name].id)
            assert session is not None
            outcome = calibration.submit(
                session.id, sheet_of(name), revision=session.revision, after=AFTER_SUBMISSION
            )
            assert outcome.is_submitted, outcome.lacks


def rate_alone(expert: Visitor, name: str) -> None:
    """An expert rates every item with a reason, sees nothing of anybody, and submits."""
    expert.go("/panels")
    expert.press(f"Begin {TITLE}")
    for item, rating in sheet_of(name).items():
        expert.page.locator(f"#rating-{item}-{rating.value}").check()
        expert.page.locator(f"#evidence-{item}").fill(", ".join(map(str, rating.evidence)))
        expert.page.locator(f"#note-{item}").fill(rating.note)
    expert.press("Save and check")
    assert expert.sees(reason_of(name, BAND))
    for others in ("canary", "What Emeka saw"):
        assert others not in expert.page.content()
    expert.press("Submit this rating for good")
    assert expert.sees("submitted")


# Round two


def take_position(visitor: Visitor, place: int, score: int) -> None:
    """Write down where an expert stands now."""
    card = visitor.page.locator(f"#expert-{place}")
    card.get_by_text("Position after discussion").first.click()
    card.locator(f"input[type=radio][value='{score}']").check()
    visitor.press("Record the position", within=card)


def agree(chair: Visitor, kind: str, score: str | None, reason: str) -> None:
    """Write down what the panel agreed on the item at hand."""
    place = chair.page.locator("#consensus")
    place.get_by_label(re.compile(f"^{kind}")).check()
    if score is not None:
        place.get_by_label(score, exact=True).check()
        chair.fill("Evidence turns, e.g. 4, 7", "3, 15")
    place.get_by_label("Reason", exact=True).fill(reason)
    chair.press("Record the consensus", within=place)
    assert chair.sees(reason)


def hear(visitor: Visitor) -> None:
    """Let the page ask now what is new, as it does every few seconds."""
    visitor.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def show(chair: Visitor, consensus: str, item: int) -> None:
    chair.go(f"{consensus}/1/{item}")
    chair.press("Show this item to everybody")


def discuss(noor: Visitor, freya: Visitor, consensus: str) -> None:
    """The chair and an expert look at the same items, each in a window of their own."""
    told_noor, told_freya = (each.page.locator("[data-news]") for each in (noor, freya))
    show(noor, consensus, BAND)
    freya.go(consensus)
    freya.follow(f"The panel is at item {BAND} of vignette 1.")
    take_position(freya, 2, 2)
    hear(noor)
    expect(told_noor).to_contain_text("Something was recorded since you loaded this page.")
    noor.follow("Load it again")
    take_position(noor, 5, 2)
    agree(noor, "A band", "2 Thin", "It comes back once, and is not kept.")
    assert noor.sees("2–3")

    show(noor, consensus, DROPPED)
    hear(freya)
    expect(told_freya).to_contain_text(f"The panel is now at item {DROPPED} of “{TITLE}”.")
    freya.follow("Go there")
    freya.page.get_by_label("Follow the chair from item to item").check()
    agree(noor, "Dropped", None, "Nobody can tell whether there was room for it.")

    show(noor, consensus, SCORE)
    hear(freya)
    freya.page.wait_for_url(f"**{consensus}/1/{SCORE}")
    freya.look()
    agree(noor, "One score", f"{level(SLUG, SCORE)} Sustained", "It carries the meeting.")


def settle_the_rest(cast: Cast, panel_id: uuid.UUID) -> None:
    for item in set(ITEMS) - {BAND, DROPPED, SCORE}:
        consensus = round_two.consensus_on(item, SLUG)
        round_two.record(cast.service.app, panel_id, cast["Noor"], item, consensus)


def sign(visitor: Visitor, consensus: str, button: str) -> None:
    visitor.go(f"{consensus}/1/ratify")
    visitor.page.get_by_role("checkbox").check()
    visitor.fill("Your password", PASSWORD)
    visitor.press(button)


# In use, in practice, in doubt


def put_in_use(cleo: Visitor) -> None:
    """Cleo reads what the new key would change, and puts it in use."""
    cleo.go("/keys/changes")
    cleo.follow(TITLE)
    assert cleo.sees(f"{BAND}. Element {BAND} 3 2 or 3")
    assert cleo.sees("The feedback on 1 of 1 practice rating would read otherwise.")
    cleo.fill("Reason", "Five experts have agreed on it.")
    cleo.page.get_by_role("checkbox").check()
    cleo.press("Put this key in use")
    assert cleo.heading == f"Change of the key of “{TITLE}”"


def practise(cast: Cast, ines: Visitor) -> None:
    """Ines rates the last two items in the pages, and reads what the experts gave."""
    with cast.service.app.app_context():
        session = calibration.open_session(cast["Ines"].id, SLUG, Purpose.PRACTICE)
        begun = {item: rating for item, rating in agreeing(SLUG).items() if item <= 10}
        begun |= {BAND: Rating(2, evidence=(3,)), SCORE: Rating(2, evidence=(5,))}
        calibration.save_ratings(session.id, begun, revision=session.revision)
        session_id = session.id
    ines.go(f"/rating-sessions/{session_id}")
    for item in (11, 12):
        ines.page.locator(f"#rating-{item}-{level(SLUG, item)}").check()
        ines.page.locator(f"#evidence-{item}").fill(f"{item}")
    ines.press("Save and check")
    ines.press("Submit this rating for good")
    assert ines.sees("What the experts gave at first")
    assert "The experts, each alone: 3, 3, 3, 3, 1." in item_of(ines, BAND)
    assert "Exact" in item_of(ines, BAND)


def item_of(visitor: Visitor, item: int) -> str:
    """What stands at one item of the feedback."""
    return " ".join(visitor.page.locator(f"#item-{item}").inner_text().split())


def contest(ines: Visitor) -> None:
    ines.page.locator(f"#item-{SCORE}").get_by_role("link", name="Contest this item").click()
    ines.page.wait_for_load_state("load")
    ines.look()
    ines.fill("Why should the key say something else?", "In turn 5 he asks and does not wait.")
    ines.fill("Turns your reason rests on", "5")
    ines.press("Send the contest")
    assert "waiting for an answer" in item_of(ines, SCORE)


def answer(freya: Visitor) -> None:
    freya.go("/contests")
    freya.page.get_by_role("link", name="Contest of").click()
    freya.page.wait_for_load_state("load")
    freya.look()
    assert not freya.sees("Ines")
    freya.page.get_by_label("The key stands", exact=True).check()
    freya.fill("Your answer to the rater", "He waits through the whole of turn 6.")
    freya.press("Send the answer")


# An appeal


def decline(cast: Cast) -> uuid.UUID:
    """Ines does not meet the standard, and Cleo says so: the attempt."""
    with cast.service.app.app_context():
        stories.complete_modules(cast["Ines"])
        stories.practise(cast["Ines"], slugs=PRACTICE[1:])
        attempt = attempts.open_attempt(cast["Ines"].id, STANDARD).id
        stories.submit_waiting(attempt, stories.constant)
        decision = stories.decisions_of(attempt)[-1]
        reviews.decline(decision.id, certifier=cast["Cleo"], reason="Always the middle.")
        return attempt


def appeal(ines: Visitor, attempt: uuid.UUID) -> None:
    ines.go(f"/certification/attempts/{attempt}")
    ines.follow("Appeal…")
    ines.fill(
        "What went wrong, and why it matters for the decision",
        "The service was down on the third evening, and my drafts were gone the next day.",
    )
    ines.page.get_by_role("checkbox").check()
    ines.press("Make the appeal")
    assert ines.sees("waits to be decided")


def decide(cast: Cast, dora: Visitor) -> None:
    dora.go("/certifying/appeals")
    dora.follow("Ines")
    dora.page.get_by_label("Grant it: the attempt is set aside").check()
    dora.fill("Reason", "The log shows it.")
    dora.page.get_by_role("checkbox").check()
    dora.fill("Your password", PASSWORD)
    dora.fill("Code", second_factors.code_of(cast.service.app, cast["Dora"]))
    dora.press("Decide the appeal")
    assert dora.sees("Granted: the attempt is set aside")


# The stories


def test_the_whole_life_of_a_key(service: Service, browser: Browser) -> None:
    with playing(service, browser, viewport=WIDE) as cast:
        cleo, freya, noor, ines = map(cast.enter, ("Cleo", "Freya", "Noor", "Ines"))
        panel = open_panel(cleo)
        panel_id = uuid.UUID(panel.rpartition("/")[2])
        rate_without_pages(cast, panel_id, "Emeka", "Goran", "Hye-jin")
        rate_alone(freya, "Freya")
        rate_without_pages(cast, panel_id, "Ilse")
        freya.go(panel)
        freya.follow("How far the experts agree")
        assert freya.sees("5 experts, 1 vignette, 60 ratings")

        consensus = f"/panels/{panel_id}/consensus"
        discuss(noor, freya, consensus)
        settle_the_rest(cast, panel_id)
        sign(noor, consensus, "Sign first")
        sign(freya, consensus, "Sign and ratify the key")
        assert freya.sees("The key is ratified. It is kept as it is, for good.")

        with service.app.app_context():
            stories.practise(cast["Otto"], slugs=PRACTICE[:1])
        put_in_use(cleo)
        practise(cast, ines)
        contest(ines)
        answer(freya)
        ines.go("/contests/mine")
        assert ines.sees("He waits through the whole of turn 6.")
        ines.page.get_by_role("link", name="The item in your feedback").click()
        assert "The key stands." in item_of(ines, SCORE)

        appeal(ines, decline(cast))
        decide(cast, cast.enter("Dora"))
        ines.page.reload()
        assert ines.sees("This attempt is set aside")
        look_at_how_keys_were_made(cast.enter())


def look_at_how_keys_were_made(stranger: Visitor) -> None:
    stranger.go("/keys")
    for text in ("1 of them was ratified", "A band of two scores 1 item", "Dropped 1 item"):
        assert stranger.sees(text), text
    for secret in ("canary", "Freya", "Spring panel"):
        assert secret not in stranger.page.content()


def test_a_page_that_stopped_hearing_hears_again(service: Service, browser: Browser) -> None:
    with playing(service, browser, viewport=WIDE) as cast:
        noor = cast.enter("Noor")
        panel_id = life.opened_panel(service.app, cast.experts, chair=cast["Noor"], by=cast["Cleo"])
        rate_without_pages(cast, panel_id, *EXPERTS)
        noor.page.clock.install()
        noor.go(f"/panels/{panel_id}/consensus")
        told = noor.page.locator("[data-news]")
        lose_touch(noor)
        hear(noor)  # as whoever comes back to the tab does
        expect(told).to_be_empty()
        round_two.record(service.app, panel_id, cast["Noor"], SCORE, round_two.consensus_on(SCORE))
        noor.page.clock.run_for(ASKS_EVERY)
        expect(told).to_contain_text("Something was recorded since you loaded this page.")
        lose_touch(noor)
        hear(noor)
        expect(told).to_contain_text("Something was recorded since you loaded this page.")


def lose_touch(visitor: Visitor) -> None:
    """Let the page ask in vain until it gives up."""

    def has_given_up() -> bool:
        hear(visitor)
        told: str = visitor.page.locator("[data-news]").inner_text()
        return "This page no longer hears from the service." in told

    visitor.page.route("**/live", lambda route: route.abort())
    wait_until(has_given_up)
    visitor.page.unroute("**/live")
    visitor.faults = [fault for fault in visitor.faults if "net::ERR_FAILED" not in fault]


def test_a_panel_on_a_phone_without_scripts(service: Service, browser: Browser) -> None:
    with playing(service, browser, viewport=NARROW, has_scripts=False) as cast:
        freya, noor = map(cast.enter, ("Freya", "Noor"))
        panel_id = life.opened_panel(service.app, cast.experts, chair=cast["Noor"], by=cast["Cleo"])
        rate_without_pages(cast, panel_id, "Emeka", "Goran", "Hye-jin", "Ilse")
        rate_alone(freya, "Freya")
        consensus = f"/panels/{panel_id}/consensus"
        noor.go(f"{consensus}/1/{BAND}")
        take_position(noor, 5, 3)
        agree(noor, "One score", "3 Clear", "Her word comes back twice.")
        freya.go(f"{consensus}/1/{BAND}")
        assert freya.sees("Her word comes back twice.")
        assert not freya.page.get_by_label("Follow the chair from item to item").is_visible()
        for visitor in (freya, noor):
            assert visitor.page.evaluate("document.documentElement.scrollWidth") == 390
