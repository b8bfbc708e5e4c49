"""Tamar takes the practice of her cohort away, for a spreadsheet and for statistics."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import UTC
from itertools import chain

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import event

from tests.cohorts.learning import acts_of, add_raters, practise
from tests.keys.key_changes import ratify
from tests.pages import PersonClient
from training.accounts.models import Person, Role
from training.accounts.records import grant_role
from training.calibration.models import ItemRating, Purpose, RatingSession
from training.cohorts.exports import views as export_views
from training.cohorts.exports import workbook as export_workbook
from training.cohorts.exports.records import exported_rows
from training.cohorts.exports.tables import COLUMNS, Cell, ExportTable
from training.cohorts.exports.wording import MEANINGS
from training.cohorts.models import Cohort
from training.database import db, write_transaction
from training.keys.changes.records import put_in_use
from training.library import records as library

Browser = Callable[[Person], PersonClient]
LENIENT = dict.fromkeys(range(1, 13), 1)


def rate(session: RatingSession, scores: dict[int, int | None], evidence: list[int]) -> None:
    """What was rated in a session; None is not rateable."""
    with write_transaction() as transaction:
        for item, score in scores.items():
            transaction.add(
                ItemRating(
                    session_id=session.id,
                    item_number=item,
                    score=score,
                    is_not_rateable=score is None,
                    note="a private note",
                    evidence=evidence,
                )
            )


def table(client: PersonClient, address: str) -> list[dict[str, str]]:
    with client.get(address) as response:
        assert response.status_code == 200
        assert response.content_type == "text/csv; charset=utf-8"
        assert "attachment" in response.headers["Content-Disposition"]
        return list(csv.DictReader(io.StringIO(response.get_data(as_text=True))))


@pytest.fixture
def practised(app: Flask, cohort: Cohort, ines: Person) -> RatingSession:
    """Ines has practised once; once more, having seen the key; and was assessed."""
    with app.app_context():
        session = practise(ines, "practice-one", LENIENT)
        key = library.get_key("practice-one").document
        scores = {item: key.items[item].score for item in key.compared_items}
        first = next(item for item, score in scores.items() if score)
        rate(session, scores | {first: None}, [2, 5])
        practise(ines, "practice-one", LENIENT, number=2)
        practise(ines, "practice-two", LENIENT, purpose=Purpose.CERTIFICATION)
        return session


def test_the_tables_hold_what_was_practised_and_nothing_else(
    practised: RatingSession,
    cohort: Cohort,
    ines: Person,
    tamar: Person,
    browser_of: Browser,
    app: Flask,
) -> None:
    browser, address = browser_of(tamar), f"/cohorts/{cohort.id}/exports"
    page = browser.get_page(address)
    for file in ("workbook", "ratings.csv", "agreement.csv", "codebook.csv"):
        assert page.has_link_to(f"{address}/{file}")
    ratings = table(browser, f"{address}/ratings.csv")
    assert list(ratings[0]) == list(COLUMNS[ExportTable.RATINGS])
    assert {row["vignette"] for row in ratings} == {"practice-one"}
    assert {row["rater"] for row in ratings} == {"Ines"}
    assert len(ratings) == len({row["item"] for row in ratings})
    unrateable = [row for row in ratings if row["rating"] == "NR"]
    assert [(row["difference"], row["evidence"]) for row in unrateable] == [("", "2 5")] * len(
        unrateable
    )
    scored = [row for row in ratings if row["difference"]]
    assert scored
    assert all(row["rating"] == row["reference"] for row in scored)
    assert all(row["difference"] == "0" for row in scored)
    with app.app_context():
        at = db.session.get_one(RatingSession, practised.id).submitted_at
    assert at
    assert ratings[0]["submitted_at"] == at.astimezone(UTC).isoformat(timespec="seconds")

    first, second = table(browser, f"{address}/agreement.csv")
    assert (first["number"], second["number"]) == ("1", "2")
    assert (first["rated_items"], first["exact"], first["within_one"]) == ("12", "0", "12")
    assert (first["bias"], first["exact_share"], first["key_status"]) == ("1.0", "0.0", "authored")

    codebook = table(browser, f"{address}/codebook.csv")
    assert {row["column"] for row in codebook} == set(MEANINGS)
    with app.app_context():
        noted = acts_of("data exported")
    assert [(act["what"], act["by"]) for act in noted] == [
        ("ratings", tamar.id),
        ("agreement", tamar.id),
    ]
    assert noted[0]["subject"] == f"cohort {cohort.id}"


def workbook(client: PersonClient, address: str) -> dict[str, list[tuple[Cell, ...]]]:
    """The cells of each sheet, as a program of others reads them."""
    with client.get(f"{address}/workbook") as response:
        assert response.content_type.endswith("spreadsheetml.sheet")
        book = openpyxl.load_workbook(io.BytesIO(response.get_data()))
    assert all(sheet.freeze_panes == "A2" and sheet["A1"].font.b for sheet in book)
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}


def test_a_name_is_no_formula_and_the_workbook_says_what_the_tables_say(
    app: Flask,
    practised: RatingSession,
    cohort: Cohort,
    ines: Person,
    tamar: Person,
    browser_of: Browser,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    name = '=HYPERLINK("http://example.org", "<b>&")'
    with app.app_context(), write_transaction() as session:
        session.get_one(Person, ines.id).name = name
    browser, address = browser_of(tamar), f"/cohorts/{cohort.id}/exports"
    sheets = workbook(browser, address)
    assert list(sheets) == ["codebook", "ratings", "agreement"]
    for sheet, lines in sheets.items():
        with browser.get(f"{address}/{sheet}.csv") as response:
            in_table = list(csv.reader(io.StringIO(response.get_data(as_text=True))))
        assert len(lines) == len(in_table)
        for cell, text in zip(chain(*lines), chain(*in_table), strict=True):
            is_number = isinstance(cell, int | float)
            assert float(text) == pytest.approx(cell) if is_number else (cell or "") == text
        assert "a private note" not in str(lines)
    header, *agreement = sheets["agreement"]
    first = dict(zip(header, agreement[0], strict=True))
    assert first["rater"] == f"'{name}"
    assert (first["rated_items"], first["bias"]) == (12, 1.0)

    monkeypatch.setattr(export_workbook, "ROWS_PER_SHEET", 10)
    in_pieces = workbook(browser, address)
    assert list(in_pieces)[-3:] == ["ratings", "ratings 2", "agreement"]
    assert in_pieces["ratings"][1:] + in_pieces["ratings 2"][1:] == sheets["ratings"][1:]
    with app.app_context():
        noted = [act["what"] for act in acts_of("data exported")]
    assert noted == ["workbook", "ratings", "agreement", "workbook"]


def test_tables_are_read_in_as_few_questions_however_much_was_practised(
    app: Flask, cohort: Cohort, ines: Person
) -> None:
    def questions() -> int:
        asked: list[object] = []

        def note(*told: object) -> None:
            asked.append(told[2])

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            for each in (ExportTable.AGREEMENT, ExportTable.RATINGS):
                parts = exported_rows(each, cohort.id, without=())
                rows = [row for part in parts for row in part]
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
        in_order = [(session[-3], item) for session, (item, *_), _ in rows]
        assert in_order == sorted(in_order)
        return len(asked)

    with app.app_context():
        rate(practise(ines, "practice-one", LENIENT), LENIENT, [3])
        questions()  # the key is looked up
        few = questions()
        for number in range(2, 8):
            rate(practise(ines, "practice-one", LENIENT, number=number), LENIENT, [3])
        assert questions() == few


def test_what_is_too_much_for_a_workbook_comes_as_tables(
    practised: RatingSession,
    cohort: Cohort,
    tamar: Person,
    browser_of: Browser,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The twelve ratings are one more than a workbook holds, for once."""
    browser, address = browser_of(tamar), f"/cohorts/{cohort.id}/exports"
    for most, is_offered in ((12, True), (11, False)):
        monkeypatch.setattr(export_views, "MOST_RATINGS", most)
        page = browser.get_page(address)
        assert page.has_link_to(f"{address}/workbook") is is_offered
        assert ("too many for one workbook" in page.text) is not is_offered
    assert browser.get_page(f"{address}/workbook", expect=302).location == address
    assert len(table(browser, f"{address}/ratings.csv")) == 12


