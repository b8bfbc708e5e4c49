"""Otto takes the programme track, from joining to a certificate, while Ines stays on the first."""

from __future__ import annotations

from collections.abc import Callable

from bs4 import Tag

from tests.certification import stories
from tests.pack import (
    FURTHER_READING,
    INSTRUMENT,
    MODULES,
    PRACTICE,
    PROGRAMME_INSTRUMENT,
    PROGRAMME_OWN_MODULES,
    PROGRAMME_PRACTICE,
    PROGRAMME_STANDARD,
    STANDARD,
)
from tests.pages import Page, PersonClient
from tests.tracks.conftest import Act, BrowserOf
from training.accounts.models import Person, Role
from training.accounts.records import find_person
from training.calibration.practice_records import practice_sums
from training.certification.attempts import records as attempts
from training.certification.attempts import standing
from training.certification.attempts.eligibility import Eligibility, RequirementKind
from training.certification.reviews import acts as reviews
from training.clock import now
from training.cohorts.models import Cohort
from training.database import db
from training.library import records as library
from training.modules.records import complete_stage
from training.modules.stages import Stage
from training.tracks.case_words import case_words

FIRST_TITLE = "Rater of dialogic practice in network meetings"
PROGRAMME_TITLE = "Rater of programme fidelity"


def track_of(page: Page) -> str:
    """The track that a page says somebody is on."""
    (switch,) = page.soup.select(".track-switch")
    assert switch.strong
    return switch.strong.get_text()


def change_track(browser: PersonClient, slug: str, page: str = "/home") -> Page:
    return browser.post_page("/track", {"track": slug, "next": page}, follow=True)


def as_the_key(reference: int | None, _cell: int) -> int | None:
    return reference


def eligibility(person: Person, slug: str) -> Eligibility:
    standard = library.find_standard(slug)
    assert standard is not None
    return standing.eligibility_of(person.id, standard, at=now())


def is_met(person: Person, slug: str) -> dict[RequirementKind, tuple[int, int]]:
    """How much of modules and practice somebody has done of what a standard asks."""
    found = eligibility(person, slug).requirements
    kinds = (RequirementKind.MODULES, RequirementKind.PRACTICE)
    return {each.kind: (each.done, each.needed) for each in found if each.kind in kinds}


def learn(person: Person, *slugs: str) -> None:
    """Finish these modules, stage by stage."""
    for slug in slugs:
        module = library.find_module(slug)
        assert module is not None
        for stage in Stage:
            complete_stage(person.id, module, stage)


def cohort_called(name: str) -> Cohort:
    return db.session.scalars(db.select(Cohort).filter_by(name=name)).one()


