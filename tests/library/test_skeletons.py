"""The first files of an author: what they say of the scale, the items and what is to be written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.library.folders import instrument, item
from training.library.commands import with_what_they_refer_to
from training.library.schema import Instrument, Key, Pool, Vignette
from training.library.skeletons import (
    dossier_files,
    exercise_files,
    module_files,
    vignette_files,
)


def on_scale(*scores: int, slug: str = "small-scale", items: int = 3) -> Instrument:
    words = dict.fromkeys(scores, "A word")
    scale = instrument()["scale"] | {"scores": scores, "labels": words, "descriptions": words}
    rated = [item(n) | {"anchors": words} for n in range(1, items + 1)]
    return Instrument.model_validate(instrument(slug) | {"scale": scale, "items": rated})


def loaded(texts: dict[str, str], name: str) -> Any:
    return yaml.safe_load(texts[name])


@pytest.mark.parametrize(
    ("scores", "middle", "twins"),
    [
        ((0, 1, 2, 3, 4), 2, (1, 2)),
        ((1, 2, 3, 4, 5), 3, (2, 3)),
        ((0, 1, 2, 3), 2, (1, 2)),
        ((0, 1), 1, (0, 1)),
    ],
)
def test_every_item_begins_at_the_middle_and_twins_one_point_apart(
    scores: tuple[int, ...], middle: int, twins: tuple[int, int]
) -> None:
    scale = on_scale(*scores)
    key = Key.model_validate(loaded(vignette_files("two-oars", scale), "key.yaml"))
    assert {number: rating.score for number, rating in key.items.items()} == {
        1: middle,
        2: middle,
        3: middle,
    }
    pair = exercise_files("boat", 2, scale)
    keys = [Key.model_validate(loaded(texts, "key.yaml")) for texts in pair.values()]
    assert [key.items[2].score for key in keys] == list(twins)
    assert list(pair) == ["boat-1", "boat-2"]


def test_what_is_begun_is_as_short_as_its_pool_allows() -> None:
    scale = on_scale(0, 1, 2)

    def begun(texts: dict[str, str], name: str = "vignette.yaml") -> Vignette:
        return Vignette.model_validate(loaded(texts, name))

    whole, dossier = vignette_files("oars", scale), dossier_files("van", scale)
    assert (begun(whole).pool, len(begun(whole).turns), begun(whole).items) == (
        Pool.PRACTICE,
        25,
        None,
    )
    assert (begun(dossier).is_dossier, len(begun(dossier).turns)) == (True, 40)
    exercise = begun(exercise_files("boat", 3, scale)["boat-2"])
    assert (exercise.pool, exercise.contrast, exercise.items) == (Pool.EXERCISE, "boat-1", (3,))
    assert len(exercise.turns) == 6
    module = module_files("first", 7, scale)
    for excerpt in ("apply-1", "apply-2"):
        found = begun(module, f"{excerpt}/vignette.yaml")
        assert (found.slug, found.pool) == (f"first-{excerpt}", Pool.EXCERPT)
        assert (found.items, len(found.turns)) == ((1, 2), 8)
    assert "25 to 60 of them" in whole["vignette.yaml"]
    assert "6 to 20 of them" in module["apply-1/vignette.yaml"]


def test_a_module_is_numbered_draws_on_two_items_and_hides_the_right_option_elsewhere() -> None:
    texts = module_files("first", 7, on_scale(0, 1, 2))
    module = loaded(texts, "module.yaml")
    assert (module["number"], module["items"], module["instrument"]) == (7, [1, 2], "small-scale")
    assert "instrument" not in loaded(
        module_files("first", 7, on_scale(0, 1, slug="dialogic-practice")), "module.yaml"
    )
    assert loaded(module_files("one", 1, on_scale(0, 1, items=1)), "module.yaml")["items"] == [1]
    single = [each for each in loaded(texts, "questions.yaml") if each["kind"] == "single-choice"]
    right = [[option["correct"] for option in each["options"]].index(True) for each in single]
    assert right == [0, 1, 2]
    assert len({each["id"] for each in single}) == 3


def test_a_folder_without_an_instrument_is_read_beside_the_shipped_content(tmp_path: Path) -> None:
    """A body's own folder often holds vignettes only."""
    vignettes, whole = tmp_path / "vignettes-only", tmp_path / "whole"
    vignettes.mkdir()
    (whole / "instruments").mkdir(parents=True)
    shipped, *rest = with_what_they_refer_to((vignettes,))
    assert (shipped / "instruments").is_dir()
    assert rest == [vignettes]
    for folders in ((whole,), (vignettes, whole), (whole, vignettes)):
        assert with_what_they_refer_to(folders) == folders
