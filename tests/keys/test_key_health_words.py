"""What stands out among the items of keys, and the table and words for it, without a database."""

from __future__ import annotations

import csv
import io
import uuid

import pytest

from tests.pack import PRACTICE, small_pack
from training.keys.contests.records import ContestCounts
from training.keys.health.records import KeyItem, verdict_counts
from training.keys.health.table import COLUMNS, csv_of
from training.keys.health.wording import MEANINGS, SYMBOLS, TONES, VERDICTS, why_missing
from training.keys.in_use import KeyInUse
from training.library.records import Version
from training.psychometrics.key_health import drift, figures
from training.psychometrics.key_health.verdicts import CellHealth, Verdict
from training.psychometrics.statistic import Reason, Statistic, Undefined

SLUG = PRACTICE[0]
NOTHING = ContestCounts()


def figure(value: float | None, low: float | None = None, high: float | None = None) -> Statistic:
    return Statistic(value, low, high, None, 12, "by hand")


def item(
    verdict: Verdict = Verdict.SOUND,
    contests: ContestCounts = NOTHING,
    *,
    name: str = "Element 4",
    **changes: Statistic,
) -> KeyItem:
    pack = small_pack()
    plain = figure(0.5, 0.25, 0.75)
    names = ("certified_accepted", "high_accepted", "lean", "lean_elsewhere", "beyond_lean")
    found = {one: changes.get(one, plain) for one in (*names, "discrimination")}
    return KeyItem(
        vignette=KeyInUse(
            Version(uuid.uuid4(), SLUG, "text-1", pack.vignettes[SLUG]),
            Version(uuid.uuid4(), SLUG, "key-1", pack.keys[SLUG]),
        ),
        name=name,
        cell=CellHealth(
            vignette=SLUG,
            item=4,
            raters=30,
            trusted=10,
            other_rating=None,
            verdict=verdict,
            **found,
        ),
        contests=contests,
    )


@pytest.mark.parametrize(
    ("verdict", "contests", "for_panel", "stands_out"),
    [
        (Verdict.SOUND, NOTHING, False, False),
        (Verdict.TOO_FEW, NOTHING, False, False),
        (Verdict.WATCH, NOTHING, False, True),
        (Verdict.DRIFT, NOTHING, False, True),
        (Verdict.DOUBTFUL, NOTHING, True, True),
        (Verdict.SOUND, ContestCounts(kept=3), False, False),
        (Verdict.TOO_FEW, ContestCounts(waiting=1), False, True),
        (Verdict.SOUND, ContestCounts(for_panel=1), True, True),
        (Verdict.TOO_FEW, ContestCounts(for_panel=1, kept=1), True, True),
        (Verdict.DRIFT, ContestCounts(waiting=1), False, True),
    ],
)
def test_what_is_for_a_panel_and_what_only_stands_out(
    verdict: Verdict, contests: ContestCounts, for_panel: bool, stands_out: bool
) -> None:
    one = item(verdict, contests)
    assert (one.is_for_panel, one.stands_out) == (for_panel, stands_out)


def test_every_verdict_is_counted_also_one_that_nothing_got() -> None:
    counts = verdict_counts([item(), item(Verdict.WATCH), item()])
    assert counts == {
        Verdict.SOUND: 2,
        Verdict.WATCH: 1,
        Verdict.DOUBTFUL: 0,
        Verdict.DRIFT: 0,
        Verdict.TOO_FEW: 0,
    }
    assert set(verdict_counts([]).values()) == {0}


def test_the_table_has_a_column_for_every_part_of_a_figure_and_no_formula() -> None:
    nobody = Statistic(None, None, None, None, 0, "by hand", Undefined.because(Reason.NO_OVERLAP))
    alone = Statistic(
        0.0, None, None, None, 1, "by hand", Undefined.because(Reason.DEPENDS_ON_ONE_UNIT)
    )
    one = item(
        Verdict.DOUBTFUL,
        ContestCounts(waiting=1, kept=2, for_panel=4),
        name="=Element",
        certified_accepted=nobody,
        lean=figure(-1 / 3, -0.5, -0.25),
        discrimination=alone,
    )
    text = csv_of([one, item()])
    assert text.count("\n") == 3
    assert "\r" not in text
    first, _second = csv.DictReader(io.StringIO(text))
    assert list(first) == list(COLUMNS)
    told = {
        "vignette": SLUG,
        "title": f"The story of {SLUG}",
        "key_version": "key-1",
        "key_status": "authored",
        "item": "4",
        "item_name": "'=Element",
        "verdict": "doubtful",
        "raters": "30",
        "trusted_raters": "10",
        "certified_accepted": "",
        "certified_accepted_low": "",
        "certified_accepted_n": "0",
        "certified_accepted_undefined": "no_overlap",
        "high_accepted_high": "0.75",
        "high_accepted_undefined": "",
        "lean": "-0.3333333333333333",  # a number, which no spreadsheet computes
        "lean_low": "-0.5",
        "lean_high": "-0.25",
        "discrimination": "0.0",
        "discrimination_low": "",
        "discrimination_undefined": "depends_on_one_unit",
        "contests_waiting": "1",
        "contests_key_stands": "2",
        "contests_for_panel": "4",
    }
    assert {name: first[name] for name in told} == told
    assert csv_of([]) == ",".join(COLUMNS) + "\n"


def test_every_verdict_has_a_sign_a_word_and_a_meaning_and_every_absence_a_reason() -> None:
    for words in (VERDICTS, SYMBOLS, TONES, MEANINGS):
        assert set(words) == set(Verdict)
    assert len(set(SYMBOLS.values())) == len(Verdict)
    assert why_missing(figure(0.5)) == ""
    absences = [
        thing
        for module in (figures, drift)
        for thing in vars(module).values()
        if isinstance(thing, Undefined)
    ]
    assert len(absences) >= 6
    for absence in absences:
        missing = Statistic(None, None, None, None, 0, "by hand", absence)
        assert str(why_missing(missing))
