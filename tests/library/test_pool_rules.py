"""What the vignettes of an instrument must offer as a whole."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import pytest

from tests.library.folders import (
    INSTRUMENT,
    ITEMS,
    SCORES,
    edit_yaml,
    instrument,
    key,
    key_rating,
    vignette,
    write_pack,
    write_vignette,
    write_yaml,
)
from training.library.checking import check
from training.library.pool_rules import Levels, item_correlation, pool_faults
from training.library.reading import Pack, canonical_text, read_pack
from training.library.schema import Instrument, Key, Scale, Vignette

Ratings = tuple[int | str, ...]
BALANCED: list[Ratings] = [
    (0, 2, 4), (2, 4, 0), (4, 0, 2), (1, 2, 3), (2, 3, 1), (3, 1, 2), (0, 2, 3), (4, 1, 2)
]  # fmt: skip
# Every order of three different levels that mixes high and low: each item at each level often.
ORDERS: list[Ratings] = [
    each
    for each in permutations(SCORES, 3)
    if {0, 1} & set(each) and {3, 4} & set(each)
]  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_pack(tmp_path)
    return tmp_path


def write_pool(folder: Path, levels: list[Ratings], **changes: object) -> None:
    """A certification pool whose keys rate the three items like this."""
    for number, ratings in enumerate(levels):
        slug = f"certification-{number}"
        place = write_vignette(folder, slug, pool="certification", **changes)
        items = {
            item: key_rating(item, rating) for item, rating in zip(ITEMS, ratings, strict=True)
        }
        write_yaml(place / "key.yaml", key(slug) | {"items": items})


def plan_faults(folder: Path) -> list[str]:
    """Every fault but correlations, which three items and few vignettes cannot avoid."""
    return [str(f) for f in check(read_pack(folder)) if "(r = " not in f.message]


def test_a_balanced_pool_has_no_faults(folder: Path) -> None:
    write_pool(folder, BALANCED)
    assert plan_faults(folder) == []


def test_an_item_that_is_never_low_is_named(folder: Path) -> None:
    write_pool(folder, [(2, 0, 4), (2, 4, 0), (4, 0, 2), (2, 1, 3), *[(3, 2, 1)] * 4])
    assert plan_faults(folder) == [
        "vignettes: item 1: level plan: never at low level (0 or 1) in the certification pool of "
        "small-scale"
    ]


def test_a_pool_too_small_for_the_level_plan_is_not_held_to_it(folder: Path) -> None:
    write_pool(folder, [(4, 4, 1)] * 7)
    assert plan_faults(folder) == []


def test_a_pool_that_is_mostly_excellent_is_named(folder: Path) -> None:
    write_pool(folder, [*BALANCED[:6], (4, 4, 1), (4, 4, 1), (4, 1, 4), (4, 4, 1)])
    (fault,) = plan_faults(folder)
    assert "more than a third of the certification pool of small-scale are excellent" in fault
    assert "certification-6" in fault


def test_a_vignette_that_is_of_one_piece_is_named(folder: Path) -> None:
    write_pool(folder, [(3, 4, 2), (2, 0, 1)])
    good, poor = plan_faults(folder)
    assert good.startswith("vignettes/certification-0/key.yaml: level plan: has no low item")
    assert poor.startswith("vignettes/certification-1/key.yaml: level plan: has no high item")


def test_items_whose_levels_go_together_are_named_from_twelve_vignettes_on(folder: Path) -> None:
    def correlated() -> list[str]:
        return [str(fault) for fault in check(read_pack(folder)) if "(r = " in fault.message]

    write_pool(folder, [(level, level, 4 - level) for level in (0, 1, 3, 4)] * 2)
    assert correlated() == []
    write_pool(folder, [(level, level, 4 - level) for level in (0, 1, 3, 4)] * 3)
    together, opposed, _ = correlated()
    assert together.startswith("vignettes: items 1 and 2: level plan: their levels go together")
    assert "and should be below 0.6 either way)" in together
    assert "in which one is high and the other low" in together
    assert "items 1 and 3: level plan: their levels oppose each other" in opposed


def test_a_correlation_leaves_out_what_is_not_rateable() -> None:
    def keys_of(*ratings: Ratings) -> dict[str, Key]:
        return {
            str(number): Key.model_validate(
                key() | {"items": {1: key_rating(1, first), 2: key_rating(2, second)}}
            )
            for number, (first, second) in enumerate(ratings)
        }

    pairs: list[Ratings] = [(0, 1), (1, 2), (2, 3)]
    assert item_correlation(keys_of(*pairs), 1, 2) == pytest.approx(1)
    assert item_correlation(keys_of(*pairs, ("NR", 0), (4, "NR")), 1, 2) == pytest.approx(1)
    assert item_correlation(keys_of((2, 1), (2, 3)), 1, 2) is None
    assert item_correlation(keys_of((2, "NR")), 1, 2) is None


def test_a_full_pool_has_two_forms_that_hold_every_level_twice(folder: Path) -> None:
    write_pool(folder, ORDERS[::2])
    faults = plan_faults(folder)
    assert sum("form: is missing: the certification pool is full" in each for each in faults) == 24
    assert "vignettes: form a: form: holds 0 vignettes of small-scale, 8 make a form" in faults
    assert any("item 1: level plan: at level 0 never in form a and the" in each for each in faults)

    for number in range(24):
        form = ("a", "b", "reserve")[number % 3]
        edit_yaml(folder / f"vignettes/certification-{number}/vignette.yaml", form=form)
    rare = [each for each in plan_faults(folder) if "at least 2 times is wanted" not in each]
    assert rare == []


def test_only_certification_vignettes_belong_to_a_form(folder: Path) -> None:
    edit_yaml(folder / "vignettes/story/vignette.yaml", form="a")
    (fault, *_) = plan_faults(folder)
    assert "form: only vignettes of the certification pool belong to a form" in fault


def test_a_vignette_without_a_form_keeps_its_canonical_text() -> None:
    text = canonical_text(Vignette.model_validate(vignette()))
    assert '"form"' not in text
    assert '"content_note":null' in text
    assert '"items":null' in text
    marked = vignette() | {"pool": "certification", "form": "reserve"}
    assert '"form":"reserve"' in canonical_text(Vignette.model_validate(marked))


@pytest.mark.parametrize(
    ("scores", "low", "middle", "high"),
    [
        (range(5), (0, 1), (2,), (3, 4)),
        (range(1, 6), (1, 2), (3,), (4, 5)),
        (range(4), (0, 1), (), (2, 3)),
    ],
)
def test_what_is_low_and_high_comes_from_the_scale(
    scores: range, low: tuple[int, ...], middle: tuple[int, ...], high: tuple[int, ...]
) -> None:
    words = dict.fromkeys(scores, "A word")
    scale = Scale(scores=tuple(scores), labels=words, descriptions=words, high_is="more")
    assert Levels.of(scale) == Levels(low, middle, high)


def pool_of(*levels: Ratings, forms: str = "") -> Pack:
    """A certification pool whose keys rate the three items like this, and nothing beside it.

    forms   a letter for each of the first vignettes: a, b, or r for the reserve.
    """
    names = {"a": "a", "b": "b", "r": "reserve"}
    pack = Pack()
    pack.add("instrument", INSTRUMENT, Instrument.model_validate(instrument()), "scale")
    for number, ratings in enumerate(levels):
        slug = f"certification-{number:02d}"
        form = {"form": names[forms[number]]} if number < len(forms) else {}
        text = vignette(slug) | {"pool": "certification"} | form
        rated = {
            item: key_rating(item, rating) for item, rating in zip(ITEMS, ratings, strict=True)
        }
        pack.add("vignette", slug, Vignette.model_validate(text), slug)
        pack.add("key", slug, Key.model_validate(key(slug) | {"items": rated}), f"{slug} key")
    return pack


def told(pack: Pack, *, about: str) -> list[str]:
    return [str(fault) for fault in pool_faults(pack) if about in fault.message]


def test_eleven_vignettes_are_too_few_for_a_correlation_and_twelve_are_enough() -> None:
    levels: list[Ratings] = [(level, level, 4 - level) for level in (0, 1, 3, 4)] * 3
    assert told(pool_of(*levels[:11]), about="r = ") == []
    assert [fault.split(":")[1] for fault in told(pool_of(*levels), about="r = ")] == [
        " items 1 and 2",
        " items 1 and 3",
        " items 2 and 3",
    ]


@pytest.mark.parametrize(("sign", "tendency"), [(1, "go together"), (-1, "oppose each other")])
def test_a_correlation_of_six_tenths_is_named_and_a_smaller_one_is_not(
    sign: int, tendency: str
) -> None:
    """Of 20 vignettes 16 alike and 4 unlike, with as many high as low: r = 12 / 20."""
    alike = [(2 + step, 2 + sign * step, 2) for step in (1, -1)]
    unlike = [(2 + step, 2 - sign * step, 2) for step in (1, -1)]
    (fault,) = told(pool_of(*alike * 8, *unlike * 2), about="r = ")
    assert fault.startswith("vignettes: items 1 and 2: level plan: their levels " + tendency)
    assert f"over the 20 vignettes of small-scale (r = {sign * 0.6:.2f}" in fault
    assert told(pool_of(*alike * 7, *unlike * 3), about="r = ") == []  # r = 8 / 20


def test_a_third_may_be_excellent_and_one_more_is_too_many() -> None:
    """Excellent is a mean of 3 and more: (4, 4, 1) just is, (4, 3, 1) just is not."""
    others: list[Ratings] = [(4, 3, 1), (0, 1, 3), (1, 0, 3), (2, 3, 0), (3, 2, 1)]
    excellent: list[Ratings] = [(4, 4, 1)] * 3
    assert told(pool_of(*excellent, *others, (1, 3, 2)), about="excellent") == []
    (fault,) = told(pool_of(*excellent, (1, 4, 4), *others), about="excellent")
    assert fault == (
        "vignettes: level plan: more than a third of the certification pool of small-scale are "
        "excellent throughout: certification-00, certification-01, certification-02, "
        "certification-03"
    )


def test_from_eight_vignettes_on_every_item_is_low_middle_and_high_somewhere() -> None:
    alike: list[Ratings] = [(4, 2, 0)] * 8
    assert told(pool_of(*alike[:7]), about="never at") == []
    found = told(pool_of(*alike), about="never at")
    assert [fault.removeprefix("vignettes: item ") for fault in found] == [
        f"{item}: level plan: never at {level} in the certification pool of small-scale"
        for item, level in (
            (1, "low level (0 or 1)"),
            (1, "middle level (2)"),
            (2, "low level (0 or 1)"),
            (2, "high level (3 or 4)"),
            (3, "middle level (2)"),
            (3, "high level (3 or 4)"),
        )
    ]  # fmt: skip


def test_what_nobody_can_rate_stands_at_no_level() -> None:
    """NR is neither low nor high, and a key of nothing else is not excellent."""
    pack = pool_of(*[(0, 2, 4), ("NR", 4, 0)] * 4)
    assert told(pack, about="never at middle") == [
        "vignettes: item 1: level plan: never at middle level (2) in the certification pool of "
        "small-scale",
        "vignettes: item 3: level plan: never at middle level (2) in the certification pool of "
        "small-scale",
    ]
    assert told(pool_of(*[("NR", "NR", "NR")] * 8), about="excellent") == []


def test_twenty_three_vignettes_need_no_forms_and_twenty_four_do() -> None:
    """Forms that are a vignette too large or too small are named with what they hold."""
    levels = ORDERS[:24]
    assert told(pool_of(*levels[:23]), about="form") == []
    assert told(pool_of(*levels, forms="ababababababababrrrrrrrr"), about="make a form") == []
    assert told(pool_of(*levels, forms="aaabababababababbrrrrrrr"), about="make a form") == [
        "vignettes: form a: form: holds 9 vignettes of small-scale, 8 make a form"
    ]
    assert told(pool_of(*levels, forms="rbababababababababrrrrrr"), about="make a form") == [
        "vignettes: form b: form: holds 9 vignettes of small-scale, 8 make a form"
    ]


def test_a_form_with_the_reserve_has_every_level_twice_and_a_rarer_one_is_counted() -> None:
    """Item 1 at level 0: once in a, twice in b, never in the reserve."""
    a: list[Ratings] = [(0, 2, 4), *[(1, 3, 2), (2, 0, 3), (3, 1, 4), (4, 2, 0)] * 2][:8]
    b: list[Ratings] = [(0, 2, 4)] * 2 + a[1:7]
    reserve: list[Ratings] = [(1, 3, 2), (2, 0, 3), (3, 1, 4), (4, 2, 0)] * 2
    rare = told(pool_of(*a, *b, *reserve, forms="a" * 8 + "b" * 8 + "r" * 8), about="is wanted")
    assert [fault for fault in rare if "item 1:" in fault] == [
        "vignettes: item 1: level plan: at level 0 once in form a and the reserve of small-scale, "
        "at least 2 times is wanted"
    ]
    assert any("item 2: level plan: at level 4 never in form b and" in fault for fault in rare)
