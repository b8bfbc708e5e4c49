"""What a dossier's file says of the time after its decision: an appeal, the setting aside. Pure.

The section is there only where something happened, so that the files from before there were
appeals, and those of decisions that nobody appealed against, read and verify as they always did.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

AFTERWARDS = "afterwards"
OUTCOMES = {
    "dismissed": "dismissed: the decision stands",
    "granted": "granted: the attempt is set aside",
}
GROUNDS = {"appeal": "an appeal was granted", "key-change": "a key was changed later"}


def lines(document: Mapping[str, Any]) -> Iterator[str]:
    """Lines for the file's README, in the columns of those above them."""
    for label, text in _facts(document):
        yield f"{label:<12}{text}"


def notes(document: Mapping[str, Any]) -> list[str]:
    """What whoever verifies the file should know beside its figures."""
    return [f"{label.lower()}: {text}" for label, text in _facts(document)]


def checks(document: Mapping[str, Any]) -> Iterator[tuple[str, bool]]:
    """That whoever decided the appeal is nobody who had decided in the attempt before."""
    appeal = _part(document, "appeal")
    if appeal.get("reviewer") is None:
        return
    says = "whoever decided the appeal had decided nothing in the attempt before"
    try:
        before = {person["id"] for person in appeal["decided_before_by"]}
        yield says, appeal["reviewer"]["id"] not in before
    except (KeyError, TypeError):
        yield says, False


def _facts(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    appeal, set_aside = _part(document, "appeal"), _part(document, "set_aside")
    if appeal:
        yield "Appeal", _state_of_appeal(appeal)
    if set_aside:
        ground = GROUNDS.get(str(set_aside.get("ground")), str(set_aside.get("ground")))
        yield "Set aside", f"{ground}, {set_aside.get('set_aside_at')}"


def _state_of_appeal(appeal: Mapping[str, Any]) -> str:
    if outcome := appeal.get("outcome"):
        return f"{OUTCOMES.get(str(outcome), str(outcome))}, {appeal.get('decided_at')}"
    if withdrawn_at := appeal.get("withdrawn_at"):
        return f"withdrawn, {withdrawn_at}"
    return f"not decided yet, made {appeal.get('appealed_at')}"


def _part(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """A part of the section; empty where there is none, whatever a changed file holds there."""
    section = document.get(AFTERWARDS)
    part = section.get(name) if isinstance(section, dict) else None
    return part if isinstance(part, dict) else {}
