"""The standard document: the shipped one is sound, and every fault is named at once."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from tests.certification.level_plan import LEVEL_PLAN, shipped_document, shipped_standard
from training.certification.judging.gate_documents import AtLeastGate, CriticalGate, GateKind
from training.certification.judging.standard import Standard, Stratum, VersionRange, faults


def gate_of(document: dict[str, Any], kind: str) -> dict[str, Any]:
    return next(gate for gate in document["gates"] if gate["kind"] == kind)


class TestShipped:
    def test_it_has_no_faults(self) -> None:
        assert faults(shipped_document()) == []

    def test_it_says_that_it_is_provisional(self) -> None:
        assert shipped_standard().provisional

    def test_it_has_every_gate_each_with_source_and_sentence(self) -> None:
        standard = shipped_standard()
        assert {gate.kind for gate in standard.gates} == set(GateKind)
        for gate in standard.gates:
            assert len(gate.source) > 20, gate.kind
            assert gate.sentence.endswith("."), gate.kind

    def test_it_asks_for_all_ten_modules_and_practice(self) -> None:
        prerequisites = shipped_standard().prerequisites
        assert len(set(prerequisites.modules)) == 10
        assert prerequisites.practice_vignettes == 4

    def test_attempts_are_limited_and_pooled(self) -> None:
        attempts = shipped_standard().attempts
        assert (attempts.maximum, attempts.within_months, attempts.cooling_off_days) == (3, 12, 14)
        assert attempts.pooled

    def test_bounds_are_one_sided_95_percent(self) -> None:
        assert shipped_standard().confidence == 0.90

    def test_its_claims_are_modest(self) -> None:
        statement = shipped_standard().statement
        assert "does not say that they practise Open Dialogue" in statement
        assert "endorses" in statement

    def test_the_shipped_vignettes_fill_its_strata(self) -> None:
        standard = shipped_standard()
        means = np.nanmean(LEVEL_PLAN, axis=1)
        for stratum in standard.form.strata:
            assert sum(stratum.holds(mean) for mean in means) >= stratum.at_least, stratum.name
        for mean in means:
            assert sum(stratum.holds(mean) for stratum in standard.form.strata) == 1

    def test_it_cannot_be_changed(self) -> None:
        with pytest.raises(ValidationError):
            shipped_standard().validity_months = 24

    def test_its_canonical_form_reads_back(self) -> None:
        standard = shipped_standard()
        assert Standard.model_validate_json(standard.model_dump_json()) == standard


def test_gates_are_found_by_kind() -> None:
    gate = shipped_standard().find_gate(GateKind.WITHIN_ONE)
    assert isinstance(gate, AtLeastGate)
    assert (gate.at_least, gate.lower_bound_at_least) == (0.90, 0.80)
    document = shipped_document()
    document["gates"] = [gate_of(document, "exact")]
    standard = Standard.model_validate(document)
    assert standard.find_gate(GateKind.ICC) is None
    assert standard.total_tolerance == 0.10


@pytest.mark.parametrize(
    ("vignettes", "allowed"), [(3, 1), (8, 1), (12, 1), (15, 1), (16, 2), (24, 3), (36, 4)]
)
def test_the_allowance_of_critical_misses_grows_with_the_evidence(
    vignettes: int, allowed: int
) -> None:
    gate = shipped_standard().find_gate(GateKind.CRITICAL)
    assert isinstance(gate, CriticalGate)
    assert gate.allowed_misses(vignettes) == allowed


def test_a_stratum_takes_its_lower_end_and_not_its_upper() -> None:
    mixed = Stratum(name="mixed", mean_from=1.5, mean_below=3.0, at_least=1)
    assert [mixed.holds(mean) for mean in (1.49, 1.5, 2.99, 3.0)] == [False, True, True, False]


class TestFaults:
    def test_all_at_once_each_with_its_field(self) -> None:
        document = shipped_document()
        document["slug"] = "Not A Slug"
        document["validity_months"] = 0
        document["threshold"] = 0.8
        del document["title"]
        gate_of(document, "exact")["at_least"] = "many"
        del gate_of(document, "bias")["source"]
        found = {fault.field: fault.message for fault in faults(document)}
        assert set(found) == {
            "slug",
            "validity_months",
            "threshold",
            "title",
            "gates.0.exact.at_least",
            "gates.3.bias.source",
        }
        assert found["title"] == "Field required"

    @pytest.mark.parametrize(
        ("part", "field", "value", "message"),
        [
            ("within_one", "lower_bound_at_least", 0.95, "is above at_least 0.9"),
            ("within_one", "at_least", float("nan"), "finite number"),
            ("exact", "at_most", 0.5, "Extra inputs are not permitted"),
            ("gross", "upper_bound_at_most", 0.01, "is below at_most 0.04"),
            ("gross", "at_most", 1.2, "less than or equal to 1"),
            ("exact", "at_least", 1.5, "is 1.5, and the figure is never below 0 or above 1"),
            ("exact", "at_least", -0.1, "is -0.1, and the figure is never below 0 or above 1"),
            ("within_one", "lower_bound_at_least", -0.1, "never below 0 or above 1"),
            ("kappa", "at_least", 1.01, "is 1.01, and the figure is never below -1 or above 1"),
            ("kappa", "at_least", 1.00000001, "is 1.00000001, and the figure is never"),
            ("bias", "interval_within", 0.1, "is narrower than at_most 0.25"),
            ("bias", "at_most", 0.0, "greater than 0"),
            ("items", "item_vignettes", 0, "greater than or equal to 1"),
            ("critical", "items", [], "at least 1 item"),
            ("critical", "items", [0], "greater than or equal to 1"),
            ("totals", "sentence", "  ", "at least 1 character"),
            ("exact", "minimum_vignettes", 9, "needs 9 vignettes and a form starts with 8"),
        ],
    )
    def test_of_gates(self, part: str, field: str, value: Any, message: str) -> None:
        document = shipped_document()
        gate_of(document, part)[field] = value
        (fault,) = faults(document)
        assert message in fault.message

    def test_slopes_may_exceed_1(self) -> None:
        document = shipped_document()
        for kind in ("slope", "halo"):
            gate_of(document, kind)["at_least"] = 1.2
        assert faults(document) == []

    def test_of_a_gate_nobody_knows(self) -> None:
        document = shipped_document()
        document["gates"].append({"kind": "charm", "at_least": 0.5, "source": "a", "sentence": "b"})
        (fault,) = faults(document)
        assert fault.field == "gates.12"
        assert "charm" in fault.message

    def test_of_a_gate_named_twice(self) -> None:
        document = shipped_document()
        document["gates"].append(dict(gate_of(document, "bias")))
        (fault,) = faults(document)
        assert (fault.field, fault.message) == ("", "gates names bias more than once")

    def test_of_gates_that_nothing_has_to_meet(self) -> None:
        document = shipped_document()
        for gate in document["gates"]:
            gate["required"] = False
        (fault,) = faults(document)
        assert "no required gate" in fault.message

    @pytest.mark.parametrize(
        ("form", "message"),
        [
            ({"maximum": 6}, "maximum 6 is below vignettes 8"),
            ({"step": 3}, "steps of 3 do not lead to the maximum 12"),
            ({"vignettes": 4, "maximum": 4}, "the strata ask for more than 4 vignettes"),
            ({"vignettes": 1}, "greater than or equal to 2"),
        ],
    )
    def test_of_the_form(self, form: dict[str, int], message: str) -> None:
        document = shipped_document()
        document["form"] |= form
        assert any(message in fault.message for fault in faults(document))

    @pytest.mark.parametrize("confidence", [0.5, 1.0, 95])
    def test_of_the_confidence(self, confidence: float) -> None:
        document = shipped_document() | {"confidence": confidence}
        assert [fault.field for fault in faults(document)] == ["confidence"]

    @pytest.mark.parametrize(
        ("field", "value", "message"),
        [
            ("instrument_versions", {"at_least": "2.0", "below": "2"}, "no version is at least"),
            ("instrument_versions", {"at_least": "two"}, "should match pattern"),
            ("instrument_versions", {"below": "2.0"}, "Field required"),
            ("intervals", "leave-one-rating-out", "'leave-one-vignette-out'"),
            ("signed_by", "rater", "'certifier'"),
        ],
    )
    def test_of_versions_intervals_and_signatories(
        self, field: str, value: Any, message: str
    ) -> None:
        (fault,) = faults(shipped_document() | {field: value})
        assert message in fault.message

    def test_of_a_stratum_that_no_mean_lies_in(self) -> None:
        document = shipped_document()
        document["form"]["strata"][1] |= {"mean_from": 3.0, "mean_below": 3.0}
        (fault,) = faults(document)
        assert fault.message == "no mean is from 3.0 and below 3.0"

    @pytest.mark.parametrize("number", [0, 3, "two", None])
    def test_of_the_signatures(self, number: object) -> None:
        document = shipped_document() | {"signatures": number}
        assert [fault.field for fault in faults(document)] == ["signatures"]

    def test_one_or_two_signatures_are_none(self) -> None:
        for number in (1, 2):
            assert faults(shipped_document() | {"signatures": number}) == []

    def test_of_an_empty_document(self) -> None:
        missing = {fault.field for fault in faults({})}
        assert {"slug", "gates", "form", "attempts", "signatures"} <= missing


class TestLimits:
    """What is just allowed, next to what is refused above."""

    @pytest.mark.parametrize(
        ("kind", "changes"),
        [
            ("within_one", {"at_least": 0.8, "lower_bound_at_least": 0.8}),
            ("exact", {"at_least": 0.0}),
            ("exact", {"at_least": 1.0, "lower_bound_at_least": 0.0}),
            ("kappa", {"at_least": -1.0, "lower_bound_at_least": -1.0}),
            ("icc", {"at_least": 1.0}),
            ("slope", {"at_least": 2.0, "lower_bound_at_least": -1.0}),
            ("gross", {"at_most": 0.05, "upper_bound_at_most": 0.05}),
            ("gross", {"at_most": 0.0, "upper_bound_at_most": 1.0}),
            ("rateability", {"at_most": 1.0}),
            ("bias", {"at_most": 0.5, "interval_within": 0.5}),
            ("totals", {"at_least": 1.0, "within_share_of_range": 0.0}),
            ("critical", {"misses": 0, "per_vignettes": 1, "items": [1]}),
            ("exact", {"minimum_vignettes": 8}),
            ("kappa", {"minimum_vignettes": 9}),
        ],
    )
    def test_of_gates(self, kind: str, changes: dict[str, Any]) -> None:
        document = shipped_document()
        gate_of(document, kind).update(changes)
        assert faults(document) == []

    @pytest.mark.parametrize(
        ("kind", "field", "value"),
        [
            ("slope", "at_least", 2.01),
            ("halo", "lower_bound_at_least", -1.01),
            ("kappa", "lower_bound_at_least", -1.01),
            ("icc", "at_least", 1.01),
            ("within_one", "at_least", float("inf")),
            ("gross", "at_most", -0.01),
            ("gross", "upper_bound_at_most", 1.01),
            ("totals", "within_share_of_range", 1.01),
            ("items", "at_most", 0.0),
            ("critical", "misses", -1),
            ("critical", "per_vignettes", 0),
            ("critical", "items", [8, 0]),
            ("exact", "minimum_vignettes", 0),
        ],
    )
    def test_one_step_beyond_is_a_fault_at_its_field(
        self, kind: str, field: str, value: Any
    ) -> None:
        document = shipped_document()
        gate_of(document, kind)[field] = value
        assert [kind in fault.field and field in fault.field for fault in faults(document)] == [
            True
        ]

    @pytest.mark.parametrize(
        "form",
        [
            {"maximum": 8},
            {"step": 4},
            {"step": 1},
            {"vignettes": 6, "maximum": 6, "step": 5},  # the strata ask for six of six
        ],
    )
    def test_of_the_form(self, form: dict[str, int]) -> None:
        document = shipped_document()
        document["form"] |= form
        assert faults(document) == []

    @pytest.mark.parametrize(
        ("field", "value", "is_allowed"),
        [
            ("window_days", 1, True),
            ("window_days", 0, False),
            ("window_days", 3650, True),
            ("window_days", 3651, False),
            ("window_days", None, True),
            ("appeal_days", 1, True),
            ("appeal_days", 0, False),
            ("appeal_days", 3651, False),
            ("appeal_days", None, False),
            ("cooling_off_days", 0, True),
            ("cooling_off_days", -1, False),
            ("remediation_practice", 0, True),
            ("remediation_practice", -1, False),
            ("maximum", 0, False),
            ("within_months", 0, False),
        ],
    )
    def test_of_attempts(self, field: str, value: int | None, is_allowed: bool) -> None:
        document = shipped_document()
        document["attempts"][field] = value
        expected = [] if is_allowed else [f"attempts.{field}"]
        assert [fault.field for fault in faults(document)] == expected

    @pytest.mark.parametrize("confidence", [0.5001, 0.9999])
    def test_of_the_confidence(self, confidence: float) -> None:
        assert faults(shipped_document() | {"confidence": confidence}) == []


class TestWhatIsReadFromGates:
    def test_the_tolerance_of_totals_is_that_of_their_gate(self) -> None:
        document = shipped_document()
        gate_of(document, "totals")["within_share_of_range"] = 0.25
        assert Standard.model_validate(document).total_tolerance == 0.25

    def test_without_a_gate_on_critical_items_none_is_critical(self) -> None:
        document = shipped_document()
        assert Standard.model_validate(document).critical_items == (8, 11, 12)
        document["gates"].remove(gate_of(document, "critical"))
        assert Standard.model_validate(document).critical_items == ()

    def test_no_miss_allowed_stays_none_however_long_the_record(self) -> None:
        document = shipped_document()
        gate_of(document, "critical").update(misses=0, per_vignettes=1)
        gate = Standard.model_validate(document).find_gate(GateKind.CRITICAL)
        assert isinstance(gate, CriticalGate)
        assert [gate.allowed_misses(vignettes) for vignettes in (0, 1, 40)] == [0, 0, 0]

    def test_a_stratum_without_ends_holds_every_mean(self) -> None:
        everything = Stratum(name="any", at_least=1)
        assert all(everything.holds(mean) for mean in (0.0, 2.0, 4.0))
        below, above = (
            Stratum(name="below", mean_below=1.5, at_least=1),
            Stratum(name="above", mean_from=3.0, at_least=1),
        )
        assert [below.holds(mean) for mean in (0.0, 1.49, 1.5)] == [True, True, False]
        assert [above.holds(mean) for mean in (2.99, 3.0, 4.0)] == [False, True, True]


def test_the_usual_time_to_appeal_is_not_written_so_that_old_standards_keep_their_digest() -> None:
    document = shipped_document()
    assert "appeal_days" not in Standard.model_validate(document).model_dump()["attempts"]
    document["attempts"]["appeal_days"] = 60
    usual = Standard.model_validate(document)
    assert "appeal_days" not in usual.model_dump(mode="json")["attempts"]
    assert usual.attempts.appeal_days == 60
    document["attempts"]["appeal_days"] = 61
    longer = Standard.model_validate(document).model_dump(mode="json")
    assert longer["attempts"]["appeal_days"] == 61
    assert Standard.model_validate(longer).attempts.appeal_days == 61


class TestVersionRange:
    def test_it_says_what_it_holds(self) -> None:
        assert str(VersionRange(at_least="1.0", below="2.0")) == "1.0 up to, not including, 2.0"
        assert str(VersionRange(at_least="1.2")) == "1.2 and later"

    def test_a_version_just_below_the_end_is_the_smallest_range(self) -> None:
        range_of_one = VersionRange(at_least="1.9.9", below="1.9.10")
        assert range_of_one.holds("1.9.9.0")
        assert not range_of_one.holds("1.9.10")
        with pytest.raises(ValidationError, match="no version is at least"):
            VersionRange(at_least="1.9.10", below="1.9.9")

    @pytest.mark.parametrize(
        ("version", "is_held"),
        [
            ("0.9", False),
            ("1", True),
            ("1.0", True),
            ("1.0.1", True),
            ("1.10", True),
            ("1.9.9", True),
            ("2", False),
            ("2.0.0", False),
            ("10.0", False),
        ],
    )
    def test_versions_are_compared_number_by_number(self, version: str, is_held: bool) -> None:
        versions = VersionRange(at_least="1.0", below="2.0")
        assert versions.holds(version) is is_held

    def test_a_range_may_be_open_above(self) -> None:
        assert VersionRange(at_least="1.2").holds("17.0")
        assert not VersionRange(at_least="1.2").holds("1.1.9")

    def test_documents_from_before_there_were_versions_are_read(self) -> None:
        document = shipped_document()
        for field in ("instrument_versions", "intervals", "signed_by"):
            del document[field]
        assert faults(document) == []
        assert Standard.model_validate(document).instrument_versions is None
