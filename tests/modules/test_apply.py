"""Rating an excerpt at the end of a module."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.calibration.rating_sheets import as_fields
from tests.modules.conftest import FIRST, SECOND, Learner
from tests.pack import canary, small_pack, with_item
from training.calibration.models import Purpose, RatingSession
from training.calibration.ratings import Rating
from training.database import db
from training.library import records as library
from training.library.reading import Pack
from training.modules import records
from training.modules.stages import Stage

APPLY = f"/modules/{FIRST}/apply"
SESSIONS = f"{APPLY}/sessions"
ONE, TWO = f"{FIRST}-1", f"{FIRST}-2"  # the key rates both items 2


@pytest.fixture
def ready(learner: Learner) -> Learner:
    """Ines, who may rate an excerpt."""
    return learner.has_done_until(Stage.APPLY)


def sessions(learner: Learner) -> list[tuple[str, int]]:
    with learner.app.app_context():
        rows = db.session.scalars(
            select(RatingSession)
            .filter_by(person_id=learner.person.id, purpose=Purpose.APPLY)
            .order_by(RatingSession.opened_at)
        )
        return [(row.vignette_slug, row.number) for row in rows]


def test_ines_opens_the_first_excerpt(ready: Learner) -> None:
    page = ready.browser.get_page(APPLY)
    assert page.soup.find("button", string="Start rating")
    answer = ready.browser.post_page(SESSIONS)
    assert answer.location.startswith("/rating-sessions/")
    assert sessions(ready) == [(ONE, 1)]


def test_two_clicks_open_one_session(ready: Learner) -> None:
    addresses = {ready.browser.post_page(SESSIONS).location for _ in range(2)}
    assert len(addresses) == 1
    page = ready.browser.get_page(APPLY)
    assert page.soup.find("button", string="Continue your rating")
    assert page.has_link_to(addresses.pop())


def test_ines_rates_submits_and_goes_on(ready: Learner) -> None:
    workspace = ready.browser.post_page(SESSIONS).location
    ratings = {3: Rating(2, evidence=(3,)), 4: Rating(3, evidence=(4, 5))}
    ready.browser.post_page(workspace, as_fields(ratings, revision=0))
    assert Stage.APPLY not in ready.stages()  # a draft completes nothing
    ready.browser.post_page(f"{workspace}/submit", {"revision": "1"})
    assert Stage.APPLY in ready.stages()
    page = ready.browser.get_page(APPLY)
    assert "enough 1 of 2 exact, 2 within one point." in page.text
    assert page.has_link_to(f"{workspace}/feedback")
    assert canary(ONE, 3) in ready.browser.get_page(f"{workspace}/feedback").text


def test_submitting_twice_completes_the_stage_once(ready: Learner) -> None:
    workspace = ready.browser.post_page(SESSIONS).location
    ratings = {item: Rating(2, evidence=(item,)) for item in (3, 4)}
    ready.browser.post_page(workspace, as_fields(ratings, revision=0))
    for _ in range(2):
        ready.browser.post_page(f"{workspace}/submit", {"revision": "1"})
    assert ready.completions() == 4


@pytest.mark.parametrize("scores", [(2, 2), (2, 3), (1, 2)])
def test_a_rating_near_enough_completes_the_stage(ready: Learner, scores: tuple[int, int]) -> None:
    session = ready.rate_excerpt(ONE, *scores)
    assert Stage.APPLY in ready.stages()
    page = ready.browser.get_page(APPLY)
    assert "You have rated an excerpt well enough for this stage." in page.text
    assert page.has_link_to(f"/rating-sessions/{session.id}/feedback")
    assert page.has_link_to(f"/modules/{FIRST}/reflect")
    assert not page.has_form_to(SESSIONS)


@pytest.mark.parametrize("scores", [(1, 3), (2, 4), (None, 2), (0, 0)])
def test_a_rating_too_far_away_leads_to_the_other_excerpt(
    ready: Learner, scores: tuple[int | None, int]
) -> None:
    ready.rate_excerpt(ONE, *scores)
    assert Stage.APPLY not in ready.stages()
    page = ready.browser.get_page(APPLY)
    assert "not enough" in page.text
    assert page.soup.find("button", string="Rate the other excerpt")
    ready.browser.post_page(SESSIONS)
    assert sessions(ready) == [(ONE, 1), (TWO, 1)]


def test_after_both_the_first_one_comes_again_with_a_label(ready: Learner) -> None:
    ready.rate_excerpt(ONE, 0, 0)
    ready.rate_excerpt(TWO, 0, 0)
    page = ready.browser.get_page(APPLY)
    assert "You have seen the reference ratings of this excerpt." in page.text
    assert page.soup.find("button", string="Rate this excerpt again")
    ready.browser.post_page(SESSIONS)
    assert sessions(ready) == [(ONE, 1), (TWO, 1), (ONE, 2)]
    page = ready.browser.get_page(APPLY)
    assert "try 2, reference seen before" in page.text
    assert "You have seen the reference ratings of this excerpt." in page.text


def test_once_mastered_nothing_more_is_opened(ready: Learner) -> None:
    ready.rate_excerpt(ONE, 2, 2)
    assert ready.browser.post_page(SESSIONS).location == APPLY
    assert sessions(ready) == [(ONE, 1)]


def test_the_key_is_on_no_page_of_the_stage(ready: Learner) -> None:
    ready.browser.post_page(SESSIONS)
    html = ready.browser.get_page(APPLY).html
    assert not [item for item in (3, 4) if canary(ONE, item) in html or canary(TWO, item) in html]


def test_the_ratings_of_others_are_not_shown(ready: Learner, other: Learner) -> None:
    other.has_done_until(Stage.APPLY).rate_excerpt(ONE, 0, 0)
    page = ready.browser.get_page(APPLY)
    assert "Your ratings" not in page.text
    assert page.soup.find("button", string="Start rating")


def test_an_excerpt_rated_before_its_stage_is_open_completes_nothing(learner: Learner) -> None:
    learner.has_done(Stage.ORIENT).rate_excerpt(ONE, 2, 2)
    assert learner.stages() == {Stage.ORIENT}


def test_an_excerpt_belongs_to_its_own_module_only(ready: Learner) -> None:
    ready.rate_excerpt(f"{SECOND}-1", 2, 2)
    assert Stage.APPLY not in ready.stages()
    assert ready.stages(SECOND) == set()


def test_the_module_of_an_excerpt_is_found(ready: Learner) -> None:
    with ready.app.app_context():
        found = records.find_module_of_excerpt(TWO)
        assert found is not None
        assert found.slug == FIRST
        assert records.find_module_of_excerpt("practice-one") is None


def test_an_excerpt_that_was_taken_out_of_its_module_leads_back_to_the_modules(
    ready: Learner,
) -> None:
    """Ines finishes it all the same: what was begun is not lost."""
    workspace = ready.browser.post_page(SESSIONS).location
    assert ready.browser.get_page(workspace).has_link_to(APPLY)
    module, pack = small_pack().modules[FIRST], Pack()
    excerpts = tuple(slug for slug in module.excerpts if slug != ONE)
    pack.add("module", FIRST, module.model_copy(update={"excerpts": excerpts}), FIRST)
    with ready.app.app_context():
        library.publish(pack, person_id=None)
    page = ready.browser.get_page(workspace)
    assert not page.has_link_to(APPLY)
    assert page.soup.select_one("main a[href='/modules']")
    ratings = {item: Rating(2, evidence=(item,)) for item in (3, 4)}
    ready.browser.post_page(workspace, as_fields(ratings, revision=0))
    ready.browser.post_page(f"{workspace}/submit", {"revision": "1"})
    assert canary(ONE, 3) in ready.browser.get_page(f"{workspace}/feedback").text


def test_rating_an_excerpt_is_not_done_by_a_button(ready: Learner) -> None:
    ready.browser.post_page(f"{APPLY}/completion", expect=404)
    ready.browser.post_page(f"/modules/{FIRST}/check/completion", expect=404)
    assert Stage.APPLY not in ready.stages()


def publish_key(learner: Learner, *changes: tuple[int, dict[str, object]]) -> None:
    """The key of the first excerpt with these items rated otherwise."""
    key = small_pack().keys[ONE]
    for item, changed in changes:
        key = with_item(key, item, **changed)
    pack = Pack()
    pack.add("key", ONE, key, f"{ONE} key")
    with learner.app.app_context():
        library.publish(pack, person_id=None)


def result_on_page(learner: Learner) -> str:
    text = learner.browser.get_page(APPLY).text
    return next(each for each in RESULTS if each in text)


RESULTS = (
    "enough 2 of 2 exact, 2 within one point.",
    "enough 1 of 2 exact, 2 within one point.",
    "enough 1 of 1 exact, 1 within one point.",
)


@pytest.mark.parametrize(
    ("changes", "scores", "result"),
    [
        # Both scores of a band are exact, and one outside of it is as far off as from its edge.
        ([(3, {"band": (2, 3)}), (4, {"band": (1, 2)})], (3, 1), RESULTS[0]),
        ([(3, {"band": (2, 3)})], (4, 2), RESULTS[1]),
        # What the panel dropped is not looked at, however far off it is.
        ([(4, {"rating": "dropped", "evidence": ()})], (2, 0), RESULTS[2]),
        # To agree that there was no chance is exact.
        ([(3, {"rating": "NR", "evidence": ()})], (None, 3), RESULTS[1]),
    ],
)
def test_an_excerpt_is_held_against_its_key_as_a_panel_left_it(
    ready: Learner,
    changes: list[tuple[int, dict[str, object]]],
    scores: tuple[int | None, int],
    result: str,
) -> None:
    publish_key(ready, *changes)
    ready.rate_excerpt(ONE, *scores)
    assert result_on_page(ready) == result
    assert Stage.APPLY in ready.stages()


def test_where_nothing_is_left_to_compare_nothing_is_mastered(ready: Learner) -> None:
    gone: dict[str, object] = {"rating": "dropped", "evidence": ()}
    publish_key(ready, (3, gone), (4, gone))
    ready.rate_excerpt(ONE, 2, 2)
    assert Stage.APPLY not in ready.stages()
    assert "0 of 0 exact" in ready.browser.get_page(APPLY).text
