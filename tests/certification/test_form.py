"""Drawing a form: unseen vignettes only, the strata served, the least shown ones first."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.certification.attempts.form import Candidate, TooFewVignettesError, draw
from training.certification.judging.standard import Stratum

LOW = Stratum(name="low", mean_below=1.5, at_least=1)
MIXED = Stratum(name="mixed", mean_from=1.5, mean_below=3.0, at_least=4)
HIGH = Stratum(name="high", mean_from=3.0, at_least=1)
STRATA = (LOW, MIXED, HIGH)


def pool(*levels: float, exposures: int = 0) -> list[Candidate]:
    return [Candidate(f"v-{n:02d}", level, exposures) for n, level in enumerate(levels)]


def test_a_form_has_its_number_and_nothing_twice() -> None:
    drawn = draw(pool(*[2.0] * 12), number=8, seed="a")
    assert len(set(drawn)) == 8


def test_too_small_a_pool_says_how_many_are_missing() -> None:
    with pytest.raises(TooFewVignettesError, match=r"8 unseen vignettes are needed .* holds 5"):
        draw(pool(*[2.0] * 5), number=8, seed="a")


def test_every_stratum_gets_its_share() -> None:
    candidates = pool(0.5, 3.5, *[2.0] * 20)
    for seed in range(30):
        drawn = draw(candidates, number=8, strata=STRATA, seed=str(seed))
        assert {"v-00", "v-01"} <= set(drawn)


def test_a_stratum_that_the_pool_cannot_serve_is_filled_from_the_rest() -> None:
    drawn = draw(pool(*[2.0] * 8), number=8, strata=STRATA, seed="a")
    assert len(set(drawn)) == 8


def test_what_was_shown_least_comes_first() -> None:
    often = [Candidate(f"often-{n}", 2.0, 5) for n in range(8)]
    seldom = [Candidate(f"seldom-{n}", 2.0, 1) for n in range(8)]
    drawn = draw([*often, *seldom], number=8, strata=(MIXED,), seed="a")
    assert all(slug.startswith("seldom") for slug in drawn)


def test_the_order_in_the_form_says_nothing_about_the_level() -> None:
    candidates = pool(0.5, 3.5, *[2.0] * 6)
    places = Counter(
        draw(candidates, number=8, strata=STRATA, seed=str(seed)).index("v-00")
        for seed in range(400)
    )
    assert set(places) == set(range(8))
    assert max(places.values()) < 100, "each place about 50 times"


def test_two_people_get_different_forms() -> None:
    candidates = pool(*[2.0] * 12)
    forms = {frozenset(draw(candidates, number=8, seed=str(seed))) for seed in range(10)}
    assert len(forms) > 1


levels = st.lists(st.floats(0, 4), min_size=8, max_size=20)


@given(levels, st.integers(1, 8), st.text(max_size=8), st.randoms())
def test_the_same_pool_and_seed_give_the_same_form(
    means: list[float], number: int, seed: str, randomness: object
) -> None:
    candidates = [Candidate(f"v-{n:02d}", mean, n % 3) for n, mean in enumerate(means)]
    shuffled = list(candidates)
    randomness.shuffle(shuffled)  # type: ignore[attr-defined]
    drawn = draw(candidates, number=number, strata=STRATA, seed=seed)
    assert drawn == draw(shuffled, number=number, strata=STRATA, seed=seed)
    assert len(set(drawn)) == number
    assert set(drawn) <= {candidate.slug for candidate in candidates}


@given(levels, st.text(max_size=8))
def test_strata_are_served_as_far_as_the_pool_goes(means: list[float], seed: str) -> None:
    candidates = [Candidate(f"v-{n:02d}", mean, 0) for n, mean in enumerate(means)]
    by_slug = {candidate.slug: candidate for candidate in candidates}
    drawn = draw(candidates, number=8, strata=STRATA, seed=seed)
    for stratum in STRATA:
        there = sum(stratum.holds(candidate.mean_level) for candidate in candidates)
        given_out = sum(stratum.holds(by_slug[slug].mean_level) for slug in drawn)
        assert given_out >= min(stratum.at_least, there)


def test_what_is_kept_for_renewals_comes_before_what_was_shown_least() -> None:
    kept = [Candidate(f"kept-{n}", 2.0, 9, is_kept_for_renewals=True) for n in range(3)]
    drawn = draw([*pool(*[2.0] * 12), *kept], number=8, seed="a")
    assert {slug for slug in drawn if slug.startswith("kept")} == {"kept-0", "kept-1", "kept-2"}
    assert len(set(drawn)) == 8


def test_a_stratum_is_served_before_what_is_kept_for_renewals() -> None:
    kept = [Candidate(f"kept-{n}", 2.0, 0, is_kept_for_renewals=True) for n in range(8)]
    drawn = draw([*kept, *pool(0.5, 3.5)], number=8, strata=STRATA, seed="a")
    assert {"v-00", "v-01"} <= set(drawn)


def test_exactly_as_many_as_are_needed_are_enough_and_none_is_a_form_too() -> None:
    assert set(draw(pool(*[2.0] * 8), number=8, seed="a")) == {f"v-{n:02d}" for n in range(8)}
    assert draw(pool(2.0), number=0, seed="a") == ()
    with pytest.raises(TooFewVignettesError, match=r"1 unseen vignettes are needed .* holds 0"):
        draw([], number=1, seed="a")


def test_a_vignette_that_two_strata_hold_is_given_out_once() -> None:
    both = (LOW, Stratum(name="lower", mean_below=1.0, at_least=2))
    drawn = draw(pool(0.5, 0.6, *[2.0] * 8), number=4, strata=both, seed="a")
    assert len(set(drawn)) == 4
    assert {"v-00", "v-01"} <= set(drawn)


def test_strata_never_ask_for_more_than_the_form_holds() -> None:
    greedy = (Stratum(name="mixed", mean_from=1.5, at_least=4), LOW)
    assert len(draw(pool(0.5, *[2.0] * 8), number=3, strata=greedy, seed="a")) == 3
