"""Key health: what counts, what is listed for a panel, and who may see which key."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Collection, Mapping
from datetime import timedelta

import numpy as np
import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from tests.certification import stories
from tests.keys.contest_stories import contested, practised, seat_panel
from tests.keys.key_changes import ratify
from tests.pack import CERTIFICATION, INSTRUMENT, ITEMS, PRACTICE, canary, level, small_pack
from tests.pages import PersonClient
from training.accounts.models import Person, Role
from training.accounts.records import grant_role
from training.audit.models import AuditEntry
from training.calibration.models import ItemRating, Purpose, RatingSession, SessionState
from training.calibration.ratings import Rating
from training.certification.models import Attempt
from training.certification.reviews import acts as reviews
from training.clock import now
from training.database import db, write_transaction
from training.keys import sights
from training.keys.changes.records import put_in_use
from training.keys.contests import acts as contest_acts
from training.keys.health import records as health_records
from training.keys.health.records import InstrumentHealth, KeyItem
from training.keys.models import ContestOutcome, KeySight, Occasion
from training.library import records as library
from training.library.reading import Pack
from training.panels.models import Panel, PanelState
from training.psychometrics.key_health.verdicts import Verdict

BrowserOf = Callable[[Person], PersonClient]
FIRST, SECOND = PRACTICE
WRONG_ITEM = 4  # the key of the first vignette says 1, and everybody who rates well sees a 3
LIST = "/keys/health"
TABLE = f"/keys/health/instruments/{INSTRUMENT}/table.csv"


def health() -> InstrumentHealth:
    return health_records.health_of(library.get_instrument(INSTRUMENT))


def item_of(slug: str, item: int) -> KeyItem:
    return next(one for one in health().of(slug) if one.cell.item == item)


def add_crowd(raters: int, *, seed: int = 5) -> None:
    """Raters, the later ones the poorer, who practised; all see WRONG_ITEM unlike its key."""
    random = np.random.default_rng(seed)
    with write_transaction() as session:
        people = [
            Person(email=f"r{n}@example.org", name=f"R{n}", password_hash=None)
            for n in range(raters)
        ]
        session.add_all(people)
        session.flush()
        for place, person in enumerate(people):
            for slug in PRACTICE:
                truth = {item: level(slug, item) for item in ITEMS}
                if slug == FIRST:
                    truth[WRONG_ITEM] = 3
                session.add(
                    _submitted(person, slug, _with_error(truth, place / raters / 2, random))
                )


def _with_error(
    truth: Mapping[int, int | None], chance: float, random: np.random.Generator
) -> dict[int, int | None]:
    return {
        item: None
        if score is None
        else int(np.clip(score + (random.random() < chance) * random.choice((-1, 1)), 0, 4))
        for item, score in truth.items()
    }


def _submitted(
    person: Person,
    slug: str,
    scores: Mapping[int, int | None],
    purpose: Purpose = Purpose.PRACTICE,
    number: int = 1,
) -> RatingSession:
    vignette = library.get_vignette(slug)
    return RatingSession(
        person_id=person.id,
        purpose=purpose,
        number=number,
        vignette_slug=slug,
        vignette_document_id=vignette.id,
        key_document_id=library.get_key(slug).id,
        instrument_document_id=library.get_instrument(INSTRUMENT).id,
        state=SessionState.SUBMITTED,
        submitted_at=now(),
        ratings=[
            ItemRating(item_number=item, score=score, is_not_rateable=score is None)
            for item, score in scores.items()
        ],
    )


def acts() -> list[tuple[str, str]]:
    rows = db.session.execute(select(AuditEntry.act, AuditEntry.subject)).all()
    return [(act, subject) for act, subject in rows]


def lines_of(browser: PersonClient) -> list[dict[str, str]]:
    with browser.get(TABLE) as answer:
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "no-store"
        return list(csv.DictReader(io.StringIO(answer.get_data(as_text=True))))


@pytest.fixture
def crowd(app: Flask) -> None:
    """Thirty raters, enough to speak about keys."""
    with app.app_context():
        add_crowd(30)


def assert_silent(text: str, slugs: Collection[str] = (*PRACTICE, *CERTIFICATION)) -> None:
    """No reason of any key is told."""
    assert not [slug for slug in slugs for item in ITEMS if canary(slug, item) in text]


@pytest.mark.usefixtures("crowd")
def test_cleo_finds_the_key_that_good_raters_reject_and_looks_at_it(
    app: Flask, cleo: Person, browser_of: BrowserOf
) -> None:
    browser = browser_of(cleo)
    page = browser.get_page(LIST)
    rows = [row.get_text(" ", strip=True) for row in page.soup.select("#notable ~ * tbody tr")]
    wrong = next(row for row in rows if row.startswith(f"{WRONG_ITEM}. Element {WRONG_ITEM}"))
    assert f"The story of {FIRST}" in wrong
    assert "✗ doubtful for a panel 30 –" in wrong  # nobody among them is certified
    assert "0% (12) 0% to 24%" in wrong
    assert_silent(page.html)

    page = browser.get_page(f"{LIST}/{FIRST}")
    row = page.soup.select("table tbody tr")[WRONG_ITEM - 1].get_text(" ", strip=True)
    assert row.startswith(f"{WRONG_ITEM}. Element {WRONG_ITEM} 1 3 by ")
    assert_silent(page.html)
    with app.app_context():
        seen = db.session.scalars(select(KeySight).filter_by(person_id=cleo.id)).all()
        assert [(one.vignette_slug, one.occasion) for one in seen] == [(FIRST, Occasion.KEY_HEALTH)]
        assert ("key seen", f"key of {FIRST}") in acts()
        listed = health_records.keys_for_panel()
        assert [(one.vignette.slug, one.cell.item) for one in listed] == [(FIRST, WRONG_ITEM)]

    lines = {(line["vignette"], line["item"]): line for line in lines_of(browser)}
    assert len(lines) == len(health_lines(app))
    line = lines[FIRST, str(WRONG_ITEM)]
    assert (line["verdict"], line["raters"]) == ("doubtful", "30")
    assert line["certified_accepted_undefined"] == "no_overlap"
    assert float(line["high_accepted_high"]) < 0.5
    assert lines[FIRST, "1"]["verdict"] == "sound"
    with app.app_context():
        assert ("data exported", f"health of the keys of {INSTRUMENT}") in acts()

    told = app.test_cli_runner().invoke(args=["keys", "health"])
    assert told.exit_code == 0, told.output
    assert f"{FIRST} item {WRONG_ITEM} (Element {WRONG_ITEM}): doubtful, 30 raters" in told.output
    assert "1 item for a panel to look at." in told.output


@pytest.mark.usefixtures("crowd")
def test_keys_that_ratings_say_nothing_about_stand_behind_one_line(
    cleo: Person, browser_of: BrowserOf
) -> None:
    page = browser_of(cleo).get_page(LIST)
    (table,) = (one for one in page.soup.select("table") if "How many items" in one.get_text())
    assert [link["href"] for link in table.select("tbody a")] == [
        f"{LIST}/{FIRST}",
        f"{LIST}/{SECOND}",
    ]
    (behind,) = (one for one in page.soup.select("details") if one.select(f"a[href^='{LIST}/']"))
    assert behind.select("summary")[0].get_text(strip=True) == (
        "8 keys of which no item has enough ratings yet"
    )
    assert len(behind.select("a")) == 8


def health_lines(app: Flask) -> tuple[KeyItem, ...]:
    with app.app_context():
        return health().items


@pytest.mark.usefixtures("crowd")
def test_emeka_sees_only_keys_he_has_seen_until_he_chooses_otherwise(
    app: Flask, emeka: Person, browser_of: BrowserOf
) -> None:
    browser = browser_of(emeka)
    page = browser.get_page(LIST)
    assert "10 keys you have not seen are left out" in page.text
    assert "doubtful for a panel" not in page.text
    assert lines_of(browser) == []

    page = browser.get_page(f"{LIST}/{FIRST}")
    assert "You have not seen the key of this vignette." in page.text
    assert not page.soup.select("table")
    with app.app_context():
        assert FIRST not in sights.keys_seen(emeka.id)
    assert browser.post(f"{LIST}/{FIRST}", has_token=False).status_code == 400

    page = browser.post_page(f"{LIST}/{FIRST}", follow=True)
    assert "That you have seen it is written down" in page.text
    with app.app_context():
        assert sights.keys_seen(emeka.id) == {FIRST}
    assert "9 keys you have not seen are left out" in browser.get_page(LIST).text
    assert {line["vignette"] for line in lines_of(browser)} == {FIRST}


@pytest.mark.usefixtures("crowd")
def test_whose_panel_is_at_work_sees_nothing_of_that_key(
    app: Flask, emeka: Person, cleo: Person, browser_of: BrowserOf
) -> None:
    """Neither while they rate alone nor in round two, when they know what the others gave."""
    with app.app_context():
        panel_id = seat_panel(cleo, [emeka], state=PanelState.RATING).id
        grant_role(emeka, Role.CERTIFIER, by=None)
        db.session.commit()
    browser = browser_of(emeka)
    for state in (PanelState.RATING, PanelState.CONSENSUS):
        with app.app_context(), write_transaction():
            db.session.get_one(Panel, panel_id).state = state
            if state is PanelState.CONSENSUS:
                sights.note_keys_seen(emeka.id, [FIRST], Occasion.PANEL)
        assert "A panel of yours is at work on it." in browser.get_page(LIST).text
        for answer in (
            browser.get_page(f"{LIST}/{FIRST}", expect=403),
            browser.post_page(f"{LIST}/{FIRST}", expect=403),
        ):
            assert "Come back when your panel has ratified its own" in answer.text
            assert not answer.soup.select("table")
        assert lines_of(browser) == []


def test_a_certifier_who_rates_is_shown_no_key_they_might_be_certified_on(
    app: Flask, cleo: Person, browser_of: BrowserOf
) -> None:
    with app.app_context():
        grant_role(cleo, Role.RATER, by=None)
        db.session.commit()
    browser, address = browser_of(cleo), f"{LIST}/{CERTIFICATION[0]}"
    page = browser.get_page(LIST)
    assert "There are too few first ratings yet." in page.text
    assert not page.has_link_to(address)
    assert "so it is not shown to you" in browser.get_page(address, expect=403).text
    browser.post_page(address, expect=403)
    for missing in (f"{LIST}/nowhere", f"{LIST}/first-things-1", f"{LIST}?instrument=nothing"):
        browser.get_page(missing, expect=404)


def test_only_blind_first_ratings_of_raters_count(
    app: Flask, ines: Person, otto: Person, emeka: Person
) -> None:
    with app.app_context():
        practised(ines, FIRST, item_4=Rating(3, evidence=(5,)))
        scores = {item: level(FIRST, item) for item in ITEMS}
        sights.note_keys_seen(otto.id, [FIRST], Occasion.CONTEST)
        with write_transaction() as session:
            session.add(_submitted(ines, FIRST, scores, number=2))  # she knows the key by now
            session.add(_submitted(otto, FIRST, scores))  # so does he
            session.add(_submitted(emeka, FIRST, scores, purpose=Purpose.PANEL))
        one = item_of(FIRST, WRONG_ITEM)
        assert one.cell.raters == 1
        assert one.cell.verdict is Verdict.TOO_FEW
        assert health().raters == 1
        assert health().certified == 0


def test_ratings_in_certification_count_and_a_valid_certificate_makes_a_certified_rater(
    app: Flask, ines: Person, cleo: Person
) -> None:
    with app.app_context():
        decision_id = stories.decided_attempt(ines)
        reviews.sign(decision_id, certifier=cleo)
        found = health()
        assert (found.raters, found.certified) == (1, 1)
        attempt = db.session.scalars(select(Attempt)).one()
        drawn = attempt.sessions[0].vignette_slug
        cells = [item.cell for item in found.of(drawn)]
        assert {cell.raters for cell in cells} == {1}
        assert {cell.certified_accepted.n for cell in cells} == {1}


def test_whose_certificate_has_lapsed_is_no_certified_rater_any_more(
    app: Flask, ines: Person, cleo: Person
) -> None:
    with app.app_context():
        reviews.sign(stories.decided_attempt(ines), certifier=cleo)
        (certificate,) = stories.certificates_in_database()
        with time_machine.travel(certificate.valid_until + timedelta(days=1)):
            found = health()
        assert (found.raters, found.certified) == (1, 0)


def test_what_was_rated_on_an_item_that_a_panel_dropped_counts_nowhere(
    app: Flask, ines: Person, cleo: Person, emeka: Person
) -> None:
    dropped = {WRONG_ITEM: {"rating": "dropped", "evidence": []}}
    with app.app_context():
        practised(ines, FIRST)
        put_in_use(FIRST, ratify(emeka, FIRST, dropped), by=cleo, reason="No agreement.")
        cells = {one.cell.item: one.cell.raters for one in health().of(FIRST)}
        assert cells == dict.fromkeys(set(ITEMS) - {WRONG_ITEM}, 1)


def test_a_contest_answered_so_puts_an_item_on_the_panels_list(
    app: Flask, ines: Person, cleo: Person, browser_of: BrowserOf
) -> None:
    with app.app_context():
        contest = contested(ines)
        assert health_records.keys_for_panel() == []
        contest_acts.answer(
            contest.id,
            ContestOutcome.FOR_PANEL,
            "A panel shall look.",
            read=contest_acts.stamp_of(contest),
            by=cleo,
        )
        listed = health_records.keys_for_panel()
        assert [(one.cell.item, one.contests.for_panel) for one in listed] == [(4, 1)]
    page = browser_of(cleo).get_page(LIST)
    assert "1: for a panel" in page.text
    assert "There are too few first ratings yet." in page.text


def test_a_key_that_was_seen_by_the_time_a_rating_came_in_was_not_rated_blind(
    app: Flask, ines: Person, otto: Person, make_person: Callable[..., Person]
) -> None:
    """Ines sees it at that very moment, Otto a second later, and Piet saw that of another one."""
    piet = make_person("Piet", Role.RATER)
    scores = {item: level(FIRST, item) for item in ITEMS}
    with app.app_context():
        for person, slug, later in ((ines, FIRST, 0), (otto, FIRST, 1), (piet, SECOND, -60)):
            with write_transaction() as session:
                rated = _submitted(person, FIRST, scores)
                session.add(rated)
            moment = rated.submitted_at
            assert moment is not None
            with write_transaction() as session:
                session.add(
                    KeySight(
                        person_id=person.id,
                        vignette_slug=slug,
                        occasion=Occasion.CONTEST,
                        seen_at=moment + timedelta(seconds=later),
                    )
                )
        assert (health().raters, item_of(FIRST, 1).cell.raters) == (2, 2)


def test_neither_a_draft_nor_what_was_rated_on_another_text_tries_a_key(
    app: Flask, ines: Person, otto: Person
) -> None:
    with app.app_context():
        scores = {item: level(FIRST, item) for item in ITEMS}
        with write_transaction() as session:
            draft = _submitted(otto, FIRST, scores)
            draft.state, draft.submitted_at = SessionState.DRAFT, None
            session.add_all([draft, _submitted(ines, FIRST, scores)])
        assert item_of(FIRST, 1).cell.raters == 1
        pack = Pack()
        reworded = small_pack().vignettes[FIRST].model_copy(update={"title": "Told otherwise"})
        pack.add("vignette", FIRST, reworded, FIRST)
        library.publish(pack, person_id=None)
        assert (health().raters, item_of(FIRST, 1).cell.raters) == (0, 0)
        # The key still has all its items, each without a word to say.
        assert [one.cell.verdict for one in health().of(FIRST)] == [Verdict.TOO_FEW] * len(ITEMS)


def test_the_first_ratings_are_read_once_and_again_when_another_one_is_in(
    app: Flask, ines: Person, otto: Person, cleo: Person, emeka: Person,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """They may be a million, and everybody who opens the page would wait for them."""
    read = []
    ratings = health_records._ratings
    monkeypatch.setattr(
        health_records, "_ratings", lambda sessions: read.append(1) or ratings(sessions)
    )
    with app.app_context():
        practised(ines, FIRST)
        assert [health().raters, health().raters, len(read)] == [1, 1, 1]
        practised(otto, FIRST)
        assert [health().raters, health().raters, len(read)] == [2, 2, 2]
        put_in_use(FIRST, ratify(emeka, FIRST, {4: {"rating": 3}}), by=cleo, reason="Agreed.")
        assert [item_of(FIRST, 4).cell.raters, health().raters, len(read)] == [2, 2, 3]


def test_a_certificate_counts_to_its_last_moment_and_a_revoked_one_never(
    app: Flask, ines: Person, cleo: Person
) -> None:
    with app.app_context():
        reviews.sign(stories.decided_attempt(ines), certifier=cleo)
        (certificate,) = stories.certificates_in_database()
        until, number = certificate.valid_until, certificate.number
        for moment, certified in ((until - timedelta(seconds=1), 1), (until, 0)):
            with time_machine.travel(moment, tick=False):
                assert health().certified == certified
        reviews.revoke(number, certifier=cleo, reason="It was not her own work.")
        assert health().certified == 0
        assert health().raters == 1


def test_the_command_lists_what_contests_sent_to_a_panel_and_says_how_many(
    app: Flask, ines: Person, otto: Person, cleo: Person
) -> None:
    run = app.test_cli_runner().invoke
    assert run(args=["keys", "health"]).output == "0 items for a panel to look at.\n"
    with app.app_context():
        for item in (4, 11):
            contest = contested(ines, item)
            contest_acts.answer(
                contest.id,
                ContestOutcome.FOR_PANEL,
                "A panel shall look.",
                read=contest_acts.stamp_of(contest),
                by=cleo,
            )
        contested(otto, 11)
    assert run(args=["keys", "health"]).output.splitlines() == [
        f"{FIRST} item 4 (Element 4): too few, 2 raters; contests: 1 for a panel, 0 waiting.",
        f"{FIRST} item 11 (Element 11): too few, 2 raters; contests: 1 for a panel, 1 waiting.",
        "2 items for a panel to look at.",
    ]
