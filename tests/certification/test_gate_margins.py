"""The picture of all gates under one another, as certifiers and the rater see it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from bs4 import Tag

from tests.certification import stories
from tests.certification.stories import Rater, careful, constant, uneven
from tests.pages import Page, PersonClient, in_one_line
from training.accounts.models import Person
from training.certification.models import Decision
from training.database import db

Act = Callable[..., Any]
Browsers = Callable[[Person], PersonClient]


def rows_of(page: Page) -> dict[str, Tag]:
    """The rows of the picture by the names of their gates."""
    rows = page.soup.select(".gate-margins .chart-row:not(.chart-head)")
    return {text_of(row.select_one(".chart-label")): row for row in rows}


def text_of(part: Tag | None) -> str:
    assert part is not None
    return in_one_line([part.get_text(" ")])


def x_of(row: Tag, part: str, name: str) -> float:
    mark = row.select_one(f"svg {part}")
    assert mark is not None
    return float(str(mark[name]))


@pytest.mark.parametrize("rater", [careful, uneven, constant])
def test_the_picture_says_what_the_table_says(
    act: Act, browser_of: Browsers, cleo: Person, ines: Person, rater: Rater
) -> None:
    decision = act(stories.decided_attempt, ines, rater)
    page = browser_of(cleo).get_page(f"/certifying/decisions/{decision}")
    rows = rows_of(page)
    table = page.soup.select("#gates ~ details table tbody tr")
    assert len(rows) == len(table) > 10
    for line in table:
        name = next(iter(line.th.stripped_strings))  # type: ignore[union-attr]
        value, interval, wanted, _units, result, why, _source = map(text_of, line.select("td"))
        words = text_of(rows[name].select_one(".chart-words"))
        assert words.startswith(f"{value} {result}")
        assert wanted in words
        assert interval == "–" or interval in words
        needs_work = result.endswith(("unclear", "not met"))
        assert (why in words) is needs_work, name
        drawing = rows[name].select_one("svg[role=img]")
        assert drawing is not None
        assert drawing["aria-label"] == f"{name}: {value}, interval {interval}, line {wanted}"


@pytest.mark.begins(at=stories.decided(constant))
def test_a_dot_lies_right_of_the_line_where_the_figure_reaches_it(
    told: dict[str, Any], act: Act, browser_of: Browsers, cleo: Person, ines: Person
) -> None:
    """Ines keeps to the middle: some gates she reaches, others she misses by far."""
    decision_id = told["decision_id"]
    page = browser_of(cleo).get_page(f"/certifying/decisions/{decision_id}")
    stored = act(lambda: db.session.get(Decision, decision_id).figures["gates"])
    judged = [gate for gate in stored if gate["status"] in ("met", "not_met")]
    assert {gate["status"] for gate in judged} == {"met", "not_met"}
    for gate, row in zip(stored, rows_of(page).values(), strict=True):
        if gate["value"] is None:
            assert row.select_one("circle") is None
            continue
        if row.select_one("path.chart-value"):  # an arrow: further than the drawing reaches
            assert gate["status"] in ("not_met", "not_applicable")
            continue
        dot, line = x_of(row, "circle", "cx"), x_of(row, "line[stroke-dasharray]", "x1")
        if gate["status"] == "met":
            assert dot >= line, gate["gate"]
        elif gate["status"] == "not_met":
            assert dot < line, gate["gate"]


def stretched(reference: int | None, _cell: int) -> int | None:
    """As the key, but every half-way score at the end of the scale next to it."""
    return {1: 0, 3: 4}.get(reference, reference) if reference is not None else None


def test_a_figure_beyond_the_same_width_is_not_drawn_as_perfect_and_said_to_be_beyond(
    act: Act, browser_of: Browsers, cleo: Person, ines: Person
) -> None:
    decision_id = act(stories.decided_attempt, ines, stretched)
    page = browser_of(cleo).get_page(f"/certifying/decisions/{decision_id}")
    stored = act(lambda: db.session.get(Decision, decision_id).figures["gates"])
    (slope,) = [gate for gate in stored if gate["gate"] == "slope"]
    assert slope["value"] > 1.1
    row = rows_of(page)["Width of the scale"]
    line, dot = x_of(row, "line[stroke-dasharray]", "x1"), x_of(row, "circle", "cx")
    assert line <= dot < x_of(row, "line.chart-line", "x2")
    assert f"Width of the scale: {slope['value']:.2f} lies beyond 1" in page.text


@pytest.mark.begins(at=stories.decided(constant))
def test_nothing_is_said_of_figures_beyond_1_where_there_are_none(
    told: dict[str, Any], browser_of: Browsers, cleo: Person, ines: Person
) -> None:
    decision_id = told["decision_id"]
    page = browser_of(cleo).get_page(f"/certifying/decisions/{decision_id}")
    assert "lies beyond 1" not in page.text


@pytest.mark.parametrize("rater", [careful, constant])
def test_the_rater_sees_the_same_picture(
    act: Act, browser_of: Browsers, cleo: Person, ines: Person, rater: Rater
) -> None:
    hers, certifiers = pictures_of(act, browser_of, act(stories.decided_attempt, ines, rater), cleo)
    assert list(hers) == list(certifiers)
    for name, row in hers.items():
        assert str(row.svg) == str(certifiers[name].svg)
        assert text_of(certifiers[name]).startswith(text_of(row))


@pytest.mark.begins(at=stories.decided(uneven))
def test_while_evidence_is_gathered_the_rater_sees_none(
    told: dict[str, Any], act: Act, browser_of: Browsers, cleo: Person, ines: Person
) -> None:
    hers, certifiers = pictures_of(act, browser_of, told["decision_id"], cleo)
    assert certifiers
    assert not hers


def pictures_of(
    act: Act, browser_of: Browsers, decision_id: Any, certifier: Person
) -> tuple[dict[str, Tag], dict[str, Tag]]:
    """The picture that the rater sees, and the certifier's."""
    attempt_id, rater = act(lambda: _attempt_of(decision_id))
    return (
        rows_of(browser_of(rater).get_page(f"/certification/attempts/{attempt_id}")),
        rows_of(browser_of(certifier).get_page(f"/certifying/decisions/{decision_id}")),
    )


def _attempt_of(decision_id: Any) -> tuple[Any, Person]:
    decision = db.session.get(Decision, decision_id)
    assert decision is not None
    return decision.attempt_id, decision.attempt.person
