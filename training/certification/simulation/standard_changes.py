"""Changing a standard to see what would follow: names of what can be changed, and faults. Pure.

A change is named as on the command line and in addresses: `gross.at_most`, `form.vignettes`,
`attempts.pooled`. Whether the changed standard makes sense is the document's own to say.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from training.certification.judging.standard import Standard, faults

MOST_VIGNETTES = 40
MOST_ATTEMPTS = 6
"""More than anybody would be asked for; without a limit a single run could occupy a server."""

FORM_FIELDS = ("vignettes", "step", "maximum")
ATTEMPT_FIELDS = ("maximum", "pooled")
GATE_FIELDS = (
    "at_least",
    "lower_bound_at_least",
    "at_most",
    "upper_bound_at_most",
    "interval_within",
    "item_vignettes",
    "within_share_of_range",
    "misses",
    "per_vignettes",
    "minimum_vignettes",
)
OPTIONAL = frozenset({"lower_bound_at_least", "upper_bound_at_most"})
USED = "used"
OWN_WORDS = "value_error"
"""The code of what the document's validators say in sentences of their own."""
NUMBER = re.compile(r"[+-]?(?=\.?[0-9])[0-9]{0,9}\.?[0-9]{0,18}")  # 1/24 has eighteen
YES, NO = frozenset({"yes", "true", "1", "y", "on"}), frozenset({"no", "false", "0", "n", "off"})


@dataclass(frozen=True, slots=True)
class ChangeFault:
    """What is wrong with a change; without a name it concerns the standard as a whole.

    `code` is the one of the document's own check, and empty where the message is ours.
    """

    name: str
    message: str
    code: str = ""

    def __str__(self) -> str:
        return f"{self.name}: {self.message}" if self.name else self.message


def values_of(standard: Standard) -> dict[str, str]:
    """Everything that can be changed, by name, as text; "" where an optional bound is not set."""
    document = standard.model_dump(mode="json")
    values = {f"form.{field}": _text(document["form"][field]) for field in FORM_FIELDS}
    values |= {f"attempts.{field}": _text(document["attempts"][field]) for field in ATTEMPT_FIELDS}
    values["confidence"] = _text(document["confidence"])
    for gate in document["gates"]:
        fields = [field for field in GATE_FIELDS if field in gate]
        values |= {f"{gate['kind']}.{field}": _text(gate[field]) for field in fields}
        values[f"{gate['kind']}.{USED}"] = "yes"
    return values


def changed(
    standard: Standard, changes: Mapping[str, str]
) -> tuple[Standard | None, list[ChangeFault]]:
    """The standard with these changes, or None and every fault.

    `GATE.used` set to no leaves a gate out.
    """
    known = values_of(standard)
    found = [
        ChangeFault(name, f"there is nothing of this name to change; there are {', '.join(known)}")
        for name in changes
        if name not in known
    ]
    document = copy.deepcopy(standard.model_dump(mode="json"))
    for name, text in changes.items():
        if name in known:
            try:
                _set(document, name, text.strip())
            except ValueError as error:
                found.append(ChangeFault(name, str(error)))
    kinds = [gate["kind"] for gate in document["gates"]]
    left_out = {
        name.removesuffix(f".{USED}") for name, text in changes.items() if _is_no(name, text)
    }
    document["gates"] = [gate for gate in document["gates"] if gate["kind"] not in left_out]
    kinds = [kind for kind in kinds if kind not in left_out]
    named = {fault.name for fault in found if fault.name in known}
    for fault in faults(document):
        name = _name_of(fault.field, kinds)
        if name not in named:
            code = "" if fault.code == OWN_WORDS else fault.code
            found.append(ChangeFault(name, fault.message, code))
    found += _beyond_limits(document)
    return (None, found) if found else (Standard.model_validate(document), [])


def differences(before: Standard, after: Standard) -> dict[str, tuple[str, str]]:
    """What was changed, by name: from which text to which; a gate left out is used no more."""
    old, new = values_of(before), values_of(after)
    left_out = {gate.kind.value for gate in before.gates} - {g.kind.value for g in after.gates}
    found = {
        name: (text, new[name]) for name, text in old.items() if name in new and new[name] != text
    }
    return found | {f"{kind}.{USED}": ("yes", "no") for kind in sorted(left_out)}


def _is_no(name: str, text: str) -> bool:
    return name.endswith(f".{USED}") and text.strip().lower() in NO


def _set(document: dict[str, Any], name: str, text: str) -> None:
    """Put a value in its place; ValueError says what to write instead of this text."""
    part, _, field = name.rpartition(".")
    if field == USED:
        _yes_or_no(text)
        return
    place = document
    if part in ("form", "attempts"):
        place = document[part]
    elif part:
        place = next(gate for gate in document["gates"] if gate["kind"] == part)
    if field == "pooled":
        place[field] = _yes_or_no(text)
    elif not text and field in OPTIONAL:
        place[field] = None
    else:
        place[field] = _number(text)


def _yes_or_no(text: str) -> bool:
    if text.lower() in YES:
        return True
    if text.lower() in NO:
        return False
    raise ValueError(f"{_shown(text)} is neither yes nor no")


def _number(text: str) -> float | int:
    if not NUMBER.fullmatch(text):
        raise ValueError(f"{_shown(text)} is no number; write one such as 8 or 0.25")
    number = float(text)
    return int(number) if number.is_integer() and "." not in text else number


def _beyond_limits(document: dict[str, Any]) -> list[ChangeFault]:
    limits = (
        ("form", "maximum", MOST_VIGNETTES),
        ("attempts", "maximum", MOST_ATTEMPTS),
    )
    return [
        ChangeFault(
            f"{part}.{field}", f"is {_text(document[part][field])}, at most {most} can be tried"
        )
        for part, field, most in limits
        if isinstance(document[part][field], int | float) and document[part][field] > most
    ]


def _name_of(field: str, kinds: list[str]) -> str:
    """The name of a change from the place of a fault in the document."""
    parts = field.split(".")
    if parts[0] == "gates" and len(parts) > 1 and parts[1].isdigit():
        kind = kinds[int(parts[1])]
        return f"{kind}.{parts[3]}" if len(parts) > 3 else kind
    return field


def _shown(text: str) -> str:
    return repr(text if len(text) <= 40 else f"{text[:40]}…")


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    # To the last digit: what is shown as changed is what is stored and tried.
    return f"{Decimal(str(value)):f}".removesuffix(".0")