def test_otto_goes_from_joining_to_a_certificate_on_the_programme_track(
    act: Act,
    tamar: Person,
    cleo: Person,
    ines: Person,
    cohort: Cohort,
    make_person: Callable[..., Person],
    browser_of: BrowserOf,
    stranger: PersonClient,
) -> None:
    # Tamar opens a group for it; who joins by its code and has not chosen a track is on its.
    data: dict[str, object] = {"name": "Service visits", "track": PROGRAMME_STANDARD}
    page = browser_of(tamar).post_page("/cohorts", data, follow=True)
    assert f"Track: {PROGRAMME_TITLE}" in page.text
    otto = make_person("Otto")
    browser = browser_of(otto)
    code = act(cohort_called, "Service visits").code
    page = browser.post_page("/join", {"code": code}, follow=True)
    assert track_of(page) == PROGRAMME_TITLE
    assert "Module 1 of 3, First things: Orient." in page.text
    assert "0 of 2 practice dossiers" in page.text
    ines_browser = browser_of(ines)
    assert track_of(ines_browser.get_page("/home")) == FIRST_TITLE

    # He learns: the module that both tracks have, then two of his own.
    page = browser.get_page("/modules")
    assert "0 of 3 modules complete." in page.text
    entries = [entry.get_text() for entry in page.soup.select(".module-entry h3")]
    assert [entry.strip().split(". ")[-1] for entry in entries] == [
        "First things",
        "Reading records",
        "Weighing records",
        "Beside the way",
    ]
    assert not page.has_link_to(f"/modules/{MODULES[1]}")
    act(learn, otto, MODULES[0])
    assert "Module 2 of 3, Reading records: Orient." in browser.get_page("/home").text
    page = browser.get_page(f"/modules/{PROGRAMME_OWN_MODULES[1]}")
    assert "It opens when module 2, “Reading records”, is complete." in page.text
    act(learn, otto, *PROGRAMME_OWN_MODULES)

    # He practises on dossiers; meetings stand below them and do not count.
    page = browser.get_page("/practice")
    assert [title.get_text() for title in page.soup.select("main > h2")] == [
        "Programme",
        "Dialogic practice",
    ]
    assert "Rate “The story of service-one”." in page.text
    act(stories.practise, otto, slugs=PRACTICE)
    assert act(is_met, otto, PROGRAMME_STANDARD)[RequirementKind.PRACTICE] == (0, 2)
    act(stories.practise, otto, slugs=PROGRAMME_PRACTICE)
    page = browser.get_page("/home")
    assert "You have done everything that comes before." in page.text
    assert act(eligibility, otto, PROGRAMME_STANDARD).is_eligible
    assert act(is_met, otto, STANDARD)[RequirementKind.MODULES] == (1, 2)
    page = browser.get_page("/certification")
    assert [title.get_text() for title in page.soup.select("section.standard > h2")] == [
        PROGRAMME_TITLE,
        FIRST_TITLE,
    ]

    # He is assessed on dossiers only, and Cleo sees which standard and unit it is about.
    attempt_id = act(lambda: attempts.open_attempt(otto.id, PROGRAMME_STANDARD).id)
    slugs = act(lambda: [s.vignette_slug for s in stories.sessions_of(attempt_id)])
    assert all(slug.startswith("service-certification-") for slug in slugs)
    page = browser.get_page(f"/certification/attempts/{attempt_id}")
    assert "Continue with dossier 1" in page.text
    act(stories.submit_waiting, attempt_id, as_the_key)
    decision = act(stories.decisions_of, attempt_id)[-1]
    certifier = browser_of(cleo)
    assert PROGRAMME_TITLE in certifier.get_page("/certifying").text
    page = certifier.get_page(f"/certifying/decisions/{decision.id}")
    assert f"{PROGRAMME_TITLE}, version 2026.1" in page.text
    assert "One service over half a year, rated from its dossier." in page.text
    certificate = act(lambda: reviews.sign(decision.id, certifier=cleo)[0])
    page = stranger.get_page(f"/certificates/{certificate.number}")
    assert "Programme fidelity" in page.text
    assert "8 dossiers, unseen before" in page.text
    assert PROGRAMME_TITLE in stranger.get_page("/register").text
    page = browser.get_page("/certification")
    first, second = page.soup.select("section.standard")
    assert certificate.number in first.get_text()
    assert certificate.number not in second.get_text()

    # All this while nothing of it became Ines's, nor of the first track's.
    assert "0 of 2 modules complete." in ines_browser.get_page("/modules").text
    assert act(standing.attempts_of, otto.id, STANDARD) == []


def test_further_cases_are_spoken_of_as_what_is_rated_on_the_track(act: Act) -> None:
    assert act(lambda: case_words(PROGRAMME_INSTRUMENT).further(1)) == "1 further dossier"
    assert act(lambda: case_words(PROGRAMME_INSTRUMENT).further(2)) == "2 further dossiers"
    assert act(lambda: case_words(INSTRUMENT).further(2)) == "2 further vignettes"


