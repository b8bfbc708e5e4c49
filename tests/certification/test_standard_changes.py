"""Changing a standard to try it: what can be changed, and every fault at its name."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.certification.level_plan import shipped_standard
from training.certification.judging.standard import GateKind, Standard
from training.certification.simulation.standard_changes import (
    ChangeFault,
    changed,
    differences,
    values_of,
)

STANDARD = shipped_standard()


def change(**changes: str) -> Standard:
    """Names with two underscores for the dot."""
    found, faults = changed(STANDARD, {name.replace("__", "."): v for name, v in changes.items()})
    assert faults == []
    assert found is not None
    return found


def faults_of(**changes: str) -> list[ChangeFault]:
    found, faults = changed(STANDARD, {name.replace("__", "."): v for name, v in changes.items()})
    assert found is None
    return faults


class TestValues:
    def test_all_that_can_be_changed_is_named_as_it_is(self) -> None:
        values = values_of(STANDARD)
        assert values["gross.at_most"] == "0.04"
        assert values["within_one.lower_bound_at_least"] == "0.8"
        assert values["exact.lower_bound_at_least"] == ""
        assert values["form.maximum"] == "12"
        assert values["attempts.pooled"] == "yes"
        assert values["confidence"] == "0.9"
        assert all(values[f"{kind.value}.used"] == "yes" for kind in GateKind)

    def test_setting_everything_to_what_it_is_changes_nothing(self) -> None:
        found, faults = changed(STANDARD, values_of(STANDARD))
        assert faults == []
        assert found == STANDARD
        assert differences(STANDARD, STANDARD) == {}


class TestChanges:
    def test_of_thresholds_form_attempts_and_pooling(self) -> None:
        found = change(
            gross__at_most=".05",
            form__vignettes="10",
            form__maximum="14",
            attempts__maximum="2",
            attempts__pooled="no",
            confidence="0.95",
        )
        assert (found.form.vignettes, found.form.maximum, found.form.step) == (10, 14, 2)
        assert (found.attempts.maximum, found.attempts.pooled) == (2, False)
        assert differences(STANDARD, found) == {
            "form.vignettes": ("8", "10"),
            "form.maximum": ("12", "14"),
            "attempts.maximum": ("3", "2"),
            "attempts.pooled": ("yes", "no"),
            "confidence": ("0.9", "0.95"),
            "gross.at_most": ("0.04", "0.05"),
        }

    def test_a_bound_can_be_taken_away_and_added(self) -> None:
        found = change(within_one__lower_bound_at_least="", exact__lower_bound_at_least="0.5")
        assert differences(STANDARD, found) == {
            "exact.lower_bound_at_least": ("", "0.5"),
            "within_one.lower_bound_at_least": ("0.8", ""),
        }

    def test_a_gate_can_be_left_out(self) -> None:
        found = change(halo__used="no", kappa__used="No")
        assert found.find_gate(GateKind.HALO) is None
        assert differences(STANDARD, found) == {
            "halo.used": ("yes", "no"),
            "kappa.used": ("yes", "no"),
        }

    def test_the_standard_itself_is_left_as_it_is(self) -> None:
        change(gross__at_most="0.5")
        assert shipped_standard() == STANDARD


class TestFaults:
    def test_all_are_told_at_once_each_at_its_name(self) -> None:
        found = faults_of(
            gross__at_most="1.5",
            bias__interval_within="0.1",
            within_one__lower_bound_at_least="0.95",
            exact__at_least="many",
            attempts__pooled="perhaps",
            form__step="3",
            charm__at_least="1",
        )
        names = {fault.name for fault in found}
        assert names == {
            "gross.at_most",
            "bias",
            "within_one",
            "exact.at_least",
            "attempts.pooled",
            "form",
            "charm.at_least",
        }

    @pytest.mark.parametrize(
        ("name", "text"),
        [
            ("exact.at_least", "nan"),
            ("exact.at_least", "inf"),
            ("exact.at_least", "1e3"),
            ("exact.at_least", "0,6"),
            ("exact.at_least", ""),
            ("exact.at_least", "٣"),
            ("exact.at_least", "1" * 5000),
            ("form.vignettes", "8.5"),
            ("form.vignettes", "-8"),
            ("form.vignettes", "0"),
            ("attempts.maximum", "0"),
            ("items.item_vignettes", "5.5"),
            ("confidence", "1"),
            ("critical.items", "1"),
            ("slug", "other"),
            ("keys.authored_allowed", "no"),
            ("gross.used", "maybe"),
            ("", "1"),
        ],
    )
    def test_of_hostile_values(self, name: str, text: str) -> None:
        found, faults = changed(STANDARD, {name: text})
        assert found is None
        assert name in {fault.name for fault in faults}

    def test_of_what_nobody_would_sit_through(self) -> None:
        (fault,) = faults_of(form__maximum="1008")
        assert str(fault) == "form.maximum: is 1008, at most 40 can be tried"
        (fault,) = faults_of(attempts__maximum="7")
        assert fault.name == "attempts.maximum"

    def test_of_leaving_out_every_gate(self) -> None:
        found = faults_of(**{f"{kind.value}__used": "no" for kind in GateKind})
        assert [fault.name for fault in found] == ["gates"]

    def test_of_leaving_out_every_required_gate(self) -> None:
        required = [gate.kind.value for gate in STANDARD.gates if gate.required]
        (fault,) = faults_of(**{f"{kind}__used": "no" for kind in required})
        assert "no required gate" in str(fault)

    @settings(max_examples=100, deadline=None)
    @given(st.dictionaries(st.sampled_from(sorted(values_of(STANDARD))), st.text(max_size=8)))
    def test_whatever_is_written_is_a_standard_or_named_faults(
        self, changes: dict[str, str]
    ) -> None:
        found, faults = changed(STANDARD, changes)
        assert (found is None) == bool(faults)
        assert all(fault.message for fault in faults)