def test_what_the_panel_dropped_or_could_not_rate_has_no_difference(
    app: Flask,
    cohort: Cohort,
    ines: Person,
    tamar: Person,
    cleo: Person,
    emeka: Person,
    browser_of: Browser,
) -> None:
    """Of the ratified key items 1 and 2 are dropped, and 3 and 4 are not rateable."""
    dropped: dict[str, object] = {"rating": "dropped", "evidence": []}
    items = {1: dropped, 2: dropped, 3: dropped | {"rating": "NR"}, 4: dropped | {"rating": "NR"}}
    with app.app_context():
        key = ratify(emeka, "practice-one", items)
        put_in_use("practice-one", key, by=cleo, reason="A panel agreed.")
        session = practise(ines, "practice-one", {})
        rate(session, {1: 2, 2: None, 3: 2, 4: None, 5: 3}, [3])
    address = f"/cohorts/{cohort.id}/exports/ratings.csv"
    rows = table(browser_of(tamar), address)
    assert [(row["rating"], row["reference"], row["difference"]) for row in rows] == [
        ("2", "dropped", ""),
        ("NR", "dropped", ""),
        ("2", "NR", ""),
        ("NR", "NR", ""),
        ("3", "4", "-1"),
    ]


def test_keys_a_trainer_must_not_see_yet_are_not_in_it(
    app: Flask, practised: RatingSession, cohort: Cohort, tamar: Person, browser_of: Browser
) -> None:
    """Tamar becomes a rater herself, and has not rated the vignette."""
    with app.app_context(), write_transaction():
        grant_role(tamar, Role.RATER, by=None)
    browser, address = browser_of(tamar), f"/cohorts/{cohort.id}/exports"
    assert "The story of practice-one" in browser.get_page(address).text
    assert table(browser, f"{address}/ratings.csv") == []
    with app.app_context():
        practise(tamar, "practice-one", LENIENT)
    assert "Left out for you" not in browser.get_page(address).text
    assert table(browser, f"{address}/ratings.csv")


def test_exports_are_for_the_trainer_of_the_cohort(
    app: Flask,
    cohort: Cohort,
    ines: Person,
    tamar: Person,
    make_person: Callable[..., Person],
    stranger: PersonClient,
    browser_of: Browser,
) -> None:
    tilda = make_person("Tilda", Role.TRAINER)
    with app.app_context():
        add_raters(cohort, 101)  # more than are read at once
    assert table(browser_of(tamar), f"/cohorts/{cohort.id}/exports/agreement.csv") == []
    for page in ("", "/ratings.csv", "/agreement.csv", "/codebook.csv", "/workbook"):
        address = f"/cohorts/{cohort.id}/exports{page}"
        browser_of(tilda).get_page(address, expect=404)
        browser_of(ines).get_page(address, expect=403)
        assert stranger.get_page(address, expect=302).location.startswith("/sign-in")
