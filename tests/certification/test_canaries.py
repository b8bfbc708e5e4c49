"""The key of a certification vignette leaves the server for nobody, before or after."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.certification import stories
from tests.certification.stories import careful, constant, uneven
from tests.pack import CERTIFICATION, STANDARD, canary
from tests.pages import PersonClient
from training.accounts.models import Person
from training.certification.reviews import acts as reviews
from training.certification.reviews.records import waiting_decisions
from training.cohorts.models import Cohort
from training.database import db
from training.mail.models import Letter

Act = Callable[..., Any]
Browsers = Callable[[Person], PersonClient]
CANARIES = [canary(slug, item) for slug in CERTIFICATION for item in range(1, 13)]


def responses(browser: PersonClient, addresses: list[str]) -> str:
    """Everything these pages answer with, refusals included."""
    texts = []
    for address in addresses:
        with browser.get(address) as response:
            texts += texts_in(response.get_data())
    return "\n".join(texts)


def texts_in(content: bytes) -> list[str]:
    """A page, or every file of an archive."""
    if not content.startswith(b"PK"):
        return [content.decode()]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return [archive.read(name).decode() for name in archive.namelist()]


def addresses_of(attempt_id: object, decision_id: object | None, sessions: list[Any]) -> list[str]:
    found = [
        "/certification",
        f"/certification/{STANDARD}/new-attempt",
        f"/certification/attempts/{attempt_id}",
        "/certifying",
        "/certifying/attempts",
        f"/certifying/attempts/{attempt_id}/closing-date",
        "/register",
        "/verify",
    ]
    for session in sessions:
        found += [f"/rating-sessions/{session.id}{tail}" for tail in ("", "/check", "/feedback")]
    if decision_id is not None:
        tails = ("", "/dossier.zip", "/dossier.json", "/signature", "/refusal", "/further-evidence")
        found += [f"/certifying/decisions/{decision_id}{tail}" for tail in tails]
    return found


@pytest.fixture
def everybody(
    browser_of: Browsers,
    stranger: PersonClient,
    cohort: Cohort,
    ines: Person,
    tamar: Person,
    cleo: Person,
    ada: Person,
) -> list[PersonClient]:
    return [stranger, *(browser_of(person) for person in (ines, tamar, cleo, ada))]


def assert_no_canary(text: str) -> None:
    assert "canary" not in text
    assert not [bird for bird in CANARIES if bird in text]


def test_while_an_attempt_runs(act: Act, everybody: list[PersonClient], ines: Person) -> None:
    attempt_id = act(stories.opened_attempt, ines)
    sessions = act(stories.sessions_of, attempt_id)
    for session in sessions[:3]:
        act(stories.submit, session, careful)
    for browser in everybody:
        assert_no_canary(responses(browser, addresses_of(attempt_id, None, sessions)))


@pytest.mark.parametrize("rater", [careful, constant, uneven])
def test_after_the_decision(
    act: Act, everybody: list[PersonClient], ines: Person, rater: stories.Rater
) -> None:
    decision_id = act(stories.decided_attempt, ines, rater)
    (attempt,) = act(stories.attempts_in_database, ines)
    sessions = act(stories.sessions_of, attempt.id)
    for browser in everybody:
        assert_no_canary(responses(browser, addresses_of(attempt.id, decision_id, sessions)))


@pytest.mark.begins(at=stories.decided(careful))
def test_after_the_signature_on_the_certificate_and_in_letters(
    told: dict[str, Any],
    app: Flask,
    act: Act,
    everybody: list[PersonClient],
    ines: Person,
    cleo: Person,
) -> None:
    decision_id = told["decision_id"]
    certificate, _letter = act(reviews.sign, decision_id, certifier=cleo)
    (attempt,) = act(stories.attempts_in_database, ines)
    addresses = [
        *addresses_of(attempt.id, decision_id, []),
        f"/certificates/{certificate.number}",
        f"/certifying/certificates/{certificate.number}/revocation",
    ]
    for browser in everybody:
        assert_no_canary(responses(browser, addresses))
    with app.app_context():
        assert_no_canary("".join(letter.body for letter in db.session.scalars(select(Letter))))


@pytest.mark.begins(at=stories.decided(careful))
def test_the_file_holds_scores_but_no_reasons(
    told: dict[str, Any], browser_of: Browsers, cleo: Person, ines: Person
) -> None:
    decision_id = told["decision_id"]
    file = browser_of(cleo).get(f"/certifying/decisions/{decision_id}/dossier.json").get_json()
    cells = [cell for session in file["evidence"]["sessions"] for cell in session["cells"]]
    assert len(cells) == 96
    assert all(len(cell) == 3 for cell in cells), "item, score, consensus; nothing else"


@pytest.mark.begins(at=stories.decided(constant))
def test_no_total_of_the_key_is_on_the_certifiers_page(
    app: Flask, told: dict[str, Any], browser_of: Browsers, cleo: Person, ines: Person
) -> None:
    decision_id = told["decision_id"]
    page = browser_of(cleo).get_page(f"/certifying/decisions/{decision_id}")
    with app.app_context():
        decision = next(d for d in waiting_decisions() if d.id == decision_id)
        rows = decision.figures["comparison"]["per_vignette"]
    cells = {cell.get_text().strip() for cell in page.soup.select("#vignettes ~ div td")}
    totals = {f"{row['reference_total']:g}" for row in rows if row["reference_total"] > 12}
    assert totals, "some total is told apart from every count"
    assert not totals & cells
