"""Contests side by side: in which order they are read, what is shown beside them, what is taken."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from flask import Flask

from tests.cohorts.test_raters import counted_queries
from tests.keys.contest_stories import SLUG, contested, practised, seat_panel, waiting_for
from tests.keys.key_changes import ratify
from tests.pack import PRACTICE, small_pack
from tests.pages import Page, PersonClient
from training.accounts.models import Person, Role
from training.accounts.records import grant_role
from training.calibration import records as ratings
from training.calibration.models import Purpose
from training.calibration.ratings import Rating
from training.keys.changes.records import put_in_use
from training.keys.contests import acts as contest_acts
from training.keys.contests import records as contest_records
from training.keys.contests.access import Access
from training.keys.contests.acts import stamp_of
from training.keys.models import Contest, ContestOutcome, Occasion
from training.keys.sights import note_keys_seen
from training.library import records as library
from training.library.reading import Pack
from training.library.schema import Pool
from training.mail.models import Letter
from training.panels.models import PanelState

BrowserOf = Callable[[Person], PersonClient]


def answered(contest: Contest, outcome: ContestOutcome, *, by: Person) -> Letter:
    letter = contest_acts.answer(contest.id, outcome, "So it is.", read=stamp_of(contest), by=by)
    assert letter is not None
    return letter


def part(page: Page, selector: str) -> str:
    found = page.soup.select_one(selector)
    assert found is not None, selector
    return " ".join(found.get_text(" ").split())


def test_contests_wait_by_vignette_and_item_and_are_read_latest_first_once_they_are_answered(
    app: Flask, ines: Person, otto: Person, cleo: Person
) -> None:
    with app.app_context():
        last = contested(otto, 2, PRACTICE[1])
        eleventh = contested(ines, 11)
        fourth = contested(otto, 4)
        hers = contested(ines, 4)
        back = contested(ines, 5)
        contest_acts.withdraw(back.id, by=ines)
        waiting = [row.id for row in waiting_for(cleo)]
        assert waiting == [fourth.id, hers.id, eleventh.id, last.id]
        assert [row.id for row in contest_records.contests_of(ines.id)] == [
            back.id, hers.id, eleventh.id,
        ]  # fmt: skip
        assert [row.id for row in contest_records.other_contests_of_item(hers)] == [fourth.id]
        assert contest_records.other_contests_of_item(eleventh) == []
        for contest in (eleventh, fourth):
            answered(contest, ContestOutcome.KEPT, by=cleo)
        answers, _paging = contest_records.answered_page(cleo, None)
        assert [row.id for row in answers] == [fourth.id, eleventh.id]
        assert [row.id for row in waiting_for(cleo)] == [hers.id, last.id]
        # One that was answered is still another contest of the item, and one taken back is none.
        assert [row.id for row in contest_records.other_contests_of_item(hers)] == [fourth.id]
        contest_acts.withdraw(hers.id, by=ines)
        assert contest_records.other_contests_of_item(fourth) == []
        counted = contest_records.number_waiting_of
        assert (counted(ines.id, SLUG), counted(otto.id, SLUG), counted(otto.id, PRACTICE[1])) == (
            0, 0, 1,
        )  # fmt: skip


def test_how_raters_rated_is_told_of_five_first_ratings_and_of_no_fewer(
    app: Flask, make_person: Callable[..., Person], emeka: Person
) -> None:
    """A repeat, a draft and what a panel rates are no first ratings of raters."""
    with app.app_context():
        sessions = [
            practised(make_person(name, Role.RATER), item_4=rating)
            for name, rating in (
                ("Ana", Rating(3, evidence=(5,))),
                ("Ben", Rating(3, evidence=(5,))),
                ("Cem", Rating(None, is_not_rateable=True, reason="Nobody is there.")),
                ("Dia", Rating(0, evidence=(5,))),
            )
        ]
        ana = sessions[0]
        again = ratings.open_session(ana.person_id, SLUG, Purpose.PRACTICE, number=2)
        ratings.submit(again.id, ratings.ratings_of(ana), revision=0, after={})
        panel = ratings.open_session(emeka.id, SLUG, Purpose.PANEL)
        ratings.submit(panel.id, ratings.ratings_of(ana), revision=0, after={})
        draft = ratings.open_session(emeka.id, SLUG, Purpose.PRACTICE)
        ratings.save_ratings(draft.id, ratings.ratings_of(ana), revision=draft.revision)
        assert contest_records.first_ratings(ana, 4) is None
        practised(make_person("Eli", Role.RATER))
        assert contest_records.first_ratings(ana, 4) == {3: 2, None: 1, 0: 1, 1: 1}
        assert contest_records.first_ratings(ana, 5) == {4: 5}


def test_a_reason_of_twenty_characters_is_one_and_of_four_thousand_too(
    app: Flask, ines: Person, cleo: Person, browser_of: BrowserOf
) -> None:
    with app.app_context():
        session_id = practised(ines).id
    browser = browser_of(ines)

    def contest(item: int, reason: str, *, expect: int = 302) -> Page:
        address = f"/rating-sessions/{session_id}/items/{item}/contest"
        return browser.post_page(address, {"reason": reason}, expect=expect)

    assert "between 20 and 4,000" in contest(4, "x" * 19, expect=422).errors
    assert "between 20 and 4,000" in contest(4, f"  {'x' * 19}  ", expect=422).errors
    contest(4, "x" * 20)
    contest(5, f" {'y' * 4000}\n")
    with app.app_context():
        waiting = {row.item_number: row for row in waiting_for(cleo)}
        assert {item: len(row.reason) for item, row in waiting.items()} == {4: 20, 5: 4000}
        stamp, address = stamp_of(waiting[4]), f"/contests/{waiting[4].id}"
    certifier = browser_of(cleo)
    sent = {"outcome": "kept", "answer": "z" * 19, "read": stamp}
    assert "between 20 and 4,000" in certifier.post_page(address, sent, expect=422).errors
    certifier.post_page(address, sent | {"answer": "z" * 20})
    with app.app_context():
        (stored,) = contest_records.answered_page(cleo, None)[0]
        assert (stored.answer, stored.outcome) == ("z" * 20, ContestOutcome.KEPT)


def test_what_is_shown_beside_the_key_depends_on_what_it_accepts(
    app: Flask, otto: Person, emeka: Person, cleo: Person, browser_of: BrowserOf
) -> None:
    """The anchors of the key's scores, of their neighbours and of Otto's own; else all of them."""
    items = {
        1: {"rating": 3, "band": [3, 4]},
        2: {"rating": "NR", "evidence": []},
        3: {"rating": "dropped", "evidence": []},
        4: {"rating": 0},
    }
    with app.app_context():
        put_in_use(SLUG, ratify(emeka, SLUG, items), by=cleo, reason="A panel agreed.")
        own = {f"item_{item}": Rating(0, evidence=(5,)) for item in (1, 2, 3)}
        session_id = practised(otto, **own, item_4=Rating(0, evidence=(5,))).id
    browser = browser_of(otto)

    def anchors(item: int) -> list[int]:
        page = browser.get_page(f"/rating-sessions/{session_id}/items/{item}/contest")
        return [score for score in range(5) if f"Anchor {score} of element {item}." in page.text]

    assert anchors(1) == [0, 2, 3, 4]
    assert anchors(2) == anchors(3) == [0, 1, 2, 3, 4]
    assert anchors(4) == [0, 1]


def test_a_key_by_which_raters_are_certified_by_now_is_contested_no_more(
    app: Flask, ines: Person, browser_of: BrowserOf
) -> None:
    with app.app_context():
        session = practised(ines)
        address = f"/rating-sessions/{session.id}/items/4/contest"
        assert contest_records.contests_beside(session) == {}
        pack = Pack()
        moved = small_pack().vignettes[SLUG].model_copy(update={"pool": Pool.RECHECK})
        pack.add("vignette", SLUG, moved, SLUG)
        library.publish(pack, person_id=None)
        assert contest_records.contests_beside(session) is None
    browser_of(ines).get_page(address, expect=404)


def test_who_may_not_read_a_contest_learns_only_how_many_there_are(
    app: Flask, ines: Person, otto: Person, emeka: Person, cleo: Person, browser_of: BrowserOf
) -> None:
    """Emeka has seen the key of the second vignette and not that of the first."""
    with app.app_context():
        for person in (ines, otto):
            contested(person, 4)
        contested(ines, 5)
        contested(otto, 2, PRACTICE[1])
    browser = browser_of(emeka)
    browser.post_page(f"/contests/keys/{PRACTICE[1]}/opening")
    page = browser.get_page("/contests")
    assert "2. Element 2" in part(page, f"#vignette-{PRACTICE[1]}")
    assert "Element 4" not in page.text
    assert page.has_link_to(f"/contests/keys/{SLUG}/opening")
    assert "3 contests wait for an answer." in page.text
    with app.app_context():
        assert contest_records.number_waiting_for(emeka) == 1
        assert contest_records.number_waiting_for(cleo) == 4
    queue = part(browser_of(cleo).get_page("/contests"), f"#vignette-{SLUG}")
    assert queue.index("4. Element 4") < queue.index("5. Element 5")


def test_what_waits_comes_in_pages_and_is_counted_without_being_read(
    app: Flask,
    ines: Person,
    otto: Person,
    cleo: Person,
    browser_of: BrowserOf,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Page by page, beside answered ones with pages of their own; one's own wait for others."""
    monkeypatch.setattr(contest_records, "WAITING_PER_PAGE", 2)
    monkeypatch.setattr(contest_records, "ANSWERED_PER_PAGE", 1)
    with app.app_context():
        for item in (2, 3, 4):
            contested(ines, item)
        for item in (5, 6):
            answered(contested(otto, item), ContestOutcome.KEPT, by=cleo)
        grant_role(ines, Role.CERTIFIER, by=None)
        assert [[row.item_number for row in waiting_for(cleo, page)] for page in "12"] == [
            [2, 3],
            [4],
        ]
        with counted_queries(app) as statements:
            assert contest_records.number_waiting_for(cleo) == 3
        assert not any("contest.reason" in statement for statement in statements)
        assert contest_records.number_waiting_for(ines) == 0
    page = browser_of(cleo).get_page("/contests?page=2")
    assert page.has_link_to("/contests?waiting=2&page=2")
    last = browser_of(cleo).get_page("/contests?waiting=2&page=2")
    assert "4. Element 4" in part(last, f"#vignette-{SLUG}")
    assert "2. Element 2" not in part(last, f"#vignette-{SLUG}")
    assert last.has_link_to("/contests?page=1&waiting=2")


