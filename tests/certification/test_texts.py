"""Figures read back from a decision, and gates in words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask

from tests.certification.test_evidence import as_engine_1_0_wrote
from tests.databases import make_app
from tests.pack import LEVELS, STANDARD, small_pack
from training.certification import flag_texts, gate_texts
from training.certification.judging import decision as rules
from training.certification.judging.decision import Decision, Outcome, OutcomeReason
from training.certification.judging.figures import (
    item_rows,
    key_statuses,
    summary_of,
    vignette_rows,
)
from training.certification.judging.flags import Flag, FlagKind
from training.certification.judging.gate_documents import GateKind
from training.certification.judging.gates import GateReason, GateReasonCode, GateResult, GateStatus
from training.certification.models import ReviewAct
from training.certification.simulation.standard_changes import ChangeFault
from training.certification.workbench import texts as workbench_texts
from training.certification.workbench.models import SimulationRun
from training.languages import speaking
from training.library.schema import KeyStatus
from training.psychometrics import Direction, Ratings, Reason

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
NAMES = {3: "Open-ended questions", 8: "Matter-of-fact"}


def decision_of(error: int, *, vignettes: int = 8) -> Decision:
    """Every rating off by this much, on the scale."""
    cells = [
        (f"v-{number}", item, None if score is None else min(max(score + error, 0), 4), score)
        for number, row in enumerate(LEVELS[:vignettes])
        for item, score in enumerate(row, start=1)
    ]
    standard = small_pack().standards[STANDARD]
    evidence = rules.Evidence(
        Ratings.from_cells(cells), vignettes_in_attempt=vignettes, scale=(0, 1, 2, 3, 4)
    )
    return rules.decide(standard, evidence, now=NOW)


def stored(decision: Decision) -> dict[str, Any]:
    returned: dict[str, Any] = json.loads(json.dumps(decision.as_dict()))
    return returned


@pytest.fixture(scope="module")
def wordy_app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """An application for its languages alone; it never meets a database."""
    return make_app("sqlite://", tmp_path_factory.mktemp("words"))


@pytest.fixture
def english(wordy_app: Flask) -> Iterator[None]:
    with wordy_app.test_request_context(), speaking("en"):
        yield


@pytest.mark.parametrize(("error", "vignettes"), [(0, 8), (1, 8), (-2, 8), (0, 3)])
def test_gates_come_back_from_the_figures_as_they_were(error: int, vignettes: int) -> None:
    decision = decision_of(error, vignettes=vignettes)
    summary = summary_of(stored(decision))
    assert summary.gates == decision.gates
    assert summary.outcome is decision.outcome
    assert summary.reason is decision.reason
    assert summary.deciding_gates == decision.deciding_gates
    assert summary.probability == decision.probability
    assert summary.pooled_vignettes == 0
    assert summary.confidence == 0.90


def test_figures_that_engine_1_0_wrote_are_read_as_they_were() -> None:
    figures = as_engine_1_0_wrote(stored(decision_of(1)))
    old = summary_of(figures)
    assert [one.as_dict() for one in old.gates] == figures["gates"]
    assert (old.outcome, old.engine_version) == (figures["outcome"], "1.0")


def test_tables_come_back_without_totals_of_the_key() -> None:
    figures = stored(decision_of(1))
    items = item_rows(figures)
    assert [row.item for row in items] == list(range(1, 13))
    assert items[0].direction is Direction.LENIENT
    evidence = {
        "sessions": [
            {
                "session": f"v-{number}",
                "attempt": 1,
                "vignette": f"certification-{number}",
                "vignette_digest": "a",
                "key_digest": "b",
                "key_status": "ratified",
            }
            for number in range(8)
        ]
    }
    rows = vignette_rows(figures, evidence)
    assert [row.slug for row in rows] == [f"certification-{number}" for number in range(8)]
    assert not hasattr(rows[0], "reference_total")
    assert key_statuses(evidence) == {KeyStatus.RATIFIED}


def test_elements_to_work_on_come_from_gates_that_are_not_met() -> None:
    summary = summary_of(stored(decision_of(-2)))
    assert {8, 11, 12} <= set(summary.elements_to_work_on)
    assert summary_of(stored(decision_of(0))).elements_to_work_on == ()


def gate(kind: GateKind, **changes: Any) -> GateResult:
    plain = GateResult(
        gate=kind,
        status=GateStatus.MET,
        required=True,
        value=0.896,
        low=0.8,
        high=0.95,
        threshold=0.9,
        bound=None,
        n=96,
        reason=GateReason(GateReasonCode.REACHED, 8),
        source="A source.",
        sentence="A sentence.",
    )
    return replace(plain, **changes)


@pytest.mark.usefixtures("english")
def test_a_share_just_below_its_line_is_not_rounded_onto_it() -> None:
    result = gate(GateKind.WITHIN_ONE)
    assert gate_texts.figure(result.gate, result.value) == "89.6%"
    assert gate_texts.line_text(result) == "at least 90%"
    assert gate_texts.interval_text(result) == "80% to 95%"


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(
    ("kind", "value", "line", "text"),
    [
        (GateKind.SLOPE, 0.5964, 0.6, "0.596"),
        (GateKind.KAPPA, 0.5999, 0.6, "0.5999"),
        (GateKind.KAPPA, 0.6, 0.6, "0.60"),
        (GateKind.BIAS, 0.2504, 0.25, "+0.2504"),
        (GateKind.BIAS, -0.2504, 0.25, "−0.2504"),
        (GateKind.EXACT, 0.5996, 0.6, "59.96%"),
        (GateKind.GROSS, 0.0404, 0.04, "4.04%"),
        (GateKind.ITEMS, 1.004, 1.0, "1.004"),
    ],
)
def test_no_figure_is_rounded_onto_a_line_that_it_does_not_lie_on(
    kind: GateKind, value: float, line: float, text: str
) -> None:
    decided = summary_of(stored(decision_of(0)))
    on_the_edge = gate(kind, value=value, low=None, threshold=line)
    (shown,) = gate_texts.gate_texts(replace(decided, gates=(on_the_edge,)), NAMES)
    assert shown.value == text


@pytest.mark.usefixtures("english")
def test_the_ends_of_an_interval_are_not_rounded_onto_its_lines_either() -> None:
    kappa = gate(GateKind.KAPPA, low=0.3996, high=0.6004, threshold=0.6, bound=0.4)
    assert gate_texts.interval_text(kappa) == "0.3996 to 0.6004"


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(
    ("code", "said"),
    [
        (
            GateReasonCode.MISSED_WITHIN_ERROR,
            "The figure misses the line, and without an interval nobody can say how surely.",
        ),
        (
            GateReasonCode.BOUND_NOT_REACHED,
            "The figure reaches the line, but there is no interval, and this gate needs one.",
        ),
    ],
)
def test_what_has_no_interval_is_not_said_to_have_one(code: GateReasonCode, said: str) -> None:
    one_text = gate(GateKind.KAPPA, low=None, high=None, reason=GateReason(code, 1))
    assert gate_texts.reason_text(one_text, {}) == said


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(
    ("kind", "threshold", "bound", "text"),
    [
        (GateKind.EXACT, 0.6, None, "at least 60%"),
        (GateKind.WITHIN_ONE, 0.9, 0.8, "at least 90%, lower end at least 80%"),
        (GateKind.GROSS, 0.04, None, "at most 4%"),
        (GateKind.GROSS, 0.04, 0.1, "at most 4%, upper end at most 10%"),
        (GateKind.BIAS, 0.25, 0.5, "within ±0.25, interval within ±0.50"),
        (GateKind.ITEMS, 1.0, None, "at most 1.00"),
        (GateKind.KAPPA, 0.6, 0.4, "at least 0.60, lower end at least 0.40"),
        (GateKind.CRITICAL, 1 / 24, None, "at most 4.2%"),
    ],
)
def test_lines_in_words(kind: GateKind, threshold: float, bound: float | None, text: str) -> None:
    assert gate_texts.line_text(gate(kind, threshold=threshold, bound=bound)) == text


@pytest.mark.usefixtures("english")
def test_a_lean_has_its_sign() -> None:
    assert gate_texts.figure(GateKind.BIAS, -0.25) == "−0.25"
    assert gate_texts.figure(GateKind.BIAS, 0.25) == "+0.25"
    assert gate_texts.figure(GateKind.BIAS, None) == "–"
    assert gate_texts.figure(GateKind.ICC, -0.004) == "0.00"
    assert gate_texts.figure(GateKind.ICC, -0.17) == "−0.17"
    assert gate_texts.interval_text(gate(GateKind.BIAS, low=None)) == "–"


@pytest.mark.usefixtures("english")
def test_reasons_in_words() -> None:
    over = GateReason(GateReasonCode.CLEARLY_MISSED, 8, items=(3, 5))
    text = gate_texts.reason_text(gate(GateKind.ITEMS, reason=over), NAMES)
    assert text.endswith("Beyond the line: 3 Open-ended questions; 5.")
    few = GateReason(GateReasonCode.TOO_FEW_VIGNETTES, 8, needed=15)
    text = gate_texts.reason_text(gate(GateKind.ICC, reason=few), NAMES)
    assert text == "This gate decides from 15 texts on; there are 8."
    flat = GateReason(GateReasonCode.NOT_COMPUTABLE, 8, undefined=Reason.NO_VARIANCE)
    text = gate_texts.reason_text(gate(GateKind.SLOPE, reason=flat), NAMES)
    assert text == (
        "The figure cannot be computed. The ratings do not vary, so there is nothing to relate."
    )


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize("code", GateReasonCode)
@pytest.mark.parametrize("kind", GateKind)
def test_every_gate_and_reason_has_words(kind: GateKind, code: GateReasonCode) -> None:
    reason = GateReason(code, 8, needed=15)
    assert gate_texts.reason_text(gate(kind, reason=reason), {}).endswith(".")
    assert gate_texts.line_text(gate(kind))
    for table in (gate_texts.GATE_NAMES, gate_texts.MEASURES, gate_texts.ADVICE):
        assert str(table[kind])


def test_every_outcome_status_act_and_reason_has_words() -> None:
    assert set(gate_texts.OUTCOMES) == set(gate_texts.OUTCOME_TONES) == set(Outcome)
    assert set(gate_texts.OUTCOME_REASONS) == set(OutcomeReason)
    assert set(gate_texts.STATUSES) == set(gate_texts.SYMBOLS) == set(gate_texts.TONES)
    assert set(gate_texts.STATUSES) == set(GateStatus)
    assert set(gate_texts.UNDEFINED) == set(Reason)
    assert set(gate_texts.ACTS) == set(ReviewAct)
    assert set(gate_texts.DIRECTIONS) == set(Direction)
    assert set(gate_texts.KEY_STATUSES) == set(KeyStatus)


@pytest.mark.usefixtures("english")
def test_pictures_hold_the_line_on_both_sides_of_a_lean() -> None:
    summary = summary_of(stored(decision_of(0)))
    texts = {text.result.gate: text for text in gate_texts.gate_texts(summary, NAMES)}
    assert texts[GateKind.BIAS].picture.thresholds == (-0.25, 0.25)
    assert texts[GateKind.EXACT].picture.thresholds == (0.6,)
    assert texts[GateKind.EXACT].picture.tone == "good"
    assert not texts[GateKind.EXACT].needs_work


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(
    ("share", "said"),
    [(0.0, "0"), (0.001, "fewer than 1"), (0.5, "50"), (0.999, "more than 99"), (1.0, "100")],
)
def test_hardly_any_is_not_called_none_and_nearly_all_not_all(share: float, said: str) -> None:
    assert workbench_texts.of_hundred(share) == said


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(
    ("status", "symbol", "tone", "needs_work"),
    [
        (GateStatus.MET, "✓", "good", False),
        (GateStatus.NOT_MET, "✗", "bad", True),
        (GateStatus.UNCLEAR, "?", "warm", True),
        (GateStatus.NOT_APPLICABLE, "–", "", False),
    ],
)
def test_how_a_gate_ended_is_a_word_a_sign_and_a_tone(
    status: GateStatus, symbol: str, tone: str, needs_work: bool
) -> None:
    decided = summary_of(stored(decision_of(0)))
    summary = replace(decided, gates=(gate(GateKind.SLOPE, status=status),))
    (text,) = gate_texts.gate_texts(summary, NAMES)
    assert (text.symbol, text.picture.tone, text.margin.tone) == (symbol, tone, tone)
    assert (text.tone, text.needs_work) == (f"tag-{tone}" if tone else "", needs_work)
    assert (text.value, text.interval, text.line) == ("0.896", "0.80 to 0.95", "at least 0.90")


@pytest.mark.usefixtures("english")
def test_elements_on_a_line_that_is_reached_are_no_reproach() -> None:
    reached = GateReason(GateReasonCode.REACHED, 8, items=(3,))
    text = gate_texts.reason_text(gate(GateKind.ITEMS, reason=reached), NAMES)
    assert text == "The line is reached."


def flag(kind: FlagKind, **changes: Any) -> Flag:
    return replace(Flag(kind, ("one", "two"), 7, 24, 2.0), **changes)


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(
    ("raised", "said"),
    [
        (
            flag(FlagKind.READING_TIME, count=1200, of=1200, limit=2.4, minutes=0.96),
            "1200 words were before the rater for 1.0 minutes at most; at 500 words a minute, "
            "faster than anybody reads with understanding, they take 2.4.",
        ),
        (
            flag(FlagKind.READING_TIME_TOGETHER, count=9600, of=9600, limit=19.2, minutes=0.0),
            "9600 words were before the rater for 0.0 minutes at most; at 500 words a minute, "
            "faster than anybody reads with understanding, they take 19.2.",
        ),
        (
            flag(FlagKind.SAME_SCORE, count=12, of=12, score=0),
            "All 12 elements that were scored have a 0, and the consensus does not.",
        ),
        (
            flag(FlagKind.EVIDENCE_MISSING),
            "7 of 24 scores that say something was done point to no evidence.",
        ),
        (
            flag(FlagKind.SHARED_ANSWERS, differences=2, person="o"),
            "7 answers are the same and unexpected of either, among 24 that both gave; they "
            "differ in 2. Compared with Otto.",
        ),
        (
            flag(FlagKind.SHARED_ANSWERS, count=1, differences=0, person="gone"),
            "1 answer is the same and unexpected of either, among 24 that both gave; they "
            "differ in 0. Compared with somebody whose account is gone.",
        ),
    ],
)
def test_what_a_flag_says(raised: Flag, said: str) -> None:
    (text,) = flag_texts.flag_texts([raised], {"one": "The first story"}, {"o": "Otto"})
    (finding,) = text.findings
    assert finding.text == said
    assert finding.vignettes == ("The first story", "two")
    assert text.name
    assert text.innocent.endswith(".")


@pytest.mark.usefixtures("english")
def test_flags_of_a_kind_stand_together_in_the_order_they_were_raised() -> None:
    raised = [
        flag(FlagKind.SAME_SCORE, score=3),
        flag(FlagKind.EVIDENCE_MISSING),
        flag(FlagKind.SAME_SCORE, score=4),
    ]
    found = flag_texts.flag_texts(raised, {}, {})
    assert [(text.name, len(text.findings)) for text in found] == [
        ("One score down the page", 2),
        ("Evidence missing", 1),
    ]
    assert ["have a 3" in one.text for one in found[0].findings] == [True, False]
    assert flag_texts.flag_texts([], {}, {}) == ()


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("form.vignettes", "Write a whole number, 2 or more."),
        ("attempts.maximum", "Write a whole number, 1 or more."),
        ("totals.within_share_of_range", "Write a share as 0.6, from 0 to 1."),
        ("exact.at_least", "Write a share as 0.6, from 0 to 1."),
        ("gross.upper_bound_at_most", "Write a share as 0.6, from 0 to 1."),
        ("kappa.at_least", "Write a number from −1 to 1, such as 0.6."),
        ("halo.lower_bound_at_least", "Write a number from −1 to 2, such as 0.6."),
        ("bias.at_most", "Write points above 0, such as 0.25."),
        ("items.at_most", "Write points above 0, such as 0.25."),
        ("bias.interval_within", "Write points above 0, such as 0.25."),
        ("critical.misses", "Write a whole number, 0 or more."),
        ("charm.at_least", "in a program's words"),
    ],
)
def test_a_value_that_is_refused_is_answered_with_how_to_write_it(name: str, said: str) -> None:
    fault = ChangeFault(name, "in a program's words", "less_than")
    assert workbench_texts.fault_text(fault) == said
    assert workbench_texts.fault_text(replace(fault, code="")) == "in a program's words"


@pytest.mark.usefixtures("english")
def test_changes_are_told_with_what_stood_there_before() -> None:
    standard = small_pack().standards[STANDARD]
    words = workbench_texts.changes_in_words(
        standard,
        {
            "exact.at_least": "0.7",
            "exact.lower_bound_at_least": "0.5",
            "within_one.lower_bound_at_least": "",
            "attempts.pooled": "no",
            "gone.at_least": "1",
        },
    )
    assert [(one.label, one.before, one.after) for one in words] == [
        ("Same rating: At least", "0.6", "0.7"),
        ("Same rating: Lower end of the interval at least", "none", "0.5"),
        ("Within one point: Lower end of the interval at least", "0.8", "none"),
        ("Earlier attempts count too (evidence is pooled)", "yes", "no"),
        ("gone.at_least", "none", "1"),
    ]


@pytest.mark.parametrize(("done", "percent"), [(0, 0), (1, 0), (150, 50), (299, 99), (300, 100)])
def test_a_run_is_not_said_to_be_whole_before_it_is(done: int, percent: int) -> None:
    assert SimulationRun(steps=300, steps_done=done).percent == percent