def test_a_module_of_both_tracks_is_done_once_and_switching_back_loses_nothing(
    act: Act, ines: Person, browser_of: BrowserOf
) -> None:
    browser = browser_of(ines)
    act(learn, ines, *MODULES)
    act(stories.practise, ines)
    before = browser.get_page("/home")
    page = change_track(browser, PROGRAMME_STANDARD, "/modules")
    assert f"Your track is now: {PROGRAMME_TITLE}." in page.text
    assert track_of(page) == PROGRAMME_TITLE
    assert "1 of 3 modules complete." in page.text  # the shared one
    assert act(is_met, ines, PROGRAMME_STANDARD) == {
        RequirementKind.MODULES: (1, 3),
        RequirementKind.PRACTICE: (0, 2),
    }
    act(stories.practise, ines, slugs=PROGRAMME_PRACTICE[:1])
    page = change_track(browser, STANDARD)
    stations = [row.get_text() for row in before.soup.select("li.station")]
    assert [row.get_text() for row in page.soup.select("li.station")] == stations
    sums = act(practice_sums, [ines.id])
    assert {slug: each.sessions for (_, slug), each in sums.items()} == {
        "dialogic-practice": 2,
        "programme-fidelity": 1,
    }


def test_a_module_of_another_track_is_met_as_it_is_there(
    act: Act, ines: Person, browser_of: BrowserOf
) -> None:
    browser = browser_of(ines)
    page = browser.get_page(f"/modules/{PROGRAMME_OWN_MODULES[0]}")
    assert f"belongs to a track that you are not on: {PROGRAMME_TITLE}" in page.text
    assert "Module 2 of 3" in page.text
    assert "It opens when module 1, “First things”, is complete." in page.text
    browser.get_page(f"/modules/{PROGRAMME_OWN_MODULES[0]}/orient", expect=403)
    act(learn, ines, MODULES[0])
    address = f"/modules/{PROGRAMME_OWN_MODULES[0]}/orient"
    assert browser.post_page(f"{address}/completion").location.endswith("/observe")
    # What belongs to no track is open from the beginning, and nobody waits for it.
    page = browser.get_page(f"/modules/{FURTHER_READING}")
    assert page.heading == "Beside the way"
    assert "Further reading" in page.text
    browser.get_page(f"/modules/{FURTHER_READING}/orient")
    assert "1 of 2 modules complete." in browser.get_page("/modules").text


def test_an_attempt_on_another_track_is_not_forgotten(
    act: Act, ines: Person, browser_of: BrowserOf
) -> None:
    browser = browser_of(ines)
    attempt_id = act(stories.opened_attempt, ines)
    page = change_track(browser, PROGRAMME_STANDARD)
    notice = page.soup.select_one(".notice a")
    assert isinstance(notice, Tag)
    assert notice["href"] == f"/certification/attempts/{attempt_id}"
    assert notice.get_text() == FIRST_TITLE
    assert "Module 1 of 3" in page.text


def test_the_switch_takes_tracks_only_and_from_its_own_page_only(
    act: Act, ines: Person, browser_of: BrowserOf, stranger: PersonClient
) -> None:
    browser = browser_of(ines)
    for page in ("/home", "/modules", "/practice", "/certification"):
        assert browser.get_page(page).has_form_to("/track")
    for data in ({"track": "nowhere"}, {}):
        page = browser.post_page("/track", {**data, "next": "/practice"}, follow=True)
        assert "There is no such track any more. Choose one from the list." in page.text
        assert page.heading == "Practice"
        assert track_of(page) == FIRST_TITLE
    assert browser.post("/track", data={"track": STANDARD}, has_token=False).status_code == 400
    data = {"track": PROGRAMME_STANDARD, "next": "https://example.org/"}
    assert browser.post_page("/track", data).location == "/home"
    stored = act(find_person, ines.id)
    assert stored.track == PROGRAMME_STANDARD
    (line,) = act(stories.acts_noted, "profile changed")
    assert line.details == {"track": PROGRAMME_STANDARD}
    assert stranger.post_page("/track", {"track": STANDARD}).location.startswith("/sign-in")


def test_who_is_no_rater_reads_on_a_track_too(
    make_person: Callable[..., Person], browser_of: BrowserOf
) -> None:
    browser = browser_of(make_person("Emeka", Role.EXPERT))
    page = change_track(browser, PROGRAMME_STANDARD, "/modules")
    assert "0 of 3 modules complete." in page.text
    assert not browser.get_page("/home").soup.select(".track-switch")
