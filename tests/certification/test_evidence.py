"""The evidence document: what is stored is enough to compute the decision again."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.pack import LEVELS, STANDARD, small_pack
from training.certification.judging import decision as rules
from training.certification.judging import evidence
from training.certification.judging.decision import Outcome
from training.certification.judging.evidence import SessionEvidence

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
STANDARD_OF_PACK = small_pack().standards[STANDARD]
SCALE = (0, 1, 2, 3, 4)


def session(number: int, cells: list[tuple[int, int | None, int | None]]) -> SessionEvidence:
    return SessionEvidence(
        session=f"session-{number:02d}",
        attempt=1,
        vignette=f"certification-{number}",
        vignette_digest="a" * 64,
        key_digest="b" * 64,
        key_status="authored",
        instrument_digest="c" * 64,
        submitted_at=NOW.isoformat(),
        cells=tuple(cells),
    )


def perfect() -> list[SessionEvidence]:
    return [
        session(number, [(item, score, score) for item, score in enumerate(row, start=1)])
        for number, row in enumerate(LEVELS, start=1)
    ]


def stored(sessions: list[SessionEvidence], *, attempt: int = 1) -> dict[str, Any]:
    """The document as it comes back from the database."""
    document = evidence.document(
        sessions,
        standard=STANDARD_OF_PACK,
        standard_digest="d" * 64,
        scale=SCALE,
        attempt=attempt,
    )
    returned: dict[str, Any] = json.loads(json.dumps(document))
    return returned


def figures_of(document: dict[str, Any]) -> dict[str, Any]:
    decision = rules.decide(STANDARD_OF_PACK, evidence.evidence_of(document), now=NOW)
    returned: dict[str, Any] = json.loads(json.dumps(decision.as_dict()))
    return returned


def test_the_document_names_the_versions_of_everything() -> None:
    document = stored(perfect())
    assert document["standard"] == {"slug": STANDARD, "version": "2026.1", "digest": "d" * 64}
    assert document["scale"] == [0, 1, 2, 3, 4]
    first = document["sessions"][0]
    assert (first["vignette_digest"], first["key_digest"]) == ("a" * 64, "b" * 64)
    assert first["instrument_digest"] == "c" * 64
    assert first["cells"][0] == [1, 4, 4]


def test_a_perfect_rater_recomputes_to_the_same_figures() -> None:
    document = stored(perfect())
    figures = figures_of(document)
    assert figures["outcome"] == Outcome.MEETS
    assert evidence.recomputes(STANDARD_OF_PACK, figures, document, now=NOW)


def test_a_changed_cell_no_longer_recomputes() -> None:
    document = stored(perfect())
    figures = figures_of(document)
    document["sessions"][0]["cells"][0][1] = 0
    assert not evidence.recomputes(STANDARD_OF_PACK, figures, document, now=NOW)


def test_a_changed_figure_no_longer_recomputes() -> None:
    document = stored(perfect())
    figures = figures_of(document) | {"probability": 1.0}
    assert not evidence.recomputes(STANDARD_OF_PACK, figures, document, now=NOW)


def one_bad_vignette() -> list[evidence.SessionEvidence]:
    """As the key, but for the first vignette: the distances have intervals that reach to 0."""
    first, *others = perfect()
    cells = tuple((item, 4 - key, key) for item, _own, key in first.cells if key is not None)
    return [replace(first, cells=cells), *others]


def as_engine_1_0_wrote(figures: dict[str, Any]) -> dict[str, Any]:
    """By hand, and without what is tested: the interval around a distance is symmetric again."""
    old = copy.deepcopy(figures) | {"engine_version": "1.0"}
    comparison = old["comparison"]
    sizes = [comparison[name] for name in ("mae", "rmse", "sd_ratio")]
    sizes += [row["mae"] for row in comparison["per_item"]]
    for size in sizes:
        size["method"] = "delete-one-vignette jackknife, t"
    for size in [*sizes, *(gate for gate in old["gates"] if gate["gate"] == "items")]:
        if size["low"] is not None:
            size["low"] = size["value"] - (size["high"] - size["value"])
    return old


def test_what_engine_1_0_decided_is_computed_again_as_it_wrote_it() -> None:
    document = stored(one_bad_vignette())
    old = as_engine_1_0_wrote(figures_of(document))
    assert evidence.recomputes(STANDARD_OF_PACK, old, document, now=NOW)
    assert old["comparison"]["mae"]["low"] < 0.0
    old["comparison"]["mae"]["low"] = 0.0
    assert not evidence.recomputes(STANDARD_OF_PACK, old, document, now=NOW)


def test_another_standard_gives_other_figures() -> None:
    document = stored(perfect())
    figures = figures_of(document)
    stricter = STANDARD_OF_PACK.model_copy(update={"confidence": 0.99})
    assert not evidence.recomputes(stricter, figures, document, now=NOW)


def test_only_sessions_of_this_attempt_count_towards_its_form() -> None:
    sessions = perfect()
    earlier = [replace(one, attempt=1) for one in sessions[:3]]
    now = [replace(one, attempt=2) for one in sessions[3:]]
    found = evidence.evidence_of(stored([*earlier, *now], attempt=2))
    assert found.vignettes_in_attempt == 5
    assert len(found.ratings.vignettes) == 8


def test_the_digest_changes_with_any_part() -> None:
    document = stored(perfect())
    figures = figures_of(document)
    digest = evidence.digest_of(figures, document)
    assert len(digest) == 64
    assert digest == evidence.digest_of(dict(reversed(figures.items())), document)
    assert digest != evidence.digest_of(figures | {"vignettes": 9}, document)
    document["sessions"][0]["cells"][0][1] = 0
    assert digest != evidence.digest_of(figures, document)


scores = st.one_of(st.none(), st.sampled_from(SCALE))
cells = st.lists(st.tuples(scores, scores), min_size=12, max_size=12)


@settings(max_examples=15)
@given(st.lists(cells, min_size=2, max_size=9))
def test_whatever_was_rated_comes_back_and_recomputes(
    vignettes: list[list[tuple[int | None, int | None]]],
) -> None:
    sessions = [
        session(number, [(item, own, key) for item, (own, key) in enumerate(row, start=1)])
        for number, row in enumerate(vignettes, start=1)
    ]
    document = stored(sessions)
    found = evidence.evidence_of(document)
    expected = [(one.session, item, own, key) for one in sessions for item, own, key in one.cells]
    assert found.ratings.cells() == expected
    assert evidence.recomputes(STANDARD_OF_PACK, figures_of(document), document, now=NOW)
