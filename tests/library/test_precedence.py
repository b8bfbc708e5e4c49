"""Which key is in use after publishing: the author's in the folder, or the panel's before it."""

from __future__ import annotations

from datetime import date

import pytest

from tests.pack import INSTRUMENT, PRACTICE, small_pack, with_item
from training.library.precedence import (
    KeysOfPack,
    fits,
    is_ratified_by_panel,
    keys_of_pack,
    stays_in_use,
)
from training.library.reading import Pack, canonical_text, digest_of
from training.library.schema import Instrument, Key, KeyStatus, PanelNote

SLUG = PRACTICE[0]
VIGNETTE = small_pack().vignettes[SLUG]
AUTHORED = small_pack().keys[SLUG]
DIGEST = digest_of(canonical_text(VIGNETTE))
SCALE = (0, 1, 2, 3, 4)
NONE: frozenset[str] = frozenset()
IT = frozenset({SLUG})


def of_panel(key: Key = AUTHORED, *, digest: str = DIGEST) -> Key:
    """The key as a panel ratified it, on the vignette with this digest."""
    note = PanelNote(
        panel="a panel",
        title="Spring panel",
        ratified_on=date(2026, 3, 4),
        experts=3,
        instrument_digest="0" * 64,
        vignette_digest=digest,
    )
    return key.model_copy(update={"status": KeyStatus.RATIFIED, "panel": note})


def pack_with(key: Key, *, title: str = VIGNETTE.title, scores: int = 5) -> Pack:
    """What the folder holds: the instrument, the vignette under this title, and this key."""
    pack = Pack()
    pack.instruments[INSTRUMENT] = on_scale(scores)
    pack.vignettes[SLUG] = VIGNETTE.model_copy(update={"title": title})
    pack.keys[SLUG] = key
    return pack


def on_scale(scores: int) -> Instrument:
    """The instrument with so many scores from 0 on."""
    instrument = small_pack().instruments[INSTRUMENT]
    scale = instrument.scale.model_copy(update={"scores": tuple(range(scores))})
    return instrument.model_copy(update={"scale": scale})


ANOTHER = with_item(AUTHORED, 9, rating=1)
WITHOUT_TWELVE = AUTHORED.model_copy(
    update={"items": {number: each for number, each in AUTHORED.items.items() if number != 12}}
)


@pytest.mark.parametrize(
    ("in_use", "pack", "expected"),
    [
        (of_panel(), pack_with(AUTHORED), KeysOfPack(IT, (), NONE)),
        (of_panel(), pack_with(ANOTHER), KeysOfPack(IT, (), NONE)),
        # On another wording it no longer fits; ratings of the old one are not held against it.
        (of_panel(), pack_with(AUTHORED, title="Anew"), KeysOfPack(NONE, (), IT)),
        (of_panel(), pack_with(of_panel(ANOTHER), title="Anew"), KeysOfPack(NONE, (), IT)),
        # A panel over a panel: replaced, and nothing of it is out of date.
        (of_panel(), pack_with(of_panel(ANOTHER)), KeysOfPack(NONE, (SLUG,), NONE)),
        (of_panel(), pack_with(WITHOUT_TWELVE), KeysOfPack(NONE, (SLUG,), IT)),
        (of_panel(), pack_with(AUTHORED, scores=4), KeysOfPack(NONE, (SLUG,), IT)),
        (of_panel(), pack_with(AUTHORED, scores=6), KeysOfPack(IT, (), NONE)),
        (of_panel(digest="1" * 64), pack_with(AUTHORED), KeysOfPack(NONE, (SLUG,), IT)),
        (ANOTHER, pack_with(AUTHORED), KeysOfPack(NONE, (SLUG,), NONE)),
        (ANOTHER, pack_with(AUTHORED, title="Anew"), KeysOfPack(NONE, (), NONE)),
        # Said to be ratified, and not by which panel.
        (
            ANOTHER.model_copy(update={"status": KeyStatus.RATIFIED}),
            pack_with(AUTHORED),
            KeysOfPack(NONE, (SLUG,), NONE),
        ),
    ],
)
def test_what_publishing_does_to_the_key_in_use(
    in_use: Key, pack: Pack, expected: KeysOfPack
) -> None:
    assert keys_of_pack(pack, {SLUG: in_use}, {SLUG: DIGEST}) == expected


def test_a_pack_of_keys_alone_is_held_against_the_vignette_in_use() -> None:
    """A folder may bring neither the vignette nor its instrument."""
    pack = Pack(keys={SLUG: ANOTHER})
    assert keys_of_pack(pack, {SLUG: of_panel()}, {SLUG: DIGEST}) == KeysOfPack(IT, (), NONE)
    changed = keys_of_pack(pack, {SLUG: of_panel()}, {SLUG: "1" * 64})
    assert changed == KeysOfPack(NONE, (SLUG,), IT)
    assert keys_of_pack(pack, {}, {SLUG: DIGEST}) == KeysOfPack(NONE, (), NONE)


def test_keys_that_are_replaced_are_told_in_order() -> None:
    slugs = ("b-story", "a-story", "c-story")
    pack = Pack(keys=dict.fromkeys(slugs, AUTHORED))
    in_use = dict.fromkeys(slugs, ANOTHER)
    assert keys_of_pack(pack, in_use, dict.fromkeys(slugs, DIGEST)).replaced == (
        "a-story",
        "b-story",
        "c-story",
    )


def test_a_panels_key_gives_way_only_to_another_panels() -> None:
    assert stays_in_use(of_panel(), ANOTHER, DIGEST)
    assert not stays_in_use(of_panel(), of_panel(ANOTHER), DIGEST)
    assert not stays_in_use(ANOTHER, AUTHORED, DIGEST)
    assert not stays_in_use(of_panel(), ANOTHER, None)
    assert [is_ratified_by_panel(key) for key in (of_panel(), AUTHORED)] == [True, False]
    discussed = of_panel().model_copy(update={"status": KeyStatus.AUTHORED})
    assert not is_ratified_by_panel(discussed)


def test_a_key_fits_the_items_the_scale_and_where_a_panel_rated_it_the_text() -> None:
    items = list(AUTHORED.items)
    assert fits(AUTHORED, None, items, SCALE)  # nobody says on which text
    assert fits(of_panel(), DIGEST, items[::-1], None)
    assert not fits(of_panel(), "1" * 64, items, None)
    assert not fits(AUTHORED, DIGEST, items[1:], SCALE)
    assert not fits(AUTHORED, DIGEST, [*items, 13], SCALE)
    assert not fits(AUTHORED, DIGEST, items, (0, 1, 2, 3))
    banded = with_item(WITHOUT_TWELVE, 1, rating=3, band=(3, 4))
    top = max(score for rating in AUTHORED.items.values() for score in rating.accepted)
    assert top == 4
    assert fits(banded, DIGEST, items[:-1], SCALE)
    only = banded.model_copy(update={"items": {1: banded.items[1]}})
    assert not fits(only, DIGEST, [1], (0, 1, 2, 3))  # its upper score is off the scale
    unrated = {number: with_item(AUTHORED, 1, rating="NR").items[1] for number in (1, 2)}
    assert fits(AUTHORED.model_copy(update={"items": unrated}), DIGEST, [1, 2], ())
