"""What is frozen with a decision, to the letter: documents, their digests, and where two differ."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.certification.judging.circumstances import (
    Circumstances,
    EarlierAttempt,
    Honour,
    Times,
    circumstances_of,
    digest_of_wording,
)
from training.certification.judging.differences import SAME_WITHIN, differences
from training.certification.judging.engine_versions import as_written_by
from training.certification.judging.evidence import SessionEvidence, digest_of
from training.certification.judging.figures import instrument_digests, key_statuses, vignette_rows
from training.certification.judging.flags import Flag, FlagKind
from training.library.schema import KeyStatus
from training.psychometrics.intervals import JACKKNIFE, SIZE

NINE = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


class TestDifferences:
    @pytest.mark.parametrize(
        ("stored", "computed", "said"),
        [
            ({"a": 1}, {"a": 2}, ["figures.a: stored 1, computed 2"]),
            ({"a": 1}, {}, ["figures.a is only in what was stored"]),
            ({}, {"a": None}, ["figures.a is only in what was computed"]),
            ({"a": {"b": [1, 2]}}, {"a": {"b": [1, 3]}}, ["figures.a.b[1]: stored 2, computed 3"]),
            ([1, 2], [1], ["figures: stored [1, 2], computed [1]"]),
            ({"a": [{}]}, {"a": [[]]}, ["figures.a[0]: stored {}, computed []"]),
            ({"a": None}, {"a": 0}, ["figures.a: stored None, computed 0"]),
            ({"a": "met"}, {"a": "unclear"}, ["figures.a: stored 'met', computed 'unclear'"]),
            ({"a": "1"}, {"a": 1}, ["figures.a: stored '1', computed 1"]),
            ({"a": True}, {"a": 1}, ["figures.a: stored True, computed 1"]),
            ({"a": False}, {"a": 0.0}, ["figures.a: stored False, computed 0.0"]),
            ({"a": 1}, {"a": 1.0}, []),
            ({"a": None, "b": []}, {"b": [], "a": None}, []),
            ([], [], []),
        ],
    )
    def test_each_is_said_at_its_place(
        self, stored: object, computed: object, said: list[str]
    ) -> None:
        assert list(differences(stored, computed)) == said

    def test_all_are_said_in_the_order_of_their_names(self) -> None:
        stored = {"c": 1, "a": [1, {"z": 1}], "only": 0}
        computed = {"a": [2, {"z": 2}], "c": 2, "b": 0}
        assert list(differences(stored, computed, "gates")) == [
            "gates.a[0]: stored 1, computed 2",
            "gates.a[1].z: stored 1, computed 2",
            "gates.b is only in what was computed",
            "gates.c: stored 1, computed 2",
            "gates.only is only in what was stored",
        ]

    @pytest.mark.parametrize(
        ("stored", "apart", "is_same"),
        [
            (0.0, 0.9e-9, True),
            (0.0, 1.1e-9, False),
            (0.5, -0.9e-9, True),
            (0.5, -1.1e-9, False),
            (1e6, 0.9e-3, True),
            (1e6, 1.1e-3, False),
            (-1e6, 0.9e-3, True),
            (-1e6, -1.1e-3, False),
        ],
    )
    def test_the_last_bits_of_a_figure_are_no_difference(
        self, stored: float, apart: float, is_same: bool
    ) -> None:
        """A thousand-millionth: of 1 for small figures, of the figure itself for large ones."""
        assert SAME_WITHIN == 1e-9
        assert (list(differences(stored, stored + apart)) == []) is is_same

    @given(
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=3),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
            max_leaves=8,
        )
    )
    def test_nothing_differs_from_itself(self, document: Any) -> None:
        assert list(differences(document, json.loads(json.dumps(document)))) == []


class TestOlderEngines:
    SIZED: dict[str, Any] = {"method": SIZE, "value": 0.25, "low": 0.0, "high": 0.75, "n": 8}

    def test_the_interval_of_a_distance_was_as_long_below_as_above(self) -> None:
        written = as_written_by(
            "1.0", {"comparison": {"mae": self.SIZED, "per_item": [self.SIZED]}}
        )
        symmetric = {"method": JACKKNIFE, "value": 0.25, "low": -0.25, "high": 0.75, "n": 8}
        assert written == {
            "comparison": {"mae": symmetric, "per_item": [symmetric]},
            "engine_version": "1.0",
        }
        assert self.SIZED["low"] == 0.0  # what was given is left as it is

    def test_so_was_that_of_the_gate_on_items_and_of_no_other_gate(self) -> None:
        gates = [
            {"gate": name, "value": 0.5, "low": 0.0, "high": 1.25} for name in ("items", "gross")
        ]
        items, gross = as_written_by("1.0", {"gates": gates})["gates"]
        assert (items["low"], gross["low"]) == (-0.25, 0.0)

    @pytest.mark.parametrize("missing", ["value", "high"])
    def test_where_there_was_no_figure_there_was_no_end(self, missing: str) -> None:
        part = self.SIZED | {missing: None, "low": None}
        assert as_written_by("1.0", {"mae": part})["mae"]["low"] is None

    @pytest.mark.parametrize("version", ["1.1", "0.9", "99"])
    def test_other_versions_wrote_what_todays_does(self, version: str) -> None:
        figures = {"mae": self.SIZED, "engine_version": "1.1"}
        assert as_written_by(version, figures) == figures | {"engine_version": version}


class TestDigest:
    def test_it_is_that_of_the_documents_written_in_one_way(self) -> None:
        """So that anybody can compute it: names in order, no spaces, letters as they are."""
        figures, evidence = {"b": 1.5, "a": None}, {"title": "Ängste", "cells": [[1, 2]]}
        text = '[{"a":null,"b":1.5},{"cells":[[1,2]],"title":"Ängste"}]'
        assert digest_of(figures, evidence) == hashlib.sha256(text.encode("utf-8")).hexdigest()
        with_more = f'{text[:-1]},{{"flags":[]}}]'
        expected = hashlib.sha256(with_more.encode("utf-8")).hexdigest()
        assert digest_of(figures, evidence, {"flags": []}) == expected

    def test_circumstances_that_are_empty_are_not_circumstances_that_were_never_kept(self) -> None:
        assert digest_of({}, {}, {}) != digest_of({}, {})
        assert digest_of({}, {}) == hashlib.sha256(b"[{},{}]").hexdigest()

    def test_an_honour_statement_has_that_of_its_words(self) -> None:
        honour = Honour("ines", NINE, "Allein bewertet – ehrlich.")
        assert honour.digest == digest_of_wording("Allein bewertet – ehrlich.")
        assert digest_of_wording("") == hashlib.sha256(b"").hexdigest()


def session_evidence(**changes: Any) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "session": "s-1",
        "attempt": 2,
        "vignette": "certification-1",
        "vignette_digest": "a",
        "key_digest": "b",
        "key_status": "ratified",
        "instrument_digest": "c",
        "submitted_at": NINE.isoformat(),
        "cells": ((1, 4, 3), (2, None, 0)),
    }
    return SessionEvidence(**(plain | changes)).as_dict()


class TestSessions:
    def test_without_bands_and_dropped_items_none_are_named(self) -> None:
        assert list(session_evidence()) == [
            "session",
            "attempt",
            "vignette",
            "vignette_digest",
            "key_digest",
            "key_status",
            "instrument_digest",
            "submitted_at",
            "cells",
        ]
        assert session_evidence()["cells"] == [[1, 4, 3], [2, None, 0]]

    def test_what_the_panel_widened_or_left_out_is_named(self) -> None:
        found = session_evidence(bands=((1, 3, 4),), dropped=(5, 7))
        assert (found["bands"], found["dropped"]) == ([[1, 3, 4]], [5, 7])
        assert "bands" not in session_evidence(dropped=(5,))
        assert "dropped" not in session_evidence(bands=((1, 3, 4),))

    def test_rows_stand_in_the_order_in_which_they_were_rated(self) -> None:
        """Sessions of which the figures hold nothing have no row, and other rows are nobody's."""
        row = {
            "n": 11,
            "mismatches": 1,
            "exact": 0.5,
            "within_one": 0.75,
            "gross_count": 2,
            "bias": -0.25,
            "mae": 0.5,
            "is_total_within": False,
        }
        figures = {
            "comparison": {"per_vignette": [row | {"vignette": each} for each in ("a", "b", "x")]}
        }
        sessions = [session_evidence(session=each, attempt=1) for each in ("b", "gone", "a")]
        found = vignette_rows(figures, {"sessions": sessions})
        assert [each.session for each in found] == ["b", "a"]
        (first, _) = found
        assert (first.slug, first.attempt, first.vignette_digest) == ("certification-1", 1, "a")
        assert (first.key_digest, first.key_status) == ("b", KeyStatus.RATIFIED)
        assert (first.n, first.mismatches, first.exact, first.within_one) == (11, 1, 0.5, 0.75)
        assert (first.gross_count, first.bias, first.mae) == (2, -0.25, 0.5)
        assert first.is_total_within is False

    def test_versions_of_the_instrument_are_named_once_in_order_of_use(self) -> None:
        sessions = [session_evidence(instrument_digest=each) for each in "zaza"]
        assert instrument_digests({"sessions": sessions}) == ("z", "a")
        assert instrument_digests({"sessions": []}) == ()

    def test_the_kinds_of_key_are_all_told(self) -> None:
        sessions = [session_evidence(key_status=each) for each in ("authored", "ratified")]
        assert key_statuses({"sessions": sessions}) == {KeyStatus.AUTHORED, KeyStatus.RATIFIED}
        assert key_statuses({"sessions": sessions[1:]}) == {KeyStatus.RATIFIED}


