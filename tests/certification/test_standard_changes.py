"""Changing a standard to try it: what can be changed, and every fault at its name."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.certification.level_plan import shipped_standard
from training.certification.judging.gate_documents import GateKind
from training.certification.judging.standard import Standard
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

    def test_a_line_of_many_digits_is_told_and_set_to_the_last(self) -> None:
        exact = STANDARD.find_gate(GateKind.EXACT)
        assert exact is not None
        for line, text in (
            (1 / 24, "0.041666666666666664"),
            (0.00001, "0.00001"),
            (0.612345678, "0.612345678"),
        ):
            odd = exact.model_copy(update={"at_least": line})
            standard = STANDARD.model_copy(update={"gates": (odd,)})
            assert values_of(standard)["exact.at_least"] == text
            assert changed(standard, values_of(standard)) == (standard, [])


class TestChanges:
    def test_however_small_a_change_is_it_is_told_as_it_was_made(self) -> None:
        for name, before, after in (
            ("exact.at_least", "0.6", "0.612345678"),
            ("gross.at_most", "0.04", "0.04000001"),
        ):
            found, faults = changed(STANDARD, {name: after})
            assert faults == []
            assert found is not None
            assert differences(STANDARD, found) == {name: (before, after)}

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
        (fault,) = faults_of(attempts__maximum="1234567")
        assert str(fault) == "attempts.maximum: is 1234567, at most 6 can be tried"

    def test_of_leaving_out_every_gate(self) -> None:
        found = faults_of(**{f"{kind.value}__used": "no" for kind in GateKind})
        assert [fault.name for fault in found] == ["gates"]

    def test_of_leaving_out_every_required_gate(self) -> None:
        required = [gate.kind.value for gate in STANDARD.gates if gate.required]
        (fault,) = faults_of(**{f"{kind}__used": "no" for kind in required})
        assert "no required gate" in str(fault)

    @settings(max_examples=100)
    @given(st.dictionaries(st.sampled_from(sorted(values_of(STANDARD))), st.text(max_size=8)))
    def test_whatever_is_written_is_a_standard_or_named_faults(
        self, changes: dict[str, str]
    ) -> None:
        found, faults = changed(STANDARD, changes)
        assert (found is None) == bool(faults)
        assert all(fault.message for fault in faults)

    def test_a_gate_is_named_rightly_when_one_before_it_is_left_out(self) -> None:
        found = faults_of(exact__used="no", gross__at_most="1.5", bias__interval_within="0.1")
        assert {fault.name for fault in found} == {"gross.at_most", "bias"}

    def test_a_bad_value_of_a_gate_that_is_left_out_is_nobodys_trouble(self) -> None:
        found = change(gross__at_most="1.5", gross__used="no")
        assert found.find_gate(GateKind.GROSS) is None
        (fault,) = faults_of(gross__at_most="many", gross__used="no")
        assert str(fault) == "gross.at_most: 'many' is no number; write one such as 8 or 0.25"

    def test_what_the_document_says_in_its_own_words_has_no_code(self) -> None:
        """A page puts its own sentence where there is a code, and shows the message elsewhere."""
        (fault,) = faults_of(gross__at_most="2")
        assert (fault.name, fault.code) == ("gross.at_most", "less_than_equal")
        (fault,) = faults_of(bias__interval_within="0.1")
        assert (fault.name, fault.code) == ("bias", "")
        assert fault.message == "interval_within 0.1 is narrower than at_most 0.25"
        (fault,) = faults_of(attempts__pooled="perhaps")
        assert (fault.code, fault.message) == ("", "'perhaps' is neither yes nor no")

    def test_a_name_that_is_not_there_is_told_with_those_that_are(self) -> None:
        (fault,) = faults_of(exact__at_most="1")
        assert fault.message.startswith("there is nothing of this name to change; there are form.")
        assert fault.message.endswith(", icc.used")

    def test_a_long_text_is_told_by_its_beginning(self) -> None:
        (fault,) = faults_of(exact__at_least="x" * 41)
        assert fault.message.startswith(f"{'x' * 40 + '…'!r} is no number")
        (fault,) = faults_of(exact__at_least="x" * 40)
        assert fault.message.startswith(f"{'x' * 40!r} is no number")

    def test_one_of_the_standard_as_a_whole_has_no_name(self) -> None:
        assert str(ChangeFault("", "nothing decides")) == "nothing decides"


class TestWriting:
    """How a value may be written, on a command line or in a form."""

    @pytest.mark.parametrize("text", ["no", "No", " FALSE ", "0", "n", "off"])
    def test_no(self, text: str) -> None:
        found = change(attempts__pooled=text, halo__used=text)
        assert not found.attempts.pooled
        assert found.find_gate(GateKind.HALO) is None

    @pytest.mark.parametrize("text", ["yes", "Yes", " TRUE ", "1", "y", "on"])
    def test_yes(self, text: str) -> None:
        found = change(attempts__pooled=text, halo__used=text)
        assert found == STANDARD

    @pytest.mark.parametrize("text", ["10", "+10", " 10 ", "10.", "10.0", "0010"])
    def test_a_whole_number(self, text: str) -> None:
        assert change(form__vignettes=text).form.vignettes == 10

    @pytest.mark.parametrize("text", [".65", "0.65", "+0.65", "0.650"])
    def test_a_share(self, text: str) -> None:
        gate = change(exact__at_least=text).find_gate(GateKind.EXACT)
        assert gate is not None
        assert gate.model_dump()["at_least"] == 0.65

    def test_as_much_as_anybody_would_sit_through_can_be_tried(self) -> None:
        assert change(form__maximum="40").form.maximum == 40
        (fault,) = faults_of(form__step="3", form__maximum="41")
        assert fault.message == "is 41, at most 40 can be tried"
        assert change(attempts__maximum="6").attempts.maximum == 6
        (fault,) = faults_of(attempts__maximum="7")
        assert fault.message == "is 7, at most 6 can be tried"

    def test_every_field_of_every_gate_is_changed_where_it_stands(self) -> None:
        found = change(
            items__item_vignettes="6",
            items__at_most="1.5",
            totals__within_share_of_range="0.2",
            critical__misses="2",
            critical__per_vignettes="4",
            icc__minimum_vignettes="20",
            bias__interval_within="0.6",
        )
        assert differences(STANDARD, found) == {
            "bias.interval_within": ("0.5", "0.6"),
            "items.at_most": ("1", "1.5"),
            "items.item_vignettes": ("5", "6"),
            "totals.within_share_of_range": ("0.1", "0.2"),
            "critical.misses": ("1", "2"),
            "critical.per_vignettes": ("8", "4"),
            "icc.minimum_vignettes": ("15", "20"),
        }
        assert found.critical_items == STANDARD.critical_items
