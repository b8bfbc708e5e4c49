"""All a manual says, as its typesetter is given it: from the instrument and the written part."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Flask

from tests.exercises.pairs import HIGH, LOW, key, vignette
from tests.manuals.test_documents import example
from tests.pack import INSTRUMENT, small_pack
from training.library.records import Version
from training.library.schema import Manual, Term, WorkedExample
from training.manuals.examples import ItemExamples, of_exercise, of_manual
from training.manuals.manual_document import manual_document
from training.manuals.wording import marks_of, rating_text

SCALE = small_pack().instruments[INSTRUMENT]
VERSION = Version(uuid.UUID(int=1), INSTRUMENT, "0123456789abcdef" * 4, SCALE)
MANUAL = Manual.model_validate(
    {
        "instrument": INSTRUMENT,
        "purpose": "Why *this*.",
        "preparation": "Sit.\n\n- one\n- two",
        "common_errors": [{"title": "Haste", "text": "Slow down."}],
    }
)


def document(
    app: Flask, manual: Manual | None, examples: dict[int, ItemExamples], *terms: Term
) -> dict[str, Any]:
    with app.test_request_context():
        return manual_document(VERSION, manual, examples, terms, public_url="https://od.example")


def test_the_instrument_alone_is_a_manual_and_the_written_part_is_put_in(app: Flask) -> None:
    bare = document(app, None, {})
    assert (bare["purpose"], bare["preparation"], bare["errors"]) == ([], [], [])
    assert bare["terms"] == []
    assert bare["address"] == f"https://od.example/manuals/{INSTRUMENT}"
    assert "version 1.0 of the instrument (0123456789)" in bare["version"]
    assert bare["scale"][0] == ["0 Contrary", "What 0 means."]
    assert bare["scale"][-1] == ["NR Not rateable", "No opportunity."]
    assert [item["name"] for item in bare["items"]] == [
        f"{n}. Element number {n}" for n in range(1, 13)
    ]
    assert [n for n, item in enumerate(bare["items"], start=1) if item["is_critical"]] == [
        8,
        11,
        12,
    ]
    third, last = bare["items"][2], bare["items"][11]
    assert third["anchor"] == "3-item-3"
    assert third["principles"] == ["Dialogism"]
    assert third["confusions"] == [
        {"name": "4. Element 4", "anchor": "4-item-4", "difference": "They differ."}
    ]
    assert last["confusions"][0]["anchor"] == "1-item-1"
    assert third["anchors"][4] == ["4 Sustained", "Anchor 4 of element 3."]
    assert third["anchors"][-1] == ["NR Not rateable", "Always rateable."]
    assert (third["examples"], third["rate_first"]) == ([], None)

    term = Term(slug="halo", term="halo", definition="A glow.")
    whole = document(app, MANUAL, {}, term)
    assert whole["terms"] == [{"term": "halo", "definition": "A glow."}]
    assert whole["errors"] == [{"title": "Haste", "text": "Slow down."}]
    assert whole["purpose"] == [
        {
            "kind": "paragraph",
            "lines": [
                [
                    {"text": "Why ", "strong": False, "emphasised": False},
                    {"text": "this", "strong": False, "emphasised": True},
                    {"text": ".", "strong": False, "emphasised": False},
                ]
            ],
        }
    ]
    assert [(each["kind"], len(each["lines"])) for each in whole["preparation"]] == [
        ("paragraph", 1),
        ("bullets", 2),
    ]


def test_an_example_has_its_solution_and_a_closed_one_says_where_it_is_opened(app: Flask) -> None:
    closed = ItemExamples(
        tuple(
            of_exercise(slug, vignette(slug, content_note="A death."), None) for slug in (LOW, HIGH)
        ),
        rate_first=LOW,
    )
    written = WorkedExample.model_validate(example(4, rating="NR", reason="Nobody came (3)."))
    opened = ItemExamples(
        (of_manual(written, 1), of_exercise(HIGH, vignette(HIGH), key(HIGH).items[3]))
    )
    items = document(app, None, {3: closed, 4: opened})["items"]
    low, _high = items[2]["examples"]
    assert low["solution"] is None
    assert (low["note"], low["setting"]) == ("A death.", "On the last ferry.")
    assert low["people"] == ["Abaferry03a, a son", "Boloferry03a, a nurse"]
    (part,) = low["parts"]
    assert [line["is_evidence"] for line in part["lines"]] == [False] * 8
    assert part["lines"][0] == {
        "number": 1,
        "speaker": "Boloferry03a",
        "text": f"{LOW} says 1.",
        "is_evidence": False,
    }
    assert items[2]["rate_first"]["address"] == f"https://od.example/exercises/{LOW}"

    own, exercise = items[3]["examples"]
    assert items[3]["rate_first"] is None
    assert own["solution"] == {
        "rating": "NR Not rateable",
        "reason": "Nobody came (3).",
        "contrast": "",
    }
    assert [n["number"] for n in own["parts"][0]["lines"] if n["is_evidence"]] == [3]
    assert {line["speaker"] for line in own["parts"][0]["lines"]} == {""}
    assert exercise["solution"]["rating"] == "2 Thin"
    assert exercise["solution"]["contrast"] == key(HIGH).items[3].contrast


def test_a_rating_is_named_and_its_evidence_marked(app: Flask) -> None:
    with app.test_request_context():
        assert rating_text(SCALE, 0) == "0 Contrary"
        assert rating_text(SCALE, 4) == "4 Sustained"
        assert rating_text(SCALE, "NR") == "NR Not rateable"
        solution = of_exercise(LOW, vignette(LOW), key(LOW).items[3]).solution
        assert marks_of(solution) == {2: ["evidence"], 4: ["evidence"]}
        assert marks_of(None) == {}