def test_answered_contests_come_in_pages_of_those_that_somebody_may_read(
    app: Flask,
    ines: Person,
    otto: Person,
    emeka: Person,
    cleo: Person,
    browser_of: BrowserOf,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Emeka has seen the second key and not the first; Ines is an expert, too, and contested."""
    monkeypatch.setattr(contest_records, "ANSWERED_PER_PAGE", 1)
    with app.app_context():
        hers, his = contested(ines, 2, PRACTICE[1]), contested(otto, 4, PRACTICE[1])
        for contest in (contested(ines, 4), hers, his):
            answered(contest, ContestOutcome.KEPT, by=cleo)
        note_keys_seen(emeka.id, [PRACTICE[1]], Occasion.DOSSIER)
        grant_role(ines, Role.EXPERT, by=None)

        def read(person: Person, page: str) -> tuple[list[uuid.UUID], int]:
            rows, paging = contest_records.answered_page(person, page)
            return [row.id for row in rows], paging.total

        assert read(cleo, "1") == ([his.id], 3)
        assert (read(emeka, "1"), read(emeka, "2")) == (([his.id], 2), ([hers.id], 2))
        assert read(ines, "1") == ([his.id], 1)
    browser = browser_of(emeka)
    assert "4. Element 4" in browser.get_page("/contests").text
    page = browser.get_page("/contests?page=2")
    assert "2. Element 2" in page.text
    assert "4. Element 4" not in page.text


@pytest.mark.parametrize("contester", ["Freya", "Ines"])
def test_an_answer_about_a_panels_key_is_read_by_the_panel_or_by_all_where_none_of_it_is_left(
    app: Flask,
    contester: str,
    make_person: Callable[..., Person],
    ines: Person,
    emeka: Person,
    cleo: Person,
) -> None:
    """Freya alone is left of the panel: what she contests herself, others answer."""
    freya = make_person("Freya", Role.RATER, Role.EXPERT)
    with app.app_context():
        contest = contested(freya if contester == "Freya" else ines)
        note_keys_seen(emeka.id, [SLUG], Occasion.DOSSIER)
        seat_panel(freya, [], state=PanelState.ENDED, key_id=contest.key_document_id)
        answered(contest, ContestOutcome.KEPT, by=cleo)
        for person in (freya, emeka, cleo):
            rows, _paging = contest_records.answered_page(person, None)
            is_open = contest_records.access_of(person, [contest])[contest.id] is Access.OPEN
            assert bool(rows) is is_open is ((person is freya) is (contester == "Ines")), person


def test_the_letter_says_whether_the_key_stands_and_leads_to_the_reason(
    app: Flask, ines: Person, cleo: Person
) -> None:
    with app.app_context():
        kept, sent_on = contested(ines, 4), contested(ines, 11)
        letter = answered(kept, ContestOutcome.KEPT, by=cleo)
        assert "item 4. Element 4 of “The story of practice-one”" in letter.body
        assert "It was looked at, and the key stands." in letter.body
        assert f"/contests/mine#contest-{kept.id}" in letter.body
        letter = answered(sent_on, ContestOutcome.FOR_PANEL, by=cleo)
        assert "item 11. Element 11 of" in letter.body
        assert "a panel should look at this item again." in letter.body
        assert "the key stands" not in letter.body


@pytest.mark.parametrize("address", ["/contests/{}", "/contests/{}/withdrawal"])
def test_a_contest_that_is_not_there_is_nobodys(
    cleo: Person, browser_of: BrowserOf, address: str
) -> None:
    browser_of(cleo).post_page(address.format(uuid.uuid4()), expect=404)
