"""The words of the workbench: kinds of raters, what can be changed, results in sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel.speaklater import LazyString

from training.certification.gate_texts import GATE_NAMES, SHARES, SLOPES
from training.certification.judging.gate_documents import GateKind
from training.certification.judging.standard import Standard
from training.certification.simulation.rater_kinds import RaterKind
from training.certification.simulation.standard_changes import USED, ChangeFault, values_of
from training.certification.workbench.models import RunState
from training.charts.bars import Bar, BarRow
from training.languages import gettext as _
from training.languages import lazy_gettext as _l

KIND_NAMES = {
    RaterKind.EXCELLENT: _l("Excellent"),
    RaterKind.GOOD: _l("Good"),
    RaterKind.FAIR: _l("Fair"),
    RaterKind.BORDERLINE: _l("Borderline"),
    RaterKind.CONSTANT: _l("Constant"),
    RaterKind.LENIENT: _l("Lenient"),
    RaterKind.SEVERE: _l("Severe"),
    RaterKind.CENTRAL: _l("Central tendency"),
    RaterKind.HALO: _l("Halo"),
    RaterKind.NOISY: _l("Noisy"),
    RaterKind.GROSS_MISSES: _l("Gross misses"),
    RaterKind.RANDOM: _l("Random"),
    RaterKind.EVASIVE: _l("Evasive"),
    RaterKind.DRIFTING: _l("Drifting"),
}
WHO = {
    RaterKind.EXCELLENT: _l("An excellent rater (errors of a third of a point)"),
    RaterKind.GOOD: _l("A good rater (errors of just under half a point)"),
    RaterKind.FAIR: _l("A fair rater (errors of just over half a point)"),
    RaterKind.BORDERLINE: _l("A rater on the border (errors of three quarters of a point)"),
    RaterKind.CONSTANT: _l("A rater who always gives the same score"),
    RaterKind.LENIENT: _l("A rater who is always one point lenient"),
    RaterKind.SEVERE: _l("A rater who is always one point severe"),
    RaterKind.CENTRAL: _l("A rater who keeps to the middle of the scale"),
    RaterKind.HALO: _l("A rater who gives half the elements the general impression"),
    RaterKind.NOISY: _l("A noisy rater (errors of a whole point)"),
    RaterKind.GROSS_MISSES: _l("A good rater who misses grossly in 8 of 100 ratings"),
    RaterKind.RANDOM: _l("A rater who guesses"),
    RaterKind.EVASIVE: _l("A good rater who calls a fifth not rateable"),
    RaterKind.DRIFTING: _l("A good rater who grows more lenient with each vignette"),
}
FIELD_LABELS = {
    "at_least": _l("At least"),
    "lower_bound_at_least": _l("Lower end of the interval at least"),
    "at_most": _l("At most"),
    "upper_bound_at_most": _l("Upper end of the interval at most"),
    "interval_within": _l("Interval within ±"),
    "item_vignettes": _l("Vignettes an element needs to be judged"),
    "within_share_of_range": _l("A total is near within this share of its range"),
    "misses": _l("Misses allowed"),
    "per_vignettes": _l("for so many vignettes"),
    "minimum_vignettes": _l("Decides from so many vignettes on"),
    USED: _l("This gate decides"),
}
NAMED_FIELDS = {
    "form.vignettes": _l("Vignettes in a form"),
    "form.step": _l("Further vignettes at a time"),
    "form.maximum": _l("Vignettes in an attempt, at most"),
    "attempts.maximum": _l("Attempts, at most"),
    "attempts.pooled": _l("Earlier attempts count too (evidence is pooled)"),
    "confidence": _l("Confidence of the intervals"),
}
# What to write instead of a value that the document's own check refuses in a program's words.
A_SHARE = _l("Write a share as 0.6, from 0 to 1.")
A_COEFFICIENT = _l("Write a number from −1 to 1, such as 0.6.")
A_SLOPE = _l("Write a number from −1 to 2, such as 0.6.")
POINTS = _l("Write points above 0, such as 0.25.")
A_COUNT = _l("Write a whole number, 1 or more.")
VALUE_RULES = {
    "form.vignettes": _l("Write a whole number, 2 or more."),
    "form.step": A_COUNT,
    "form.maximum": _l("Write a whole number, 2 or more."),
    "attempts.maximum": A_COUNT,
    "confidence": _l("Write a number above 0.5 and below 1, such as 0.9."),
    "gates": _l("At least one gate must decide."),
}
FIELD_RULES = {
    "interval_within": POINTS,
    "item_vignettes": A_COUNT,
    "within_share_of_range": A_SHARE,
    "misses": _l("Write a whole number, 0 or more."),
    "per_vignettes": A_COUNT,
    "minimum_vignettes": A_COUNT,
}
STATES = {
    RunState.UNDER_WAY: _l("under way"),
    RunState.DONE: _l("done"),
    RunState.CANCELLED: _l("cancelled"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that was changed, in words."""

    label: str
    before: str
    after: str