def times(**changes: Any) -> Times:
    plain: dict[str, Any] = {
        "session": "s-1",
        "vignette": "certification-1",
        "words": 900,
        "opened_at": NINE,
        "first_shown_at": NINE + timedelta(minutes=10),
        "first_saved_at": None,
        "submitted_at": NINE + timedelta(minutes=40, seconds=30),
    }
    return Times(**(plain | changes))


class TestCircumstances:
    def test_minutes_run_from_first_seeing_the_text(self) -> None:
        assert times().minutes == 30.5
        assert times(first_shown_at=None).minutes == 40.5
        assert times(submitted_at=NINE).minutes == 0.0

    @pytest.mark.parametrize("is_bare", [True, False])
    def test_they_come_back_from_the_database_as_they_were(self, is_bare: bool) -> None:
        kathmandu = timezone(timedelta(hours=5, minutes=45))
        flag = Flag(FlagKind.SHARED_ANSWERS, ("a", "b"), 7, 24, 6.0, differences=2, person="otto")
        whole = Circumstances(
            honour=Honour("ines", NINE.astimezone(kathmandu), "Alone."),
            closes_at=NINE + timedelta(days=14),
            window_changes=2,
            times=(times(), times(first_shown_at=None, first_saved_at=NINE)),
            history=(
                EarlierAttempt(1, NINE - timedelta(days=90), "closed", "does_not_meet", "declined"),
                EarlierAttempt(2, NINE - timedelta(days=30), "lapsed", None, None),
            ),
            flags=(flag, Flag(FlagKind.READING_TIME, ("c",), 900, 900, 1.8, minutes=0.5)),
        )
        bare = Circumstances(None, None, 0, (), (), ())
        stored = json.loads(json.dumps((bare if is_bare else whole).as_dict()))
        assert circumstances_of(stored) == (bare if is_bare else whole)
        assert circumstances_of(stored).as_dict() == stored
        if is_bare:
            assert (stored["honour"], stored["closes_at"], stored["times"]) == (None, None, [])
        else:
            assert stored["honour"]["digest"] == hashlib.sha256(b"Alone.").hexdigest()
            assert stored["honour"]["at"] == "2026-11-24T14:45:00+05:45"
            assert stored["flags"][0]["vignettes"] == ["a", "b"]
