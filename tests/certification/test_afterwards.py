"""What a dossier's file says of the time after its decision, in every state, and in forged ones."""

from __future__ import annotations

from typing import Any

import pytest

from training.certification.dossiers import afterwards

MADE = "2026-11-24T09:00:00+00:00"
LATER = "2026-12-01T10:00:00+00:00"
WHO = "whoever decided the appeal had decided nothing in the attempt before"


def appeal(**changes: Any) -> dict[str, Any]:
    """An appeal of Ines's against what Cleo declined."""
    return {
        "appealed_at": MADE,
        "reason": "The service was down.",
        "withdrawn_at": None,
        "decided_before_by": [{"id": "cleo", "name": "Cleo"}],
        "reviewer": None,
        "decided_at": None,
        "outcome": None,
        "outcome_reason": "",
    } | changes


def decided(outcome: str, by: str = "dora") -> dict[str, Any]:
    return appeal(outcome=outcome, decided_at=LATER, reviewer={"id": by, "name": by.title()})


def section(**parts: Any) -> dict[str, Any]:
    return {"decision": "one", "afterwards": parts}


def set_aside(ground: str = "key-change") -> dict[str, Any]:
    return {"ground": ground, "by": {"id": "dora"}, "reason": "", "set_aside_at": LATER}


@pytest.mark.parametrize(
    ("parts", "notes"),
    [
        ({}, []),
        ({"appeal": appeal()}, [f"appeal: not decided yet, made {MADE}"]),
        ({"appeal": appeal(withdrawn_at=LATER)}, [f"appeal: withdrawn, {LATER}"]),
        (
            {"appeal": decided("dismissed")},
            [f"appeal: dismissed: the decision stands, {LATER}"],
        ),
        (
            {"appeal": decided("granted"), "set_aside": set_aside("appeal")},
            [
                f"appeal: granted: the attempt is set aside, {LATER}",
                f"set aside: an appeal was granted, {LATER}",
            ],
        ),
        ({"set_aside": set_aside()}, [f"set aside: a key was changed later, {LATER}"]),
        ({"set_aside": set_aside("a whim")}, [f"set aside: a whim, {LATER}"]),
        ({"appeal": decided("lost")}, [f"appeal: lost, {LATER}"]),
    ],
)
def test_what_happened_is_told_in_notes_and_in_the_readme(
    parts: dict[str, Any], notes: list[str]
) -> None:
    assert afterwards.notes(section(**parts)) == notes
    lines = list(afterwards.lines(section(**parts)))
    assert [line.split(maxsplit=1)[0] for line in lines] == [
        note.split()[0].rstrip(":").capitalize() for note in notes
    ]
    for line, note in zip(lines, notes, strict=True):
        label, _colon, text = note.partition(": ")
        assert line == f"{label.capitalize():<12}{text}"


@pytest.mark.parametrize(
    ("changes", "checks"),
    [
        (appeal(), []),
        (appeal(withdrawn_at=LATER), []),
        (decided("granted"), [(WHO, True)]),
        (decided("dismissed"), [(WHO, True)]),
        (decided("granted", by="cleo"), [(WHO, False)]),
        (decided("granted") | {"decided_before_by": []}, [(WHO, True)]),
        (decided("granted") | {"decided_before_by": None}, [(WHO, False)]),
        (decided("granted") | {"decided_before_by": [{"name": "Cleo"}]}, [(WHO, False)]),
        (decided("granted") | {"reviewer": "dora"}, [(WHO, False)]),
        (decided("granted") | {"reviewer": {}}, [(WHO, False)]),
    ],
)
def test_whoever_decided_the_appeal_is_held_against_who_decided_before(
    changes: dict[str, Any], checks: list[tuple[str, bool]]
) -> None:
    assert list(afterwards.checks(section(appeal=changes))) == checks


@pytest.mark.parametrize("forged", [None, [], "appeal", {"appeal": []}, {"set_aside": "yes"}])
def test_a_section_that_is_none_says_nothing_and_breaks_nothing(forged: object) -> None:
    for document in ({"afterwards": forged}, {}):
        assert afterwards.notes(document) == []
        assert list(afterwards.lines(document)) == []
        assert list(afterwards.checks(document)) == []