def label_of(name: str) -> str:
    """What a change is called on a page: the gate and its field, or a field of the form.

    A run may be older than what things are called now: it keeps its own name then.
    """
    if name in NAMED_FIELDS:
        return str(NAMED_FIELDS[name])
    kind, _dot, field = name.partition(".")
    if kind not in list(GateKind) or field not in FIELD_LABELS:
        return name
    return f"{GATE_NAMES[GateKind(kind)]}: {FIELD_LABELS[field]}"


def fault_text(fault: ChangeFault) -> str:
    """What is wrong with a change, as a sentence for whoever typed it."""
    if not fault.code:
        return fault.message
    kind, _dot, field = fault.name.rpartition(".")
    rule = VALUE_RULES.get(fault.name) or FIELD_RULES.get(field)
    if rule is None and kind in list(GateKind):
        rule = _line_rule(GateKind(kind), field)
    return str(rule or fault.message)


def _line_rule(kind: GateKind, field: str) -> LazyString:
    """How the line of a gate, or that for the end of its interval, is written."""
    if kind in SHARES:
        return A_SHARE
    if field.endswith("at_most"):
        return POINTS
    return A_SLOPE if kind in SLOPES else A_COEFFICIENT


def changes_in_words(published: Standard, changes: Mapping[str, str]) -> tuple[Change, ...]:
    """What a run changed about the standard as it was published."""
    before = values_of(published)
    words = {"yes": _("yes"), "no": _("no"), "": _("none")}
    return tuple(
        Change(
            label_of(name),
            words.get(before.get(name, ""), before.get(name, "")),
            words.get(after, after),
        )
        for name, after in changes.items()
    )


@dataclass(frozen=True, slots=True)
class KindRow:
    """One kind of rater as the page shows it; figures are those of the result, untouched."""

    name: str
    who: str
    sentence: str
    figures: Mapping[str, Any]
    published: Mapping[str, Any] | None
    missed: str  # the gates whose lines the true figures miss

    @property
    def is_as_aimed(self) -> bool | None:
        aimed: bool | None = self.figures["is_as_aimed"]
        return aimed


def kind_rows(result: Mapping[str, Any]) -> tuple[KindRow, ...]:
    """Every kind that was simulated, in words and figures."""
    published = result["as_published"]
    return tuple(
        KindRow(
            name=str(KIND_NAMES[RaterKind(kind)]),
            who=str(WHO[RaterKind(kind)]),
            sentence=_sentence(RaterKind(kind), figures),
            figures=figures,
            published=None if published is None else published["kinds"].get(kind),
            missed=", ".join(str(GATE_NAMES[GateKind(gate)]) for gate in figures["missed_lines"]),
        )
        for kind, figures in result["kinds"].items()
    )


def _sentence(kind: RaterKind, figures: Mapping[str, Any]) -> str:
    return _(
        "%(who)s would get this certificate in %(first)s of 100 attempts, and in %(all)s of 100 "
        "over all attempts allowed; by the classic rule in %(classic)s of 100.",
        who=str(WHO[kind]),
        first=of_hundred(figures["first_attempt"]["meets"]),
        all=of_hundred(figures["all_attempts"]["meets"]),
        classic=of_hundred(figures["classic"]["meets_at_first"]),
    )


def of_hundred(share: float) -> str:
    """A share as so many of 100; what is neither 0 nor 100 is never shown as such."""
    count = round(100 * share)
    if share > 0 and count == 0:
        return _("fewer than 1")
    if share < 1 and count == 100:
        return _("more than 99")
    return str(count)


def bar_rows(rows: tuple[KindRow, ...], *, part: str, classic: str) -> tuple[BarRow, ...]:
    """Bars of the share that meets: this standard, as published where it was changed, classic rule.

    part      first_attempt or all_attempts, classic   the figure of the classic rule beside it.
    """
    return tuple(
        BarRow(
            row.name,
            tuple(
                Bar(series, share)
                for series, share in (
                    ("accent", row.figures[part]["meets"]),
                    ("open", row.published[part]["meets"] if row.published else None),
                    ("warm", row.figures["classic"][classic]),
                )
                if share is not None
            ),
        )
        for row in rows
    )


def series_names(*, is_changed: bool) -> dict[str, str]:
    """What the bars stand for, by their look."""
    names = {"accent": _("this standard")}
    if is_changed:
        names = {"accent": _("changed standard"), "open": _("as published")}
    return names | {"warm": _("classic rule: 80 in 100 within one point")}
