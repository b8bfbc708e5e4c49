"""Nothing that somebody else's page could send acts: every form and script carries a token."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from uuid import UUID

from flask import Flask
from werkzeug.routing import Rule

from tests.pages import PersonClient
from training.accounts.models import Person, Role

CHANGING = {"POST", "PUT", "PATCH", "DELETE"}
SAFE = {"GET", "HEAD", "OPTIONS"}
PLACES = {"UUIDConverter": UUID(int=1), "IntegerConverter": 1, "StageConverter": "orient"}


def routes_that_act(app: Flask) -> Iterator[tuple[Rule, str]]:
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) & CHANGING):
            yield rule, method


def address_of(app: Flask, rule: Rule) -> str:
    values = {
        name: PLACES.get(type(converter).__name__, "anything")
        for name, converter in rule._converters.items()
    }
    with app.test_request_context():
        return str(app.url_for(rule.endpoint, **values))


def test_no_address_acts_without_a_token(
    app: Flask,
    make_person: Callable[..., Person],
    browser_of: Callable[[Person], PersonClient],
) -> None:
    """Ada may do everything, and is led to a page that sends forms in her name."""
    browser = browser_of(make_person("Ada", *Role))
    acting = list(routes_that_act(app))
    assert len(acting) > 80
    for rule, method in acting:
        response = browser.open(address_of(app, rule), method=method, data={"name": "x"})
        assert response.status_code == 400, f"{method} {rule.rule}: {response.status_code}"
        assert "Nothing was changed" in response.text, rule.rule


def test_no_view_knows_of_methods_that_nobody_checks(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        assert (rule.methods or set()) <= SAFE | CHANGING, rule.rule
