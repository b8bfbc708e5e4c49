"""No change without the token that shows the click was the person's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.certification import stories
from tests.certification.stories import careful
from tests.pack import STANDARD
from tests.pages import PersonClient
from training.accounts.models import Person
from training.certification.models import Certificate

Act = Callable[..., Any]
Browsers = Callable[[Person], PersonClient]


def test_an_attempt_is_not_opened_without_it(act: Act, browser_of: Browsers, ines: Person) -> None:
    act(stories.make_eligible, ines)
    address = f"/certification/{STANDARD}/new-attempt"
    response = browser_of(ines).post(address, data={"honour": "y"}, has_token=False)
    assert response.status_code == 400
    assert act(stories.attempts_in_database, ines) == []


@pytest.mark.parametrize("tail", ["signature", "refusal"])
@pytest.mark.begins(at=stories.decided(careful))
def test_nothing_is_decided_without_it(
    told: dict[str, Any], act: Act, browser_of: Browsers, cleo: Person, ines: Person, tail: str
) -> None:
    decision_id = told["decision_id"]
    response = browser_of(cleo).post(
        f"/certifying/decisions/{decision_id}/{tail}",
        data={"confirmed": "y", "reason": "No."},
        has_token=False,
    )
    assert response.status_code == 400
    assert act(stories.reviews_in_database) == []


def test_no_certificate_is_revoked_without_it(
    act: Act, browser_of: Browsers, cleo: Person, certificate: Certificate
) -> None:
    response = browser_of(cleo).post(
        f"/certifying/certificates/{certificate.number}/revocation",
        data={"confirmed": "y", "reason": "No."},
        has_token=False,
    )
    assert response.status_code == 400
    (stored,) = act(stories.certificates_in_database)
    assert stored.revoked_at is None


def test_verifying_asks_for_it_too(stranger: PersonClient) -> None:
    response = stranger.post("/verify", data={"number": "BBBB"}, has_token=False)
    assert response.status_code == 400
